"""What one threshold unit can learn: linear programs, their certificates, and Cover's count.

Labels are -1 and +1 (0/1 and booleans are read as such).
"""

from dataclasses import dataclass
from fractions import Fraction
from math import comb, lcm, sqrt

import numpy as np

from d2lutils import _checks

_FARKAS_TOLERANCE = 1e-9  # on data scaled to [-1, 1]; HiGHS itself works to 1e-7
_MAX_INPUTS = 4


@dataclass(frozen=True)
class Separation:
    """The answer of a linear program to "are the two classes linearly separable?", already verified.

    separable: the answer. iterations: simplex steps taken.
    If separable: weights (d,), bias and margin, the Euclidean distance from the hyperplane to the nearest point;
    every y_i (w.x_i + b) is positive beyond any rounding error.
    If not: certificate (n,), nonnegative and summing to 1, with sum_i c_i y_i (x_i, 1) = 0 (Farkas' lemma), and
    common_point (d,), the point of both convex hulls that it describes (without bias: the origin, in the hull of
    the y_i x_i). residual is the largest violation of that equation, relative to the spread of the data: 0 in exact
    arithmetic; `rational_certificate` removes it.
    """

    separable: bool
    iterations: int
    weights: np.ndarray | None = None
    bias: float | None = None
    margin: float | None = None
    certificate: np.ndarray | None = None
    common_point: np.ndarray | None = None
    residual: float | None = None


def check_points(X, y) -> tuple[np.ndarray, np.ndarray]:
    """X as float64 (n, d) and y as float64 -1/+1 (n,); ValueError for other shapes, NaN, or other labels."""
    X, y = _checks.array("X", X), _checks.array("y", y, dtype=None)
    if X.ndim != 2 or X.shape[0] == 0:
        raise ValueError(f"X must have shape (n, d) with n > 0, got {X.shape}")
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


def separate(X, y, *, bias: bool = True) -> Separation:
    """A separating hyperplane, or a Farkas certificate that none exists, by one linear program (HiGHS, dual simplex).

    X: (n, d) points. y: (n,) labels. bias: False asks for a hyperplane through the origin.
    The program maximises t under y_i (w.x_i + b) >= t and |w_j| <= 1, hence the margin in the 1-norm; its dual finds
    the least 1-norm distance between the classes' convex hulls. Whichever of the two proves something is returned.
    Raises ValueError for bad input, ArithmeticError when double precision can verify neither answer.
    """
    from scipy.optimize import linprog

    X, y = check_points(X, y)
    n, d = X.shape
    if bias and abs(y.sum()) == n:
        return Separation(
            True, 0, weights=np.zeros(d), bias=float(y[0]), margin=float("inf")
        )
    centre = X.mean(axis=0) if bias else np.zeros(d)
    scale = np.abs(X - centre).max(initial=0.0) or 1.0
    signed = y[:, None] * np.column_stack(
        [(X - centre) / scale, np.full(n, float(bias))]
    )
    result = linprog(
        np.append(np.zeros(d + 1), -1.0),
        A_ub=np.column_stack([-signed, np.ones(n)]),
        b_ub=np.zeros(n),
        bounds=[(-1, 1)] * d + [(None, None) if bias else (0, 0), (None, None)],
        method="highs-ds",
    )
    if result.status != 0:
        raise ArithmeticError(
            f"the linear program for {n} points in {d} dimensions was not solved: {result.message}"
        )
    weights = result.x[:d]
    offset = result.x[d] * scale - centre @ weights if bias else 0.0
    if proves_separation(X, y, weights, offset):
        margin = np.min(y * (X @ weights + offset)) / np.linalg.norm(weights)
        return Separation(
            True,
            int(result.nit),
            weights=weights,
            bias=float(offset),
            margin=float(margin),
        )
    certificate = np.maximum(-result.ineqlin.marginals, 0)
    certificate /= certificate.sum() or 1.0
    residual = float(np.abs(certificate @ signed).max())
    if certificate.sum() == 0 or residual > _FARKAS_TOLERANCE:
        raise ArithmeticError(
            f"the {n} points are too close to the border between separable and not: the best "
            f"margin found is {-result.fun * scale:.1e}, below what double precision can verify"
        )
    positive = certificate * (y > 0)
    point = positive @ X / positive.sum() if bias else np.zeros(d)
    return Separation(
        False,
        int(result.nit),
        certificate=certificate,
        common_point=point,
        residual=residual,
    )


def proves_separation(X, y, weights, bias: float = 0.0) -> bool:
    """Whether every y_i (w.x_i + b) exceeds a bound on its own rounding error (Higham 2002, section 3.1).

    X: (n, d). y: (n,) of -1/+1. weights: (d,). bias: b.
    """
    X, weights, bias = (
        _checks.array("X", X, 2),
        _checks.array("weights", weights),
        _checks.real("bias", bias),
    )
    y = _checks.array("y", y, dtype=None)
    if weights.shape != X.shape[1:] or y.shape != X.shape[:1]:
        raise ValueError(
            f"X (n, d), y (n,) and weights (d,) must fit, got {X.shape}, {y.shape} and {weights.shape}"
        )
    rounding = (
        2
        * (X.shape[1] + 2)
        * np.finfo(float).eps
        * (np.abs(X) @ np.abs(weights) + abs(bias))
    )
    return bool(np.all(y * (X @ weights + bias) > rounding))


