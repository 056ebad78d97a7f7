"""Kernels of networks of infinite width: what `ntk`, `nngp`, `cntk`, `of` compute."""

import contextlib
import functools
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks, _machine, engines, networks
from d2lutils.kernels import _blocks, _plan

KINDS = ("ntk", "nngp")
ROWS = 1024  # of a dense kernel, multiplied at a time
TILE = 64  # rows of them, handed to a thread at a time


def ntk(X: ArrayLike, Z: ArrayLike | None = None, *, depth: int) -> np.ndarray:
    """Neural tangent kernel of the fully connected ReLU network.

    Parameters
    ----------
    X : array of shape (n, d)
    Z : array of shape (m, d), optional
        None stands for X itself.
    depth : int
        Number of hidden layers, 0 or more.

    Returns
    -------
    array of shape (n, m)
        In the inputs' precision, computed in float64; without `Z` exactly symmetric.
        The kernel with a zero vector is 0.

    Raises
    ------
    ValueError
        For wrong shapes, NaN or infinity, a depth that is not a whole number >= 0, and
        kernels too large for the inputs' precision.
    """
    return of(_mlp(depth), *_vectors(X, Z))


def nngp(X: ArrayLike, Z: ArrayLike | None = None, *, depth: int) -> np.ndarray:
    """Covariance of the outputs at initialisation; parameters and errors as `ntk` has.

    X, Z, depth, and the array that is returned, are those of `ntk`.

    References
    ----------
    Lee et al. 2018, arXiv:1711.00165.
    """
    return of(_mlp(depth), *_vectors(X, Z), kind="nngp")


