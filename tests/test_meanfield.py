"""The mean-field recursion against closed forms, quadrature and wide random nets."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from d2lutils import meanfield

PHI = {
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: 0.25 / np.cosh(x / 2) ** 2),
    "relu": (lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(float)),
}


@given(gain=st.floats(0.01, 5), depth=st.integers(1, 50))
@settings(deadline=None, max_examples=30)
def test_relu_and_linear_gradients_are_geometric(gain, depth):
    left = np.arange(depth, -1, -1)  # layers still to come
    np.testing.assert_allclose(
        meanfield.gradient_norms(depth, "relu", gain),
        (gain**2 / 2) ** (left / 2),
        rtol=1e-9,
    )
    np.testing.assert_allclose(
        meanfield.gradient_norms(depth, "linear", gain), gain**left, rtol=1e-9
    )


def test_he_gain_keeps_the_gradient_of_relu_and_unit_gain_halves_its_square():
    np.testing.assert_allclose(meanfield.gradient_norms(50), 1, rtol=1e-12)
    assert np.log10(meanfield.gradient_norms(50, gain=1)[0]) == pytest.approx(
        -25 * np.log10(2)
    )


def test_skip_connections_double_the_square_unless_scaled_by_depth():
    assert meanfield.gradient_norms(50, residual=1)[0] == pytest.approx(2**25)
    assert meanfield.gradient_norms(50, residual=50**-0.5)[0] == pytest.approx(
        (1 + 1 / 50) ** 25
    )
    np.testing.assert_allclose(meanfield.gradient_norms(7, "tanh", residual=0), 1)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
@pytest.mark.parametrize("gain", [0.1, 1.0, 5.0, 20.0, 50.0])
def test_one_layer_agrees_with_adaptive_quadrature(activation, gain):
    variances, factors = meanfield.propagate(2, activation, gain)
    phi, slope = PHI[activation]

    def expect(f, q):
        """The mean of f(x)^2 over x ~ N(0, q), most finely near 0, where f bends."""
        edges = sorted({0.0, min(30.0, 12 * np.sqrt(q)), 12 * np.sqrt(q)})
        return sum(
            quad(
                lambda x: (f(x) ** 2 + f(-x) ** 2) * np.exp(-(x**2) / (2 * q)),
                *piece,
                epsabs=1e-15,
                epsrel=1e-13,
                limit=200,
            )[0]
            for piece in itertools.pairwise(edges)
        ) / np.sqrt(2 * np.pi * q)

    for layer in (0, 1):
        q = variances[layer]
        assert variances[layer + 1] == pytest.approx(
            gain**2 * expect(phi, q), rel=1e-10
        )
        assert factors[layer] == pytest.approx(gain**2 * expect(slope, q), rel=1e-10)


@pytest.mark.parametrize(
    ("activation", "gain", "residual"),
    [
        ("relu", 1.0, None),
        ("tanh", 1.5, None),
        ("sigmoid", 3.0, None),
        ("relu", 2**0.5, 1.0),
        ("tanh", 1.0, 0.3),
    ],
)
def test_wide_random_nets_follow_the_recursion(activation, gain, residual):
    rng, width, batch, depth, num_nets = np.random.default_rng(0), 256, 8, 8, 16
    phi, slope = PHI[activation]
    skip, scale = (0, 1) if residual is None else (1, residual)
    squares = np.zeros(depth + 1)
    for _ in range(num_nets):
        h, layers = rng.standard_normal((batch, width)), []
        for _ in range(depth):
            weight = gain / np.sqrt(width) * rng.standard_normal((width, width))
            layers.append((h, weight))
            h = skip * h + scale * phi(h) @ weight.T
        gradient = rng.standard_normal((batch, width))
        for layer in range(depth, -1, -1):
            squares[layer] += (gradient**2).mean()
            if layer:
                h, weight = layers[layer - 1]
                gradient = skip * gradient + scale * slope(h) * (gradient @ weight)
    measured = np.sqrt(squares / squares[-1])
    np.testing.assert_allclose(
        measured, meanfield.gradient_norms(depth, activation, gain, residual), rtol=0.06
    )


@pytest.mark.parametrize(
    "bad",
    [
        {"depth": 0},
        {"depth": 2.5},
        {"activation": "gelu"},
        {"gain": -1},
        {"gain": np.nan},
        {"residual": -0.1},
    ],
)
def test_bad_input_is_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        meanfield.gradient_norms(**{"depth": 5, **bad})


@pytest.mark.parametrize(("gain", "bias_scale"), [(0.8, 0.4), (1.8, 0.2), (2.5, 0.0)])
def test_the_fixed_points_of_tanh_agree_with_adaptive_quadrature(gain, bias_scale):
    found = meanfield.phase(gain, bias_scale)

    def mean(f):
        return quad(lambda z: f(z) * np.exp(-z * z / 2), -12, 12, epsabs=1e-12)[0] / (
            np.sqrt(2 * np.pi)
        )

    def both(f, cosine):
        """The mean of f(u) f(v) over normal u and v of the settled variance."""
        root, rest = np.sqrt(found.variance), np.sqrt(1 - cosine**2)
        return mean(
            lambda z: f(root * z) * mean(lambda u: f(root * (cosine * z + rest * u)))
        )

    def image(cosine):
        signal = gain**2 * both(np.tanh, cosine) + bias_scale**2
        return signal / found.variance

    def slope(x):
        return np.cosh(x) ** -2

    assert image(1.0) == pytest.approx(1, abs=1e-9)
    assert found.chi == pytest.approx(gain**2 * both(slope, 1.0), rel=1e-9)
    assert image(found.cosine) == pytest.approx(found.cosine, abs=1e-9)
    expected = gain**2 * both(slope, found.cosine)
    assert found.slope == pytest.approx(expected, rel=1e-9)
    assert (found.chi > 1) == (found.cosine < 1)
    assert meanfield.cosines(1, gain, bias_scale, 0.3)[1] == pytest.approx(
        image(0.3), abs=1e-9
    )


def test_without_biases_the_edge_of_chaos_is_at_gain_1():
    # Near 0, tanh(x)^2 is x^2 - 2 x^4 / 3, with mean q - 2 q^2; the slope's square has
    # mean 1 - 2 q. So q* = (1 - 1 / gain^2) / 2, and chi = 1 / (gain^2 - 1 + ...).
    assert meanfield.phase(0.99).chi == pytest.approx(0.99**2, rel=1e-12)
    assert meanfield.phase(1.0001).variance == pytest.approx(1e-4, rel=1e-3)
    assert 1 < meanfield.phase(1.0001).chi < 1 + 1e-6
    assert meanfield.phase(0.5, 0.0).gradient_scale == pytest.approx(1 / np.log(4))


def test_a_wide_random_net_has_these_cosines():
    gain, bias_scale, n = 1.8, 0.3, 2000
    rng, place = np.random.default_rng(0), meanfield.phase(gain, bias_scale)
    expected = meanfield.cosines(6, gain, bias_scale, 0.9)
    found = []
    for _ in range(3):
        z = rng.standard_normal((2, n)) * np.sqrt(place.variance)
        h, path = np.stack([z[0], 0.9 * z[0] + np.sqrt(1 - 0.81) * z[1]]), []
        for _ in range(6):
            W = rng.standard_normal((n, n)) * gain / np.sqrt(n)
            h = np.tanh(h) @ W.T + bias_scale * rng.standard_normal(n)
            path.append(h[0] @ h[1] / np.prod(np.linalg.norm(h, axis=1)))
        found.append(path)
    np.testing.assert_allclose(np.mean(found, axis=0), expected[1:], atol=0.03)
