"""The figure `risk`: the risk and the empirical risk of a sample."""

from d2lutils._checks import real, whole
from d2lutils.interactive._figure import Figure, figure


def risk(
    num_samples: int = 25,
    sigma: float = 1.0,
    seed: int = 528,
    *,
    alt: str | None = None,
) -> Figure:
    """Empirical against population risk.

    The loss is ``l(x; z) = x cos(pi x) + z cos(5 pi x)`` with z from N(0, sigma^2).

    Parameters
    ----------
    num_samples : int
        Sample size.
    sigma : float
        Standard deviation of the noise, at most 10.
    seed : int
        Of `normals`: the figure's first sample is ``sigma * normals(seed,
        num_samples)``, the 29 others that it shows have the seeds before.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
    """
    state = {
        "num_samples": whole("num_samples", num_samples, 1, 10_000),
        "sigma": real("sigma", sigma, 0, 10),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "risk",
        state,
        alt,
        "The risk x cos(πx) and the empirical risk of a random sample, whose minimum "
        "lies elsewhere; sample size and "
        "noise can be changed and the sample drawn again.",
    )
