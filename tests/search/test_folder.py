"""Sweep folders: whose they are, what is in them, and what happens to them."""

import errno
import functools
import json
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from d2lutils.search import (
    _fingerprint,
    _store,
    bayesian_search,
    hyperband,
    random_search,
    successive_halving,
    uniform,
)

UNIT = {"x": uniform(0, 1)}
halving = functools.partial(
    successive_halving, space=UNIT, num_configs=9, max_resource=9, progress=False
)


def objective(config, resource, state):
    return config["x"] + 1 / resource, {"epoch": resource, "w": np.arange(3.0)}


def until(calls):
    """The same objective; after so many calls the search is interrupted."""
    left = [calls]

    def counted(config, resource, state):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return objective(config, resource, state)

    return counted


def interrupted(folder, calls, **settings):
    """A folder whose search was interrupted after so many trials."""
    told = _fingerprint.fingerprint(objective)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_fingerprint, "fingerprint", lambda objective: told)
        with pytest.raises(KeyboardInterrupt):
            halving(until(calls), folder=folder, **settings)


# Whose folder it is.


def made(scale):
    return lambda config, resource, state: config["x"] * scale


def keyword(config, resource, state, *, power=1):
    return config["x"] ** power


class Line:
    def __init__(self, slope):
        self.slope = slope

    def __call__(self, config, resource, state):
        return self.slope * config["x"]

    def twice(self, config, resource, state):
        return 2 * self(config, resource, state)


class Steeper(Line):
    def __call__(self, config, resource, state):
        return self.slope * config["x"] + 1


SHIFT = 1.0


def shifted(config, resource, state):
    return config["x"] + SHIFT


def helped(config, resource, state):
    return shifted(config, resource, state)