def rational_certificate(
    X, y, certificate, *, bias: bool = True
) -> dict[int, Fraction]:
    """The Farkas certificate without rounding: {i: c_i}, exact positive fractions that sum to 1.

    X, y: as given to `separate`. certificate: (n,), the one it returned; only its support is used. Every float is a
    fraction, so sum_i c_i y_i (x_i, 1) = 0 is solved and verified in integers (Bareiss 1968).
    Raises ArithmeticError when the support does not carry exactly one certificate.
    """
    X, y = check_points(X, y)
    certificate = _checks.array("certificate", certificate)
    if certificate.shape != y.shape:
        raise ValueError(
            f"certificate must have shape {y.shape}, one weight a point, got {certificate.shape}"
        )
    if certificate.min() < 0 or not certificate.any():
        raise ValueError(
            "certificate must be nonnegative and not zero: take that of a Separation"
        )
    support = np.flatnonzero(certificate > 1e-12 * certificate.max())
    columns = [
        [Fraction(v) * int(y[i]) for v in [*X[i].tolist(), *([1.0] if bias else [])]]
        for i in support
    ]
    common = lcm(*(v.denominator for column in columns for v in column))
    system = np.array(
        [[int(v * common) for v in column] for column in columns], dtype=object
    ).T
    solution = _null_vector(system)
    if (
        solution is None
        or min(solution) <= 0
        or any(row @ np.array(solution, dtype=object) for row in system)
    ):
        raise ArithmeticError(
            f"the {len(support)} points in the certificate's support do not carry an exact one"
        )
    total = sum(solution)
    return {int(i): value / total for i, value in zip(support, solution, strict=True)}


def _null_vector(matrix: np.ndarray) -> list[Fraction] | None:
    """The vector that spans the null space of an integer matrix, last entry 1; None if it is not a line."""
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


def cover_probability(n: int, d: int) -> float:
    """Probability that n points in general position in d dimensions, labelled by fair coins, are separable.

    The hyperplane passes through the origin; one with a bias in d dimensions is counted by d + 1.
    2 sum_{k<d} C(n-1, k) / 2^n (Cover 1965, Theorem 1), exact but for the last rounding.
    """
    n, d = _checks.whole("n", n, 1, 10_000), _checks.whole("d", d)
    return float(Fraction(2 * sum(comb(n - 1, k) for k in range(min(d, n))), 2**n))


def cover_frequency(
    n: int, d: int, num_draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Share of num_draws Gaussian samples (n points, d dimensions, coin labels) that a linear program separates.

    rng: numpy.random.Generator. Returns (share, standard_error); the standard error uses Cover's exact probability.
    """
    n, d, num_draws = (
        _checks.whole("n", n, 1, 10_000),
        _checks.whole("d", d),
        _checks.whole("num_draws", num_draws),
    )
    _checks.fits("d", n, d)
    _checks.rng("rng", rng)
    hits = sum(
        separate(
            rng.normal(size=(n, d)), rng.choice([-1, 1], size=n), bias=False
        ).separable
        for _ in range(num_draws)
    )
    exact = cover_probability(n, d)
    return hits / num_draws, sqrt(exact * (1 - exact) / num_draws)


def boolean_inputs(num_inputs: int) -> np.ndarray:
    """All corners of the cube: (2**num_inputs, num_inputs) of 0 and 1; row k holds the bits of k, lowest first."""
    num_inputs = _checks.whole("num_inputs", num_inputs, 1, 25)
    return np.arange(2**num_inputs)[:, None] >> np.arange(num_inputs) & 1


def xor() -> tuple[np.ndarray, np.ndarray]:
    """The exclusive or: X (4, 2) of 0 and 1, y (4,) of -1 and +1."""
    X = boolean_inputs(2)
    return X, 2 * (X.sum(axis=1) % 2) - 1


def separable_functions(num_inputs: int) -> np.ndarray:
    """Which Boolean functions are linearly separable: (2**2**num_inputs,) of bool; its sum is the count.

    Function f has value (f >> k) & 1 on row k of `boolean_inputs`. Renaming or negating inputs and negating the output
    change nothing, so one linear program a class (222 for 4 inputs) decides all. Raises ValueError past 4 inputs.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    X = boolean_inputs(
        num_inputs := _checks.whole("num_inputs", num_inputs, 1, _MAX_INPUTS)
    )
    rows, functions = np.arange(2**num_inputs), np.arange(2**2**num_inputs)
    bits = functions[:, None] >> rows & 1
    moved = [rows ^ (1 << i) for i in range(num_inputs)]
    for i in range(num_inputs - 1):
        swapped = X.copy()
        swapped[:, [i, i + 1]] = X[:, [i + 1, i]]
        moved.append(swapped @ (1 << np.arange(num_inputs)))
    images = [bits[:, move] @ (1 << rows) for move in moved] + [
        functions ^ functions[-1]
    ]
    edges = (
        np.ones(len(images) * functions.size),
        (np.tile(functions, len(images)), np.concatenate(images)),
    )
    _, classes = connected_components(
        coo_array(edges, shape=(functions.size,) * 2), directed=False
    )
    _, representatives = np.unique(classes, return_index=True)
    decided = np.array([separate(X, bits[f]).separable for f in representatives])
    return decided[classes]


def one_against_rest(X, labels) -> dict[int, Separation]:
    """`separate` for each class against all others. X: (n, d). labels: (n,) integers. Returns {class: Separation}."""
    X, labels = _checks.array("X", X, 2), _checks.array("labels", labels, 1, dtype=None)
    if labels.shape != X.shape[:1]:
        raise ValueError(
            f"labels must have shape {X.shape[:1]}, one a row of X, got {labels.shape}"
        )
    if (labels != np.round(labels)).any():
        raise ValueError(f"labels must be integers, got {_checks.shown(labels)}")
    return {int(c): separate(X, labels == c) for c in np.unique(labels)}
