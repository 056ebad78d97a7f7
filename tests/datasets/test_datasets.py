"""Data sets from folders, from downloads that are checked, and from the package: damaged files are refused."""

import gzip
import hashlib
import os
import pathlib
import pickle

import numpy as np
import pytest

from d2lutils import datasets
from d2lutils.datasets import DataError, Dataset, corrupt_labels, load, standardize

FILES = {
    "train-images-idx3-ubyte": (60000, 28, 28),
    "train-labels-idx1-ubyte": (60000,),
    "t10k-images-idx3-ubyte": (10000, 28, 28),
    "t10k-labels-idx1-ubyte": (10000,),
}


def idx(array):
    """LeCun's format: two zero bytes, 8 for bytes, the number of dimensions, the sizes, the data."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(
        size.to_bytes(4, "big") for size in array.shape
    )
    return header + array.tobytes()


@pytest.fixture(scope="module")
def fake(tmp_path_factory):
    """Files with MNIST's names and sizes and other contents, gzipped and not."""
    folder = tmp_path_factory.mktemp("fake")
    rng = np.random.default_rng(0)
    for name, shape in FILES.items():
        array = np.zeros(shape, np.uint8)
        array[:50] = rng.integers(0, 10, (50, *shape[1:]))
        content = idx(array)
        path = folder / name
        if name.startswith("train"):
            path.with_name(name + ".gz").write_bytes(gzip.compress(content, 1))
        else:
            path.write_bytes(content)
    return folder


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.delenv("D2LUTILS_DATA", raising=False)
    monkeypatch.setattr(
        "d2lutils.datasets._load.cache_folder", lambda: tmp_path / "cache"
    )
    monkeypatch.setattr("d2lutils.datasets._load._told", set())
    return tmp_path / "cache"


@pytest.fixture
def no_network(monkeypatch):
    def refuse(url, *args, **kwargs):
        raise ConnectionError(url)

    monkeypatch.setattr("pooch.retrieve", refuse)


def test_the_sample_is_stratified_and_small():
    train, test = load("mnist-sample")
    assert np.bincount(train.labels).tolist() == [400] * 10
    assert np.bincount(test.labels).tolist() == [100] * 10
    assert (train.images.shape, test.images.shape) == (
        (4000, 1, 28, 28),
        (1000, 1, 28, 28),
    )
    assert (train.images.dtype, train.labels.dtype) == (np.float32, np.int64)
    assert (train.images.min(), train.images.max()) == (0.0, 1.0)
    # The mean brightness of MNIST is .1307, its standard deviation .3081.
    assert (train.images.mean(), train.images.std()) == pytest.approx(
        (0.1307, 0.3081), abs=0.003
    )
    folder = pathlib.Path(datasets.__file__).parent
    assert (folder / "mnist-sample.npz").stat().st_size < 1.6e6
    assert "by-sa/3.0" in (folder / "mnist-sample.txt").read_text()


@pytest.mark.skipif(
    "D2LUTILS_DATA" not in os.environ, reason="needs MNIST in D2LUTILS_DATA"
)
def test_the_sample_is_part_of_mnist():
    for sample, whole in zip(load("mnist-sample"), load("mnist"), strict=True):
        known = {
            image.tobytes(): label
            for image, label in zip(whole.images, whole.labels, strict=True)
        }
        assert all(
            known[image.tobytes()] == label
            for image, label in zip(sample.images, sample.labels, strict=True)
        )


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    parts = load("digits")
    assert [len(part) for part in parts] == [1437, 360]
    images = np.concatenate([part.images for part in parts])
    assert images.shape[1:] == (1, 8, 8)
    np.testing.assert_array_equal(
        np.sort(images.sum((1, 2, 3)) * 16), np.sort(load_digits().data.sum(1))
    )


def test_mnist1d_is_reproducible_and_leaves_numpy_alone():
    pytest.importorskip("mnist1d")
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    train, test = load("mnist1d", num_test=7)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    assert (train.images.shape, test.images.shape) == ((4000, 40), (7, 40))
    np.testing.assert_array_equal(load("mnist1d")[0].images, train.images)


def test_fashion_mnist_from_a_folder(fake, monkeypatch):
    train, test = load("fashion-mnist", root=fake, num_train=100)
    assert (train.images.shape, test.images.shape) == (
        (100, 1, 28, 28),
        (10000, 1, 28, 28),
    )
    assert train.images[:50].max() == np.float32(9 / 255)
    assert not train.images[50:].any()


def test_altered_mnist_is_refused_and_left_as_it_is(fake):
    before = (fake / "train-images-idx3-ubyte.gz").read_bytes()
    with pytest.raises(DataError, match=r"ubyte\.gz has the wrong checksum"):
        load("mnist", root=fake)
    assert (fake / "train-images-idx3-ubyte.gz").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("train-labels-idx1-ubyte.gz", lambda content: content[:-20]),
        ("train-labels-idx1-ubyte.gz", lambda content: b"<html>"),
        ("t10k-labels-idx1-ubyte", lambda content: content[:-20]),
    ],
)
def test_damaged_files_are_refused_and_the_next_call_recovers(
    fake, tmp_path, name, damage
):
    for path in fake.iterdir():
        (tmp_path / path.name).symlink_to(path)
    broken, content = tmp_path / name, (fake / name).read_bytes()
    broken.unlink()
    broken.write_bytes(damage(content))
    with pytest.raises(DataError, match=name):
        load("fashion-mnist", root=tmp_path)
    assert broken.read_bytes() == damage(content)
    broken.write_bytes(content)
    assert len(load("fashion-mnist", root=tmp_path)[0]) == 60000


def cifar_batch(rng, number=10000):
    return {
        b"data": rng.integers(0, 256, (number, 3072), np.uint8),
        b"labels": rng.integers(0, 10, number).tolist(),
    }


