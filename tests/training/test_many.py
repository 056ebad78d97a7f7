"""`fit_many` against `fit`, member by member."""

import errno
import os
import pickle
from contextlib import suppress
from unittest import mock

import numpy as np
import pytest

from d2lutils import datasets, engines
from d2lutils.networks import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    LayerNorm,
    LeakyReLU,
    Network,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    Tanh,
    mlp,
)
from d2lutils.training import (
    SGD,
    Adam,
    TrainingDiverged,
    _group,
    fit,
    fit_many,
    step_schedule,
)

ENGINES = engines.available()
# BatchNorm with constants that float32 holds: MXNet takes them so.
EVERYTHING = Network(
    Flatten(),
    Dropout(0.1),
    Dense(32, bias=False),
    BatchNorm(momentum=0.875),
    ReLU(),
    Dropout(0.25),
    Residual(Dense(32), LayerNorm(), Tanh(), scale=0.5),
    LeakyReLU(0.25),
    Residual(Dense(16), Sigmoid(), shortcut=(Dense(16, bias=False),)),
    Scale(2.0),
    LayerNorm(False),
    Dense(12, bias=False),
    BatchNorm(False, momentum=0.5),
    Dense(10),
)
NAMES = ("train_loss", "train_error", "test_loss", "test_error")


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def digits():
    return datasets.load("digits", num_train=210, num_test=60)


def same(one, other, tolerance, rtol=0):
    np.testing.assert_array_equal(one.epochs, other.epochs)
    for name in NAMES:
        np.testing.assert_allclose(
            getattr(one, name), getattr(other, name), rtol=rtol, atol=tolerance
        )
    assert one.diverged == other.diverged


@pytest.mark.parametrize(
    ("network", "options"),
    [
        (mlp([16], 10), {"optimizer": SGD(0.1)}),
        (mlp([16], 10, "tanh"), {"optimizer": Adam(0.01), "running": True}),
        (mlp(8, 10, "sigmoid"), {"loss": "squared", "evaluate_every": 2}),
        (
            EVERYTHING,
            {"optimizer": SGD(0.05, 0.9, 0.01), "schedule": step_schedule({2: 0.1})},
        ),
    ],
    ids=["plain", "adam", "squared", "everything"],
)
def test_each_member_is_what_fit_gives(engine, digits, network, options):
    """In float64, to rounding; MXNet's Dropout and LayerNorm take float32 constants."""
    options = {"epochs": 3, "batch_size": 40, "engine": engine} | options
    options |= {"dtype": "float64", "progress": False}
    together = fit_many(network, *digits, seeds=[3, 0], **options)
    tolerance = 1e-6 if network is EVERYTHING and engine == "mxnet" else 1e-10
    for seed, history in zip((3, 0), together, strict=True):
        alone = fit(network, *digits, seed=seed, **options)
        same(history, alone, tolerance)
        np.testing.assert_allclose(
            history.model.parameters, alone.model.parameters, atol=10 * tolerance
        )
        np.testing.assert_allclose(
            history.model.state, alone.model.state, atol=10 * tolerance
        )
        loss = options.get("loss", "cross_entropy")
        measured = history.model.evaluate(digits[1].images, digits[1].labels, loss)
        assert measured[0] == pytest.approx(history.test_loss[-1], abs=tolerance)
        assert history.engine == "numpy"


def test_float32_agrees_to_rounding(engine, digits):
    options = {"epochs": 3, "engine": engine, "progress": False}
    (history,) = fit_many(mlp(16, 10), *digits, seeds=[0], **options)
    same(history, fit(mlp(16, 10), *digits, seed=0, **options), 1e-5)


def test_a_sweep_is_one_call(digits):
    optimizers = [SGD(0.1, 0.9), SGD(0.05), SGD(0.2, 0.5, 0.01)]
    gains = np.array([1.0, 0.5, 2.0])
    options = {"epochs": 2, "dtype": "float64", "progress": False}
    sweep = fit_many(
        mlp(8, 10),
        *digits,
        seeds=[1, 1, 1],
        optimizer=optimizers,
        gain=gains,
        **options,
    )
    for history, optimizer, gain in zip(sweep, optimizers, gains, strict=True):
        alone = fit(
            mlp(8, 10), *digits, seed=1, optimizer=optimizer, gain=gain, **options
        )
        same(history, alone, 1e-10)


