"""Linear models with more parameters than examples: which solution, at what risk.

    w = min_norm(X, y)          # least l2 norm; where gradient descent from 0 ends
    w = basis_pursuit(X, y)     # least l1 norm
    w = smoothest(X, y)         # least squared differences of neighbouring coefficients
    risk = double_descent_risk(n=40, p=60, D=100, sigma=0.2)

X is (n, p) with one example a row, y (n,), both below 1e150 in size; solutions w are
(p,) float64.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks

__all__ = [
    "basis_pursuit",
    "double_descent_risk",
    "isotropic_risk",
    "min_norm",
    "optimizer_trap",
    "ridge_risk",
    "sign_solution",
    "smoothest",
]


def min_norm(X: ArrayLike, y: ArrayLike, w0: ArrayLike | None = None) -> np.ndarray:
    """The least-squares solution nearest to w0: X^+ y + (I - X^+ X) w0.

    Singular values of X below rounding (relative to the largest) count as 0.

    Parameters
    ----------
    X : array of shape (n, p)
    y : array of shape (n,)
    w0 : array of shape (p,)
        Default 0.

    Returns
    -------
    array of shape (p,)

    Raises
    ------
    ValueError
        For arrays that do not fit each other, and where the solution overflows.
    """
    X, y = _checked(X, y)
    start = np.zeros(X.shape[1]) if w0 is None else _vector(w0, X.shape[1], "w0")
    with np.errstate(over="ignore", invalid="ignore"):
        missing = y - X @ start
    if not np.isfinite(missing).all():
        raise ValueError(
            f"w0 must be smaller, got sizes up to {np.abs(start).max():.1e}"
        )
    return start + np.linalg.lstsq(X, missing, rcond=None)[0]


def basis_pursuit(X: ArrayLike, y: ArrayLike) -> np.ndarray:
    """The solution of X w = y with the least l1 norm (Chen, Donoho & Saunders 1998).

    By linear programming. The answer is verified: it solves the equations to nine
    digits, and a dual vector proves that no other solution has a norm smaller by more
    than a millionth. HiGHS works to 1e-7 whatever the units, so where its answer does
    not stand this it is asked again in units that suit it.

    Parameters
    ----------
    X : array of shape (n, p)
    y : array of shape (n,)

    Returns
    -------
    array of shape (p,)

    Raises
    ------
    ValueError
        If X w = y has no solution.
    ArithmeticError
        If no answer could be verified.
    """
    X, y = _checked(X, y)
    for rows, columns, size in _units(X, y):
        w, dual = _least_l1(X * rows[:, None] * columns, y * rows / size, 1 / columns)
        if w is not None and _is_least_l1(X, y, w * columns * size, dual * rows):
            return w * columns * size
    if not _solves(X, y, min_norm(X, y)):
        raise ValueError(
            "y must be such that X w = y has a solution: it has no solution"
        )
    raise ArithmeticError(
        "X w = y has a solution, but no linear program gave one whose norm is proved "
        "to be least; features of like sizes help"
    )


def _units(X: np.ndarray, y: np.ndarray) -> Iterator[tuple]:
    """Factors of the rows and columns of X, and the unit of the solution."""
    ones, each = np.ones(len(X)), np.ones(X.shape[1])
    yield ones, each, 1.0
    largest = np.abs(X).max(axis=1, initial=0)
    rows = _power_of_two(np.where(largest > 0, largest, 1.0)) ** -1
    yield rows, each, _power_of_two(np.abs(y * rows).max() or 1.0)
    largest = np.abs(X * rows[:, None]).max(axis=0)
    columns = _power_of_two(np.where(largest > 0, largest, 1.0)) ** -1
    yield rows, columns, _power_of_two(np.abs(y * rows).max() or 1.0)


def _power_of_two(values: Any) -> Any:
    """The powers of two next to positive numbers: as factors they round nothing."""
    return 2.0 ** np.floor(np.log2(values))


def _least_l1(X: np.ndarray, y: np.ndarray, costs: np.ndarray) -> tuple:
    """(w, dual vector) of the program min costs.|w|, X w = y, or (None, None)."""
    from scipy.optimize import linprog

    p = X.shape[1]
    result = linprog(
        np.concatenate([costs, costs]),
        A_eq=np.hstack([X, -X]),
        b_eq=y,
        bounds=(0, None),
        method="highs",
    )
    if not result.success:
        return None, None
    return result.x[:p] - result.x[p:], result.eqlin.marginals


def _is_least_l1(X: np.ndarray, y: np.ndarray, w: np.ndarray, dual: np.ndarray) -> bool:
    """Whether w solves X w = y, and no solution has an l1 norm clearly smaller."""
    if not _solves(X, y, w):
        return False
    dual = dual / max(1.0, np.abs(X.T @ dual).max())
    norm = np.abs(w).sum()
    return norm - dual @ y <= 1e-6 * norm


def _solves(X: np.ndarray, y: np.ndarray, w: np.ndarray, tolerance=1e-9) -> bool:
    """Whether X w = y, each equation to within a share of what is added up in it."""
    sizes = np.abs(X) @ np.abs(w) + np.abs(y)
    return bool((np.abs(X @ w - y) <= tolerance * sizes).all())


def smoothest(X: ArrayLike, y: ArrayLike, order: int = 1) -> np.ndarray:
    """The solution of X w = y whose differences have the least sum of squares.

    Where that leaves several, the one with the least norm among them.

    Parameters
    ----------
    X : array of shape (n, p)
    y : array of shape (n,)
    order : int
        Of the differences, w[i + 1] - w[i] for 1; at most p - 1.

    Returns
    -------
    array of shape (p,)

    Raises
    ------
    ValueError
        If X w = y has no solution, or for another order.
    """
    X, y = _checked(X, y)
    p = X.shape[1]
    order = _checks.whole("order", order, 1, p - 1)
    w = min_norm(X, y)
    if np.abs(X @ w - y).max() > 1e-8 * np.abs(y).max():
        raise ValueError(
            "y must be such that X w = y has a solution: it has no solution"
        )
    _, sizes, directions = np.linalg.svd(X)
    rank = int((sizes > 1e-12 * sizes[0]).sum())
    free = directions[rank:].T  # w + free @ v solves X w = y for every v
    differences = np.diff(np.eye(p), order, axis=0)
    return (
        w + free @ np.linalg.lstsq(differences @ free, -differences @ w, rcond=None)[0]
    )


def sign_solution(X: ArrayLike, y: ArrayLike) -> np.ndarray:
    """The solution in which Adam, RMSProp and AdaGrad end from 0, if it exists.

    It is sign(X^T y) / c where X sign(X^T y) = c y, and every iterate on the way is a
    multiple of sign(X^T y), since each coordinate's gradient is divided by its own size
    (Wilson et al. 2017, arXiv 1705.08292, lemma 3.1; there y is +-1).

    Parameters
    ----------
    X : array of shape (n, p)
    y : array of shape (n,)

    Returns
    -------
    array of shape (p,)

    Raises
    ------
    ValueError
        If there is no such c > 0, or if X^T y has an entry that is 0 up to rounding.
    """
    X, y = _checked(X, y)
    correlation, sizes = X.T @ y, np.abs(X).T @ np.abs(y)
    rounding = len(X) * np.finfo(float).eps * sizes
    if (np.abs(correlation) <= rounding)[np.abs(X).max(0) > 0].any():
        raise ValueError(
            "X^T y must not have an entry of 0, whose sign says nothing, got "
            f"{_checks.shown(correlation)}"
        )
    signs, unit = np.sign(correlation), _power_of_two(np.abs(y).max() or 1.0)
    image, labels = X @ signs, y / unit
    c = float(image @ labels / (labels @ labels))
    size = np.abs(image).max()
    if c <= 0 or not np.allclose(image, c * labels, atol=1e-8 * size):
        raise ValueError(
            "y must be a positive multiple of X sign(X^T y), got no positive multiple: "
            "there is no such solution"
        )
    return signs / (c / unit)


def optimizer_trap(
    n: int,
    rng: np.random.Generator,
    positive: float = 0.75,
    num_test: int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Data that plain gradient descent learns and adaptive methods do not.

    (Wilson et al. 2017, arXiv 1705.08292, section 3.3.) Coordinate 0 is the label,
    coordinates 1 and 2 are always 1, and each example has 1 (label +1) or 5 (label -1)
    further coordinates, its own, that are 1.

    Parameters
    ----------
    n : int
        Examples.
    rng : numpy.random.Generator
    positive : float
        Labels are +1 with this probability, above 1/2 and below 1, else -1.
    num_test : int
        New examples, default n.

    Returns
    -------
    X, y : arrays of shape (n, 3 + 5 n) and (n,)
    test_X, test_y : arrays of shape (num_test, 3 + 5 n) and (num_test,)
        The same for new examples, whose own coordinates are new, and hence 0 in every
        weight vector learnt from X: they are left out.
    """
    n = _checks.whole("n", n)
    positive = _checks.real("positive", positive, above=0.5, below=1)
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


