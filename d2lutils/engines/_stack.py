"""Many networks of one shape at once, in NumPy: a product of matrices serves them all.

Small networks spend their time between the operations of a framework, not in them. Here
an operation works on all members of a stack: parameters are (m, P), activations
(m, n, units). Networks of vectors can be stacked: dense layers, activations,
normalisation, dropout and residual blocks of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from d2lutils import networks
from d2lutils.engines import _loading

Backward = Callable[[np.ndarray], np.ndarray]

_VECTORS = (
    networks.Dense,
    networks.ReLU,
    networks.LeakyReLU,
    networks.Tanh,
    networks.Sigmoid,
    networks.Flatten,
    networks.Scale,
    networks.BatchNorm,
    networks.LayerNorm,
    networks.Dropout,
    networks.Residual,
)
_ROOM = 2**18  # numbers in an activation of evaluation: the size of a cache


def stackable(layout: networks.Layout) -> bool:
    """Whether a network's layers all work on vectors, after at most a Flatten."""
    return all(
        isinstance(step.layer, _VECTORS)
        and (
            len(step.input_shape) == 1
            or not isinstance(step.layer, networks.BatchNorm | networks.Residual)
        )
        for step in layout.steps
    ) and bool(layout.shapes)


class Stack:
    """Members of a network's shape: parameters (m, P), running averages (m, S).

    Dropout's draws are those of an engine, so that a member equals the `Model` that it
    becomes.
    """

    def __init__(
        self,
        layout: networks.Layout,
        dtype: str,
        parameters: np.ndarray,
        state: np.ndarray,
        engine: str,
    ) -> None:
        self.layout, self.dtype, self.engine = layout, dtype, engine
        self.flat = parameters.astype(dtype)
        self.averages = state.astype(dtype)
        self.gradient = np.zeros_like(self.flat)
        self.weights = _views(layout.shapes, self.flat)
        self.slopes = _views(layout.shapes, self.gradient)
        self.running = _views(average_shapes(layout), self.averages)
        self.masks: list[Iterator[np.ndarray]] = []
        self._first = _first_dense(layout.network.layers)

    def __len__(self) -> int:
        return len(self.flat)

    def take(self, rows: Sequence[int]) -> Stack:
        """Some of the members, as a stack of their own."""
        parts = self.flat[rows], self.averages[rows]
        return Stack(self.layout, self.dtype, *parts, self.engine)

    def put(self, rows: Sequence[int], stack: Stack) -> None:
        """Put members that were taken back."""
        self.flat[rows], self.averages[rows] = stack.flat, stack.averages

    def losses(
        self, images: np.ndarray, labels: np.ndarray, loss: str
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean loss and share of wrong answers of each member, evaluation mode."""
        widest = max(math.prod(step.output_shape) for step in self.layout.steps)
        size = max(64, _ROOM // (len(self) * widest))
        totals = np.zeros((2, len(self)))
        with diverging():
            for start in range(0, len(images), size):
                part = slice(start, start + size)
                outputs, _ = self._forward(images[None, part], False)
                values, wrong, _ = _losses(outputs, labels[None, part], loss)
                totals += values.sum(1, dtype=np.float64), wrong.sum(1)
        mean, error = totals / len(images)
        return mean, error

    def step(
        self, images: np.ndarray, labels: np.ndarray, loss: str
    ) -> tuple[np.ndarray, np.ndarray]:
        """Gradients of the mean loss of each member's minibatch, into `gradient`.

        Returns the losses (m,) and the numbers of wrong answers (m,).
        """
        outputs, backward = self._forward(images, True)
        values, wrong, slope = _losses(outputs, labels, loss)
        backward(slope)
        return values.mean(1), wrong.sum(1)

    def draw(self, seeds: Sequence[tuple[int, ...]], sizes: Sequence[int]) -> None:
        """Decide Dropout's draws for minibatches of these sizes, one seed a member."""
        steps = [s for s in self.layout.steps if isinstance(s.layer, networks.Dropout)]
        if not steps:
            return
        draws = [
            ((size, *step.input_shape), step.layer.rate)
            for size in sizes
            for step in steps
            if isinstance(step.layer, networks.Dropout)
        ]
        masks = _loading.load(self.engine).dropout_masks
        self.masks = [iter(masks(seed, draws, self.dtype)) for seed in seeds]

    def _forward(
        self, images: np.ndarray, training: bool
    ) -> tuple[np.ndarray, Backward]:
        x = images.reshape(*images.shape[:2], -1)
        return self._apply(self.layout.network.layers, x, training, "")

    def _apply(
        self, layers: Sequence[Any], x: np.ndarray, training: bool, prefix: str
    ) -> tuple[np.ndarray, Backward]:
        steps = []
        for i, layer in enumerate(layers):
            x, back = self._layer(layer, x, training, f"{prefix}{i}.")
            steps.append(back)

        def backward(slope: np.ndarray) -> np.ndarray:
            for back in reversed(steps):
                slope = back(slope)
            return slope

        return x, backward

    def _layer(
        self, layer: Any, x: np.ndarray, training: bool, name: str
    ) -> tuple[np.ndarray, Backward]:
        match layer:
            case networks.Dense():
                return self._dense(layer, x, name)
            case networks.ReLU():
                y = np.maximum(x, 0)
                return y, lambda slope: slope * (y > 0)
            case networks.LeakyReLU(factor):
                rise = np.where(x > 0, 1, factor).astype(self.dtype)
                return x * rise, lambda slope: slope * rise
            case networks.Tanh():
                y = np.tanh(x)
                return y, lambda slope: slope * (1 - y * y)
            case networks.Sigmoid():
                y = 0.5 * (1 + np.tanh(0.5 * x))
                return y, lambda slope: slope * (y * (1 - y))
            case networks.Flatten():
                return x, lambda slope: slope
            case networks.Scale(factor):
                return x * factor, lambda slope: slope * factor
            case networks.Dropout(rate) if training:
                kept = np.stack([next(masks) for masks in self.masks])
                mask = kept.reshape(-1, *x.shape[1:]) * np.asarray(
                    1 / (1 - rate), x.dtype
                )
                return x * mask, lambda slope: slope * mask
            case networks.Dropout():
                return x, lambda slope: slope
            case networks.BatchNorm():
                return self._batch_norm(layer, x, training, name)
            case networks.LayerNorm(_, epsilon):
                y, back = _normalised(x, -1, epsilon)
                return self._affine(layer, y, back, name)
            case networks.Residual():
                return self._residual(layer, x, training, name)
        raise TypeError(f"layer must be one of vectors, got {layer}")

    def _dense(
        self, layer: networks.Dense, x: np.ndarray, name: str
    ) -> tuple[np.ndarray, Backward]:
        weight = self.weights[name + "weight"]
        y = np.matmul(x, weight.transpose(0, 2, 1))
        if layer.bias:
            y += self.weights[name + "bias"][:, None]

        def backward(slope: np.ndarray) -> np.ndarray:
            turned = slope.transpose(0, 2, 1)
            np.matmul(turned, x, out=self.slopes[name + "weight"])
            if layer.bias:
                ones = np.ones((slope.shape[1], 1), self.dtype)
                sums = np.matmul(turned, ones)
                self.slopes[name + "bias"][:] = sums[:, :, 0]
            # Nobody asks for the slope by the images.
            return slope if name == self._first else np.matmul(slope, weight)

        return y, backward

    def _batch_norm(
        self, layer: networks.BatchNorm, x: np.ndarray, training: bool, name: str
    ) -> tuple[np.ndarray, Backward]:
        mean, variance = (self.running[name + key] for key in ("mean", "variance"))
        if not training:
            scale = 1 / np.sqrt(variance + np.asarray(layer.epsilon, self.dtype))
            y, back = (x - mean[:, None]) * scale[:, None], _never
        else:
            share = 1 - layer.momentum
            mean += share * (x.mean(1) - mean)
            variance += share * (x.var(1) - variance)
            y, back = _normalised(x, 1, layer.epsilon)
        return self._affine(layer, y, back, name)

    def _affine(
        self, layer: Any, y: np.ndarray, back: Backward, name: str
    ) -> tuple[np.ndarray, Backward]:
        """Scale and shift after a normalisation, if it has them."""
        if not layer.affine:
            return y, back
        scale, shift = (self.weights[name + key][:, None] for key in ("scale", "shift"))

        def backward(slope: np.ndarray) -> np.ndarray:
            (slope * y).sum(1, out=self.slopes[name + "scale"])
            slope.sum(1, out=self.slopes[name + "shift"])
            return back(slope * scale)

        return y * scale + shift, backward

    def _residual(
        self, layer: networks.Residual, x: np.ndarray, training: bool, name: str
    ) -> tuple[np.ndarray, Backward]:
        branch, back = self._apply(layer.layers, x, training, name)
        way, back_way = self._apply(layer.shortcut, x, training, f"{name}shortcut.")

        def backward(slope: np.ndarray) -> np.ndarray:
            return back(slope * layer.scale) + back_way(slope)

        return way + branch * layer.scale, backward


def diverging() -> np.errstate:
    """Members that diverge are seen by their losses; NumPy need not warn."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")


def _first_dense(layers: Sequence[Any]) -> str | None:
    """The name of a dense layer that nothing but Flatten stands before."""
    for i, layer in enumerate(layers):
        if not isinstance(layer, networks.Flatten):
            return f"{i}." if isinstance(layer, networks.Dense) else None
    return None


def average_shapes(layout: networks.Layout) -> dict[str, tuple[int, ...]]:
    """The running averages of a network, in the order of `Model.state`."""
    return {
        step.name + key: step.input_shape[:1]
        for step in layout.steps
        if isinstance(step.layer, networks.BatchNorm)
        for key in ("mean", "variance")
    }


def fresh_state(layout: networks.Layout) -> np.ndarray:
    """The running averages before the first step."""
    pieces = [
        np.full(shape, float(name.endswith("variance")))
        for name, shape in average_shapes(layout).items()
    ]
    return np.concatenate([np.zeros(0), *pieces])


def _views(
    shapes: dict[str, tuple[int, ...]] | Any, flat: np.ndarray
) -> dict[str, np.ndarray]:
    """Views of a matrix (m, P) as arrays (m, ...) by name."""
    views, start = {}, 0
    for name, shape in shapes.items():
        stop = start + math.prod(shape)
        views[name] = flat[:, start:stop].reshape(len(flat), *shape)
        start = stop
    return views


def _losses(
    outputs: np.ndarray, labels: np.ndarray, loss: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Losses (m, n), wrong answers (m, n), and the slope of the mean loss."""
    if loss == "cross_entropy":
        return _cross_entropy(outputs, labels)
    difference = outputs - labels
    values = 0.5 * (difference * difference).sum(2)
    if outputs.shape[2] == 1:
        wrong = (outputs * labels)[:, :, 0] <= 0
    else:
        wrong = outputs.argmax(2) != labels.argmax(2)
    return values, wrong, difference / outputs.dtype.type(outputs.shape[1])


def _cross_entropy(
    outputs: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # Classes first: NumPy is many times as fast along a long last axis as along a
    # short one.
    shape, classes = outputs.shape[:2], outputs.shape[2]
    z = np.ascontiguousarray(outputs.reshape(-1, classes).T)
    rows = np.broadcast_to(labels, shape).ravel()
    places = rows, np.arange(len(rows))
    z -= z.max(0)
    own = z[places]
    wrong = own < 0
    if np.count_nonzero(z == 0) > len(rows):  # of equal outputs the first one counts
        wrong = z.argmax(0) != rows
    chances = np.exp(z, out=z)
    sums = chances.sum(0)
    values = np.log(sums) - own
    chances *= 1 / (sums * outputs.dtype.type(shape[1]))
    chances[places] -= outputs.dtype.type(1 / shape[1])
    slope = chances.reshape(classes, *shape).transpose(1, 2, 0)
    return values.reshape(shape), wrong.reshape(shape), slope


def _normalised(
    x: np.ndarray, axis: int, epsilon: float
) -> tuple[np.ndarray, Backward]:
    """Mean 0 and variance 1 along an axis, and how slopes go back through it."""
    centred = x - x.mean(axis, keepdims=True)
    variance = (centred * centred).mean(axis, keepdims=True)
    scale = 1 / np.sqrt(variance + np.asarray(epsilon, x.dtype))
    y = centred * scale

    def backward(slope: np.ndarray) -> np.ndarray:
        along = (slope * y).mean(axis, keepdims=True)
        return scale * (slope - slope.mean(axis, keepdims=True) - y * along)

    return y, backward


def _never(slope: np.ndarray) -> np.ndarray:
    raise AssertionError("nothing is differentiated in evaluation mode")
