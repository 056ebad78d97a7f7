"""Trials in processes of this machine; each is a pool of its own with one task.

So a death tells whose it was, and takes no neighbour along.
"""

from __future__ import annotations

import multiprocessing.util
import os
import re
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from d2lutils.search import _travel
from d2lutils.search._travel import Outcome, Outcomes, Pair
from d2lutils.search._trials import Task, evaluate, failed

IDLE = 300
"""Seconds after which a process without work ends."""

_THREADS = ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMBA", "NUMEXPR")
_idle: dict[int, list[tuple[Any, dict]]] = {}
"""Pools that wait for work, by the process that has them: after a fork, none."""


def run(
    objective: bytes,
    pairs: Iterator[Pair],
    n_jobs: int,
    timeout: float | None,
    env: dict[str, str],
) -> Outcomes:
    """Run pairs of a task and a state; yield outcomes as they come."""
    running: dict[futures.Future, tuple[Any, Pair]] = {}
    try:
        while True:
            while len(running) < n_jobs and (pair := next(pairs, None)):
                state = _travel.sent(pair[1])
                pool, future = _start(env, objective, pair[0], state, timeout)
                running[future] = pool, pair
            if not running:
                return
            done, _ = futures.wait(running, return_when=futures.FIRST_COMPLETED)
            for future in done:
                pool, pair = running.pop(future)
                yield _outcome(future, pool, env, pair, timeout)
    finally:
        for pool, _ in running.values():
            pool.shutdown(kill_workers=True)


def environment(backend: Any, n_jobs: int) -> dict[str, str]:
    """As many threads for each process as joblib gives it."""
    share = max((os.cpu_count() or 1) // n_jobs, 1)
    most = getattr(backend, "inner_max_num_threads", None)
    names = [f"{name}_NUM_THREADS" for name in _THREADS]
    return {name: str(most or os.environ.get(name, share)) for name in names}


def attempt(
    objective: bytes, task: Task, state: bytes | None, timeout: float | None
) -> tuple:
    """One task in a process that the clock may end."""
    return _travel.run(_timed, objective, task, state, timeout)


def _timed(
    objective: Callable, task: Task, state: Any, timeout: float | None
) -> Outcome:
    with _travel.alarm(timeout):
        return evaluate(objective, task, state)


def _start(env: dict[str, str], *call: Any) -> tuple[Any, futures.Future]:
    """Hand a call to a pool that waits for work, or to a new one."""
    from joblib.externals import loky

    waiting = _waiting()
    while waiting:
        pool, its = waiting.pop()
        try:
            if its == env:
                return pool, pool.submit(attempt, *call)
        except (BrokenProcessPool, RuntimeError):  # its process died while it waited
            pass
        pool.shutdown(wait=False)
    pool = loky.ProcessPoolExecutor(1, timeout=IDLE, env=env)
    return pool, pool.submit(attempt, *call)


def _waiting() -> list[tuple[Any, dict]]:
    """The idle pools of this process, which does not wait for them when it ends."""
    own = os.getpid()
    if own not in _idle:
        _idle[own] = []
        multiprocessing.util.Finalize(None, _end, (own,), exitpriority=10)
    return _idle[own]


def _end(own: int) -> None:
    for pool, _ in _idle.pop(own, ()) if own == os.getpid() else ():
        pool.shutdown(kill_workers=True)


def _outcome(
    future: futures.Future, pool: Any, env: dict, pair: Pair, timeout: float | None
) -> Outcome:
    try:
        outcome = _travel.received(*future.result())
    except BrokenProcessPool as error:
        pool.shutdown(wait=False)
        codes = re.search(r"\{(.*)\}", str(error))
        code = codes[1] if codes else "nobody knows why"
        if timeout is not None and code.startswith("SIGALRM"):
            return failed(pair[0], _travel.late(timeout)), None
        return pair, f"the process that ran it died ({code})"
    _waiting().append((pool, env))
    return outcome
