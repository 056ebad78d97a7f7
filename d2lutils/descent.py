"""Gradient descent and its relatives on a landscape, many runs at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks

OPTIMIZERS = ("sgd", "nesterov", "adagrad", "rmsprop", "adam")
"""The update rules that `descend` knows."""


@dataclass(frozen=True)
class Trajectory:
    """Where a batch of n runs has been.

    Attributes
    ----------
    steps : array of shape (T+1,), int
        The recorded step numbers, from 0 on.
    points : array of shape (T+1, n, d)
    values : array of shape (T+1, n)
        The landscape at the points.
    diverged : array of shape (n,), bool
        Such a run is frozen at its last finite point.
    diverged_at : array of shape (n,), int
        The step that would have left the finite numbers, -1 for runs that stayed.
    """

    steps: np.ndarray = field(repr=False)
    points: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    diverged: np.ndarray
    diverged_at: np.ndarray = field(repr=False)


def descend(
    landscape: Any,
    starts: ArrayLike,
    *,
    lr: ArrayLike,
    num_steps: int,
    momentum: float = 0.0,
    noise: ArrayLike = 0.0,
    optimizer: str = "sgd",
    rng: np.random.Generator | None = None,
    record_every: int = 1,
) -> Trajectory:
    """Follow gradients downhill from each starting point.

    Parameters
    ----------
    landscape : landscapes.Landscape
        Or anything with `dim`, `f` and `grad`.
    starts : array of shape (n, dim)
    lr : float or array of shape (n,)
        Step size, above 0; an array has one a run.
    num_steps : int
        Number of updates.
    momentum : float
        In [0, 1), for "sgd" (heavy ball, Polyak 1964) and "nesterov".
    noise : float or array of shape (n,)
        Standard deviation of the Gaussian noise added to each component of the
        gradient.
    optimizer : {"sgd", "nesterov", "adagrad", "rmsprop", "adam"}
        Decay rates are the usual 0.9 (rmsprop) and 0.9, 0.999 (adam), epsilon 1e-8.
    rng : numpy.random.Generator, optional
        Needed with noise.
    record_every : int
        Keep every k-th step, besides the first and the last, so that long runs stay
        small in memory.

    Returns
    -------
    Trajectory
        With T+1 = num_steps+1 recorded points if `record_every` is 1.

    Raises
    ------
    ValueError
        For starts of another shape or not finite, lr <= 0, and whatever else cannot be
        run.
    """
    x = _points(starts, _checks.has("landscape", landscape, "dim", "f", "grad").dim)
    lr = _per_run(lr, len(x), "lr")
    noise = _per_run(noise, len(x), "noise", zero=True)
    if noise.any() and rng is None:
        raise ValueError(
            "rng must be a numpy.random.Generator where there is noise, got None"
        )
    rng = None if rng is None else _checks.rng("rng", rng)
    num_steps = _checks.whole("num_steps", num_steps, 0)
    record_every = _checks.whole("record_every", record_every)
    _checks.fits("num_steps", num_steps // record_every + 2, *x.shape)
    update = _update_rule(optimizer, momentum)
    steps = np.unique([*range(0, num_steps, record_every), num_steps])

    def proposed(x: np.ndarray, state: dict[str, np.ndarray], t: int) -> np.ndarray:
        gradient = landscape.grad(x)
        if rng is not None and noise.any():
            gradient = gradient + noise * rng.standard_normal(x.shape)
        return x - lr * update(gradient, state, t)

    return _follow(landscape.f, proposed, x, steps)


def _follow(
    f: Callable, proposed: Callable, x: np.ndarray, steps: np.ndarray
) -> Trajectory:
    """The trajectory of x = proposed(x, state, t), each run while it is finite."""
    points = np.empty((len(steps), *x.shape))
    values = np.empty((len(steps), len(x)))
    diverged_at = np.full(len(x), -1)
    value, row = f(x), 0
    state: dict[str, np.ndarray] = {}  # of the optimizer
    if not np.isfinite(value).all():
        raise ValueError("starts must lie where the landscape is finite, got infinity")
    points[0], values[0] = x, value
    with np.errstate(over="ignore", invalid="ignore"):  # overflow is looked for below
        for t in range(1, steps[-1] + 1):
            proposal = proposed(x, state, t)
            proposed_value = f(proposal)
            running = diverged_at < 0
            finite = np.isfinite(proposal).all(-1) & np.isfinite(proposed_value)
            diverged_at[running & ~finite] = t
            running &= finite
            x = np.where(running[:, None], proposal, x)
            value = np.where(running, proposed_value, value)
            if t == steps[row + 1]:
                row += 1
                points[row], values[row] = x, value
    return Trajectory(steps, points, values, diverged_at >= 0, diverged_at)


def basin_share(
    landscape: Any,
    starts: ArrayLike,
    lr: ArrayLike,
    num_steps: int = 2000,
    *,
    momentum: float = 0.0,
    noise: ArrayLike = 0.0,
    optimizer: str = "sgd",
    rng: np.random.Generator | None = None,
    tolerance: float = 1e-3,
) -> np.ndarray:
    """Fraction of starting points from which gradient descent reaches each minimum.

    Parameters
    ----------
    landscape, starts, lr, num_steps, momentum, noise, optimizer, rng
        As in `descend`. With noise, the noise is switched off after `num_steps` and the
        run goes on for as many steps again, so that it counts for the basin in which
        the noise left it.
    tolerance : float
        Largest distance from a minimum at which a run counts as having reached it.

    Returns
    -------
    array of shape (num_minima + 1,)
        One share a minimum, in the order of ``landscape.minima``; the last entry counts
        runs that left the domain or did not settle.

    Raises
    ------
    ValueError
        As `descend` does.
    """
    _checks.has("landscape", landscape, "minima")
    reached = basin(
        landscape,
        starts,
        lr,
        num_steps,
        momentum=momentum,
        noise=noise,
        optimizer=optimizer,
        rng=rng,
        tolerance=tolerance,
    )
    return np.bincount(reached, minlength=len(landscape.minima) + 1) / len(reached)


def basin(
    landscape: Any,
    starts: ArrayLike,
    lr: ArrayLike,
    num_steps: int = 2000,
    *,
    noise: ArrayLike = 0.0,
    rng: np.random.Generator | None = None,
    tolerance: float = 1e-3,
    **options: Any,
) -> np.ndarray:
    """The minimum that gradient descent reaches from each start.

    Parameters
    ----------
    landscape, starts, lr, num_steps, noise, rng, tolerance
        As in `basin_share`.
    **options
        `momentum` and `optimizer`.

    Returns
    -------
    array of shape (n,), int
        Row numbers of ``landscape.minima``; the number of minima itself stands for runs
        that left the domain or did not settle.
    """
    num_steps = _checks.whole("num_steps", num_steps, 0, 10**9)
    tolerance = _checks.real("tolerance", tolerance, above=0)
    _checks.has("landscape", landscape, "minima")
    last = {
        "lr": lr,
        "num_steps": num_steps,
        "record_every": max(num_steps, 1),
        **options,
    }
    run = descend(landscape, starts, noise=noise, rng=rng, **last)
    lost = run.diverged
    if np.any(noise):
        run = descend(landscape, run.points[-1], **last)
        lost = lost | run.diverged
    ends, minima = run.points[-1], landscape.minima
    if not len(minima):
        return np.zeros(len(ends), dtype=int)
    distances = np.linalg.norm(ends[:, None] - minima, axis=-1)
    nearest = distances.argmin(1)
    settled = (distances.min(1) <= tolerance) & ~lost
    return np.where(settled, nearest, len(minima))


def escape_steps(
    trajectory: Trajectory, center: ArrayLike, radius: float
) -> np.ndarray:
    """Number of steps after which each run first is farther than `radius` from a point.

    Parameters
    ----------
    trajectory : Trajectory
        Of n runs in d dimensions, recorded at every step for an exact count.
    center : array of shape (d,)
        The saddle.
    radius : float
        Distance, above 0.

    Returns
    -------
    array of shape (n,)
        Infinity for runs that never left.

    Raises
    ------
    ValueError
        If `center` has not shape (d,).
    """
    center = _checks.array("center", center)
    radius = _checks.real("radius", radius, above=0)
    _checks.has("trajectory", trajectory, "points", "steps")
    if center.shape != trajectory.points.shape[-1:]:
        raise ValueError(
            f"center must have shape {trajectory.points.shape[-1:]}, got {center.shape}"
        )
    outside = np.linalg.norm(trajectory.points - center, axis=-1) > radius
    return np.where(outside.any(0), trajectory.steps[outside.argmax(0)], np.inf)


State = dict[str, Any]
Update = Callable[[np.ndarray, State, int], np.ndarray]


def _update_rule(optimizer: str, momentum: float) -> Update:
    """From gradient, state, t to a direction: the new point is x - lr * direction."""
    _checks.choice("optimizer", optimizer, OPTIMIZERS)
    momentum = _checks.real("momentum", momentum, 0, below=1)
    if momentum and optimizer in OPTIMIZERS[2:]:
        raise ValueError(f"momentum must be 0 for {optimizer}, got {momentum}")

    def sgd(g, state, t):
        state["velocity"] = momentum * state.get("velocity", 0.0) + g
        return state["velocity"]

    def nesterov(g, state, t):
        return g + momentum * sgd(g, state, t)

    def adagrad(g, state, t):  # Duchi et al. 2011
        state["square"] = state.get("square", 0.0) + g**2
        return g / (np.sqrt(state["square"]) + 1e-8)

    def rmsprop(g, state, t):  # Tieleman & Hinton 2012
        state["square"] = 0.9 * state.get("square", 0.0) + 0.1 * g**2
        return g / (np.sqrt(state["square"]) + 1e-8)

    def adam(g, state, t):  # Kingma & Ba 2015, algorithm 1
        state["mean"] = 0.9 * state.get("mean", 0.0) + 0.1 * g
        state["square"] = 0.999 * state.get("square", 0.0) + 0.001 * g**2
        size = np.sqrt(state["square"] / (1 - 0.999**t)) + 1e-8
        return state["mean"] / (1 - 0.9**t) / size

    rules = (sgd, nesterov, adagrad, rmsprop, adam)
    return dict(zip(OPTIMIZERS, rules, strict=True))[optimizer]


def _points(starts: ArrayLike, dim: int) -> np.ndarray:
    x = _checks.array("starts", starts).copy()
    if x.ndim != 2 or x.shape[1] != dim or not len(x):
        raise ValueError(
            f"starts must have shape (n, {dim}) with n >= 1, got {x.shape}"
        )
    return x


def _per_run(
    value: ArrayLike, num_runs: int, name: str, zero: bool = False
) -> np.ndarray:
    """One number or one a run, as an array that broadcasts against (n, d)."""
    value = _checks.array(name, value)
    if value.shape not in ((), (num_runs,)):
        raise ValueError(
            f"{name} must be one number or have shape ({num_runs},), got shape "
            f"{value.shape}"
        )
    if (value < 0).any() or (not zero and (value == 0).any()):
        raise ValueError(
            f"{name} must be {'not negative' if zero else 'positive'}, got "
            f"{_checks.shown(value)}"
        )
    return value[..., None] if value.ndim else value