def double_descent_risk(
    n: int, p: ArrayLike, D: int, sigma: float, signal: ArrayLike | None = None
) -> Any:
    r"""Exact expected risk E (y - x.w)^2 of least squares on p of D features.

    Of minimum norm for p > n. y = x.beta + sigma * noise with x standard normal in D
    dimensions; T are the first p features, which the model sees, C the others. The risk
    is

    .. math::
       (|\beta_C|^2 + \sigma^2)\, (1 + p / (n - p - 1)) &\quad p \le n - 2 \\
       |\beta_T|^2 (1 - n / p) + (|\beta_C|^2 + \sigma^2)\, (1 + n / (p - n - 1))
       &\quad p \ge n + 2

    and infinite between (Belkin, Hsu & Xu 2019, arXiv 1903.07571, theorem 1).

    Parameters
    ----------
    n : int
        Examples.
    p : int or array of int
        Features that the model sees, from 0 to D.
    D : int
    sigma : float
        At least 0.
    signal : array of shape (D,)
        beta, default 1 / sqrt(D) each; below 1e150 in size.

    Returns
    -------
    float or array
        In p's shape.
    """
    n, D = _checks.whole("n", n), _checks.whole("D", D)
    p = _checks.array("p", p, dtype=None)
    sigma = _checks.real("sigma", sigma, 0, 1e100)
    beta = np.full(D, D**-0.5) if signal is None else _vector(signal, D, "signal")
    if np.abs(beta).max() > 1e150:
        raise ValueError(
            "signal must be below 1e150 in size, or its squares overflow, got "
            f"{np.abs(beta).max():.1e}"
        )
    if (p < 0).any() or (p > D).any() or (p != np.round(p)).any():
        raise ValueError(
            f"p must be whole numbers from 0 to D = {D}, got {_checks.shown(p)}"
        )
    seen = np.concatenate([[0.0], np.cumsum(beta**2)])[p.astype(int)]
    unseen = np.maximum(beta @ beta - seen, 0.0)  # below 0 by rounding only
    return isotropic_risk(n, p, seen, unseen + sigma**2)


