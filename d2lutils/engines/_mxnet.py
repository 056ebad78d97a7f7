"""The MXNet engine (1.9.1): networks as compiled graphs, as Gluon's `hybridize` does.

All parameters of a model live in one flat array; the graph's weights are views of it.
So an optimiser step is one fused operator, and reading or setting the parameters one
copy. Everything runs in MXNet's classic mode, whatever ``npx.set_np()`` has set.

Graphs always run in MXNet's training mode, evaluation too; what differs between the
modes (BatchNorm, Dropout) is spelt out in the graph. For in its inference mode oneDNN
reorders weights in place, and would overwrite the neighbours of a view.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import mxnet as mx
import numpy as np
from mxnet import autograd

from d2lutils import networks
from d2lutils.engines._mxnet_operators import apply, apply_layer, losses
from d2lutils.engines._optimizers import SGD, Adam, Optimizer


def gpu_trouble(dtype: str = "float32") -> str:
    """Why MXNet cannot compute on a GPU here, one sentence; "" if it can."""
    try:
        if mx.context.num_gpus() == 0:
            return "no GPU is visible to MXNet"
        ones = mx.nd.ones((2, 2), ctx=mx.gpu(0))
        mx.nd.dot(ones, ones).asnumpy()
    except mx.MXNetError as error:
        # The wheels hold machine code up to compute capability 8.6 and no PTX: newer
        # GPUs end here.
        reason = str(error).strip().splitlines()[-1]
        return f"MXNet failed on it ({reason}); newer GPUs need engine='torch'"
    return ""


def _classic(function: Callable) -> Callable:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with mx.util.np_array(False), mx.util.np_shape(False), autograd.train_mode():
            return function(*args, **kwargs)

    return wrapped


class Backend:
    """One network's arrays and compiled graphs on a device, a `_protocol.Backend`."""

    @_classic
    def __init__(self, layout: networks.Layout, device: str, dtype: str) -> None:
        self.layout, self.dtype = layout, dtype
        self.layers = layout.network.layers
        self.width = math.prod(layout.output_shape)
        self.context = mx.gpu(0) if device == "gpu" else mx.cpu(0)
        # MXNet has no arrays without entries, so a network without parameters gets one
        # that nothing reads.
        self.size = layout.size
        self.flat, self.flat_gradient = (
            self._array(np.zeros(max(self.size, 1))) for _ in range(2)
        )
        self.arrays = layout.unflatten(self.flat)
        gradients = layout.unflatten(self.flat_gradient)
        if gradients:
            variables = [self.arrays[name] for name in gradients]
            autograd.mark_variables(variables, list(gradients.values()))
        self.averages: list[str] = []
        self._add_constants()
        self.graphs: dict[tuple, tuple] = {}

    def _add_constants(self) -> None:
        """What normalisation layers need beside parameters."""
        for name, layer, shape, _ in self.layout.steps:
            if not isinstance(layer, networks.BatchNorm | networks.LayerNorm):
                continue
            if not layer.affine:
                self.arrays[name + "scale"] = self._array(np.ones(shape[0]))
                self.arrays[name + "shift"] = self._array(np.zeros(shape[0]))
            if isinstance(layer, networks.BatchNorm):
                for key, value in (("mean", 0.0), ("variance", 1.0)):
                    self.arrays[name + key] = self._array(np.full(shape[0], value))
                    self.averages.append(name + key)

    def _array(self, values: Any) -> Any:
        return mx.nd.ndarray.array(values, ctx=self.context, dtype=self.dtype)

    def parameters(self) -> np.ndarray:
        return self.flat.asnumpy()[: self.size]

    @_classic
    def load(self, flat: np.ndarray) -> None:
        if self.size:
            self.flat[:] = self._array(flat)

    def state(self) -> np.ndarray:
        averages = [self.arrays[name].asnumpy() for name in self.averages]
        return np.concatenate(averages or [np.zeros(0)])

    @_classic
    def load_state(self, flat: np.ndarray) -> None:
        start = 0
        for name in self.averages:
            size = self.arrays[name].size
            self.arrays[name][:] = self._array(flat[start : start + size])
            start += size

    @_classic
    def upload(self, images: np.ndarray, labels: np.ndarray) -> tuple[Any, Any]:
        return self._array(images), self._array(labels)

    def graph(
        self,
        loss: str | None,
        training: bool = False,
        static: bool = False,
        gather: bool = False,
    ) -> Callable:
        """Compiled function of arrays by name, images=, labels= and batch=.

        Its value is the outputs; or, given a loss, two arrays: the mean loss (1,), to
        differentiate, and the mean loss with the number of errors (2,), to keep. With
        gather=True it takes the rows `batch` of its arrays first.
        """
        key = loss, training, static, gather
        if key not in self.graphs:
            symbol = self._symbol(loss, training, gather)
            # Fixed memory and shapes save a third of the time of small steps, but hold
            # their buffers.
            flags = [("static_alloc", static), ("static_shape", static)]
            self.graphs[key] = mx.nd.CachedOp(symbol, flags), symbol.list_inputs()
        compiled, names = self.graphs[key]
        return lambda **data: compiled(
            *[data[name] if name in data else self.arrays[name] for name in names]
        )

    def _symbol(self, loss: str | None, training: bool, gather: bool) -> Any:
        symbols = {name: mx.sym.var(name) for name in self.arrays}
        images, labels = mx.sym.var("images"), mx.sym.var("labels")
        if gather:
            batch = mx.sym.var("batch")
            images, labels = mx.sym.take(images, batch), mx.sym.take(labels, batch)
        outputs = apply(mx.sym, self.layers, images, symbols, training)
        if loss is None:
            return outputs
        values, wrong = losses(mx.sym, outputs, labels, loss, self.width)
        mean = mx.sym.mean(values)
        kept = mx.sym.BlockGrad(mx.sym.concat(mean, mx.sym.sum(wrong), dim=0))
        return mx.sym.Group([mean, kept])

    @_classic
    def predict(self, images: np.ndarray) -> np.ndarray:
        return self.graph(None)(images=self._array(images)).asnumpy()

    @_classic
    def evaluate(
        self, images: Any, labels: Any, loss: str, batch_size: int
    ) -> tuple[float, float]:
        graph, sizes, kept = self.graph(loss), [], []
        for start in range(0, len(images), batch_size):
            part = slice(start, min(start + batch_size, len(images)))
            sizes.append(part.stop - part.start)
            kept.append(graph(images=images[part], labels=labels[part])[1])
        means, wrong = mx.nd.stack(*kept, axis=1).asnumpy().astype(np.float64)
        return float(means @ sizes / len(images)), float(wrong.sum() / len(images))

    @_classic
    def gradient(
        self, images: Any, labels: Any, loss: str, training: bool
    ) -> tuple[float, np.ndarray]:
        with autograd.record():
            value, _ = self.graph(loss, training)(images=images, labels=labels)
        if self.size:
            value.backward()
        return float(value.asscalar()), self._gradient()

    def _gradient(self) -> np.ndarray:
        return self.flat_gradient.asnumpy()[: self.size].astype(np.float64)

    @_classic
    def activations(self, images: np.ndarray, training: bool) -> list[np.ndarray]:
        x, values = self._array(images), [images]
        for i, layer in enumerate(self.layers):
            x = apply_layer(mx.nd, layer, x, self.arrays, training, f"{i}.")
            values.append(x.asnumpy())
        return values

    @_classic
    def layer_gradients(
        self, images: np.ndarray, labels: np.ndarray, loss: str, training: bool
    ) -> tuple[list[np.ndarray], np.ndarray]:
        x, heads = self.upload(images, labels)
        # MXNet detaches an intermediate array that asks for a gradient; adding zeros
        # that ask for it does not.
        outer = [step for step in self.layout.steps if step.name.count(".") == 1]
        shapes = [self.layout.input_shape, *(step.output_shape for step in outer)]
        zeros = [
            mx.nd.zeros((len(x), *shape), ctx=self.context, dtype=self.dtype)
            for shape in shapes
        ]
        for array in zeros:
            array.attach_grad()
        with autograd.record():
            x = x + zeros[0]
            for i, layer in enumerate(self.layers):
                x = apply_layer(mx.nd, layer, x, self.arrays, training, f"{i}.")
                x = x + zeros[i + 1]
            value = mx.nd.mean(losses(mx.nd, x, heads, loss, self.width)[0])
        value.backward()
        return [array.grad.asnumpy() for array in zeros], self._gradient()

    @_classic
    def example_gradients(
        self, images: np.ndarray, labels: np.ndarray, loss: str
    ) -> np.ndarray:
        x, y = self.upload(images, labels)
        parts = [slice(i, i + 1) for i in range(len(x))]
        return np.stack([self.gradient(x[i], y[i], loss, False)[1] for i in parts])

    def seed(self, *numbers: int) -> None:
        if any(isinstance(step.layer, networks.Dropout) for step in self.layout.steps):
            _seed(numbers)

    def trainer(
        self, images: Any, labels: Any, loss: str, optimizer: Optimizer, batch_size: int
    ) -> Trainer:
        return Trainer(self, images, labels, loss, optimizer, batch_size)


