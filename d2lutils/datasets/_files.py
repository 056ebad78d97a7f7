"""Files of image data: read with care, since they come from elsewhere."""

import gzip
import hashlib
import pickle
import zlib

import numpy as np

# Checksums (md5) of MNIST are those of the unzipped files, so that any gzip of them is right.
MNIST = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


class DataError(ValueError):
    """A data file that is not what it should be, or cannot be had; the message names the file and the remedy."""


def read_idx(path, md5=None):
    """The array in an IDX file (LeCun's format): (n, 28, 28) or (n,) uint8."""
    content = path.read_bytes()
    try:
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path} is truncated or corrupted ({error}); replace or remove it"
        ) from None
    number = 60000 if path.name.startswith("train") else 10000
    shape = (number, 28, 28) if "images" in path.name else (number,)
    header = b"".join(
        int(word).to_bytes(4, "big") for word in (0x800 + len(shape), *shape)
    )
    if content[: len(header)] != header or len(content) != len(header) + np.prod(shape):
        raise DataError(
            f"{path} is not the expected IDX file: {len(content)} bytes unzipped, "
            f"need {len(header) + np.prod(shape)} for shape {shape}; replace or remove it"
        )
    digest = hashlib.md5(content).hexdigest()
    if md5 is None and digest in MNIST.values():
        raise DataError(
            f"{path} belongs to MNIST, not to Fashion-MNIST, whose files have the same names"
        )
    if md5 is not None and digest != md5:
        raise DataError(
            f"{path} has the wrong checksum, so its content was altered; replace or remove it"
        )
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)


class _ArraysOnly(pickle.Unpickler):
    """Unpickles containers and NumPy arrays and nothing else: a pickle from elsewhere could run any code."""

    def find_class(self, module, name):
        allowed = {"_reconstruct", "ndarray", "dtype", "encode"}
        if name in allowed and module.split(".")[0] in ("numpy", "_codecs"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def read_cifar_batch(path):
    try:
        with open(path, "rb") as file:
            batch = _ArraysOnly(file, encoding="bytes").load()
        images = np.asarray(batch[b"data"], dtype=np.uint8)
        labels = np.asarray(batch[b"labels"], dtype=np.int64)
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing; the folder needs data_batch_1 to 5 and test_batch"
        ) from None
    except (
        pickle.UnpicklingError,
        EOFError,
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        AttributeError,
    ) as error:
        raise DataError(
            f"{path} is truncated or corrupted ({error}); replace or remove it"
        ) from None
    right_labels = labels.shape == (10000,) and labels.min() >= 0 and labels.max() <= 9
    if images.shape != (10000, 3072) or not right_labels:
        raise DataError(
            f"{path} holds images {images.shape}, labels {labels.shape}; need (10000, 3072), (10000,)"
        )
    return images.reshape(-1, 3, 32, 32), labels
