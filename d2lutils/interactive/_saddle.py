"""The figure `saddle`: gradient descent near the ridge of a saddle."""

from d2lutils._checks import choice, real
from d2lutils.interactive._figure import figure


def saddle(landscape="double_well", eps=1e-3, along=0.9, lr=0.05, *, alt=None):
    """Gradient descent from a point near the ridge of a saddle, and the number of steps until it escapes.

    landscape: "double_well" (x1^4 - 2 x1^2 + x2^2) or "hyperbolic" (x1^2 - x2^2). eps: signed distance of the
    start from the ridge (x1 = 0 or x2 = 0), along: its other coordinate; both inside the landscape's domain.
    lr: learning rate, at most 1.
    """
    choice("landscape", landscape, ("double_well", "hyperbolic"))
    reach = 2 if landscape == "double_well" else 1
    state = {
        "landscape": landscape,
        "eps": real("eps", eps, -reach, reach),
        "along": real("along", along, -reach, reach),
        "lr": real("lr", lr, most=1, above=0),
    }
    return figure(
        "saddle",
        state,
        alt,
        "Gradient descent from a start near the ridge of a saddle: its distance from the ridge grows geometrically "
        "until it escapes; start and learning rate can be changed.",
    )