def _seed(numbers: Sequence[int]) -> None:
    mx.random.seed(int(np.random.SeedSequence(numbers).generate_state(1)[0] >> 1))


@_classic
def dropout_masks(
    seed: Sequence[int], draws: Sequence[tuple[tuple[int, ...], float]], dtype: str
) -> list[np.ndarray]:
    """What Dropout lets through, draw by draw of a shape and a rate, after `seed`."""
    _seed(seed)
    return [
        mx.nd.Dropout(mx.nd.ones(shape, dtype=dtype), p=rate).asnumpy() > 0
        for shape, rate in draws
    ]


class Trainer:
    """Optimiser steps on data that lie on the device, a `_protocol.Trainer`."""

    @_classic
    def __init__(
        self,
        backend: Backend,
        images: Any,
        labels: Any,
        loss: str,
        optimizer: Optimizer,
        batch_size: int,
    ) -> None:
        self.backend, self.images, self.labels = backend, images, labels
        self.loss, self.optimizer, self.batch_size = loss, optimizer, batch_size
        self.steps, self.lr = 0, optimizer.lr
        self.weight = backend.flat.reshape((1, -1))
        self.gradient = backend.flat_gradient.reshape((1, -1))
        self.slots = [mx.nd.zeros_like(self.weight) for _ in range(optimizer.num_slots)]
        self.one = mx.nd.ones((1, 1), ctx=backend.context, dtype=backend.dtype)

    @_classic
    def run(self, order: np.ndarray, lr: float) -> np.ndarray:
        rows = mx.nd.ndarray.array(order, ctx=self.backend.context, dtype="int32")
        self.lr, results = lr, []
        for start in range(0, len(rows), self.batch_size):
            batch = rows[start : min(start + self.batch_size, len(rows))]
            static = len(batch) == self.batch_size
            graph = self.backend.graph(
                self.loss, training=True, static=static, gather=True
            )
            with autograd.record():
                loss, kept = graph(images=self.images, labels=self.labels, batch=batch)
            if self.backend.size:
                loss.backward()
                self._step()
            results.append(kept)
        return mx.nd.stack(*results, axis=1).asnumpy().astype(np.float64)

    def _step(self) -> None:
        self.steps += 1
        match self.optimizer:
            case Adam():
                self._adam_step(self.optimizer)
            case SGD(_, momentum, decay) if momentum:
                (velocity,) = self.slots
                self._add(1, self.gradient, momentum, velocity)
                if decay:
                    self._add(decay, self.weight, 1, velocity)
                self._add(-self.lr, velocity, 1, self.weight)
            case SGD(_, _, decay):
                self._add(-self.lr, self.gradient, 1 - self.lr * decay, self.weight)

    def _adam_step(self, adam: Adam) -> None:
        # Not MXNet's adam_update: it takes beta2 as float32, and 1 - beta2 is off by
        # 5e-5 of itself.
        mean, square = self.slots
        gradient, decay = self.gradient, adam.weight_decay
        if decay:
            gradient = gradient + decay * self.weight
        self._add(1 - adam.beta1, gradient, adam.beta1, mean)
        self._add(1 - adam.beta2, mx.nd.square(gradient), adam.beta2, square)
        # Kingma & Ba's update with both bias corrections moved into the step size and
        # epsilon.
        first = 1 - adam.beta1**self.steps
        second = math.sqrt(1 - adam.beta2**self.steps)
        direction = mean / (mx.nd.sqrt(square) + adam.epsilon * second)
        self._add(-self.lr * second / first, direction, 1, self.weight)

    def _add(self, a: float, x: Any, b: float, y: Any) -> None:
        """y <- a x + b y, by BLAS: a third of the time of MXNet's own operators."""
        mx.nd.linalg.gemm(self.one, x, y, alpha=a, beta=b, out=y)

    def state(self) -> dict[str, Any]:
        return {"slots": [slot.asnumpy() for slot in self.slots], "steps": self.steps}

    @_classic
    def load_state(self, state: dict[str, Any]) -> None:
        for slot, values in zip(self.slots, state["slots"], strict=True):
            slot[:] = self.backend._array(values)
        self.steps = int(state["steps"])
