"""Searches: budgets by formula, survivors known beforehand, sweeps that are killed."""

import contextlib
import functools
import importlib.util
import json
import math
import os
import signal
import time
from collections import Counter

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from d2lutils.search import (
    bayesian_search,
    brackets,
    choice,
    hyperband,
    integer,
    log_integer,
    log_uniform,
    random_search,
    sample,
    successive_halving,
    uniform,
)

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="Optuna's GP needs PyTorch"
)
UNIT = {"x": uniform(0, 1)}


def distance(config, resource, state):
    """Falls with the resource, in one order for all; the state is the resource."""
    assert state is None or state < resource
    return config["x"] + 1 / resource, resource, {"square": config["x"] ** 2}


def stateless(config, resource, state):
    return config["x"] + 1 / resource


def troubled(config, resource, state):
    if config["x"] < 0.15:
        raise RuntimeError("too small")
    if config["x"] < 0.3:
        return -math.inf, resource
    return (math.nan if config["x"] < 0.5 and resource > 1 else config["x"]), resource


def test_hyperband_paper_numbers():
    """R = 81, eta = 3 (Li et al. 2018, Algorithm 1)."""
    found = brackets(81, 3)
    assert [bracket.s for bracket in found] == [4, 3, 2, 1, 0]
    assert [bracket.rungs[0].number for bracket in found] == [81, 34, 15, 8, 5]
    assert [bracket.budget for bracket in found] == [405, 363, 351, 378, 405]
    assert sum(bracket.budget for bracket in found) == 1902
    assert sum(bracket.resumed_budget for bracket in found) == 1581
    assert [(rung.number, rung.resource) for rung in found[0].rungs] == [
        (81, 1),
        (27, 3),
        (9, 9),
        (3, 27),
        (1, 81),
    ]
    assert len(brackets(243, 3)) == 6  # int(log(243) / log(3)) is 4 in floating point


@given(st.integers(1, 10**9), st.integers(2, 10))
def test_brackets(max_resource, eta):
    found = brackets(max_resource, eta)
    assert eta ** (len(found) - 1) <= max_resource < eta ** len(found)
    assert [bracket.s for bracket in found] == list(range(len(found) - 1, -1, -1))
    for bracket in found:
        number, s = bracket.rungs[0].number, bracket.s
        assert (
            (number - 1) * (s + 1) < len(found) * eta**s <= number * (s + 1)
        )  # the ceiling, without division
        assert [rung.number for rung in bracket.rungs] == [
            number // eta**i for i in range(s + 1)
        ]
        assert bracket.rungs[-1].resource == max_resource
        for one, other in zip(bracket.rungs, bracket.rungs[1:], strict=False):
            assert one.number > other.number >= 1
            assert one.resource * eta <= other.resource < (one.resource + 1) * eta
        assert bracket.budget == sum(
            rung.number * rung.resource for rung in bracket.rungs
        )
        assert (
            bracket.resumed_budget
            <= bracket.budget
            <= len(found) * max_resource + bracket.s * max_resource
        )


@given(st.integers(0, 10), st.integers(2, 6))
def test_powers_of_eta_give_powers_of_eta(s_max, eta):
    for bracket in brackets(eta**s_max, eta):
        assert [rung.resource for rung in bracket.rungs] == [
            eta**k for k in range(s_max - bracket.s, s_max + 1)
        ]


@pytest.mark.parametrize("bad", [(0, 3), (81, 1), (2.5, 3), (81, True)])
def test_brackets_refuse(bad):
    with pytest.raises((ValueError, TypeError), match="must be a whole number"):
        brackets(*bad)


def test_a_sample_has_the_distribution_asked_for():
    space = {
        "lr": log_uniform(1e-3, 1e-1),
        "hidden": log_integer(1, 1000),
        "layers": integer(1, 3),
        "momentum": uniform(0, 1),
        "activation": choice("relu", "tanh"),
    }
    rng = np.random.default_rng(0)
    drawn = [sample(space, rng) for _ in range(4000)]
    columns = {name: np.array([config[name] for config in drawn]) for name in space}
    for name, share in (
        ("lr", (columns["lr"] < 1e-2).mean() - 1 / 2),
        ("hidden", (columns["hidden"] == 1).mean() - math.log(3) / math.log(2001)),
        ("layers", (columns["layers"] == 3).mean() - 1 / 3),
        ("momentum", (columns["momentum"] < 0.25).mean() - 1 / 4),
        ("activation", (columns["activation"] == "tanh").mean() - 1 / 2),
    ):
        assert abs(share) < 3 * 0.5 / math.sqrt(len(drawn)), name
    assert {log_integer(2, 5).draw(rng) for _ in range(200)} == {2, 3, 4, 5}
    assert columns["hidden"].max() > 900
    assert {type(config["hidden"]) for config in drawn} == {int}
    with pytest.raises(
        TypeError, match=r"log_uniform\(low, high\), .* at 'lr', got 0\.1"
    ):
        sample({"lr": 0.1}, rng)
    with pytest.raises(ValueError, match="low must be > 0 for a logarithm, got 0"):
        log_uniform(0, 1)
    with pytest.raises(TypeError, match="each value must be a text"):
        choice((64, 64), (128,))
    with pytest.raises(ValueError, match="low must be below high = 1"):
        uniform(1, 1)
    with pytest.raises(ValueError, match="high must be a finite number"):
        uniform(1, math.nan)


