"""Hyperparameters: four searches at equal budgets, many seeds, two boxes.

The recorded runs behind the chapter, `load("search-comparison")` and
`load("search-comparison-wide")`: networks in NumPy in float32, Optuna's Gaussian
process.
"""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks, datasets
from d2lutils.runs import _records
from d2lutils.runs._records import Run
from d2lutils.search import (
    Study,
    bayesian_search,
    hyperband,
    log_integer,
    log_uniform,
    random_search,
)
from d2lutils.tuning import DigitsMLP

_SLIDES: dict[str, Any] = {
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
_WIDE = {"space": {"lr": [1e-4, 10.0], "l2": [1e-8, 1.0], "hidden": [10, 100]}}

SETTINGS: dict[str, dict[str, Any]] = {
    "search-comparison": _SLIDES,
    "search-comparison-wide": _SLIDES | _WIDE,
}
"""What is recorded.

Searches of Recht's box, `tuning.SPACE`, seed k with the training seed k. Hyperband's
two rounds with R = 27 spend 714 epochs, since survivors go on from where they were; 27
configurations cost 729. In this box the best settings lie in a corner; in the wide one,
inside as far as lr and l2 go.
"""

METHODS = (
    "random search",
    "random search, twice the budget",
    "Bayesian optimisation",
    "Hyperband",
)
_VALUES = ("loss", "validation_error", "test_loss", "test_error")


def measure(
    settings: dict[str, Any],
    folder: pathlib.Path | None = None,
    callback: Callable | None = None,
    root: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Run the searches.

    Parameters
    ----------
    settings : dict
        Such as ``SETTINGS["search-comparison"]``.
    folder : pathlib.Path, optional
        Where to keep what is done, so that a run that was killed goes on.
    callback : function, optional
        Called after each search as ``callback(seed, method, loss, test error)``.
    root : path, optional
        The folder with the data, see `datasets.load`.

    Returns
    -------
    dict
        The record, see `Run`. In its results ``studies`` has an entry for each method
        and seed: the incumbents' ``spent`` (epochs so far), validation ``loss``,
        ``validation_error``, ``test_loss`` and ``test_error``, lists of equal length;
        ``best``, its configuration; the numbers of ``trials`` and of ``failed`` ones;
        all epochs, ``budget``; ``seconds``.
    """
    studies: list[dict[str, Any]] = []
    for seed in range(settings["num_seeds"]):
        objective = DigitsMLP(**settings["objective"], seed=seed, root=_text(root))
        for method, search in _SEARCHES.items():
            place = f"{seed}-{search.__name__.strip('_')}"
            study = functools.partial(search, objective, settings, seed)
            found, seconds = _records.part(folder, place, _entries, study, method, seed)
            studies += _with_seconds(found, seconds)
            if callback is not None:
                last = found[-1]
                callback(seed, method, last["loss"][-1], last["test_error"][-1])
    own = [entry["seconds"] for entry in studies if entry["method"] != METHODS[0]]
    return _records.made(
        settings,
        _described(settings["objective"], root),
        "NumPy and Optuna",
        {"studies": studies},
        sum(own),
        ("optuna", "torch"),
    )


def after(
    method: str, spent: ArrayLike, value: str = "loss", run: Run | None = None
) -> np.ndarray:
    """What a method's best trial had reached when so much was spent.

    Parameters
    ----------
    method : str
        One of ``METHODS``.
    spent : array of shape (m,)
        Epochs.
    value : {"loss", "validation_error", "test_loss", "test_error"}
        Of the trial that is best by "loss", the validation loss.
    run : Run, optional
        By default the recorded one in the slides' box.

    Returns
    -------
    array of shape (num_seeds, m)
        NaN where no trial had finished.

    Raises
    ------
    ValueError
        For an unknown method or value, or NaN in `spent`.
    """
    _checks.choice("method", method, METHODS)
    _checks.choice("value", value, _VALUES)
    spent = _checks.array("spent", spent, 1, finite=False)
    if np.isnan(spent).any():
        raise ValueError("spent must be numbers, got NaN")
    run = _records.load("search-comparison") if run is None else run
    entries = _checks.instance("run", run, Run).results["studies"]
    studies = [entry for entry in entries if entry["method"] == method]
    rows = []
    for entry in sorted(studies, key=lambda entry: entry["seed"]):
        reached = np.searchsorted(entry["spent"], spent, side="right")
        rows.append(np.array([np.nan, *entry[value]])[reached])
    return np.array(rows)


def final(method: str, value: str = "loss", run: Run | None = None) -> np.ndarray:
    """What a method ended with, an array of shape (num_seeds,).

    `method`, `value` and `run` are those of `after`.
    """
    return after(method, [np.inf], value, run)[:, 0]


def _space(settings: dict[str, Any]) -> dict[str, Any]:
    lr, l2, hidden = (settings["space"][name] for name in ("lr", "l2", "hidden"))
    return {
        "lr": log_uniform(*lr),
        "l2": log_uniform(*l2),
        "hidden": log_integer(*hidden),
    }


_QUIET: dict[str, Any] = {"n_jobs": 1, "progress": False}


def _random(objective: DigitsMLP, settings: dict[str, Any], seed: int) -> Study:
    number, most = 2 * settings["num_configs"], settings["max_resource"]
    space = _space(settings)
    return random_search(objective, space, number, most, seed=seed, **_QUIET)


def _bayesian(objective: DigitsMLP, settings: dict[str, Any], seed: int) -> Study:
    return bayesian_search(
        objective,
        _space(settings),
        settings["num_configs"],
        settings["max_resource"],
        num_initial=settings["num_initial"],
        seed=seed,
        **_QUIET,
    )


def _hyperband(objective: DigitsMLP, settings: dict[str, Any], seed: int) -> Study:
    return hyperband(
        objective,
        _space(settings),
        settings["max_resource"],
        eta=settings["eta"],
        repeats=settings["repeats"],
        seed=seed,
        **_QUIET,
    )


_SEARCHES = {METHODS[1]: _random, METHODS[2]: _bayesian, METHODS[3]: _hyperband}


def _entries(
    search: Callable[[], Study], method: str, seed: int
) -> list[dict[str, Any]]:
    """What is kept of one search, or of two in one."""
    study = search()
    entries = [_entry(method, seed, study)]
    if method == METHODS[1]:  # one of half the length has the first half's trials
        half = Study(study.method, study.trials[: len(study.trials) // 2])
        entries.insert(0, _entry(METHODS[0], seed, half))
    return entries


def _entry(method: str, seed: int, study: Study) -> dict[str, Any]:
    spent, trials = study.incumbents()
    columns = {"loss": [trial.loss for trial in trials]}
    columns |= {name: [trial.details[name] for trial in trials] for name in _VALUES[1:]}
    best = study.best.config
    return {
        "method": method,
        "seed": seed,
        "spent": spent.tolist(),
        **{name: _records.rounded(column) for name, column in columns.items()},
        "best": {name: _records.rounded(value) for name, value in best.items()},
        "trials": len(study.trials),
        "failed": len(study.failed),
        "budget": study.spent,
    }


def _with_seconds(
    entries: list[dict[str, Any]], seconds: float
) -> list[dict[str, Any]]:
    """The entries of one search with the seconds that they took, by their budgets."""
    seconds, whole = round(seconds, 1), entries[-1]["budget"]
    return [
        entry | {"seconds": round(seconds * entry["budget"] / whole, 1)}
        for entry in entries
    ]


def _described(objective: dict[str, Any], root: Any) -> dict[str, dict[str, Any]]:
    """What the record says of the data: how many images, a checksum of all."""
    name = objective["data"]
    train, test = datasets.load(name, root=root)
    number, validation = objective["num_train"], objective["num_validation"]
    words = f"{number} training, {validation} validation and "
    words += f"{objective.get('num_test') or len(test)} test images of {name}"
    arrays = train.images, train.labels, test.images, test.labels
    return {name: _records.described(words, datasets.remark(name, root), *arrays)}


def _text(root: str | os.PathLike[str] | None) -> str | None:
    return None if root is None else os.fspath(root)
