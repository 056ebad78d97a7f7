"""What the chapter on hyperparameters tunes: one hidden layer, on handwritten digits.

::

    objective = DigitsMLP()                    # 1000 images to train on; epochs
    study = hyperband(objective, SPACE, max_resource=27)
    study.best.details["test_error"]

In NumPy, so that a trial takes seconds, needs no framework and gives the same bytes in
every process.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from d2lutils import _checks, _machine, datasets
from d2lutils.search import log_integer, log_uniform

SPACE = {
    "lr": log_uniform(1e-3, 1e-1),
    "l2": log_uniform(1e-6, 1e-1),
    "hidden": log_integer(10, 1000),
}
"""Recht's search space: step size, l2 penalty, number of hidden units."""

SLIDES = tuple(
    ({"lr": 10.0**lr, "l2": 10.0**l2, "hidden": round(10**hidden)}, loss)
    for lr, l2, hidden, loss in (
        (-1.6, -2.4, 1.7, 0.0577),
        (-1.0, -1.2, 2.6, 0.182),
        (-1.2, -5.7, 1.4, 0.0436),
        (-2.4, -2.0, 2.9, 0.0919),
        (-2.6, -2.9, 1.9, 0.0575),
        (-2.7, -2.5, 2.4, 0.0765),
        (-1.8, -1.4, 2.6, 0.1196),
        (-1.4, -2.1, 1.5, 0.0834),
        (-1.9, -5.8, 2.1, 0.0242),
        (-1.8, -5.6, 1.7, 0.029),
    )
)
"""The ten configurations on Recht's slides, each with the loss printed beside it."""


