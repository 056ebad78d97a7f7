"""Eigenvalues against closed forms, random matrix theory and numerical Hessians."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import integrate, stats

from d2lutils import landscapes, spectra
from d2lutils.linear_networks import (
    linear_net_critical_points,
    linear_net_weights,
    linear_network,
)


def test_probability_of_a_minimum_in_closed_form():
    closed = [
        1 / 2,
        (2 - math.sqrt(2)) / 4,
        (math.pi - 2 * math.sqrt(2)) / (4 * math.pi),
    ]
    assert_allclose(
        [spectra.positive_probability(n) for n in (1, 2, 3)], closed, rtol=1e-15
    )
    assert_allclose(spectra.positive_probability(4), 0.00245671, atol=5e-9)
    assert_allclose(spectra.positive_probability(5), 1.40115e-4, atol=5e-10)


def test_probability_of_a_minimum_decays_as_dean_and_majumdar_say():
    logs = np.log([spectra.positive_probability(n) for n in (28, 29, 30, 31)])
    # Differences of -(ln 3 / 4) n^2 change by ln 3 over two steps; constants and linear
    # terms drop out.
    assert_allclose((logs[3] - logs[2]) - (logs[1] - logs[0]), -math.log(3), rtol=1e-3)


def test_the_logarithm_agrees_with_the_exact_pfaffian():
    n = [1, 2, 3, 4, 10, 25, 50]
    exact = np.log([spectra.positive_probability(k) for k in n])
    assert_allclose([spectra.log_positive_probability(k) for k in n], exact, rtol=1e-12)


@pytest.mark.parametrize("shift", [-1.4, -0.3, 0.8, 5.0, 50.0])
def test_one_eigenvalue_is_normal_and_two_have_an_angle(shift):
    """Two: mean and half difference are N(0, 1/2) and Rayleigh, sqrt(x / 2) with x of
    chi-square of two degrees of freedom.
    """
    log = stats.norm.logcdf(shift)
    assert_allclose(spectra.log_positive_probability(1, shift), log, rtol=0, atol=1e-11)
    both = integrate.quad(
        lambda r: 2 * r * np.exp(-(r**2)) * stats.norm.cdf(np.sqrt(2) * (shift - r)),
        0,
        8,
        epsabs=0,
        epsrel=1e-11,
        points=[0.1, 1, 3],
    )[0]
    found = spectra.log_positive_probability(2, shift)
    assert_allclose(found, np.log(both), rtol=1e-9, atol=1e-10)


def test_shifted_matrices_are_positive_as_often_as_the_logarithm_says():
    smallest = np.linalg.eigvalsh(spectra.goe(8, np.random.default_rng(3), 40000))[:, 0]
    for shift in (2.5, 3.5, 4.5):
        p, measured = (
            np.exp(spectra.log_positive_probability(8, shift)),
            (smallest > -shift).mean(),
        )
        assert abs(measured - p) < 4 * math.sqrt(p * (1 - p) / 40000)


def test_goe_has_the_exact_share_of_minima_and_the_right_variances():
    rng, count = np.random.default_rng(0), 40000
    matrices = spectra.goe(3, rng, count)
    assert_array_equal(matrices, np.swapaxes(matrices, 1, 2))
    assert_allclose(matrices.var(0), (1 + np.eye(3)) / 2, atol=0.03)
    p = spectra.positive_probability(3)
    measured = (spectra.index(np.linalg.eigvalsh(matrices)) == 0).mean()
    assert abs(measured - p) < 4 * math.sqrt(p * (1 - p) / count)
    assert spectra.goe(4, rng).shape == (4, 4)


def quadratic_gradient(eigenvalues, seed, dtype=np.float64):
    """Gradient of a quadratic form with given eigenvalues in random directions."""
    n = len(eigenvalues)
    q = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))[0]
    hessian = (q * eigenvalues) @ q.T
    return lambda x: (hessian @ x).astype(dtype)


@settings(max_examples=20, deadline=None)
@given(
    eigenvalues=st.lists(st.integers(-20, 20), min_size=1, max_size=12).map(sorted),
    seed=st.integers(0, 50),
)
def test_spectrum_of_a_quadratic_is_recovered(eigenvalues, seed):
    eigenvalues = np.array(eigenvalues, dtype=float)
    gradient, point = quadratic_gradient(eigenvalues, seed), np.ones(len(eigenvalues))
    assert_allclose(
        spectra.hessian_eigenvalues(gradient, point), eigenvalues, atol=1e-7
    )
    assert (
        spectra.index(spectra.hessian_eigenvalues(gradient, point), 1e-6)
        == (eigenvalues < 0).sum()
    )
    assert_allclose(spectra.sharpness(gradient, point), eigenvalues[-1], atol=1e-4)
    assert_allclose(
        spectra.extreme_eigenvalues(gradient, point), eigenvalues[[0, -1]], atol=1e-4
    )


def test_float32_gradients_get_a_coarser_step():
    gradient = quadratic_gradient(np.linspace(-3, 10.4, 40), 0, np.float32)
    assert spectra.sharpness(gradient, np.full(40, 0.1), tol=1e-3) == pytest.approx(
        10.4, rel=3e-3
    )


@pytest.mark.parametrize(
    "landscape", [landscapes.double_well(), landscapes.rastrigin(4)]
)
def test_differences_and_exact_hessian_agree(landscape):
    point = np.random.default_rng(3).uniform(-1, 1, landscape.dim)
    exact = spectra.hessian_eigenvalues(landscape, point)
    assert_allclose(
        spectra.hessian_eigenvalues(landscape.grad, point), exact, rtol=1e-6
    )
    assert_allclose(
        spectra.extreme_eigenvalues(landscape, point), exact[[0, -1]], rtol=1e-5
    )


@pytest.mark.parametrize(
    ("shape", "hidden"), [((3, 3), 1), ((3, 3), 2), ((2, 4), 3), ((4, 3), 2)]
)
def test_index_of_linear_nets_against_numerical_hessians(shape, hidden):
    target = np.random.default_rng(7).normal(size=shape)
    critical = linear_net_critical_points(target, hidden)
    network = linear_network(target, hidden)
    assert (np.diff(critical.losses) >= 0).all()
    for subset, loss, index in zip(
        critical.subsets, critical.losses, critical.indices, strict=True
    ):
        point = linear_net_weights(target, hidden, subset)
        assert_allclose(network.grad(point), 0, atol=1e-12)
        assert_allclose(network.f(point), loss, atol=1e-12)
        assert (
            spectra.index(spectra.hessian_eigenvalues(network.grad, point), 1e-6)
            == index
        )


def test_linear_nets_have_no_bad_local_minimum():
    critical = linear_net_critical_points(np.diag([4.0, 3.0, 2.0, 1.0]), 2)
    assert critical.subsets[0] == (0, 1)
    assert critical.losses[0] == pytest.approx(0.5 * (2**2 + 1**2))
    assert_array_equal(critical.indices == 0, critical.losses == critical.losses[0])
    # At the origin each of 2 hidden units pairs with each of 4 singular values: 8 ways
    # down.
    assert critical.subsets[-1] == ()
    assert critical.indices[-1] == 8


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: spectra.positive_probability(0), "whole number >= 1"),
        (lambda: spectra.positive_probability(51), "<= 50"),
        (lambda: spectra.log_positive_probability(2, -2.1), "shift must be .* >= -2"),
        (lambda: spectra.sharpness(lambda x: x[:2], np.ones(3)), "point's shape"),
        (
            lambda: spectra.sharpness(lambda x: x, [1.0, np.nan, 0.0]),
            "point must be finite",
        ),
        (
            lambda: spectra.hessian_eigenvalues(lambda x: x, np.ones(3), eps=0),
            "eps must be .* > 0",
        ),
        (
            lambda: spectra.hessian_eigenvalues(lambda x: 2 * x, [1e10, 0.0]),
            "eps must be >= .* rounding of point",
        ),
        (lambda: spectra.sharpness(lambda x: x**3, np.full(3, 1e150)), "finite"),
        (
            lambda: spectra.hessian_eigenvalues(landscapes.double_well(), [1e200] * 2),
            "the Hessian must be finite",
        ),
        (lambda: linear_net_critical_points(np.eye(3), 2), "must differ"),
        (lambda: linear_net_weights(np.diag([2.0, 1.0]), 1, (0, 1)), "at most 1"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_wrong_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.filterwarnings("error")
def test_steps_beside_large_points_are_seen_or_refused():
    """A quadratic form has one Hessian everywhere, and rounding must not hide it."""
    gradient = quadratic_gradient(np.array([-3.0, 1, 5]), 0)
    far = np.full(3, 1e6)
    assert_allclose(spectra.hessian_eigenvalues(gradient, far), [-3, 1, 5], atol=1e-3)
    assert_allclose(
        spectra.hessian_eigenvalues(gradient, 1e6 * far, eps=1e5), [-3, 1, 5]
    )
    assert spectra.index(np.array([-1e308, 1e308, 0])) == 1
