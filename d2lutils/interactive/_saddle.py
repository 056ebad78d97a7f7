"""The figure `saddle`: gradient descent near the ridge of a saddle."""

from typing import Annotated

from d2lutils._checks import real
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_FUNCTIONS = {"double_well": "x₁⁴ − 2x₁² + x₂²", "hyperbolic": "x₁² − x₂²"}


@table.documented
def saddle(
    landscape: Annotated[
        str,
        table.choice(_FUNCTIONS, "x1^4 - 2 x1^2 + x2^2, or x1^2 - x2^2.", "function"),
    ] = "double_well",
    eps: Annotated[
        float,
        table.real(
            -2,
            2,
            "Signed distance of the start from the ridge (x1 = 0 or x2 = 0), inside "
            "the landscape's domain.",
            "distance ε from the ridge",
            values=table.nice(1e-16, 0.5, (1, 2, 5), zero=True),
        ),
    ] = 1e-3,
    along: Annotated[
        float, table.real(-2, 2, "The start's other coordinate, inside the domain.")
    ] = 0.9,
    lr: Annotated[
        float,
        table.real(
            0,
            1,
            "Learning rate.",
            "learning rate η",
            open=True,
            values=table.nice(1e-3, 0.4, (1, 1.5, 2, 3, 4, 5, 7)),
        ),
    ] = 0.05,
    *,
    alt: str | None = None,
) -> Figure:
    """Gradient descent from near the ridge of a saddle, and when it escapes."""
    state = table.checked(saddle, locals())
    if landscape == "hyperbolic":
        for name in ("eps", "along"):
            real(name, state[name], -1, 1)
    return figure(
        "saddle",
        state,
        alt,
        "Gradient descent from a start near the ridge of a saddle: its distance from "
        "the ridge grows geometrically "
        "until it escapes; start and learning rate can be changed.",
    )
