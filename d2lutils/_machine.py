"""What the machine offers and wants: cores, threads, progress bars."""

import contextlib
import ctypes
import os
import platform
import threading
from collections.abc import Callable, Iterator
from typing import Any

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
# Options of compiled functions that others call. Numba 0.68 keeps two copies of them,
# optimised apart: a process that compiled the caller runs one, a process that read it
# from the cache the other, and their last digits can differ.
INLINED: dict[str, Any] = {"forceinline": True}
DELAY = 2.0  # seconds, after which a bar is shown that nobody asked for

_lock = threading.Lock()
_state: dict[str, Any] = {"forked": False, "limits": None, "users": 0}
_here = threading.local()


def quiet() -> bool:
    """Whether nothing that varies shall be shown.

    True where the environment variable CI is set, or D2LUTILS_PROGRESS is 0.
    """
    return bool(os.environ.get("CI")) or os.environ.get("D2LUTILS_PROGRESS") == "0"


def cores() -> int:
    """Number of CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads(variable: str = "OMP_NUM_THREADS") -> int:
    """Number of threads to use: what the environment variable says, else all cores.

    One in a forked process: it has none of its parent's threads, and GNU's OpenMP ends
    it when it asks for them. One within `one_thread`.
    """
    asked = os.environ.get(variable, "").partition(",")[0].strip()
    wanted = int(asked) if asked.isdigit() and int(asked) else cores()
    return 1 if _state["forked"] or getattr(_here, "alone", False) else wanted


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Have `threads` say 1 to who asks in this thread: it is one of many that work."""
    before, _here.alone = getattr(_here, "alone", False), True
    try:
        yield
    finally:
        _here.alone = before


def vendor() -> str:
    """Who made the processor: "AuthenticAMD", "GenuineIntel", "" if it is not known."""
    try:
        with open("/proc/cpuinfo", encoding="utf8") as file:
            text = file.read()
    except OSError:
        text = platform.processor()  # Windows has it here
    known = ("AuthenticAMD", "GenuineIntel")
    return next((name for name in known if name in text), "")


def keep_memory() -> None:
    """Have GNU's C library keep the memory that arrays give back, for the next ones.

    It returns large pieces to the system, which fills each page with zeros when it is
    asked again. A training step asks for the same pieces over and over: without this,
    the cuda-convnet on PyTorch spent a quarter of its time there. Elsewhere (macOS,
    Windows, musl) nothing is done.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, 2**25)  # the largest that it accepts
        mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def compiled(**options: Any) -> Callable[[Callable], Callable]:
    """`numba.njit` with a cache, or without one where no folder for it can be written.

    Numba caches beside the module, else in the user's home; where both are read-only,
    each process compiles anew.
    """
    from numba import njit

    def decorate(function: Callable) -> Callable:
        try:
            return njit(cache=True, **options)(function)
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            return njit(**options)(function)

    return decorate


@contextlib.contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep NumPy's products on one thread.

    Several threads may be in here at once: the last one that leaves puts back what the
    first one found. (With limits of their own, one of them would put back the other's.)
    """
    from threadpoolctl import threadpool_limits

    with _lock:
        if not _state["users"]:
            _take_blas()
            _state["limits"] = threadpool_limits(1, user_api="blas")
        _state["users"] += 1
    try:
        yield
    finally:
        with _lock:
            _state["users"] -= 1
            if not _state["users"]:
                _take_blas()
                _state["limits"].restore_original_limits()
                _take_blas()


@contextlib.contextmanager
def same_threads() -> Iterator[None]:
    """Leave BLAS and OpenMP with the numbers of threads that they had.

    Threads that limit them for themselves put them back in turn, not in nested order,
    and the last one wins.
    """
    from threadpoolctl import threadpool_limits

    before = threadpool_limits(limits=None)
    try:
        yield
    finally:
        _take_blas()
        before.restore_original_limits()
        _take_blas()


def _take_blas() -> None:
    """Have threadpoolctl obey this thread: from 3.8 on it obeys the first one alone."""
    import threadpoolctl

    library: Any = getattr(threadpoolctl, "OpenBLASController", None)
    if hasattr(library, "clear_controlling_thread"):
        library.clear_controlling_thread(force=True)


def bar(progress: bool | None, **settings: Any) -> Any:
    """A tqdm bar that goes away when done; shown if `progress`, or unless `quiet`.

    Work that is done soon shows none: a notebook would keep its blank remains.
    """
    from tqdm import tqdm

    shown = not quiet() if progress is None else progress
    delay = DELAY if progress is None else 0
    return tqdm(disable=not shown, leave=False, delay=delay, **settings)


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()  # another thread of the parent may have held it
    _state["forked"] = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
