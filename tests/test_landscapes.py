"""Derivatives against finite differences, minima against published values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from d2lutils import landscapes
from d2lutils.linear_networks import linear_network

BUILDERS = {
    "risk": lambda: landscapes.risk((-1, 2)),
    "empirical risk": landscapes.empirical_risk,
    "cubic": landscapes.cubic,
    "tanh": landscapes.tanh,
    "hyperbolic": lambda: landscapes.quadratic([2.0, -2.0]),
    "double well": landscapes.double_well,
    "rastrigin": lambda: landscapes.rastrigin(3),
    "quadratic": lambda: landscapes.quadratic([3.0, -1.0, 0.5]),
    "deep scalar": lambda: landscapes.deep_scalar(4),
    "linear network": lambda: linear_network([[2.0, 0.3, 0.0], [0.1, 1.0, -0.4]], 2),
    "tanh network": lambda: landscapes.tanh_network(
        [[1.0, 0.5], [1.0, -2.0], [1.0, 0.1]], [1.0, -1.0, 0.3], 2, penalty=0.1
    ),
}
ALL = {name: build() for name, build in BUILDERS.items()}


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_derivatives_agree_with_finite_differences(name, data):
    landscape = ALL[name]
    unit = st.floats(0, 1)
    where = data.draw(st.lists(unit, min_size=landscape.dim, max_size=landscape.dim))
    low, high = landscape.domain.T
    x, h = low + (high - low) * np.array(where), 1e-5
    ends = x + h * np.stack([np.eye(landscape.dim), -np.eye(landscape.dim)])
    scale = 1 + np.abs(landscape.hess(x)).max()
    values, slopes = landscape.f(ends), landscape.grad(ends)
    assert_allclose(
        (values[0] - values[1]) / (2 * h), landscape.grad(x), atol=1e-6 * scale
    )
    assert_allclose(
        (slopes[0] - slopes[1]) / (2 * h), landscape.hess(x), atol=1e-6 * scale
    )


@pytest.mark.parametrize("name", ALL)
def test_batches_are_rows_of_single_points(name):
    landscape = ALL[name]
    batch = np.random.default_rng(0).uniform(
        *landscape.domain.T, size=(2, 3, landscape.dim)
    )
    for function, shape in ((landscape.f, 0), (landscape.grad, 1), (landscape.hess, 2)):
        values = function(batch)
        assert values.shape == (2, 3) + (landscape.dim,) * shape
        assert_allclose(values[1, 2], function(batch[1, 2]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_listed_minima_are_stationary_with_positive_curvature(name):
    landscape = ALL[name]
    if name in ("cubic", "tanh", "hyperbolic", "quadratic", "linear network"):
        assert landscape.minima.shape == (0, landscape.dim)
    else:
        assert_allclose(landscape.grad(landscape.minima), 0, atol=1e-11)
        assert (np.linalg.eigvalsh(landscape.hess(landscape.minima)) > 0).all()


def test_stationary_points_of_the_risk():
    points = landscapes.stationary_points(ALL["risk"])
    assert points.kind.tolist() == ["min", "max", "min"]
    assert_allclose(points.x, [-0.2738527, 0.2738527, 1.0904082], atol=5e-8)
    assert_allclose(points.value, [-0.1786025, 0.1786025, -1.0467211], atol=5e-8)
    # f'(x) = 0 says pi x tan(pi x) = 1, whose roots come in pairs and, beyond the
    # first, near whole numbers.
    assert_allclose(np.pi * points.x * np.tan(np.pi * points.x), 1, rtol=1e-12)


def test_excess_risk_of_the_empirical_minimizer():
    population, empirical = landscapes.risk(), landscapes.empirical_risk(0.2)
    best = empirical.minima[empirical.f(empirical.minima).argmin()]
    assert_allclose(best, 1.0169834, atol=5e-8)
    assert_allclose(empirical.f(best), -1.2084614, atol=5e-8)
    assert_allclose(
        population.f(best) - population.f(population.minima[0]), 0.0311849, atol=5e-8
    )


@pytest.mark.parametrize("low", [-1.0, -1.37])  # with zero on the grid and off it
def test_degenerate_roots_are_found_and_named(low):
    cubic = landscapes.stationary_points(landscapes.cubic((low, 2)))
    assert cubic.kind.tolist() == ["saddle"]
    assert_allclose(cubic.x, 0, atol=1e-12)
    for depth, kinds in {
        2: ["min", "max", "min"],
        3: ["saddle", "min"],
        4: ["min", "max", "min"],
    }.items():
        points = landscapes.stationary_points(
            landscapes.deep_scalar(depth, (min(low, -1.2), 1.5))
        )
        assert points.kind.tolist() == kinds
        assert_allclose(points.x, [-1, 0, 1][-len(kinds) :], atol=1e-12)


def test_rastrigin_has_eleven_minima_a_side():
    assert [len(landscapes.rastrigin(dim).minima) for dim in (1, 2, 3)] == [
        11,
        121,
        1331,
    ]
    assert landscapes.rastrigin(7).minima.shape == (1, 7)


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match=r"shape \(\.\.\., 2\), got \(5, 3\)"):
        landscapes.double_well().f(np.zeros((5, 3)))
    with pytest.raises(ValueError, match="low, high"):
        landscapes.risk((1, 0))
    with pytest.raises(ValueError, match="flat on an interval"):
        landscapes.stationary_points(landscapes.quadratic([0.0]))
    with pytest.raises(ValueError, match="one variable"):
        landscapes.stationary_points(landscapes.double_well())
    with pytest.raises(ValueError, match="whole number"):
        landscapes.deep_scalar(2.5)
