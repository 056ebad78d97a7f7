"""The recorded runs behind the chapter on overfitting: measured as they say."""

import json
from dataclasses import replace

import numpy as np
import pytest

from d2lutils import datasets, networks, runs, training
from d2lutils.runs import calibration, penalties, recipes, sweeps


@pytest.fixture(scope="module")
def drawn():
    """Outputs that are twice too large for the labels drawn from them."""
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((40_000, 3))
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (rng.random((len(p), 1)) > p.cumsum(1)).sum(1)
    return 2 * logits, labels, p


def test_a_temperature_finds_by_how_much_outputs_are_too_large(drawn):
    outputs, labels, p = drawn
    found = calibration._confidence(outputs, labels, 15)
    entropy = -(p * np.log(p)).sum(1).mean()
    assert found["temperature"] == pytest.approx(2, rel=0.03)
    assert found["cooled"] == pytest.approx(entropy, rel=0.02)
    assert found["biased"] == pytest.approx(found["raw"], rel=0.01)  # none is needed
    assert found["wrong_part"] + found["right_part"] == pytest.approx(
        -np.log((p**2 / (p**2).sum(1, keepdims=True))[range(len(p)), labels]).mean()
    )
    # All too confident, so the gaps of the bins add up without cancelling.
    too_sure = found["confidence"] - found["accuracy"]
    assert found["calibration_error"] == pytest.approx(too_sure, rel=0.03)
    assert too_sure > 0.1 > 0.01 > found["calibrated"]


def test_seeds_are_trained_by_the_loop_of_the_page():
    settings = calibration.SETTINGS["lenet-seeds"]
    run = calibration.measure(settings | {"num_seeds": 1, "epochs": 2})
    recipe = runs.recipes.get(settings["recipe"])
    train, test = recipe.load()
    history = training.fit(
        recipe.network,
        train,
        test,
        optimizer=recipe.optimizer,
        epochs=2,
        batch_size=recipe.batch_size,
        evaluate_every=2,
    )
    curves = run["results"]["curves"]
    assert curves["epochs"] == [2]
    assert curves["test_loss"][0] == pytest.approx(history.test_loss, rel=1e-4)
    assert run["results"]["last"] == run["results"]["least"]


def test_conditions_of_a_sweep_are_trainings():
    settings = sweeps.SETTINGS["weight-decay"]
    condition = {"random_labels": 0.2, "epochs": 2, "weight_decay": 0.01}
    told = []
    run = sweeps.measure(
        settings | {"num_seeds": 1, "conditions": [condition]},
        callback=lambda *what: told.append(what),
    )
    (found,) = run["results"]["runs"]
    train, test = datasets.load("digits", num_train=1000)
    noisy = datasets.corrupt_labels(train, 0.2, np.random.default_rng(0))
    history = training.fit(
        networks.mlp(512, 10),
        noisy,
        test,
        optimizer=training.SGD(0.1, 0.9, weight_decay=0.01),
        epochs=2,
        batch_size=50,
    )
    assert found["epochs"] == [2]
    assert found["train_loss"][0] == pytest.approx(history.train_loss[-1:], rel=1e-3)
    assert told == [(condition, found["test_error"][0][-1])]


def test_penalties_are_judged_by_the_training_images_that_follow():
    settings = penalties.SETTINGS["convnet-penalties"]
    few = {"num_train": 100, "num_validation": 50, "weight_decays": [0.0, 0.5]}
    told = []
    run = penalties.measure(
        settings | few, callback=lambda *what: told.append(what), scale="ci"
    )
    curves = run["results"]["curves"]
    recipe = recipes.get(settings["recipe"], "ci")
    images, _ = datasets.load(recipe.data, num_train=150)
    history = training.fit(
        recipe.network,
        images.take(slice(100)),
        images.take(slice(100, 150)),
        optimizer=replace(recipe.optimizer, weight_decay=0.5),
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        schedule=training.step_schedule(dict(recipe.steps)),
        evaluate_every=10,
    )
    assert curves["epochs"] == history.epochs.tolist() == [10, 20, 30, 40]
    for name, found in (
        ("train_loss", history.train_loss),
        ("validation_error", history.test_error),
    ):
        assert curves[name][1] == pytest.approx(found, rel=1e-4)
        assert curves[name][0] != pytest.approx(found, rel=1e-4)
    assert [decay for decay, _ in told] == [0.0, 0.5]


def test_the_product_of_two_signs_is_what_grokking_learns():
    train, test = sweeps._data(sweeps.SETTINGS["grokking"]["data"], None)
    assert train.images.shape == (400, 30)
    assert test.images.shape == (1000, 30)
    for part in (train, test):
        assert set(np.unique(part.images)) == {-1.0, 1.0}
        np.testing.assert_array_equal(
            2 * part.labels - 1, part.images[:, 0] * part.images[:, 1]
        )


@pytest.mark.parametrize(
    "name", ["lenet-seeds", "weight-decay", "double-descent", "grokking"]
)
def test_a_stored_run_is_that_of_its_configuration(name):
    run = runs.load(name)
    module = calibration if name == "lenet-seeds" else sweeps
    assert run.settings == json.loads(json.dumps(module.SETTINGS[name]))
    seeds = run.settings["num_seeds"]
    if module is calibration:
        assert np.shape(run.results["curves"]["test_loss"]) == (seeds, 12)
        return
    for condition, found in zip(
        run.settings["conditions"], run.results["runs"], strict=True
    ):
        epochs = condition.get("epochs", run.settings["training"].get("epochs"))
        assert found["epochs"][-1] == epochs
        assert np.shape(found["test_error"]) == (seeds, len(found["epochs"]))
        assert np.shape(found["first_two"]) == (seeds,)


def test_the_recorded_penalties_are_those_of_the_configuration():
    run = runs.load("convnet-penalties")
    settings = penalties.SETTINGS["convnet-penalties"]
    assert run.settings == json.loads(json.dumps(settings))
    curves = run.results["curves"]
    epochs = recipes.get(settings["recipe"], "full").epochs
    assert curves["epochs"][-1] == epochs
    shape = len(settings["weight_decays"]), len(curves["epochs"])
    assert np.shape(curves["validation_error"]) == shape
