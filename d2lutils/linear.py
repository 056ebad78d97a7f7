"""Linear models with more parameters than examples: which of infinitely many solutions, and what it costs.

    w = min_norm(X, y)                     # least l2 norm; where gradient descent from 0 ends
    w = basis_pursuit(X, y)                # least l1 norm
    w = smoothest(X, y)                    # least squared differences between neighbouring coefficients
    risk = double_descent_risk(n=40, p=60, D=100, sigma=0.2)

X is (n, p) with one example a row, y (n,); solutions w are (p,) float64.
"""

import numpy as np

from d2lutils import _checks

__all__ = [
    "basis_pursuit",
    "double_descent_risk",
    "gradient_descent",
    "isotropic_risk",
    "min_norm",
    "optimizer_trap",
    "ridge",
    "ridge_risk",
    "sign_solution",
    "smoothest",
]


def min_norm(X, y, w0=None):
    """The least-squares solution nearest to w0 (default 0), (p,): X^+ y + (I - X^+ X) w0."""
    X, y = _checked(X, y)
    start = np.zeros(X.shape[1]) if w0 is None else _vector(w0, X.shape[1], "w0")
    return start + np.linalg.lstsq(X, y - X @ start, rcond=None)[0]


def gradient_descent(X, y, w0=None, *, lr=None, num_steps=1000):
    """Iterates (num_steps + 1, p) of gradient descent on |X w - y|^2 / (2 n) from w0 (default 0).

    lr: default 1 / (largest curvature), where the curvatures are the eigenvalues of X^T X / n.
    Raises ValueError if lr is not positive, or if the descent diverges: lr above 2 / (largest curvature).
    """
    X, y = _checked(X, y)
    w = np.zeros(X.shape[1]) if w0 is None else _vector(w0, X.shape[1], "w0")
    n, largest = len(X), np.linalg.norm(X, 2) ** 2 / len(X)
    lr = (
        (1 / largest if largest else 1.0)
        if lr is None
        else _checks.real("lr", lr, above=0)
    )
    num_steps = _checks.whole("num_steps", num_steps, 0)
    _checks.fits("num_steps", num_steps + 1, X.shape[1])
    if lr * largest > 2 * (1 + 1e-12):
        raise ValueError(
            f"lr {lr:.3g} diverges; need at most 2 / (largest curvature) = {2 / largest:.3g}"
        )
    path = np.empty((num_steps + 1, X.shape[1]))
    path[0] = w
    for step in range(num_steps):
        w = w - lr / n * (X.T @ (X @ w - y))
        path[step + 1] = w
    return path


def ridge(X, y, penalty):
    """Minimiser of |X w - y|^2 + penalty |w|^2, (p,); for penalty -> 0 it tends to `min_norm`.

    Raises ValueError unless penalty > 0.
    """
    X, y = _checked(X, y)
    penalty = _checks.real("penalty", penalty, above=0)
    n, p = X.shape
    if p <= n:
        return np.linalg.solve(X.T @ X + penalty * np.eye(p), X.T @ y)
    return X.T @ np.linalg.solve(X @ X.T + penalty * np.eye(n), y)


def basis_pursuit(X, y):
    """The solution of X w = y with the least l1 norm, (p,), by linear programming (Chen, Donoho & Saunders 1998).

    Raises ValueError if X w = y has no solution.
    """
    from scipy.optimize import linprog

    X, y = _checked(X, y)
    p = X.shape[1]
    result = linprog(
        np.ones(2 * p),
        A_eq=np.hstack([X, -X]),
        b_eq=y,
        bounds=(0, None),
        method="highs",
    )
    if not result.success:
        raise ValueError(
            f"X w = y has no solution that the linear program finds: {result.message}"
        )
    return result.x[:p] - result.x[p:]


