"""Recorded runs: complete, resumed when killed, one format, those of their recipes."""

import json
import os
import pathlib
from dataclasses import replace

import numpy as np
import pytest

from d2lutils import completion, datasets, engines, runs
from d2lutils.networks import mlp
from d2lutils.runs import completion as completion_runs
from d2lutils.runs import recipes
from d2lutils.training import SGD

RECORDED = [
    path for name in recipes.RECIPES if (path := runs.FOLDER / f"{name}.json").exists()
]


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A recipe of a second at both scales, and folders of its own."""
    recipe = recipes.Recipe(
        "MLP on digits",
        mlp(8, 10),
        "digits",
        SGD(0.1),
        epochs=4,
        num_train=100,
        num_test=50,
        random_labels=0.5,
    )
    monkeypatch.setitem(
        recipes.RECIPES, "tiny", {"ci": recipe, "full": replace(recipe, epochs=6)}
    )
    monkeypatch.setattr(datasets, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "runs"


def test_a_recorded_run_comes_back_with_its_origin(tiny):
    path = runs.record("tiny", folder=tiny, engine=engines.available()[-1])
    run = runs.load("tiny", tiny)
    history = recipes.get("tiny", "full").fit(
        *recipes.get("tiny", "full").load(), engine=run.record["engine"]
    )
    np.testing.assert_allclose(run.test_loss, history.test_loss, rtol=1e-5)
    assert run.epochs.tolist() == [1, 2, 3, 4, 5, 6]
    assert (
        run.record["settings"]["optimizer"]
        == "SGD(lr=0.1, momentum=0.0, weight_decay=0.0)"
    )
    assert run.record["versions"].keys() >= {
        "d2lutils",
        "numpy",
        "python",
        run.record["engine"],
    }
    assert "Recorded on" in run.origin
    assert "50% of the training labels drawn at random" in run.origin
    assert json.loads(path.read_text())["settings"]["scale"] == "full"
    assert not list(pathlib.Path(tiny).parent.glob("cache/checkpoints/*"))


def test_recording_goes_on_where_it_was_killed(tiny, monkeypatch):
    whole = runs.record("tiny", folder=tiny / "whole").read_text()
    replace_file, saves = os.replace, []

    def kill_at_the_third(source, target):
        saves.append(target)
        if len(saves) == 3:
            raise KeyboardInterrupt
        replace_file(source, target)

    monkeypatch.setattr("os.replace", kill_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        runs.record("tiny", folder=tiny / "killed")
    resumed = runs.record("tiny", folder=tiny / "killed").read_text()
    assert json.loads(resumed)["results"] == json.loads(whole)["results"]
    # Three saves, the first of them before the first epoch, then epochs 2 to 6 and the
    # record itself.
    assert len(saves) == 3 + 5 + 1


def test_a_live_run_says_so_and_nothing_that_varies(tiny):
    run = runs.live("tiny")
    assert run.origin.startswith(
        "Computed while this page ran: 100 training and 50 test images of digits"
    )
    assert len(run.epochs) == 4
    assert not {"seconds", "date", "device", "versions"} & run.record.keys()
    again = runs.live("tiny")
    np.testing.assert_array_equal(run.train_loss, again.train_loss)
    assert run.record == again.record


def test_unknown_and_unrecorded_runs(tiny):
    with pytest.raises(
        ValueError, match=r"name must be one of 'lenet-mnist', .* got 'alexnet'"
    ):
        runs.load("alexnet")
    with pytest.raises(ValueError, match="scale must be one of"):
        recipes.get("tiny", "medium")
    with pytest.raises(
        FileNotFoundError, match=r"python -m d2lutils\.runs record tiny"
    ):
        runs.load("tiny", tiny)


def test_command_line(tiny, capsys):
    runs.main(["record", "tiny", "--folder", str(tiny)])
    assert pathlib.Path(capsys.readouterr().out.strip()) == tiny / "tiny.json"
    for words in (["list"], []):
        runs.main(words)
        told = capsys.readouterr().out
        assert [line.split()[0] for line in told.splitlines()] == [*runs.names()]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_the_runs_in_the_package_are_those_of_their_recipes(path):
    run = runs.load(path.stem)
    recipe = recipes.get(path.stem, "full")
    assert run.settings == {"scale": "full", **recipe.settings()}
    lengths = {
        len(curve)
        for curve in (
            run.epochs,
            run.train_loss,
            run.train_error,
            run.test_loss,
            run.test_error,
        )
    }
    assert lengths == {len(run.epochs)}
    assert all(np.isfinite(curve).all() for curve in (run.train_loss, run.test_loss))
    if stop_below := run.record["settings"]["stop_below"]:
        assert (
            run.train_loss[-1] < stop_below
            or run.epochs[-1] == run.record["settings"]["epochs"]
        )


def test_full_recipes_are_what_the_book_promises():
    """Recht's three plots, and true against random labels (Zhang et al. 2017)."""
    lenet, constant, regularized, true, random = (
        recipes.get(name, "full")
        for name in (
            "lenet-mnist",
            "convnet-cifar10",
            "convnet-cifar10-regularized",
            "true-labels",
            "random-labels",
        )
    )
    assert (lenet.data, lenet.num_train, lenet.steps, lenet.stop_below) == (
        "mnist",
        None,
        (),
        1e-3,
    )
    assert constant.steps == ()
    assert constant.num_train >= 10000
    for seed in (0, 1, 2):
        other = recipes.get(f"convnet-cifar10-all-seed-{seed}", "full")
        assert (other.network, other.num_train) == (constant.network, None)
        assert (other.steps, other.stop_below, other.seed) == ((), 1e-3, seed)
    whole = recipes.get("convnet-cifar10-all-seed-0", "full")
    for tamed, plain in (
        (regularized, constant),
        (recipes.get("convnet-cifar10-all-regularized", "full"), whole),
    ):
        assert (tamed.network, tamed.num_train) == (plain.network, plain.num_train)
        assert tamed.optimizer.lr == pytest.approx(plain.optimizer.lr / 10)
        assert tamed.optimizer.weight_decay > 0
        assert tamed.steps == ((120, 0.1),)
    assert true == constant  # recorded once
    same = {"title": "", "minutes": 0, "epochs": 0, "stop_below": 0}
    assert replace(true, random_labels=1.0, **same) == replace(random, **same)
    same |= {"steps": ()}
    random = recipes.get("random-labels-all", "full")
    assert replace(whole, random_labels=1.0, **same) == replace(random, **same)


