"""The MXNet engine (1.9.1): networks as compiled graphs, what Gluon's `hybridize` makes.

All parameters of a model live in one flat array; the graph's weights are views of it. So an optimiser step is one
fused operator, and reading or setting the parameters one copy. Everything runs in MXNet's classic mode, whatever
`npx.set_np()` has set outside.

Graphs always run in MXNet's training mode, evaluation too; what differs between the modes (BatchNorm, Dropout) is
spelt out in the graph. For in its inference mode oneDNN reorders weights in place, and would overwrite the
neighbours of a view.
"""

import functools
import math

import mxnet as mx
import numpy as np
from mxnet import autograd

from d2lutils import networks
from d2lutils.engines._mxnet_operators import apply, apply_layer, losses
from d2lutils.engines._protocol import num_slots


def gpu_trouble():
    """Why MXNet cannot compute on a GPU here, one sentence; "" if it can."""
    try:
        if mx.context.num_gpus() == 0:
            return "no GPU is visible to MXNet"
        ones = mx.nd.ones((2, 2), ctx=mx.gpu(0))
        mx.nd.dot(ones, ones).asnumpy()
    except mx.MXNetError as error:
        # The wheels hold machine code up to compute capability 8.6 and no PTX: newer GPUs end here.
        return f"MXNet failed on it ({str(error).strip().splitlines()[-1]}); newer GPUs need engine='torch'"
    return ""


def _classic(function):
    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        with mx.util.np_array(False), mx.util.np_shape(False), autograd.train_mode():
            return function(*args, **kwargs)

    return wrapped


