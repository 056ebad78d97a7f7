"""Kernels of infinitely wide networks against neural-tangents, closed forms, sampling
and finite networks."""

import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d2lutils import engines
from d2lutils.kernels import cntk, empirical_ntk, nngp, ntk, of
from d2lutils.networks import (
    Conv,
    Dense,
    Flatten,
    GlobalAvgPool,
    LayerNorm,
    MaxPool,
    Network,
    ReLU,
    Scale,
    mlp,
)

# Made by neural-tangents: tools/once/make_ntk_reference.py.
REFERENCE = np.load(pathlib.Path(__file__).with_name("ntk_reference.npz"))
LAST = Dense(1, bias=False)


def k0(u):
    """2 P(a > 0, b > 0) of standard Gaussians with correlation u."""
    return 1 - np.arccos(np.clip(u, -1, 1)) / np.pi


def k1(u):
    """2 E[relu(a) relu(b)] of standard Gaussians with correlation u."""
    u = np.clip(u, -1, 1)
    return u * k0(u) + np.sqrt(1 - u * u) / np.pi


def conv(kernel, **settings):
    return Conv(1, kernel, bias=False, **settings)


def strided(pool, *top):
    return Network(
        conv(3), ReLU(), conv(3, stride=2), conv(2), ReLU(), pool, LAST, *top
    )


