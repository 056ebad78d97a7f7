"""Layers and losses as PyTorch's operators."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lutils import networks
from d2lutils.engines._torch_dense import dense


def apply(
    layers: Sequence[Any],
    x: Tensor,
    arrays: Mapping[str, Tensor],
    training: bool,
    prefix: str = "",
) -> Tensor:
    """The layers on a tensor x (n, ...); `arrays` holds parameters and averages."""
    for i, layer in enumerate(pooled_first(tuple(layers))):
        x = apply_layer(layer, x, arrays, training, f"{prefix}{i}.")
    return x


@functools.cache
def pooled_first(layers: tuple[Any, ...]) -> tuple[Any, ...]:
    """ReLU behind the MaxPool that follows it: the same values from fewer numbers.

    The same gradients, too: where the largest of a window is not positive, none passes.
    Neither of the two has arrays that go by its place.
    """
    order = list(layers)
    for i, pair in enumerate(itertools.pairwise(layers)):
        match pair:
            case networks.ReLU(), networks.MaxPool():
                order[i : i + 2] = reversed(pair)
    return tuple(order)


def apply_layer(
    layer: Any, x: Tensor, arrays: Mapping[str, Tensor], training: bool, name: str
) -> Tensor:
    match layer:
        case networks.Dense():
            return dense(x, arrays[name + "weight"], arrays.get(name + "bias"))
        case networks.Conv(_, _, stride, padding):
            weight, bias = arrays[name + "weight"], arrays.get(name + "bias")
            return F.conv2d(x, weight, bias, stride, padding)
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
            branch = apply(layers, x, arrays, training, name)
            x = apply(shortcut, x, arrays, training, f"{name}shortcut.")
            return x + (branch * scale if scale != 1 else branch)
    raise TypeError(f"layer must be one of networks.LAYERS, got {layer}")


def _batch_norm(
    layer: networks.BatchNorm,
    x: Tensor,
    arrays: Mapping[str, Tensor],
    training: bool,
    name: str,
) -> Tensor:
    scale, shift = arrays.get(name + "scale"), arrays.get(name + "shift")
    mean, variance = arrays[name + "mean"], arrays[name + "variance"]
    if not training:
        return F.batch_norm(x, mean, variance, scale, shift, False, 0.0, layer.epsilon)
    axes = (0, *range(2, x.dim()))
    # PyTorch's own averages take the unbiased variance; those of networks.BatchNorm do
    # not.
    with torch.no_grad():
        mean.lerp_(x.mean(axes), 1 - layer.momentum)
        variance.lerp_(x.var(axes, unbiased=False), 1 - layer.momentum)
    return F.batch_norm(x, None, None, scale, shift, True, 0.0, layer.epsilon)


def losses(outputs: Tensor, labels: Tensor, loss: str) -> tuple[Tensor, Any]:
    """Per-example losses (n,) and whether each answer is wrong (n,)."""
    if loss == "linear":  # labels are the gradient of the value by the outputs
        return (outputs * labels).flatten(1).sum(1), None
    if loss == "squared":
        losses = (outputs - labels).square().sum(1) / 2
        if outputs.shape[1] == 1:
            return losses, (outputs.detach() * labels).flatten() <= 0
        labels = labels.argmax(1)
    else:
        losses = F.cross_entropy(outputs, labels, reduction="none")
    return losses, outputs.detach().argmax(1) != labels
