"""The figure `random_grid`: grid against random search."""

from typing import Annotated

from numpy.typing import ArrayLike

from d2lutils._checks import array, real
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure


@table.documented
def random_grid(
    num_trials: Annotated[
        int,
        table.whole(
            4,
            25,
            "Points of the grid, and random ones.",
            "trials",
            options={n: str(n) for n in (4, 9, 16, 25)},
        ),
    ] = 9,
    importance: Annotated[
        float,
        table.real(
            0,
            1,
            "Of the second hyperparameter.",
            "importance of the second",
            slider=(0, 1, 0.05),
        ),
    ] = 0.1,
    angle: Annotated[
        float,
        table.real(
            0,
            45,
            "Of the important direction to the first axis, in degrees.",
            "tilt of the important direction",
            slider=(0, 45, 5),
        ),
    ] = 0,
    optimum: Annotated[
        ArrayLike, table.special("array of shape (2,)", "A point in [0, 1]^2.")
    ] = (0.62, 0.4),
    seed: Annotated[
        int,
        table.seed(
            "Point i of random search is given by numbers 2 i and 2 i + 1 of "
            "``uniforms(seed, 2 * num_trials)``."
        ),
    ] = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Grid against random search over two hyperparameters in [0, 1].

    The loss is ``(h(u) + importance * h(v)) / (1 + importance)`` with ``h(d) = 1 -
    exp(-d ** 2 / 0.02)``, where u is the distance from the optimum along the important
    direction and v the one across it. The means shown are those of the seeds 0 to 999,
    each with the next two uniforms as its optimum.

    References
    ----------
    Bergstra & Bengio (2012), figure 1.
    """
    point = array("optimum", optimum)
    if point.shape != (2,):
        raise ValueError(f"optimum must hold two numbers, got {optimum!r}")
    place = [real("optimum", value, 0, 1) for value in point.tolist()]
    return figure(
        "random_grid",
        table.checked(random_grid, locals()) | {"optimum": place},
        alt,
        "The points of a grid and as many random points on the loss of two "
        "hyperparameters, one of which matters "
        "more: the random points try more values of it; importance, tilt, number of "
        "trials and optimum can be changed.",
    )