def isotropic_risk(
    n: ArrayLike, p: ArrayLike, signal: ArrayLike, noise: ArrayLike
) -> Any:
    """Expected risk of minimum-norm least squares with standard normal features.

    See `double_descent_risk`. All arguments may be arrays.

    Parameters
    ----------
    n : number
        Examples, at least 1.
    p : number
        Features, at least 0.
    signal : number
        Squared norm of the coefficients of those features, at least 0.
    noise : number
        Variance of the rest of y, independent of them, at least 0.

    Returns
    -------
    float or array
        Infinite for p within 1 of n.

    Raises
    ------
    ValueError
        Also where the risk is beyond floating point.
    """
    n, p, signal, noise = _numbers(n=n, p=p, signal=signal, noise=noise)
    n, p, signal, noise = np.broadcast_arrays(n, p, signal, noise)
    risk = np.full(p.shape, np.inf)
    few, many = p <= n - 2, p >= n + 2
    with np.errstate(over="ignore", invalid="ignore"):
        risk[few] = noise[few] * (1 + p[few] / (n[few] - p[few] - 1))
        risk[many] = signal[many] * (1 - n[many] / p[many]) + noise[many] * (
            1 + n[many] / (p[many] - n[many] - 1)
        )
    _below_overflow(risk[few | many], signal, noise)
    return risk if risk.ndim else float(risk)


