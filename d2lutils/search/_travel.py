"""What goes to another process and what comes back, and how long it may take."""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import multiprocessing
import signal
import threading
import warnings
from collections.abc import Callable, Generator, Iterator
from typing import Any

from d2lutils.search._trials import (
    Packed,
    Task,
    Trial,
    evaluate,
    failed,
    pack,
    unpacked,
)

Pair = tuple[Task, Any]
"""A task and the state from which it goes on."""

Outcome = tuple[Any, Any]
"""A trial and its state; or a `Pair` and how the process that ran it died."""

Outcomes = Generator[Outcome, None, None]
"""Outcomes in the order in which they come; to be closed."""


def payload(objective: Callable) -> bytes:
    """An objective as bytes."""
    try:
        return pack(objective).content
    except Exception as error:
        raise TypeError(
            "objective must be what pickle can send to another process, got "
            f"{type(error).__name__}: {error}; n_jobs=1 without a timeout sends nothing"
        ) from None


def sent(state: Any) -> bytes | None:
    """A state as bytes."""
    if state is None:
        return None
    return (state if isinstance(state, Packed) else pack(state)).content


def run(
    evaluated: Callable, objective: bytes, task: Task, state: bytes | None, *limit: Any
) -> tuple[Trial, bytes | None, str]:
    """A trial, its state as bytes, and why there is none although there should be."""
    import joblib

    function = unpacked(Packed(objective))
    before = None if state is None else unpacked(Packed(state))
    with joblib.parallel_config(backend="threading"):  # no processes of processes
        trial, after = evaluated(function, task, before, *limit)
    try:
        return trial, sent(after), ""
    except Exception as error:
        return trial, None, f"{type(error).__name__}: {error}"


def received(trial: Trial, state: bytes | None, problem: str) -> Outcome:
    """What `run` sent."""
    if problem:
        warnings.warn(
            "the state that the objective returns cannot be sent to another process "
            f"({problem}), so its configurations begin afresh: return arrays, numbers "
            "and dicts of them, or take n_jobs=1",
            stacklevel=2,
        )
        trial = dataclasses.replace(trial, resumable=False)
    return trial, None if state is None else Packed(state)


def late(timeout: float) -> str:
    """What is said of a trial that takes too long."""
    return f"TimeoutError: it took longer than {timeout:g} s"


def limited(
    objective: Callable, task: Task, state: Any, timeout: float | None
) -> Outcome:
    """`evaluate` in this process: told to stop after so many seconds, and given up."""
    if timeout is None:
        return evaluate(objective, task, state)
    found: list[Outcome] = []
    thread = threading.Thread(
        target=lambda: found.append(evaluate(objective, task, state)), daemon=True
    )
    thread.start()
    thread.join(timeout)
    if found:
        return found[0]
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
    )
    return failed(task, late(timeout)), None


@contextlib.contextmanager
def alarm(timeout: float | None) -> Iterator[None]:
    """The system ends this process after so many seconds, whatever it is doing."""
    if timeout is None:
        yield
        return
    before = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def may_have_children() -> bool:
    """Whether this process may start others and set an `alarm` for them."""
    return hasattr(signal, "setitimer") and not multiprocessing.current_process().daemon