def test_members_stop_and_diverge_one_by_one(digits):
    options = {"epochs": 30, "stop_below": 0.445, "progress": False}
    options |= {"loss": "squared", "raise_on_divergence": False}
    optimizers = [SGD(0.05), SGD(50.0), SGD(0.2), SGD(0.1)]
    members = fit_many(
        mlp(16, 10), *digits, seeds=range(4), optimizer=optimizers, **options
    )
    for seed, history in enumerate(members):
        alone = fit(
            mlp(16, 10), *digits, seed=seed, optimizer=optimizers[seed], **options
        )
        same(history, alone, 1e-5, rtol=1e-3)
    assert [history.diverged for history in members] == [False, True, False, False]
    assert len({len(history.epochs) for history in members}) > 2
    options["raise_on_divergence"] = True
    with pytest.raises(TrainingDiverged, match="with seed 1 and lr 50"):
        fit_many(mlp(16, 10), *digits, seeds=range(4), optimizer=optimizers, **options)


def test_groups_that_fit_into_memory_give_the_same(digits, monkeypatch):
    options = {"seeds": range(5), "epochs": 2, "progress": False, "dtype": "float64"}
    whole = fit_many(mlp(8, 10), *digits, **options)
    monkeypatch.setattr(_group, "_ROOM", 1)
    for history, part in zip(
        whole, fit_many(mlp(8, 10), *digits, **options), strict=True
    ):
        same(history, part, 1e-12)


def test_other_networks_go_through_fit(digits):
    network = Network(Conv(3, 3), ReLU(), GlobalAvgPool(), Dense(10))
    options = {"epochs": 1, "progress": False}
    here = fit_many(network, *digits, seeds=[0, 1], **options)
    there = fit_many(network, *digits, seeds=[0, 1], n_jobs=2, **options)
    for seed in range(2):
        alone = fit(network, *digits, seed=seed, **options)
        same(here[seed], alone, 0)
        same(there[seed], alone, 1e-5)  # one thread a process
        assert here[seed].engine == ENGINES[0]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(errno.ENOSPC, "full")])
def test_a_killed_call_goes_on(digits, tmp_path, error):
    options = {"seeds": range(3), "epochs": 4, "progress": False, "batch_size": 50}
    options |= {"optimizer": Adam(0.01), "evaluate_every": 2}
    whole = fit_many(EVERYTHING, *digits, **options)
    replace, calls = os.replace, []

    def failing(source, target):
        calls.append(target)
        if len(calls) == 8:  # in the second epoch, after the first member
            raise error
        replace(source, target)

    options["checkpoint"] = tmp_path / "many"
    with mock.patch("os.replace", failing), suppress(KeyboardInterrupt):
        if error is KeyboardInterrupt:
            fit_many(EVERYTHING, *digits, **options)
        else:
            with pytest.warns(UserWarning, match="training goes on"):
                fit_many(EVERYTHING, *digits, **options)
    resumed = fit_many(EVERYTHING, *digits, **options)
    for one, other in zip(resumed, whole, strict=True):
        same(one, other, 0)
        np.testing.assert_array_equal(one.model.parameters, other.model.parameters)
    longer = fit_many(EVERYTHING, *digits, **options | {"epochs": 5})
    assert longer[0].epochs.tolist() == [2, 4, 5]
    with pytest.raises(ValueError, match="another optimizer"):
        fit_many(EVERYTHING, *digits, **options | {"optimizer": Adam(0.02)})


def test_histories_can_be_sent(digits):
    (history,) = fit_many(mlp(4, 10), *digits, seeds=[0], epochs=1, progress=False)
    twin = pickle.loads(pickle.dumps(history))
    np.testing.assert_array_equal(twin.model.parameters, history.model.parameters)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"seeds": 3}, TypeError, "seeds must be a sequence of whole numbers, got 3"),
        ({"seeds": []}, ValueError, "seeds must be at least one, got none"),
        ({"seeds": [0, -1]}, ValueError, "each of seeds must be"),
        ({"gain": [1.0]}, ValueError, "gain must be one, or one for each of 2 seeds"),
        ({"optimizer": [SGD(), Adam()]}, TypeError, "each optimizer must be a SGD"),
        ({"n_jobs": 0}, ValueError, "n_jobs must be a whole number other than 0"),
    ],
)
def test_wrong_arguments_are_told(digits, arguments, error, message):
    with pytest.raises(error, match=message):
        fit_many(mlp(4, 10), *digits, **{"seeds": [0, 1], "epochs": 1} | arguments)
