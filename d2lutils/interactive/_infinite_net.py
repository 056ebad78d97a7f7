"""The figure `infinite_net`: nets of infinite width, trained on points."""

import numpy as np
from numpy.typing import ArrayLike

from d2lutils._checks import array, choice, real, whole
from d2lutils.interactive._figure import Figure, figure

FOREVER = 1e99  # JSON has no infinity; exp(-FOREVER * eigenvalue) is 0


def infinite_net(
    points: ArrayLike | None = None,
    depth: int = 2,
    kernel: str = "ntk",
    time: float = np.inf,
    num_nets: int = 3,
    seed: int = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Infinitely wide ReLU nets trained on points: their mean and their spread.

    The net sees the vector (x, 1).

    Parameters
    ----------
    points : array of shape (n, 2), optional
        1 to 12 points (x, y), ``|x| <= 2`` and ``|y| <= 3``, rounded to multiples of
        1/20.
    depth : int
        1 to 5 hidden layers.
    kernel : {"ntk", "nngp"}
        All layers are trained, or only the last one (at infinite time, the Bayesian
        posterior of the NNGP).
    time : float
        Of gradient flow on ``|f - y|**2 / 2`` summed over the points, as in
        `kernels.gradient_flow`.
    num_nets : int
        0 to 5 nets drawn.
    seed : int
        Of ``normals(seed, 81 * num_nets)``; a row of 81, multiplied by the Cholesky
        factor of `kernels.nngp` on the grid -2, -1.95, ..., 2, is a net before
        training.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.

    References
    ----------
    Mean and variance: Lee et al. (2019), arXiv:1902.06720, section 2.3.
    """
    default = [[-1.5, -0.5], [-0.9, 1.2], [-0.2, -0.8], [0.7, 0.6], [1.1, 1.5]]
    points = array("points", default if points is None else points)
    if points.ndim != 2 or points.shape[1] != 2 or not 1 <= len(points) <= 12:
        raise ValueError(
            f"points must have shape (n, 2) with n from 1 to 12, got {points.shape}"
        )
    time = (
        FOREVER
        if isinstance(time, float) and time == np.inf
        else real("time", time, 0, FOREVER)
    )
    state = {
        "points": [[_twentieth(x, 2), _twentieth(y, 3)] for x, y in points.tolist()],
        "selected": 0,
        "depth": whole("depth", depth, 1, 5),
        "kernel": choice("kernel", kernel, ("ntk", "nngp")),
        "time": time,
        "num_nets": whole("num_nets", num_nets, 0, 5),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "infinite_net",
        state,
        alt,
        "Points and the curves of infinitely wide nets trained on them, with a band "
        "of two standard deviations over "
        "initialisations that is narrow at the points; points, depth, training time "
        "and the kernel can be changed.",
    )


def _twentieth(value, reach):
    return round(20 * real("points", value, -reach, reach)) / 20
