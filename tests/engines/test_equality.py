"""Where both engines must give the same number, and how far MXNet's constants are."""

import numpy as np
import pytest

from d2lutils import engines
from d2lutils.datasets import Dataset
from d2lutils.networks import (
    AvgPool,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    LayerNorm,
    LeakyReLU,
    Network,
    ReLU,
    Tanh,
)
from d2lutils.training import SGD, Adam, fit, step_schedule

ENGINES = engines.available()
needs_both = pytest.mark.skipif(len(ENGINES) < 2, reason="needs both engines")
# Constants that float32 holds exactly; no bias before BatchNorm, see its docstring.
EXACT = Network(
    Conv(3, 3, bias=False),
    BatchNorm(momentum=0.875, epsilon=2**-10),
    Tanh(),
    AvgPool(3, 2, 1),
    Flatten(),
    Dense(3),
)
IMAGES = np.random.default_rng(0).normal(size=(12, 2, 8, 8))
LABELS = np.arange(12) % 3


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@needs_both
@pytest.mark.parametrize(
    "optimizer",
    [SGD(0.1, 0.9), SGD(0.1, 0.9, 0.01), SGD(0.1, 0, 0.01), Adam(0.01)],
    ids=["momentum", "momentum and decay", "decay", "adam"],
)
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float64", 1e-13), ("float32", 2e-5)]
)
def test_a_training_is_the_same_to_rounding(optimizer, dtype, tolerance):
    runs = [
        fit(
            EXACT,
            Dataset(IMAGES, LABELS),
            optimizer=optimizer,
            schedule=step_schedule({2: 0.5}),
            batch_size=5,
            epochs=3,
            engine=name,
            dtype=dtype,
        )
        for name in ENGINES
    ]
    for values in (
        [run.train_loss for run in runs],
        [run.model.parameters for run in runs],
        [run.model.state for run in runs],
    ):
        np.testing.assert_allclose(*values, rtol=0, atol=tolerance)


def test_pooling_counts_padding_as_zeros(engine):
    image = IMAGES[:1, :1, :5, :5]
    padded = np.pad(image[0, 0], 1)
    windows = [[padded[r : r + 3, c : c + 3] for c in (0, 2, 4)] for r in (0, 2, 4)]
    model = engines.build(
        Network(AvgPool(3, 2, 1)), (1, 5, 5), engine=engine, dtype="float64"
    )
    np.testing.assert_allclose(
        model.predict(image)[0, 0], np.mean(windows, (2, 3)), rtol=1e-13
    )


def worst(found, exact):
    return np.abs(found / exact - 1).max()


def test_float64_is_as_exact_as_the_docstring_says(engine):
    """MXNet takes these constants as float32, whatever the arrays are."""

    def built(layer):
        return engines.build(Network(layer), (4,), engine=engine, dtype="float64")

    x = np.random.default_rng(0).normal(2, 3, size=(60, 4))
    norm = built(BatchNorm())
    norm.train(x, x, np.arange(60)[None], SGD(1e-9), "squared")
    averages = np.concatenate([0.1 * x.mean(0), 0.9 + 0.1 * x.var(0)])
    small = 0.1 * x
    spread = np.sqrt(small.var(1, keepdims=True) + 0.1)
    found = {
        "running averages": worst(norm.state, averages),
        "slope": worst(built(LeakyReLU(0.1)).predict(-abs(x)), -0.1 * abs(x)),
        "epsilon": worst(
            built(LayerNorm(False, 0.1)).predict(small),
            (small - small.mean(1, keepdims=True)) / spread,
        ),
        "factor": abs(
            built(Dropout(0.3)).activations(np.ones((9, 4)), training=True)[1].max()
            * 0.7
            - 1
        ),
    }
    said = {"running averages": 3e-7, "slope": 2e-7, "epsilon": 6e-8, "factor": 6e-8}
    for name, error in found.items():
        assert error < (said[name] if engine == "mxnet" else 1e-12), name


def test_cross_entropy_is_never_negative_and_right_where_margins_are_large(engine):
    network = Network(Dense(3, bias=False))
    model = engines.build(network, (3,), parameters=np.eye(3).ravel(), engine=engine)
    for margin in (50.0, 15.0, 8.0, 3.0, 0.0):
        x = margin * np.eye(3)
        loss, gradient = model.objective(x, [0, 1, 2])(model.parameters)
        exact = np.log1p(2 * np.exp(-margin))
        assert loss == pytest.approx(exact, abs=1e-7)
        assert loss >= 0
        assert not np.signbit(loss)
        # The label's own weight is pulled up, or left alone.
        assert np.diag(gradient.reshape(3, 3)).max() <= 0


def test_stop_below_counts_the_same_epochs(engine):
    x = np.array([[3.0, 1.0], [-3.0, 2.0], [2.0, -1.0], [-4.0, 0.5]])
    train = Dataset(x, np.array([0, 1, 0, 1]))
    w = np.zeros((2, 2))  # the same descent in float64
    loss, expected = 1.0, 0
    while loss >= 1e-4:
        outputs = x @ w.T
        p = np.exp(outputs - outputs.max(1, keepdims=True))
        p = p / p.sum(1, keepdims=True) - np.eye(2)[train.labels]
        w -= 2.0 * p.T @ x / 4
        outputs = x @ w.T
        margins = (
            outputs[np.arange(4), train.labels]
            - outputs[np.arange(4), 1 - train.labels]
        )
        loss, expected = np.log1p(np.exp(-margins)).mean(), expected + 1
    run = fit(
        Network(Dense(2, bias=False)),
        train,
        optimizer=SGD(2.0),
        batch_size=4,
        epochs=1000,
        stop_below=1e-4,
        scheme="zeros",
        engine=engine,
        progress=False,
    )
    assert abs(len(run.epochs) - expected) <= 1


def test_numbers_beyond_float32_are_told(engine):
    model = engines.build(Network(Dense(2), ReLU()), (2,), engine=engine)
    large = np.full((1, 2), 1e300)
    for call, name in (
        (lambda: model.predict(large), "images"),
        (lambda: model.loss(np.ones((1, 2)), large, "squared"), "labels"),
        (
            lambda: model.layer_gradients(np.ones((1, 2)), output_gradient=large),
            "output_gradient",
        ),
    ):
        with pytest.raises(ValueError, match=f"{name} must be finite in float32"):
            call()
