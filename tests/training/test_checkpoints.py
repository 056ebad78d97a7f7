"""Checkpoints under every sequence of kill, resume, extend, shrink and damage."""

import errno
import functools
import io
import json
import os
import pathlib
import pickle
import shutil
import tempfile
import threading
import warnings
from contextlib import contextmanager, suppress
from unittest import mock

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from d2lutils import engines
from d2lutils.datasets import Dataset
from d2lutils.networks import BatchNorm, Dense, Dropout, Network, ReLU
from d2lutils.training import SGD, Adam, _loop, fit, step_schedule

ENGINES = engines.available()
RNG = np.random.default_rng(0)
TRAIN, TEST = (
    Dataset(RNG.normal(size=(n, 2)).astype(np.float32), RNG.integers(0, 3, n))
    for n in (8, 4)
)
NETWORK = Network(Dense(4), BatchNorm(), ReLU(), Dropout(0.2), Dense(3))


def trained(**changes):
    arguments = {
        "optimizer": SGD(0.1, 0.9),
        "schedule": step_schedule({3: 0.5}),
        "batch_size": 3,
        "evaluate_every": 2,
        "progress": False,
    }
    return fit(NETWORK, TRAIN, TEST, **arguments | changes)


def outcome(history):
    """All that two equal runs have in common, to the last bit."""
    return history.curves(), *(
        array.tobytes() for array in (history.model.parameters, history.model.state)
    )


def header_of(path):
    with np.load(path) as file:
        return json.loads(str(file["header"])), dict(file)


def rewrite(path, header=(), **arrays):
    """Alter a checkpoint in place: values of its header, or whole arrays."""
    old, parts = header_of(path)
    parts |= {"header": np.array(json.dumps(old | dict(header)))} | arrays
    buffer = io.BytesIO()
    np.savez(buffer, **parts)
    path.write_bytes(buffer.getvalue())


@functools.cache
def uninterrupted(epochs, **arguments):
    return outcome(trained(epochs=epochs, **arguments))


FULL = OSError(errno.ENOSPC, "No space left on device")


@contextmanager
def failing_save(number, error):
    """Let the save of this number fail in its last moment."""
    replace, calls = os.replace, []

    def failing(source, target):
        calls.append(target)
        if len(calls) == number:
            raise error
        replace(source, target)

    with mock.patch("os.replace", failing):
        yield


@settings(max_examples=10, stateful_step_count=6, deadline=None)
class Checkpoints(RuleBasedStateMachine):
    """What one may do to a run, in any order.

    Each call gives what the uninterrupted run gives, or one sentence.
    """

    @initialize(engine=st.sampled_from(ENGINES), running=st.booleans())
    def begin(self, engine, running):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.path = self.folder / "runs" / "one.npz"
        self.arguments = {"engine": engine, "running": running}
        self.done, self.sound = 0, True

    def teardown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def expected(self, epochs):
        return uninterrupted(epochs, **self.arguments)

    def call(self, epochs):
        return trained(epochs=epochs, checkpoint=self.path, **self.arguments)

    @rule(epochs=st.integers(1, 4))
    def run(self, epochs):
        if self.sound and epochs < self.done:
            with pytest.raises(ValueError, match="choose another file"):
                self.call(epochs)
            return
        try:
            history = self.call(epochs)
        except ValueError as error:
            told = str(error)
        else:
            told = None
            assert outcome(history) == self.expected(epochs)
        if told is not None:
            assert not self.sound
            assert str(self.path) in told
            assert "\n" not in told
        else:
            self.done, self.sound = epochs, True

    @precondition(lambda self: self.sound)
    @rule(more=st.integers(1, 2), save=st.integers(1, 3))
    def run_and_be_killed(self, more, save):
        with failing_save(save, KeyboardInterrupt), suppress(KeyboardInterrupt):
            self.call(self.done + more)
        self.look()

    @precondition(lambda self: self.sound and self.path.exists())
    @rule(more=st.integers(1, 2), save=st.integers(1, 3))
    def run_on_a_full_disk(self, more, save):
        epochs = self.done + more
        with failing_save(save, FULL), warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            assert outcome(self.call(epochs)) == self.expected(epochs)
        assert len(told) == (more >= save)
        assert all("no space left" in str(warning.message) for warning in told)
        self.look()

    def look(self):
        """Take down how far the file is: whole, whatever happened to the writer."""
        if self.path.exists():
            self.done = len(header_of(self.path)[0]["factors"])
        assert not list(self.path.parent.glob("*.part"))

    @precondition(lambda self: self.path.exists())
    @rule(share=st.floats(0, 0.99))
    def cut_off(self, share):
        content = self.path.read_bytes()
        self.path.write_bytes(content[: int(share * len(content))])
        self.sound = False

    @precondition(lambda self: self.path.exists())
    @rule(share=st.floats(0, 0.99), bit=st.integers(0, 7))
    def flip_a_bit(self, share, bit):
        content = bytearray(self.path.read_bytes())
        if content:
            content[int(share * len(content))] ^= 1 << bit
        self.path.write_bytes(content)
        self.sound = False

    @precondition(lambda self: self.path.exists())
    @rule()
    def remove(self):
        self.path.unlink()
        self.done, self.sound = 0, True


