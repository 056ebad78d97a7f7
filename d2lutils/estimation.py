"""Empirical risk minimization in one dimension: how good the minimizer of a sample is.

The loss of one example is ``x cos(pi x) + z cos(5 pi x)``, with noise z of mean 0 and
standard deviation sigma; so the population risk is ``x cos(pi x)`` and the empirical
risk depends on the sample through its mean alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks, landscapes

DOMAIN = (0.5, 1.5)


@dataclass(frozen=True)
class Asymptotics:
    """What the minimizer x_hat of n examples does as n grows.

    The limits are those with sigma = 1. For another one, `sd` is multiplied by sigma,
    and `excess`, `bias` and `optimism` by its square.

    Attributes
    ----------
    argmin, minimum : float
        Of the population risk.
    curvature : float
        Second derivative of the population risk at its minimum.
    score : float
        Derivative of ``cos(5 pi x)`` there.
    sd : float
        Standard deviation of ``sqrt(n) (x_hat - argmin)``.
    excess : float
        Mean of ``n (risk(x_hat) - minimum)``.
    bias : float
        Mean of ``n (empirical_risk(x_hat) - minimum)``.
    optimism : float
        Mean of ``n (risk(x_hat) - empirical_risk(x_hat))``.

    References
    ----------
    van der Vaart 1998, Asymptotic Statistics, section 5.3.
    """

    argmin: float
    minimum: float
    curvature: float
    score: float
    sd: float
    excess: float
    bias: float
    optimism: float


def asymptotics() -> Asymptotics:
    """Compute the constants of large samples.

    They come from the risk's curvature and the noise's slope at the minimum.

    Notes
    -----
    To second order the empirical risk is
    ``minimum + zbar c + (x - x*) zbar c' + (x - x*)^2 f'' / 2``, where ``zbar`` has
    variance ``sigma^2 / n``. Its minimizer is ``x* - zbar c' / f''``, and its minimum
    lies ``(zbar c')^2 / (2 f'')`` below ``minimum + zbar c``, as far as the risk at the
    minimizer lies above the minimum.
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


def sample_means(
    sigma: float, num_samples: int, repeats: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw the means of several samples of independent z from N(0, sigma^2).

    Parameters
    ----------
    sigma : float
        Standard deviation of one z, >= 0.
    num_samples : int
        Size of each sample; their means are drawn as what they are,
        N(0, sigma^2 / num_samples).
    repeats : int
        Number of samples.
    rng : numpy.random.Generator

    Returns
    -------
    array of shape (repeats,)

    Raises
    ------
    ValueError
        Unless sigma is finite and not negative and the counts are positive.
    """
    sigma = _checks.real("sigma", sigma, 0)
    num_samples, repeats = (
        _checks.whole("num_samples", num_samples, 1, 1e300),
        _checks.whole("repeats", repeats),
    )
    _checks.rng("rng", rng)
    return sigma / np.sqrt(num_samples) * rng.standard_normal(repeats)


def empirical_minimizers(
    z: ArrayLike, num_grid: int = 401, chunk: int = 4096
) -> np.ndarray:
    """Global minimizers of ``x cos(pi x) + z cos(5 pi x)`` on [0.5, 1.5].

    Parameters
    ----------
    z : array of shape (n,)
        Means of samples.
    num_grid : int
        Points on which the wells are located first.
    chunk : int
        How many z are worked on at once, which bounds memory.

    Returns
    -------
    array of shape (n,)
        To about 1e-15: Newton's method, kept inside one grid step.

    Raises
    ------
    ValueError
        If z is not a finite vector, or has numbers above 1e100.
    """
    z = _checks.array("z", z, 1)
    num_grid, chunk = (
        _checks.whole("num_grid", num_grid, 8, 10**6),
        _checks.whole("chunk", chunk),
    )
    _checks.fits("num_grid * chunk", num_grid, min(chunk, len(z)))
    if (np.abs(z) > 1e100).any():
        most = np.abs(z).max()
        raise ValueError(f"z must be at most 1e100 in size, got {most:g}")
    parts = [_minimizers(z[i : i + chunk], num_grid) for i in range(0, len(z), chunk)]
    return np.concatenate(parts) if parts else z


def _minimizers(z: np.ndarray, num_grid: int) -> np.ndarray:
    grid, step = np.linspace(*DOMAIN, num_grid, retstep=True)
    values = _value(grid, z[:, None])
    # The wells of cos(5 pi x) are 0.4 apart: an eighth of the interval holds the bottom
    # of one at most.
    eighths = np.array_split(np.arange(num_grid), 8)
    starts = np.stack([part[values[:, part].argmin(1)] for part in eighths], axis=1)
    heights = np.take_along_axis(values, starts, axis=1)
    # A bottom lies at most curvature * step^2 / 2 below the grid: what is higher cannot
    # be the lowest well.
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
    # By row, and within a row the lowest first.
    deepest = np.lexsort((_value(x, zs), row))
    return x[deepest[np.searchsorted(row[deepest], np.arange(len(z)))]]


def _value(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    return x * np.cos(np.pi * x) + z * np.cos(5 * np.pi * x)


def _slope(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    return (
        np.cos(np.pi * x)
        - np.pi * x * np.sin(np.pi * x)
        - 5 * np.pi * z * np.sin(5 * np.pi * x)
    )


def _curvature(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    return (
        -2 * np.pi * np.sin(np.pi * x)
        - np.pi**2 * x * np.cos(np.pi * x)
        - 25 * np.pi**2 * z * np.cos(5 * np.pi * x)
    )


def excess_risk(x: ArrayLike) -> np.ndarray:
    """Risk above the least risk on [0.5, 1.5].

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    array of that shape
    """
    x = _checks.array("x", x)
    return x * np.cos(np.pi * x) - asymptotics().minimum


def training_minimum(x: ArrayLike, z: ArrayLike) -> np.ndarray:
    """Empirical risk above the least population risk: at its minimum mostly negative.

    Parameters
    ----------
    x : array
        Where.
    z : array
        Means of samples, of a shape that broadcasts with that of `x`.

    Returns
    -------
    array of their common shape
    """
    return excess_risk(x) - optimism(x, z)


def optimism(x: ArrayLike, z: ArrayLike) -> np.ndarray:
    """Risk less empirical risk: what the training loss hides.

    At the minimizer its mean is the excess less the bias, about twice the excess. Its
    first-order part, z times a constant, averages to zero but slowly: samples taken as
    pairs z and -z cancel it exactly.

    Parameters
    ----------
    x : array
        Where.
    z : array
        Means of samples, of a shape that broadcasts with that of `x`.

    Returns
    -------
    array of their common shape

    References
    ----------
    Efron 1986, How biased is the apparent error rate of a prediction rule? (For new
    labels at the same inputs; for new examples, Takeuchi 1976.)
    """
    x, z = _checks.array("x", x), _checks.array("z", z)
    _checks.broadcast(x=x, z=z)
    return -z * np.cos(5 * np.pi * x)
