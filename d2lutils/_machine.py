"""What the machine offers and wants: cores, threads, and whether anything that varies may be shown."""

import os


def quiet():
    """Whether nothing that varies shall be shown: the environment variable CI is set, or D2LUTILS_PROGRESS is 0."""
    return bool(os.environ.get("CI")) or os.environ.get("D2LUTILS_PROGRESS") == "0"


def cores():
    """Number of CPU cores that this process may use."""
    return (
        len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )


def threads():
    """How many threads a run may use: the environment variable OMP_NUM_THREADS, else the cores of this process."""
    return int(os.environ.get("OMP_NUM_THREADS") or cores())


def bar(progress, **settings):
    """A tqdm bar that goes away when done. progress: whether it is shown; None: unless `quiet`."""
    from tqdm import tqdm

    shown = not quiet() if progress is None else progress
    return tqdm(disable=not shown, leave=False, **settings)
