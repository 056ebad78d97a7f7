"""The figure `descent`: gradient descent on curves and surfaces."""

import numpy as np
from numpy.typing import ArrayLike

from d2lutils._checks import array, choice, real, whole
from d2lutils.interactive._figure import Figure, figure

_START = {"risk": (-0.8,), "rastrigin": (3.3, 2.4), "bowl": (3.3, 2.4)}


def descent(
    landscape: str = "risk",
    start: ArrayLike | None = None,
    lr: float = 0.05,
    momentum: float = 0.0,
    noise: float = 0.0,
    num_steps: int = 100,
    seed: int = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Gradient descent with momentum and noise, as `descent.descend` runs it.

    Parameters
    ----------
    landscape : {"risk", "rastrigin", "bowl"}
        x cos(pi x) on [-1, 2], Rastrigin's function of two variables, or the convex
        x1^2 + x2^2.
    start : array of shape (dim,), optional
        One number a variable, inside the domain.
    lr : float
        Learning rate, at most 10.
    momentum : float
        From 0 to 0.999.
    noise : float
        Standard deviation of the noise on each component of the gradient, drawn step by
        step from ``normals(seed, num_steps * dim)``.
    num_steps : int
        At most 10,000.
    seed : int
        Of the noise.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
    """
    choice("landscape", landscape, _START)
    reach = (-1, 2) if landscape == "risk" else (-5.12, 5.12)
    point = np.atleast_1d(
        array("start", _START[landscape] if start is None else start, finite=False)
    )
    if point.shape != (len(_START[landscape]),):
        raise ValueError(
            f"start must hold {len(_START[landscape])} number(s) for {landscape}, "
            f"got {start!r}"
        )
    state = {
        "landscape": landscape,
        "start": [real("start", value, *reach) for value in point.tolist()],
        "lr": real("lr", lr, most=10, above=0),
        "momentum": real("momentum", momentum, 0, 0.999),
        "noise": real("noise", noise, 0, 1000),
        "num_steps": whole("num_steps", num_steps, 1, 10_000),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
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
