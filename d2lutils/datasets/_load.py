"""Loading data sets by name."""

from __future__ import annotations

import gzip
import os
import pathlib
import random
import sys

import numpy as np

from d2lutils import _checks
from d2lutils.datasets import _files, _places
from d2lutils.datasets._dataset import Dataset
from d2lutils.datasets._files import DataError, Split

NAMES = ("mnist", "fashion-mnist", "cifar10", "digits", "mnist1d", "mnist-sample")
"""The data sets that `load` knows."""

SAMPLE = pathlib.Path(__file__).with_name("mnist-sample.npz")
_told: set[str] = set()


def load(
    name: str,
    *,
    root: str | os.PathLike[str] | None = None,
    num_train: int | None = None,
    num_test: int | None = None,
) -> tuple[Dataset, Dataset]:
    """Training and test set of a data set.

    Where "mnist" can neither be found nor downloaded, and no `root` was given, the
    sample takes its place; a line on stderr says so, once.

    Parameters
    ----------
    name : str
        "mnist" and "fashion-mnist" (60000 + 10000 images of shape (1, 28, 28)),
        "cifar10" (50000 + 10000, (3, 32, 32)), "digits" (scikit-learn's 8 x 8 digits,
        1437 + 360, stratified), "mnist1d" (4000 + 1000 vectors of 40 features, mean 0
        and variance 1; needs the package mnist1d), "mnist-sample" (4000 + 1000 images
        of MNIST that come with this package, equally many of each digit).
    root : path, optional
        The folder to look in. ``~`` is the user's home.
    num_train, num_test : int, optional
        Keep only the first so many.

    Returns
    -------
    train, test : Dataset

    Raises
    ------
    ValueError
        For an unknown name, or a number that is not available.
    DataError
        A ValueError: for a file that is truncated, altered or another data set's, which
        is left as it is; or when there is nothing to read and no network. Where there
        are several copies, a sound one is read.
    """
    _checks.choice("name", name, NAMES)
    splits = _LOADERS[name](name, _path(root))
    numbers = {"num_train": num_train, "num_test": num_test}
    train, test = (
        _first(split, what, number)
        for split, (what, number) in zip(splits, numbers.items(), strict=True)
    )
    return train, test


def _first(split: Split, what: str, number: int | None) -> Dataset:
    images, labels = split
    if number is not None:
        number = _checks.whole(what, number, 1, len(images))
    scale = np.float32(1 / 255 if images.dtype == np.uint8 else 1)
    images = np.multiply(images[:number], scale, dtype=np.float32)
    return Dataset(images, labels[:number].astype(np.int64))


def remark(name: str, root: str | os.PathLike[str] | None = None) -> str:
    """What a reader should know about the files that `load` takes.

    Parameters
    ----------
    name, root
        As in `load`.

    Returns
    -------
    str
        One phrase, or "".
    """
    _checks.choice("name", name, NAMES)
    folder = _path(root)
    if name == "cifar10":
        found = _files.first_sound(_places.cifar_places(folder), _read_cifar10)
        if found is not None and not found[2]:
            return "re-encoded files, not byte for byte the official ones"
    if name == "mnist" and not all(
        any(_places.idx_places(name, file, folder)) for file in _files.IDX[name]
    ):
        return "the sample that comes with the package"
    return ""


def _path(root: str | os.PathLike[str] | None) -> pathlib.Path | None:
    return None if root is None else _checks.path("root", root)


def _idx(name: str, root: pathlib.Path | None) -> tuple[Split, Split]:
    arrays = []
    for file, md5 in _files.IDX[name].items():

        def read(path: pathlib.Path, file: str = file) -> np.ndarray:
            return _files.read_idx(path, name, file)

        array = _files.first_sound(_places.idx_places(name, file, root), read)
        if array is None and root is not None:
            raise DataError(
                f"{file}[.gz] is not in {root}; put the four files of {name} there"
            )
        if array is None:
            try:
                path = _places.download(name, f"{file}.gz", gzip.decompress, md5)
            except DataError as error:
                if name != "mnist":
                    raise
                return _sample_instead(error)
            array = read(path)
        arrays.append(array)
    return (arrays[0][:, None], arrays[1]), (arrays[2][:, None], arrays[3])


def _cifar10(name: str, root: pathlib.Path | None) -> tuple[Split, Split]:
    found = _files.first_sound(_places.cifar_places(root), _read_cifar10)
    if found is None and root is not None:
        raise DataError(
            f"neither {_files.CIFAR_FOLDER} nor {_files.CIFAR_ARCHIVE} is in {root}; "
            "put one of them there"
        )
    if found is None:
        file, md5 = _files.CIFAR_ARCHIVE, _files.CIFAR_ARCHIVE_MD5
        found = _read_cifar10(_places.download(name, file, bytes, md5))
    return found[:2]


def _read_cifar10(path: pathlib.Path) -> tuple[Split, Split, bool]:
    if path.name == _files.CIFAR_ARCHIVE:
        return _files.read_cifar_archive(path)
    return _files.read_cifar_folder(path)


def _digits(name: str, root: pathlib.Path | None) -> tuple[Split, Split]:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    images = digits.images[:, None] / 16
    split = train_test_split(
        images, digits.target, test_size=360, random_state=0, stratify=digits.target
    )
    return (split[0], split[2]), (split[1], split[3])


def _mnist1d(name: str, root: pathlib.Path | None) -> tuple[Split, Split]:
    try:
        from mnist1d.data import get_dataset_args, make_dataset
    except ImportError:
        raise DataError(
            "MNIST-1D needs the package that generates it: pip install mnist1d"
        ) from None
    kept = np.random.get_state(), random.getstate()  # the generator seeds both
    try:
        data = make_dataset(get_dataset_args())
    finally:
        np.random.set_state(kept[0])
        random.setstate(kept[1])
    return (data["x"], data["y"]), (data["x_test"], data["y_test"])


def _sample(name: str, root: pathlib.Path | None) -> tuple[Split, Split]:
    with np.load(SAMPLE) as arrays:
        train, test = (
            (arrays[f"{split}_images"][:, None], arrays[f"{split}_labels"])
            for split in ("train", "test")
        )
    return train, test


def _sample_instead(error: DataError) -> tuple[Split, Split]:
    if "sample" not in _told:
        print(
            "MNIST is not at hand, so a sample of it with 4000 + 1000 images is used. "
            f"{error}",
            file=sys.stderr,
        )
        _told.add("sample")
    return _sample("mnist-sample", None)


_LOADERS = {
    "mnist": _idx,
    "fashion-mnist": _idx,
    "cifar10": _cifar10,
    "digits": _digits,
    "mnist1d": _mnist1d,
    "mnist-sample": _sample,
}
