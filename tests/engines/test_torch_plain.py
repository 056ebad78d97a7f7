"""Gradients written out are autograd's, bit by bit; other networks keep autograd."""

import numpy as np
import pytest

from d2lutils import engines
from d2lutils.networks import (
    AvgPool,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool,
    Network,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    Tanh,
    mlp,
)
from d2lutils.training import SGD

pytest.importorskip("torch")
from d2lutils.engines import _torch

EVERY_LAYER = Network(
    Scale(0.5),
    Conv(4, 3, 2, 1),
    Tanh(),
    Scale(2.0),
    LeakyReLU(0.1),
    MaxPool(3, 2, 1),
    Conv(5, 3, bias=False),
    ReLU(),
    AvgPool(2, 1, 1),
    ReLU(),
    MaxPool(2),
    Flatten(),
    Dense(7, bias=False),
    Sigmoid(),
    Dense(10),
)
RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 10, 33)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
@pytest.mark.parametrize(
    ("network", "shape"),
    [(EVERY_LAYER, (1, 28, 28)), (mlp([200, 64], 10), (3, 16, 16))],
    ids=["every layer", "mlp"],
)
def test_steps_are_those_of_autograd(monkeypatch, network, shape, loss, dtype):
    images = RNG.normal(size=(33, *shape))
    labels = LABELS if loss == "cross_entropy" else np.eye(10)[LABELS]
    found = []
    for plain in (True, False):
        if not plain:
            monkeypatch.setattr(_torch, "is_plain", lambda _: False)
        model = engines.build(network, shape, engine="torch", device="cpu", dtype=dtype)
        assert model.backend.plain is plain
        losses = model.train(images, labels, [range(32), range(1, 33)], SGD(0.1), loss)
        gradient = model.gradient(images, labels, loss)
        found.append(np.concatenate([losses, model.parameters, gradient]))
    assert np.isfinite(found[0]).all()
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize(
    "network",
    [
        Network(Flatten()),
        Network(Flatten(), Dense(4), BatchNorm()),
        Network(Flatten(), Dense(4), Dropout(0.5)),
        Network(Flatten(), Residual(Dense(4))),
    ],
)
def test_what_is_not_plain_keeps_autograd(network):
    model = engines.build(network, (2, 2, 1), engine="torch", device="cpu")
    assert not model.backend.plain
    assert np.isfinite(
        model.gradient(RNG.normal(size=(5, 2, 2, 1)), [0, 1, 2, 3, 0])
    ).all()
