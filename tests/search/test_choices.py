"""Choices that compare equal, NumPy's values, and what Optuna says meanwhile."""

import importlib.util
import json
import logging
import math
from collections import Counter

import numpy as np
import pytest

from d2lutils.search import (
    bayesian_search,
    choice,
    integer,
    log_integer,
    log_uniform,
    random_search,
    uniform,
)

SAMPLERS = [
    pytest.param(
        "gp",
        marks=pytest.mark.skipif(
            importlib.util.find_spec("torch") is None, reason="needs PyTorch"
        ),
    ),
    "tpe",
]


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize(
    ("values", "best"),
    [
        (("relu", "tanh"), "tanh"),
        (("relu", "relu", "tanh"), "tanh"),
        ((False, 0, "auto"), "auto"),
        ((1, True, "1"), "1"),
        ((0, 0.0, 1), 1),
        ((True, 1, 1.0), 1.0),
        ((True, 1, 1.0), True),
    ],
)
def test_the_best_of_equal_choices_is_found(sampler, values, best):
    """What was seen used to be filed under the first equal value."""

    def loss(config, resource, state):
        given = config["act"]
        return float((type(given), given) != (type(best), best))

    study = bayesian_search(
        loss,
        {"act": choice(*values)},
        24,
        1,
        sampler=sampler,
        num_initial=6,
        progress=False,
    )
    chosen = Counter(repr(trial.config["act"]) for trial in study.trials[6:])
    assert chosen.most_common(1)[0][0] == repr(best)
    assert chosen[repr(best)] >= 12


def test_a_repeated_choice_weighs_double_at_random():
    space = {"act": choice("relu", "relu", "tanh")}
    study = random_search(lambda c, r, s: 0.0, space, 2000, 1, progress=False)
    share = np.mean([trial.config["act"] == "relu" for trial in study.trials])
    assert abs(share - 2 / 3) < 3 * math.sqrt(2 / 9 / 2000)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_numpy_s_values_become_python_s(tmp_path, sampler):
    def objective(config, resource, state):
        return config["size"] * config["x"] + config["n"] + config["m"] + config["y"]

    numpy, python = (
        {
            "size": choice(*sizes),
            "any": choice(*anything),
            "x": uniform(low, high),
            "y": log_uniform(low, high),
            "n": integer(first, last),
            "m": log_integer(first, last),
        }
        for sizes, anything, low, high, first, last in (
            (
                np.array([16, 32, 64]),
                (np.str_("a"), np.bool_(True), np.float32(0.5), np.array(2)),
                np.float32(0.25),
                np.array(1.0),
                np.int64(1),
                np.array(3),
            ),
            ((16, 32, 64), ("a", True, 0.5, 2), 0.25, 1, 1, 3),
        )
    )
    assert repr(numpy) == repr(python)
    settings = {"num_initial": 3, "sampler": sampler, "progress": False}
    study = bayesian_search(objective, numpy, 5, 1, folder=tmp_path, **settings)
    assert study == bayesian_search(objective, python, 5, 1, **settings)
    types = {type(v) for trial in study.trials for v in trial.config.values()}
    assert types <= {int, float, str, bool}
    row = json.loads((tmp_path / "trials.jsonl").read_text().splitlines()[1])
    assert row["config"] == study.trials[0].config


class Sixteen:
    def __repr__(self):
        return "16"


def test_what_is_no_choice_is_told_with_its_type():
    for bad, says in (
        (Sixteen(), "got 16 of type Sixteen"),
        ((64, 64), r"got \(64, 64\) of type tuple"),
        (np.complex64(1), "of type complex64"),
        (np.array([1, 2]), "of type ndarray"),
    ):
        with pytest.raises(TypeError, match=f"each value must be a text, .*{says}"):
            choice("a", bad)
    with pytest.raises(ValueError, match="value must be a number other than NaN"):
        choice(1.0, math.nan)
    with pytest.raises(TypeError, match="values must be given"):
        choice()


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_optuna_is_silent_and_stays_as_it_was(capfd, sampler):
    """A converged study used to bring lines with the time of day."""
    import optuna

    before = optuna.logging.get_verbosity()
    try:
        for verbosity in (logging.DEBUG, logging.CRITICAL):
            optuna.logging.set_verbosity(verbosity)
            bayesian_search(
                lambda c, r, s: c["x"],
                {"x": uniform(0, 1)},
                20,
                1,
                sampler=sampler,
                progress=False,
            )
            assert optuna.logging.get_verbosity() == verbosity
    finally:
        optuna.logging.set_verbosity(before)
    assert capfd.readouterr() == ("", "")
