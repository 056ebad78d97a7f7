"""The recorded searches: made as their settings say, and still what the code gives."""

import numpy as np
import pytest

from d2lutils import runs
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
    record = recorded.measure(TINY)
    run = runs.Run(record)
    assert [(entry["seed"], entry["method"]) for entry in run.results["studies"]] == [
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
            e
            for e in run.results["studies"]
            if e["method"] == method and e["seed"] == 1
        )
        assert (entry["budget"], entry["trials"], entry["failed"]) == (
            study.spent,
            len(study.trials),
            0,
        )
    assert {
        "settings",
        "data",
        "threads",
        "engine",
        "device",
        "versions",
        "seconds",
        "date",
    } <= record.keys()
    with pytest.raises(ValueError, match="method must be one of 'random search'"):
        recorded.after("grid search", spent, run=run)


@pytest.mark.usefixtures("_no_torch")
def test_a_run_that_was_killed_goes_on(tmp_path):
    def kill(seed, *rest):
        if seed == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recorded.measure(TINY, tmp_path, kill)
    there = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(there) == 4  # three searches with seed 0, one with seed 1
    resumed = recorded.measure(TINY, tmp_path)["results"]["studies"]
    assert (
        there.items()
        <= {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir()}.items()
    )
    whole = recorded.measure(TINY)["results"]["studies"]
    for entry in resumed + whole:
        entry.pop("seconds")
    assert resumed == whole


@pytest.mark.parametrize("name", recorded.SETTINGS)
def test_a_stored_run_is_that_of_its_configuration(name):
    run, c = runs.load(name), recorded.SETTINGS[name]
    assert run.settings == c
    space = recorded._space(c)
    assert (space == SPACE) == (name == "search-comparison")
    assert len(run.results["studies"]) == len(recorded.METHODS) * c["num_seeds"]
    budgets = dict(zip(recorded.METHODS, (729, 1458, 729, 714), strict=True))
    for entry in run.results["studies"]:
        assert entry["budget"] == budgets[entry["method"]]
        assert (np.diff(entry["loss"]) < 0).all()
        assert (np.diff(entry["spent"]) > 0).all()
        assert entry["spent"][-1] <= entry["budget"]
        if entry["method"].startswith("random"):
            number = entry["spent"][-1] // c["max_resource"] - 1
            drawn = sample(space, np.random.default_rng([entry["seed"], number]))
            assert entry["best"] == pytest.approx(drawn, rel=1e-5)
    assert run.origin.startswith(f"Recorded on {run.record['date']}")


@pytest.mark.parametrize("name", recorded.SETTINGS)
def test_stored_losses_are_what_training_gives(name):
    c = recorded.SETTINGS[name]
    # The best trials of these two had all the epochs for certain.
    for entry in runs.load(name).results["studies"][1:3]:
        objective = DigitsMLP(**c["objective"], seed=entry["seed"])
        config = entry["best"] | {"hidden": int(entry["best"]["hidden"])}
        loss, _, details = objective(config, c["max_resource"], None)
        assert loss == pytest.approx(entry["loss"][-1], rel=0.02)
        assert details["test_loss"] == pytest.approx(entry["test_loss"][-1], rel=0.02)