def test_cifar10_from_an_expanded_folder(tmp_path):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    rng = np.random.default_rng(0)
    batch = cifar_batch(rng)
    (folder / "data_batch_1").write_bytes(pickle.dumps(batch, protocol=2))
    for name in ("data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"):
        (folder / name).symlink_to(folder / "data_batch_1")
    with pytest.raises(DataError, match="test_batch is missing"):
        load("cifar10", root=tmp_path)
    (folder / "test_batch").write_bytes(pickle.dumps(cifar_batch(rng, 30), protocol=2))
    with pytest.raises(DataError, match=r"need \(10000, 3072\)"):
        load("cifar10", root=tmp_path)
    (folder / "test_batch").write_bytes(pickle.dumps(batch, protocol=4)[:-1000])
    with pytest.raises(DataError, match="truncated or corrupted"):
        load("cifar10", root=tmp_path)
    (folder / "test_batch").write_bytes(pickle.dumps(batch, protocol=4))
    train, test = load("cifar10", root=tmp_path, num_train=20000, num_test=5)
    assert (train.images.shape, test.images.shape) == (
        (20000, 3, 32, 32),
        (5, 3, 32, 32),
    )
    # Row i of a file holds 1024 red values, then green, then blue, each image row by row.
    assert test.images[4, 2, 1, 3] == np.float32(
        batch[b"data"][4, 2048 + 32 + 3] * np.float32(1 / 255)
    )


def test_a_pickle_that_wants_to_run_code_is_refused(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.system, ("touch " + str(tmp_path / "harm"),)

    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    (folder / "test_batch").write_bytes(pickle.dumps({b"data": Evil()}))
    with pytest.raises(DataError, match=r"it asks for posix\.system"):
        load("cifar10", root=tmp_path)
    assert not (tmp_path / "harm").exists()


def test_without_anything_the_sample_takes_mnists_place_and_says_so_once(
    empty_cache, no_network, capsys
):
    assert [len(part) for part in load("mnist")] == [4000, 1000]
    load("mnist")
    told = capsys.readouterr().err
    assert told.count("MNIST is not at hand") == 1
    with pytest.raises(
        ValueError, match="num_train must be a whole number >= 1 and <= 4000, got 60000"
    ):
        load("mnist", num_train=60000)


def test_without_network_the_message_names_the_folder(empty_cache, no_network):
    with pytest.raises(DataError) as told:
        load("cifar10")
    assert str(empty_cache / "cifar10") in str(told.value)
    assert "D2LUTILS_DATA" in str(told.value)
    with pytest.raises(DataError, match="is not in /nowhere"):
        load("mnist", root="/nowhere")


def test_downloads_are_checked_and_mirrors_tried(empty_cache, fake, monkeypatch):
    wrong = {"host": "fashion-mnist.s3-website.eu-central-1.amazonaws.com"}
    content = {
        name: gzip.compress(idx(np.zeros(shape, np.uint8)), 1)
        for name, shape in FILES.items()
    }
    monkeypatch.setattr(
        "d2lutils.datasets._load._FASHION",
        {name: hashlib.md5(content[name]).hexdigest() for name in FILES},
    )

    def retrieve(url, known_hash, path, fname):
        target = pathlib.Path(path) / fname
        target.write_bytes(content[fname[:-3]][: 20 if wrong["host"] in url else None])
        return str(target)

    monkeypatch.setattr("pooch.retrieve", retrieve)
    assert (
        len(load("fashion-mnist")[0]) == 60000
    )  # the first mirror sends half a file, the second one is right
    assert sorted(os.listdir(empty_cache / "fashion-mnist")) == sorted(
        name + ".gz" for name in FILES
    )
    (empty_cache / "fashion-mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    wrong["host"] = "://"
    with pytest.raises(DataError, match="wrong checksum"):
        load("fashion-mnist")
    assert len(os.listdir(empty_cache / "fashion-mnist")) == 3
    wrong["host"] = "nothing"
    assert len(load("fashion-mnist")[1]) == 10000


def test_corrupt_labels():
    rng = np.random.default_rng(0)
    dataset = Dataset(np.zeros((5000, 1), np.float32), rng.integers(0, 10, 5000))
    corrupted = corrupt_labels(dataset, 0.4, rng)
    # 2000 labels are drawn afresh, one in ten of them by chance the old one: 1800 changes, sd 13.4.
    assert np.sum(corrupted.labels != dataset.labels) == pytest.approx(1800, abs=55)
    np.testing.assert_array_equal(
        corrupt_labels(dataset, 0.0, rng).labels, dataset.labels
    )
    with pytest.raises(ValueError, match="fraction"):
        corrupt_labels(dataset, 1.5, rng)


def test_standardize_uses_the_training_set():
    rng = np.random.default_rng(0)
    shift = np.array([0.2, 0.5, 0.9])[:, None, None]
    train = Dataset(
        (shift + 0.1 * rng.normal(size=(500, 3, 4, 4))).astype(np.float32),
        np.zeros(500, int),
    )
    test = Dataset(train.images[:10] + np.float32(0.1), np.zeros(10, int))
    new_train, new_test = standardize(train, test)
    np.testing.assert_allclose(new_train.images.mean((0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(new_train.images.std((0, 2, 3)), 1, atol=1e-5)
    np.testing.assert_allclose(new_test.images - new_train.images[:10], 1, atol=0.05)


def test_unknown_names_and_numbers():
    with pytest.raises(
        ValueError, match="name must be one of 'mnist', 'fashion-mnist'"
    ):
        load("imagenet")
    with pytest.raises(ValueError, match=r"num_test .* got 0"):
        load("digits", num_test=0)
