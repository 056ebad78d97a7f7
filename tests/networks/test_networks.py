"""Networks as data: published sizes, distributions of weights, senseless ones."""

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from d2lutils import engines
from d2lutils.networks import (
    AvgPool,
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    GlobalAvgPool,
    LayerNorm,
    MaxPool,
    Network,
    ReLU,
    Residual,
    Scale,
    _layout,
    cuda_convnet,
    deep,
    initial_parameters,
    lenet5,
    mlp,
    num_parameters,
    output_shape,
    parameter_shapes,
    unflatten,
)


def resnet20():
    """He et al. 2016 for CIFAR-10: three stages of three blocks, 1 x 1 shortcuts."""
    layers = [Conv(16, 3, padding=1, bias=False), BatchNorm(), ReLU()]
    for channels, stride in zip((16, 32, 64), (1, 2, 2), strict=True):
        for step in (stride, 1, 1):
            first = Conv(channels, 3, step, 1, bias=False)
            second = Conv(channels, 3, 1, 1, bias=False)
            branch = (first, BatchNorm(), ReLU(), second, BatchNorm())
            shortcut = () if step == 1 else (Conv(channels, 1, step, bias=False),)
            layers += [Residual(*branch, shortcut=shortcut), ReLU()]
    return Network(*layers, GlobalAvgPool(), Dense(10))


@pytest.mark.parametrize(
    ("network", "input_shape", "published"),
    [
        (lenet5(), (1, 28, 28), 61706),  # LeCun et al. 1998 with a dense third layer
        (
            lenet5(channels=(20, 50), hidden=(500,), padding=0),
            (1, 28, 28),
            431080,
        ),  # Caffe's LeNet
        (cuda_convnet(), (3, 32, 32), 145578),  # Caffe's CIFAR-10 quick
        (resnet20(), (3, 32, 32), 269722 + 16 * 32 + 32 * 64),
        (mlp(512, 10), (1, 28, 28), 784 * 512 + 512 + 512 * 10 + 10),
        (deep(50, 256, residual=True), (256,), 50 * 256**2),
    ],
)
def test_networks_have_their_published_sizes(network, input_shape, published):
    assert num_parameters(network, input_shape) == published
    assert initial_parameters(network, input_shape).shape == (published,)


def test_a_network_is_data():
    network = Network(
        Conv(8, 3, padding=1),
        BatchNorm(),
        Residual(Conv(8, 3, 1, 1), ReLU(), scale=0.5),
        Flatten(),
    )
    assert (
        network == pickle.loads(pickle.dumps(network)) == eval(repr(network), globals())
    )
    assert hash(network) != hash(Network(Flatten()))
    assert output_shape(network, (3, 7, 5)) == (8 * 7 * 5,)
    with pytest.raises(AttributeError):
        network.layers = ()