def ridge_risk(
    n: ArrayLike, p: ArrayLike, signal: ArrayLike, noise: ArrayLike, penalty: ArrayLike
) -> Any:
    r"""Expected risk of ridge regression as n and p grow with p / n fixed.

    Ridge regression minimises ``|X w - y|^2 + penalty |w|^2``, and penalty / n is
    held fixed, too. With g = p / n, l = penalty / n and m(-l) the Marchenko-Pastur
    Stieltjes transform (Dobriban & Wager 2018, arXiv 1507.03003; Hastie et al. 2022,
    arXiv 1903.08560, corollary 5) it is noise + noise g (m - l m') + signal l^2 m'.
    All arguments may be arrays.

    Parameters
    ----------
    n, p, signal, noise
        As in `isotropic_risk`, but p > 0.
    penalty : number
        Above 0.

    Returns
    -------
    float or array

    Raises
    ------
    ValueError
        Also where the risk is beyond floating point.
    """
    n, p, signal, noise, penalty = _numbers(
        n=n, p=p, signal=signal, noise=noise, penalty=penalty
    )
    with np.errstate(over="ignore", invalid="ignore"):
        g, ell = p / n, penalty / n
        sound = np.isfinite(4 * g * ell + (1 - g + ell) ** 2)
    if not ((ell > 0) & (g > 0) & sound).all():
        raise ValueError(
            "p and penalty must be positive (and below 1e150), got "
            f"{_checks.shown(p)} and {_checks.shown(penalty)}"
        )
    b = 1 - g + ell
    root = np.sqrt(b * b + 4 * g * ell)
    m = np.where(b > 0, 2 / (b + root), (root - b) / (2 * g * ell))
    slope = m * (1 + g * m) / (b + 2 * g * ell * m)  # derivative of m(z) at z = -l
    with np.errstate(over="ignore", invalid="ignore"):
        risk = noise + noise * g * (m - ell * slope) + signal * ell**2 * slope
    _below_overflow(risk, signal, noise)
    return risk


def _below_overflow(risk, signal, noise) -> None:
    if not np.isfinite(risk).all():
        raise ValueError(
            "signal and noise must be smaller, for a risk below 1e308, got sizes up to "
            f"{np.max(signal):.1e} and {np.max(noise):.1e}"
        )


def _checked(X: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    X, y = _checks.array("X", X), _checks.array("y", y)
    if X.ndim != 2 or 0 in X.shape or y.shape != X.shape[:1]:
        raise ValueError(
            f"X and y must have shapes (n, p) and (n,), not empty, got {X.shape} and "
            f"{y.shape}"
        )
    for name, array in (("X", X), ("y", y)):
        if np.abs(array).max() > 1e150:
            raise ValueError(
                f"{name} must be below 1e150 in size, or its squares overflow, got "
                f"{np.abs(array).max():.1e}"
            )
    return X, y


def _numbers(**values: ArrayLike) -> Any:
    """Numbers or arrays >= 0 that fit each other, n >= 1, in the order given."""
    arrays = {name: _checks.array(name, value) for name, value in values.items()}
    _checks.broadcast(**arrays)
    for name, array in arrays.items():
        least = 1 if name == "n" else 0
        if (array < least - 1e-9).any():  # a difference that is 0 but for rounding
            raise ValueError(
                f"{name} must be at least {least}, got {_checks.shown(array)}"
            )
    return arrays.values()


def _vector(values: ArrayLike, size: int, name: str) -> np.ndarray:
    values = _checks.array(name, values)
    if values.shape != (size,):
        raise ValueError(f"{name} must be {size} numbers, got shape {values.shape}")
    return values
