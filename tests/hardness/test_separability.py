"""`separate` at any scale, against all possible certificates in exact arithmetic."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d2lutils import hardness as hd


def balancing_weights(columns):
    """What balances these vectors, by Gauss-Jordan; None if there is not one line."""
    rows, size, pivots = (
        [list(row) for row in zip(*columns, strict=True)],
        len(columns),
        [],
    )
    for c in range(size):
        k = len(pivots)
        found = next((i for i in range(k, len(rows)) if rows[i][c]), None)
        if found is None:
            continue
        rows[k], rows[found] = rows[found], rows[k]
        rows[k] = [v / rows[k][c] for v in rows[k]]
        for i, row in enumerate(rows):
            if i != k and row[c]:
                rows[i] = [a - row[c] * b for a, b in zip(row, rows[k], strict=True)]
        pivots.append(c)
    free = [c for c in range(size) if c not in pivots]
    if len(free) != 1:
        return None
    weights = dict.fromkeys(range(size), Fraction(0)) | {free[0]: Fraction(1)}
    weights |= {c: -rows[i][free[0]] for i, c in enumerate(pivots)}
    return [weights[c] for c in range(size)]


def is_separable(X, y, bias):
    """By trying all minimal sets of points whose hulls could meet (Carathéodory)."""
    vectors = [
        [int(s) * Fraction(float(v)) for v in (*x, *([1] if bias else []))]
        for x, s in zip(X, y, strict=True)
    ]
    for size in range(1, len(vectors[0]) + 2):
        for chosen in itertools.combinations(vectors, size):
            weights = balancing_weights(chosen)
            if weights and (max(weights) < 0 or min(weights) > 0):
                return False
    return True


def is_right(X, y, bias):
    """Whether the answer and its proof are right; None if there is no answer."""
    truth = is_separable(X, y, bias)
    try:
        found = hd.separate(X, y, bias=bias)
    except ArithmeticError:
        assert truth, "what is not separable is always proved so here"
        return None
    assert found.separable == truth
    if truth:
        heights = [
            sum(
                Fraction(w) * Fraction(v) for w, v in zip(found.weights, x, strict=True)
            )
            + Fraction(found.bias)
            for x in X.tolist()
        ]
        return all(s * h > 0 for s, h in zip(y.tolist(), heights, strict=True))
    proof = hd.rational_certificate(X, y, found.certificate, bias=bias)
    sums = [
        sum(c * int(y[i]) * Fraction(column[i]) for i, c in proof.items())
        for column in [*X.T.tolist(), *([[1.0] * len(y)] if bias else [])]
    ]
    return min(proof.values()) > 0 and sums == [0] * len(sums)


def test_features_of_very_different_sizes():
    # The second feature alone decides; HiGHS takes coefficients below 1e-9 for 0.
    X, y = np.array([[1e9, 1], [1e9, -1], [-1e9, 1], [-1e9, -1]]), [1, -1, 1, -1]
    assert hd.separate(X, y).separable
    assert not hd.separate(X, [1, -1, -1, 1]).separable
    for size in (1e-12, 1.0, 1e12):
        assert hd.separate(X * size, y).separable
        assert not hd.separate(X * size, [1, -1, -1, 1]).separable


def test_a_time_stamp_in_milliseconds_beside_the_feature_that_decides():
    rng = np.random.default_rng(0)
    stamp = 1.7e12 + np.sort(rng.integers(0, 3e10, size=200))
    flag = rng.integers(0, 2, size=200)
    X = np.column_stack([stamp, flag])
    found = hd.separate(X, flag)
    assert found.separable
    assert np.array_equal(X @ found.weights + found.bias > 0, flag == 1)
    assert hd.one_against_rest(X, flag)[1].separable
    other = flag.copy()
    other[100] = 1 - other[100]
    assert not hd.separate(X, other).separable
    crossed = np.array([[0, 0], [1, 1], [0, 1], [1, 0]])
    X = np.column_stack([1.7e12 + 9e9 * crossed[:, 0], crossed[:, 1]])
    for search in (hd.exhaustive_search, hd.branch_and_bound):
        assert np.array_equal(
            search(X, [1, 1, 0, 0]).network.predict(X), [1, 1, -1, -1]
        )


KINDS = ("columns", "rows", "both", "shift", "near", "near columns", "wide")


@pytest.mark.parametrize("kind", KINDS)
def test_each_answer_is_true_in_exact_arithmetic(kind):
    """60 small problems of each kind; at most a tenth may stay without an answer."""
    rng, answers = np.random.default_rng(KINDS.index(kind)), []
    for _ in range(60):
        n, d, bias = rng.integers(2, 8), rng.integers(1, 4), bool(rng.integers(2))
        X, y = rng.integers(-2, 3, (n, d)).astype(float), rng.choice([-1, 1], n)
        if kind in ("columns", "both", "near columns"):
            X = X * 10.0 ** rng.integers(-12, 13, d)
        if kind in ("rows", "both"):
            bias, X = False, X * 10.0 ** rng.integers(-12, 13, (n, 1))
        if kind == "shift":
            X = X * 10.0 ** rng.integers(-6, 7, d)
            X = X + rng.integers(-3, 4, d) * np.abs(X).max(0) * 1e6
        if kind.startswith("near"):  # the last bits decide
            last = 2.0 ** -rng.integers(20, 53)
            X = X * (1 + rng.integers(-3, 4, (n, d)) * last)
        if kind == "wide":
            X = X * 10.0 ** rng.integers(-12, 13, (n, d))
        answers.append(is_right(X, y, bias))
    assert False not in answers
    assert answers.count(None) <= 6


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 30),
    st.integers(1, 8),
    st.integers(0, 10**6),
    st.integers(-300, 300),
    st.booleans(),
)
def test_units_and_origin_do_not_matter(n, d, seed, exponent, bias):
    """Scaled by powers of two, which round nothing, the answer is the same."""
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((n, d)), rng.choice([-1, 1], n)
    answer = hd.separate(X, y, bias=bias).separable
    units = 2.0 ** rng.integers(-40, 41, d)
    assert hd.separate(X * units, y, bias=bias).separable == answer
    assert hd.separate(X * 2.0**exponent, y, bias=bias).separable == answer


def test_what_no_weights_in_double_precision_can_show_is_not_claimed():
    # Two neighbours among the floats: no float lies between them.
    with pytest.raises(ArithmeticError, match="they are separable, but no weights"):
        hd.separate([[1e16], [1e16 + 2]], [0, 1])
    assert not hd.separate([[1e16], [1e16]], [0, 1]).separable


def test_large_numbers_are_refused_in_one_sentence():
    X, y = np.array([[1e200, 1.0], [1.0, 2.0]]), [0, 1]
    calls = (
        lambda: hd.separate(X, y),
        lambda: hd.logistic_path(X, y, 1.0, 3),
        lambda: hd.svm_path(X, y, 1.0, 3, np.random.default_rng(0)),
        lambda: hd.exhaustive_search(X, y),
    )
    for call in calls:
        with pytest.raises(ValueError, match="X must be below 1e150"):
            call()
    for call in (
        lambda: hd.logistic_gap([1e200, 1.0], np.eye(2), y, 1.0),
        lambda: hd.svm_gap([1.0, 1.0], np.eye(2), y, 1e-310),
    ):
        with pytest.raises(ValueError, match="must be smaller"):
            call()


def test_copositivity_is_told_at_any_size_and_what_overflows_is_not():
    Q = np.array([[0, -1], [-1, 5.0]])
    for size in (1e-200, 1e-9, 1e9, 1e200):
        assert not hd.is_copositive(Q * size)
        assert hd.is_copositive(np.abs(Q) * size)
    with pytest.raises(ValueError, match="symmetric"):
        hd.is_copositive(np.array([[0, 1.0], [2, 0]]) * 1e-9)
    for call in (
        lambda: hd.quartic(Q, [1.0, 1e100]),
        lambda: hd.is_copositive(Q * 1e307),
        lambda: hd.replicator(np.full((2, 2), 1e307), [0.5, 0.5], 3),
    ):
        with pytest.raises(ValueError, match=r"must be (smaller|below)"):
            call()


def test_masks_are_refused_by_a_network_too():
    network = hd.branch_and_bound(*hd.xor()).network
    with pytest.raises(TypeError, match="mask"):
        network.predict(np.ma.masked_equal([[0, 1], [1, 1]], 0))
    with pytest.raises(ValueError, match=r"X must have shape \(n, 2\)"):
        network.predict(np.eye(3))