class Backend:
    """One network's arrays and compiled graphs on a device, as `protocol.Backend` says."""

    @_classic
    def __init__(self, network, input_shape, device, dtype):
        self.network, self.dtype = network, dtype
        self.context = mx.gpu(0) if device == "gpu" else mx.cpu(0)
        self.width = math.prod(networks.output_shape(network, input_shape))
        self.shapes = networks.parameter_shapes(network, input_shape)
        # MXNet has no arrays without entries, so a network without parameters gets one that nothing reads.
        self.size = sum(math.prod(shape) for shape in self.shapes.values())
        self.flat, self.flat_gradient = (
            self._array(np.zeros(max(self.size, 1))) for _ in range(2)
        )
        self.arrays, gradients = ({}, {})
        start = 0
        for name, shape in self.shapes.items():
            stop = start + math.prod(shape)
            self.arrays[name] = self.flat[start:stop].reshape(shape)
            gradients[name] = self.flat_gradient[start:stop].reshape(shape)
            start = stop
        if gradients:
            autograd.mark_variables(
                [self.arrays[name] for name in gradients], list(gradients.values())
            )
        self.layers = list(networks.walk(network.layers, input_shape))
        self.averages = []
        for name, layer, shape, _ in self.layers:
            if (
                isinstance(layer, networks.BatchNorm | networks.LayerNorm)
                and not layer.affine
            ):
                self.arrays[name + "scale"] = self._array(np.ones(shape[0]))
                self.arrays[name + "shift"] = self._array(np.zeros(shape[0]))
            if isinstance(layer, networks.BatchNorm):
                for key, value in (("mean", 0.0), ("variance", 1.0)):
                    self.arrays[name + key] = self._array(np.full(shape[0], value))
                    self.averages.append(name + key)
        self.graphs = {}

    def _array(self, values):
        return mx.nd.ndarray.array(values, ctx=self.context, dtype=self.dtype)

    def parameters(self):
        return self.flat.asnumpy()[: self.size]

    @_classic
    def load(self, flat):
        if self.size:
            self.flat[:] = self._array(flat)

    def state(self):
        return np.concatenate(
            [self.arrays[name].asnumpy() for name in self.averages] or [np.zeros(0)]
        )

    @_classic
    def load_state(self, flat):
        start = 0
        for name in self.averages:
            size = self.arrays[name].size
            self.arrays[name][:] = self._array(flat[start : start + size])
            start += size

    @_classic
    def upload(self, images, labels):
        return self._array(images), self._array(labels)

    def graph(self, loss, training=False, static=False, gather=False):
        """Compiled function of arrays by name, images=, labels= and batch=.

        Its value is the outputs; or, given a loss, two arrays: the mean loss (1,), to differentiate, and the mean
        loss with the number of errors (2,), to keep. With gather=True it takes the rows `batch` of its arrays first.
        """
        key = loss, training, static, gather
        if key not in self.graphs:
            symbols = {name: mx.sym.var(name) for name in self.arrays}
            images, labels = mx.sym.var("images"), mx.sym.var("labels")
            if gather:
                batch = mx.sym.var("batch")
                images, labels = mx.sym.take(images, batch), mx.sym.take(labels, batch)
            result = apply(mx.sym, self.network.layers, images, symbols, training)
            if loss:
                values, wrong = losses(mx.sym, result, labels, loss, self.width)
                mean = mx.sym.mean(values)
                kept = mx.sym.BlockGrad(mx.sym.concat(mean, mx.sym.sum(wrong), dim=0))
                result = mx.sym.Group([mean, kept])
            # Fixed memory and shapes save a third of the time of small steps, but hold their buffers.
            compiled = mx.nd.CachedOp(
                result, [("static_alloc", static), ("static_shape", static)]
            )
            self.graphs[key] = compiled, result.list_inputs()
        compiled, names = self.graphs[key]
        return lambda **data: compiled(
            *[data[name] if name in data else self.arrays[name] for name in names]
        )

    @_classic
    def predict(self, images):
        return self.graph(None)(images=self._array(images)).asnumpy()

    @_classic
    def evaluate(self, images, labels, loss, batch_size):
        graph, sizes, kept = self.graph(loss), [], []
        for start in range(0, len(images), batch_size):
            part = slice(start, min(start + batch_size, len(images)))
            sizes.append(part.stop - start)
            kept.append(graph(images=images[part], labels=labels[part])[1])
        means, wrong = mx.nd.stack(*kept, axis=1).asnumpy().astype(np.float64)
        return float(means @ sizes / len(images)), float(wrong.sum() / len(images))

    @_classic
    def gradient(self, images, labels, loss, training):
        with autograd.record():
            value, _ = self.graph(loss, training)(images=images, labels=labels)
        value.backward()
        return float(value.asscalar()), self.flat_gradient.asnumpy()[
            : self.size
        ].astype(np.float64)

    @_classic
    def activations(self, images, training):
        x, values = self._array(images), [images]
        for i, layer in enumerate(self.network.layers):
            x = apply_layer(mx.nd, layer, x, self.arrays, training, f"{i}.")
            values.append(x.asnumpy())
        return values

    @_classic
    def layer_gradients(self, images, labels, loss, training):
        images, labels = self.upload(images, labels)
        # MXNet detaches an intermediate array that asks for a gradient; adding zeros that ask for it does not.
        shapes = [images.shape] + [
            images.shape[:1] + shape
            for name, *_, shape in self.layers
            if name.count(".") == 1
        ]
        zeros = [
            mx.nd.zeros(shape, ctx=self.context, dtype=self.dtype) for shape in shapes
        ]
        for array in zeros:
            array.attach_grad()
        with autograd.record():
            x = images + zeros[0]
            for i, layer in enumerate(self.network.layers):
                x = (
                    apply_layer(mx.nd, layer, x, self.arrays, training, f"{i}.")
                    + zeros[i + 1]
                )
            value = mx.nd.mean(losses(mx.nd, x, labels, loss, self.width)[0])
        value.backward()
        flat = self.flat_gradient.asnumpy()[: self.size].astype(np.float64)
        return [array.grad.asnumpy() for array in zeros], flat

    @_classic
    def example_gradients(self, images, labels, loss):
        images, labels = self.upload(images, labels)
        rows = [
            self.gradient(images[i : i + 1], labels[i : i + 1], loss, False)[1]
            for i in range(len(images))
        ]
        return np.stack(rows)

    def seed(self, *numbers):
        if any(isinstance(layer, networks.Dropout) for _, layer, *_ in self.layers):
            mx.random.seed(
                int(np.random.SeedSequence(numbers).generate_state(1)[0] >> 1)
            )

    def trainer(self, images, labels, loss, optimizer, batch_size):
        return Trainer(self, images, labels, loss, optimizer, batch_size)


