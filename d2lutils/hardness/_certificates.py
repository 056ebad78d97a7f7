"""Proofs of what a linear program answers, in floating point and in fractions."""

from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks

_MOST_WORK = 2e9  # bits times (points)^4 of an elimination that takes a few seconds
_MOST_ENTRIES = 2000  # of a table of fractions


def check_points(X: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """X as float64 (n, d) and y as float64 -1/+1 (n,)."""
    X, y = _checks.array("X", X), _checks.array("y", y, dtype=None)
    if X.ndim != 2 or X.shape[0] == 0:
        raise ValueError(f"X must have shape (n, d) with n > 0, got {X.shape}")
    if np.abs(X).max(initial=0) > 1e150:
        raise ValueError(
            "X must be below 1e150 in size, or its squares overflow, got "
            f"{np.abs(X).max():.1e}"
        )
    if y.shape != (X.shape[0],):
        raise ValueError(
            f"y must have shape ({X.shape[0]},), one label a row of X, got {y.shape}"
        )
    values = set(np.unique(y).tolist())
    if not (values <= {-1, 1} or values <= {0, 1}):
        raise ValueError(
            f"y must hold -1 and +1 (or 0 and 1), got {sorted(values)[:5]}"
        )
    return X, np.where(y > 0, 1.0, -1.0)


def proves_separation(
    X: ArrayLike, y: ArrayLike, weights: ArrayLike, bias: float = 0.0
) -> bool:
    """Whether every y_i (w.x_i + b) exceeds a bound on its own rounding error.

    (Higham 2002, section 3.1.)

    Parameters
    ----------
    X : array of shape (n, d)
    y : array of shape (n,)
        Of -1 and +1.
    weights : array of shape (d,)
    bias : float
        b.

    Raises
    ------
    ValueError
        For shapes that do not fit.
    """
    X, weights = _checks.array("X", X, 2), _checks.array("weights", weights)
    bias = _checks.real("bias", bias)
    y = _checks.array("y", y, dtype=None)
    if weights.shape != X.shape[1:] or y.shape != X.shape[:1]:
        raise ValueError(
            "X (n, d), y (n,) and weights (d,) must fit each other, got "
            f"{X.shape}, {y.shape} and {weights.shape}"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        terms = np.abs(X) @ np.abs(weights) + abs(bias)
        rounding = 2 * (X.shape[1] + 2) * np.finfo(float).eps * terms
        return bool(np.all(y * (X @ weights + bias) > rounding))


def proves_inseparability(
    X: np.ndarray, y: np.ndarray, certificate: np.ndarray, signed: np.ndarray, bias
) -> bool:
    """Whether an exact certificate exists on the support of one with rounding errors.

    X, y: as given to `separate`. signed (n, d + 1): the vectors y_i (x_i, 1) in the
    units in which the certificate (n,) solved the program; each entry has lost at most
    two roundings. First the proof that costs little, then the one that needs no luck.
    """
    chosen = certificate > 0
    if not chosen.any():
        return False
    # With a bias a feature that is the same for all chosen points balances by itself.
    same = X[chosen] == (X[chosen][0] if bias else 0)
    matters = np.append(~same.all(axis=0), bool(bias))
    rows = signed[chosen][:, matters]
    return _balances_nearby(rows, certificate[chosen]) or (
        _exact(X[chosen], y[chosen], bias, _MOST_WORK) is not None
    )


def _balances_nearby(vectors: np.ndarray, weights: np.ndarray) -> bool:
    """Whether positive weights near these balance the vectors (k, r) to exactly 0.

    If the vectors span the space, Newton's step from the given weights ends in exact
    ones; it is bounded by a right inverse, with all rounding errors on the safe side.
    Then no more has to be known than that it leaves all weights positive.
    """
    A, sizes = vectors.T, np.abs(vectors.T)
    nonzero = sizes[sizes > 0]
    if A.shape[0] >= A.shape[1] or (nonzero.size and nonzero.min() < 1e-290):
        return False
    inverse = np.linalg.pinv(A)
    slack = 4 * sum(A.shape) * np.finfo(float).eps
    defect = np.abs(np.eye(len(A)) - A @ inverse) + slack * sizes @ np.abs(inverse)
    contraction = defect.sum(axis=1).max(initial=0)
    if not contraction < 0.5:
        return False
    residual = (np.abs(A @ weights) + slack * sizes @ weights).max(initial=0)
    step = np.abs(inverse).sum(axis=1) * residual / (1 - contraction)
    return bool((step * (1 + slack) < weights).all())


def rational_certificate(
    X: ArrayLike, y: ArrayLike, certificate: ArrayLike, *, bias: bool = True
) -> dict[int, Fraction]:
    """The Farkas certificate without rounding.

    Every float is a fraction, so sum_i c_i y_i (x_i, 1) = 0 is solved and verified in
    integers (Bareiss 1968).

    Parameters
    ----------
    X, y, bias
        As given to `separate`.
    certificate : array of shape (n,)
        The one it returned; only its support is used.

    Returns
    -------
    dict
        {i: c_i}, exact positive fractions that sum to 1.

    Raises
    ------
    ArithmeticError
        When the support does not carry exactly one certificate.
    """
    X, y = check_points(X, y)
    certificate = _checks.array("certificate", certificate)
    if certificate.shape != y.shape:
        raise ValueError(
            f"certificate must have shape {y.shape}, one weight a point, got "
            f"{certificate.shape}"
        )
    if certificate.min() < 0 or not certificate.any():
        raise ValueError(
            "certificate must be nonnegative and not zero: take that of a Separation, "
            f"got {_checks.shown(certificate)}"
        )
    for least in (0.0, 1e-12 * certificate.max()):
        support = np.flatnonzero(certificate > least)
        solution = _exact(X[support], y[support], bias)
        if solution is not None:
            return dict(zip(support.tolist(), solution, strict=True))
    raise ArithmeticError(
        f"the {len(support)} points in the certificate's support do not carry an exact "
        "one"
    )


def decide_exactly(
    X: np.ndarray, y: np.ndarray, bias: bool
) -> tuple[np.ndarray | None, np.ndarray | None] | None:
    """(weights with the bias last, None) or (None, certificate), or None.

    The simplex method in fractions (with Bland's rule, so that it ends), rounded once
    at the end. None where the table would be too large.
    """
    vectors = _vectors(X, y, bias)
    if len(vectors) * (len(vectors[0]) + 2) > _MOST_ENTRIES:
        return None
    balance, plane = _balance_or_separate(vectors)
    if balance is not None:
        return None, np.array([float(c) for c in balance])
    largest = max(abs(w) for w in plane)
    weights = [float(w / largest) for w in plane]
    return np.array(weights if bias else [*weights, 0.0]), None


def _balance_or_separate(vectors):
    """(c, None) with c >= 0, sum 1 and sum_i c_i v_i = 0, or (None, w) with w.v_i > 0.

    Phase one of the simplex method for the first; where it fails, its multipliers are
    the second (Farkas' lemma).
    """
    n, m = len(vectors), len(vectors[0]) + 1
    table = np.full((m, n + m + 1), Fraction(0), dtype=object)
    table[:, :n] = np.array([[*v, Fraction(1)] for v in vectors], dtype=object).T
    table[range(m), range(n, n + m)] = Fraction(1)  # artificial variables
    table[-1, -1] = Fraction(1)
    basis = list(range(n, n + m))
    while True:
        artificial = [i for i in range(m) if basis[i] >= n]
        gains = table[artificial].sum(axis=0) if artificial else table[0] * 0
        entering = next((j for j in range(n) if gains[j] > 0), None)
        if entering is None:
            break
        rows = [i for i in range(m) if table[i, entering] > 0]
        leaving = min(rows, key=lambda i: (table[i, -1] / table[i, entering], basis[i]))
        table[leaving] = table[leaving] / table[leaving, entering]
        for i in range(m):
            if i != leaving and table[i, entering]:
                table[i] = table[i] - table[i, entering] * table[leaving]
        basis[leaving] = entering
    if gains[-1] > 0:
        return None, [-v for v in gains[n : n + m - 1]]
    weights = [Fraction(0)] * n
    for i, j in enumerate(basis):
        if j < n:
            weights[j] = table[i, -1]
    return weights, None


def _vectors(X, y, bias) -> list[list[Fraction]]:
    """The vectors y_i (x_i, 1), without the 1 where there is no bias."""
    return [
        [Fraction(v) * int(s) for v in [*x.tolist(), *([1.0] if bias else [])]]
        for x, s in zip(X, y, strict=True)
    ]


def _exact(X, y, bias, most_work: float = np.inf) -> list[Fraction] | None:
    """The positive weights with sum 1 of all these points that balance them, or None.

    None also where that would be more work than allowed.
    """
    columns = _vectors(X, y, bias)
    common = lcm(*(v.denominator for column in columns for v in column))
    integers = [[int(v * common) for v in column] for column in columns]
    bits = max((v.bit_length() for column in integers for v in column), default=0)
    if bits * len(columns) ** 4 > most_work:
        return None
    system = np.array(integers, dtype=object).reshape(len(columns), -1).T
    solution = _null_vector(system)
    if (
        solution is None
        or min(solution) <= 0
        or any(row @ np.array(solution, dtype=object) for row in system)
    ):
        return None
    total = sum(solution)
    return [value / total for value in solution]


def _null_vector(matrix: np.ndarray) -> list[Fraction] | None:
    """The vector that spans the null space of an integer matrix, last entry 1.

    None if the null space is not a line.
    """
    rows, size = list(matrix), matrix.shape[1]
    pivots: list[np.ndarray] = []
    previous = 1
    for column in range(size - 1):
        found = next(
            (i for i in range(len(pivots), len(rows)) if rows[i][column]), None
        )
        if found is None:
            return None
        k = len(pivots)
        rows[k], rows[found] = rows[found], rows[k]
        for i in range(k + 1, len(rows)):
            rows[i] = (
                rows[k][column] * rows[i] - rows[i][column] * rows[k]
            ) // previous
        previous = rows[k][column]
        pivots.append(rows[k])
    solution = [Fraction(0)] * (size - 1) + [Fraction(1)]
    for k in range(size - 2, -1, -1):
        solution[k] = -sum(
            (int(pivots[k][j]) * solution[j] for j in range(k + 1, size)), Fraction(0)
        ) / int(pivots[k][k])
    return solution
