"""The figure `double_descent`: the risk of least squares by the number of features."""

from d2lutils._checks import choice, real, whole
from d2lutils.interactive._figure import Figure, figure


def double_descent(
    n: int = 40,
    p: int = 60,
    D: int = 100,
    sigma: float = 0.2,
    penalty: float = 0.0,
    coefficients: str = "equal",
    *,
    alt: str | None = None,
) -> Figure:
    """Expected risk of least squares with the first p of D features.

    The fit of least norm where p > n: what `linear.double_descent_risk` says, exact for
    n examples; with a ridge penalty, what `linear.ridge_risk` says, the limit of large
    n and p.

    Parameters
    ----------
    n : int
        Examples, 2 to D.
    p : int
        Features used, 1 to D.
    D : int
        Features, 4 to 300.
    sigma : float
        Standard deviation of the noise, at most 2.
    penalty : float
        Of the ridge, n times that of the mean squared error over 2.
    coefficients : {"equal", "falling"}
        Of the truth, of norm 1; falling like 1/j.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
    """
    D = whole("D", D, 4, 300)
    state = {
        "n": whole("n", n, 2, D),
        "p": whole("p", p, 1, D),
        "D": D,
        "sigma": real("sigma", sigma, 0, 2),
        "penalty": real("penalty", penalty, 0, 1e6),
        "coefficients": choice("coefficients", coefficients, ("equal", "falling")),
    }
    return figure(
        "double_descent",
        state,
        alt,
        "The expected risk of least squares against the number of features: it rises "
        "without bound where there are as "
        "many features as examples and falls again beyond; the numbers of features "
        "and examples, noise and a ridge "
        "penalty can be changed.",
    )
