"""Trials on a Dask cluster: handed out by its client, so that a dead worker is told."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Iterator
from typing import Any

from d2lutils.search import _travel
from d2lutils.search._travel import Outcome, Outcomes, Pair
from d2lutils.search._trials import Task

LOOK = 2.0
"""Seconds between two looks whether the cluster still has workers."""


def run(
    backend: Any,
    objective: bytes,
    pairs: Iterator[Pair],
    n_jobs: float,
    timeout: float | None,
) -> Outcomes:
    """Run pairs of a task and a state; yield outcomes as they come.

    Two tasks wait for each core of the cluster, and no more than n_jobs in all.
    """
    client = backend.client
    running: dict[Any, Pair] = {}
    backend.effective_n_jobs(-1)  # waits for the first worker, or says that none came
    try:
        while True:
            window = min(n_jobs, max(2 * sum(client.ncores().values()), 1))
            while len(running) < window and (pair := next(pairs, None)):
                running[_submit(backend, objective, pair, timeout)] = pair
            if not running:
                return
            for future in _done(backend, list(running)):
                yield _outcome(future, running.pop(future))
    finally:
        client.cancel(list(running))


def limit(n_jobs: int | None) -> float:
    """How many tasks may be on the cluster at once."""
    return n_jobs if n_jobs is not None and n_jobs > 0 else math.inf


def attempt(
    objective: bytes, task: Task, state: bytes | None, timeout: float | None
) -> tuple:
    """One task in a thread of a worker."""
    return _travel.run(_travel.limited, objective, task, state, timeout)


def _submit(backend: Any, objective: bytes, pair: Pair, timeout: float | None) -> Any:
    task, state = pair
    return backend.client.submit(
        attempt,
        objective,
        task,
        _travel.sent(state),
        timeout,
        key=f"trial-{task.number}-{task.resource}-{secrets.token_hex(8)}",
        pure=False,
        **backend.submit_kwargs,
    )


def _done(backend: Any, waiting: list) -> list:
    """The futures that are done; RuntimeError when there is nobody left to do them."""
    import distributed

    patience = backend.wait_for_workers_timeout or math.inf
    lonely = None
    while True:
        done = [future for future in waiting if future.done()]
        if done:
            return done
        try:
            distributed.wait(waiting, timeout=LOOK, return_when="FIRST_COMPLETED")
        except distributed.TimeoutError:
            lonely = None if backend.client.ncores() else lonely or time.monotonic()
            if lonely is not None and time.monotonic() - lonely > patience:
                raise RuntimeError(
                    f"the cluster has had no workers for {patience:g} s: start some, "
                    "and the same call goes on from its folder, if it has one"
                ) from None


def _outcome(future: Any, pair: Pair) -> Outcome:
    import distributed

    if future.status == "finished":
        return _travel.received(*future.result())
    error = future.exception()
    if isinstance(error, distributed.KilledWorker):
        return pair, "the workers that ran it died"
    raise error