def cntk(
    images: ArrayLike,
    other: ArrayLike | None = None,
    *,
    depth: int,
    pooling: str = "gap",
    kernel: int = 3,
    progress: bool | None = None,
    n_jobs: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    device: str = "cpu",
) -> np.ndarray:
    """Convolutional neural tangent kernel.

    The network has `depth` convolutions with ReLU, then pooling and a dense layer. Each
    convolution is kernel x kernel, of stride 1, padded with zeros to the same size.

    A large matrix can be computed by blocks of up to 64 x 64 images, in processes, on a
    Dask cluster, and in several sittings. It has the same bits in any case.

    On Intel's servers with AVX-512 Numba fills half of a register, as LLVM advises.
    With ``NUMBA_CPU_NAME=haswell`` in the environment it fills all of it: the same
    bits, 1.3 times as fast (Emerald Rapids, 32 x 32 images, ten convolutions).

    Parameters
    ----------
    images : array of shape (n, channels, H, W)
    other : array of shape (m, channels, H, W), optional
        None stands for the images themselves.
    depth : int
        1 or more.
    pooling : {"gap", "flatten"}
        "gap" (global average pooling) takes all pairs of positions, "flatten" equal
        positions.
    kernel : int
        Odd.
    progress : bool, optional
        As in `of`.
    n_jobs : int, optional
        Processes of one thread each, -1 for all cores; by default none besides this
        one, or what ``joblib.parallel_config`` says (a Dask cluster, too). A block
        whose process dies is computed again.
    folder : path, optional
        Where finished blocks are kept. The same call with the same folder goes on from
        them, whatever its `n_jobs`.
    device : {"cpu", "gpu"}
        On a GPU, PyTorch computes one block after the other, in other last digits than
        the CPU. Tests run that code on the CPU; on a GPU it was never tried.

    Returns
    -------
    array of shape (n, m)
        float64, without `other` exactly symmetric. float32 images are computed in
        float32 but for the last sums: about 1e-6 relative. Time grows like
        n m depth (H W)^2 ("gap") or n m depth H W ("flatten").

    Raises
    ------
    ValueError
        For wrong shapes, NaN, an unknown pooling, an even kernel, or depth < 1; for
        a folder with blocks of another kernel; for several jobs on a GPU.
    TimeoutError
        If another call is using the folder.
    OSError
        If nothing can be written there.
    RuntimeError
        If processes die again and again; if there is no GPU that PyTorch can use.
    """
    depth = _checks.whole("depth", depth, 1, 10_000)
    kernel = _checks.whole("kernel", kernel, 1, 999)
    if kernel % 2 == 0:
        raise ValueError(f"kernel must be an odd whole number, got {kernel}")
    _checks.choice("pooling", pooling, ("gap", "flatten"))
    images = _checked("images", images)
    if images.ndim != 4:
        raise ValueError(
            f"images must have shape (n, channels, height, width), got {images.shape}"
        )
    other = None if other is None else _checked("other", other)
    n_jobs = _jobs(n_jobs, device, images, other)
    hidden = (
        networks.Conv(1, kernel, padding=kernel // 2, bias=False),
        networks.ReLU(),
    ) * depth
    pool = networks.GlobalAvgPool() if pooling == "gap" else networks.Flatten()
    network = networks.Network(*hidden, pool, networks.Dense(1, bias=False))
    if n_jobs == 1 and folder is None and device == "cpu":
        return of(network, images, other, progress=progress)
    _one_shape(images, other)
    settings = {"depth": depth, "pooling": pooling, "kernel": kernel}
    settings |= {"images": images, "other": other}
    settings |= {} if device == "cpu" else {"device": device}
    keeping = contextlib.nullcontext()
    if folder is not None:
        keeping = _blocks.keeping(folder, settings)
    with keeping as kept:
        return _by_blocks(network, images, other, device, n_jobs, kept, progress)


def _jobs(n_jobs, device, images, other):
    """How many processes; on a GPU none besides this one."""
    n_jobs = _checks.jobs(n_jobs)
    _checks.choice("device", device, ("cpu", "gpu"))
    if device == "cpu":
        return _blocks.wanted(n_jobs)
    if n_jobs not in (None, 1):
        raise ValueError(f"n_jobs must be None or 1 on a GPU, got {n_jobs}")
    dtype = np.result_type(images, images if other is None else other)
    engines.choose_device("torch", device, dtype.name)
    return 1


def of(
    network: networks.Network,
    X: ArrayLike,
    Z: ArrayLike | None = None,
    *,
    kind: str = "ntk",
    progress: bool | None = None,
) -> np.ndarray:
    """Kernel of a network as all its layers grow wide, for one of its outputs.

    The outputs are independent. Widths matter only with Scale layers: without them, the
    network is meant in the NTK parametrisation, weights N(0, 1) times sqrt(1 / fan-in),
    sqrt(2 / fan-in) behind a ReLU, and times 1 in the first layer; a network with Scale
    layers is taken at its word, weights N(0, 1).

    Biases start at 0 and are trained: each adds 1 to the tangent kernel. Where an input
    holds zeros only, or a window of it does, a pre-activation is then exactly 0 at
    initialisation; the derivative of ReLU there is 0 here as in both engines, so that
    `of` is the limit of `empirical_ntk`. (The limit of small inputs would be 1/2, which
    neural-tangents takes. Without biases there is no difference.)

    Parameters
    ----------
    network : Network
        Of Dense, Conv, ReLU, Flatten, GlobalAvgPool and Scale.
    X : array of shape (n, ...)
        Inputs: vectors or images.
    Z : array of shape (m, ...), optional
        None stands for X itself.
    kind : {"ntk", "nngp"}
        "nngp" is the covariance of outputs at initialisation.
    progress : bool, optional
        Whether to show a bar; by default unless the environment variable CI is set.

    Returns
    -------
    array of shape (n, m)
        float64, or float32 if a network without convolutions got float32.

    Raises
    ------
    TypeError
        Naming the layer, for one without a limit here.
    ValueError
        For wrong shapes, NaN, unknown kinds, and kernels too large for their precision.
    """
    _checks.choice("kind", kind, KINDS)
    X = _checked("X", X)
    Z = None if Z is None else _checked("Z", Z)
    _one_shape(X, Z)
    plan = _plan.plan(network, X.shape[1:])
    with np.errstate(over="ignore", invalid="ignore"):  # told by _finite
        if plan.blocks:
            return _finite(_of_images(plan, X, Z, kind, progress))
        return _of_vectors(plan, X, Z, kind)


def _of_vectors(plan, X, Z, kind):
    """The kernel without convolutions, by blocks of rows: float64 copies stay small."""
    X = _as_vectors(plan, X)
    Z = None if Z is None else _as_vectors(plan, Z)
    dtype = np.result_type(X.dtype, X.dtype if Z is None else Z.dtype)
    X = X.astype(np.float64)
    others = X if Z is None else Z.astype(np.float64)
    a, b = (np.sqrt(np.einsum("ij,ij->i", array, array)) for array in (X, others))
    out = np.empty((len(X), len(others)), dtype)
    none = np.empty((0, 0))
    for start in range(0, len(X), ROWS):
        rows = slice(start, start + ROWS)
        columns = slice(start if Z is None else 0, None)
        products = X[rows] @ others[columns].T
        if Z is None:
            np.fill_diagonal(products, a[rows] ** 2)
        mirror = out[columns, rows] if Z is None else out[:0, :0]
        _chain(
            plan,
            kind,
            (out[rows, columns], mirror, products, none, a[rows], b[columns]),
        )
    _with_zeros(plan, kind, out, a, b)
    # T grows by S, at most |x||z|, and the constants: mostly no need to look at it all.
    largest = len(plan.dense) * a.max() * b.max() + sum(_constants(plan))
    return out if plan.gain * largest < np.finfo(dtype).max / 2 else _finite(out)


def _finite(kernel):
    if not np.isfinite(kernel).all():
        raise ValueError(
            "X must be float64 for a kernel beyond 3.4e38, got float32"
            if kernel.dtype == np.float32
            else "X must be smaller, or the factors of Scale layers: the kernel "
            "overflows, beyond 1.8e308"
        )
    return kernel


def _as_vectors(plan, array):
    return (
        array.mean((2, 3)) if plan.pooling == "gap" else array.reshape(len(array), -1)
    )


def _by_blocks(network, X, Z, device, n_jobs, kept, progress):
    """`of` for images, by blocks."""
    from d2lutils.kernels import _convolution

    plan = _plan.plan(network, X.shape[1:])
    shared = _convolution.common(plan, X, Z)
    compute = functools.partial(_block, plan, shared, device)
    return _finite(_blocks.matrix(compute, X, Z, n_jobs, kept, progress))


def _block(plan, shared, device, X, Z):
    with np.errstate(over="ignore", invalid="ignore"):  # told by _finite
        return _of_images(plan, X, Z, "ntk", False, shared, device)


def _of_images(plan, X, Z, kind, progress, shared=None, device="cpu"):
    from d2lutils.kernels import _convolution

    compute = _convolution.kernel
    if device == "gpu":
        from d2lutils.kernels import _torch

        compute = _torch.kernel
    S, T = compute(plan, X, Z, progress, shared)
    a = b = np.ones(1)
    if "relu" in plan.dense and Z is None:
        a = b = np.sqrt(np.diagonal(S))
    elif "relu" in plan.dense:
        a, b = (np.sqrt(_convolution.own_variances(plan, x, progress)) for x in (X, Z))
    a, b = np.broadcast_to(a, len(S)).copy(), np.broadcast_to(b, S.shape[1]).copy()
    out = np.empty_like(S)
    S, T = np.ascontiguousarray(S), np.ascontiguousarray(T)
    _chain(plan, kind, (out, out[:0, :0], S, T, a, b))
    return plan.gain * _with_zeros(plan, kind, out, a, b)


def _chain(plan, kind, arrays):
    """Take S and T through the plan's dense layers. arrays: fields of `_dense.Rows`."""
    from d2lutils.kernels import _dense

    out, mirror, S, T, a, b = arrays
    steps = _dense.Steps(
        np.array([layer == "relu" for layer in plan.dense], dtype=np.bool_),
        np.array(_constants(plan)),
        kind == "ntk",
        1.0 if plan.blocks else plan.gain,
    )

    def work(start):
        rows = slice(start, start + TILE)
        some = _dense.Rows(
            out[rows],
            mirror[:, rows] if mirror.size else mirror,
            S[rows],
            T[rows] if T.size else T,
            a[rows],
            b,
        )
        # Of a symmetric kernel, what is left of the diagonal comes from the rows above:
        # no two threads write there.
        _dense.dense(tuple(some), tuple(steps), start if mirror.size else 0)

    with ThreadPoolExecutor(_machine.threads("NUMBA_NUM_THREADS")) as pool:
        list(pool.map(work, range(0, len(S), TILE)))


def _constants(plan):
    return [0.0 if layer == "relu" else layer for layer in plan.dense]


def _with_zeros(plan, kind, out, a, b):
    """`out`, with what an input has whose pre-activations are all exactly 0.

    Behind its last ReLU T is 0, and then grows by the constants of the dense layers.
    """
    if "relu" in plan.dense:
        last = plan.dense[::-1].index("relu")
        rest = sum(plan.dense[len(plan.dense) - last :]) if kind == "ntk" else 0.0
        rest *= 1.0 if plan.blocks else plan.gain
        out[a == 0] = rest
        out[:, b == 0] = rest
    return out


def _mlp(depth):
    depth = _checks.whole("depth", depth, 0, 10_000)
    hidden = (networks.Dense(1, bias=False), networks.ReLU()) * depth
    return networks.Network(networks.Flatten(), *hidden, networks.Dense(1, bias=False))


def _vectors(X, Z):
    X, Z = _checked("X", X), None if Z is None else _checked("Z", Z)
    for name, array in (("X", X),) if Z is None else (("X", X), ("Z", Z)):
        if array.ndim != 2:
            raise ValueError(f"{name} must have shape (n, d), got {array.shape}")
    return X, Z


def _one_shape(X, Z):
    if Z is not None and Z.shape[1:] != X.shape[1:]:
        raise ValueError(
            f"X and Z must have inputs of one shape, got {X.shape[1:]} and "
            f"{Z.shape[1:]}: it must be the same for both"
        )


def _checked(name, array):
    array = _checks.array(name, array, dtype=None)
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    if array.ndim not in (2, 4) or 0 in array.shape:
        raise ValueError(
            f"{name} must have shape (n, d) or (n, channels, height, width), not "
            f"empty, got {array.shape}"
        )
    if np.abs(array).max() > np.finfo(np.float64).max ** 0.5 / array[0].size:
        raise ValueError(f"{name} must be smaller: the squares of its entries overflow")
    return np.ascontiguousarray(array)
