"""What a completion is, and least nuclear norm, which comes with a certificate."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils.completion import _nuclear
from d2lutils.completion._problems import checked


@dataclass(frozen=True)
class History:
    """A factorization's path: T recorded steps, k = min(m, n).

    Attributes
    ----------
    steps : array of shape (T,)
    times : array of shape (T,)
        steps * lr.
    losses : array of shape (T,)
    singular_values : array of shape (T, k)
        Descending.
    rates : array of shape (T, k)
        What `singular_value_flow` predicts for their derivative by time.
    matrices : array of shape (T, m, n), or None
        The products, if they were kept.
    """

    steps: np.ndarray
    times: np.ndarray
    losses: np.ndarray
    singular_values: np.ndarray
    rates: np.ndarray
    matrices: np.ndarray | None = None


@dataclass(frozen=True)
class Completion:
    """A completed matrix, and how far it was taken.

    Attributes
    ----------
    matrix : array of shape (m, n)
    singular_values : array of shape (k,)
        Descending, k = min(m, n).
    objective : float
        The (penalised) nuclear norm, or the mean squared error over the observed
        entries.
    iterations : int
        How many were taken.
    stopped : str
        "gap", "loss", "stationary", "budget" or "diverged".
    lower_bound : float or None
        Proved bound on the least objective (nuclear norm only), so that `gap` certifies
        the answer.
    factors : tuple or None
        (W_1, ..., W_L) (deep factorization only, as are lr and history).
    lr : float or None
        The step size that was used.
    history : History or None
    """

    matrix: np.ndarray
    singular_values: np.ndarray
    objective: float
    iterations: int
    stopped: str
    lower_bound: float | None = None
    factors: tuple[np.ndarray, ...] | None = None
    lr: float | None = None
    history: History | None = None

    @property
    def gap(self) -> float | None:
        """Objective less its lower bound; None without a bound.

        The answer is optimal to within this.
        """
        return None if self.lower_bound is None else self.objective - self.lower_bound


def nuclear_norm(
    observed: ArrayLike,
    mask: ArrayLike | None = None,
    *,
    penalty: float = 0.0,
    tol: float = 1e-6,
    max_iterations: int = 5000,
    callback: Callable[[int, float], Any] | None = None,
) -> Completion:
    """Completion of least nuclear norm, with a certificate.

    Without penalty: minimise the nuclear norm of X subject to X = observed on the mask,
    met exactly. With one, for noisy data: minimise penalty times the nuclear norm plus
    half the sum over the mask of (X - observed)^2.

    Parameters
    ----------
    observed : array of shape (m, n)
        Whatever where unseen. The masked entries of a masked array are unseen.
    mask : array of shape (m, n)
        True where observed; default: where `observed` is not NaN.
    penalty : float
        At least 0.
    tol : float
        Stop when the duality gap is at most this share of the objective.
    max_iterations : int
        Stop then in any case.
    callback : function
        Called now and then as ``callback(iteration, gap)``.

    Returns
    -------
    Completion
        Its `lower_bound` comes from a matrix on the mask of spectral norm at most 1 (at
        most penalty), so that `gap` bounds the distance from the optimum whatever the
        iteration did.

    Raises
    ------
    ValueError
        For data or settings out of range.

    Warns
    -----
    UserWarning
        Of rows and columns without data, and when the iterations run out before the gap
        closes.
    """
    observed, mask = checked(observed, mask)
    penalty = _checks.real("penalty", penalty, 0)
    tol = _checks.real("tol", tol, above=0)
    max_iterations = _checks.whole("max_iterations", max_iterations, 1, np.inf)
    callback = None if callback is None else _checks.function("callback", callback)
    matrix, primal, dual, iterations = _nuclear.solve(
        observed, mask, penalty, tol, max_iterations, callback
    )
    met = primal - dual <= tol * primal
    if not met:
        warnings.warn(
            f"relative duality gap {1 - dual / primal:.1e} > {tol:.1e} after "
            f"{iterations} iterations",
            stacklevel=2,
        )
    s = np.linalg.svd(matrix, compute_uv=False)
    stopped = "gap" if met else "budget"
    return Completion(matrix, s, primal, iterations, stopped, lower_bound=dual)
