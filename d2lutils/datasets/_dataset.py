"""A data set in memory, and what is done to it before training."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images with their labels.

    Attributes
    ----------
    images : array of shape (n, channels, height, width) or (n, features)
        Those of `load` are float32 in [0, 1].
    labels : array of shape (n,)
        Those of `load` are int64; targets of a regression may be floats.

    Raises
    ------
    TypeError
        For arrays that do not hold real numbers, and for masked ones.
    ValueError
        Unless there is a label for each image.
    """

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        for name in ("images", "labels"):
            given = getattr(self, name)
            array = _checks.array(name, given, finite=name == "labels", dtype=None)
            object.__setattr__(self, name, array)
        shapes = self.images.shape, self.labels.shape
        if self.images.ndim < 2 or shapes[0][:1] != shapes[1][:1]:
            raise ValueError(
                "images must have a label each, got images of shape "
                f"{shapes[0]}, labels of shape {shapes[1]}"
            )

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"Dataset(images {self.images.shape}, labels {self.labels.shape})"

    def take(self, indices: ArrayLike | slice) -> Dataset:
        """Some of the examples.

        Parameters
        ----------
        indices : array of int or bool of shape (k,) or (n,), or slice

        Raises
        ------
        ValueError
            For indices that are no whole numbers, or of examples that do not exist.
        """
        if not isinstance(indices, slice):
            indices = _checks.array("indices", indices, 1, dtype=None)
            indices = indices if indices.size else indices.astype(int)
            masks = indices.dtype == bool and len(indices) == len(self)
            if not masks and (
                indices.dtype.kind not in "iu"
                or (np.abs(indices + 0.5) > len(self)).any()
            ):
                raise ValueError(
                    f"indices must be whole numbers below {len(self)}, got "
                    f"{_checks.shown(indices)}"
                )
        return Dataset(self.images[indices], self.labels[indices])


def corrupt_labels(
    dataset: Dataset, fraction: float, rng: np.random.Generator
) -> Dataset:
    """Draw some of the labels afresh from all classes, each with the same chance.

    Parameters
    ----------
    dataset : Dataset
        With integer labels from 0 on.
    fraction : float
        ``round(fraction * n)`` labels, chosen at random, are drawn; as in Zhang et al.
        2017 a fresh label may by chance be the old one.
    rng : numpy.random.Generator

    Returns
    -------
    Dataset
        A copy.

    Raises
    ------
    ValueError
        Unless the fraction is in [0, 1] and the labels are whole numbers from 0 on.
    """
    fraction, rng = _checks.real("fraction", fraction, 0, 1), _checks.rng("rng", rng)
    labels = _checks.instance("dataset", dataset, Dataset).labels.copy()
    if labels.dtype.kind not in "iu" or not labels.size or labels.min() < 0:
        raise ValueError(
            "the dataset's labels must be integers >= 0, at least one, got "
            f"{labels.dtype} of shape {labels.shape}"
        )
    number = round(fraction * len(dataset))
    chosen = rng.choice(len(labels), number, replace=False)
    labels[chosen] = rng.integers(0, labels.max() + 1, number)
    return replace(dataset, labels=labels)


def standardize(train: Dataset, test: Dataset) -> tuple[Dataset, Dataset]:
    """Take off the training set's mean and divide by its standard deviation.

    Channel by channel; vectors count as one channel. A channel that is constant in the
    training set is only shifted: it becomes 0 there.

    Parameters
    ----------
    train, test : Dataset
        With images of one shape.

    Returns
    -------
    train, test : Dataset
        Images float32.

    Raises
    ------
    ValueError
        For shapes that differ, and for NaN, infinity or numbers too large for float32.
    """
    for name, dataset in (("train", train), ("test", test)):
        _checks.instance(name, dataset, Dataset)
    images = train.images
    if images.shape[1:] != test.images.shape[1:] or not len(train):
        raise ValueError(
            "train and test must hold images of one shape, got "
            f"{images.shape}, {test.images.shape}"
        )
    axes = (0, 2, 3) if images.ndim == 4 else None
    with np.errstate(over="ignore", invalid="ignore"):
        mean, spread = (
            f(axes, dtype=np.float64, keepdims=True).astype(np.float32)
            for f in (images.mean, images.std)
        )
        # Rounding leaves a mean beside the value, and a spread above zero.
        least, most = (f(axes, keepdims=True) for f in (images.min, images.max))
        mean = np.where(least == most, least, mean).astype(np.float32)
        spread = np.where(least == most, np.float32(1), spread)
        scaled = [(part.images - mean) / spread for part in (train, test)]
        new = [part.astype(np.float32, copy=False) for part in scaled]
    for name, part in zip(("train", "test"), new, strict=True):
        if not _checks.all_finite(part):
            raise ValueError(
                f"{name} must hold finite images that float32 can hold, got NaN, "
                "infinity or numbers beyond 1e38"
            )
    first, second = (
        replace(dataset, images=part)
        for dataset, part in zip((train, test), new, strict=True)
    )
    return first, second
