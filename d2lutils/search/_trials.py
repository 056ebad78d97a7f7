"""Trials: run in parallel, kept in memory or in a folder from which a sweep goes on."""

import contextlib
import dataclasses
import json
import math
import pickle
from dataclasses import dataclass, field
from typing import Any

from d2lutils import _checks, _files


@dataclass(frozen=True)
class Trial:
    """One configuration, trained up to one resource.

    number: of the configuration, from 0 on. config: dict. resource: in total. loss: infinite where the trial
    failed. cost: resource spent on this trial; less than `resource` if it went on from an earlier one.
    bracket: index of the bracket it ran in. error: why it failed, else "". details: what else the objective
    measured, dict of floats. resumable: whether the objective returned a state.
    """

    number: int
    config: dict
    resource: int
    loss: float
    cost: int
    bracket: int = 0
    error: str = ""
    details: dict = field(default_factory=dict)
    resumable: bool = False

    @property
    def failed(self):
        """Whether it raised an error or gave a loss that is not finite."""
        return bool(self.error)


@dataclass(frozen=True)
class Task:
    """A trial to run: as in `Trial`. before: resource from which it may go on. last: whether its state is of no use."""

    number: int
    config: dict
    resource: int
    before: int = 0
    bracket: int = 0
    last: bool = True


def evaluate(objective, task, state):
    """Run one task wherever this is called; returns its `Trial` and its state (None if of no use)."""
    cost = task.resource - (task.before if state is not None else 0)
    details, new_state = {}, None
    try:
        result = objective(dict(task.config), task.resource, state)
        loss, new_state, *rest = result if isinstance(result, tuple) else (result, None)
        loss = float(loss)
        details = (
            {name: float(value) for name, value in rest[0].items()} if rest else {}
        )
        error = "" if math.isfinite(loss) else f"the loss is {loss}"
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    if error:
        loss, new_state, details = math.inf, None, {}
    resumable = new_state is not None
    trial = Trial(
        task.number,
        task.config,
        task.resource,
        loss,
        cost,
        task.bracket,
        error,
        details,
        resumable,
    )
    return trial, None if task.last else new_state


def run(objective, tasks, store, n_jobs, tell):
    """Run those of `tasks` that `store` does not have, in parallel; each is stored as soon as it is there."""
    import joblib

    todo = [task for task in tasks if (task.number, task.resource) not in store.trials]
    todo.sort(
        key=lambda task: task.before - task.resource
    )  # long ones first: no worker idles for long at the end
    calls = (
        joblib.delayed(evaluate)(objective, task, store.state(task.number))
        for task in todo
    )
    parallel = joblib.Parallel(
        n_jobs=n_jobs, return_as="generator_unordered", batch_size=1
    )
    with contextlib.closing(parallel(calls)) as results:
        for trial, state in results:
            store.add(trial, state)
            tell(trial)


class Store:
    """Finished trials by (number, resource), and the states of those that may go on; in a folder, if one is given.

    In the folder, trials.jsonl has the settings of the study on its first line, then a line a trial. A state is
    written before its trial, and the one it replaces is removed after: a sweep may be killed at any moment.
    """

    def __init__(self, folder, settings):
        self.trials, self.states = {}, {}
        self.folder: Any = None if folder is None else _checks.path("folder", folder)
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "trials.jsonl"
        settings = json.loads(json.dumps(settings))
        if self.file.exists():
            self._load(settings)
        else:
            _files.write(self.file, (json.dumps(settings) + "\n").encode())

    def _load(self, settings):
        content = self.file.read_bytes()
        whole, _, rest = content.rpartition(b"\n")
        if rest:  # killed in the middle of a line
            _files.write(self.file, whole + b"\n")
        try:
            first, *rows = map(json.loads, whole.splitlines())
            different = [name for name in settings if first.get(name) != settings[name]]
        except (ValueError, AttributeError) as error:
            raise ValueError(
                f"{self.file} is no record of a study ({error}); choose another folder"
            ) from None
        if different:
            raise ValueError(
                f"{self.file} belongs to a study with another {', '.join(different)}; "
                "remove it or choose another folder"
            )
        for row in rows:
            trial = Trial(
                **row | {"loss": math.inf if row["loss"] is None else row["loss"]}
            )
            self.trials[trial.number, trial.resource] = trial
        for path in self.folder.glob("state-*.pickle"):
            _, number, resource = path.stem.split("-")
            if (int(number), int(resource)) in self.trials:
                latest = max(int(resource), self.states.get(int(number), 0))
                self.states[int(number)] = latest

    def add(self, trial, state):
        """Keep a trial, and its state, if any, in place of the configuration's earlier one."""
        old = self.states.get(trial.number)
        if self.folder is None:
            self.states[trial.number] = state
        else:
            if state is not None:
                _files.write(
                    self._path(trial.number, trial.resource), pickle.dumps(state)
                )
                self.states[trial.number] = trial.resource
            row = dataclasses.asdict(trial) | {
                "loss": None if trial.failed else trial.loss
            }
            with self.file.open("a") as file:
                file.write(json.dumps(row) + "\n")
            if old is not None:
                self._path(trial.number, old).unlink(missing_ok=True)
        self.trials[trial.number, trial.resource] = trial
        if state is None:
            self.states.pop(trial.number, None)

    def state(self, number):
        """The state from which a configuration goes on; None to begin afresh."""
        kept = self.states.get(number)
        if self.folder is None or kept is None:
            return kept
        return pickle.loads(self._path(number, kept).read_bytes())

    def forget(self, number):
        """Drop a configuration's state."""
        kept = self.states.pop(number, None)
        if self.folder is not None and kept is not None:
            self._path(number, kept).unlink(missing_ok=True)

    def clear(self):
        """Drop all states: the study is complete."""
        self.states.clear()
        if self.folder is not None:
            for path in self.folder.glob("state-*"):
                path.unlink()

    def _path(self, number, resource):
        return self.folder / f"state-{number}-{resource}.pickle"
