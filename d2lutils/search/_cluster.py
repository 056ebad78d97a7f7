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

PATIENCE = 60.0
"""Seconds at least in which they may come back: one that died begins again."""

DIED = "the worker that ran it died"


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
    try:
        while True:
            window = min(n_jobs, max(2 * sum(client.ncores().values()), 1))
            while len(running) < window and (pair := next(pairs, None)):
                running[_submit(backend, objective, pair, timeout)] = pair
            if not running:
                return
            for future in _done(backend, list(running)):
                if (outcome := _outcome(future, running[future])) is not None:
                    del running[future]
                    yield outcome
    finally:
        client.cancel(list(running))


def limit(n_jobs: int | None) -> float:
    """How many tasks may be on the cluster at once."""
    return n_jobs if n_jobs is not None and n_jobs > 0 else math.inf


def attempt(
    name: str, objective: bytes, task: Task, state: bytes | None, timeout: float | None
) -> tuple | None:
    """One task in a thread of a worker; None if a worker has begun it before and died.

    Dask would give it to three more, and a cluster whose workers keep dying gives up. A
    mark that is left is never removed: Dask may ask again for a result that it lost.
    """
    import distributed

    begun = distributed.Event(name)
    if begun.is_set():
        return None
    begun.set()
    try:
        return _travel.run(_travel.limited, objective, task, state, timeout)
    finally:
        begun.clear()


def _submit(backend: Any, objective: bytes, pair: Pair, timeout: float | None) -> Any:
    task, state = pair
    name = f"trial-{task.number}-{task.resource}-{secrets.token_hex(8)}"
    return backend.client.submit(
        attempt,
        name,
        objective,
        task,
        _travel.sent(state),
        timeout,
        key=name,
        pure=False,
        **backend.submit_kwargs,
    )


def _done(backend: Any, waiting: list) -> list:
    """The futures that are done; RuntimeError when there is nobody left to do them."""
    import distributed

    patience = max(PATIENCE, backend.wait_for_workers_timeout or math.inf)
    seen, since = 0, time.monotonic()
    while True:
        done = [future for future in waiting if future.done()]
        if done:
            return done
        try:
            distributed.wait(waiting, timeout=LOOK, return_when="FIRST_COMPLETED")
        except distributed.TimeoutError:
            # Workers that die at once are gone when we look, but they have come.
            come = len(backend.client.get_events("all"))
            if come > seen or backend.client.ncores():
                seen, since = come, time.monotonic()
                continue
            if time.monotonic() - since > patience:
                raise RuntimeError(
                    f"the cluster has had no workers for {patience:g} s: start some, "
                    "and the same call goes on from its folder, if it has one"
                ) from None
            _ask_for_workers(backend.client)


def _ask_for_workers(client: Any) -> None:
    """Have a cluster begin the workers again that it is meant to have.

    One of our own machine gives a worker up that has not come back 15 seconds after it
    died, or is dead again by then.
    """
    cluster: Any = getattr(client, "cluster", None)
    if meant := getattr(cluster, "worker_spec", None):
        cluster.scale(len(meant))


def _outcome(future: Any, pair: Pair) -> Outcome | None:
    """What came of a trial; None if its worker died before we had it."""
    import distributed

    seconds = LOOK
    while future.done():
        try:
            result = future.result(timeout=seconds)
        except distributed.TimeoutError:
            seconds *= 2  # it is large, or lost: then the future is not done any more
            continue
        except distributed.KilledWorker:
            result = None
        return _travel.received(*result) if result else (pair, DIED)
    return None
