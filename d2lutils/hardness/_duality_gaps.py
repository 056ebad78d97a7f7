"""Duality gaps: proofs of how far training can still improve.

For logistic regression and the support vector machine. Both minimise

    P(w) = mean_i loss(y_i w.x_i) + c/2 |w|^2

with the penalty c > 0, for X (n, d) and labels y (n,) of -1 and +1. For every a in
[0, 1]^n, with w(a) = X'(a y)/(c n),

    D(a) = mean_i h(a_i) - c/2 |w(a)|^2  <=  min P,

where h(a) = a for the hinge and the entropy of a for the logistic loss (Shalev-Shwartz
& Zhang 2013, section 1), so P(w) - D(a) bounds what any further training could gain. A
bias is a column of ones in X. A deep net's loss has no such D: nothing bounds its
minimum from below but 0. Every function raises ValueError for arrays that do not fit,
other labels, a penalty that is not positive, and what overflows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr, expit

from d2lutils import _checks
from d2lutils.hardness._certificates import check_points


@dataclass(frozen=True)
class Gap:
    """A loss and a proof of how good it is.

    Attributes
    ----------
    primal : float
        The loss P(w) that was reached.
    dual : float
        D(a), a lower bound for every w.
    """

    primal: float
    dual: float

    @property
    def gap(self) -> float:
        """primal - dual >= 0: no weights are better by more."""
        return self.primal - self.dual


@dataclass(frozen=True)
class GapPath:
    """An optimiser's path of T steps with its certificates.

    Attributes
    ----------
    weights : array of shape (T + 1, d)
    primal, dual : arrays of shape (T + 1,)
    """

    weights: np.ndarray
    primal: np.ndarray
    dual: np.ndarray

    @property
    def gap(self) -> np.ndarray:
        """The best proof known at each step, (T + 1,).

        The least primal value so far minus the greatest dual value so far.
        """
        return np.minimum.accumulate(self.primal) - np.maximum.accumulate(self.dual)


def logistic_gap(weights: ArrayLike, X: ArrayLike, y: ArrayLike, penalty: float) -> Gap:
    """Primal value, dual value and gap of l2-regularised logistic regression.

    The dual point is a_i = 1/(1 + exp(y_i w.x_i)), optimal when w is; the gap is then
    0.

    Parameters
    ----------
    weights : array of shape (d,)
        The primal point.
    X : array of shape (n, d)
    y : array of shape (n,)
    penalty : float
        Above 0.
    """
    X, y = check_points(X, y)
    weights = _vector("weights", weights, X.shape[1])
    penalty = _positive(penalty)
    with np.errstate(over="ignore", invalid="ignore"):
        margins = y * (X @ weights)
        a = expit(-margins)
        primal = np.mean(np.logaddexp(0, -margins)) + penalty / 2 * weights @ weights
        dual = np.mean(entr(a) + entr(1 - a)) - penalty / 2 * np.sum(
            _primal_point(a, X, y, penalty) ** 2
        )
    return _gap(primal, dual)


def svm_gap(
    a: ArrayLike,
    X: ArrayLike,
    y: ArrayLike,
    penalty: float,
    weights: ArrayLike | None = None,
) -> Gap:
    """Primal value, dual value and gap of the linear support vector machine.

    With the hinge loss, l2-regularised.

    Parameters
    ----------
    a : array of shape (n,)
        Dual variables in [0, 1].
    X : array of shape (n, d)
    y : array of shape (n,)
    penalty : float
        Above 0.
    weights : array of shape (d,)
        The primal point; w(a) when not given.
    """
    X, y = check_points(X, y)
    penalty = _positive(penalty)
    a = _vector("a", a, X.shape[0])
    if a.min() < 0 or a.max() > 1:
        raise ValueError(
            f"a must lie in [0, 1], got numbers from {a.min():.3g} to {a.max():.3g}"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        w_a = _primal_point(a, X, y, penalty)
        w = w_a if weights is None else _vector("weights", weights, X.shape[1])
        primal = np.mean(np.maximum(0, 1 - y * (X @ w))) + penalty / 2 * w @ w
        dual = np.mean(a) - penalty / 2 * w_a @ w_a
    return _gap(primal, dual)


def logistic_path(
    X: ArrayLike, y: ArrayLike, penalty: float, num_steps: int, lr: float | None = None
) -> GapPath:
    """Gradient descent on logistic regression from w = 0, with the gap after each step.

    Parameters
    ----------
    X : array of shape (n, d)
    y : array of shape (n,)
    penalty : float
        Above 0.
    num_steps : int
        Number of steps T.
    lr : float
        Step size; 1/L with the smoothness constant L = s^2/(4n) + penalty when not
        given, where s is the spectral norm of X.
    """
    X, y = check_points(X, y)
    penalty = _positive(penalty)
    if lr is None:
        lr = float(1 / (np.linalg.norm(X, 2) ** 2 / (4 * len(y)) + penalty))
    lr = _checks.real("lr", lr, above=0)
    num_steps = _checks.whole("num_steps", num_steps, 0)
    _checks.fits("num_steps", num_steps + 1, X.shape[1])
    w = np.zeros(X.shape[1])
    path = [w]
    for _ in range(num_steps):
        w = w - lr * (penalty * w - X.T @ (y * expit(-y * (X @ w))) / len(y))
        path.append(w)
    return _path(path, [logistic_gap(w, X, y, penalty) for w in path])


def svm_path(
    X: ArrayLike, y: ArrayLike, penalty: float, epochs: int, rng: np.random.Generator
) -> GapPath:
    """Stochastic dual coordinate ascent on the support vector machine.

    With the gap after each epoch. Each step maximises D over one dual variable
    (Shalev-Shwartz & Zhang 2013, section 6.2); an epoch visits every example once, in
    random order.

    Parameters
    ----------
    X : array of shape (n, d)
    y : array of shape (n,)
    penalty : float
        Above 0.
    epochs : int
        Their number T.
    rng : numpy.random.Generator
        Of the orders.
    """
    X, y = check_points(X, y)
    penalty = _positive(penalty)
    epochs, rng = _checks.whole("epochs", epochs, 0), _checks.rng("rng", rng)
    _checks.fits("epochs", epochs + 1, X.shape[1])
    n = len(y)
    a, w, norms = np.zeros(n), np.zeros(X.shape[1]), np.einsum("nd,nd->n", X, X)
    path, gaps = [w.copy()], [svm_gap(a, X, y, penalty)]
    for _ in range(epochs):
        with np.errstate(over="ignore", invalid="ignore"):  # which `svm_gap` tells
            for i in rng.permutation(n):
                best = _best_dual(a[i], y[i] * (X[i] @ w), penalty * n, norms[i])
                w += (best - a[i]) * y[i] * X[i] / (penalty * n)
                a[i] = best
        w = _primal_point(a, X, y, penalty)  # the running sum drifts by rounding
        path.append(w.copy())
        gaps.append(svm_gap(a, X, y, penalty))
    return _path(path, gaps)


def _best_dual(a: float, margin: float, scale: float, norm: float) -> float:
    """The dual variable in [0, 1] that maximises D, all others fixed."""
    best = a + (1 - margin) * scale / norm if norm > 0 else 1.0
    return min(max(best, 0.0), 1.0)


def _positive(penalty: float) -> float:
    """Without a penalty the minimum need not be attained."""
    return _checks.real("penalty", penalty, above=0)


def _primal_point(a, X, y, penalty: float) -> np.ndarray:
    return X.T @ (a * y) / (penalty * len(y))


def _gap(primal: float, dual: float) -> Gap:
    if not (np.isfinite(primal) and np.isfinite(dual)):
        raise ValueError(
            "X and weights must be smaller, or penalty larger: the values overflow, "
            f"got {primal} and {dual}"
        )
    return Gap(float(primal), float(dual))


def _path(weights: list[np.ndarray], gaps: list[Gap]) -> GapPath:
    primal, dual = (np.array([getattr(g, k) for g in gaps]) for k in ("primal", "dual"))
    return GapPath(np.array(weights), primal, dual)


def _vector(name: str, values: ArrayLike, size: int) -> np.ndarray:
    values = _checks.array(name, values)
    if values.shape != (size,):
        raise ValueError(f"{name} must have shape ({size},), got {values.shape}")
    return values
