"""What kernel regression does on average, from spectrum and target alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks


@dataclass(frozen=True)
class LearningCurve:
    """What `learning_curve` foretells.

    Attributes
    ----------
    n : array of shape (m,)
        Numbers of examples.
    errors : array of shape (m,)
        Expected squared error on a new example, its noise included.
    learnt : array of shape (m, p)
        Of each mode of the kernel the share that is learnt, from 0 to 1.
    kappa : array of shape (m,)
        The eigenvalue at which half is learnt.
    """

    n: np.ndarray
    errors: np.ndarray
    learnt: np.ndarray
    kappa: np.ndarray


def learning_curve(
    eigenvalues: ArrayLike,
    coefficients: ArrayLike,
    n: ArrayLike,
    ridge: float = 0.0,
    sigma: float = 0.0,
) -> LearningCurve:
    """Expected error of kernel (ridge) regression by the number of examples.

    With eigenvalues lambda_i and the target's coefficients v_i, kappa solves
    ``n = sum_i L_i + ridge / kappa``, ``L_i = lambda_i / (lambda_i + kappa)``, and the
    error is ``(sum_i (1 - L_i)^2 v_i^2 + sigma^2) / (1 - sum_i L_i^2 / n)``. This is
    the limit of many examples and modes; for Gaussian features it is close to the mean
    already for a few dozen.

    Parameters
    ----------
    eigenvalues : array of shape (p,)
        Of the kernel over the distribution of inputs, each above 0.
    coefficients : array of shape (p,)
        Of the target in the eigenfunctions, which have mean square 1.
    n : number or array of shape (m,)
        Above 0; without a ridge below p.
    ridge : float
        At least 0; added to the diagonal of the kernel's matrix.
    sigma : float
        Standard deviation of the noise of the targets.

    Returns
    -------
    LearningCurve

    Raises
    ------
    ValueError
        For arrays that do not fit, and numbers out of range.

    References
    ----------
    Bordelon et al. 2020, arXiv:2002.02561; Simon et al. 2023, arXiv:2110.03922.
    """
    values, target = (
        _vector("eigenvalues", eigenvalues),
        _checks.array("coefficients", coefficients),
    )
    n, p = np.atleast_1d(_checks.array("n", n)), len(values)
    ridge = _checks.real("ridge", ridge, 0, 1e100)
    sigma = _checks.real("sigma", sigma, 0, 1e100)
    if target.shape != values.shape or np.abs(target).max() > 1e100:
        raise ValueError(
            f"coefficients must be {p} numbers of at most 1e100, one for each "
            f"eigenvalue, got {_checks.shown(target)}"
        )
    if n.ndim != 1 or not n.size or not ((n > 0) & (n < 1e100)).all():
        raise ValueError(
            f"n must be numbers above 0 and below 1e100, got {_checks.shown(n)}"
        )
    if not ridge and n.max() >= p:
        raise ValueError(
            f"n must be below the number of eigenvalues {p} without a ridge, got "
            f"{n.max():g}"
        )
    _checks.fits("n", len(n), p)
    kappa = np.array([_kappa(values, size, ridge) for size in n])
    learnt = values / (values + kappa[:, None])
    left = kappa[:, None] / (values + kappa[:, None])
    # n - sum L^2, without a difference of near numbers.
    rest = (learnt * left).sum(1) + ridge / kappa
    errors = ((left * target) ** 2).sum(1) + sigma**2
    return LearningCurve(n, errors * n / rest, learnt, kappa)


def _kappa(values, n, ridge):
    """By bisection in the logarithm, which the sum over modes falls with."""
    from scipy.optimize import brentq

    def excess(log):
        kappa = np.exp(log)
        return (values / (values + kappa)).sum() + ridge / kappa - n

    # All modes together are worth less than sum(values) / kappa.
    high = np.log((values.sum() + ridge) / n) + 1e-9
    low = high - 1
    while excess(low) < 0:
        low = high - 2 * (high - low)
    return np.exp(brentq(excess, low, high, xtol=1e-15, rtol=1e-15))


def _vector(name, values):
    values = _checks.array(name, values)
    if values.ndim != 1 or not values.size:
        raise ValueError(f"{name} must be a vector, not empty, got {values.shape}")
    if not ((values > 1e-100) & (values < 1e100)).all():
        raise ValueError(
            f"{name} must be between 1e-100 and 1e100, got {_checks.shown(values)}"
        )
    return values
