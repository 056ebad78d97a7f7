"""The figure `risk`: the risk and the empirical risk of a sample."""

from d2lutils._checks import real, whole
from d2lutils.interactive._figure import figure


def risk(num_samples=25, sigma=1.0, seed=528, *, alt=None):
    """Empirical against population risk: loss l(x; z) = x cos(pi x) + z cos(5 pi x), z ~ N(0, sigma^2).

    num_samples: sample size. sigma: standard deviation of the noise. seed: of `normals`; the figure's first
    sample is ``sigma * normals(seed, num_samples)``, the 29 others that it shows have the seeds before.
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
        "The risk x cos(πx) and the empirical risk of a random sample, whose minimum lies elsewhere; sample size and "
        "noise can be changed and the sample drawn again.",
    )
