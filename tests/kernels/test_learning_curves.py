"""The learning curve foretold from a spectrum, against closed forms, the ridge formula
of random matrix theory, and regression itself.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from d2lutils import kernels, linear


@pytest.mark.parametrize("ridge", [1e-3, 0.3, 50.0])
def test_equal_eigenvalues_are_isotropic_ridge_regression(ridge):
    n, p, sigma = np.array([7.0, 40.0, 300.0]), 60, 0.5
    target = np.random.default_rng(0).standard_normal(p)
    curve = kernels.learning_curve(np.ones(p), target, n, ridge, sigma)
    expected = linear.ridge_risk(n, p, (target**2).sum(), sigma**2, ridge)
    assert_allclose(curve.errors, expected, rtol=1e-12)


def test_without_a_ridge_two_eigenvalues_give_a_quadratic_equation():
    values, target = np.array([3.0, 0.5]), np.array([1.0, -2.0])
    n, sigma = [0.2, 1.0, 1.9], 0.4
    curve = kernels.learning_curve(values, target, n, sigma=sigma)
    for i, size in enumerate(n):
        # n (a + k)(b + k) = a (b + k) + b (a + k) has one root above 0.
        roots = np.roots([size, (size - 1) * 3.5, (size - 2) * 1.5])
        kappa = roots[roots > 0].item()
        assert_allclose(curve.kappa[i], kappa, rtol=1e-12)
        learnt = values / (values + kappa)
        assert_allclose(curve.learnt[i], learnt, rtol=1e-12)
        missed = ((1 - learnt) ** 2 @ target**2) + sigma**2
        expected = missed / (1 - (learnt**2).sum() / size)
        assert_allclose(curve.errors[i], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("n", "ridge", "sigma"), [(50, 0.05, 0.3), (100, 0.0, 0.0), (80, 1.0, 0.5)]
)
def test_regression_with_unequal_eigenvalues_errs_as_foretold(n, ridge, sigma):
    rng, modes = np.random.default_rng(n), np.arange(1, 401)
    values, target = modes**-1.5, modes**-0.8 * rng.choice([-1, 1], 400)
    found = []
    for _ in range(40):
        X = rng.standard_normal((n, 400))
        y = X @ target + sigma * rng.standard_normal(n)
        model = kernels.KernelRegression((X * values) @ X.T, y, ridge)
        weights = values * (X.T @ model.weights)
        found.append(((weights - target) ** 2).sum() + sigma**2)
    foretold = kernels.learning_curve(values, target, n, ridge, sigma).errors[0]
    error = np.std(found) / np.sqrt(40)
    assert abs(np.mean(found) - foretold) < 4 * error < 0.08 * foretold


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"eigenvalues": [1.0, 0.0]}, "eigenvalues must be between"),
        ({"coefficients": [1.0]}, "coefficients must be 2 numbers"),
        ({"n": [1.0, 2.0]}, "n must be below the number of eigenvalues 2"),
        ({"n": 0.0}, "n must be numbers above 0"),
    ],
)
def test_what_makes_no_curve_is_refused(bad, message):
    good = {"eigenvalues": [1.0, 0.5], "coefficients": [1.0, 1.0], "n": 1.0}
    with pytest.raises(ValueError, match=message):
        kernels.learning_curve(**(good | bad))