def test_sixty_random_configurations_hit_the_best_twentieth():
    hits = [
        random_search(stateless, UNIT, 60, 1, seed=seed, progress=False).best.config[
            "x"
        ]
        < 0.05
        for seed in range(300)
    ]
    expected = 1 - 0.95**60
    assert abs(np.mean(hits) - expected) < 3 * math.sqrt(
        expected * (1 - expected) / len(hits)
    )


def test_halving_keeps_the_right_ones():
    study = successive_halving(distance, UNIT, 27, 27, seed=1, progress=False)
    drawn = {
        trial.number: trial.config["x"] for trial in study.trials if trial.resource == 1
    }
    ranked = sorted(drawn, key=drawn.get)
    for resource, number in ((1, 27), (3, 9), (9, 3), (27, 1)):
        assert sorted(ranked[:number]) == [
            trial.number for trial in study.trials if trial.resource == resource
        ]
    assert study.best.number == ranked[0]
    assert study.spent == 27 * 1 + 9 * 2 + 3 * 6 + 1 * 18
    assert study.best.details["square"] == pytest.approx(drawn[ranked[0]] ** 2)


def test_halving_agrees_with_scikit_learn():
    from sklearn.base import BaseEstimator
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingGridSearchCV

    def curve(
        x, resource
    ):  # curves that cross, so that survivors depend on the resources
        return math.sin(40 * x) / resource + (x - 0.3) ** 2

    class Curve(BaseEstimator):
        def __init__(self, x=0.0, resource=1):
            self.x, self.resource = x, resource

        def fit(self, X, y=None):
            return self

        def score(self, X, y=None):
            return -curve(self.x, self.resource)

    ours = successive_halving(
        lambda config, resource, state: curve(config["x"], resource),
        UNIT,
        27,
        9,
        seed=2,
        progress=False,
    )
    grid = {"x": [trial.config["x"] for trial in ours.trials if trial.resource == 1]}
    theirs = HalvingGridSearchCV(
        Curve(),
        grid,
        factor=3,
        resource="resource",
        min_resources=1,
        max_resources=9,
        cv=[([0], [0])],
        refit=False,
    ).fit(np.zeros((2, 1)))
    for resource in (1, 3, 9):
        survivors = np.array([params["x"] for params in theirs.cv_results_["params"]])
        survivors = survivors[theirs.cv_results_["n_resources"] == resource]
        assert sorted(survivors) == sorted(
            trial.config["x"] for trial in ours.trials if trial.resource == resource
        )


def test_resource_spent_with_and_without_resuming():
    going_on = hyperband(distance, UNIT, 81, progress=False)
    afresh = hyperband(stateless, UNIT, 81, progress=False)
    assert (going_on.spent, afresh.spent) == (1581, 1902)
    assert len({trial.number for trial in going_on.trials}) == 143
    for trial in going_on.trials:
        assert trial.loss == trial.config["x"] + 1 / trial.resource
    assert (
        hyperband(distance, UNIT, 9, repeats=2, progress=False).spent
        == 2 * hyperband(distance, UNIT, 9, progress=False).spent
    )


def test_failed_trials_are_recorded_and_never_promoted():
    study = successive_halving(troubled, UNIT, 81, 9, seed=3, progress=False)
    first = {trial.number: trial for trial in study.trials if trial.resource == 1}
    for trial in first.values():
        x = trial.config["x"]
        expected = (
            "RuntimeError: too small"
            if x < 0.15
            else "the loss is -inf"
            if x < 0.3
            else ""
        )
        assert trial.error == expected
        assert trial.failed == (x < 0.3)
    promoted = [trial for trial in study.trials if trial.resource == 3]
    assert len(promoted) == 27
    assert not any(first[trial.number].failed for trial in promoted)
    assert {trial.error for trial in promoted if trial.config["x"] < 0.5} == {
        "the loss is nan"
    }
    assert not study.best.failed
    survivors = {trial.number for trial in study.trials if trial.resource == 9}
    assert survivors == set(
        sorted(
            (t.number for t in promoted if not t.failed), key=lambda k: first[k].loss
        )[:9]
    )
    hopeless = random_search(
        lambda config, resource, state: math.nan, UNIT, 4, 1, progress=False
    )
    with pytest.raises(
        ValueError, match="all 4 trials failed; the first one said: the loss is nan"
    ):
        hopeless.best  # noqa: B018
    assert hopeless.incumbents()[1] == ()
    assert np.isnan(hopeless.after([1, 4])).all()


