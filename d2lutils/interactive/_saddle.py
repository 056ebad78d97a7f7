"""The figure `saddle`: gradient descent near the ridge of a saddle."""

from d2lutils._checks import choice, real
from d2lutils.interactive._figure import Figure, figure


def saddle(
    landscape: str = "double_well",
    eps: float = 1e-3,
    along: float = 0.9,
    lr: float = 0.05,
    *,
    alt: str | None = None,
) -> Figure:
    """Gradient descent from near the ridge of a saddle, and when it escapes.

    Parameters
    ----------
    landscape : {"double_well", "hyperbolic"}
        x1^4 - 2 x1^2 + x2^2, or x1^2 - x2^2.
    eps : float
        Signed distance of the start from the ridge (x1 = 0 or x2 = 0).
    along : float
        The start's other coordinate; both lie inside the landscape's domain.
    lr : float
        Learning rate, at most 1.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
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
        "Gradient descent from a start near the ridge of a saddle: its distance from "
        "the ridge grows geometrically "
        "until it escapes; start and learning rate can be changed.",
    )
