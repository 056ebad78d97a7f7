"""The PyTorch engine: for GPUs of today, newer Pythons, and machines without an MXNet wheel.

As in the MXNet engine all parameters of a model live in one flat array, the weights are views of it, and so are their
gradients: an optimiser step is a few operations on one vector.
"""

import math
import os

import numpy as np
import torch
import torch.nn.functional as F

from d2lutils import engines, networks
from d2lutils.engines._protocol import num_slots


def gpu_trouble():
    """Why PyTorch cannot compute on a GPU here, one sentence; "" if it can."""
    if not torch.cuda.is_available():
        return "no GPU is visible to PyTorch"
    try:
        ones = torch.ones(2, 2, device="cuda")
        (ones @ ones).sum().item()
    except RuntimeError as error:
        return f"PyTorch failed on it ({str(error).strip().splitlines()[0]})"
    return ""


def _apply(layers, x, arrays, training, prefix=""):
    """The layers on a tensor x (n, ...); `arrays` holds parameters and running averages by name."""
    for i, layer in enumerate(layers):
        x = _apply_layer(layer, x, arrays, training, f"{prefix}{i}.")
    return x


def _apply_layer(layer, x, arrays, training, name):
    match layer:
        case networks.Dense():
            return F.linear(x, arrays[name + "weight"], arrays.get(name + "bias"))
        case networks.Conv(_, _, stride, padding):
            return F.conv2d(
                x, arrays[name + "weight"], arrays.get(name + "bias"), stride, padding
            )
        case networks.MaxPool(size, stride, padding):
            return F.max_pool2d(x, size, stride, padding)
        case networks.AvgPool(size, stride, padding):
            return F.avg_pool2d(x, size, stride, padding)
        case networks.ReLU():
            return F.relu(x)
        case networks.LeakyReLU(slope):
            return F.leaky_relu(x, slope)
        case networks.Tanh():
            return torch.tanh(x)
        case networks.Sigmoid():
            return torch.sigmoid(x)
        case networks.Flatten():
            return x.flatten(1)
        case networks.Scale(factor):
            return x * factor
        case networks.GlobalAvgPool():
            return x.mean((2, 3))
        case networks.Dropout(rate):
            return F.dropout(x, rate, training)
        case networks.BatchNorm():
            return _batch_norm(layer, x, arrays, training, name)
        case networks.LayerNorm(_, epsilon):
            scale, shift = arrays.get(name + "scale"), arrays.get(name + "shift")
            return F.layer_norm(x, x.shape[1:], scale, shift, epsilon)
        case networks.Residual(layers, scale, shortcut):
            branch = _apply(layers, x, arrays, training, name)
            x = _apply(shortcut, x, arrays, training, f"{name}shortcut.")
            return x + (branch * scale if scale != 1 else branch)


def _batch_norm(layer, x, arrays, training, name):
    scale, shift = arrays.get(name + "scale"), arrays.get(name + "shift")
    mean, variance = arrays[name + "mean"], arrays[name + "variance"]
    if not training:
        return F.batch_norm(x, mean, variance, scale, shift, False, 0.0, layer.epsilon)
    axes = (0, *range(2, x.dim()))
    with torch.no_grad():  # PyTorch's own averages take the unbiased variance; those of networks.BatchNorm do not
        mean.lerp_(x.mean(axes), 1 - layer.momentum)
        variance.lerp_(x.var(axes, unbiased=False), 1 - layer.momentum)
    return F.batch_norm(x, None, None, scale, shift, True, 0.0, layer.epsilon)


def _losses(outputs, labels, loss):
    """Per-example losses (n,) and whether each answer is wrong (n,)."""
    if (
        loss == "linear"
    ):  # labels are the gradient of the value with respect to the outputs
        return (outputs * labels).flatten(1).sum(1), None
    if loss == "squared":
        losses = (outputs - labels).square().sum(1) / 2
        if outputs.shape[1] == 1:
            return losses, (outputs.detach() * labels).flatten() <= 0
        labels = labels.argmax(1)
    else:
        losses = F.cross_entropy(outputs, labels, reduction="none")
    return losses, outputs.detach().argmax(1) != labels