def smoothest(X, y, order=1):
    """The solution of X w = y whose `order`-th differences w[i + 1] - w[i], ... have the least sum of squares, (p,).

    Where that leaves several, the one with the least norm among them. Raises ValueError if X w = y has no solution,
    or if order is not a whole number from 1 to p - 1.
    """
    X, y = _checked(X, y)
    p = X.shape[1]
    order = _checks.whole("order", order, 1, p - 1)
    w = min_norm(X, y)
    if np.abs(X @ w - y).max() > 1e-8 * max(1.0, np.abs(y).max()):
        raise ValueError("X w = y has no solution")
    _, sizes, directions = np.linalg.svd(X)
    rank = int((sizes > 1e-12 * sizes[0]).sum())
    free = directions[rank:].T  # w + free @ v solves X w = y for every v
    differences = np.diff(np.eye(p), order, axis=0)
    return (
        w + free @ np.linalg.lstsq(differences @ free, -differences @ w, rcond=None)[0]
    )


def sign_solution(X, y):
    """The solution in which Adam, RMSProp and AdaGrad end from 0, if there is c with X sign(X^T y) = c y, (p,).

    It is sign(X^T y) / c, and every iterate on the way is a multiple of sign(X^T y), since each coordinate's gradient
    is divided by its own size (Wilson et al. 2017, arXiv 1705.08292, lemma 3.1; there y is +-1).
    Raises ValueError if there is no such c > 0, or if X^T y has a zero.
    """
    X, y = _checked(X, y)
    correlation = X.T @ y
    if not correlation[np.abs(X).max(0) > 0].all():
        raise ValueError("X^T y has a zero entry: its sign says nothing")
    signs = np.sign(correlation)
    c = float((X @ signs) @ y / (y @ y))
    if c <= 0 or not np.allclose(X @ signs, c * y):
        raise ValueError(
            "X sign(X^T y) is no positive multiple of y: there is no such solution"
        )
    return signs / c


def optimizer_trap(n, rng, positive=0.75, num_test=None):
    """Data that plain gradient descent learns and adaptive methods do not (1705.08292, section 3.3).

    Labels are +1 with probability `positive` > 1/2, else -1. Coordinate 0 is the label, coordinates 1 and 2 are
    always 1, and each example has 1 (label +1) or 5 (label -1) further coordinates, its own, that are 1.
    rng: numpy.random.Generator. Returns X (n, 3 + 5 n), y (n,), then the same for num_test (default n) new examples,
    whose own coordinates are new, and hence 0 in every weight vector learnt from X: they are left out.
    Raises ValueError unless n >= 1 and 1/2 < positive < 1.
    """
    n, positive = (
        _checks.whole("n", n),
        _checks.real("positive", positive, above=0.5, below=1),
    )
    num_test = n if num_test is None else _checks.whole("num_test", num_test, 0)
    _checks.fits("n", max(n, num_test), 3 + 5 * n)
    _checks.rng("rng", rng)

    def draw(count):
        y = np.where(rng.random(count) < positive, 1.0, -1.0)
        X = np.zeros((count, 3 + 5 * n))
        X[:, 0], X[:, 1:3] = y, 1.0
        return X, y

    X, y = draw(n)
    for i in range(n):
        own = 3 + 5 * i
        X[i, own : own + (1 if y[i] > 0 else 5)] = 1.0
    return X, y, *draw(num_test)


def double_descent_risk(n, p, D, sigma, signal=None):
    """Exact expected risk E (y - x.w)^2 of least squares on p of D features, minimum norm for p > n.

    y = x.beta + sigma * noise with x standard normal in D dimensions, n examples; T are the first p features, which
    the model sees, C the others (Belkin, Hsu & Xu 2019, arXiv 1903.07571, theorem 1). n: examples. p: one number or
    an array of them. sigma >= 0. signal (D,): beta, default 1 / sqrt(D) each.
    Returns floats in p's shape: (|beta_C|^2 + sigma^2) (1 + p / (n - p - 1)) for p <= n - 2, infinite for
    |p - n| <= 1, |beta_T|^2 (1 - n / p) + (|beta_C|^2 + sigma^2) (1 + n / (p - n - 1)) for p >= n + 2.
    Raises ValueError unless n >= 1, 0 <= p <= D, sigma >= 0, and signal has D entries.
    """
    n, D, p = (
        _checks.whole("n", n),
        _checks.whole("D", D),
        _checks.array("p", p, dtype=None),
    )
    sigma = _checks.real("sigma", sigma, 0, 1e100)
    beta = np.full(D, D**-0.5) if signal is None else _vector(signal, D, "signal")
    if (p < 0).any() or (p > D).any() or (p != np.round(p)).any():
        raise ValueError(
            f"p must be whole numbers from 0 to D = {D}, got {_checks.shown(p)}"
        )
    seen = np.concatenate([[0.0], np.cumsum(beta**2)])[p.astype(int)]
    return isotropic_risk(n, p, seen, beta @ beta - seen + sigma**2)


