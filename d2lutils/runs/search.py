"""The recorded runs behind the chapter on hyperparameters: four searches at equal budgets, many seeds, two boxes.

    python -m d2lutils.runs.search [slides | wide]      run one again and store it; goes on if it was killed

Each is one JSON file in the folder data of the package.
"""

import json
import pathlib
import platform
import sys
import time

import numpy as np

from d2lutils import _checks, _files, datasets
from d2lutils.runs import _records
from d2lutils.search import (
    Study,
    bayesian_search,
    hyperband,
    log_integer,
    log_uniform,
    random_search,
)
from d2lutils.tuning import DigitsMLP

CONFIGURATION = {
    "space": {"lr": [1e-3, 1e-1], "l2": [1e-6, 1e-1], "hidden": [10, 1000]},
    "objective": {
        "data": "mnist-sample",
        "num_train": 1000,
        "num_validation": 2000,
        "pool": 2,
    },
    "max_resource": 27,
    "eta": 3,
    "repeats": 2,
    "num_configs": 27,
    "num_initial": 10,
    "num_seeds": 20,
}
"""What was recorded as "slides": searches of Recht's box, `tuning.SPACE`, seed k with the training seed k. Hyperband's
two rounds with R = 27 spend 714 epochs, since survivors go on from where they were; 27 configurations cost 729."""

CONFIGURATIONS = {
    "slides": CONFIGURATION,
    "wide": CONFIGURATION
    | {"space": {"lr": [1e-4, 10.0], "l2": [1e-8, 1.0], "hidden": [10, 100]}},
}
"""In the slides' box the best settings lie in a corner; in the wide one, inside as far as lr and l2 go."""

METHODS = (
    "random search",
    "random search, twice the budget",
    "Bayesian optimisation",
    "Hyperband",
)
_VALUES = ("loss", "validation_error", "test_loss", "test_error")


def compare(configuration, part=None, callback=None):
    """Run a configuration like `CONFIGURATION`; return it with what came out and how, as JSON values.

    "studies" holds one entry for each method and seed: the incumbents' "spent" (epochs so far), validation "loss",
    "validation_error", "test_loss" and "test_error", lists of equal length; "best", its configuration; the numbers of
    "trials" and "failed" ones; all epochs, "budget"; "seconds". part: path of a file with the entries so far, kept
    until the run is complete. callback: called with each new entry.
    """
    c = configuration
    studies: list[dict] = []
    part = None if part is None else pathlib.Path(part)
    if part is not None and part.exists():
        kept = json.loads(part.read_text(encoding="utf8"))
        studies = kept["studies"] if kept["configuration"] == c else []
    for seed in range(c["num_seeds"]):
        objective = DigitsMLP(**c["objective"], seed=seed)
        for first, search in (
            (METHODS[1], _random),
            (METHODS[2], _bayesian),
            (METHODS[3], _hyperband),
        ):
            if any(
                entry["method"] == first and entry["seed"] == seed for entry in studies
            ):
                continue
            start = time.perf_counter()
            study = search(objective, c, seed=seed, n_jobs=1, progress=False)
            seconds = round(time.perf_counter() - start, 1)
            found = {first: study}
            if (
                first == METHODS[1]
            ):  # a search of half the length has the first half's trials
                found = {
                    METHODS[0]: Study(study.method, study.trials[: c["num_configs"]]),
                    first: study,
                }
            new = [
                _entry(method, seed, what, round(seconds * what.spent / study.spent, 1))
                for method, what in found.items()
            ]
            studies += new
            if part is not None:
                part.parent.mkdir(parents=True, exist_ok=True)
                _files.write(part, json.dumps({"configuration": c, "studies": studies}))
            for entry in new if callback is not None else ():
                callback(entry)
    return {
        "recipe": "search-comparison",
        "configuration": c,
        "studies": studies,
        "engine": "NumPy, float32; Optuna's Gaussian process",
        "device": f"1 CPU thread ({platform.machine()})",
        "seconds": round(
            sum(entry["seconds"] for entry in studies if entry["method"] != METHODS[0])
        ),
        **_records.stamp("numpy", "optuna", "torch"),
    }


