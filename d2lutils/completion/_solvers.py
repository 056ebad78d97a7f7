"""Completion by least nuclear norm and by descent on a product of matrices."""

import warnings
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from d2lutils import _checks
from d2lutils.completion import _factorization, _nuclear
from d2lutils.completion._problems import (
    checked,
    effective_rank,
    problem,
    relative_error,
)


@dataclass(frozen=True)
class History:
    """A factorization's path. T recorded steps, k = min(m, n).

    steps (T,); times (T,) = steps * lr; losses (T,); singular_values (T, k), descending; rates (T, k): what
    `singular_value_flow` predicts for their derivative by time; matrices (T, m, n), or None if not kept.
    """

    steps: np.ndarray
    times: np.ndarray
    losses: np.ndarray
    singular_values: np.ndarray
    rates: np.ndarray
    matrices: np.ndarray | None = None


@dataclass(frozen=True)
class Completion:
    """A completed matrix (m, n), its singular_values (k,), and how far it was taken.

    objective: the (penalised) nuclear norm, or the mean squared error over the observed entries.
    iterations: taken. stopped: "gap", "loss", "stationary", "budget" or "diverged".
    lower_bound: proved bound on the least objective (nuclear norm only), so that `gap` certifies the answer.
    factors: (W_1, ..., W_L), lr: step size used and history (deep factorization only).
    """

    matrix: np.ndarray
    singular_values: np.ndarray
    objective: float
    iterations: int
    stopped: str
    lower_bound: float | None = None
    factors: tuple | None = None
    lr: float | None = None
    history: History | None = None

    @property
    def gap(self):
        """Objective less its lower bound: the answer is optimal to within this. None without a bound."""
        return None if self.lower_bound is None else self.objective - self.lower_bound


def nuclear_norm(
    observed, mask=None, *, penalty=0.0, tol=1e-6, max_iterations=5000, callback=None
):
    """Completion of least nuclear norm, with a certificate.

    observed: (m, n), whatever where unseen. mask: (m, n), True where observed; default: where observed is not NaN.
    penalty 0: minimise |X|_* subject to X = observed on the mask, met exactly. penalty > 0: minimise
    penalty |X|_* + 1/2 sum over the mask of (X - observed)^2, for noisy data.
    Stops when the duality gap is at most tol times the objective, or after max_iterations. callback: called as
    callback(iteration, gap). Returns Completion; `lower_bound` comes from a matrix on the mask of spectral norm at
    most 1 (at most penalty), so `gap` bounds the distance from the optimum whatever the iteration did. Raises
    ValueError for data or settings out of range; warns of rows and columns without data, and when the iterations run
    out before the gap closes.
    """
    observed, mask = checked(observed, mask)
    penalty, tol = (
        _checks.real("penalty", penalty, 0),
        _checks.real("tol", tol, above=0),
    )
    max_iterations = _checks.whole("max_iterations", max_iterations, 1, np.inf)
    callback = None if callback is None else _checks.function("callback", callback)
    matrix, primal, dual, iterations = _nuclear.solve(
        observed, mask, penalty, tol, max_iterations, callback
    )
    met = primal - dual <= tol * primal
    if not met:
        warnings.warn(
            f"relative duality gap {1 - dual / primal:.1e} > {tol:.1e} after {iterations} iterations",
            stacklevel=2,
        )
    s = np.linalg.svd(matrix, compute_uv=False)
    return Completion(
        matrix, s, primal, iterations, "gap" if met else "budget", lower_bound=dual
    )


def balanced_factors(matrix, depth):
    """Factors W_1 (k, n), ..., W_L (m, k) with W_L ... W_1 = matrix (m, n) and W_{l+1}^T W_{l+1} = W_l W_l^T.

    depth: number L of factors; k = min(m, n). Gradient flow keeps the balance (Arora et al. 2018), for which
    `singular_value_flow` is exact. Raises ValueError unless matrix is one and depth at least 1.
    """
    depth, matrix = (
        _checks.whole("depth", depth, 1, 10_000),
        _checks.array("matrix", matrix, 2),
    )
    if depth == 1:
        return [matrix.copy()]
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    root = s ** (1 / depth)
    return [root[:, None] * vt, *[np.diag(root) for _ in range(depth - 2)], u * root]


