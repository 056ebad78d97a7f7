"""What one threshold unit can learn: a linear program whose answer is verified.

Labels are -1 and +1 (0/1 and booleans are read as such).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils.hardness._certificates import (
    check_points,
    decide_exactly,
    proves_inseparability,
    proves_separation,
)

_NOISE = 1e-12  # weights of a certificate below this share of the largest are rounding


@dataclass(frozen=True)
class Separation:
    """The verified answer to "are the two classes linearly separable?".

    Attributes
    ----------
    separable : bool
        The answer.
    iterations : int
        Simplex steps taken.
    weights : array of shape (d,), or None
        If separable: every y_i (w.x_i + b) is positive beyond any rounding error.
    bias : float or None
        b, if separable.
    margin : float or None
        If separable, the Euclidean distance from the hyperplane to the nearest point;
        inf where there is one class only.
    certificate : array of shape (n,), or None
        If not: nonnegative and summing to 1, with sum_i c_i y_i (x_i, 1) = 0 (Farkas'
        lemma) but for rounding. It is proved that exact weights of the same points
        exist; `rational_certificate` gives them.
    common_point : array of shape (d,), or None
        If not: the point of both convex hulls that the certificate describes (without
        bias: the origin, in the hull of the y_i x_i).
    residual : float or None
        If not: the largest violation of that equation, relative to the spread of the
        data.
    """

    separable: bool
    iterations: int
    weights: np.ndarray | None = None
    bias: float | None = None
    margin: float | None = None
    certificate: np.ndarray | None = None
    common_point: np.ndarray | None = None
    residual: float | None = None


@dataclass(frozen=True)
class _Program:
    """A linear program about the points in other units.

    signed (n, d + 1): rows[i] * y_i * ((x_i - centre) / unit, 1) * columns. The factors
    rows (n,) and columns (d + 1,) are powers of two, so that they round nothing.
    """

    signed: np.ndarray
    centre: np.ndarray
    unit: float
    rows: np.ndarray
    columns: np.ndarray


def separate(X: ArrayLike, y: ArrayLike, *, bias: bool = True) -> Separation:
    """A separating hyperplane, or a Farkas certificate that none exists.

    By linear programming (HiGHS, dual simplex): maximise t under y_i (w.x_i + b) >= t
    and bounds on the weights, hence the margin in the 1-norm; the dual finds the least
    1-norm distance between the classes' convex hulls. Whichever of the two proves
    something is returned. HiGHS takes coefficients below 1e-9 for 0 and works to 1e-7,
    so where its answer does not stand the proof it is asked again, with each feature
    and each point in units of its own; a small problem that is still open is solved in
    fractions. The proof is about the data as they were given.

    Parameters
    ----------
    X : array of shape (n, d)
        Points, below 1e150 in size.
    y : array of shape (n,)
        Labels.
    bias : bool
        False asks for a hyperplane through the origin.

    Raises
    ------
    ValueError
        For bad input.
    ArithmeticError
        When double precision can verify neither answer.
    """
    X, y = check_points(X, y)
    n, d = X.shape
    if bias and abs(y.sum()) == n:
        return Separation(True, 0, np.zeros(d), float(y[0]), float("inf"))
    iterations, best = 0, -np.inf
    for program in _programs(X, y, bias):
        weights, certificate, margin, steps = _solve(program, bias)
        iterations, best = iterations + steps, max(best, margin)
        found = _verified(X, y, bias, program, weights, certificate, iterations)
        if found is not None:
            return found
    return _decided_exactly(X, y, bias, iterations, best)


def _programs(X: np.ndarray, y: np.ndarray, bias: bool) -> Iterator[_Program]:
    """The program in one unit for all features, and in units for each."""
    origin = np.zeros(X.shape[1])
    centres = (X.mean(axis=0), np.median(X, axis=0), origin) if bias else (origin,)
    for balanced, centre in [(False, centres[0]), *((True, c) for c in centres)]:
        unit = float(np.abs(X - centre).max(initial=0.0)) or 1.0
        ones = np.full(len(X), float(bias))
        signed = y[:, None] * np.column_stack([(X - centre) / unit, ones])
        rows, columns = _balance(signed, 20 if balanced else 0)
        yield _Program(signed * rows[:, None] * columns, centre, unit, rows, columns)


def _balance(matrix: np.ndarray, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Powers of two by which the largest entry of each row and column is near 1.

    (Ruiz 2001.)
    """
    exponents = [np.zeros(size) for size in matrix.shape]
    with np.errstate(divide="ignore"):
        sizes = np.log2(np.abs(matrix))
    for _ in range(rounds):
        shifted = sizes + exponents[0][:, None] + exponents[1]
        for axis in (0, 1):
            largest = shifted.max(axis=1 - axis, initial=-np.inf)
            exponents[axis] -= np.where(np.isfinite(largest), largest / 2, 0.0)
    rows, columns = (2.0 ** np.clip(np.round(e), -1000, 1000) for e in exponents)
    return rows, columns


