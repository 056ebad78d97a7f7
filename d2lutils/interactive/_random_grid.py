"""The figure `random_grid`: grid against random search."""

from numpy.typing import ArrayLike

from d2lutils._checks import array, real, whole
from d2lutils.interactive._figure import Figure, figure


def random_grid(
    num_trials: int = 9,
    importance: float = 0.1,
    angle: float = 0,
    optimum: ArrayLike = (0.62, 0.4),
    seed: int = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Grid against random search over two hyperparameters in [0, 1].

    The loss is ``(h(u) + importance * h(v)) / (1 + importance)`` with ``h(d) = 1 -
    exp(-d ** 2 / 0.02)``, where u is the distance from the optimum along the important
    direction and v the one across it. The means shown are those of the seeds 0 to 999,
    each with the next two uniforms as its optimum.

    Parameters
    ----------
    num_trials : {4, 9, 16, 25}
    importance : float
        From 0 to 1.
    angle : float
        Of the important direction to the first axis, 0 to 45 degrees.
    optimum : array of shape (2,)
        A point in [0, 1]^2.
    seed : int
        Point i of random search is given by numbers 2 i and 2 i + 1 of ``uniforms(seed,
        2 * num_trials)``.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.

    References
    ----------
    Bergstra & Bengio (2012), figure 1.
    """
    num_trials = whole("num_trials", num_trials, 4, 25)
    if num_trials not in (4, 9, 16, 25):
        raise ValueError(f"num_trials must be 4, 9, 16 or 25, got {num_trials!r}")
    point = array("optimum", optimum)
    if point.shape != (2,):
        raise ValueError(f"optimum must hold two numbers, got {optimum!r}")
    state = {
        "num_trials": num_trials,
        "importance": real("importance", importance, 0, 1),
        "angle": real("angle", angle, 0, 45),
        "optimum": [real("optimum", value, 0, 1) for value in point.tolist()],
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "random_grid",
        state,
        alt,
        "The points of a grid and as many random points on the loss of two "
        "hyperparameters, one of which matters "
        "more: the random points try more values of it; importance, tilt, number of "
        "trials and optimum can be changed.",
    )
