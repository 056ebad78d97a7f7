"""Where trials run: in this process, in its threads, in others or on a cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from d2lutils import _checks, _machine
from d2lutils.search import _cluster, _processes, _travel
from d2lutils.search._travel import Outcomes, Pair
from d2lutils.search._trials import Trial, failed, unpacked

Crew = Callable[[Iterator[Pair]], Outcomes]


def crew(objective: Callable, n_jobs: int | None, timeout: float | None) -> Crew:
    """What runs pairs of a task and a state, and yields trials and states."""
    import joblib

    n_jobs = _checks.jobs(n_jobs)
    if timeout is not None:
        timeout = _checks.real("timeout", timeout, above=0)
    backend, default = joblib.parallel.get_active_backend()
    where, wanted = type(backend).__name__, default if n_jobs is None else n_jobs
    if where == "DaskDistributedBackend" and wanted != 1:
        return _on_cluster(backend, objective, wanted, timeout)
    number = 1 if wanted == 1 else joblib.effective_n_jobs(n_jobs)
    if number == 1 and (timeout is None or not _travel.may_have_children()):
        return lambda pairs: _here(objective, pairs, timeout)
    if number == 1 or where in ("LokyBackend", "MultiprocessingBackend"):
        return _in_processes(backend, objective, number, timeout)
    if not getattr(backend, "supports_return_generator", False):
        raise ValueError(
            "joblib's backend must be one of loky, multiprocessing, threading and "
            f"dask, got {where}"
        )
    return lambda pairs: _in_threads(objective, pairs, number, timeout)


def _here(
    objective: Callable, pairs: Iterator[Pair], timeout: float | None
) -> Outcomes:
    for task, state in pairs:
        yield _travel.limited(objective, task, unpacked(state), timeout)


def _in_threads(
    objective: Callable, pairs: Iterator[Pair], n_jobs: int, timeout: float | None
) -> Outcomes:
    """By joblib; the objective may limit the threads of BLAS in each of ours."""
    import joblib

    parallel = joblib.Parallel(n_jobs, return_as="generator_unordered", batch_size=1)
    calls = (
        joblib.delayed(_travel.limited)(objective, task, unpacked(state), timeout)
        for task, state in pairs
    )
    with (
        _machine.same_threads(),
        contextlib.closing(parallel(calls)) as results,
    ):
        yield from results


def _in_processes(
    backend: Any, objective: Callable, n_jobs: int, timeout: float | None
) -> Crew:
    content = _travel.payload(objective)
    env = _processes.environment(backend, n_jobs)

    def run(pairs: Iterator[Pair], number: int) -> Outcomes:
        return _processes.run(content, pairs, number, timeout, env)

    return lambda pairs: _twice(run, pairs, n_jobs)


def _on_cluster(
    backend: Any, objective: Callable, n_jobs: int | None, timeout: float | None
) -> Crew:
    content, number = _travel.payload(objective), _cluster.limit(n_jobs)
    backend.effective_n_jobs(-1)  # waits for the first worker, or says that none came

    def run(pairs: Iterator[Pair], number: float) -> Outcomes:
        return _cluster.run(backend, content, pairs, number, timeout)

    return lambda pairs: _twice(run, pairs, number)


def _twice(
    run: Callable[[Iterator[Pair], Any], Outcomes],
    pairs: Iterator[Pair],
    number: Any,
) -> Outcomes:
    """Run all; those whose process died once more and alone, and then as failed.

    A neighbour may have taken the memory, or somebody has ended the process.
    """
    died = []
    with contextlib.closing(run(pairs, number)) as results:
        for what, state in results:
            if isinstance(what, Trial):
                yield what, state
            else:
                died.append(what)
    with contextlib.closing(run(iter(died), 1)) as results:
        for what, state in results:
            alive = isinstance(what, Trial)
            yield (what, state) if alive else (failed(what[0], state), None)
