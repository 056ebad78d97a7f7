"""The figure `double_descent`: the risk of least squares by the number of features."""

from typing import Annotated

from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_COEFFICIENTS = {"equal": "all equal", "falling": "falling like 1/j"}


@table.documented
def double_descent(
    n: Annotated[int, table.whole(2, "D", "Examples.", "examples n")] = 40,
    p: Annotated[int, table.whole(1, "D", "Features used.", "features used p")] = 60,
    D: Annotated[int, table.whole(4, 300, "Features.")] = 100,
    sigma: Annotated[
        float,
        table.real(
            0, 2, "Standard deviation of the noise.", "noise σ", slider=(0, 2, 0.05)
        ),
    ] = 0.2,
    penalty: Annotated[
        float,
        table.real(
            0,
            1e6,
            "Of the ridge, n times that of the mean squared error over 2.",
            "ridge penalty λ",
            values=table.nice(0.01, 1000, (1, 2, 5), zero=True),
        ),
    ] = 0.0,
    coefficients: Annotated[
        str,
        table.choice(
            _COEFFICIENTS,
            "Of the truth, of norm 1; falling like 1/j.",
            "true coefficients",
        ),
    ] = "equal",
    seed: Annotated[
        int,
        table.seed(
            "Of one sample: in `normals` the D features of each of at most D examples, "
            "then their noises."
        ),
    ] = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Expected risk of least squares with the first p of D features.

    The fit of least norm where p > n: what `linear.double_descent_risk` says, exact for
    n examples; with a ridge penalty, what `linear.ridge_risk` says, the limit of large
    n and p. The dots are fits to one sample.
    """
    return figure(
        "double_descent",
        table.checked(double_descent, locals()),
        alt,
        "The expected risk of least squares against the number of features: it rises "
        "without bound where there are as "
        "many features as examples and falls again beyond; dots show fits to one "
        "sample; the numbers of features and examples, noise and a ridge penalty can "
        "be changed and the sample drawn again.",
    )
