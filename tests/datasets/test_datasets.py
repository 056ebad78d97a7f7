"""Data sets that come with packages, and what is done to data in memory."""

import os
import pathlib

import numpy as np
import pytest

from d2lutils import datasets
from d2lutils.datasets import Dataset, corrupt_labels, load, standardize


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


def test_corrupt_labels():
    rng = np.random.default_rng(0)
    dataset = Dataset(np.zeros((5000, 1), np.float32), rng.integers(0, 10, 5000))
    corrupted = corrupt_labels(dataset, 0.4, rng)
    # 2000 labels are drawn afresh, one in ten of them by chance the old one: 1800
    # changes, standard deviation 13.4.
    assert np.sum(corrupted.labels != dataset.labels) == pytest.approx(1800, abs=55)
    np.testing.assert_array_equal(
        corrupt_labels(dataset, 0.0, rng).labels, dataset.labels
    )
    with pytest.raises(ValueError, match="fraction"):
        corrupt_labels(dataset, 1.5, rng)
    with pytest.raises(ValueError, match="labels must be integers >= 0"):
        corrupt_labels(Dataset(np.zeros((2, 1)), np.array([-1, -2])), 1.0, rng)


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


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, 1.0])
def test_a_constant_channel_becomes_zero(value):
    rng = np.random.default_rng(0)
    images = np.stack([rng.random((4, 3, 3)), np.full((4, 3, 3), value)], 1)
    train = Dataset(images.astype(np.float32), np.arange(4))
    other = Dataset(train.images + np.float32(0.5), np.arange(4))
    new, moved = standardize(train, other)
    assert (new.images[:, 1] == 0).all()
    np.testing.assert_allclose(moved.images[:, 1], 0.5, rtol=1e-6)
    np.testing.assert_allclose(new.images[:, 0].std(), 1, rtol=1e-5)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_what_cannot_be_standardized_is_told(bad):
    images = np.array([[0.0, 1.0], [bad, 2.0]])
    with pytest.raises(ValueError, match="train must hold finite images"):
        standardize(Dataset(images, np.arange(2)), Dataset(images, np.arange(2)))


def _read_only(array):
    array.flags.writeable = False
    return array


IMAGES, LABELS = np.array([[0.5, 0.25], [0.125, 1.0]], np.float32), np.array([1, 0])


@pytest.mark.parametrize(
    "given",
    [
        lambda array: _read_only(array.copy()),
        lambda array: array.astype(array.dtype.newbyteorder(">")),
        lambda array: array.astype(np.float16) if array.dtype.kind == "f" else array,
        lambda array: array.tolist(),
        lambda array: pytest.importorskip("pandas").DataFrame(array).values,
        lambda array: pytest.importorskip("torch").tensor(array),
        lambda array: pytest.importorskip("mxnet").np.array(array, dtype=array.dtype),
    ],
    ids=["read-only", "big-endian", "float16", "lists", "pandas", "torch", "mxnet"],
)
def test_whatever_holds_the_numbers(given):
    flat = given(LABELS)
    flat = flat if np.ndim(flat) == 1 else flat[:, 0]
    dataset = Dataset(given(IMAGES), flat)
    np.testing.assert_array_equal(dataset.images, IMAGES)
    np.testing.assert_array_equal(dataset.take([1, 0]).labels, LABELS[::-1])
    assert type(dataset.images) is np.ndarray
    assert dataset.images.dtype.isnative
    assert dataset.images.dtype.itemsize >= 4
    assert len(standardize(dataset, dataset)[0]) == 2


def test_hidden_numbers_are_refused():
    with pytest.raises(TypeError, match="images must be an array without a mask"):
        Dataset(np.ma.masked_equal(IMAGES, 0.5), LABELS)


@pytest.mark.parametrize("number", [np.int64(7), np.array(7), np.uint8(7), 7.0])
def test_numbers_of_any_kind(number):
    train, test = load("digits", num_train=number, num_test=number)
    assert (len(train), len(test)) == (7, 7)


def test_unknown_names_and_numbers():
    with pytest.raises(
        ValueError, match="name must be one of 'mnist', 'fashion-mnist'"
    ):
        load("imagenet")
    with pytest.raises(ValueError, match=r"num_test .* got 0"):
        load("digits", num_test=0)
