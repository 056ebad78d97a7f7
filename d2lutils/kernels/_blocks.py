"""A kernel of images by blocks: in processes, on a cluster, kept in a folder.

A block is some images with some others. None depends on another one, nor any of their
bits on how the matrix was cut and where it was computed. So they may come in any order,
and one whose process died is computed again.

In the folder, kernel.json says which kernel it is, and each block has a file, written
when it is complete: a run may be killed at any moment.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import math
import os
import pathlib
import sys
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import Any, NamedTuple

import numpy as np

from d2lutils import _files, _machine

SMALLEST, LARGEST = 16, 64  # side of a block, in images: its file comes every minute
BLOCKS = 64  # what a matrix is cut into at least, down to the smallest
TRIES = 3  # deaths without a finished block between them, after which we give up

Compute = Callable[[np.ndarray, np.ndarray | None], np.ndarray]
"""The block (n, m) of images with others; None: with themselves, symmetric."""


class Place(NamedTuple):
    """Where a block begins."""

    row: int
    column: int


Blocks = Generator[tuple[Place, np.ndarray], None, None]
"""Blocks in the order in which they come; to be closed."""


class Kept(NamedTuple):
    """A folder, and a digest of what its blocks belong to."""

    folder: pathlib.Path
    of: str


def wanted(n_jobs: int | None) -> int:
    """How many jobs are asked for: 1 is none besides this process."""
    import joblib

    return joblib.effective_n_jobs(None) if n_jobs is None else n_jobs


def matrix(
    compute: Compute,
    images: np.ndarray,
    others: np.ndarray | None,
    n_jobs: int,
    kept: Kept | None,
    progress: bool | None,
) -> np.ndarray:
    """The kernel (n, m) of images with others; None: with themselves, symmetric."""
    columns = images if others is None else others
    out = np.empty((len(images), len(columns)))
    side = _side(*out.shape)

    def at(place: Place) -> tuple[slice, slice]:
        return (
            slice(place.row, min(place.row + side, len(images))),
            slice(place.column, min(place.column + side, len(columns))),
        )

    def call(place: Place) -> Callable[[], np.ndarray]:
        rows, cols = at(place)
        itself = others is None and place.row == place.column
        return functools.partial(
            compute, images[rows], None if itself else columns[cols]
        )

    def put(place: Place, block: np.ndarray) -> None:
        rows, cols = at(place)
        out[rows, cols] = block
        if others is None:
            out[cols, rows] = block.T

    missing = []
    places = [
        Place(i, j)
        for i in range(0, len(images), side)
        for j in range(i if others is None else 0, len(columns), side)
    ]
    for place in places:
        block = None if kept is None else _read(kept, place, out[at(place)].shape)
        if block is None:
            missing.append(place)
        else:
            put(place, block)
    shown = {"total": len(places), "initial": len(places) - len(missing)}
    with (
        _machine.bar(progress, **shown, unit="block") as bar,
        contextlib.closing(_computed(call, missing, n_jobs)) as results,
    ):
        for place, block in results:
            if kept is not None:
                _write(kept, place, block)
            put(place, block)
            bar.update()
    return out


@contextlib.contextmanager
def keeping(folder: str | os.PathLike[str], settings: dict[str, Any]) -> Iterator[Kept]:
    """A folder of this kernel alone, and of this call alone."""
    path = _files.folder("folder", folder)
    record = path / "kernel.json"
    settings = {
        name: _digest(value) if isinstance(value, np.ndarray) else value
        for name, value in settings.items()
    }
    text = json.dumps(settings, indent=1)
    with _files.lock(record, seconds=1):
        if record.exists():
            _check(record, settings)
        else:
            _files.write(record, text + "\n")
        for part in path.glob("block-*.part"):  # of a process that was killed
            part.unlink(missing_ok=True)
        yield Kept(path, hashlib.blake2b(text.encode(), digest_size=8).hexdigest())


def _check(record: pathlib.Path, settings: dict[str, Any]) -> None:
    """Whether the folder's kernel is the one that is asked for."""
    try:
        found = json.loads(record.read_text(encoding="utf8"))
        names = {**settings, **found}
        different = [n for n in names if found.get(n) != settings.get(n)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError(
            f"{record} is no record of a kernel; choose another folder"
        ) from None
    if different:
        raise ValueError(
            f"{record} belongs to a kernel with another {', '.join(different)}; remove "
            "it or choose another folder"
        )


def _digest(array: np.ndarray) -> str:
    total = hashlib.blake2b(f"{array.dtype.str} {array.shape}".encode(), digest_size=8)
    total.update(np.ascontiguousarray(array).data)
    return total.hexdigest()


def _side(n: int, m: int) -> int:
    """Images on the side of a block: whole sixteens, which are computed together."""
    wanted = SMALLEST * math.ceil(math.sqrt(n * m / BLOCKS) / SMALLEST)
    return min(wanted, LARGEST)


def _path(kept: Kept, place: Place) -> pathlib.Path:
    return kept.folder / f"block-{place.row}-{place.column}.npz"


def _write(kept: Kept, place: Place, block: np.ndarray) -> None:
    content = io.BytesIO()
    np.savez(content, block=block, of=np.array(kept.of))
    _files.write(_path(kept, place), content.getvalue())


def _read(kept: Kept, place: Place, shape: tuple[int, ...]) -> np.ndarray | None:
    """A block, if its file holds it: the archive has a checksum."""
    try:
        with np.load(_path(kept, place), allow_pickle=False) as file:
            block, of = file["block"], str(file["of"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, EOFError):
        return None
    good = of == kept.of and block.shape == shape and block.dtype == np.float64
    return block if good else None


def _computed(
    call: Callable[[Place], Callable], places: list[Place], n_jobs: int
) -> Blocks:
    """All blocks, as they come; those whose process died are done again."""
    left, deaths = dict.fromkeys(places), 0
    while left:
        try:
            with contextlib.closing(_round(call, list(left), n_jobs)) as results:
                for place, block in results:
                    del left[place]
                    deaths = 0
                    yield place, block
        except _death() as error:
            deaths += 1
            if deaths == TRIES:
                raise RuntimeError(
                    f"the process that computed a block died, {TRIES} times in a row "
                    f"({error}); with a folder, the same call goes on from the blocks "
                    "that are done"
                ) from error


def _round(
    call: Callable[[Place], Callable], places: list[Place], n_jobs: int
) -> Blocks:
    """The blocks as they come, by joblib, until a process dies."""
    import joblib

    if n_jobs == 1:
        yield from ((place, call(place)()) for place in places)
        return
    backend, _ = joblib.parallel.get_active_backend()
    # A pool of multiprocessing waits for ever for a process that died.
    pool = type(backend).__name__ == "MultiprocessingBackend"
    parallel = joblib.Parallel(
        n_jobs,
        backend="loky" if pool else None,
        return_as="generator_unordered",
        batch_size=1,
        max_nbytes=None,  # files in memory would stay until the last block
    )
    # Images as arguments would go to one worker of a cluster, and die with it.
    calls = (
        joblib.delayed(functools.partial(_alone, place, call(place)))()
        for place in places
    )
    yield from parallel(calls)


def _alone(place: Place, call: Callable[[], np.ndarray]) -> tuple[Place, np.ndarray]:
    """A block in one thread: its neighbours have the other cores."""
    with _machine.one_thread():
        return place, call()


def _death() -> tuple[type[Exception], ...]:
    """What is raised where a process died."""
    distributed = sys.modules.get("distributed")
    return (BrokenProcessPool, *([distributed.KilledWorker] if distributed else []))
