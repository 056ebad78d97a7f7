"""Gradient descent on W = W_L ... W_1 against some observed entries: the plain loop and the fast one.

Both take the same arguments, `stepper(factors, rows, cols, values, optimizer)`, and return a function
`advance(num_steps) -> factors`. The loss is the mean squared error over the observed entries. `factors` is
[W_1 (h, n), W_2 (h, h), ..., W_L (m, h)], float64; the caller's arrays are not changed.
"""

import functools
import itertools
import os
import time
from dataclasses import dataclass

import numpy as np

from d2lutils import _checks

LOOK = 50  # steps between two looks at loss and clock


@dataclass(frozen=True)
class Optimizer:
    """How to descend: "gd", "momentum" (heavy ball, velocity = momentum * velocity + gradient) or "adam"."""

    name: str
    lr: float
    momentum: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self):
        _checks.choice("optimizer", self.name, ("gd", "momentum", "adam"))
        _checks.real("lr", self.lr, above=0)
        _checks.real("momentum", self.momentum, 0, below=1)


@dataclass(frozen=True)
class State:
    """Where a descent stands: matrix = W_L ... W_1, the loss there and its derivative by the matrix."""

    step: int
    factors: list
    matrix: np.ndarray
    loss: float
    gradient: np.ndarray


def state_at(step, factors, observed, mask):
    matrix = product(factors)
    residual = np.where(mask, matrix - observed, 0.0)
    count = np.count_nonzero(mask)
    return State(
        step, factors, matrix, np.sum(residual**2) / count, 2 / count * residual
    )


def descend(
    advance,
    factors,
    observed,
    mask,
    *,
    max_steps,
    tol,
    gradient_tol,
    keep_steps,
    keep,
    callback,
):
    """Advance until a reason to stop: return (the last sound State, the reason). See `deep_factorization`."""
    keep_steps = {step for step in keep_steps if 0 <= step <= max_steps}
    sound = state_at(0, factors, observed, mask)
    bound = 1e6 * (sound.loss + np.mean(observed[mask] ** 2))
    for step in sorted(keep_steps | set(range(0, max_steps, LOOK)) | {max_steps}):
        if step > sound.step:
            with np.errstate(over="ignore", invalid="ignore"):
                state = state_at(step, advance(step - sound.step), observed, mask)
            if not state.loss <= bound:  # also when it is NaN
                return sound, "diverged"
            sound = state
        if step in keep_steps:
            keep(sound)
        if callback is not None:
            callback(step, sound.loss)
        if sound.loss <= tol:
            return sound, "loss"
        if (
            sum(np.sum(g**2) for g in gradients(sound.factors, sound.gradient))
            <= gradient_tol**2
        ):
            return sound, "stationary"
    return sound, "budget"


def initial_factors(shape, depth, width, init, init_scale, rng):
    """See `init` in `deep_factorization`."""
    stacked = isinstance(init, np.ndarray) and init.ndim == 3
    if stacked or (
        isinstance(init, list | tuple)
        and not any(isinstance(factor, str) for factor in init)
    ):
        factors = [_checks.array("init", factor, 2).copy() for factor in init]
        sizes = [shape[1], *(factor.shape[0] for factor in factors)]
        fits = len(factors) == depth and all(
            f.shape[1:] == (n,) for f, n in zip(factors, sizes[:-1], strict=True)
        )
        if not fits or sizes[-1] != shape[0] or len(set(sizes[1:-1])) > 1:
            raise ValueError(
                f"init needs {depth} factors of shapes (h, {shape[1]}), (h, h), ..., ({shape[0]}, h), "
                f"got {[factor.shape for factor in factors]}"
            )
        return factors
    if not isinstance(init, str) or init not in ("normal", "identity"):
        raise ValueError(
            f'init must be "normal", "identity" or a list of factors, got {_checks.shown(init)}'
        )
    init_scale = _checks.real("init_scale", init_scale, above=0)
    width = min(shape) if width is None else _checks.whole("width", width)
    _checks.fits("width", depth, width, max(*shape, width))
    sizes = [shape[1], *[width] * (depth - 1), shape[0]]
    each = init_scale ** (1 / depth)
    shapes = [(rows, columns) for columns, rows in itertools.pairwise(sizes)]
    if init == "identity":
        return [each * np.eye(*shape) for shape in shapes]
    return [each / np.sqrt(shape[1]) * rng.standard_normal(shape) for shape in shapes]


def default_lr(observed, mask, depth):
    """A quarter of the inverse top curvature at a balanced fit, were its singular vectors spread evenly.

    There the loss has curvature about 2/(m n) * L * sigma_1^(2 - 2/L) along the leading direction.
    """
    if depth == 1:
        return mask.sum() / 2  # the exact solution in one step
    sigma = np.linalg.norm(observed, 2) / mask.mean()
    return 0.125 * mask.size / (depth * sigma ** (2 - 2 / depth)) if sigma else 1.0


def entries(observed, mask):
    rows, cols = np.nonzero(mask)
    return rows, cols, observed[rows, cols]


def stepper(engine):
    """The function that prepares a descent: "numba" or "numpy"."""
    if not isinstance(engine, str):
        raise TypeError(f"engine must be a text, got {_checks.shown(engine)}")
    if engine == "numba":
        return numba_stepper
    if engine == "numpy":
        return numpy_stepper
    raise ValueError(f"engine must be numba or numpy, got {_checks.shown(engine)}")


def product(factors):
    """W_L ... W_1."""
    return functools.reduce(lambda partial, factor: factor @ partial, factors)