TestCheckpoints = Checkpoints.TestCase


def saved(path, epochs=3, **changes):
    """A checkpoint of so many epochs."""
    trained(epochs=epochs, checkpoint=path, **changes)
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_more_epochs_are_those_of_an_uninterrupted_run_and_fewer_refused(
    engine, tmp_path
):
    path = saved(tmp_path / "run.npz", 3, engine=engine)
    longer = trained(epochs=6, checkpoint=path, engine=engine)
    assert longer.epochs.tolist() == [2, 4, 6]
    assert outcome(longer) == outcome(trained(epochs=6, engine=engine))
    with pytest.raises(ValueError, match=r"epochs must be >= 6, .* got 2; choose"):
        trained(epochs=2, checkpoint=path, engine=engine)
    assert outcome(trained(epochs=6, checkpoint=path, engine=engine)) == outcome(longer)


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_ends_earlier_than_meant_is_evaluated_there(
    engine, running, tmp_path
):
    path, arguments = tmp_path / "run.npz", {"engine": engine, "running": running}
    with failing_save(5, KeyboardInterrupt), suppress(KeyboardInterrupt):
        saved(path, 6, **arguments)  # three epochs are there, the third not evaluated
    shorter = trained(epochs=3, checkpoint=path, **arguments)
    assert shorter.epochs.tolist() == [2, 3]
    assert outcome(shorter) == uninterrupted(3, **arguments)


def test_another_stop_below_ends_where_it_would_have_or_says_so(tmp_path):
    settings = {"epochs": 8, "evaluate_every": 1, "optimizer": Adam(0.05)}
    whole = trained(**settings)
    losses = whole.train_loss
    bound = (losses[2] + losses[3]) / 2
    assert losses[3] < bound < losses[:3].min()
    path = saved(tmp_path / "run.npz", **settings | {"stop_below": bound})
    assert len(header_of(path)[0]["factors"]) == 4
    again = trained(**settings, checkpoint=path, stop_below=bound)
    assert again.epochs.tolist() == [1, 2, 3, 4]
    assert outcome(trained(**settings, checkpoint=path)) == outcome(whole)
    with pytest.raises(ValueError, match="stop_below must be at most the losses"):
        trained(**settings, checkpoint=path, stop_below=bound)


def test_the_place_of_a_checkpoint_is_made_or_refused_before_the_first_step(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    saved("~/new/folder/run.npz")
    assert (tmp_path / "new" / "folder" / "run.npz").is_file()
    monkeypatch.setattr("d2lutils.training._fit.run", None)  # no step is taken
    (tmp_path / "file").touch()
    for path, error, message in (
        (tmp_path / "file" / "run.npz", ValueError, "must lie in a folder"),
        (tmp_path, ValueError, "must be a file, got the folder"),
    ):
        with pytest.raises(error, match=message):
            trained(epochs=1, checkpoint=path)
    with failing_save(1, FULL), pytest.raises(OSError, match=r"no space left"):
        trained(epochs=1, checkpoint=tmp_path / "run.npz")


def test_a_pipe_in_place_of_a_checkpoint_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="checkpoint must be a file"):
        trained(epochs=1, checkpoint=tmp_path / "pipe")


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        pickle.dumps({"header": 1}),
        npz(),
        npz(header="[]", parameters=np.zeros(3), state=np.zeros(0)),
        npz(header="{}"),
        npz(header="no JSON", parameters=np.array(["x"])),
        npz(header=np.array({"settings": 1}, dtype=object)),
    ],
    ids=range(8),
)
def test_what_is_no_checkpoint_is_told_in_one_sentence(tmp_path, content):
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"run.npz is no checkpoint of a run \(.+\);"):
        trained(epochs=1, checkpoint=path)