def test_of_equal_losses_the_first_configurations_stay():
    study = successive_halving(
        lambda config, resource, state: 1.0, UNIT, 27, 27, progress=False
    )
    for resource, number in ((1, 27), (3, 9), (9, 3), (27, 1)):
        assert [
            trial.number for trial in study.trials if trial.resource == resource
        ] == list(range(number))
    assert study.best.number == 0


def test_incumbents_against_spent_resource():
    losses = iter([0.5, math.nan, 0.7, 0.4, 0.4, 0.1])
    study = random_search(
        lambda config, resource, state: (next(losses), None, {"test": 2.0}),
        UNIT,
        6,
        10,
        progress=False,
        n_jobs=1,
    )
    spent, trials = study.incumbents()
    assert spent.tolist() == [10, 40, 60]
    assert [trial.loss for trial in trials] == [0.5, 0.4, 0.1]
    np.testing.assert_array_equal(
        study.after([[9, 10], [39, 40], [59, 600]]),
        [[np.nan, 0.5], [0.5, 0.4], [0.4, 0.1]],
    )
    np.testing.assert_array_equal(study.after([5, 15], "test"), [np.nan, 2])


def searches():
    yield functools.partial(hyperband, space=UNIT, max_resource=9, repeats=2)
    yield functools.partial(
        successive_halving, space=UNIT, num_configs=20, max_resource=9
    )
    yield functools.partial(random_search, space=UNIT, num_configs=12, resource=2)
    yield functools.partial(
        bayesian_search,
        space=UNIT,
        num_configs=9,
        resource=2,
        num_initial=4,
        batch=2,
        sampler="tpe",
    )


@pytest.mark.parametrize(
    "method", list(searches()), ids=lambda method: method.func.__name__
)
def test_a_sweep_that_is_killed_goes_on_where_it_was(method, tmp_path):
    whole = method(troubled, seed=5, progress=False)
    calls, killed = Counter(), 0

    def fragile(config, resource, state):
        assert state in (None, resource // 3)
        calls[config["x"], resource] += 1
        if sum(calls.values()) % 3 == 0:
            raise KeyboardInterrupt
        return troubled(config, resource, state)

    while True:
        try:
            study = method(fragile, seed=5, progress=False, folder=tmp_path)
            break
        except KeyboardInterrupt:
            killed += 1
            with (tmp_path / "trials.jsonl").open(
                "a"
            ) as file:  # as if killed in the middle of writing, too
                file.write('{"number": 7, "con')
    assert study == whole
    assert killed >= 3
    assert (
        sum(calls.values()) == len(study.trials) + killed
    )  # no finished trial ran twice
    assert [path.name for path in tmp_path.iterdir()] == ["trials.jsonl"]
    assert method(fragile, seed=5, progress=False, folder=tmp_path) == whole
    assert sum(calls.values()) == len(study.trials) + killed
    rows = [
        json.loads(line)
        for line in (tmp_path / "trials.jsonl").read_text().splitlines()
    ]
    assert len(rows) == 1 + len(study.trials)
    with pytest.raises(ValueError, match="another seed"):
        method(fragile, seed=6, progress=False, folder=tmp_path)


def test_states_lie_in_the_folder_only_while_needed(tmp_path):
    def looking(config, resource, state):
        kept = sorted(path.name for path in tmp_path.glob("state-*"))
        assert len(kept) <= {1: 8, 3: 3, 9: 1}[resource]
        return config["x"], resource

    successive_halving(looking, UNIT, 9, 9, progress=False, folder=tmp_path)
    assert not list(tmp_path.glob("state-*"))


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "trials.jsonl").write_text("[1, 2]\nnotes\n")
    with pytest.raises(ValueError, match="is no record of a study"):
        random_search(stateless, UNIT, 2, 1, folder=tmp_path, progress=False)
    assert (tmp_path / "trials.jsonl").read_text() == "[1, 2]\nnotes\n"


def test_workers_do_not_change_the_study(tmp_path):
    alone = hyperband(troubled, UNIT, 9, seed=7, progress=False)
    assert hyperband(troubled, UNIT, 9, seed=7, progress=False, n_jobs=2) == alone
    with joblib.parallel_config(backend="threading", n_jobs=4):
        assert (
            hyperband(troubled, UNIT, 9, seed=7, progress=False, folder=tmp_path)
            == alone
        )


