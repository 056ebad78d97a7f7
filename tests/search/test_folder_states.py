"""Whatever happens to a sweep folder: the study of an undisturbed search, or a word.

Any sequence of searches that are killed, resumed, extended or cut short, and of damage
to their files, is tried against searches without a folder.
"""

import pathlib
import shutil
import tempfile

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from d2lutils import search
from d2lutils.search import _fingerprint

SPACE = {"x": search.uniform(0, 1), "act": search.choice("a", True, 1)}


def objective(config, resource, state):
    """Fails for small x, returns no state for large x; else the state is checked."""
    if config["x"] < 0.15:
        raise RuntimeError("too small")
    if config["x"] > 0.8:
        return config["x"] + 1 / resource
    epoch, total = (0, np.zeros(2)) if state is None else state
    assert epoch < resource
    total = total + sum(e + 1 for e in range(epoch, resource))  # exact in any order
    return config["x"] / total[0], (resource, total), {"epochs": float(total[1])}


METHODS = {
    "random": lambda size, run, **kw: search.random_search(
        run, SPACE, 3 * size, 2, **kw
    ),
    "hyperband": lambda size, run, **kw: search.hyperband(
        run, SPACE, 4, eta=2, repeats=size, **kw
    ),
    "halving": lambda size, run, **kw: search.successive_halving(
        run, SPACE, 9, 9, **kw
    ),
    "bayesian": lambda size, run, **kw: search.bayesian_search(
        run, SPACE, 3 * size, 1, num_initial=4, batch=2, sampler="tpe", **kw
    ),
}


class KilledError(BaseException):
    """What ends a search on the spot, as a signal would."""


class SweepFolder(RuleBasedStateMachine):
    """A folder, what was run in it, and what somebody did to its files."""

    def __init__(self):
        super().__init__()
        self.place = pathlib.Path(tempfile.mkdtemp())
        self.folder = self.place / "sweep"
        self.file = self.folder / "trials.jsonl"
        self.patch = pytest.MonkeyPatch()
        # What is killed counts its calls; to the folder it is the same objective.
        told = _fingerprint.fingerprint(objective)
        self.patch.setattr(_fingerprint, "fingerprint", lambda _: told)

    def teardown(self):
        self.patch.undo()
        shutil.rmtree(self.place)

    @initialize(method=st.sampled_from(sorted(METHODS)), seed=st.integers(0, 3))
    def begin(self, method, seed):
        self.method, self.seed = METHODS[method], seed

    def search(self, size, run=objective, **where):
        return self.method(size, run, seed=self.seed, n_jobs=1, progress=False, **where)

    @rule(size=st.integers(1, 3), calls=st.integers(0, 12))
    def run(self, size, calls):
        """A search that is killed at its so many-th trial, unless it ends before."""
        left = [calls]

        def mortal(config, resource, state):
            left[0] -= 1
            if left[0] < 0:
                raise KilledError
            return objective(config, resource, state)

        try:
            study = self.search(size, mortal, folder=self.folder)
        except KilledError:
            return
        except ValueError as error:
            self.mend(str(error))
            return
        assert study == self.search(size)

    @rule(size=st.integers(1, 3))
    def finish(self, size):
        self.run(size, 1000)

    def mend(self, told):
        """Do what the error says: remove the line or the file that it names."""
        if "in line" in told:
            number = int(told.split("in line ")[1].split(":")[0])
            lines = self.file.read_bytes().splitlines(keepends=True)
            self.file.write_bytes(b"".join(lines[: number - 1] + lines[number:]))
        elif "no record" in told:
            shutil.rmtree(self.folder)
        else:
            assert " is damaged" in told
            pathlib.Path(told.split(" is damaged")[0]).unlink()

    def size(self):
        return self.file.stat().st_size if self.file.exists() else 0

    @precondition(lambda self: self.size())
    @rule(where=st.floats(0, 1), byte=st.integers(0, 255))
    def change_a_byte(self, where, byte):
        content = bytearray(self.file.read_bytes())
        content[int(where * (len(content) - 1))] = byte
        self.file.write_bytes(content)

    @precondition(lambda self: self.size())
    @rule(where=st.floats(0, 1))
    def cut_the_file_off(self, where):
        content = self.file.read_bytes()
        self.file.write_bytes(content[: int(where * len(content))])

    @precondition(lambda self: self.size())
    @rule(where=st.floats(0, 1), line=st.sampled_from([b"", b"\n", b'{"number": 1}\n']))
    def replace_a_line(self, where, line):
        lines = self.file.read_bytes().splitlines(keepends=True)
        lines[int(where * (len(lines) - 1))] = line
        self.file.write_bytes(b"".join(lines))

    @precondition(lambda self: self.size())
    @rule(where=st.floats(0, 1))
    def write_a_line_twice(self, where):
        lines = self.file.read_bytes().splitlines(keepends=True)
        self.file.write_bytes(b"".join([*lines, lines[int(where * (len(lines) - 1))]]))

    def states(self):
        return sorted(self.folder.glob("state-*")) if self.folder.exists() else []

    @precondition(lambda self: self.states())
    @rule(which=st.integers(0, 99), content=st.none() | st.binary(max_size=40))
    def damage_a_state(self, which, content):
        path = self.states()[which % len(self.states())]
        path.unlink() if content is None else path.write_bytes(content)

    @precondition(lambda self: self.states())
    @rule(one=st.integers(0, 99), other=st.integers(0, 99))
    def exchange_states(self, one, other):
        paths = self.states()
        one, other = paths[one % len(paths)], paths[other % len(paths)]
        content = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(content)

    @precondition(lambda self: self.folder.exists())
    @rule()
    def leave_what_a_killed_process_leaves(self):
        (self.folder / "state-0-1.pickle.77-ab.part").write_bytes(b"half")
        (self.folder / "state-5-3.pickle").write_bytes(b"of a trial without a line")

    @invariant()
    def nothing_else_lies_there(self):
        for path in self.folder.iterdir() if self.folder.exists() else ():
            assert path.name.startswith(("state-", "trials.jsonl"))


SweepFolder.TestCase.settings = settings(
    max_examples=60, stateful_step_count=12, deadline=None
)
TestSweepFolder = SweepFolder.TestCase
