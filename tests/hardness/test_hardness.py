"""d2lutils.hardness against closed forms, published counts, independent solvers."""

from fractions import Fraction
from itertools import product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.datasets import load_digits
from sklearn.svm import LinearSVC

from d2lutils import hardness as hd

HORN = np.array(
    [
        [1, -1, 1, 1, -1],
        [-1, 1, -1, 1, 1],
        [1, -1, 1, -1, 1],
        [1, 1, -1, 1, -1],
        [-1, 1, 1, -1, 1],
    ]
)


# One threshold unit


@given(st.integers(2, 9), st.integers(1, 3), st.integers(0, 10**6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_separate_answers_with_a_proof_in_exact_arithmetic(n, d, seed, bias):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(-2, 3, size=(n, d)), rng.choice([-1, 1], size=n)
    found = hd.separate(X, y, bias=bias)
    if found.separable:
        w = [Fraction(v) for v in found.weights.tolist()]
        for x, s in zip(X, y, strict=True):
            assert (
                int(s)
                * (
                    sum(a * int(v) for a, v in zip(w, x, strict=True))
                    + Fraction(found.bias)
                )
                > 0
            )
        assert bias or found.bias == 0
    else:
        proof = hd.rational_certificate(X, y, found.certificate, bias=bias)
        assert min(proof.values()) > 0
        assert sum(proof.values()) == 1
        for column in [*X.T, *([np.ones(n)] if bias else [])]:
            assert sum(c * int(y[i]) * int(column[i]) for i, c in proof.items()) == 0


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_separate_does_not_depend_on_units_or_origin(scale):
    X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 3.0], [1.0, 3.0]]) * scale + 5 * scale
    found = hd.separate(X, [0, 0, 1, 1])
    assert found.separable
    assert found.margin == pytest.approx(1.5 * scale)
    crossed = hd.separate(X, [0, 1, 1, 0])
    assert crossed.common_point == pytest.approx(X.mean(axis=0))


def test_separate_handles_one_class_and_coinciding_points():
    assert hd.separate([[1.0], [2.0]], [1, 1]).separable
    assert hd.separate([[1.0]] * 2, [1, 1], bias=False).separable
    assert not hd.separate([[1.0], [1.0]], [0, 1]).separable
    assert not hd.separate([[1.0], [-1.0]], [1, 1], bias=False).separable


def test_boolean_functions_agree_with_integer_threshold_units():
    """Up to 4 inputs, integer weights up to 3 realise all threshold functions.

    (Muroga 1971.)
    """
    for num_inputs, count in [(1, 4), (2, 14), (3, 104), (4, 1882)]:
        X = hd.boolean_inputs(num_inputs)
        weights = np.array(list(product(range(-3, 4), repeat=num_inputs)))
        thresholds = np.arange(-13, 14) + 0.5
        tables = (X @ weights.T)[:, :, None] > thresholds
        realised = np.unique(
            np.tensordot(1 << np.arange(2**num_inputs), tables, axes=1)
        )
        separable = hd.separable_functions(num_inputs)
        assert np.array_equal(np.flatnonzero(separable), realised)
        assert separable.sum() == count


def test_cover_probability_and_frequency():
    assert [round(hd.cover_probability(n, 20), 3) for n in (30, 40, 50)] == [
        0.969,
        0.5,
        0.076,
    ]
    assert hd.cover_probability(7, 7) == 1
    assert hd.cover_probability(5, 1) == 2 / 2**5
    # A bias in d dimensions is a hyperplane through the origin in d + 1: 14 of the 16
    # labellings in a plane.
    assert hd.cover_probability(4, 3) == 14 / 16
    for n in (12, 16, 20):
        share, error = hd.cover_frequency(n, 8, 300, np.random.default_rng(n))
        assert abs(share - hd.cover_probability(n, 8)) < 3 * error


def test_digits_eight_and_nine_are_not_separable():
    digits = load_digits()
    found = hd.one_against_rest(digits.data, digits.target)
    assert [c for c in found if not found[c].separable] == [8, 9]
    for c in (8, 9):
        proof = hd.rational_certificate(
            digits.data, digits.target == c, found[c].certificate
        )
        signs = np.where(digits.target == c, 1, -1)
        point = {
            s: sum(
                v * digits.data[i].astype(int).astype(object)
                for i, v in proof.items()
                if signs[i] == s
            )
            for s in (1, -1)
        }
        assert np.array_equal(point[1], point[-1])


# Duality gaps


def test_logistic_gap_brackets_the_minimum():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 4)), rng.choice([-1, 1], size=60)
    loss = lambda w: np.mean(np.log1p(np.exp(-y * (X @ w)))) + 0.05 * w @ w  # noqa: E731
    best = minimize(loss, np.zeros(4), tol=1e-12).fun
    path = hd.logistic_path(X, y, 0.1, 150)
    assert path.primal[0] == pytest.approx(np.log(2))
    assert (path.dual <= best + 1e-12).all()
    assert (path.primal >= best - 1e-12).all()
    assert (np.diff(path.primal) <= 1e-15).all()
    assert path.gap[-1] < 1e-9