def singular_value_flow(matrix, gradient, depth):
    """Speeds of the singular values under gradient flow on balanced factors (Arora et al. 2019, Theorem 3).

        d sigma_r / dt = -depth * sigma_r^(2 - 2/depth) * <gradient, u_r v_r^T>

    matrix (m, n): the product. gradient (m, n): derivative of the loss by it. depth: number L of factors.
    Returns (k,), in the order of descending singular values; where two coincide the singular vectors, and so the
    speeds, are not unique. Raises ValueError for shapes that differ.
    """
    depth, matrix = (
        _checks.whole("depth", depth, 1, 10_000),
        _checks.array("matrix", matrix, 2),
    )
    gradient = _checks.array("gradient", gradient)
    if matrix.shape != gradient.shape:
        raise ValueError(
            f"matrix and gradient must have the same shape, got {matrix.shape} and {gradient.shape}"
        )
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    return -depth * s ** (2 - 2 / depth) * np.sum(u * (gradient @ vt.T), axis=0)


def deep_factorization(
    observed,
    mask=None,
    *,
    depth=3,
    init_scale=1e-3,
    width=None,
    init="normal",
    optimizer="gd",
    lr=None,
    momentum=0.9,
    max_steps=50_000,
    tol=1e-6,
    gradient_tol=1e-12,
    record=(),
    keep_matrices=False,
    rng=0,
    engine="numba",
    callback=None,
):
    """Completion by full-batch descent on the mean squared error of W_L ... W_1 over the observed entries.

    observed, mask: as in `nuclear_norm`; the default init_scale suits entries of order one.
    depth: number L of factors. width: inner dimension, default min(m, n), which leaves the rank free.
    init: "normal": entries of variance init_scale^(2/L) / fan-in (Arora et al. 2019); "identity": each factor is
    init_scale^(1/L) times the identity, cut to its shape; or the L factors themselves, W_1 first.
    optimizer: "gd"; "momentum" (heavy ball); "adam" (momentum is its beta_1).
    lr: step size; default 1e-3 for Adam, else an eighth of what an incoherent matrix of the data's size bears.
    Stops ("loss") when the mean squared error is at most tol, ("stationary") when the gradient by all factors
    has norm at most gradient_tol (zero factors are stationary too), ("diverged") with a warning and the last
    sound state, or ("budget") after max_steps. The first three are looked at every 50 steps and when recording.
    record: steps at which the history is kept, a sequence, or an int for every so many steps. keep_matrices:
    whether it keeps the product itself, too.
    rng: numpy Generator or seed. engine: "numba" (fast), "numpy" (plain), "mxnet" (autograd); all agree.
    callback: called now and then as callback(step, loss).
    Returns Completion. Raises ValueError for data or settings out of range.
    """
    observed, mask = checked(observed, mask)
    rng = np.random.default_rng(_checks.seed("rng", rng))
    depth = _checks.whole("depth", depth, 1, 10_000)
    factors = _factorization.initial_factors(
        observed.shape, depth, width, init, init_scale, rng
    )
    if lr is None:
        lr = (
            1e-3
            if optimizer == "adam"
            else _factorization.default_lr(observed, mask, depth)
        )
    settings = _factorization.Optimizer(optimizer, lr, momentum)
    stepper = _factorization.stepper(engine)
    max_steps = _checks.whole("max_steps", max_steps, 0, 10**8)
    callback = None if callback is None else _checks.function("callback", callback)
    tol, gradient_tol = (
        _checks.real("tol", tol, 0),
        _checks.real("gradient_tol", gradient_tol, 0, 1e100),
    )
    kept_steps: Collection[int]
    if np.ndim(record):
        kept_steps = sorted(
            {_checks.whole("record", step, 0, np.inf) for step in record}
        )
    else:
        kept_steps = range(0, max_steps + 1, _checks.whole("record", record, 1, np.inf))
    _checks.fits(
        "record", len(kept_steps), *(observed.shape if keep_matrices else (1,))
    )
    kept = []

    def keep(state):
        speeds = singular_value_flow(state.matrix, state.gradient, depth)
        s = np.linalg.svd(state.matrix, compute_uv=False)
        kept.append(
            (
                state.step,
                state.step * lr,
                state.loss,
                s,
                speeds,
                *([state.matrix] if keep_matrices else []),
            )
        )

    state, stopped = _factorization.descend(
        stepper(factors, *_factorization.entries(observed, mask), settings),
        factors,
        observed,
        mask,
        max_steps=max_steps,
        tol=tol,
        gradient_tol=gradient_tol,
        keep_steps=kept_steps,
        keep=keep,
        callback=callback,
    )
    if stopped == "diverged":
        warnings.warn(
            f"{optimizer} with lr={lr:g} diverged soon after step {state.step}, whose state is returned; "
            "choose a smaller lr",
            stacklevel=2,
        )
    columns = [np.array(column) for column in zip(*kept, strict=True)]
    return Completion(
        state.matrix,
        np.linalg.svd(state.matrix, compute_uv=False),
        state.loss,
        state.step,
        stopped,
        factors=tuple(state.factors),
        lr=lr,
        history=History(*columns) if kept else None,
    )


