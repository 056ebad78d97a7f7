"""Kernel regression and gradient flow against linear algebra written out."""

import warnings

import numpy as np
import pytest
from scipy.linalg import expm

from d2lutils.kernels import KernelRegression, cntk, gradient_flow, ntk, of
from d2lutils.networks import Dense, Network, ReLU


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


def waves(dtype):
    """A kernel of 100 points on a line, between 7 other points and these, and a wave.

    Most eigenvalues lie below rounding, and some of them below 0.
    """
    x = np.linspace(-30, 30, 100, dtype=dtype)[:, None]
    z = np.linspace(-29, 25, 7, dtype=dtype)[:, None]
    network = Network(Dense(9), ReLU(), Dense(9), ReLU(), Dense(1))
    return of(network, x), of(network, z, x), np.sin(x[:, 0].astype(float))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_gradient_flow_never_explodes(dtype):
    kernel, cross, y = waves(dtype)
    kernel = kernel.astype(dtype)
    exact, *_ = waves(np.float64)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        times = [1e3, 1e5, 1e8, 1e12, 1e300]
        flow = gradient_flow(kernel, y, times)
        away = gradient_flow(kernel, y, times, cross)
    assert [w.category for w in told] == 2 * [UserWarning] * (dtype != np.float64)
    assert all("float64 inputs" in str(w.message) for w in told)
    # exp(-K t) shrinks, so that f_t = y - exp(-K t) y is never longer than y.
    assert (np.linalg.norm(flow, axis=1) <= np.linalg.norm(y) * (1 + 1e-6)).all()
    large = np.linalg.eigvalsh(exact) > 1e-3 * np.trace(exact)
    vectors = np.linalg.eigh(exact)[1][:, large]
    np.testing.assert_allclose(vectors.T @ flow[-1], vectors.T @ y, atol=2e-2)
    # A smooth curve through the others: no further out than four times the wave.
    assert np.abs(away).max() < 4
    np.testing.assert_allclose(away, away[:1] + 0 * away, atol=1e-5)


def test_gradient_flow_of_images_that_occur_twice():
    images = np.random.default_rng(0).random((12, 1, 5, 5)).astype(np.float32)
    images = np.concatenate([images, images[:2]])
    y = np.r_[np.arange(12.0), 0, 1]
    kernel = cntk(images, depth=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # float32 rounding may or may not show
        end = gradient_flow(kernel, y, 1e12)[0]
        again = gradient_flow(kernel, y, 1e12, kernel[:3])[0]
    np.testing.assert_allclose(end, y, atol=1e-3)
    np.testing.assert_allclose(again, y[:3], atol=1e-3)


def test_eigenvalues_below_zero():
    with pytest.raises(ValueError, match=r"positive semidefinite, got .* -0.01"):
        gradient_flow(np.diag([1.0, -0.01]), np.ones(2), 1.0)
    with pytest.warns(UserWarning, match="1 of 2 eigenvalues"):
        flow = gradient_flow(np.diag([1.0, -1e-7]), np.ones(2), 1e12)
    np.testing.assert_allclose(flow[0], [1, 0])
    assert not gradient_flow(np.zeros((2, 2)), np.ones(2), 1e9).any()


def test_a_kernel_rounded_to_float32_is_told():
    nearly = np.diag(np.logspace(0, -8, 9))
    KernelRegression(nearly, np.ones(9))
    with pytest.warns(UserWarning, match="float64 inputs"):
        KernelRegression(nearly.astype(np.float32), np.ones(9))
    ridge = KernelRegression(nearly.astype(np.float32), np.ones(9), ridge=0.1)
    np.testing.assert_allclose(ridge.weights, 1 / (np.diag(nearly) + 0.1), rtol=1e-6)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-300, 1e-150, 1e150, 1e300])
def test_kernels_of_any_size_are_solved(size):
    K = size * np.array([[1.0, 0.5], [0.5, 1.0]])
    assert KernelRegression(K, [1.0, 2.0]).predict(K) == pytest.approx([1, 2])
    flow = gradient_flow(K, [1.0, 2.0], [0, 30 / size], K)
    np.testing.assert_allclose(flow, [[0, 0], [1, 2]], atol=1e-5)


@pytest.mark.filterwarnings("error")
def test_what_overflows_is_told():
    huge = 1.7e308 * np.array([[1.0, 0.5], [0.5, 1.0]])
    for call in (
        lambda: KernelRegression(huge, [1.0, 2.0]),
        lambda: KernelRegression(np.eye(2) * 1e-300, [1e200, 0]),
        lambda: KernelRegression(np.eye(2), [1e200, 0]).predict(np.eye(2) * 1e200),
        lambda: gradient_flow(huge, [1.0, 2.0], 1.0),
        lambda: gradient_flow(np.eye(2), [1e308, 0], 1.0, initial=[-1e308, 0]),
    ):
        with pytest.raises(ValueError, match="overflow"):
            call()