def test_svm_gap_brackets_the_minimum():
    rng = np.random.default_rng(1)
    X, penalty = rng.normal(size=(50, 3)), 0.1
    y = np.where(X[:, 0] + rng.normal(size=50) > 0, 1, -1)
    reference = LinearSVC(
        loss="hinge",
        C=1 / (penalty * 50),
        fit_intercept=False,
        tol=1e-10,
        max_iter=10**6,
    ).fit(X, y)
    best = np.mean(
        np.maximum(0, 1 - y * (X @ reference.coef_[0]))
    ) + penalty / 2 * np.sum(reference.coef_**2)
    path = hd.svm_path(X, y, penalty, 300, rng)
    assert (path.dual <= best + 1e-9).all()
    assert (path.primal >= best - 1e-9).all()
    assert path.gap[-1] < 1e-6
    assert path.weights[-1] == pytest.approx(reference.coef_[0], abs=1e-2)


@given(st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_any_primal_and_dual_point_leave_a_nonnegative_gap(seed):
    rng = np.random.default_rng(seed)
    X, y, w, a = (
        rng.normal(size=(8, 3)),
        rng.choice([-1, 1], size=8),
        3 * rng.normal(size=3),
        rng.random(8),
    )
    assert hd.logistic_gap(w, X, y, 0.3).gap >= 0
    assert hd.svm_gap(a, X, y, 0.3, weights=w).gap >= 0


# Three threshold nodes


def test_xor_needs_the_hidden_layer():
    X, y = hd.xor()
    assert hd.separate(X, y).certificate == pytest.approx([0.25] * 4)
    for search in (hd.exhaustive_search, hd.branch_and_bound):
        assert np.array_equal(search(X, y).network.predict(X), y)


@pytest.mark.parametrize(
    ("labels", "fits"), [([0, 1, 0], True), ([1, 0, 1], True), ([1, 0, 1, 0], False)]
)
def test_two_half_lines_cut_a_line_at_most_twice(labels, fits):
    X = np.arange(len(labels))[:, None]
    for search in (hd.exhaustive_search, hd.branch_and_bound):
        assert search(X, labels).consistent == fits


def test_searches_agree_with_brute_force_over_hidden_units():
    """In the plane every dichotomy is a threshold unit's or not.

    Try all pairs of them under both output units.
    """
    rng = np.random.default_rng(2)
    answers = []
    for _ in range(6):
        X, y = rng.integers(0, 4, size=(7, 2)), rng.choice([-1, 1], size=7)
        units = [t for t in product([-1, 1], repeat=7) if hd.separate(X, t).separable]
        possible = any(
            np.array_equal(f(p, q), y)
            for p in units
            for q in units
            for f in (np.minimum, np.maximum)
        )
        assert (
            hd.exhaustive_search(X, y).consistent
            == hd.branch_and_bound(X, y).consistent
            == possible
        )
        answers.append(possible)
    assert len(set(answers)) == 2


def test_blum_and_rivest_reduction():
    rng = np.random.default_rng(3)
    answers = []
    for num_sets in (4, 6, 8, 10) * 2:
        sets = hd.random_sets(5, num_sets, rng)
        split = hd.splitting(sets, 5) is not None
        X, y = hd.set_splitting(sets, 5)
        assert hd.branch_and_bound(X, y).consistent == split
        assert (
            hd.branch_and_bound(
                *hd.set_splitting(sets, 5, force_and=False), output="and"
            ).consistent
            == split
        )
        answers.append(split)
    assert len(set(answers)) == 2


def test_an_infeasible_instance_costs_exhaustive_search_every_assignment():
    X, y = hd.set_splitting(hd.fano_plane(), 7, force_and=False)
    tried = hd.exhaustive_search(X, y, output="and")
    assert not tried.consistent
    assert tried.nodes == 2**6
    assert hd.branch_and_bound(X, y, output="and").nodes < 2**6


# Flat points and cliques


def test_motzkin_straus_on_all_graphs_with_five_vertices():
    graphs = hd.all_graphs(5)
    assert len(np.unique(graphs.reshape(len(graphs), -1), axis=0)) == 1024
    for A in graphs:
        omega = max(len(c) for c in nx.find_cliques(nx.from_numpy_array(A)))
        found = hd.motzkin_straus(A)
        assert abs(found.value - (1 - 1 / omega)) <= 1e-15
        assert abs(found.point @ A @ found.point - found.value) <= 1e-15


def test_clique_form_is_right_and_the_printed_form_is_not():
    K2 = np.array([[0, 1], [1, 0]])
    assert np.linalg.eigvalsh(hd.slide_form(K2, 0.4)) == pytest.approx([0.8, 2])
    assert hd.is_copositive(hd.slide_form(K2, 0.4))
    assert not hd.is_copositive(hd.clique_form(K2, 0.4))
    graphs, thresholds = hd.all_graphs(5), 1 - 1 / (np.arange(1, 6) + 0.5)
    assert hd.failed_threshold_tests(hd.clique_form, graphs, thresholds).sum() == 0
    wrong = hd.failed_threshold_tests(hd.slide_form, graphs, thresholds)
    assert (wrong.size, wrong.sum()) == (5120, 1395)


def test_copositivity_of_known_matrices():
    assert hd.is_copositive(
        HORN
    )  # Hall & Newman 1963: not a sum of a psd and a nonnegative matrix
    assert np.linalg.eigvalsh(HORN)[0] < -1
    below = HORN - 1e-6
    assert hd.is_copositive(below).value == pytest.approx(-1e-6, rel=1e-6)
    assert not hd.is_copositive([[0, -1], [-1, 5]])
    assert hd.is_copositive([[0.0]])


@given(st.floats(-15, -8), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_a_nearly_flat_direction_does_not_hide_a_small_negative_value(exponent, seed):
    rng = np.random.default_rng(seed)
    point = rng.dirichlet(np.ones(4))  # of the minimum, -3e-12
    along = np.linalg.qr(np.column_stack([np.ones(4), rng.normal(size=(4, 3))]))[0][
        :, 1:
    ]
    curvature = along @ np.diag([1, 1, 10**exponent]) @ along.T
    shift = np.eye(4) - np.outer(point, np.ones(4))  # z - point for z on the simplex
    Q = shift.T @ curvature @ shift - 3e-12
    found = hd.is_copositive((Q + Q.T) / 2)
    assert not found
    assert found.value == pytest.approx(-3e-12, abs=1e-12)


@given(st.integers(2, 5), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_simplex_minimum_is_a_stationary_lower_bound(n, seed):
    rng = np.random.default_rng(seed)
    Q = np.round(rng.normal(size=(n, n)) * 2)
    Q = Q + Q.T
    found = hd.is_copositive(Q)
    samples = rng.dirichlet(np.full(n, 0.4), size=4000)
    assert np.einsum("mi,ij,mj->m", samples, Q, samples).min() >= found.value - 1e-12
    if not found:
        z = found.witness
        assert z.min() >= 0
        assert z.sum() == pytest.approx(1)
        assert z @ Q @ z == pytest.approx(found.value)
        x = hd.descent_direction(Q)
        assert np.linalg.norm(x) == pytest.approx(1)
        assert hd.quartic(Q, 0.1 * x) == pytest.approx(1e-4 * found.value)
    else:
        assert hd.descent_direction(Q) is None


def test_replicator_dynamics_climb_to_a_clique():
    A, members = hd.planted_clique(14, 7, np.random.default_rng(5))
    assert A[np.ix_(members, members)].sum() == 7 * 6
    path = hd.replicator(A + np.eye(14) / 2, np.full(14, 1 / 14), 2000)
    values = np.einsum("ti,ij,tj->t", path, A + np.eye(14) / 2, path)
    assert (np.diff(values) >= -1e-14).all()
    support = np.flatnonzero(path[-1] > 1e-6)
    assert path[-1, support] == pytest.approx(np.full(len(support), 1 / len(support)))
    assert (A[np.ix_(support, support)] == 1 - np.eye(len(support))).all()
    assert hd.motzkin_straus(A).value == pytest.approx(
        1 - 1 / hd.clique_number(A), abs=1e-12
    )


# Bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hd.separate([[1.0], [np.nan]], [0, 1]), "NaN"),
        (lambda: hd.separate([[1.0], [2.0]], [0, 1, 1]), r"shape \(2,\)"),
        (lambda: hd.separate([[1.0], [2.0]], [1, 2]), r"-1 and \+1"),
        (lambda: hd.separable_functions(5), "<= 4"),
        (lambda: hd.cover_probability(0, 3), "n must be a whole number"),
        (
            lambda: hd.exhaustive_search(np.arange(40)[:, None], np.arange(40) % 2),
            "at most 16",
        ),
        (
            lambda: hd.branch_and_bound(np.arange(140)[:, None], np.arange(140) % 2),
            "at most 64",
        ),
        (
            lambda: hd.logistic_gap(np.zeros(1), [[1.0], [2.0]], [0, 1], penalty=0.0),
            "penalty must be",
        ),
        (
            lambda: hd.svm_gap([0.5, 1.5], [[1.0], [2.0]], [0, 1], penalty=1.0),
            r"\[0, 1\]",
        ),
        (lambda: hd.is_copositive(np.eye(17)), "at most 16"),
        (lambda: hd.is_copositive([[0, 1], [2, 0]]), "symmetric"),
        (lambda: hd.clique_form(np.eye(2), 0.4), "zero diagonal"),
        (lambda: hd.clique_form(np.zeros((2, 2)), 1.0), "s must be"),
        (lambda: hd.all_graphs(7), "<= 6"),
        (lambda: hd.clique_number(np.zeros((151, 151))), "at most 150"),
        (lambda: hd.replicator(np.zeros((2, 2)), [0.5, 0.5], 1), "x'Ax is 0"),
    ],
)
def test_bad_input_is_told_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