@pytest.mark.parametrize(
    "change",
    [
        {"settings": None},
        {"settings": {}},
        {"factors": None},
        {"factors": [1.0, "a", 1.0]},
        {"factors": [1.0, 1.0]},
        {"rows": []},
        {"rows": [[3, 0.1, 0.1, 0.1, 0.1]]},
        {"rows": [[2, 0.1, 0.1], [3, 0.1, 0.1]]},
        {"rows": [[2, 0.1, 0.1, 0.1, float("nan")], [3, 0.1, 0.1, 0.1, 0.1]]},
        {"rows": [[3, 0.1, 0.1, 0.1, 0.1], [2, 0.1, 0.1, 0.1, 0.1]]},
        {"rows": [[2, 0.1, 0.1, 0.1, 0.1], [9, 0.1, 0.1, 0.1, 0.1]]},
        {"rows": [2, 3]},
        {"rows": {"2": 0.1}},
        {"seconds": "long"},
        {"steps": 4},
        {"steps": 1.5},
        {"means": [1.0]},
    ],
    ids=str,
)
def test_a_header_that_is_damaged_is_told_in_one_sentence(tmp_path, change):
    path = saved(tmp_path / "run.npz", running=True)
    rewrite(path, change)
    with pytest.raises(ValueError, match=r"run.npz (is no checkpoint|belongs to)"):
        trained(epochs=6, checkpoint=path, running=True)


@pytest.mark.parametrize(
    "arrays",
    [
        {"parameters": np.zeros(3)},
        {"parameters": np.array(["a"])},
        {"parameters": np.full(35, np.nan)},
        {"state": np.zeros((2, 4))},
        {"slot0": np.zeros(3)},
        {"slot1": np.zeros(35)},
    ],
    ids=lambda arrays: next(iter(arrays)),
)
def test_arrays_that_do_not_fit_are_told_in_one_sentence(tmp_path, arrays):
    path = saved(tmp_path / "run.npz")
    rewrite(path, **arrays)
    with pytest.raises(ValueError, match="is no checkpoint of a run"):
        trained(epochs=6, checkpoint=path)


def test_runs_on_one_checkpoint_share_it(tmp_path):
    network, path = Network(Dense(3)), tmp_path / "run.npz"
    settings = {"batch_size": 3, "epochs": 12, "progress": False}
    histories = []

    def work():
        histories.append(fit(network, TRAIN, checkpoint=path, **settings))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = outcome(fit(network, TRAIN, **settings))
    assert [outcome(history) == alone for history in histories] == [True] * 4
    assert len(header_of(path)[0]["factors"]) == 12


def test_a_slower_run_does_not_throw_back_a_faster_one(tmp_path, monkeypatch):
    path, ahead = tmp_path / "run.npz", saved(tmp_path / "ahead.npz", 4)
    one_pass, calls = _loop._pass, []

    def overtaken(task, epoch):
        if not calls:
            shutil.copy(ahead, path)
        calls.append(epoch)
        return one_pass(task, epoch)

    monkeypatch.setattr(_loop, "_pass", overtaken)
    history = trained(epochs=3, checkpoint=path)
    assert calls == [0, 1, 2]
    assert path.read_bytes() == ahead.read_bytes()
    monkeypatch.undo()
    assert outcome(history) == outcome(trained(epochs=3))


def test_a_file_that_another_run_took_is_left_to_it(tmp_path, monkeypatch):
    path, other = tmp_path / "run.npz", tmp_path / "other.npz"
    saved(other, seed=1)
    evaluate = _loop._evaluate

    def exchange(task, record, epochs):
        if task.settings.seed == 0 and epochs == 2:
            shutil.copy(other, path)
        return evaluate(task, record, epochs)

    monkeypatch.setattr(_loop, "_evaluate", exchange)
    with pytest.warns(UserWarning, match="belongs to another run by now"):
        history = trained(epochs=2, checkpoint=path)
    monkeypatch.undo()
    assert outcome(history) == outcome(trained(epochs=2))
    assert path.read_bytes() == other.read_bytes()
