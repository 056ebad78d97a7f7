"""Completion by descent on a product of matrices, and why depth matters."""

import dataclasses
import warnings
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks, _machine
from d2lutils.completion import _factorization, _steppers
from d2lutils.completion._problems import checked
from d2lutils.completion._results import Completion, History


def balanced_factors(matrix: ArrayLike, depth: int) -> list[np.ndarray]:
    """Factors of a matrix with W_{l+1}^T W_{l+1} = W_l W_l^T.

    Gradient flow keeps the balance (Arora et al. 2018), for which `singular_value_flow`
    is exact.

    Parameters
    ----------
    matrix : array of shape (m, n)
    depth : int
        Number L of factors.

    Returns
    -------
    list of arrays
        W_1 (k, n), ..., W_L (m, k) with W_L ... W_1 = matrix and k = min(m, n).

    Raises
    ------
    ValueError
        Unless `matrix` is one and `depth` at least 1.
    """
    depth = _checks.whole("depth", depth, 1, 10_000)
    matrix = _checks.array("matrix", matrix, 2)
    if depth == 1:
        return [matrix.copy()]
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    root = s ** (1 / depth)
    return [root[:, None] * vt, *[np.diag(root) for _ in range(depth - 2)], u * root]


def singular_value_flow(
    matrix: ArrayLike, gradient: ArrayLike, depth: int
) -> np.ndarray:
    r"""Speeds of the singular values under gradient flow on balanced factors.

    .. math:: \dot\sigma_r =
       -L\, \sigma_r^{2 - 2/L} \langle \nabla \ell, u_r v_r^\top \rangle

    (Arora et al. 2019, Theorem 3).

    Parameters
    ----------
    matrix : array of shape (m, n)
        The product.
    gradient : array of shape (m, n)
        Derivative of the loss by it.
    depth : int
        Number L of factors.

    Returns
    -------
    array of shape (k,)
        In the order of descending singular values. Where two coincide the singular
        vectors, and so the speeds, are not unique.

    Raises
    ------
    ValueError
        For shapes that differ, and where a speed is beyond floating point.
    """
    depth = _checks.whole("depth", depth, 1, 10_000)
    matrix = _checks.array("matrix", matrix, 2)
    gradient = _checks.array("gradient", gradient)
    if matrix.shape != gradient.shape:
        raise ValueError(
            "matrix and gradient must have the same shape, got "
            f"{matrix.shape} and {gradient.shape}"
        )
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    with np.errstate(over="ignore", invalid="ignore"):
        speeds = -depth * s ** (2 - 2 / depth) * np.sum(u * (gradient @ vt.T), axis=0)
    if not np.isfinite(speeds).all():
        raise ValueError(
            "matrix and gradient must be smaller, for speeds below 1e308, got singular "
            f"values up to {s.max():.1e}"
        )
    return speeds