OTHERS = {
    "code": (lambda c, r, s: 1.0, lambda c, r, s: 2.0),
    "operator": (lambda c, r, s: c["x"] + r, lambda c, r, s: c["x"] - r),
    "name": (lambda c, r, s: c["x"], lambda c, r, s: c["y"]),
    "closure": (made(1.0), made(2.0)),
    "type": (made(1), made(True)),
    "array": (made(np.zeros(2)), made(np.zeros(3))),
    "settings": (made({"a": [1, 2]}), made({"a": [1, 3]})),
    "function": (made(np.sin), made(np.cos)),
    "partial": (
        functools.partial(keyword, power=1),
        functools.partial(keyword, power=2),
    ),
    "object": (Line(1), Line(2)),
    "class": (Line(1), Steeper(1)),
    "method": (Line(1).twice, Line(2).twice),
    "call or method": (Line(1), Line(1).twice),
    "set": (made({"a", "b", "c"}), made({"a", "b", "d"})),
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_folder_knows_its_objective(tmp_path, case):
    one, other = OTHERS[case]
    settings = {"space": UNIT, "num_configs": 3, "resource": 1, "progress": False}
    study = random_search(one, folder=tmp_path, **settings)
    content = (tmp_path / "trials.jsonl").read_bytes()
    with pytest.raises(ValueError, match="belongs to a study with another objective"):
        random_search(other, folder=tmp_path, **settings)
    assert (tmp_path / "trials.jsonl").read_bytes() == content
    assert random_search(one, folder=tmp_path, **settings) == study


@pytest.mark.parametrize("function", [shifted, helped])
def test_constants_and_helpers_of_its_module_belong_to_an_objective(
    monkeypatch, function
):
    before = _fingerprint.fingerprint(function)
    assert _fingerprint.difference(before, _fingerprint.fingerprint(function)) == ""
    monkeypatch.setitem(globals(), "SHIFT", 2.0)
    after = _fingerprint.fingerprint(function)
    assert _fingerprint.difference(before, after).startswith("global ")


def test_what_an_objective_counts_up_is_not_what_it_is():
    calls, log = 0, threading.Lock()

    def counting(config, resource, state):
        nonlocal calls
        calls += 1
        with log:
            return config["x"]

    before = _fingerprint.fingerprint(counting)
    counting({"x": 1}, 1, None)
    assert _fingerprint.fingerprint(counting) == before


def test_a_docstring_or_another_place_make_no_other_objective():
    def told(config, resource, state):
        """One text."""
        return config["x"]

    one = told

    def told(config, resource, state):
        """Another text."""

        # And a comment.
        return config["x"]

    first, second = map(_fingerprint.fingerprint, (one, told))
    assert _fingerprint.difference(first, second) == ""
    later = first | {"python": "cpython 3.99", "code": "f" * 16}
    assert _fingerprint.difference(later, first) == ""  # bytecode is another one there
    assert _fingerprint.difference(later | {"values": {"a": "b"}}, first) == "a"


SCRIPT = """
import sys, functools, dataclasses, json, enum, fractions, pathlib
import numpy as np
from d2lutils.search import _fingerprint
from d2lutils.tuning import DigitsMLP

WORDS, SIZES = {"a", "b", "c", ("d", 1)}, frozenset({"x", "y", "z", b"w"})

class Kind(enum.Enum):
    ONE = 1

@dataclasses.dataclass
class Net:
    width: int
    def __call__(self, config, resource, state):
        return self.width in {"p", "q", "r", 5}

def helper(x, bound=1e-3):
    return x in SIZES or len(WORDS)

def closure():
    words, data, net = {"k", "l", "m"}, np.arange(5), Net(3)
    more = [pathlib.Path("a"), fractions.Fraction(1, 3)]
    more.append(more)
    def objective(config, resource, state, *, kind=Kind.ONE):
        inner = lambda: words & {"s", "t", "u"}
        return helper(config["x"]) + len(inner()) + data.sum() + net.width, more
    return objective

partial, digits = functools.partial(helper, bound=2), DigitsMLP()
objectives = [helper, closure(), Net(4), partial, digits, digits.__call__]
print(json.dumps([_fingerprint.fingerprint(o) for o in objectives]))
"""


def test_the_same_code_is_the_same_in_every_process():
    def told(seed):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(run.stdout)

    assert told(1) == told(2)


# Who may use it, and what is read.


def test_two_searches_on_one_folder(tmp_path):
    begun, end = threading.Event(), threading.Event()

    def slow(config, resource, state):
        begun.set()
        end.wait(60)
        return objective(config, resource, state)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(halving, slow, folder=tmp_path)
        assert begun.wait(60)
        with pytest.raises(
            ValueError, match=r"folder must not be in use, got .*another"
        ):
            halving(slow, folder=tmp_path)
        end.set()
        study = first.result()
    assert halving(slow, folder=tmp_path) == study
    assert study == halving(objective)


TOGETHER = """
import sys
from d2lutils.search import *

def objective(config, resource, state):
    return config["x"] + 1 / resource, resource

space = {"x": uniform(0, 1)}
try:
    study = hyperband(objective, space, 27, folder=sys.argv[1], progress=False)
    print(len(study.trials), study.best.loss, study.spent)
except ValueError as error:
    print(error)
"""


def test_processes_that_begin_together(tmp_path):
    """Each gives the right study or says that the folder is in use; nothing is lost."""
    command = [sys.executable, "-c", TOGETHER, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in "123"]
    told = {process.communicate()[0] for process in both}
    assert [process.returncode for process in both] == [0, 0, 0]
    last = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    right = hyperband(lambda c, r, s: (c["x"] + 1 / r, r), UNIT, 27, progress=False)
    assert last.split() == [
        str(len(right.trials)),
        str(right.best.loss),
        str(right.spent),
    ]
    assert all(line == last or "folder must not be in use" in line for line in told)
    assert [path.name for path in tmp_path.iterdir()] == ["trials.jsonl"]


class Evil:
    def __reduce__(self):
        return os.mkdir, (os.environ["EVIL"],)


def test_a_state_from_elsewhere_runs_no_code(tmp_path, monkeypatch):
    monkeypatch.setenv("EVIL", str(tmp_path / "evil"))
    folder = tmp_path / "sweep"
    interrupted(folder, 10)
    state = max(folder.glob("state-*-1.pickle"), key=os.path.getmtime)
    sound = state.read_bytes()
    for content in (pickle.dumps(Evil()), sound[:32] + pickle.dumps(Evil())):
        for path in folder.glob("state-*-1.pickle"):
            path.write_bytes(content)
        with pytest.raises(ValueError, match=r"would be to run its code: remove it,"):
            halving(objective, folder=folder)
    assert not (tmp_path / "evil").exists()


def test_states_of_another_user_are_read_on_demand(tmp_path, monkeypatch):
    alone = halving(objective)
    interrupted(tmp_path, 10)
    assert (tmp_path / "trials.jsonl").read_text().count("\n") == 11
    mine = os.environ["XDG_CACHE_HOME"]
    (key,) = (p for p in _paths(mine) if p.endswith("sweeps.key"))
    assert os.stat(key).st_mode & 0o077 == 0
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    with pytest.raises(ValueError, match="another user or machine wrote it"):
        halving(objective, folder=tmp_path)
    assert halving(objective, folder=tmp_path, trust_state=True) == alone


def _paths(folder):
    return [os.path.join(d, name) for d, _, names in os.walk(folder) for name in names]


def test_a_home_without_a_place_for_the_key(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    interrupted(tmp_path / "sweep", 10)
    assert halving(objective, folder=tmp_path / "sweep") == halving(objective)


# What is lost or damaged.


@pytest.mark.parametrize("calls", [9, 11, 12])
@pytest.mark.parametrize("lost", ["lines", "states", "both"])
def test_what_is_lost_runs_again_and_costs_the_same(tmp_path, calls, lost):
    interrupted(tmp_path, calls)
    file = tmp_path / "trials.jsonl"
    if lost != "states":
        lines = file.read_bytes().splitlines(keepends=True)
        file.write_bytes(b"".join(lines[:3] + lines[5:-1]))
    for path in tmp_path.glob("state-*") if lost != "lines" else ():
        path.unlink()
    study = halving(objective, folder=tmp_path)
    assert study == halving(objective)
    assert study.spent == 9 * 1 + 3 * 2 + 1 * 6


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: [b"\x00\xff\n", *lines], "is no record of a study"),
        (
            lambda lines: [lines[0].replace(b"halving", b"doubling"), *lines[1:]],
            "no record",
        ),
        (lambda lines: [*lines[:2], b"\n", *lines[2:]], "is damaged in line 3"),
        (lambda lines: [*lines[:2], b"{}\n", *lines[2:]], "is damaged in line 3"),
        (lambda lines: [*lines[:3], lines[3][5:], *lines[4:]], "is damaged in line 4"),
        (lambda lines: [*lines, lines[2]], "is damaged in line 11"),
        (
            lambda lines: [*lines[:2], lines[2].replace(b"0.", b"1."), *lines[3:]],
            "line 3",
        ),
    ],
)
def test_a_damaged_file_is_told(tmp_path, change, says):
    interrupted(tmp_path, 9)
    file = tmp_path / "trials.jsonl"
    damaged = b"".join(change(file.read_bytes().splitlines(keepends=True)))
    file.write_bytes(damaged)
    with pytest.raises(ValueError, match=says):
        halving(objective, folder=tmp_path)
    assert file.read_bytes() == damaged


