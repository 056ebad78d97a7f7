"""Paths between parameters, slices of the loss: by closed forms and invariances."""

import numpy as np
import pytest

from d2lutils import connectivity, engines, networks

INPUT = (3,)
NETWORK = networks.mlp(5, 2)
SIZE = networks.num_parameters(NETWORK, INPUT)


def outputs(parameters, network=NETWORK):
    x = np.random.default_rng(1).standard_normal((7, *INPUT))
    return engines.build(
        network, INPUT, parameters=parameters, device="cpu", dtype="float64"
    ).predict(x)


def random_parameters(seed):
    return np.random.default_rng(seed).standard_normal(SIZE)


def test_paths_start_and_end_where_they_should():
    start, bend, end = (random_parameters(seed) for seed in range(3))
    for path in (
        connectivity.segment(start, end, [0, 1]),
        connectivity.bezier(start, bend, end, [0, 1]),
    ):
        assert np.allclose(path, [start, end])
    middle = connectivity.bezier(start, bend, end, [0.5])[0]
    assert np.allclose(middle, start / 4 + bend / 2 + end / 4)
    t = np.linspace(0, 1, 5)
    straight = connectivity.bezier(start, (start + end) / 2, end, t)
    assert np.allclose(straight, connectivity.segment(start, end, t))


def test_the_bend_goes_round_a_hill():
    """Two minima on a circle of minima, with a hill of height 1 at its centre."""

    def objective(w):
        gap = 1 - w @ w
        return gap**2, -4 * gap * w

    start, end = np.array([-1.0, 0.1]), np.array([1.0, 0.1])
    start, end = start / np.linalg.norm(start), end / np.linalg.norm(end)
    t = np.linspace(0, 1, 101)
    line = connectivity.losses_at(objective, connectivity.segment(start, end, t))
    bend = connectivity.fit_bend(objective, start, end)
    curve = connectivity.losses_at(objective, connectivity.bezier(start, bend, end, t))
    assert line.max() == pytest.approx((1 - start[1] ** 2) ** 2)
    assert curve.max() < line.max() / 3
    # No other bend on the axis of symmetry does better on average.
    heights = np.linspace(0.5, 3, 26)
    others = [
        connectivity.losses_at(
            objective, connectivity.bezier(start, [0, h], end, t)
        ).mean()
        for h in heights
    ]
    assert curve.mean() <= min(others) + 1e-3


@pytest.mark.parametrize("bias", [True, False])
def test_renumbered_units_compute_the_same_and_are_found_again(bias):
    network = networks.mlp(5, 2, "tanh", bias=bias)
    parameters = networks.initial_parameters(network, INPUT, seed=3, scheme="normal")
    order = np.array([3, 0, 4, 1, 2])
    renumbered = connectivity.permute_units(network, INPUT, parameters, order)
    assert not np.allclose(renumbered, parameters)
    assert np.allclose(outputs(renumbered, network), outputs(parameters, network))
    back = connectivity.match_units(network, INPUT, renumbered, parameters)
    assert np.array_equal(
        connectivity.permute_units(network, INPUT, renumbered, back), parameters
    )


def test_filter_normalised_slices_do_not_see_a_rescaling_of_layers():
    """ReLU(c z) = c ReLU(z) for c > 0: W1, b1 times c and W2 / c are one function."""
    parameters = random_parameters(4)
    arrays = networks.unflatten(NETWORK, INPUT, parameters)
    factors = {"1.weight": 10, "1.bias": 10, "3.weight": 0.1}
    scaled = np.concatenate(
        [(factors.get(name, 1) * array).ravel() for name, array in arrays.items()]
    )
    direction = random_parameters(5)

    def moved(point):
        return point + 0.5 * connectivity.filter_normalised(
            NETWORK, INPUT, point, direction
        )

    assert np.allclose(outputs(scaled), outputs(parameters))
    assert np.allclose(outputs(moved(scaled)), outputs(moved(parameters)))
    assert not np.allclose(
        outputs(scaled + 0.5 * direction),
        outputs(parameters + 0.5 * direction),
        atol=0.1,
    )
    rows = networks.unflatten(
        NETWORK,
        INPUT,
        connectivity.filter_normalised(NETWORK, INPUT, parameters, direction),
    )
    assert np.allclose(
        np.linalg.norm(rows["1.weight"], axis=1),
        np.linalg.norm(arrays["1.weight"], axis=1),
    )
    assert not rows["1.bias"].any()


@pytest.mark.filterwarnings("error")
def test_numbers_of_any_size_are_right_or_refused():
    parameters, direction = random_parameters(0), random_parameters(1)
    order = np.array([3, 0, 4, 1, 2])
    usual = connectivity.filter_normalised(NETWORK, INPUT, parameters, direction)
    renumbered = connectivity.permute_units(NETWORK, INPUT, parameters, order)
    for size in (1e-200, 1e200):
        big = connectivity.filter_normalised(
            NETWORK, INPUT, size * parameters, direction / size
        )
        assert np.allclose(big / size, usual)
        back = connectivity.match_units(
            NETWORK, INPUT, size * renumbered, size * parameters
        )
        assert np.array_equal(order[back], np.arange(5))
    with pytest.raises(ValueError, match="overflow"):
        connectivity.segment([1e308], [-1e308], [2.0])
    with pytest.raises(ValueError, match="overflow"):
        connectivity.bezier([1e300], [0.0], [1e300], [1e10])
    with pytest.raises(ValueError, match="objective must be finite"):
        connectivity.fit_bend(lambda w: (np.nan, w), [0.0], [1.0])


def test_bad_input_is_told():
    with pytest.raises(ValueError, match="same length"):
        connectivity.segment(np.zeros(3), np.zeros(4), [0.5])
    with pytest.raises(ValueError, match="finite"):
        connectivity.fit_bend(lambda w: (0.0, w), np.zeros(3), np.full(3, np.nan))
    with pytest.raises(ValueError, match="permutation of the 5"):
        connectivity.permute_units(
            NETWORK, INPUT, random_parameters(0), [0, 0, 1, 2, 3]
        )
    with pytest.raises(ValueError, match="two Dense layers"):
        connectivity.match_units(
            networks.mlp([4, 4], 2), INPUT, random_parameters(0), random_parameters(1)
        )
