"""Interactive figures of the chapter on hyperparameters."""

import numpy as np

from d2lutils._checks import real, whole
from d2lutils._figures import figure
from d2lutils._hyperband import brackets


def hyperband(max_resource=81, eta=3, bracket=None, crossing=0.4, seed=0, *, alt=None):
    """Hyperband's brackets (`search.brackets`) on synthetic learning curves, which are cut at the rungs.

    max_resource: R, 4 to 128. eta: 2 to 5. bracket: s, the one shown, by default the one with most settings.
    crossing: from 0, where an early loss ranks the settings as the last one does, to 1, where the best start slowest. A
    setting has the loss ``F ** (((1 + log t) / (1 + log R)) ** a)`` at resource t, with ``F = 10 ** (2 q - 2)``,
    ``q = sqrt(u)`` and ``a = 8 ** (crossing * (1 + v - 3 q) / 2)``, where u and v are the next two of
    ``uniforms(seed, ...)``, the bracket with most settings first. The medians shown are those of the seeds 0 to 50.
    """
    max_resource, eta = whole("max_resource", max_resource, 4, 128), whole("eta", eta, 2, 5)
    largest = brackets(max_resource, eta)[0].s
    state = {
        "max_resource": max_resource,
        "eta": eta,
        "bracket": largest if bracket is None else whole("bracket", bracket, 0, largest),
        "crossing": real("crossing", crossing, 0, 1),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "hyperband",
        state,
        alt,
        f"Learning curves of many settings, of which each rung of a bracket of Hyperband keeps the best one in {eta}, "
        "and a table of the brackets with their budgets; the bracket, the resources and the curves can be changed.",
    )


def random_grid(num_trials=9, importance=0.1, angle=0, optimum=(0.62, 0.4), seed=0, *, alt=None):
    """Grid against random search over two hyperparameters in [0, 1] (Bergstra & Bengio 2012, figure 1).

    The loss is ``(h(u) + importance * h(v)) / (1 + importance)`` with ``h(d) = 1 - exp(-d ** 2 / 0.02)``, where u is
    the distance from the optimum along the important direction and v the one across it. num_trials: 4, 9, 16 or 25.
    importance: from 0 to 1. angle: of the important direction to the first axis, 0 to 45 degrees. optimum: a point.
    seed: point i of random search is given by numbers 2 i and 2 i + 1 of ``uniforms(seed, 2 * num_trials)``. The means
    shown are those of the seeds 0 to 999, each with the next two uniforms as its optimum.
    """
    num_trials = whole("num_trials", num_trials, 4, 25)
    if num_trials not in (4, 9, 16, 25):
        raise ValueError(f"num_trials must be 4, 9, 16 or 25, got {num_trials!r}")
    if np.shape(optimum) != (2,):
        raise ValueError(f"optimum must hold two numbers, got {optimum!r}")
    state = {
        "num_trials": num_trials,
        "importance": real("importance", importance, 0, 1),
        "angle": real("angle", angle, 0, 45),
        "optimum": [real("optimum", value, 0, 1) for value in np.asarray(optimum).tolist()],
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "random_grid",
        state,
        alt,
        "The points of a grid and as many random points on the loss of two hyperparameters, one of which matters "
        "more: the random points try more values of it; importance, tilt, number of trials and optimum can be changed.",
    )
