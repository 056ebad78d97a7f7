"""Least squares beyond interpolation: solutions by definition, risks by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d2lutils import linear


def gradient_descent(X, y, w0, lr, num_steps):
    """Iterates on |X w - y|^2 / (2 n): an independent twin of `linear.min_norm`."""
    path = [w0]
    for _ in range(num_steps):
        path.append(path[-1] - lr / len(X) * (X.T @ (X @ path[-1] - y)))
    return np.array(path)


def ridge(X, y, penalty):
    """Minimiser of |X w - y|^2 + penalty |w|^2: what `linear.ridge_risk` is about."""
    return np.linalg.solve(X.T @ X + penalty * np.eye(X.shape[1]), X.T @ y)


def problem(seed, n=8, p=20):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, p)), rng.standard_normal(n), rng


@given(seed=st.integers(0, 1000), n=st.integers(1, 8), p=st.integers(8, 20))
@settings(deadline=None, max_examples=30)
def test_min_norm_is_the_projection_of_the_start(seed, n, p):
    X, y, rng = problem(seed, n, p)
    w0, other = rng.standard_normal((2, p))
    w = linear.min_norm(X, y, w0)
    inverse = np.linalg.pinv(X)
    scale = np.abs(inverse).max() * np.abs(y).max() + 10
    np.testing.assert_allclose(
        w, inverse @ y + w0 - inverse @ (X @ w0), atol=1e-9 * scale
    )
    solution = linear.min_norm(X, y, other)
    assert np.linalg.norm(w - w0) <= np.linalg.norm(solution - w0) * (1 + 1e-9)


def test_gradient_descent_ends_at_the_nearest_solution():
    X, y, rng = problem(0)
    w0 = rng.standard_normal(20)
    largest = np.linalg.eigvalsh(X.T @ X / 8)[-1]
    path = gradient_descent(X, y, w0, lr=1 / largest, num_steps=3000)
    np.testing.assert_allclose(path[-1], linear.min_norm(X, y, w0), atol=1e-9)


@pytest.mark.parametrize("shape", [(8, 20), (20, 8)])
def test_ridge_without_penalty_is_the_least_norm(shape):
    X, y, _ = problem(1, *shape)
    np.testing.assert_allclose(ridge(X, y, 1e-9), linear.min_norm(X, y), atol=1e-6)


def test_basis_pursuit_finds_the_sparse_truth_and_others_do_not():
    X, _, rng = problem(2, 30, 100)
    truth = np.zeros(100)
    truth[rng.choice(100, 4, replace=False)] = [1, -2, 1.5, 0.5]
    np.testing.assert_allclose(linear.basis_pursuit(X, X @ truth), truth, atol=1e-7)
    assert np.linalg.norm(linear.min_norm(X, X @ truth) - truth) > 1


def test_basis_pursuit_is_optimal_whatever_the_truth():
    X, y, _ = problem(3)
    w = linear.basis_pursuit(X, y)
    np.testing.assert_allclose(X @ w, y, atol=1e-9)
    support = np.abs(w) > 1e-9
    # A certificate: a dual vector whose correlation with no column exceeds 1, and is
    # the sign on the support.
    dual = np.linalg.lstsq(X[:, support].T, np.sign(w[support]), rcond=None)[0]
    assert np.abs(X.T @ dual).max() <= 1 + 1e-7


@pytest.mark.parametrize("order", [1, 2])
def test_smoothest(order):
    X, y, _ = problem(4)
    w = linear.smoothest(X, y, order)
    np.testing.assert_allclose(X @ w, y, atol=1e-9)
    penalty = np.diff(np.eye(20), order, axis=0)
    gradient = penalty.T @ penalty @ w
    np.testing.assert_allclose(
        gradient, X.T @ np.linalg.lstsq(X.T, gradient, rcond=None)[0], atol=1e-8
    )
    line = 2 - 0.3 * np.arange(20) * (order == 2)
    np.testing.assert_allclose(linear.smoothest(X, X @ line, order), line, atol=1e-8)


def adaptive_descent(X, y, kind, num_steps=4000, lr=0.02):
    w, squares, mean = (np.zeros(X.shape[1]) for _ in range(3))
    for step in range(1, num_steps + 1):
        gradient = X.T @ (X @ w - y) / len(y)
        if kind == "adagrad":
            squares += gradient**2
            w -= 10 * lr * gradient / (np.sqrt(squares) + 1e-12)
        else:
            mean, squares = (
                0.9 * mean + 0.1 * gradient,
                0.999 * squares + 0.001 * gradient**2,
            )
            root = np.sqrt(squares / (1 - 0.999**step))
            w -= lr / (1 + step / 50) * mean / (1 - 0.9**step) / (root + 1e-12)
    return w


@pytest.mark.parametrize("kind", ["adagrad", "adam"])
def test_adaptive_methods_end_at_the_sign_solution(kind):
    X, y, _, _ = linear.optimizer_trap(20, np.random.default_rng(0))
    solution = linear.sign_solution(X, y)
    np.testing.assert_allclose(np.abs(solution[np.abs(X).max(0) > 0]), 0.25)
    np.testing.assert_allclose(X @ solution, y)
    np.testing.assert_allclose(adaptive_descent(X, y, kind), solution, atol=1e-3)


def test_the_trap_catches_adaptive_methods_alone():
    X, y, test_X, test_y = linear.optimizer_trap(
        200, np.random.default_rng(1), num_test=1000
    )
    assert (np.sign(test_X @ linear.min_norm(X, y)) == test_y).all()
    accuracy = np.mean(np.sign(test_X @ linear.sign_solution(X, y)) == test_y)
    assert accuracy == np.mean(test_y == 1)
    with pytest.raises(ValueError, match="no positive multiple"):
        linear.sign_solution(*problem(0)[:2])


def test_double_descent_formula():
    risk = linear.double_descent_risk(40, np.array([20, 39, 40, 41, 60, 100]), 100, 0.2)
    np.testing.assert_allclose(risk[[0, 4, 5]], [1.724, 1.566, 0.667], atol=5e-4)
    assert np.isinf(risk[1:4]).all()
    assert linear.double_descent_risk(40, 0, 100, 0.2) == pytest.approx(
        1.04
    )  # sees nothing: the variance of y


@pytest.mark.parametrize("p", [10, 20, 70, 100])
def test_double_descent_by_simulation(p):
    rng = np.random.default_rng(p)
    beta, errors = rng.standard_normal(100) / 10, []
    for _ in range(600):
        X = rng.standard_normal((40, 100))
        w = np.zeros(100)
        w[:p] = linear.min_norm(X[:, :p], X @ beta + 0.2 * rng.standard_normal(40))
        errors.append(np.square(w - beta).sum() + 0.04)
    exact = linear.double_descent_risk(40, p, 100, 0.2, beta)
    assert np.mean(errors) == pytest.approx(
        exact, abs=4 * np.std(errors) / np.sqrt(len(errors))
    )


@pytest.mark.parametrize(("n", "p"), [(150, 60), (150, 150), (100, 250)])
def test_ridge_risk_by_simulation(n, p):
    rng = np.random.default_rng(n + p)
    beta = np.full(p, (2 / p) ** 0.5)
    errors = []
    for _ in range(30):
        X = rng.standard_normal((n, p))
        w = ridge(X, X @ beta + 0.5 * rng.standard_normal(n), 20.0)
        errors.append(np.square(w - beta).sum() + 0.25)
    assert np.mean(errors) == pytest.approx(
        linear.ridge_risk(n, p, 2.0, 0.25, 20.0), rel=0.03
    )


def test_ridge_risk_without_ridge_is_the_exact_risk():
    sizes = np.array([5_000, 20_000])
    exact = linear.isotropic_risk(10_000, sizes, 1.0, 0.3)
    np.testing.assert_allclose(
        linear.ridge_risk(10_000, sizes, 1.0, 0.3, 1e-4), exact, rtol=1e-3
    )


def test_wrong_input():
    X, y, _ = problem(0)
    for call, told in (
        (lambda: linear.min_norm(X, y[:-1]), "must have shapes"),
        (lambda: linear.min_norm(X, y * np.nan), "NaN"),
        (lambda: linear.ridge_risk(8, 20, 1.0, 1.0, 0.0), "penalty"),
        (lambda: linear.smoothest(X, y, order=0), "order"),
        (lambda: linear.basis_pursuit(np.zeros((1, 2)), np.ones(1)), "no solution"),
        (lambda: linear.smoothest(np.zeros((1, 2)), np.ones(1)), "no solution"),
        (lambda: linear.double_descent_risk(40, 101, 100, 0.1), "p must be"),
        (
            lambda: linear.optimizer_trap(10, np.random.default_rng(0), positive=0.3),
            "positive",
        ),
    ):
        with pytest.raises(ValueError, match=told):
            call()


@pytest.mark.parametrize("exponent", [-150, -60, -30, 30, 60, 150])
def test_solutions_scale_with_the_data(exponent):
    X, y, rng = problem(5)
    size = 2.0**exponent
    for solve in (linear.min_norm, linear.basis_pursuit, linear.smoothest):
        plain = solve(X, y)
        scale = np.abs(plain).max()
        np.testing.assert_allclose(
            solve(X, y * size) / size, plain, atol=1e-9 * scale, err_msg=str(solve)
        )
        np.testing.assert_allclose(
            solve(X * size, y) * size, plain, atol=1e-9 * scale, err_msg=str(solve)
        )
    trap, labels, _, _ = linear.optimizer_trap(20, rng)
    signs = linear.sign_solution(trap, labels)
    np.testing.assert_allclose(linear.sign_solution(trap * size, labels) * size, signs)
    np.testing.assert_allclose(linear.sign_solution(trap, labels * size) / size, signs)


def test_the_least_l1_norm_of_features_of_very_different_sizes():
    # Of w1 + 1e-12 w2 = 1e-12 the sparse solutions are (1e-12, 0) and (0, 1).
    np.testing.assert_allclose(
        linear.basis_pursuit([[1.0, 1e-12]], [1e-12]), [1e-12, 0], rtol=1e-9
    )
    # Equations in units of their own: HiGHS works to 1e-7 in each.
    X, y, _ = problem(6, 6, 12)
    units = 10.0 ** np.array([-12, -6, 0, 3, 6, 12])
    w = linear.basis_pursuit(X * units[:, None], y * units)
    np.testing.assert_allclose(w, linear.basis_pursuit(X, y), atol=1e-9)


def test_what_has_no_solution_is_told_at_any_size():
    X, y = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 0.0]]), np.array([1.0, 2.0])
    for size in (1e-12, 1.0, 1e12):
        for solve in (linear.basis_pursuit, linear.smoothest):
            with pytest.raises(ValueError, match="no solution"):
                solve(X, y * size)
            with pytest.raises(ValueError, match="no solution"):
                solve(X * size, y)
        with pytest.raises(ValueError, match="no positive multiple"):
            linear.sign_solution(problem(0)[0] * size, problem(0)[1])
    # X^T y is 0 in exact arithmetic, 3e-17 in floating point.
    with pytest.raises(ValueError, match="entry of 0"):
        linear.sign_solution([[0.1], [0.2], [-0.3]], [1.0, 1.0, 1.0])


def test_risks_do_not_fall_below_zero_by_rounding():
    beta = np.full(30, 0.1) * 1e8  # |beta|^2 less its running sum is not exactly 0
    risk = linear.double_descent_risk(10, np.arange(31), 30, 0.0, beta)
    assert (risk >= 0).all()
    assert linear.double_descent_risk(10, 30, 30, 0.0, beta) == pytest.approx(
        beta @ beta * (1 - 10 / 30)
    )


def test_what_overflows_is_told():
    X, y, _ = problem(0)
    for call, told in (
        (lambda: linear.min_norm(X * 1e200, y), "X must be below 1e150"),
        (lambda: linear.smoothest(X, y * 1e200), "y must be below 1e150"),
        (lambda: linear.min_norm(X * 1e100, y, np.full(20, 1e300)), "w0 must be"),
        (lambda: linear.isotropic_risk(3, 1, 1.0, 1e308), "must be smaller"),
        (lambda: linear.ridge_risk(1, 2, 1.0, 1e308, 1e-3), "must be smaller"),
        (lambda: linear.double_descent_risk(3, 1, 2, 0, [1e200, 1]), "signal must be"),
    ):
        with pytest.raises(ValueError, match=told):
            call()
    with pytest.raises(TypeError, match="mask"):
        linear.min_norm(np.ma.masked_less(X, 0), y)
