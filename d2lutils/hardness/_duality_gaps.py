"""Duality gaps: proofs of how far training can still improve, for logistic regression and the support vector machine.

Both minimise P(w) = mean_i loss(y_i w.x_i) + c/2 |w|^2 with the penalty c > 0, for X (n, d) and labels y (n,) of -1 and
+1. For every a in [0, 1]^n, with w(a) = X'(a y)/(c n),

    D(a) = mean_i h(a_i) - c/2 |w(a)|^2  <=  min P,    h(a) = a for the hinge, the entropy of a for the logistic loss

(Shalev-Shwartz & Zhang 2013, section 1), so P(w) - D(a) bounds what any further training could gain. A bias is a column
of ones in X. A deep net's loss has no such D: nothing bounds its minimum from below but 0.
Every function raises ValueError for arrays that do not fit, other labels, or a penalty that is not positive.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import entr, expit

from d2lutils import _checks
from d2lutils.hardness._separability import check_points


@dataclass(frozen=True)
class Gap:
    """primal: the loss P(w) reached. dual: D(a), a lower bound for every w. gap = primal - dual >= 0."""

    primal: float
    dual: float

    @property
    def gap(self) -> float:
        return self.primal - self.dual


@dataclass(frozen=True)
class GapPath:
    """An optimiser's path with its certificates: weights (T+1, d), primal (T+1,), dual (T+1,)."""

    weights: np.ndarray
    primal: np.ndarray
    dual: np.ndarray

    @property
    def gap(self) -> np.ndarray:
        """(T+1,): least primal value so far minus greatest dual value so far, the best proof known at each step."""
        return np.minimum.accumulate(self.primal) - np.maximum.accumulate(self.dual)


def logistic_gap(weights, X, y, penalty: float) -> Gap:
    """Primal value, dual value and gap of l2-regularised logistic regression.

    weights: (d,), the primal point. X, y, penalty: as above.
    The dual point is a_i = 1/(1 + exp(y_i w.x_i)), optimal when w is; the gap is then 0.
    """
    X, y = check_points(X, y)
    weights = _check_weights(weights, X.shape[1], "weights")
    penalty = _positive(penalty)
    margins = y * (X @ weights)
    a = expit(-margins)
    primal = np.mean(np.logaddexp(0, -margins)) + penalty / 2 * weights @ weights
    dual = np.mean(entr(a) + entr(1 - a)) - penalty / 2 * np.sum(
        _primal_point(a, X, y, penalty) ** 2
    )
    return Gap(float(primal), float(dual))


def svm_gap(a, X, y, penalty: float, weights=None) -> Gap:
    """Primal value, dual value and gap of the linear support vector machine (hinge loss, l2-regularised).

    a: (n,) dual variables in [0, 1]. X, y, penalty: as above. weights: (d,), the primal point; w(a) when not given.
    """
    X, y = check_points(X, y)
    penalty = _positive(penalty)
    a = _check_weights(a, X.shape[0], "a")
    if a.min() < 0 or a.max() > 1:
        raise ValueError(
            f"a must lie in [0, 1], got numbers from {a.min():.3g} to {a.max():.3g}"
        )
    w_a = _primal_point(a, X, y, penalty)
    w = w_a if weights is None else _check_weights(weights, X.shape[1], "weights")
    primal = np.mean(np.maximum(0, 1 - y * (X @ w))) + penalty / 2 * w @ w
    return Gap(float(primal), float(np.mean(a) - penalty / 2 * w_a @ w_a))


def logistic_path(
    X, y, penalty: float, num_steps: int, lr: float | None = None
) -> GapPath:
    """Gradient descent on logistic regression from w = 0, with the duality gap after each step.

    X, y, penalty: as above. num_steps: number of steps T. lr: step size; 1/L with the smoothness constant
    L = |X|_2^2/(4n) + penalty when not given.
    """
    X, y = check_points(X, y)
    penalty = _positive(penalty)
    if lr is None:
        lr = float(1 / (np.linalg.norm(X, 2) ** 2 / (4 * len(y)) + penalty))
    lr, num_steps = (
        _checks.real("lr", lr, above=0),
        _checks.whole("num_steps", num_steps, 0),
    )
    _checks.fits("num_steps", num_steps + 1, X.shape[1])
    w = np.zeros(X.shape[1])
    path = [w]
    for _ in range(num_steps):
        w = w - lr * (penalty * w - X.T @ (y * expit(-y * (X @ w))) / len(y))
        path.append(w)
    gaps = [logistic_gap(w, X, y, penalty) for w in path]
    return GapPath(
        np.array(path),
        np.array([g.primal for g in gaps]),
        np.array([g.dual for g in gaps]),
    )


def svm_path(X, y, penalty: float, epochs: int, rng: np.random.Generator) -> GapPath:
    """Stochastic dual coordinate ascent on the support vector machine, with the duality gap after each epoch.

    Each step maximises D over one dual variable (Shalev-Shwartz & Zhang 2013, section 6.2); an epoch visits every
    example once, in random order. X, y, penalty: as above. epochs: their number T. rng: of the orders.
    """
    X, y = check_points(X, y)
    penalty = _positive(penalty)
    epochs, rng = _checks.whole("epochs", epochs, 0), _checks.rng("rng", rng)
    _checks.fits("epochs", epochs + 1, X.shape[1])
    n = len(y)
    a, w, norms = np.zeros(n), np.zeros(X.shape[1]), np.einsum("nd,nd->n", X, X)
    path, gaps = [w.copy()], [svm_gap(a, X, y, penalty)]
    for _ in range(epochs):
        for i in rng.permutation(n):
            newton = (
                a[i] + (1 - y[i] * (X[i] @ w)) * penalty * n / norms[i]
                if norms[i] > 0
                else 1.0
            )
            best = min(max(newton, 0.0), 1.0)
            w += (best - a[i]) * y[i] * X[i] / (penalty * n)
            a[i] = best
        w = _primal_point(a, X, y, penalty)  # the running sum drifts by rounding
        path.append(w.copy())
        gaps.append(svm_gap(a, X, y, penalty))
    return GapPath(
        np.array(path),
        np.array([g.primal for g in gaps]),
        np.array([g.dual for g in gaps]),
    )


def _positive(penalty) -> float:
    return _checks.real(
        "penalty", penalty, above=0
    )  # without it the minimum need not be attained


def _primal_point(a, X, y, penalty: float) -> np.ndarray:
    return X.T @ (a * y) / (penalty * len(y))


def _check_weights(values, size: int, name: str) -> np.ndarray:
    values = _checks.array(name, values)
    if values.shape != (size,):
        raise ValueError(f"{name} must have shape ({size},), got {values.shape}")
    return values
