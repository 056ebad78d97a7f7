"""Gradient descent and its relatives on a landscape, many runs at a time."""

from dataclasses import dataclass, field

import numpy as np

from d2lutils import _checks

OPTIMIZERS = ("sgd", "nesterov", "adagrad", "rmsprop", "adam")


@dataclass(frozen=True)
class Trajectory:
    """Where a batch of n runs has been.

    steps: (T+1,) the recorded step numbers, from 0 on. points: (T+1, n, d). values: (T+1, n), the landscape
    at the points. diverged: (n,) bool; such a run is frozen at its last finite point. diverged_at: (n,) int,
    the step that would have left the finite numbers, -1 for runs that stayed.
    """

    steps: np.ndarray = field(repr=False)
    points: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    diverged: np.ndarray
    diverged_at: np.ndarray = field(repr=False)


def descend(
    landscape,
    starts,
    *,
    lr,
    num_steps,
    momentum=0.0,
    noise=0.0,
    optimizer="sgd",
    rng=None,
    record_every=1,
):
    """Follow gradients downhill from each starting point.

    landscape: anything with `dim`, `f` and `grad` (see `landscapes.Landscape`). starts: (n, dim). lr: step
    size, one number or (n,), one a run. num_steps: number of updates. momentum: in [0, 1), for "sgd" (heavy
    ball, Polyak 1964) and "nesterov". noise: standard deviation of the Gaussian noise added to each component
    of the gradient, one number or (n,). optimizer: one of OPTIMIZERS; decay rates are the usual 0.9 (rmsprop)
    and 0.9, 0.999 (adam), epsilon 1e-8. rng: numpy.random.Generator, needed with noise. record_every: keep
    every k-th step, besides the first and the last, so that long runs stay small in memory.
    Returns a Trajectory, with T+1 = num_steps+1 recorded points if record_every is 1.
    Raises ValueError for starts of another shape or not finite, lr <= 0, and whatever else cannot be run.
    """
    x = _points(starts, _checks.has("landscape", landscape, "dim", "f", "grad").dim)
    num_runs = len(x)
    lr = _per_run(lr, num_runs, "lr")
    noise = _per_run(noise, num_runs, "noise", zero=True)
    if noise.any() and rng is None:
        raise ValueError(
            "noise needs its random numbers: give rng, a numpy.random.Generator"
        )
    if rng is not None:
        _checks.rng("rng", rng)
    num_steps = _checks.whole("num_steps", num_steps, 0)
    record_every = _checks.whole("record_every", record_every)
    _checks.fits("num_steps", num_steps // record_every + 2, *x.shape)
    update = _update_rule(optimizer, momentum)

    steps = np.unique([*range(0, num_steps, record_every), num_steps])
    points = np.empty((len(steps), *x.shape))
    values = np.empty((len(steps), num_runs))
    diverged_at = np.full(num_runs, -1)
    value, row = landscape.f(x), 0
    state: dict[str, np.ndarray] = {}  # of the optimizer
    if not np.isfinite(value).all():
        raise ValueError("the landscape must be finite at every start")
    points[0], values[0] = x, value
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # overflow is what the next lines look for
        for t in range(1, num_steps + 1):
            gradient = landscape.grad(x)
            if noise.any():
                gradient = gradient + noise * rng.standard_normal(x.shape)
            proposal = x - lr * update(gradient, state, t)
            proposed_value = landscape.f(proposal)
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
    landscape,
    starts,
    lr,
    num_steps=2000,
    *,
    momentum=0.0,
    noise=0.0,
    optimizer="sgd",
    rng=None,
    tolerance=1e-3,
):
    """Fraction of starting points from which gradient descent reaches each minimum.

    landscape: the function to descend. starts: (n, d). lr: step size. The other arguments are those of
    `descend`. With noise, the noise is switched off after num_steps and the run goes on for as many steps
    again, so that it counts for the basin in which the noise left it. tolerance: largest distance from a
    minimum at which a run counts as having reached it.
    Returns (num_minima + 1,): one share a minimum, in the order of `landscape.minima`;
    the last entry counts runs that left the domain or did not settle.
    Raises ValueError if starts has not shape (n, landscape.dim).
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
    landscape,
    starts,
    lr,
    num_steps=2000,
    *,
    noise=0.0,
    rng=None,
    tolerance=1e-3,
    **options,
):
    """The minimum that gradient descent reaches from each start.

    Arguments as for `basin_share`. Returns (n,) int, row numbers of `landscape.minima`; the number of minima
    itself stands for runs that left the domain or did not settle.
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


def escape_steps(trajectory, center, radius):
    """Number of steps after which each run first is farther than `radius` from `center`.

    trajectory: of n runs in d dimensions, recorded at every step for an exact count. center: (d,), the
    saddle. radius: distance > 0. Returns (n,) float; infinity for runs that never left.
    Raises ValueError if center has not shape (d,).
    """
    center, radius = (
        _checks.array("center", center),
        _checks.real("radius", radius, above=0),
    )
    _checks.has("trajectory", trajectory, "points", "steps")
    if center.shape != trajectory.points.shape[-1:]:
        raise ValueError(
            f"center must have shape {trajectory.points.shape[-1:]}, got {center.shape}"
        )
    outside = np.linalg.norm(trajectory.points - center, axis=-1) > radius
    return np.where(outside.any(0), trajectory.steps[outside.argmax(0)], np.inf)


def _update_rule(optimizer, momentum):
    """A function (gradient, state, t) -> direction; the new point is x - lr * direction."""
    _checks.choice("optimizer", optimizer, OPTIMIZERS)
    momentum = _checks.real("momentum", momentum, 0, below=1)
    if momentum and optimizer in OPTIMIZERS[2:]:
        raise ValueError(f"momentum is for sgd and nesterov, not for {optimizer}")

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
        return (
            state["mean"]
            / (1 - 0.9**t)
            / (np.sqrt(state["square"] / (1 - 0.999**t)) + 1e-8)
        )

    return dict(zip(OPTIMIZERS, (sgd, nesterov, adagrad, rmsprop, adam), strict=True))[
        optimizer
    ]


def _points(starts, dim):
    x = _checks.array("starts", starts).copy()
    if x.ndim != 2 or x.shape[1] != dim or not len(x):
        raise ValueError(
            f"starts must have shape (n, {dim}) with n >= 1, got {x.shape}"
        )
    return x


def _per_run(value, num_runs, name, zero=False):
    """One number or one a run, as an array that broadcasts against (n, d)."""
    value = _checks.array(name, value)
    if value.shape not in ((), (num_runs,)):
        raise ValueError(
            f"{name} must be one number or have shape ({num_runs},), got shape {value.shape}"
        )
    if (value < 0).any() or (not zero and (value == 0).any()):
        raise ValueError(
            f"{name} must be {'not negative' if zero else 'positive'}, got {value}"
        )
    return value[..., None] if value.ndim else value