@dataclass(frozen=True)
class PhaseCurve:
    """What each of the methods made of num_instances problems with so many observed entries (counts).

    Arrays (len(methods), len(counts), num_instances): errors, relative ones over the unobserved entries;
    effective_ranks of the completions; losses, their mean squared errors over the observed entries.
    """

    counts: np.ndarray
    methods: tuple
    errors: np.ndarray
    effective_ranks: np.ndarray
    losses: np.ndarray


def phase_curve(
    counts,
    *,
    n=100,
    rank=5,
    depths=(2, 3),
    num_instances=3,
    seed=0,
    callback=None,
    **settings,
):
    """Error of least nuclear norm and of deep factorizations against the number of observed entries.

    counts, depths: numbers of observed entries and of factors to try. n, rank: of each problem. Instance i of
    num_instances has the generator default_rng([seed, i]) for all counts and methods, so that its observed sets are
    nested, and rng=i for its factors. settings: further arguments of `deep_factorization`. callback: called as
    callback(method, count, instance, error). Returns PhaseCurve; methods are "nuclear norm", "depth 2", ...
    Raises ValueError for settings that do not fit.
    """
    callback = None if callback is None else _checks.function("callback", callback)
    counts = _whole_numbers("counts", counts)
    depths = _whole_numbers("depths", depths)
    num_instances, seed = (
        _checks.whole("num_instances", num_instances),
        _checks.whole("seed", seed, 0, np.inf),
    )
    methods = ("nuclear norm", *(f"depth {depth}" for depth in depths))
    measured = np.empty((3, len(methods), len(counts), num_instances))
    for i in range(num_instances):
        for c, count in enumerate(counts):
            task = problem(n, rank, count, np.random.default_rng([seed, i]))
            for k, method in enumerate(methods):
                if k == 0:
                    done = nuclear_norm(task.observed, task.mask, tol=1e-5)
                else:
                    done = deep_factorization(
                        task.observed, task.mask, depth=depths[k - 1], rng=i, **settings
                    )
                error = relative_error(done.matrix, task.truth, task.mask)
                loss = np.mean((done.matrix - task.observed)[task.mask] ** 2)
                measured[:, k, c, i] = error, effective_rank(done.matrix), loss
                if callback is not None:
                    callback(method, count, i, error)
    return PhaseCurve(np.asarray(counts), methods, *measured)


def _whole_numbers(name, values):
    return [
        _checks.whole(name, value)
        for value in _checks.array(name, values, 1, dtype=None).tolist()
    ]
