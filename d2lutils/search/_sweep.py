"""What the methods have in common: a store, a bar, and rungs of trials that run."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from d2lutils import _checks, _machine
from d2lutils.search._brackets import Bracket
from d2lutils.search._space import sample
from d2lutils.search._store import Folder, Memory
from d2lutils.search._study import Study
from d2lutils.search._trials import Task, Trial
from d2lutils.search._workers import crew


@dataclass(frozen=True)
class Sweep:
    """The arguments that all methods take, and what makes a study another one."""

    method: str
    objective: Callable
    space: Mapping[str, Any]
    settings: dict[str, Any]
    seed: int
    n_jobs: int | None = None
    timeout: float | None = None
    folder: Any = None
    trust_state: bool = False
    progress: bool | None = None

    def __post_init__(self) -> None:
        _checks.function("objective", self.objective)
        object.__setattr__(self, "seed", _checks.whole("seed", self.seed, 0, math.inf))
        self.draw(0)  # says what is wrong with the space before anything is written

    def draw(self, number: int) -> dict[str, Any]:
        """The random configuration of a number, whatever the method."""
        return sample(self.space, np.random.default_rng([self.seed, number]))

    @contextlib.contextmanager
    def running(self, total: int) -> Iterator[tuple[Memory, Callable]]:
        """The store, and a function that sees to it that it has the trials of tasks."""
        settings = {"method": self.method, "space": repr(self.space), "seed": self.seed}
        workers = crew(self.objective, self.n_jobs, self.timeout)
        store: Memory = (
            Memory()
            if self.folder is None
            else Folder(
                self.folder, settings | self.settings, self.objective, self.trust_state
            )
        )
        with store, _bar(total, store, self.progress) as tell:
            yield store, lambda tasks: _run(tasks, store, workers, tell)


def race(sweep: Sweep, schedule: Sequence[Bracket]) -> Study:
    """Run all brackets, rung by rung; rungs of the same index run side by side."""
    fields: list[Sequence[int]] = []  # the configurations that are left of each bracket
    start = 0
    for bracket in schedule:
        fields.append(range(start, start + bracket.rungs[0].number))
        start += bracket.rungs[0].number
    configs = [sweep.draw(number) for number in range(start)]
    trials: list[Trial] = []
    total = sum(rung.number for bracket in schedule for rung in bracket.rungs)
    with sweep.running(total) as (store, run):
        for i in range(max(len(bracket.rungs) for bracket in schedule)):
            rungs = [
                _tasks(b, bracket, i, fields[b], configs)
                for b, bracket in enumerate(schedule)
            ]
            run([task for tasks in rungs for task in tasks])
            for b, bracket in enumerate(schedule):
                done = [store.trials[task.number, task.resource] for task in rungs[b]]
                trials += done
                left = bracket.rungs[i + 1].number if i + 1 < len(bracket.rungs) else 0
                kept = _best(done, left)
                for number in set(fields[b]) - set(kept):
                    store.forget(number)
                fields[b] = kept
    return study(sweep.method, trials)


def study(method: str, trials: Sequence[Trial]) -> Study:
    """The study of trials in any order."""

    def place(trial: Trial) -> tuple[int, int, int]:
        return trial.bracket, trial.resource, trial.number

    return Study(method, tuple(sorted(trials, key=place)))


def _tasks(
    b: int, bracket: Bracket, i: int, field: Sequence[int], configs: list[dict]
) -> list[Task]:
    """The tasks of rung i of bracket b for the configurations that are left."""
    if i >= len(bracket.rungs):
        return []
    before = bracket.rungs[i - 1].resource if i else 0
    last, resource = i + 1 == len(bracket.rungs), bracket.rungs[i].resource
    return [Task(n, configs[n], resource, before, b, last) for n in field]


def _best(trials: Sequence[Trial], number: int) -> list[int]:
    """Configurations of the least losses; of equal ones the first, of failures none."""
    ranked = sorted(
        (trial for trial in trials if not trial.failed), key=lambda trial: trial.loss
    )
    return sorted(trial.number for trial in ranked[:number])


def _run(
    tasks: Sequence[Task], store: Memory, workers: Callable, tell: Callable
) -> None:
    """Run those tasks that the store does not have, and store each as it comes."""
    todo = [task for task in tasks if (task.number, task.resource) not in store.trials]
    # Long ones first, so that no worker idles for long at the end.
    todo.sort(key=lambda task: task.before - task.resource)
    pairs = (_pair(task, store) for task in todo)
    with contextlib.closing(workers(pairs)) as results:
        for trial, state in results:
            store.add(trial, state)
            tell(trial)


def _pair(task: Task, store: Memory) -> tuple[Task, Any]:
    """A task and the state from which it goes on, if its configuration has any.

    What it is charged with depends on what the objective returned, not on whether a
    state has been lost since: so a study does not depend on interruptions.
    """
    earlier = store.trials.get((task.number, task.before))
    if earlier is None or not earlier.resumable:
        return replace(task, before=0), None
    return task, store.state(task.number, task.before)


@contextlib.contextmanager
def _bar(
    total: int, store: Memory, progress: bool | None
) -> Iterator[Callable[[Trial], None]]:
    """A bar with the best loss; gives the function to call with each finished trial."""
    best = min((trial.loss for trial in store.trials.values()), default=math.inf)
    initial = min(len(store.trials), total)
    with _machine.bar(progress, total=total, initial=initial, unit="trial") as bar:

        def tell(trial: Trial) -> None:
            nonlocal best
            best = min(best, trial.loss)
            bar.set_postfix(best=f"{best:.4g}", refresh=False)
            bar.update()

        yield tell
