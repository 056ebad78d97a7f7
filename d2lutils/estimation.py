"""Empirical risk minimization in one dimension: how far from the best the minimizer of a sample is.

The loss of one example is x cos(pi x) + z cos(5 pi x), with noise z of mean 0 and standard deviation sigma;
so the population risk is x cos(pi x) and the empirical risk depends on the sample through its mean alone.
"""

from dataclasses import dataclass

import numpy as np

from d2lutils import _checks, landscapes

DOMAIN = (0.5, 1.5)


@dataclass(frozen=True)
class Asymptotics:
    """What the minimizer x_hat of n examples does as n grows (van der Vaart 1998, section 5.3).

    argmin, minimum: of the population risk. curvature: its second derivative there. score: derivative of
    cos(5 pi x) there. The limits, with sigma = 1: sd of sqrt(n) (x_hat - argmin); excess of
    n (risk(x_hat) - minimum); bias of n (empirical_risk(x_hat) - minimum); optimism of
    n (risk(x_hat) - empirical_risk(x_hat)), the last three in the mean. For other sigma, sd is multiplied by
    sigma and those three by sigma^2.
    """

    argmin: float
    minimum: float
    curvature: float
    score: float
    sd: float
    excess: float
    bias: float
    optimism: float


def asymptotics():
    """The constants of large samples, computed from the risk's curvature and the noise's slope.

    To second order the empirical risk is minimum + zbar c + (x - x*) zbar c' + (x - x*)^2 f'' / 2, where zbar
    has variance sigma^2 / n. Its minimizer is x* - zbar c' / f'', and its minimum lies (zbar c')^2 / (2 f'')
    below minimum + zbar c, as far as the risk at the minimizer lies above the minimum.
    """
    risk = landscapes.risk(DOMAIN)
    best = risk.minima[0]
    curvature = float(risk.hess(best)[0, 0])
    score = float(-5 * np.pi * np.sin(5 * np.pi * best[0]))
    excess = score**2 / (2 * curvature)
    return Asymptotics(
        argmin=float(best[0]),
        minimum=float(risk.f(best)),
        curvature=curvature,
        score=score,
        sd=abs(score) / curvature,
        excess=excess,
        bias=-excess,
        optimism=2 * excess,
    )


def sample_means(sigma, num_samples, repeats, rng):
    """Means of `repeats` samples, each of `num_samples` independent z from N(0, sigma^2).

    Drawn as what they are, N(0, sigma^2 / num_samples). rng: numpy.random.Generator.
    Returns (repeats,). Raises ValueError unless sigma is finite and not negative and the counts are positive.
    """
    sigma = _checks.real("sigma", sigma, 0)
    num_samples, repeats = (
        _checks.whole("num_samples", num_samples, 1, 1e300),
        _checks.whole("repeats", repeats),
    )
    _checks.rng("rng", rng)
    return sigma / np.sqrt(num_samples) * rng.standard_normal(repeats)


def empirical_minimizers(z, num_grid=401, chunk=4096):
    """Global minimizers of x cos(pi x) + z cos(5 pi x) on [0.5, 1.5], one for each sample mean z.

    z: (n,). num_grid: points on which the wells are located first. chunk: how many z are worked on at once,
    which bounds memory.
    Returns (n,), to about 1e-15 (Newton's method, kept inside one grid step).
    Raises ValueError if z is not a finite vector.
    """
    z = _checks.array("z", z, 1)
    num_grid, chunk = (
        _checks.whole("num_grid", num_grid, 8, 10**6),
        _checks.whole("chunk", chunk),
    )
    _checks.fits("num_grid * chunk", num_grid, min(chunk, len(z)))
    if (np.abs(z) > 1e100).any():
        raise ValueError("z must be at most 1e100 in size: its curvature overflows")
    parts = [_minimizers(z[i : i + chunk], num_grid) for i in range(0, len(z), chunk)]
    return np.concatenate(parts) if parts else z


def _minimizers(z, num_grid):
    grid, step = np.linspace(*DOMAIN, num_grid, retstep=True)
    values = _value(grid, z[:, None])
    # The wells of cos(5 pi x) are 0.4 apart: an eighth of the interval holds the bottom of one at most.
    eighths = np.array_split(np.arange(num_grid), 8)
    starts = np.stack([part[values[:, part].argmin(1)] for part in eighths], axis=1)
    heights = np.take_along_axis(values, starts, axis=1)
    # A bottom lies at most curvature * step^2 / 2 below the grid: what is higher cannot be the lowest well.
    margin = (25 + 250 * np.abs(z)) * step**2 / 2
    row, column = np.nonzero(heights <= heights.min(1, keepdims=True) + margin[:, None])
    x, zs = grid[starts[row, column]], z[row]
    low, high = np.maximum(x - step, DOMAIN[0]), np.minimum(x + step, DOMAIN[1])
    for _ in range(60):
        slope = _slope(x, zs)
        low, high = np.where(slope < 0, x, low), np.where(slope > 0, x, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = x - slope / _curvature(x, zs)
        new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
        moved, x = np.abs(new - x).max(), new
        if moved < 1e-14:
            break
    deepest = np.lexsort(
        (_value(x, zs), row)
    )  # by row, and within a row the lowest first
    return x[deepest[np.searchsorted(row[deepest], np.arange(len(z)))]]


def _value(x, z):
    return x * np.cos(np.pi * x) + z * np.cos(5 * np.pi * x)


def _slope(x, z):
    return (
        np.cos(np.pi * x)
        - np.pi * x * np.sin(np.pi * x)
        - 5 * np.pi * z * np.sin(5 * np.pi * x)
    )


def _curvature(x, z):
    return (
        -2 * np.pi * np.sin(np.pi * x)
        - np.pi**2 * x * np.cos(np.pi * x)
        - 25 * np.pi**2 * z * np.cos(5 * np.pi * x)
    )


def excess_risk(x):
    """Risk at x above the least risk on [0.5, 1.5]. x: any shape; returns the same shape."""
    x = _checks.array("x", x)
    return x * np.cos(np.pi * x) - asymptotics().minimum


def training_minimum(x, z):
    """Empirical risk at x of samples with means z, less the least population risk: negative on average at the
    minimizer. x, z: shapes that broadcast; returns their common shape."""
    return excess_risk(x) - optimism(x, z)


def optimism(x, z):
    """Risk less empirical risk at x of samples with means z (Efron 1986): what the training loss hides.

    x, z: shapes that broadcast; returns their common shape. At the minimizer its mean is the excess less the
    bias, about twice the excess. Its first-order part, z times a constant, averages to zero but slowly:
    samples taken as pairs z and -z cancel it exactly.
    """
    x, z = _checks.array("x", x), _checks.array("z", z)
    _checks.broadcast(x=x, z=z)
    return -z * np.cos(5 * np.pi * x)
