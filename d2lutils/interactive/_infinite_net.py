"""The figure `infinite_net`: nets of infinite width, trained on points."""

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike

from d2lutils._checks import array, real
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

FOREVER = 1e99  # JSON has no infinity; exp(-FOREVER * eigenvalue) is 0
_TRAINED = {"ntk": "all layers (NTK)", "nngp": "last layer (NNGP)"}


@table.documented
def infinite_net(
    points: Annotated[
        ArrayLike | None,
        table.special(
            "array of shape (n, 2), optional",
            "1 to 12 points (x, y), ``|x| <= 2`` and ``|y| <= 3``, rounded to "
            "multiples of 1/20.",
        ),
    ] = None,
    depth: Annotated[int, table.whole(1, 5, "Hidden layers.", "hidden layers")] = 2,
    kernel: Annotated[
        str,
        table.choice(
            _TRAINED,
            "All layers are trained, or only the last one (at infinite time, the "
            "Bayesian posterior of the NNGP).",
            "trained",
        ),
    ] = "ntk",
    time: Annotated[
        float,
        table.special(
            "float",
            "Of gradient flow on ``|f - y|**2 / 2`` summed over the points, as in "
            "`kernels.gradient_flow`.",
            label="training time t",
            values=[0, *table.nice(0.01, 1000, (1, 2, 5)), FOREVER],
        ),
    ] = np.inf,
    num_nets: Annotated[int, table.whole(0, 5, "Nets drawn.", "nets drawn")] = 3,
    seed: Annotated[
        int,
        table.seed(
            "Of ``normals(seed, 81 * num_nets)``; a row of 81, multiplied by the "
            "Cholesky factor of `kernels.nngp` on the grid -2, -1.95, ..., 2, is a net "
            "before training."
        ),
    ] = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Infinitely wide ReLU nets trained on points: their mean and their spread.

    The net sees the vector (x, 1).

    References
    ----------
    Mean and variance: Lee et al. (2019), arXiv:1902.06720, section 2.3.
    """
    default = [[-1.5, -0.5], [-0.9, 1.2], [-0.2, -0.8], [0.7, 0.6], [1.1, 1.5]]
    places = array("points", default if points is None else points)
    if places.ndim != 2 or places.shape[1] != 2 or not 1 <= len(places) <= 12:
        raise ValueError(
            f"points must have shape (n, 2) with n from 1 to 12, got {places.shape}"
        )
    forever = isinstance(time, float) and time == np.inf
    special = {
        "points": [[_twentieth(x, 2), _twentieth(y, 3)] for x, y in places.tolist()],
        "selected": 0,
        "time": FOREVER if forever else real("time", time, 0, FOREVER),
    }
    return figure(
        "infinite_net",
        table.checked(infinite_net, locals()) | special,
        alt,
        "Points and the curves of infinitely wide nets trained on them, with a band "
        "of two standard deviations over "
        "initialisations that is narrow at the points; points, depth, training time "
        "and the kernel can be changed.",
    )


def _twentieth(value, reach):
    return round(20 * real("points", value, -reach, reach)) / 20