@dataclass(frozen=True)
class DigitsMLP:
    """An objective for `search`: one hidden layer of ReLUs, trained by SGD for epochs.

    Called as ``objective(config, resource, state)``, with ``config["lr"]``,
    ``config["l2"]`` (the loss gets l2 / 2 times the sum of the squared weights) and
    ``config["hidden"]``; state is what it returned before, or None. Returns the
    validation loss, the state, and details: train_loss, train_error, validation_error,
    test_loss, test_error. Losses are mean cross-entropies without the penalty. Float32,
    one thread.

    Attributes
    ----------
    data : str
        A set of square one-channel images, see ``datasets.load``.
    num_train : int
        The first training images are trained on.
    num_validation : int
        The last training images are the validation set.
    num_test : int, optional
        The first test images are the test set; by default all.
    pool : int
        Side of the squares of pixels that are averaged first (2 makes 28 x 28 images
        14 x 14).
    batch_size, momentum
        Those of SGD.
    seed : int
        Of the initial weights (He et al. 2015) and of the minibatches' order. Both are
        the same whenever they can be, so that the loss is a function of the
        configuration alone.
    root : path, optional
        See ``datasets.load``.

    Raises
    ------
    FloatingPointError
        When training diverges.
    ValueError
        For data that do not suffice.
    """

    data: str = "mnist-sample"
    num_train: int = 1000
    num_validation: int = 2000
    num_test: int | None = None
    pool: int = 2
    batch_size: int = 50
    momentum: float = 0.9
    seed: int = 0
    root: str | None = None

    def __post_init__(self) -> None:
        _checks.choice("data", self.data, datasets.NAMES)
        for name in ("num_train", "num_validation", "pool"):
            _checks.whole(name, getattr(self, name))
        if self.num_test is not None:
            _checks.whole("num_test", self.num_test)
        if self.root is not None:
            _checks.path("root", self.root)
        _checks.whole("batch_size", self.batch_size, 1, math.inf)
        _checks.real("momentum", self.momentum, 0, below=1)
        _checks.whole("seed", self.seed, 0, math.inf)

    def __call__(
        self, config: Mapping[str, Any], resource: int, state: Any
    ) -> tuple[float, dict[str, Any], dict[str, float]]:
        splits = self._splits()
        if state is None:
            weights = _initial(splits[0][0].shape[1], config["hidden"], self.seed)
            velocities = [np.zeros_like(w) for w in weights]
            state = {"epoch": 0, "weights": weights, "velocities": velocities}
        weights = [w.copy() for w in state["weights"]]
        velocities = [v.copy() for v in state["velocities"]]
        with _machine.one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
            for epoch in range(state["epoch"], resource):
                self._pass(weights, velocities, splits[0], config, epoch)
                if not all(np.isfinite(w).all() for w in weights):
                    raise FloatingPointError(f"training diverged in epoch {epoch + 1}")
            details = {
                f"{name}_{what}": value
                for name, split in zip(_SPLITS, splits, strict=True)
                for what, value in zip(
                    _MEASURES, _measure(weights, *split), strict=True
                )
            }
        loss = details.pop("validation_loss")
        after = {"epoch": resource, "weights": weights, "velocities": velocities}
        return loss, after, details

    def sets(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """The images (n, pixels) and labels (n,) for training, choosing and testing.

        Returns
        -------
        dict
            A pair for each of training, validation and test; copies.
        """
        parts = self._splits()
        return {
            name: (images.copy(), labels.copy())
            for name, (images, labels) in zip(_SETS, parts, strict=True)
        }

    def losses(
        self, configs: Sequence[Mapping[str, Any]], resources: Sequence[int]
    ) -> dict[str, np.ndarray]:
        """The losses of many settings on the way: each is trained once, and goes on.

        Parameters
        ----------
        configs : sequence of dicts
            The settings.
        resources : sequence of int
            The epochs after which to measure, increasing.

        Returns
        -------
        dict
            An array (settings, resources) for each of training, validation and test.
        """
        epochs = [_checks.whole("resources", resource) for resource in resources]
        if not epochs or sorted(set(epochs)) != epochs:
            raise ValueError(f"resources must be increasing, got {resources!r}")
        table = np.empty((3, len(configs), len(epochs)))
        with _machine.one_blas_thread():  # asked for once: each time costs 2 ms
            for k, config in enumerate(configs):
                state = None
                for i, epoch in enumerate(epochs):
                    loss, state, details = self(config, epoch, state)
                    table[:, k, i] = details["train_loss"], loss, details["test_loss"]
        return dict(zip(_SETS, table, strict=True))

    def _splits(self):
        return _load(
            self.data,
            self.num_train,
            self.num_validation,
            self.num_test,
            self.pool,
            self.root,
        )

    def _pass(self, weights, velocities, train, config, epoch):
        """One epoch of SGD with momentum, in place."""
        images, labels = train
        rng = np.random.default_rng([self.seed, 1, epoch])
        order = rng.permutation(self.num_train)
        for start in range(0, self.num_train, self.batch_size):
            batch = order[start : start + self.batch_size]
            _step(
                weights, velocities, images[batch], labels[batch], config, self.momentum
            )


_SETS = ("training", "validation", "test")
_SPLITS = ("train", "validation", "test")
_MEASURES = ("loss", "error")


def _initial(num_inputs, hidden, seed):
    rng = np.random.default_rng([seed, 0])
    weights = rng.standard_normal((num_inputs, hidden)) * math.sqrt(2 / num_inputs)
    readout = rng.standard_normal((hidden, 10)) * math.sqrt(1 / hidden)
    return [
        w.astype(np.float32) for w in (weights, np.zeros(hidden), readout, np.zeros(10))
    ]


def _step(weights, velocities, images, labels, config, momentum):
    """One step of SGD with momentum, in place."""
    w1, b1, w2, b2 = weights
    hidden = np.maximum(images @ w1 + b1, 0)
    delta = np.exp(_log_softmax(hidden @ w2 + b2))
    delta[np.arange(len(labels)), labels] -= 1
    delta /= np.float32(len(labels))
    back = (delta @ w2.T) * (hidden > 0)
    l2 = np.float32(config["l2"])
    gradients = (
        images.T @ back + l2 * w1,
        back.sum(0),
        hidden.T @ delta + l2 * w2,
        delta.sum(0),
    )
    for weight, velocity, gradient in zip(weights, velocities, gradients, strict=True):
        velocity *= np.float32(momentum)
        velocity += gradient
        weight -= np.float32(config["lr"]) * velocity


def _measure(weights, images, labels):
    """Mean cross-entropy, and share of wrong answers."""
    w1, b1, w2, b2 = weights
    logits = _log_softmax(np.maximum(images @ w1 + b1, 0) @ w2 + b2)
    loss = -logits[np.arange(len(labels)), labels].mean(dtype=np.float64)
    return float(loss), float(np.mean(logits.argmax(1) != labels))


def _log_softmax(logits):
    logits = logits - logits.max(1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


@functools.lru_cache(maxsize=4)
def _load(name, num_train, num_validation, num_test, pool, root):
    """Three pairs of images (n, pixels) float32 and labels (n,)."""
    train, test = datasets.load(name, num_test=num_test, root=root)
    if num_train + num_validation > len(train):
        raise ValueError(
            f"num_train and num_validation must be at most {len(train)} together, the "
            f"training images of {name}, got {num_train} and {num_validation}"
        )
    splits = (
        train.take(slice(num_train)),
        train.take(slice(len(train) - num_validation, None)),
        test,
    )
    return tuple((_pooled(split.images, pool), split.labels) for split in splits)


def _pooled(images, side):
    n, channels, height, width = images.shape
    if channels != 1 or height % side or width % side:
        raise ValueError(
            f"images must have one channel and sides that pool = {side} divides, "
            f"got the shape {images.shape[1:]}"
        )
    blocks = images.reshape(n, height // side, side, width // side, side)
    return np.ascontiguousarray(blocks.mean((2, 4)).reshape(n, -1))