def gradients(factors, gradient):
    """Derivatives by each factor of a loss whose derivative by the product W_L ... W_1 is `gradient` (m, n)."""
    before = [None]  # before[l] = W_l ... W_1
    for factor in factors[:-1]:
        before.append(factor if before[-1] is None else factor @ before[-1])
    result = []
    for factor, right in zip(factors[::-1], before[::-1], strict=True):
        result.append(gradient if right is None else gradient @ right.T)
        gradient = factor.T @ gradient
    return result[::-1]


def numpy_stepper(factors, rows, cols, values, optimizer):
    """The textbook loop in NumPy, for any depth from 1."""
    factors = [factor.copy() for factor in factors]
    first = [np.zeros_like(factor) for factor in factors]
    second = [np.zeros_like(factor) for factor in factors]
    shape = (factors[-1].shape[0], factors[0].shape[1])
    taken = 0

    def advance(num_steps):
        nonlocal taken
        residual = np.zeros(shape)
        for _ in range(num_steps):
            taken += 1
            residual[rows, cols] = product(factors)[rows, cols] - values
            grads = gradients(factors, 2 / len(values) * residual)
            for w, g, m, v in zip(factors, grads, first, second, strict=True):
                if optimizer.name == "gd":
                    w -= optimizer.lr * g
                elif optimizer.name == "momentum":
                    m *= optimizer.momentum
                    m += g
                    w -= optimizer.lr * m
                else:
                    m += (1 - optimizer.momentum) * (g - m)
                    v += (1 - optimizer.beta2) * (g * g - v)
                    rate = optimizer.lr / (1 - optimizer.momentum**taken)
                    w -= (
                        rate
                        * m
                        / (
                            np.sqrt(v / (1 - optimizer.beta2**taken))
                            + optimizer.epsilon
                        )
                    )
        return [factor.copy() for factor in factors]

    return advance


def numba_stepper(factors, rows, cols, values, optimizer):
    """The same loop compiled: 3 (depth - 2) dense products a step, the rest touches observed entries only.

    Rows are cut into a fixed number of pieces, so that the result does not depend on the number of threads.
    Depth 1 has nothing to gain and goes to `numpy_stepper`.
    """
    if len(factors) == 1:
        return numpy_stepper(factors, rows, cols, values, optimizer)
    from threadpoolctl import threadpool_limits

    from d2lutils.completion._factorization_numba import advance as kernel

    depth = len(factors)
    (num_hidden, num_cols), num_rows = factors[0].shape, factors[-1].shape[0]
    prefix = np.empty((depth - 1, num_cols, num_hidden))
    prefix[0] = factors[0].T
    middle = np.array(factors[1:-1]).reshape(depth - 2, num_hidden, num_hidden)
    last = np.array(factors[-1], order="C")
    sizes = (
        (num_cols * num_hidden, middle.size, last.size)
        if optimizer.name != "gd"
        else (0, 0, 0)
    )
    state = [np.zeros((2, size)) for size in sizes]
    by_row, by_col = np.lexsort((cols, rows)), np.lexsort((rows, cols))
    rank_in_rows = np.argsort(by_row)  # by_row[rank_in_rows[k]] = k
    row_start = np.searchsorted(rows[by_row], np.arange(num_rows + 1))
    col_start = np.searchsorted(cols[by_col], np.arange(num_cols + 1))
    entries = (
        row_start,
        cols[by_row],
        values[by_row],
        col_start,
        rows[by_col],
        rank_in_rows[by_col],
    )
    kind = ("gd", "momentum", "adam").index(optimizer.name)
    hyper = np.array(
        [optimizer.lr, optimizer.momentum, optimizer.beta2, optimizer.epsilon]
    )
    taken = 0

    run = _with_fewest_seconds(
        lambda num_steps: kernel(  # type: ignore[call-arg]  # Numba's type says nothing of arguments
            prefix, middle, last, *state, *entries, kind, hyper, taken, num_steps
        )
    )

    def advance(num_steps):
        nonlocal taken
        end = taken + num_steps
        with threadpool_limits(1, user_api="blas"):
            while taken < end:
                taken += run(min(LOOK, end - taken))
        return [prefix[0].T.copy(), *middle.copy(), last.copy()]

    return advance


def _with_fewest_seconds(kernel):
    """Return run(at_most) -> steps taken: kernel(steps) on one thread or on all, whichever was faster lately.

    Threads gain a factor of about two on a quiet machine and lose more than that on a busy one, where each step
    waits for a thread that is not running. The kernel's result does not depend on the choice.
    """
    import numba

    limit = os.environ.get("OMP_NUM_THREADS", "")
    most = min(numba.get_num_threads(), int(limit) if limit.isdigit() else 1024)
    seconds: dict[int, float] = {}  # of a step, by the number of threads
    calls = 0

    def run(at_most):
        nonlocal calls
        before = numba.get_num_threads()
        try:
            if not seconds:
                for threads in {1, most}:
                    numba.set_num_threads(threads)
                    kernel(0)  # compiles, starts the threads
                    seconds[threads] = 0.0
            calls += 1
            trial = calls <= len(seconds) or calls % 16 == 0
            threads = (max if calls % 16 == 0 else min)(
                seconds, key=seconds.__getitem__
            )
            num_steps = min(at_most, 5) if trial else at_most
            numba.set_num_threads(threads)
            start = time.perf_counter()
            kernel(num_steps)
            seconds[threads] = (time.perf_counter() - start) / num_steps
            return num_steps
        finally:
            numba.set_num_threads(before)

    return run