class Trainer:
    """Optimiser steps on data that lie on the device, as `protocol.Trainer` says."""

    @_classic
    def __init__(self, backend, images, labels, loss, optimizer, batch_size):
        self.backend, self.images, self.labels, self.optimizer = (
            backend,
            images,
            labels,
            optimizer,
        )
        self.loss, self.batch_size, self.steps = loss, batch_size, 0
        self.weight, self.gradient = (
            array.reshape((1, -1)) for array in (backend.flat, backend.flat_gradient)
        )
        self.slots = [
            mx.nd.zeros_like(self.weight) for _ in range(num_slots(optimizer))
        ]
        self.one = mx.nd.ones((1, 1), ctx=backend.context, dtype=backend.dtype)

    @_classic
    def run(self, order, lr):
        order = mx.nd.ndarray.array(order, ctx=self.backend.context, dtype="int32")
        self.lr, results = lr, []
        for start in range(0, len(order), self.batch_size):
            batch = order[start : min(start + self.batch_size, len(order))]
            static = len(batch) == self.batch_size
            graph = self.backend.graph(
                self.loss, training=True, static=static, gather=True
            )
            with autograd.record():
                loss, kept = graph(images=self.images, labels=self.labels, batch=batch)
            loss.backward()
            self._step()
            results.append(kept)
        return mx.nd.stack(*results, axis=1).asnumpy().astype(np.float64)

    def _step(self):
        self.steps += 1
        optimizer, decay = self.optimizer, self.optimizer.weight_decay
        if len(self.slots) == 2:
            # Not MXNet's adam_update: it takes beta2 as float32, and 1 - beta2 is off by 5e-5 of itself.
            mean, square = self.slots
            gradient = self.gradient + decay * self.weight if decay else self.gradient
            self._add(1 - optimizer.beta1, gradient, optimizer.beta1, mean)
            self._add(
                1 - optimizer.beta2, mx.nd.square(gradient), optimizer.beta2, square
            )
            # Kingma & Ba's update with both bias corrections moved into the step size and epsilon.
            first, second = (
                1 - optimizer.beta1**self.steps,
                math.sqrt(1 - optimizer.beta2**self.steps),
            )
            direction = mean / (mx.nd.sqrt(square) + optimizer.epsilon * second)
            self._add(-self.lr * second / first, direction, 1, self.weight)
        elif self.slots:
            (velocity,) = self.slots
            self._add(1, self.gradient, optimizer.momentum, velocity)
            if decay:
                self._add(decay, self.weight, 1, velocity)
            self._add(-self.lr, velocity, 1, self.weight)
        else:
            self._add(-self.lr, self.gradient, 1 - self.lr * decay, self.weight)

    def _add(self, a, x, b, y):
        """y <- a x + b y. BLAS does it in a third of the time of MXNet's own optimiser operators."""
        mx.nd.linalg.gemm(self.one, x, y, alpha=a, beta=b, out=y)

    def state(self):
        return {"slots": [slot.asnumpy() for slot in self.slots], "steps": self.steps}

    @_classic
    def load_state(self, state):
        for slot, values in zip(self.slots, state["slots"], strict=True):
            slot[:] = self.backend._array(values)
        self.steps = int(state["steps"])