def test_a_full_disk_loses_nothing(tmp_path, monkeypatch):
    """Neither a line that is written in part nor a state that is not."""
    write, left = os.write, [9]

    def full(file, content):
        if b'"resource"' in content and not left[0]:
            write(file, content[:20])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= 1
        return write(file, content)

    with monkeypatch.context() as patch:
        patch.setattr(_store.os, "write", full)
        with pytest.raises(
            OSError, match="no space left on device; the 8 trials in it"
        ):
            halving(objective, folder=tmp_path)
    content = (tmp_path / "trials.jsonl").read_bytes()
    assert (content.count(b"\n"), content[-1:]) == (9, b"\n")
    with monkeypatch.context() as patch:
        patch.setattr(
            "d2lutils._files.os.replace",
            lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")),
        )
        with pytest.raises(OSError, match="cannot be written: no space left"):
            halving(objective, folder=tmp_path)
    assert halving(objective, folder=tmp_path) == halving(objective)


def test_places_that_are_no_folder(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "sweep"):
        with pytest.raises(ValueError, match="folder must lie in a folder, got"):
            halving(objective, folder=place)
    (tmp_path / "odd" / "trials.jsonl").mkdir(parents=True)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "piped").mkdir()
    os.rename(tmp_path / "pipe", tmp_path / "piped" / "trials.jsonl")
    for place in ("odd", "piped"):
        with pytest.raises(ValueError, match=r"must hold a file trials\.jsonl or none"):
            halving(objective, folder=tmp_path / place)
    with pytest.raises(OSError, match="cannot be written: "):
        halving(objective, folder="/proc/sweep")
    with pytest.raises((TypeError, ValueError), match="folder must be a path"):
        halving(objective, folder=3)
    monkeypatch.setenv("HOME", str(tmp_path))
    halving(objective, folder="~/missing/parents")
    assert (tmp_path / "missing" / "parents" / "trials.jsonl").exists()


# What is asked for later.


def test_a_finished_search_asked_for_more_or_fewer(tmp_path):
    searches = {
        "random": lambda n, **kw: random_search(objective, UNIT, n, 2, **kw),
        "bayesian": lambda n, **kw: bayesian_search(
            objective, UNIT, n, 1, num_initial=4, batch=3, sampler="tpe", **kw
        ),
        "hyperband": lambda n, **kw: hyperband(
            objective, UNIT, 9, repeats=(n + 5) // 6, **kw
        ),
    }
    for name, search in searches.items():
        for n in (8, 14, 3, 9, 14):
            study = search(n, folder=tmp_path / name, progress=False)
            assert study == search(n, progress=False), (name, n)
        rows = (tmp_path / name / "trials.jsonl").read_text().splitlines()
        assert len(rows) == 1 + len(search(14, progress=False).trials)
    halving(objective, folder=tmp_path / "halving")
    with pytest.raises(ValueError, match="another num_configs; remove it or choose"):
        successive_halving(
            objective, UNIT, 10, 9, folder=tmp_path / "halving", progress=False
        )
    with pytest.raises(ValueError, match="another method"):
        random_search(
            objective, UNIT, 3, 1, folder=tmp_path / "halving", progress=False
        )


def test_a_state_that_no_pickle_takes(tmp_path):
    lock = threading.Lock()

    def unwritable(config, resource, state):
        return config["x"] + 1 / resource, lock

    def local(config, resource, state):
        return config["x"] + 1 / resource, {"schedule": lambda e: 0.1 / (1 + e)}

    losses = [t.loss for t in halving(objective).trials]
    study = halving(local, folder=tmp_path / "local")
    assert ([t.loss for t in study.trials], study.spent) == (losses, 21)
    with pytest.warns(UserWarning, match="cannot be written to a file"):
        study = halving(unwritable, folder=tmp_path / "lock")
    assert ([t.loss for t in study.trials], study.spent) == (losses, 21)
    assert [p.name for p in (tmp_path / "lock").iterdir()] == ["trials.jsonl"]
