"""Gradient descent on W = W_L ... W_1 against some observed entries: start, way, end.

The loss is the mean squared error over the observed entries. How the steps are taken is
the matter of `_steppers`.
"""

import functools
import itertools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from d2lutils import _checks

LOOK = 50  # steps between two looks at loss and clock


@dataclass(frozen=True)
class Optimizer:
    """How to descend: "gd", "momentum" or "adam" (momentum is its beta_1).

    "momentum" is the heavy ball, velocity = momentum * velocity + gradient.
    """

    name: str
    lr: float
    momentum: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self):
        _checks.choice("optimizer", self.name, ("gd", "momentum", "adam"))
        object.__setattr__(self, "lr", _checks.real("lr", self.lr, above=0))
        momentum = _checks.real("momentum", self.momentum, 0, below=1)
        object.__setattr__(self, "momentum", momentum)
        epsilon = _checks.real("epsilon", self.epsilon, above=0)
        object.__setattr__(self, "epsilon", epsilon)


@dataclass(frozen=True)
class Stopping:
    """When a descent ends: see `deep_factorization`."""

    max_steps: int
    tol: float
    gradient_tol: float

    def __post_init__(self):
        steps = _checks.whole("max_steps", self.max_steps, 0, 10**8)
        object.__setattr__(self, "max_steps", steps)
        _checks.real("tol", self.tol, 0)
        _checks.real("gradient_tol", self.gradient_tol, 0, 1e100)


@dataclass(frozen=True)
class State:
    """Where a descent stands: matrix = W_L ... W_1, its loss, and the derivative of it.

    gradient: derivative of the loss by the matrix.
    """

    step: int
    factors: list[np.ndarray]
    matrix: np.ndarray
    loss: float
    gradient: np.ndarray


@dataclass(frozen=True)
class Watch:
    """Who looks on: keep(state) at `steps`, callback(step, loss) at every look."""

    steps: Collection[int]
    keep: Callable[[State], None]
    callback: Callable[[int, float], Any] | None


def descend(advance, factors, observed, mask, stopping: Stopping, watch: Watch):
    """Advance until a reason to stop: return (the last sound State, the reason)."""
    keep_steps = {step for step in watch.steps if 0 <= step <= stopping.max_steps}
    sound = _first_state(factors, observed, mask)
    bound = 1e6 * (sound.loss + np.mean(observed[mask] ** 2))
    looks = set(range(0, stopping.max_steps, LOOK)) | {stopping.max_steps}
    for step in sorted(keep_steps | looks):
        if step > sound.step:
            with np.errstate(over="ignore", invalid="ignore"):
                state = state_at(step, advance(step - sound.step), observed, mask)
            if not state.loss <= bound:  # also when it is NaN
                return sound, "diverged"
            sound = state
        if step in keep_steps:
            watch.keep(sound)
        if watch.callback is not None:
            watch.callback(step, sound.loss)
        if sound.loss <= stopping.tol:
            return sound, "loss"
        slopes = gradients(sound.factors, sound.gradient)
        if sum(np.sum(g**2) for g in slopes) <= stopping.gradient_tol**2:
            return sound, "stationary"
    return sound, "budget"


def _first_state(factors, observed, mask) -> State:
    with np.errstate(over="ignore", invalid="ignore"):
        state = state_at(0, factors, observed, mask)
    if not state.loss < 1e300:
        raise ValueError(
            "init and init_scale must be smaller: the loss overflows before the first "
            f"step, got factors of size {max(np.abs(f).max() for f in factors):.1e}"
        )
    return state


def state_at(step: int, factors, observed, mask) -> State:
    """The State with these factors."""
    matrix = product(factors)
    residual = np.where(mask, matrix - observed, 0.0)
    count = np.count_nonzero(mask)
    loss = np.sum(residual**2) / count
    return State(step, factors, matrix, loss, 2 / count * residual)


def initial_factors(shape, depth, width, init, init_scale, rng) -> list[np.ndarray]:
    """See `init` in `deep_factorization`."""
    if isinstance(init, np.ma.MaskedArray):
        _checks.array("init", init)  # which says what to do
    stacked = isinstance(init, np.ndarray) and init.ndim == 3
    if stacked or (
        isinstance(init, list | tuple)
        and not any(isinstance(factor, str) for factor in init)
    ):
        return _given_factors(shape, depth, init)
    if not isinstance(init, str) or init not in ("normal", "identity"):
        raise ValueError(
            'init must be "normal", "identity" or a list of factors, got '
            f"{_checks.shown(init)}"
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


def _given_factors(shape, depth, init) -> list[np.ndarray]:
    factors = [_checks.array("init", factor, 2).copy() for factor in init]
    sizes = [shape[1], *(factor.shape[0] for factor in factors)]
    fits = len(factors) == depth and all(
        f.shape[1:] == (n,) for f, n in zip(factors, sizes[:-1], strict=True)
    )
    if not fits or sizes[-1] != shape[0] or len(set(sizes[1:-1])) > 1:
        raise ValueError(
            f"init must be {depth} factors of shapes (h, {shape[1]}), (h, h), ..., "
            f"({shape[0]}, h), got {[factor.shape for factor in factors]}"
        )
    return factors


def default_lr(observed, mask, depth: int) -> float:
    """A quarter of the inverse top curvature at a balanced, evenly spread fit.

    There the loss has curvature about 2/(m n) * L * sigma_1^(2 - 2/L) along the leading
    direction, if its singular vectors are spread evenly.
    """
    if depth == 1:
        return mask.sum() / 2  # the exact solution in one step
    sigma = np.linalg.norm(observed, 2) / mask.mean()
    return 0.125 * mask.size / (depth * sigma ** (2 - 2 / depth)) if sigma else 1.0


def product(factors) -> np.ndarray:
    """W_L ... W_1."""
    return functools.reduce(lambda partial, factor: factor @ partial, factors)


def gradients(factors, gradient) -> list[np.ndarray]:
    """Derivatives by each factor of a loss with this derivative by W_L ... W_1."""
    before = [None]  # before[l] = W_l ... W_1
    for factor in factors[:-1]:
        before.append(factor if before[-1] is None else factor @ before[-1])
    result = []
    for factor, right in zip(factors[::-1], before[::-1], strict=True):
        result.append(gradient if right is None else gradient @ right.T)
        gradient = factor.T @ gradient
    return result[::-1]