def deep_factorization(
    observed: ArrayLike,
    mask: ArrayLike | None = None,
    *,
    depth: int = 3,
    init_scale: float = 1e-3,
    width: int | None = None,
    init: str | Sequence[ArrayLike] = "normal",
    optimizer: str = "gd",
    lr: float | None = None,
    momentum: float = 0.9,
    epsilon: float = 1e-8,
    max_steps: int = 50_000,
    tol: float = 1e-6,
    gradient_tol: float = 1e-12,
    record: int | Sequence[int] = (),
    keep_matrices: bool = False,
    rng: Any = 0,
    engine: str = "numba",
    dtype: str = "float64",
    callback: Callable[[int, float], Any] | None = None,
) -> Completion:
    """Completion by full-batch descent on the mean squared error of W_L ... W_1.

    The error is that over the observed entries. The descent stops ("loss") when it is
    at most tol, ("stationary") when the gradient by all factors has norm at most
    gradient_tol (zero factors are stationary too), ("diverged") with a warning and the
    last sound state, or ("budget") after max_steps. The first three are looked at every
    50 steps and when recording.

    Parameters
    ----------
    observed, mask : arrays of shape (m, n)
        As in `nuclear_norm`; the default init_scale suits entries of order one.
    depth : int
        Number L of factors.
    init_scale : float
        Size of the first product: see init.
    width : int
        Inner dimension; default min(m, n), which leaves the rank free.
    init : str or sequence of arrays
        "normal": entries of variance init_scale^(2/L) / fan-in (Arora et al. 2019);
        "identity": each factor is init_scale^(1/L) times the identity, cut to its
        shape; or the L factors themselves, W_1 first.
    optimizer : str
        "gd"; "momentum" (heavy ball); "adam" (momentum is its beta_1).
    lr : float
        Step size; default 1e-3 for Adam, else an eighth of what an incoherent matrix of
        the data's size bears.
    momentum : float
        At least 0, below 1.
    epsilon : float
        What Adam adds to the root of the mean square of an entry's gradients.
    max_steps, tol, gradient_tol : numbers
        When to stop.
    record : int or sequence of int
        Steps at which the history is kept; one number for every so many steps.
    keep_matrices : bool
        Whether the history keeps the product itself, too.
    rng : numpy Generator or seed
    engine : str
        "numba" (fast) or "numpy" (plain); both agree to rounding. Both use one thread,
        so that several runs at once (joblib, Dask) do not stand in each other's way.
    dtype : str
        "float64", or "float32", in which steps take about two thirds of the time. What
        is looked at and returned is computed from them in float64.
    callback : function
        Called now and then as ``callback(step, loss)``.

    Returns
    -------
    Completion

    Raises
    ------
    ValueError
        For data or settings out of range.
    """
    observed, mask = checked(observed, mask)
    rng = np.random.default_rng(_checks.seed("rng", rng))
    depth = _checks.whole("depth", depth, 1, 10_000)
    factors = _factorization.initial_factors(
        observed.shape, depth, width, init, init_scale, rng
    )
    _checks.choice("dtype", dtype, ("float32", "float64"))
    with np.errstate(over="ignore"):  # told by descend, as all that is too large
        factors = [factor.astype(dtype).astype(np.float64) for factor in factors]
    rule = _optimizer(optimizer, lr, momentum, epsilon, observed, mask, depth)
    make = _steppers.stepper(engine)
    stopping = _factorization.Stopping(max_steps, tol, gradient_tol)
    callback = None if callback is None else _checks.function("callback", callback)
    steps = _recorded_steps(record, stopping.max_steps)
    each = observed.shape if keep_matrices else (1,)
    _checks.fits("record", len(steps), *each)
    kept: list[tuple] = []

    def keep(state):
        kept.append(_row(state, depth, rule.lr, keep_matrices))

    with _machine.one_blas_thread():
        state, stopped = _factorization.descend(
            _in_precision(dtype, make, factors, _entries(observed, mask), rule),
            factors,
            observed,
            mask,
            stopping,
            _factorization.Watch(steps, keep, callback),
        )
    if stopped == "diverged":
        warnings.warn(
            f"{rule.name} with lr={rule.lr:g} diverged soon after step {state.step}, "
            "whose state is returned; choose a smaller lr",
            stacklevel=2,
        )
    return Completion(
        state.matrix,
        np.linalg.svd(state.matrix, compute_uv=False),
        state.loss,
        state.step,
        stopped,
        factors=tuple(state.factors),
        lr=rule.lr,
        history=History(*map(np.array, zip(*kept, strict=True))) if kept else None,
    )


def _optimizer(name, lr, momentum, epsilon, observed, mask, depth):
    """The optimiser, with the step size that suits the data unless one was given."""
    default = 1.0 if lr is None else lr
    rule = _factorization.Optimizer(name, default, momentum, epsilon=epsilon)
    if lr is None:
        fitting = _factorization.default_lr(observed, mask, depth)
        lr = 1e-3 if rule.name == "adam" else fitting
    return dataclasses.replace(rule, lr=lr)


def _in_precision(dtype, make, factors, entries, rule):
    """Steps in float32 or float64, from and to factors in float64."""
    rows, cols, values = entries
    with np.errstate(over="ignore"):
        some = [factor.astype(dtype) for factor in factors]
        advance = make(some, rows, cols, values.astype(dtype), rule)
    return lambda num_steps: [f.astype(np.float64) for f in advance(num_steps)]


def _entries(observed, mask):
    """Rows, columns and values of the observed entries."""
    rows, cols = np.nonzero(mask)
    return rows, cols, observed[rows, cols]


def _recorded_steps(record, max_steps: int) -> Collection[int]:
    given = _checks.array("record", record, dtype=None)
    if given.ndim:
        steps = _checks.array("record", given, 1, dtype=None).tolist()
        return sorted({_checks.whole("record", step, 0, np.inf) for step in steps})
    return range(0, max_steps + 1, _checks.whole("record", record, 1, np.inf))


def _row(state: _factorization.State, depth: int, lr: float, keep_matrix: bool):
    """What a `History` keeps of a state."""
    return (
        state.step,
        state.step * lr,
        state.loss,
        np.linalg.svd(state.matrix, compute_uv=False),
        singular_value_flow(state.matrix, state.gradient, depth),
        *([state.matrix] if keep_matrix else []),
    )
