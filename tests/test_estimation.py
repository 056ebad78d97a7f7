"""Minimizers of samples against a global search and the theory of large samples."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar

from d2lutils import estimation


def test_minimizers_agree_with_a_global_search():
    z = np.array([-3, -0.5, -0.2, -0.01, 0, 0.01, 0.1, 0.2, 0.5, 3])
    found = estimation.empirical_minimizers(z)
    for mean, x in zip(z, found, strict=True):

        def g(t, mean=mean):
            return t * np.cos(np.pi * t) + mean * np.cos(5 * np.pi * t)

        edges = np.linspace(0.5, 1.5, 41)
        pieces = [
            minimize_scalar(g, bounds=pair, method="bounded", options={"xatol": 1e-10})
            for pair in itertools.pairwise(edges)
        ]
        best = min(pieces, key=lambda piece: piece.fun)
        assert_allclose(x, best.x, atol=1e-7)
        assert g(x) <= best.fun + 1e-15


def test_the_sample_of_mean_one_fifth():
    x = estimation.empirical_minimizers(np.array([0.2]))
    assert_allclose(x, 1.0169834, atol=5e-8)
    assert_allclose(estimation.excess_risk(x), 0.0311849, atol=5e-8)
    assert_allclose(
        estimation.training_minimum(x, 0.2), -1.2084614 + 1.0467211, atol=1e-7
    )


def test_large_samples_reach_the_limits():
    limits = estimation.asymptotics()
    assert_allclose(
        [limits.sd, limits.excess, limits.curvature],
        [1.28438, 9.97324, 12.0914],
        rtol=1e-5,
    )
    sigma, n = 0.1, 1600
    half = estimation.sample_means(sigma, n, 20000, np.random.default_rng(0))
    z = np.concatenate(
        [half, -half]
    )  # pairs cancel the first-order noise of the training minimum
    x = estimation.empirical_minimizers(z)
    assert_allclose(np.sqrt(n) * x.std() / sigma, limits.sd, rtol=0.02)
    scale = n / sigma**2
    assert_allclose(scale * estimation.excess_risk(x).mean(), limits.excess, rtol=0.04)
    assert_allclose(
        scale * estimation.training_minimum(x, z).mean(), limits.bias, rtol=0.04
    )
    assert_allclose(
        scale * estimation.optimism(x, z).mean(), limits.optimism, rtol=0.04
    )


def test_means_of_samples_have_the_standard_error_of_real_ones():
    rng = np.random.default_rng(1)
    real = rng.normal(0, 0.5, (20000, 25)).mean(1)
    drawn = estimation.sample_means(0.5, 25, 20000, rng)
    assert_allclose([real.std(), drawn.std()], 0.1, rtol=0.03)


def test_wrong_input_is_named():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="sigma"):
        estimation.sample_means(-1.0, 10, 10, rng)
    with pytest.raises(ValueError, match="num_samples"):
        estimation.sample_means(1.0, 0, 10, rng)
    with pytest.raises(ValueError, match="z must be"):
        estimation.empirical_minimizers(np.array([0.1, np.nan]))
