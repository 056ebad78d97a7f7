"""Files of image data: read with care, since they come from elsewhere.

Checksums are md5 as published. Those of IDX files are of the unzipped contents, so that
any gzip of them is right.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import os
import pathlib
import pickle
import stat
import tarfile
import warnings
import zlib
from collections.abc import Callable, Iterable
from typing import IO, Any, TypeVar

import numpy as np

IDX = {
    "mnist": {
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    },
    "fashion-mnist": {
        "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
        "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
        "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
    },
}
# Files of the same names and sizes; these checksums are of the gzipped ones.
KMNIST = {
    "bdb82020997e1d708af4cf47b453dcf7",
    "e144d726b3acfaa3e44228e80efcd344",
    "5c965bf0a639b31b8f53240b1b52f4d7",
    "7320c461ea6c1c855c0b718fb2a4b134",
}
TITLES = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}

CIFAR_ARCHIVE = "cifar-10-python.tar.gz"
CIFAR_ARCHIVE_MD5 = "c58f30108f718f92721af3b95e74349a"
CIFAR_FOLDER = "cifar-10-batches-py"
CIFAR = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}

MOST = 2**27  # bytes: none of these files is half as large, but the archive
REPLACE = "replace or remove it"

Result = TypeVar("Result")
Split = tuple[np.ndarray, np.ndarray]


class DataError(ValueError):
    """A data file that is not what it should be, or cannot be had.

    The message names the file and the remedy.
    """


def first_sound(
    paths: Iterable[pathlib.Path], read: Callable[[pathlib.Path], Result]
) -> Result | None:
    """What is read from the first path that is sound; None if there is no path.

    If all are damaged, the first one's DataError is raised.
    """
    first = None
    for path in paths:
        try:
            return read(path)
        except DataError as error:
            first = first or error
    if first is not None:
        raise first
    return None


def read_idx(path: pathlib.Path, name: str, file: str) -> np.ndarray:
    """The array in an IDX file (LeCun's format) of MNIST or Fashion-MNIST.

    Parameters
    ----------
    path : pathlib.Path
        Where it lies, gzipped or not.
    name : {"mnist", "fashion-mnist"}
    file : str
        Which of the four files it should be.

    Returns
    -------
    array of shape (n, 28, 28) or (n,), uint8
    """
    number = 60000 if file.startswith("train") else 10000
    shape = (number, 28, 28) if "images" in file else (number,)
    words = (0x800 + len(shape), *shape)
    header = b"".join(word.to_bytes(4, "big") for word in words)
    size = len(header) + math.prod(shape)
    zipped = _content(path)
    content = _unzipped(zipped, path, size)
    if content[: len(header)] != header or len(content) != size:
        raise DataError(
            f"{path} must be an IDX file of shape {shape}, got "
            f"{_header(content, header)}; {REPLACE}"
        )
    digest = hashlib.md5(content).hexdigest()
    if digest != IDX[name][file]:
        whose = _whose(digest, hashlib.md5(zipped).hexdigest())
        raise DataError(
            f"{path} has the wrong checksum, so it is not {TITLES[name]}'s or was "
            f"altered{whose}; {REPLACE}"
        )
    array = np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)
    if array.ndim == 1 and array.max() > 9:
        raise DataError(
            f"{path} must hold labels up to 9, got {array.max()}; {REPLACE}"
        )
    return array


def _header(content: bytes, header: bytes) -> str:
    """What is wrong with the beginning of an IDX file, or its length."""
    if content[:4] == header[:4][::-1]:
        return "a header that is little-endian (IDX files are big-endian)"
    if content[:4] != header[:4]:
        return "something without its header"
    sizes = range(4, len(header), 4)
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in sizes)
    if content[: len(header)] != header:
        return f"one of shape {shape}"
    return "fewer bytes" if len(content) < len(header) + math.prod(shape) else "more"


def _whose(digest: str, zipped: str) -> str:
    """A remark on files that we know and that have the same names."""
    owners = [TITLES[name] for name, known in IDX.items() if digest in known.values()]
    owners += ["KMNIST"] if zipped in KMNIST else []
    if not owners:
        return ""
    return f" (it belongs to {owners[0]}, whose files have the same names)"


def read_cifar_folder(folder: pathlib.Path) -> tuple[Split, Split, bool]:
    """Training and test set of CIFAR-10 from a folder, and whether it is official.

    Files that were encoded again are taken if none is the official one and there are as
    many images of each class as there should be.
    """
    batches, official = {}, {}
    for name, md5 in CIFAR.items():
        content = _content(folder / name)
        digest = hashlib.md5(content).hexdigest()
        official[name] = digest == md5
        for other, known in CIFAR.items():
            if digest == known and other != name:
                raise DataError(f"{folder / name} holds {other}; exchange them back")
        batches[name] = _batch(content, folder / name)
    if any(official.values()):
        for name, right in official.items():
            if not right:
                raise DataError(
                    f"{folder / name} has the wrong checksum while others in its "
                    f"folder are the official files, so it was altered; {REPLACE}"
                )
    return *_joined(batches, folder), all(official.values())


def read_cifar_archive(path: pathlib.Path) -> tuple[Split, Split, bool]:
    """Training and test set from the official archive; it is not unpacked anywhere."""
    with _opened(path) as file:
        digest = hashlib.md5()
        while block := file.read(2**20):
            digest.update(block)
        if digest.hexdigest() != CIFAR_ARCHIVE_MD5:
            raise DataError(
                f"{path} has the wrong checksum, so it is truncated or altered; "
                f"{REPLACE}"
            )
        file.seek(0)
        batches = {}
        try:
            with tarfile.open(fileobj=file, mode="r:gz") as tar:
                for member in tar:
                    name = pathlib.PurePosixPath(member.name).name
                    if name in CIFAR and (part := tar.extractfile(member)) is not None:
                        batches[name] = _batch(part.read(MOST), path / name)
        except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
            raise DataError(f"{path} is damaged ({error}); {REPLACE}") from None
    missing = [name for name in CIFAR if name not in batches]
    if missing:
        raise DataError(f"{path} lacks {', '.join(missing)}; {REPLACE}")
    return *_joined(batches, path), True


def _joined(batches: dict[str, Split], place: pathlib.Path) -> tuple[Split, Split]:
    """Training and test set; a class has 5000 images in the one, 1000 in the other."""
    test = batches["test_batch"]
    parts = [batches[name] for name in CIFAR if name != "test_batch"]
    images, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    for split, found, number in (("test", test[1], 1000), ("training", labels, 5000)):
        counts = np.bincount(found, minlength=10)
        if (counts != number).any():
            raise DataError(
                f"{place} must hold {number} {split} images of each class, got "
                f"{counts.min()} to {counts.max()}; batches were exchanged or altered"
            )
    return (images, labels), test


class _ArraysOnly(pickle.Unpickler):
    """Unpickles containers and arrays only: a pickle from elsewhere could run code."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = {"_reconstruct", "ndarray", "dtype", "encode"}
        if name in allowed and module.split(".")[0] in ("numpy", "_codecs"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _batch(content: bytes, path: pathlib.Path) -> Split:
    """Images (10000, 3, 32, 32) uint8 and labels (10000,) int64 of a pickled batch."""
    try:
        batch = _ArraysOnly(io.BytesIO(content), encoding="bytes").load()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of ragged lists, in NumPy 1.23
            images, labels = np.asarray(batch[b"data"]), np.asarray(batch[b"labels"])
    except Exception as error:  # a pickle can raise whatever it likes
        raise DataError(f"{path} is damaged ({_short(error)}); {REPLACE}") from None
    for what, array, shape, most in (
        ("images", images, (10000, 3072), 255),
        ("labels", labels, (10000,), 9),
    ):
        if array.shape != shape or array.dtype.kind not in "iu":
            raise DataError(
                f"{path} must hold {what} of shape {shape}, whole numbers, got "
                f"{array.dtype} of shape {array.shape}; {REPLACE}"
            )
        if array.min() < 0 or array.max() > most:
            raise DataError(
                f"{path} must hold {what} from 0 to {most}, got {array.min()} to "
                f"{array.max()}; {REPLACE}"
            )
    return images.astype(np.uint8).reshape(-1, 3, 32, 32), labels.astype(np.int64)


def _short(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return text if len(text) <= 100 else f"{text[:97]}..."


def _unzipped(content: bytes, path: pathlib.Path, size: int) -> bytes:
    """The content, unzipped if it is a gzip; a byte more than size at most."""
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path} is truncated or corrupted ({error}); {REPLACE}"
        ) from None


def _content(path: pathlib.Path) -> bytes:
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MOST:
            raise DataError(f"{path} must be smaller, got {size} bytes; {REPLACE}")
        return file.read()


def _opened(path: pathlib.Path) -> IO[bytes]:
    """A file that is open for reading, and a file: a pipe would keep us waiting."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        number = os.open(path, flags)
    except FileNotFoundError:
        if path.is_symlink():
            raise DataError(f"{path} is a link to nothing; {REPLACE}") from None
        raise DataError(f"{path} is missing; put it there") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataError(f"{path} cannot be read ({reason}); {REPLACE}") from None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise DataError(
            f"{path} must be a file, got a folder, a pipe or a device; {REPLACE}"
        )
    return os.fdopen(number, "rb")
