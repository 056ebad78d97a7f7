"""Images and labels as the engines take them, or one sentence on what is wrong."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils.networks import BatchNorm, Layout

LOSSES = ("cross_entropy", "squared")


def as_images(
    images: ArrayLike, input_shape: tuple[int, ...], dtype: str
) -> np.ndarray:
    """A contiguous array ``(n, *input_shape)`` of the model's dtype, n >= 1."""
    given = _checks.array("images", images, dtype=None)
    if not given.ndim or given.shape[1:] != input_shape or len(given) == 0:
        raise ValueError(
            f"images must have shape (n, {_listed(input_shape)}) with n >= 1, "
            f"got {given.shape}"
        )
    return finite_in(dtype, "images", given)


def as_labels(
    labels: ArrayLike,
    num_examples: int,
    output_shape: tuple[int, ...],
    loss: str,
    dtype: str,
) -> np.ndarray:
    """Classes (n,) int64, or targets (n, outputs) of the model's dtype if squared."""
    _checks.choice("loss", loss, LOSSES)
    if len(output_shape) != 1:
        raise ValueError(
            f"network must have vectors as outputs for a loss, got shape {output_shape}"
        )
    (outputs,) = output_shape
    given = _checks.array("labels", labels, dtype=None)
    if given.shape == (num_examples,) and np.issubdtype(given.dtype, np.integer):
        return _classes(given, outputs, loss, dtype)
    if loss == "cross_entropy":
        raise ValueError(
            f"labels must be {num_examples} integers, got {given.dtype} of shape "
            f"{given.shape}"
        )
    return _targets(given, num_examples, outputs, dtype)


def _classes(labels: np.ndarray, outputs: int, loss: str, dtype: str) -> np.ndarray:
    classes = max(outputs, 2) if loss == "squared" else outputs
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"labels must run from 0 to {classes - 1} for {outputs} outputs, "
            f"got {labels.min()} to {labels.max()}"
        )
    if loss == "cross_entropy":
        return np.ascontiguousarray(labels, dtype=np.int64)
    if outputs > 1:
        return np.eye(outputs, dtype=dtype)[labels]
    # One output: classes 0 and 1 become the targets -1 and 1.
    return np.ascontiguousarray(2.0 * labels[:, None] - 1.0, dtype=dtype)


def _targets(
    labels: np.ndarray, num_examples: int, outputs: int, dtype: str
) -> np.ndarray:
    targets = labels
    if labels.ndim == 1 and labels.size == num_examples:
        targets = labels.reshape(num_examples, 1)
    if targets.shape != (num_examples, outputs):
        raise ValueError(
            f"labels must be targets of shape ({num_examples}, {outputs}), "
            f"got {labels.shape}"
        )
    return finite_in(dtype, "labels", targets)


def check_spread(layout: Layout, number: int, size: int) -> None:
    """ValueError if minibatches of this size leave BatchNorm a single value.

    Its variance is then 0, its output a constant and the running average spoilt.

    Parameters
    ----------
    layout : networks.Layout
        The network.
    number : int
        Examples in all; the last minibatch has the rest of them.
    size : int
        Examples in a minibatch.
    """
    if size > 1 and number % size != 1:
        return
    for name, layer, shape, _ in layout.steps:
        if isinstance(layer, BatchNorm) and math.prod(shape[1:]) == 1:
            raise ValueError(
                f"minibatches must hold at least 2 examples for layer {name[:-1]}, "
                f"{layer}, which divides by their spread: {_remedy(number, size)}"
            )


def _remedy(number: int, size: int) -> str:
    if number == 1:
        return "got 1 example"
    better = next(s for s in range(size + 1, number + 1) if number % s != 1)
    if size == 1:
        return f"got minibatches of 1: take {better}"
    return (
        f"got {number} examples in minibatches of {size}, which leaves 1 for the last "
        f"({number} % {size} == 1): take {better}, or leave an example out"
    )


def finite_in(dtype: str, name: str, values: np.ndarray) -> np.ndarray:
    """Finite values as a contiguous array of that dtype; ValueError if one is too large
    for it.
    """
    with np.errstate(over="ignore"):  # what the check is about
        array = np.ascontiguousarray(values, dtype=dtype)
    if array.dtype != values.dtype and not _checks.all_finite(array):
        raise ValueError(f"{name} must be finite in {dtype}, got NaN or infinity")
    return array


def _listed(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))
