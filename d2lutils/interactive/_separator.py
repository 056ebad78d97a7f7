"""The figure `separator`: points of two classes and threshold units."""

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike

from d2lutils._checks import array, whole
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_XOR = ([[20, 20], [80, 80], [20, 80], [80, 20]], [-1, -1, 1, 1])


@table.documented
def separator(
    points: Annotated[
        ArrayLike | None,
        table.special(
            "array of shape (n, 2), optional",
            "1 to 12 points, whole numbers from 0 to 100; by default the exclusive or.",
        ),
    ] = None,
    labels: Annotated[
        ArrayLike | None,
        table.special("array of shape (n,), optional", "Of -1 and +1."),
    ] = None,
    *,
    alt: str | None = None,
) -> Figure:
    """Points of two classes, what one threshold unit can do, and what three can.

    The figure shows the widest separator or a Farkas certificate that there is none, as
    `hardness.separate` does, and a network as `hardness.exhaustive_search` finds; its
    arithmetic is exact.
    """
    points, labels = (
        (_XOR[0] if points is None else points),
        (_XOR[1] if labels is None else labels),
    )
    X, y = array("points", points, dtype=None), array("labels", labels, dtype=None)
    if X.ndim != 2 or X.shape[1] != 2 or not 1 <= len(X) <= 12:
        raise ValueError(
            f"points must have shape (n, 2) with n from 1 to 12, got {X.shape}"
        )
    if y.shape != (len(X),) or not np.isin(y, (-1, 1)).all():
        raise ValueError(
            f"labels must be {len(X)} numbers -1 or 1, one a point, got {labels!r}"
        )
    state = {
        "points": [
            [*(whole("points", v, 0, 100) for v in x), int(c)]
            for x, c in zip(X.tolist(), y, strict=True)
        ],
        "selected": 0,
        "adds": "1",
    }
    return figure(
        "separator",
        state,
        alt,
        "Points of two classes in the plane with a separating line or a proof that "
        "there is none, and the two "
        "half-planes of a three-node network; points can be moved, added and removed.",
    )
