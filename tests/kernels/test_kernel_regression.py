"""Kernel regression and gradient flow against linear algebra written out."""

import numpy as np
import pytest
from scipy.linalg import expm

from d2lutils.kernels import KernelRegression, gradient_flow, ntk


def test_regression_interpolates_and_shrinks():
    rng = np.random.default_rng(0)
    X, y, Z = (
        rng.standard_normal((40, 5)),
        rng.standard_normal((40, 2)),
        rng.standard_normal((6, 5)),
    )
    K, cross = ntk(X, depth=2), ntk(Z, X, depth=2)
    model = KernelRegression(K, y)
    np.testing.assert_allclose(model.predict(K), y, atol=1e-9)
    assert model.residual < 1e-14
    assert model.condition == pytest.approx(np.linalg.cond(K, 1), rel=2)
    ridge = KernelRegression(K, y, ridge=3.0)
    np.testing.assert_allclose(
        ridge.predict(cross), cross @ np.linalg.solve(K + 3 * np.eye(40), y), rtol=1e-8
    )


def test_regression_classifies_integer_labels():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 20)
    X = np.eye(3)[labels] * 3 + 0.3 * rng.standard_normal((60, 3))
    model = KernelRegression(ntk(X[::2], depth=1), labels[::2])
    assert (model.classify(ntk(X[1::2], X[::2], depth=1)) == labels[1::2]).all()


def test_ill_conditioning_is_told():
    X = np.random.default_rng(0).standard_normal((20, 5))
    K = ntk(np.concatenate([X, X[:1]]), depth=1)
    with pytest.raises(ValueError, match=r"ridge|positive definite"):
        KernelRegression(K - 1e-9 * np.eye(21), np.ones(21))
    nearly = np.diag(np.logspace(0, -14, 15))
    with pytest.warns(UserWarning, match="condition number"):
        KernelRegression(nearly, np.ones(15))
    with pytest.raises(ValueError, match="not symmetric"):
        KernelRegression(np.triu(np.ones((3, 3))), np.ones(3))


def test_gradient_flow_is_a_matrix_exponential():
    rng = np.random.default_rng(0)
    X, Z, y, start = (
        rng.standard_normal((12, 4)),
        rng.standard_normal((3, 4)),
        rng.standard_normal(12),
        rng.random(12),
    )
    K, cross = ntk(X, depth=1), ntk(Z, X, depth=1)
    flow = gradient_flow(K, y, [0.0, 0.3], initial=start)
    np.testing.assert_allclose(
        flow, [start, y + expm(-0.3 * K) @ (start - y)], atol=1e-10
    )
    np.testing.assert_allclose(
        gradient_flow(K, y, 0.3, K)[0], gradient_flow(K, y, 0.3)[0], atol=1e-10
    )
    np.testing.assert_allclose(
        gradient_flow(K, y, 1e9, cross)[0],
        KernelRegression(K, y).predict(cross),
        atol=1e-8,
    )
