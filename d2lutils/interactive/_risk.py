"""The figure `risk`: the risk and the empirical risk of a sample."""

from typing import Annotated

from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure


@table.documented
def risk(
    num_samples: Annotated[
        int,
        table.whole(
            1,
            10_000,
            "Sample size.",
            "sample size n",
            values=table.nice(1, 1000, (1, 2, 5)),
        ),
    ] = 25,
    sigma: Annotated[
        float,
        table.real(
            0, 10, "Standard deviation of the noise.", "noise σ", slider=(0, 2, 0.05)
        ),
    ] = 1.0,
    seed: Annotated[
        int,
        table.seed(
            "Of `normals`: the figure's first sample is ``sigma * normals(seed, "
            "num_samples)``, the 29 others that it shows have the seeds before."
        ),
    ] = 528,
    *,
    alt: str | None = None,
) -> Figure:
    """Empirical against population risk.

    The loss is ``l(x; z) = x cos(pi x) + z cos(5 pi x)`` with z from N(0, sigma^2).
    """
    return figure(
        "risk",
        table.checked(risk, locals()),
        alt,
        "The risk x cos(πx) and the empirical risk of a random sample, whose minimum "
        "lies elsewhere; sample size and "
        "noise can be changed and the sample drawn again.",
    )
