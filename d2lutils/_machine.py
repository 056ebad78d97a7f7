"""What the machine offers and wants: cores, threads, progress bars."""

import os
from typing import Any


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


def threads() -> int:
    """Number of threads to use: what OMP_NUM_THREADS says, else all of our cores."""
    return int(os.environ.get("OMP_NUM_THREADS") or cores())


def bar(progress: bool | None, **settings: Any) -> Any:
    """A tqdm bar that goes away when done; shown if `progress`, or unless `quiet`."""
    from tqdm import tqdm

    shown = not quiet() if progress is None else progress
    return tqdm(disable=not shown, leave=False, **settings)