def test_networks_and_training_need_no_framework():
    code = (
        "import sys; sys.modules.update(mxnet=None, torch=None)\n"
        "from d2lutils import datasets, engines, networks, training, runs\n"
        "networks.initial_parameters(networks.lenet5(), (1, 28, 28))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@given(
    widths=st.lists(st.integers(1, 6), max_size=3),
    inputs=st.integers(1, 5),
    affine=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_flat_vector_and_named_arrays_are_the_same_numbers(
    widths, inputs, affine, seed
):
    network = Network(
        *(layer for w in widths for layer in (Dense(w), LayerNorm(affine))), Dense(2)
    )
    flat = initial_parameters(network, (inputs,), seed)
    arrays = unflatten(network, (inputs,), flat)
    assert {name: array.shape for name, array in arrays.items()} == parameter_shapes(
        network, (inputs,)
    )
    np.testing.assert_array_equal(
        np.concatenate([a.ravel() for a in arrays.values()]), flat
    )
    np.testing.assert_array_equal(
        flat, initial_parameters(network, (inputs,), np.random.default_rng(seed))
    )


@pytest.mark.parametrize(
    ("scheme", "variance"),
    [
        ("he", 2 / 300),
        ("lecun", 1 / 300),
        ("xavier", 2 / 500),
        ("normal", 1),
        ("zeros", 0),
    ],
)
def test_weights_have_the_variance_of_their_scheme(scheme, variance):
    arrays = unflatten(
        Network(Dense(200)),
        (300,),
        initial_parameters(Network(Dense(200)), (300,), 1, scheme, gain=3.0),
    )
    # 60000 draws: the sample variance is off by sqrt(2 / 60000) = 0.6%.
    assert np.var(arrays["0.weight"]) == pytest.approx(9 * variance, rel=0.03)
    assert not arrays["0.bias"].any()


def test_fan_in_of_a_convolution_counts_the_window():
    weight = initial_parameters(
        Network(Conv(64, 5, bias=False)), (16, 9, 9), scheme="he"
    )
    assert np.var(weight) == pytest.approx(2 / (16 * 25), rel=0.03)


@pytest.mark.parametrize("units", [7, 40])
def test_orthogonal_weights_are_orthogonal(units):
    network = Network(Dense(units, bias=False))
    weight = unflatten(
        network, (20,), initial_parameters(network, (20,), scheme="orthogonal")
    )["0.weight"]
    gram = weight @ weight.T if units <= 20 else weight.T @ weight
    np.testing.assert_allclose(gram, np.eye(min(units, 20)), atol=1e-12)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: Network(Dense(3), "relu"),
            TypeError,
            "each layer of layers must be one of",
        ),
        (lambda: mlp(10, 10, "gelu"), ValueError, "activation must be one of 'relu'"),
        (lambda: deep(3, 3, normalization="group"), ValueError, "'batch'"),
        (lambda: Dense(0), ValueError, "units must be a whole number >= 1"),
        (lambda: MaxPool(3, 2, 2), ValueError, "padding must be at most .* 1, got 2"),
        (lambda: AvgPool(2, 2, 2), ValueError, "padding must be at most .* 1, got 2"),
        (
            lambda: output_shape(Network(Dense(3)), (1, 8, 8)),
            ValueError,
            r"put Flatten\(\) before",
        ),
        (
            lambda: output_shape(Network(MaxPool(9)), (1, 8, 8)),
            ValueError,
            "window must fit",
        ),
        (
            lambda: output_shape(Network(Residual(Dense(3))), (4,)),
            ValueError,
            "must give the same shape",
        ),
        (
            lambda: output_shape(mlp(3, 3), (2, 2)),
            ValueError,
            "channels, height, width",
        ),
        (lambda: unflatten(mlp(3, 3), (2,), np.zeros(4)), ValueError, r"shape \(21,\)"),
        (
            lambda: initial_parameters(mlp(3, 3), (2,), scheme="kaiming"),
            ValueError,
            "scheme must be one of 'he'",
        ),
        (
            lambda: initial_parameters(mlp(3, 3), (2,), gain=math.nan),
            ValueError,
            "gain must be .* got nan",
        ),
    ],
)
def test_wrong_descriptions_are_told_in_one_sentence(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("engine", engines.available())
def test_shapes_are_worked_out_once_a_model(engine, monkeypatch):
    walks, steps = [], _layout._steps

    def counted(layers, shape, prefix):
        walks.append(prefix)
        return steps(layers, shape, prefix)

    monkeypatch.setattr(_layout, "_steps", counted)
    model = engines.build(mlp([4, 4], 3), (2,), engine=engine)
    assert walks == [""]
    model.layer_gradients(np.zeros((3, 2)), [0, 1, 2])
    model.evaluate(np.zeros((3, 2)), [0, 1, 2])
    assert walks == [""]


def test_layers_take_numpy_numbers_as_python_s():
    """They look the same in a checkpoint's settings, whatever NumPy prints them as."""
    plain = Conv(4, 3, 2, 1, False), BatchNorm(True, 1e-5, 0.5), Scale(2)
    numpy = (
        Conv(np.int64(4), np.uint8(3), np.array(2), np.int32(1), np.False_),
        BatchNorm(np.True_, np.float64(1e-5), np.float32(0.5)),
        Scale(np.int64(2)),
    )
    assert numpy[:2] == plain[:2]
    assert repr(numpy[:2]) == repr(plain[:2])
    assert numpy[2] == plain[2]
    with pytest.raises(TypeError, match="bias must be True or False, got 'no'"):
        Dense(3, bias="no")
