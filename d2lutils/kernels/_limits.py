"""Kernels of networks of infinite width: what `ntk`, `nngp`, `cntk` and `of` compute."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from d2lutils import _checks, networks
from d2lutils.kernels import _convolution, _plan

KINDS = ("ntk", "nngp")
ROWS, TILE = (
    1024,
    64,
)  # of a dense kernel: multiplied at a time, and handed to a thread at a time


def k0(u):
    """2 P(a > 0, b > 0) = (pi - arccos u) / pi of standard Gaussians with correlation u, elementwise."""
    return 1 - np.arccos(np.clip(_checks.array("u", u, dtype=None), -1, 1)) / np.pi


def k1(u):
    """2 E[relu(a) relu(b)] = (u (pi - arccos u) + sqrt(1 - u^2)) / pi, elementwise (Cho & Saul 2009)."""
    u = np.clip(_checks.array("u", u, dtype=None), -1, 1)
    return u * k0(u) + np.sqrt(1 - u * u) / np.pi


def ntk(X, Z=None, *, depth):
    """Neural tangent kernel of the fully connected ReLU network with `depth` hidden layers.

    X (n, d); Z (m, d), or None for X itself. Returns (n, m) in the inputs' precision, computed in float64; without Z
    exactly symmetric. The kernel with a zero vector is 0.
    Raises ValueError for wrong shapes, NaN or infinity, or a depth that is not a whole number >= 0.
    """
    return of(_mlp(depth), *_vectors(X, Z))


def nngp(X, Z=None, *, depth):
    """Covariance of the outputs at initialisation (Lee et al. 2018, arXiv 1711.00165); otherwise like `ntk`."""
    return of(_mlp(depth), *_vectors(X, Z), kind="nngp")


def cntk(images, other=None, *, depth, pooling="gap", kernel=3, progress=None):
    """Convolutional neural tangent kernel: `depth` convolutions with ReLU, then pooling and a dense layer.

    images (n, channels, H, W); other (m, channels, H, W), or None for the images themselves. Each convolution is
    kernel x kernel, stride 1, padded with zeros to the same size; kernel is odd. pooling: "gap" (global average
    pooling: all pairs of positions) or "flatten" (equal positions). progress: as in `of`.
    Returns (n, m) float64, without `other` exactly symmetric. float32 images are computed in float32 but for the
    last sums: about 1e-6 relative. Time grows like n m depth (H W)^2 ("gap") or n m depth H W ("flatten").
    Raises ValueError for wrong shapes, NaN, an unknown pooling, an even kernel, or depth < 1.
    """
    depth, kernel = (
        _checks.whole("depth", depth, 1, 10_000),
        _checks.whole("kernel", kernel, 1, 999),
    )
    if kernel % 2 == 0:
        raise ValueError(f"kernel is {kernel}; need an odd whole number")
    _checks.choice("pooling", pooling, ("gap", "flatten"))
    images = _checked(images, "images")
    if images.ndim != 4:
        raise ValueError(
            f"got images of shape {images.shape}, need (n, channels, height, width)"
        )
    other = None if other is None else _checked(other, "other")
    hidden = (
        networks.Conv(1, kernel, padding=kernel // 2, bias=False),
        networks.ReLU(),
    ) * depth
    pool = networks.GlobalAvgPool() if pooling == "gap" else networks.Flatten()
    network = networks.Network(*hidden, pool, networks.Dense(1, bias=False))
    return of(network, images, other, progress=progress)


def of(network, X, Z=None, *, kind="ntk", progress=None):
    """Kernel of a network as all its layers grow wide, for one of its outputs (the outputs are independent).

    network: a networks.Network of Dense, Conv, ReLU, Flatten, GlobalAvgPool, and Scale. Its widths matter only with
    Scale layers: without them, the network is meant in the NTK parametrisation, weights N(0, 1) times
    sqrt(1 / fan-in), sqrt(2 / fan-in) behind a ReLU, and times 1 in the first layer; a network with Scale layers
    is taken at its word, weights N(0, 1). Biases start at 0 and are trained: each adds 1 to the tangent kernel.
    X (n, ...), Z (m, ...) or None for X itself: inputs, vectors or images. kind: "ntk" or "nngp" (the covariance of
    outputs at initialisation). progress: show a bar (default: unless the environment variable CI is set).
    Returns (n, m): float64, or float32 if a network without convolutions got float32.
    Raises TypeError naming the layer for one without a limit here, ValueError for wrong shapes, NaN, or kinds.
    """
    _checks.choice("kind", kind, KINDS)
    X = _checked(X, "X")
    Z = None if Z is None else _checked(Z, "Z")
    if Z is not None and Z.shape[1:] != X.shape[1:]:
        raise ValueError(
            f"got inputs of shapes {X.shape[1:]} and {Z.shape[1:]}; need the same for both"
        )
    plan = _plan.plan(network, X.shape[1:])
    if plan.blocks:
        return plan.gain * _of_images(plan, X, Z, kind, progress)
    X, Z = (None if array is None else _as_vectors(plan, array) for array in (X, Z))
    return _dense(plan, X, Z, kind)


def _as_vectors(plan, array):
    return (
        array.mean((2, 3)) if plan.pooling == "gap" else array.reshape(len(array), -1)
    )


def _dense(plan, X, Z, kind):
    """Kernel of a network of vectors, by blocks of rows, so that float64 copies of it stay small."""
    dtype = np.result_type(X.dtype, X.dtype if Z is None else Z.dtype)
    X = X.astype(np.float64)
    others = X if Z is None else Z.astype(np.float64)
    a, b = (np.sqrt(np.einsum("ij,ij->i", array, array)) for array in (X, others))
    out = np.empty((len(X), len(others)), dtype)
    for start in range(0, len(X), ROWS):
        rows = slice(start, start + ROWS)
        columns = slice(start if Z is None else 0, None)
        products = X[rows] @ others[columns].T
        if Z is None:
            np.fill_diagonal(products, a[rows] ** 2)
        mirror = out[columns, rows] if Z is None else out[:0, :0]
        _chain(
            plan,
            products,
            np.empty((0, 0)),
            a[rows],
            b[columns],
            kind,
            out[rows, columns],
            mirror,
        )
    return out


def _of_images(plan, X, Z, kind, progress):
    S, T = _convolution.kernel(plan, X, Z, progress)
    a = b = np.ones(1)
    if "relu" in plan.dense:
        a = np.sqrt(
            np.diagonal(S)
            if Z is None
            else _convolution.kernel(plan, X, None, progress, pairs=True)
        )
        b = (
            a
            if Z is None
            else np.sqrt(_convolution.kernel(plan, Z, None, progress, pairs=True))
        )
    a, b = np.broadcast_to(a, len(S)).copy(), np.broadcast_to(b, S.shape[1]).copy()
    out = np.empty_like(S)
    _chain(
        plan,
        np.ascontiguousarray(S),
        np.ascontiguousarray(T),
        a,
        b,
        kind,
        out,
        out[:0, :0],
    )
    return out


def _chain(plan, S, T, a, b, kind, out, mirror):
    from d2lutils.kernels import _dense

    relu = np.array([layer == "relu" for layer in plan.dense], dtype=np.bool_)
    constants = np.array([0.0 if layer == "relu" else layer for layer in plan.dense])
    gain = 1.0 if plan.blocks else plan.gain

    def work(start):
        rows = slice(start, start + TILE)
        tangents, transposed = (
            T[rows] if T.size else T,
            mirror[:, rows] if mirror.size else mirror,
        )
        # Of a symmetric kernel, what is left of the diagonal comes from the rows above: no two threads write there.
        first = start if mirror.size else 0
        _dense.dense(
            out[rows],
            transposed,
            S[rows],
            tangents,
            a[rows],
            b,
            relu,
            constants,
            kind == "ntk",
            gain,
            first,
        )

    with ThreadPoolExecutor(_convolution.threads()) as pool:
        list(pool.map(work, range(0, len(S), TILE)))


def _mlp(depth):
    depth = _checks.whole("depth", depth, 0, 10_000)
    hidden = (networks.Dense(1, bias=False), networks.ReLU()) * depth
    return networks.Network(networks.Flatten(), *hidden, networks.Dense(1, bias=False))


def _vectors(X, Z):
    X, Z = _checked(X, "X"), None if Z is None else _checked(Z, "Z")
    for array in (X,) if Z is None else (X, Z):
        if array.ndim != 2:
            raise ValueError(f"got vectors of shape {array.shape}, need (n, d)")
    return X, Z


def _checked(array, name):
    array = _checks.array(name, array, dtype=None)
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    if array.ndim not in (2, 4) or 0 in array.shape:
        raise ValueError(
            f"got {name} of shape {array.shape}, need (n, d) or (n, channels, height, width), not empty"
        )
    if np.abs(array).max() > np.finfo(array.dtype).max ** 0.5 / array[0].size:
        raise ValueError(f"{name} must be smaller: the squares of its entries overflow")
    return np.ascontiguousarray(array)