def same(depth, pool, kernel):
    return Network(*(conv(kernel, padding=kernel // 2), ReLU()) * depth, pool, LAST)


NETWORKS = {
    "dense_1": Network(LAST, ReLU(), LAST),
    "dense_4": Network(*(LAST, ReLU()) * 4, LAST),
    "gap_1": same(1, GlobalAvgPool(), 3),
    "gap_4": same(4, GlobalAvgPool(), 3),
    "flatten_4": same(4, Flatten(), 3),
    "gap_wide": same(2, GlobalAvgPool(), 5),
    "strided_gap": strided(GlobalAvgPool()),
    "strided_flatten": strided(Flatten()),
    "strided_top": strided(GlobalAvgPool(), ReLU(), LAST),
}


@pytest.mark.parametrize("kind", ["ntk", "nngp"])
@pytest.mark.parametrize("name", NETWORKS)
def test_agrees_with_neural_tangents(name, kind):
    keys = (
        ("vectors", "others")
        if name.startswith("dense")
        else ("images", "other_images")
    )
    X, Z = (REFERENCE[key] for key in keys)
    np.testing.assert_allclose(
        of(NETWORKS[name], X, Z, kind=kind), REFERENCE[f"{name}_{kind}"], rtol=1e-9
    )


def test_float32_agrees_with_neural_tangents():
    X, Z = (REFERENCE[key].astype(np.float32) for key in ("images", "other_images"))
    np.testing.assert_allclose(cntk(X, Z, depth=4), REFERENCE["gap_4_ntk"], rtol=3e-6)
    np.testing.assert_allclose(
        cntk(X, Z, depth=4, pooling="flatten"), REFERENCE["flatten_4_ntk"], rtol=3e-6
    )
    X, Z = (REFERENCE[key].astype(np.float32) for key in ("vectors", "others"))
    np.testing.assert_allclose(ntk(X, Z, depth=4), REFERENCE["dense_4_ntk"], rtol=3e-6)


@given(angle=st.floats(0.01, 3.13), length=st.floats(1e-3, 1e3))
@settings(deadline=None, max_examples=50)
def test_two_vectors_at_an_angle(angle, length):
    X, Z = np.array([[1.0, 0.0]]), length * np.array([[np.cos(angle), np.sin(angle)]])
    positive = 1 - angle / np.pi
    covariance = (np.cos(angle) * (np.pi - angle) + np.sin(angle)) / np.pi
    assert nngp(X, Z, depth=1)[0, 0] / length == pytest.approx(covariance, abs=1e-11)
    assert ntk(X, Z, depth=1)[0, 0] / length == pytest.approx(
        covariance + np.cos(angle) * positive, abs=1e-11
    )
    assert k0(np.cos(angle)) == pytest.approx(positive, abs=1e-9)
    assert k1(np.cos(angle)) == pytest.approx(covariance, abs=1e-9)


def test_gaussian_expectations_by_sampling():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 400_000))
    b = 0.6 * a + 0.8 * b
    assert 2 * np.mean((a > 0) & (b > 0)) == pytest.approx(k0(0.6), abs=0.01)
    assert 2 * np.mean(np.maximum(a, 0) * np.maximum(b, 0)) == pytest.approx(
        k1(0.6), abs=0.02
    )


@pytest.mark.parametrize("depth", [0, 1, 3, 20])
def test_gram_matrix(depth):
    rng = np.random.default_rng(depth)
    X = rng.standard_normal((300, 4))
    K = ntk(X, depth=depth)
    np.testing.assert_allclose(
        np.diag(K), (depth + 1) * np.square(X).sum(1), rtol=1e-12
    )
    assert np.array_equal(K, K.T)
    assert np.linalg.eigvalsh(K)[0] > -1e-10 * np.trace(K)
    order = rng.permutation(300)
    np.testing.assert_allclose(
        ntk(X[order], X, depth=depth), K[order], rtol=1e-6, atol=1e-9
    )


def test_no_nan_for_unit_vectors_in_float32():
    X = np.random.default_rng(0).standard_normal((2000, 10)).astype(np.float32)
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    K, cross = ntk(X, depth=3), ntk(X, X.copy(), depth=3)
    assert K.dtype == np.float32
    np.testing.assert_allclose(np.diag(K), 4, rtol=1e-6)
    np.testing.assert_allclose(np.diag(cross), 4, rtol=1e-6)
    assert np.isfinite(K).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zero_and_parallel_vectors(dtype):
    x = np.array([0.3, -1.7, 0.1], dtype)
    K = ntk(np.stack([x, 3 * x, 0 * x, -x]), depth=2)
    squared = float(x.astype(float) @ x)
    np.testing.assert_allclose(K[0, :3], [3 * squared, 9 * squared, 0], rtol=1e-6)
    # Opposite: k1(-1) = k0(-1) = 0 in the first layer, k1(0) = 1 / pi in the second.
    assert K[0, 3] == pytest.approx(squared / np.pi, rel=1e-6)
    assert not K[2].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("pooling", ["gap", "flatten"])
def test_convolutional_gram_matrix(dtype, pooling):
    rng = np.random.default_rng(1)
    images = rng.random((20, 1, 6, 7)).astype(dtype)
    images[3] = 0
    images[4] = 0.5  # one value everywhere: every patch parallel to every other
    images[5] = images[4] / 2
    K = cntk(images, depth=3, pooling=pooling)
    cross = cntk(images, images.copy(), depth=3, pooling=pooling)
    assert np.array_equal(K, K.T)
    np.testing.assert_allclose(cross, K, rtol=1e-5, atol=1e-12)
    assert not K[3].any()
    assert K[4, 5] == pytest.approx(K[4, 4] / 2, rel=1e-5)
    assert np.linalg.eigvalsh(K)[0] > -1e-6 * np.trace(K)
    order = rng.permutation(20)
    np.testing.assert_allclose(
        cntk(images[order], depth=3, pooling=pooling),
        K[np.ix_(order, order)],
        rtol=1e-5,
    )


def test_the_number_of_threads_changes_no_bit(monkeypatch):
    images = REFERENCE["images"].astype(np.float32)
    vectors = np.random.default_rng(0).standard_normal((300, 5))
    results = []
    for count in ("1", "3"):
        monkeypatch.setenv("NUMBA_NUM_THREADS", count)
        results.append((cntk(images, depth=3), ntk(vectors, depth=3)))
    assert np.array_equal(results[0][0], results[1][0])
    assert np.array_equal(results[0][1], results[1][1])


def test_convolutions_of_single_pixels_are_dense():
    X = np.random.default_rng(2).standard_normal((18, 5))
    pixels = X.reshape(18, 5, 1, 1)
    for pooling in ("gap", "flatten"):
        np.testing.assert_allclose(
            cntk(pixels, depth=3, pooling=pooling, kernel=1), ntk(X, depth=3), rtol=1e-7
        )


def test_spectrum_on_the_circle():
    angles = 2 * np.pi * np.arange(1024) / 1024
    row = ntk(
        np.array([[1.0, 0.0]]), np.stack([np.cos(angles), np.sin(angles)], 1), depth=1
    )[0]
    eigenvalues = np.fft.fft(row).real / len(row)
    even = np.arange(2, 12, 2)
    expected = 2 * (even**2 + 3) / (np.pi**2 * (even**2 - 1) ** 2)
    np.testing.assert_allclose(eigenvalues[even], expected, atol=1e-6)
    np.testing.assert_allclose(eigenvalues[[0, 1]], [6 / np.pi**2, 0.5], atol=1e-6)
    np.testing.assert_allclose(eigenvalues[3:12:2], 0, atol=1e-6)


def test_width_one_hidden_layer_fluctuates_as_derived():
    x, width, seeds = np.array([[0.6, 0.8]]), 64, 60
    network = mlp(width, 1, bias=False)
    values = np.array(
        [empirical_ntk(network, x, seed=seed)[0, 0] for seed in range(seeds)]
    )
    deviation = 2 * np.sqrt(3 / width)
    assert values.mean() == pytest.approx(
        ntk(x, depth=1)[0, 0], abs=3 * deviation / np.sqrt(seeds)
    )
    assert values.std() == pytest.approx(deviation, rel=0.3)


def test_error_falls_like_one_over_root_width():
    X = np.random.default_rng(0).standard_normal((6, 4))
    errors = []
    for width in (32, 512):
        network = mlp([width, width], 1)
        limit = of(network, X)
        off = [empirical_ntk(network, X, seed=seed) / limit - 1 for seed in range(8)]
        errors.append(np.sqrt(np.mean(np.square(off))))
    assert np.log(errors[1] / errors[0]) / np.log(512 / 32) == pytest.approx(
        -0.5, abs=0.12
    )


def test_wide_convolutional_network_is_near_its_limit():
    images = np.random.default_rng(0).random((3, 2, 6, 6))
    network = Network(
        Conv(128, 3, padding=1),
        ReLU(),
        Conv(128, 3, stride=2),
        ReLU(),
        GlobalAvgPool(),
        Dense(2),
    )
    mean = np.mean([empirical_ntk(network, images, seed=seed) for seed in range(4)], 0)
    np.testing.assert_allclose(mean, of(network, images), rtol=0.1)


def test_scale_layers_spell_the_parametrisation_out():
    X = np.random.default_rng(0).standard_normal((4, 3))
    plain = Network(Dense(40), ReLU(), Dense(30), ReLU(), Dense(1, bias=False))
    scaled = Network(
        Dense(40),
        ReLU(),
        Scale((2 / 40) ** 0.5),
        Dense(30, bias=False),
        ReLU(),
        Scale((2 / 30) ** 0.5),
        LAST,
    )
    without = Network(Dense(40), ReLU(), Dense(30, bias=False), ReLU(), LAST)
    np.testing.assert_allclose(of(scaled, X), of(without, X), rtol=1e-12)
    np.testing.assert_allclose(
        empirical_ntk(scaled, X, seed=5), empirical_ntk(without, X, seed=5), rtol=1e-4
    )
    doubled = Network(Dense(40), ReLU(), Scale(2 * (2 / 40) ** 0.5), LAST)
    np.testing.assert_allclose(
        of(doubled, X), 4 * of(Network(Dense(40), ReLU(), LAST), X), rtol=1e-12
    )
    assert (of(plain, X) > of(without, X)).all()  # one more trained bias


def test_empirical_kernel_by_blocks(monkeypatch):
    X = np.random.default_rng(0).standard_normal((7, 3))
    network = mlp(16, 2)
    # In float32 PyTorch's last digit depends on how many examples there are at a time.
    whole = empirical_ntk(network, X, dtype="float64")
    monkeypatch.setattr(
        "d2lutils.kernels._finite.BYTES", 8 * 2 * 98 * 3
    )  # three examples at a time
    np.testing.assert_allclose(
        empirical_ntk(network, X, dtype="float64"), whole, rtol=1e-12
    )
    np.testing.assert_allclose(
        empirical_ntk(network, X, X[:2]), whole[:, :2], rtol=1e-6
    )


@pytest.mark.parametrize(
    ("layers", "error", "told"),
    [
        ((Dense(3), LayerNorm(), ReLU(), LAST), TypeError, "layer 1, LayerNorm"),
        ((Dense(3), ReLU(), ReLU(), LAST), ValueError, r"layer 2, ReLU\(\)"),
        ((ReLU(), LAST), ValueError, r"layer 0, ReLU\(\)"),
        ((Dense(3), ReLU()), ValueError, "must end in"),
    ],
)
def test_networks_without_a_kernel(layers, error, told):
    with pytest.raises(error, match=told):
        of(Network(*layers), np.ones((2, 4)))


def test_wrong_input():
    image = np.ones((2, 1, 4, 4))
    for call, told in (
        (lambda: ntk(np.ones(3), depth=1), "shape"),
        (lambda: ntk(np.ones((2, 3)), np.ones((2, 4)), depth=1), "same for both"),
        (lambda: ntk(np.array([[np.nan]]), depth=1), "NaN"),
        (lambda: ntk(np.ones((2, 3)), depth=-1), "depth"),
        (lambda: cntk(image, depth=0), "depth"),
        (lambda: cntk(image, depth=1, pooling="max"), "pooling"),
        (lambda: cntk(image[0], depth=1), "shape"),
        (lambda: of(Network(Conv(3, 3), LAST), image), "Flatten"),
    ):
        with pytest.raises(ValueError, match=told):
            call()
    with pytest.raises(TypeError, match="layer 1, MaxPool"):
        of(Network(Conv(3, 3), MaxPool(2), Flatten(), LAST), image)


def brute_force(images, blocks, bias):
    """CNTK with global average pooling by its definition, for all pairs of positions.

    bias: 1.0 where each convolution has one, else 0.0. The derivative of ReLU at 0
    is 0.
    """
    n, channels, size, _ = images.shape
    flat = images.reshape(n, channels, -1)
    S = np.einsum("icp,jcq->ijpq", flat, flat).reshape(n, n, size, size, size, size)
    T = np.zeros_like(S)
    for layer, (kernel, stride, padding) in enumerate(blocks):
        factor = 1 / kernel**2 if layer else 1.0
        summed = []
        for array in (S, T + S):
            padded = np.pad(array, [(0, 0)] * 2 + [(padding, padding)] * 4)
            out = (padded.shape[2] - kernel) // stride + 1
            total = 0
            for y in range(kernel):
                for x in range(kernel):
                    rows, columns = (
                        slice(tap, tap + stride * (out - 1) + 1, stride)
                        for tap in (y, x)
                    )
                    total = total + padded[:, :, rows, columns, rows, columns]
            summed.append(factor * total)
        S, T = summed
        variance = np.einsum("iipqpq->ipq", S)
        norms = np.sqrt(
            variance[:, None, :, :, None, None] * variance[None, :, None, None]
        )
        u = S / np.maximum(norms, 1e-300)
        S, T = norms * k1(u), (T + bias) * np.where(norms > 0, k0(u), 0)
    return (S + T).mean((2, 3, 4, 5))


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(
    "blocks",
    [
        [(3, 1, 2), (5, 1, 4), (2, 1, 1)],
        [(4, 2, 3), (1, 1, 0), (3, 2, 2)],
        [(1, 3, 0), (7, 1, 6)],
        [(3, 1, 1), (3, 1, 1)],
    ],
)
def test_windows_strides_and_paddings(blocks, bias):
    images = np.random.default_rng(0).standard_normal((3, 2, 5, 5))
    images[0, :, :4], images[1] = 0, 0  # windows that hold zeros only
    hidden = [
        layer for block in blocks for layer in (Conv(1, *block, bias=bias), ReLU())
    ]
    kernel = of(Network(*hidden, GlobalAvgPool(), LAST), images)
    np.testing.assert_allclose(kernel, brute_force(images, blocks, bias), rtol=1e-6)


@pytest.mark.parametrize("engine", engines.available())
def test_zero_inputs_with_biases_are_the_limit_of_finite_networks(engine):
    one = Network(Dense(64), ReLU(), Dense(64), ReLU(), Dense(1))
    X = np.array([[0.0, 0, 0], [0.6, 0, 0.8]])
    exact = empirical_ntk(one, X, engine=engine)
    # Only the last bias moves the output at 0, whatever the width.
    np.testing.assert_allclose(of(one, X)[0], [1, 1])
    np.testing.assert_allclose(exact[0], [1, 1])
    assert of(one, X)[1, 1] > 2
    digits = np.random.default_rng(0).random((3, 1, 10, 10))
    digits[:, :, :3], digits[:, :, :, 7:], digits[2] = 0, 0, 0
    network = Network(
        Conv(256, 3, padding=1),
        ReLU(),
        Conv(256, 3, stride=2),
        ReLU(),
        GlobalAvgPool(),
        Dense(256),
        ReLU(),
        Dense(1),
    )
    seeds = [empirical_ntk(network, digits, seed=s, engine=engine) for s in range(4)]
    np.testing.assert_allclose(np.mean(seeds, 0), of(network, digits), rtol=0.06)


def test_kernels_follow_the_scale_of_images_and_of_vectors():
    images = np.random.default_rng(0).random((3, 1, 5, 5))
    limit = cntk(images, depth=2)
    network = Network(Conv(1, 3), ReLU(), GlobalAvgPool(), Dense(1))
    for power in (-60, 40):  # exact: a power of two changes no bit but the exponent
        scaled = np.ldexp(images, power)
        assert np.array_equal(cntk(scaled, depth=2), np.ldexp(limit, 2 * power))
        np.testing.assert_allclose(
            cntk(scaled.astype(np.float32), images.astype(np.float32), depth=2),
            np.ldexp(limit, power),
            rtol=1e-5,
        )
    # Of small images the biases remain: the last one, and the first one behind k0.
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), (2, 3))
    units = windows.reshape(3, 9, 9)
    units = units / np.linalg.norm(units, axis=-1, keepdims=True)
    angles = k0(np.einsum("ipk,jqk->ijpq", units, units)).mean((2, 3))
    np.testing.assert_allclose(of(network, images * 1e-40), 1 + angles, rtol=1e-7)
    vectors = images.reshape(3, 25)
    np.testing.assert_allclose(
        ntk(vectors * 1e150, depth=2), ntk(vectors, depth=2) * 1e300, rtol=1e-9
    )


