"""The figure `descent`: gradient descent on curves and surfaces."""

import numpy as np

from d2lutils._checks import choice, real, whole
from d2lutils.interactive._figure import figure

_START = {"risk": (-0.8,), "rastrigin": (3.3, 2.4), "bowl": (3.3, 2.4)}


def descent(
    landscape="risk",
    start=None,
    lr=0.05,
    momentum=0.0,
    noise=0.0,
    num_steps=100,
    seed=0,
    *,
    alt=None,
):
    """Gradient descent with momentum and gradient noise, as `descent.descend` runs it.

    landscape: "risk" (x cos(pi x) on [-1, 2]), "rastrigin" or "bowl" (x1^2 + x2^2, convex). start: one number a
    variable, inside the domain. lr: learning rate, at most 10. noise: standard deviation of the noise on each
    component of the gradient, drawn step by step from ``normals(seed, num_steps * dim)``.
    """
    choice("landscape", landscape, _START)
    reach = (-1, 2) if landscape == "risk" else (-5.12, 5.12)
    point = np.atleast_1d(_START[landscape] if start is None else start)
    if point.shape != (len(_START[landscape]),):
        raise ValueError(
            f"start must hold {len(_START[landscape])} real(s) for {landscape}, got {start}"
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
        f"The path of gradient descent on {names[landscape]} and its value step by step; start, learning rate, "
        "momentum and noise can be changed.",
    )