class Backend:
    """One network's arrays on a device, as `protocol.Backend` says."""

    def __init__(self, network, input_shape, device, dtype):
        if (
            "OMP_NUM_THREADS" not in os.environ
            and torch.get_num_threads() < engines.cores()
        ):
            torch.set_num_threads(engines.cores())
        self.network, self.device = (
            network,
            torch.device("cuda" if device == "gpu" else "cpu"),
        )
        self.dtype = getattr(torch, dtype)
        self.layers = list(networks.walk(network.layers, input_shape))
        self.shapes = networks.parameter_shapes(network, input_shape)
        size = sum(math.prod(shape) for shape in self.shapes.values())
        self.flat, self.flat_gradient = (
            torch.zeros(size, device=self.device, dtype=self.dtype) for _ in range(2)
        )
        self.weights, self.averages = self._views(self.flat), {}
        for name, gradient in self._views(self.flat_gradient).items():
            self.weights[name].requires_grad_().grad = gradient
        for name, layer, shape, _ in self.layers:
            if isinstance(layer, networks.BatchNorm):
                self.averages[name + "mean"] = self._tensor(np.zeros(shape[0]))
                self.averages[name + "variance"] = self._tensor(np.ones(shape[0]))
        self.arrays = self.weights | self.averages

    def _views(self, flat):
        parts = flat.split([math.prod(shape) for shape in self.shapes.values()])
        named = zip(self.shapes.items(), parts, strict=True)
        return {name: part.view(shape).detach() for (name, shape), part in named}

    def _tensor(self, values):
        return torch.as_tensor(values, dtype=self.dtype).to(self.device, copy=True)

    def parameters(self):
        return self.flat.cpu().numpy()

    def load(self, flat):
        self.flat.copy_(self._tensor(flat))

    def state(self):
        return np.concatenate(
            [array.cpu().numpy() for array in self.averages.values()] or [np.zeros(0)]
        )

    def load_state(self, flat):
        start = 0
        for array in self.averages.values():
            array.copy_(self._tensor(flat[start : start + array.numel()]))
            start += array.numel()

    def upload(self, images, labels):
        if (
            self.device.type == "cpu"
            and images.flags.writeable
            and labels.flags.writeable
        ):
            return torch.from_numpy(images), torch.from_numpy(labels)
        if labels.dtype.kind == "i":
            return self._tensor(images), torch.as_tensor(labels).to(self.device)
        return self._tensor(images), self._tensor(labels)

    def _values(self, images, labels, loss, training):
        return _losses(
            _apply(self.network.layers, images, self.arrays, training), labels, loss
        )

    @torch.no_grad()
    def predict(self, images):
        return (
            _apply(self.network.layers, self._tensor(images), self.arrays, False)
            .cpu()
            .numpy()
        )

    @torch.no_grad()
    def evaluate(self, images, labels, loss, batch_size):
        totals = torch.zeros(2, device=self.device, dtype=torch.float64)
        for x, y in zip(
            images.split(batch_size), labels.split(batch_size), strict=True
        ):
            losses, wrong = self._values(x, y, loss, False)
            totals += torch.stack(
                [losses.sum(dtype=torch.float64), wrong.sum(dtype=torch.float64)]
            )
        mean, error = (totals / len(images)).tolist()
        return mean, error

    def gradient(self, images, labels, loss, training):
        self.flat_gradient.zero_()
        value = self._values(images, labels, loss, training)[0].mean()
        value.backward()
        return value.item(), self.flat_gradient.double().cpu().numpy()

    @torch.no_grad()
    def activations(self, images, training):
        x, values = self._tensor(images), [images]
        for i, layer in enumerate(self.network.layers):
            x = _apply_layer(layer, x, self.arrays, training, f"{i}.")
            values.append(x.cpu().numpy())
        return values

    def layer_gradients(self, images, labels, loss, training):
        x, labels = self.upload(images, labels)
        self.flat_gradient.zero_()
        x = x.detach().requires_grad_()
        inputs = [x]
        for i, layer in enumerate(self.network.layers):
            x = _apply_layer(layer, x, self.arrays, training, f"{i}.")
            inputs.append(x)
            x.retain_grad()
        _losses(x, labels, loss)[0].mean().backward()
        return [
            x.grad.cpu().numpy() for x in inputs
        ], self.flat_gradient.double().cpu().numpy()

    def example_gradients(self, images, labels, loss):
        images, labels = self.upload(images, labels)

        def value(weights, x, y):
            outputs = _apply(
                self.network.layers, x[None], weights | self.averages, False
            )
            return _losses(outputs, y[None], loss)[0].squeeze(0)

        weights = {name: weight.detach() for name, weight in self.weights.items()}
        rows = torch.func.vmap(torch.func.grad(value), (None, 0, 0), chunk_size=64)(
            weights, images, labels
        )
        flat = [rows[name].flatten(1) for name in self.shapes]
        return torch.cat(flat, 1).double().cpu().numpy()

    def seed(self, *numbers):
        if any(isinstance(layer, networks.Dropout) for _, layer, *_ in self.layers):
            torch.manual_seed(int(np.random.SeedSequence(numbers).generate_state(1)[0]))

    def trainer(self, images, labels, loss, optimizer, batch_size):
        return Trainer(self, images, labels, loss, optimizer, batch_size)