def test_what_overflows_is_told():
    X = np.random.default_rng(0).standard_normal((4, 3))
    layers = (Dense(64, bias=False), Scale(16.0), ReLU()) * 16
    deep = Network(*layers, LAST)
    # Without the scales each layer of width 64 behind a ReLU multiplies by 32.
    expected = nngp(X, depth=16) * 256.0**16 * 32.0**16
    np.testing.assert_allclose(of(deep, X, kind="nngp"), expected, rtol=1e-9)
    image = np.ones((1, 1, 2, 2), np.float32)
    for call, told in (
        (lambda: of(deep, X.astype(np.float32)), "X must be float64"),
        (lambda: ntk(X * 1e153, depth=400), "overflows"),
        (lambda: ntk(X * 1e200, depth=1), "squares of its entries overflow"),
        (lambda: of(Network(GlobalAvgPool(), LAST), image * 3e38), "float64"),
        (lambda: of(Network(LAST, Scale(1e200), LAST), X), "layer 1, Scale"),
        (lambda: of(Network(LAST, Scale(0.0), Dense(1)), X), "layer 1, Scale"),
        (lambda: empirical_ntk(mlp(4, 1), X * 1e200, dtype="float64"), "overflow"),
    ):
        with pytest.raises(ValueError, match=told):
            call()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_arrays_of_all_types_and_orders_count_the_same(dtype):
    rng = np.random.default_rng(0)
    vectors, images = rng.random((5, 8)).astype(dtype), rng.random((3, 2, 4, 5))
    images = images.astype(dtype)
    K, C = ntk(vectors.astype(float), depth=2), cntk(images.astype(float), depth=2)

    def frozen(array):
        array = array.copy()
        array.setflags(write=False)
        return array

    kinds = [np.asfortranarray, lambda a: a[::-1][::-1], frozen]
    if dtype != "longdouble":
        kinds.append(lambda a: a.astype(a.dtype.newbyteorder()))
    for kind in kinds:
        assert np.array_equal(ntk(kind(vectors), depth=2), ntk(vectors, depth=2))
        assert np.array_equal(cntk(kind(images), depth=2), cntk(images, depth=2))
        np.testing.assert_allclose(ntk(kind(vectors), depth=2), K, rtol=1e-6)
        np.testing.assert_allclose(cntk(kind(images), depth=2), C, rtol=1e-5)


def test_numbers_of_numpy_count_as_numbers():
    X = np.random.default_rng(0).random((3, 2, 4, 4))
    for depth in (np.int64(2), np.array(2), np.uint8(2)):
        assert np.array_equal(cntk(X, depth=depth), cntk(X, depth=2))
        assert np.array_equal(cntk(X, depth=1, kernel=depth + 1), cntk(X, depth=1))
