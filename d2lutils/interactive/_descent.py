"""The figure `descent`: gradient descent on curves and surfaces."""

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike

from d2lutils._checks import array, real
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_START = {"risk": (-0.8,), "rastrigin": (3.3, 2.4), "bowl": (3.3, 2.4)}
_FUNCTIONS = {"risk": "x cos(πx)", "rastrigin": "Rastrigin, 2-d", "bowl": "x₁² + x₂²"}
_RATES = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.4, 2.8, 3.2, 4, 5, 6, 7, 8, 9)


@table.documented
def descent(
    landscape: Annotated[
        str,
        table.choice(
            _FUNCTIONS,
            "x cos(pi x) on [-1, 2], Rastrigin's function of two variables, or the "
            "convex x1^2 + x2^2.",
            "function",
        ),
    ] = "risk",
    start: Annotated[
        ArrayLike | None,
        table.special(
            "array of shape (dim,), optional",
            "One number a variable, inside the domain.",
        ),
    ] = None,
    lr: Annotated[
        float,
        table.real(
            0,
            10,
            "Learning rate.",
            "learning rate η",
            open=True,
            values=table.nice(1e-4, 1, _RATES),
        ),
    ] = 0.05,
    momentum: Annotated[
        float,
        table.real(0, 0.999, "Of the update.", "momentum β", slider=(0, 0.99, 0.01)),
    ] = 0.0,
    noise: Annotated[
        float,
        table.real(
            0,
            1000,
            "Standard deviation of the noise on each component of the gradient, drawn "
            "step by step from ``normals(seed, num_steps * dim)``.",
            "gradient noise σ",
            values=table.nice(0.1, 100, (1, 2, 3, 5, 7), zero=True),
        ),
    ] = 0.0,
    num_steps: Annotated[
        int,
        table.whole(
            1,
            10_000,
            "Number of steps.",
            "steps",
            values=table.nice(10, 1000, (1, 2, 5)),
        ),
    ] = 100,
    seed: Annotated[int, table.seed("Of the noise.")] = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Gradient descent with momentum and noise, as `descent.descend` runs it."""
    state = table.checked(descent, locals())
    default = _START[landscape]
    reach = (-1, 2) if landscape == "risk" else (-5.12, 5.12)
    point = np.atleast_1d(
        array("start", default if start is None else start, finite=False)
    )
    if point.shape != (len(default),):
        raise ValueError(
            f"start must hold {len(default)} number(s) for {landscape}, got {start!r}"
        )
    state["start"] = [real("start", value, *reach) for value in point.tolist()]
    names = {
        "risk": "x cos(πx)",
        "rastrigin": "Rastrigin's function of two variables",
        "bowl": "x₁² + x₂²",
    }
    return figure(
        "descent",
        state,
        alt,
        f"The path of gradient descent on {names[landscape]} and its value step by "
        "step; start, learning rate, "
        "momentum and noise can be changed.",
    )