def test_experiments_that_are_the_same_are_recorded_once(tiny, monkeypatch):
    monkeypatch.setitem(
        recipes.RECIPES, "twin", recipes.RECIPES["tiny"] | {"full": "tiny"}
    )
    assert runs.record("twin", folder=tiny).stem == "tiny"
    assert runs.load("twin", tiny).record == runs.load("tiny", tiny).record


def test_all_experiments_have_one_format():
    found = [runs.load(name) for name in runs.names()]
    assert len(found) == 23
    kept = {path.stem for path in runs.FOLDER.glob("*.json")}
    assert {run.name for run in found} == kept
    for run in found:
        assert run.record.keys() == found[0].record.keys()
        assert isinstance(run.origin, str)
        assert run.description or run.name == "completion-phase"  # that draws its own


@pytest.fixture
def small(monkeypatch, tmp_path):
    """The experiments that are no trainings, in seconds."""
    monkeypatch.setattr(datasets, "cache_folder", lambda: tmp_path / "cache")
    changes = {"n": 12, "rank": 1, "counts": [60, 90], "depths": [2], "max_steps": 50}
    settings = completion_runs.SETTINGS["completion-phase"] | changes
    settings["num_instances"] = 2
    monkeypatch.setitem(completion_runs.SETTINGS, "completion-phase", settings)
    return tmp_path


@pytest.mark.filterwarnings("ignore:the data cannot identify")
def test_any_experiment_can_be_recorded_and_goes_on_when_it_was_killed(
    small, monkeypatch, capsys
):
    runs.main(["record", "completion-phase", "--folder", str(small / "whole")])
    whole = runs.load("completion-phase", small / "whole")
    phase_curve, asked = completion.phase_curve, []

    def kill_at_the_second(counts, **settings):
        asked.append(counts)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return phase_curve(counts, **settings)

    monkeypatch.setattr(completion, "phase_curve", kill_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        runs.record("completion-phase", folder=small / "killed")
    runs.record("completion-phase", folder=small / "killed")
    assert asked == [[60], [90], [90]]
    resumed = runs.load("completion-phase", small / "killed")
    assert resumed.results == whole.results
    curve = phase_curve(**whole.settings)  # in one piece
    np.testing.assert_allclose(whole.results["errors"], curve.errors, rtol=1e-5)
    assert not list((small / "cache" / "checkpoints").iterdir())


def test_options_that_an_experiment_has_not_are_refused(small):
    for option in ({"engine": "torch"}, {"device": "cpu"}, {"scale": "ci"}):
        with pytest.raises(ValueError, match=f"{next(iter(option))} must be"):
            runs.record("completion-phase", folder=small, **option)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: "[]",
        lambda text: text.replace('"test_loss"', '"loss"'),
        lambda text: text.replace('"epochs": [1, 2', '"epochs": [2'),
        lambda text: text.replace('"epochs": [1, 2', '"epochs": ["one", 2'),
        lambda text: text.replace('"date"', '"day"'),
        lambda text: text.replace('"seconds": 7', '"seconds": "7'),
        lambda text: text.replace('"remark"', '"note"'),
    ],
)
def test_a_damaged_record_is_told_in_one_sentence(tmp_path, damage):
    text = (runs.FOLDER / "lenet-mnist.json").read_text()
    assert damage(text) != text
    (tmp_path / "lenet-mnist.json").write_text(damage(text))
    with pytest.raises(ValueError, match=r"lenet-mnist\.json must be a recorded run"):
        runs.load("lenet-mnist", tmp_path)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_no_record(tmp_path, make):
    make(tmp_path / "lenet-mnist.json")
    with pytest.raises(ValueError, match="must be a recorded run"):
        runs.load("lenet-mnist", tmp_path)


def test_a_run_without_curves_is_no_training(tmp_path):
    text = (runs.FOLDER / "completion-phase.json").read_text()
    (tmp_path / "lenet-mnist.json").write_text(text)
    with pytest.raises(ValueError, match="must be"):
        runs.load("lenet-mnist", tmp_path)
    with pytest.raises(AttributeError, match="this run has no epochs"):
        runs.load("completion-phase").epochs  # noqa: B018


def test_nothing_is_measured_that_could_not_be_kept(tiny):
    tiny.write_text("a file where the folder should be")
    with pytest.raises(ValueError, match="folder must"):
        runs.record("tiny", folder=tiny)