def _solve(program: _Program, bias: bool):
    """(weights and bias, certificate, best margin) in the program's units, steps."""
    from scipy.optimize import linprog

    n, size = program.signed.shape
    free = (None, None) if bias else (0, 0)
    result = linprog(
        np.append(np.zeros(size), -1.0),
        A_ub=np.column_stack([-program.signed, np.ones(n)]),
        b_ub=np.zeros(n),
        bounds=[(-1, 1)] * (size - 1) + [free, (None, None)],
        method="highs-ds",
    )
    if result.status != 0:
        return None, None, -np.inf, int(result.nit or 0)
    certificate = np.maximum(-result.ineqlin.marginals, 0)
    certificate[certificate < _NOISE * certificate.max()] = 0
    certificate /= certificate.sum() or 1.0
    margin = -result.fun * program.unit
    return result.x[:size], certificate, margin, int(result.nit)


def _verified(X, y, bias, program, solution, certificate, iterations):
    """The answer that stands the proof, in the units of the data, or None."""
    if solution is None:
        return None
    for weights, offset in _hyperplanes(X, y, bias, program, solution):
        if proves_separation(X, y, weights, offset):
            return _separated(X, y, weights, offset, iterations)
    if not proves_inseparability(X, y, certificate, program.signed, bias):
        return None
    residual = float(np.abs(certificate @ program.signed).max())
    if not np.array_equal(program.rows, np.ones(len(X))):
        certificate = certificate * program.rows
        certificate = certificate / certificate.max()  # the sum may overflow
        certificate = certificate / certificate.sum()
    return _inseparable(X, y, bias, certificate, residual, iterations)


def _decided_exactly(X, y, bias, iterations, margin) -> Separation:
    """The answer of the simplex method in fractions; ArithmeticError without one."""
    answer = decide_exactly(X, y, bias)
    weights, certificate = answer or (None, None)
    if certificate is not None:
        return _inseparable(X, y, bias, certificate, 0.0, iterations)
    if weights is not None and proves_separation(X, y, weights[:-1], weights[-1]):
        return _separated(X, y, weights[:-1], float(weights[-1]), iterations)
    what = (
        "double precision can verify neither answer"
        if weights is None
        else "they are separable, but no weights in double precision show it"
    )
    raise ArithmeticError(
        f"the {len(X)} points are too close to the border between separable and not: "
        f"the best margin found is {margin:.1e}, and {what} (features of very "
        "different sizes? subtract their means, divide by their deviations)"
    )


def _separated(X, y, weights, offset, iterations) -> Separation:
    margin = np.min(y * (X @ weights + offset)) / np.linalg.norm(weights)
    return Separation(True, iterations, weights, offset, float(margin))


def _inseparable(X, y, bias, certificate, residual, iterations) -> Separation:
    positive = certificate * (y > 0)
    point = positive @ X / positive.sum() if bias else np.zeros(X.shape[1])
    return Separation(
        False,
        iterations,
        certificate=certificate,
        common_point=point,
        residual=residual,
    )


def _hyperplanes(X, y, bias, program, solution) -> Iterator[tuple[np.ndarray, float]]:
    """A program's solution in the units of the data, and another bias for it."""
    weights = solution[:-1] * program.columns[:-1]
    largest = np.abs(weights).max(initial=0.0)
    scale = 1.0 if largest <= 1 else largest  # keeps large factors from overflowing
    weights = weights / scale
    if not bias:
        yield weights, 0.0
        return
    with np.errstate(over="ignore"):
        offset = solution[-1] * program.columns[-1] * program.unit / scale
    if np.isfinite(offset):
        yield weights, float(offset - program.centre @ weights)
    heights = X @ weights
    yield weights, float(-(heights[y > 0].min() + heights[y < 0].max()) / 2)


def one_against_rest(X: ArrayLike, labels: ArrayLike) -> dict[int, Separation]:
    """`separate` for each class against all others.

    Parameters
    ----------
    X : array of shape (n, d)
    labels : array of shape (n,)
        Whole numbers.

    Returns
    -------
    dict
        {class: Separation}.

    Raises
    ------
    ValueError
        For bad input.
    ArithmeticError
        As `separate`.
    """
    X, labels = _checks.array("X", X, 2), _checks.array("labels", labels, 1, dtype=None)
    if labels.shape != X.shape[:1]:
        raise ValueError(
            f"labels must have shape {X.shape[:1]}, one a row of X, got {labels.shape}"
        )
    if (labels != np.round(labels)).any():
        raise ValueError(f"labels must be whole numbers, got {_checks.shown(labels)}")
    return {int(c): separate(X, labels == c) for c in np.unique(labels)}