def test_a_process_that_dies_costs_no_finished_trial(tmp_path):
    def deadly(config, resource, state):
        if resource == 3 and not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return config["x"] + 1 / resource, resource, {"square": config["x"] ** 2}

    sweep = functools.partial(
        successive_halving,
        deadly,
        UNIT,
        9,
        9,
        progress=False,
        folder=tmp_path / "sweep",
    )
    alone = successive_halving(distance, UNIT, 9, 9, progress=False)
    assert sweep(n_jobs=2) == alone
    assert (tmp_path / "died").exists()
    rows = (tmp_path / "sweep" / "trials.jsonl").read_text().splitlines()
    assert len(rows) == 1 + len(alone.trials)
    assert sweep() == alone


def test_a_cluster_that_loses_a_worker_finishes_every_trial_once(tmp_path):
    distributed = pytest.importorskip("distributed")

    def mortal(config, resource, state):
        name = tmp_path / f"{config['x']}-{resource}"
        with name.open("a") as file:
            file.write(f"{os.getpid()}\n")
        if len(list(tmp_path.iterdir())) > 12:
            with (
                contextlib.suppress(FileExistsError),
                (tmp_path / "killed").open("x") as file,
            ):
                file.write(str(name))
                file.flush()
                os.kill(os.getpid(), signal.SIGKILL)
        return config["x"] + 1 / resource, resource

    alone = hyperband(distance, UNIT, 9, seed=8, progress=False)
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            host="127.0.0.1",
            silence_logs="CRITICAL",
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask", wait_for_workers_timeout=60),
    ):
        study = hyperband(mortal, UNIT, 9, seed=8, progress=False)
    assert [(t.number, t.resource, t.loss) for t in study.trials] == [
        (t.number, t.resource, t.loss) for t in alone.trials
    ]
    assert study.spent == alone.spent
    killed = (tmp_path / "killed").read_text()
    attempts = {
        str(path): path.read_text().split()
        for path in tmp_path.iterdir()
        if path.name != "killed"
    }
    assert len(attempts) == len(study.trials)
    assert len(attempts[killed]) == 2  # it began again elsewhere
    assert len({pid for pids in attempts.values() for pid in pids}) >= 2


@pytest.mark.parametrize(
    ("sampler", "num_configs", "batch", "share"),
    [pytest.param("gp", 14, 1, 0.1, marks=needs_torch), ("tpe", 60, 3, 0.2)],
)
def test_bayesian_search_learns(sampler, num_configs, batch, share):
    space = {"x": uniform(0, 1), "n": log_integer(1, 1000), "constant": choice("a")}

    def bowl(config, resource, state):
        return (config["x"] - 0.7) ** 2 + (math.log10(config["n"]) - 1) ** 2 / 9

    settings = {
        "num_initial": 6,
        "batch": batch,
        "sampler": sampler,
        "seed": 1,
        "progress": False,
    }
    study = bayesian_search(bowl, space, num_configs, 1, **settings)
    drawn = random_search(bowl, space, 1000, 1, seed=1, progress=False)
    assert study.trials[:6] == drawn.trials[:6]
    # At least half of the last ones are among the best tenth, or fifth, of random ones.
    last = [trial.loss for trial in study.trials[-(num_configs - 6) // 2 :]]
    assert np.median(last) < np.quantile([trial.loss for trial in drawn.trials], share)
    assert {type(trial.config["n"]) for trial in study.trials} == {int}


def test_bayesian_search_outlives_failures():
    def cliff(config, resource, state):
        if config["x"] < 0.9:
            raise RuntimeError("no")
        return config["x"]

    settings = {"num_initial": 3, "sampler": "tpe", "progress": False}
    study = bayesian_search(cliff, UNIT, 25, 1, **settings)
    assert [trial.failed for trial in study.trials] == [
        trial.config["x"] < 0.9 for trial in study.trials
    ]
    assert all(
        trial.failed for trial in study.trials[:3]
    )  # so that the model begins with nothing but failures
    assert not study.best.failed


def test_bayesian_search_without_pytorch_says_what_to_do(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install torch, or take sampler='tpe'"):
        bayesian_search(stateless, UNIT, 3, 1)
    with pytest.raises(ValueError, match="sampler must be one of 'gp', 'tpe'"):
        bayesian_search(stateless, UNIT, 3, 1, sampler="cma")


def test_the_bar_shows_the_best_value(capsys):
    def slow(config, resource, state):
        time.sleep(0.12)  # the bar is drawn ten times a second
        return 0.1234567

    random_search(slow, UNIT, 2, 1, progress=True)
    assert "best=0.1235" in capsys.readouterr().err
    random_search(stateless, UNIT, 3, 1, progress=False)
    assert capsys.readouterr().err == ""
