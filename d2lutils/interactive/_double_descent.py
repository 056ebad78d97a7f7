"""The figure `double_descent`: the risk of least squares by the number of features."""

from d2lutils._checks import choice, real, whole
from d2lutils.interactive._figure import figure


def double_descent(
    n=40, p=60, D=100, sigma=0.2, penalty=0.0, coefficients="equal", *, alt=None
):
    """Expected risk of least squares with the first p of D features, the fit of least norm where p > n.

    What `linear.double_descent_risk` says, exact for n examples; with a ridge penalty > 0, as in `linear.ridge`, what
    `linear.ridge_risk` says, the limit of large n and p. D: 4 to 300. n: 2 to D. p: 1 to D. sigma: standard deviation
    of the noise, at most 2. coefficients: of the truth, of norm 1: "equal", or "falling" like 1/j.
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
        "The expected risk of least squares against the number of features: it rises without bound where there are as "
        "many features as examples and falls again beyond; the numbers of features and examples, noise and a ridge "
        "penalty can be changed.",
    )