def stored(name="slides"):
    """A recorded run as `compare` returned it. name: of one of the `CONFIGURATIONS`."""
    return _records.load(_name(name))


def origin(name="slides"):
    """One sentence that says where the recorded numbers come from. name: as in `stored`."""
    run = stored(name)
    versions = run["versions"]
    libraries = f"NumPy {versions['numpy']} and Optuna {versions['optuna']}"
    return _records.origin(run, libraries, run["device"])


def after(method, spent, value="loss", run=None):
    """What a method's best trial had reached when so much was spent, by the validation loss.

    method: one of `METHODS`. spent: (m,) epochs. value: "loss" (validation), "validation_error", "test_loss" or
    "test_error". run: as returned by `compare` or `stored`, by default the run of the slides' box.
    Returns (num_seeds, m), NaN where no trial had finished. Raises ValueError for an unknown method or value, or NaN.
    """
    _checks.choice("method", method, METHODS)
    _checks.choice("value", value, _VALUES)
    spent = _checks.array("spent", spent, 1, finite=False)
    if np.isnan(spent).any():
        raise ValueError("spent must be numbers, got NaN")
    run = stored() if run is None else run
    studies = sorted(
        (entry for entry in run["studies"] if entry["method"] == method),
        key=lambda entry: entry["seed"],
    )
    return np.array(
        [
            np.array([np.nan, *entry[value]])[
                np.searchsorted(entry["spent"], spent, side="right")
            ]
            for entry in studies
        ]
    )


def final(method, value="loss", run=None):
    """What a method ended with: (num_seeds,). Arguments as in `after`."""
    return after(method, [np.inf], value, run)[:, 0]


def _space(c):
    lr, l2, hidden = (c["space"][name] for name in ("lr", "l2", "hidden"))
    return {
        "lr": log_uniform(*lr),
        "l2": log_uniform(*l2),
        "hidden": log_integer(*hidden),
    }


def _random(objective, c, **settings):
    return random_search(
        objective, _space(c), 2 * c["num_configs"], c["max_resource"], **settings
    )


def _bayesian(objective, c, **settings):
    settings |= {"num_initial": c["num_initial"]}
    return bayesian_search(
        objective, _space(c), c["num_configs"], c["max_resource"], **settings
    )


def _hyperband(objective, c, **settings):
    return hyperband(
        objective,
        _space(c),
        c["max_resource"],
        eta=c["eta"],
        repeats=c["repeats"],
        **settings,
    )


def _entry(method, seed, study, seconds):
    spent, trials = study.incumbents()
    columns = {"loss": [trial.loss for trial in trials]}
    columns |= {name: [trial.details[name] for trial in trials] for name in _VALUES[1:]}
    return {
        "method": method,
        "seed": seed,
        "spent": spent.tolist(),
        **{name: _records.rounded(column) for name, column in columns.items()},
        "best": {
            name: _records.rounded(value) for name, value in study.best.config.items()
        },
        "trials": len(study.trials),
        "failed": len(study.failed),
        "budget": study.spent,
        "seconds": seconds,
    }


def _name(name):
    _checks.choice("name", name, CONFIGURATIONS)
    return "search-comparison" if name == "slides" else f"search-comparison-{name}"


def _tell(entry):
    print(
        entry["seed"],
        entry["method"],
        entry["loss"][-1],
        entry["test_error"][-1],
        entry["seconds"],
        flush=True,
    )


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "slides"
    unfinished = (
        datasets.cache_folder() / "checkpoints" / f"search-comparison-{wanted}.json"
    )
    run = compare(CONFIGURATIONS[wanted], unfinished, _tell)
    _files.write(_records.file(_name(wanted)), _records.dumps(run, "studies"))
    unfinished.unlink(missing_ok=True)
