"""The recorded comparison of searches: made as its configuration says, and still what the code gives."""

import numpy as np
import pytest

from d2lutils.runs import search as recorded
from d2lutils.search import hyperband, random_search, sample
from d2lutils.tuning import SPACE, DigitsMLP

TINY = {
    "space": {"lr": [1e-3, 1e-1], "l2": [1e-6, 1e-1], "hidden": [10, 1000]},
    "objective": {
        "data": "digits",
        "num_train": 60,
        "num_validation": 50,
        "num_test": 50,
        "pool": 2,
    },
    "max_resource": 3,
    "eta": 3,
    "repeats": 2,
    "num_configs": 4,
    "num_initial": 4,
    "num_seeds": 2,
}


@pytest.fixture
def _no_torch(monkeypatch):
    """Four configurations of which four are random need no Gaussian process."""
    monkeypatch.setattr("d2lutils.search._bayesian.check", lambda sampler: None)


@pytest.mark.usefixtures("_no_torch")
def test_a_run_holds_the_incumbents_of_the_searches():
    run = recorded.compare(TINY)
    assert [(entry["seed"], entry["method"]) for entry in run["studies"]] == [
        (seed, method) for seed in (0, 1) for method in recorded.METHODS
    ]
    objective = DigitsMLP(**TINY["objective"], seed=1)
    spent = np.arange(0, 30, 2)
    once, twice, _, band = recorded.METHODS
    for method, study in (
        (once, random_search(objective, SPACE, 4, 3, seed=1, progress=False)),
        (twice, random_search(objective, SPACE, 8, 3, seed=1, progress=False)),
        (band, hyperband(objective, SPACE, 3, repeats=2, seed=1, progress=False)),
    ):
        for value in ("loss", "test_error"):
            found = recorded.after(method, spent, value, run)
            assert found.shape == (2, len(spent))
            np.testing.assert_allclose(found[1], study.after(spent, value), rtol=1e-5)
            assert recorded.final(method, value, run)[1] == found[1, -1]
        entry = next(
            e for e in run["studies"] if e["method"] == method and e["seed"] == 1
        )
        assert (entry["budget"], entry["trials"], entry["failed"]) == (
            study.spent,
            len(study.trials),
            0,
        )
    assert {
        "configuration",
        "engine",
        "device",
        "versions",
        "seconds",
        "date",
    } <= run.keys()
    with pytest.raises(ValueError, match="method must be one of 'random search'"):
        recorded.after("grid search", spent, run=run)


@pytest.mark.usefixtures("_no_torch")
def test_a_run_that_was_killed_goes_on(tmp_path):
    def kill(entry):
        if entry["seed"] == 1:
            raise KeyboardInterrupt

    told = []
    with pytest.raises(KeyboardInterrupt):
        recorded.compare(TINY, tmp_path / "part.json", kill)
    resumed = recorded.compare(TINY, tmp_path / "part.json", told.append)
    assert [entry["seed"] for entry in told] == [
        1,
        1,
    ]  # seed 0, and random search with seed 1, were there
    whole = recorded.compare(TINY)
    for run in (resumed, whole):
        for entry in run["studies"]:
            entry.pop("seconds")
    assert resumed["studies"] == whole["studies"]


@pytest.mark.parametrize("name", recorded.CONFIGURATIONS)
def test_a_stored_run_is_that_of_its_configuration(name):
    run, c = recorded.stored(name), recorded.CONFIGURATIONS[name]
    assert run["configuration"] == c
    space = recorded._space(c)
    assert (space == SPACE) == (name == "slides")
    assert len(run["studies"]) == len(recorded.METHODS) * c["num_seeds"]
    budgets = dict(zip(recorded.METHODS, (729, 1458, 729, 714), strict=True))
    for entry in run["studies"]:
        assert entry["budget"] == budgets[entry["method"]]
        assert (np.diff(entry["loss"]) < 0).all()
        assert (np.diff(entry["spent"]) > 0).all()
        assert entry["spent"][-1] <= entry["budget"]
        if entry["method"].startswith("random"):
            number = entry["spent"][-1] // c["max_resource"] - 1
            drawn = sample(space, np.random.default_rng([entry["seed"], number]))
            assert entry["best"] == pytest.approx(drawn, rel=1e-5)
    assert recorded.origin(name).startswith(f"Recorded on {run['date']}")


@pytest.mark.parametrize("name", recorded.CONFIGURATIONS)
def test_stored_losses_are_what_training_gives(name):
    c = recorded.CONFIGURATIONS[name]
    for entry in recorded.stored(name)["studies"][
        1:3
    ]:  # those whose best trials had all the epochs for certain
        objective = DigitsMLP(**c["objective"], seed=entry["seed"])
        config = entry["best"] | {"hidden": int(entry["best"]["hidden"])}
        loss, _, details = objective(config, c["max_resource"], None)
        assert loss == pytest.approx(entry["loss"][-1], rel=0.02)
        assert details["test_loss"] == pytest.approx(entry["test_loss"][-1], rel=0.02)


def test_unknown_runs():
    with pytest.raises(
        ValueError, match="name must be one of 'slides', 'wide', got 'narrow'"
    ):
        recorded.stored("narrow")