def isotropic_risk(n, p, signal, noise):
    """Expected risk of minimum-norm least squares with p standard normal features and n examples.

    signal: squared norm of the coefficients of those features; noise: variance of the rest of y, independent of them.
    All may be arrays. See `double_descent_risk`. Raises ValueError unless n >= 1 and the others are >= 0.
    """
    n, p, signal, noise = _numbers(n=n, p=p, signal=signal, noise=noise)
    n, p, signal, noise = np.broadcast_arrays(n, p, signal, noise)
    risk = np.full(p.shape, np.inf)
    few, many = p <= n - 2, p >= n + 2
    risk[few] = noise[few] * (1 + p[few] / (n[few] - p[few] - 1))
    risk[many] = signal[many] * (1 - n[many] / p[many]) + noise[many] * (
        1 + n[many] / (p[many] - n[many] - 1)
    )
    return risk if risk.ndim else float(risk)


def ridge_risk(n, p, signal, noise, penalty):
    """Expected risk of `ridge` with p standard normal features and n examples as both grow with p / n fixed.

    signal, noise: as in `isotropic_risk`; penalty > 0 as in `ridge` (so penalty / n is held fixed in the limit).
    With g = p / n, l = penalty / n and m(-l) the Marchenko-Pastur Stieltjes transform (Dobriban & Wager 2018,
    arXiv 1507.03003; Hastie et al. 2022, arXiv 1903.08560, corollary 5):
    noise + noise g (m - l m') + signal l^2 m'. All may be arrays. Raises ValueError unless penalty > 0 and p > 0.
    """
    n, p, signal, noise, penalty = _numbers(
        n=n, p=p, signal=signal, noise=noise, penalty=penalty
    )
    g, ell = p / n, penalty / n
    if not ((ell > 0) & (g > 0) & np.isfinite(4 * g * ell + (1 - g + ell) ** 2)).all():
        raise ValueError(
            f"p and penalty must be positive (and below 1e150), got {p} and {penalty}"
        )
    b = 1 - g + ell
    root = np.sqrt(b * b + 4 * g * ell)
    m = np.where(b > 0, 2 / (b + root), (root - b) / (2 * g * ell))
    slope = m * (1 + g * m) / (b + 2 * g * ell * m)  # derivative of m(z) at z = -l
    return noise + noise * g * (m - ell * slope) + signal * ell**2 * slope


def _checked(X, y):
    X, y = _checks.array("X", X), _checks.array("y", y)
    if X.ndim != 2 or 0 in X.shape or y.shape != X.shape[:1]:
        raise ValueError(
            f"got X {X.shape} and y {y.shape}, need (n, p) and (n,), not empty"
        )
    if np.abs(X).max() > 1e150:
        raise ValueError("X must be below 1e150 in size: its squares overflow")
    return X, y


def _numbers(**values):
    """Numbers or arrays >= 0 that fit each other, n >= 1, in the order given."""
    arrays = {name: _checks.array(name, value) for name, value in values.items()}
    _checks.broadcast(**arrays)
    for name, array in arrays.items():
        if (
            array < (least := 1 if name == "n" else 0) - 1e-9
        ).any():  # a difference that is 0 but for rounding serves
            raise ValueError(
                f"{name} must be at least {least}, got {_checks.shown(array)}"
            )
    return arrays.values()


def _vector(values, size, name):
    values = _checks.array(name, values)
    if values.shape != (size,):
        raise ValueError(f"got {name} of shape {values.shape}, need {size} numbers")
    return values