class Trainer:
    """Optimiser steps on data that lie on the device, as `protocol.Trainer` says."""

    def __init__(self, backend, images, labels, loss, optimizer, batch_size):
        self.backend, self.images, self.labels, self.optimizer = (
            backend,
            images,
            labels,
            optimizer,
        )
        self.loss, self.batch_size, self.steps = loss, batch_size, 0
        self.slots = [
            torch.zeros_like(backend.flat) for _ in range(num_slots(optimizer))
        ]

    def run(self, order, lr):
        self.lr = lr
        results = []
        for batch in (
            torch.as_tensor(order).to(self.backend.device).split(self.batch_size)
        ):
            losses, wrong = self.backend._values(
                self.images[batch], self.labels[batch], self.loss, True
            )
            loss = losses.mean()
            self.backend.flat_gradient.zero_()
            loss.backward()
            self._step()
            results.append(torch.stack([loss.detach(), wrong.sum(dtype=loss.dtype)]))
        return torch.stack(results, 1).double().cpu().numpy()

    @torch.no_grad()
    def _step(self):
        self.steps += 1
        weight, gradient, optimizer = (
            self.backend.flat,
            self.backend.flat_gradient,
            self.optimizer,
        )
        if optimizer.weight_decay:
            gradient = gradient.add(weight, alpha=optimizer.weight_decay)
        if len(self.slots) == 2:
            mean, square = self.slots
            mean.lerp_(gradient, 1 - optimizer.beta1)
            square.mul_(optimizer.beta2).addcmul_(
                gradient, gradient, value=1 - optimizer.beta2
            )
            first, second = (
                1 - optimizer.beta1**self.steps,
                math.sqrt(1 - optimizer.beta2**self.steps),
            )
            # Kingma & Ba's update with both bias corrections moved into the step size and epsilon.
            denominator = square.sqrt().add_(optimizer.epsilon * second)
            weight.addcdiv_(mean, denominator, value=-self.lr * second / first)
        elif self.slots:
            (velocity,) = self.slots
            weight.sub_(velocity.mul_(optimizer.momentum).add_(gradient), alpha=self.lr)
        else:
            weight.sub_(gradient, alpha=self.lr)

    def state(self):
        return {
            "slots": [slot.cpu().numpy() for slot in self.slots],
            "steps": self.steps,
        }

    def load_state(self, state):
        for slot, values in zip(self.slots, state["slots"], strict=True):
            slot.copy_(self.backend._tensor(values))
        self.steps = int(state["steps"])
