"""Networks of one layer after the other: their gradients written out, without autograd.

Of a step of a small network autograd's bookkeeping takes a third. The operations are
those that it calls, one after the other: the numbers are the same, bit by bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lutils import networks
from d2lutils.engines._torch_dense import by_inputs, by_weights
from d2lutils.engines._torch_operators import apply_layer, losses, pooled_first

Arrays = Mapping[str, Tensor]
# From the slope by a layer's outputs to that by its inputs; told whether it is wanted.
Backward = Callable[[Tensor, bool], Tensor]

_WITH_WEIGHTS = networks.Dense, networks.Conv
_OTHERS = (
    networks.ReLU,
    networks.LeakyReLU,
    networks.Tanh,
    networks.Sigmoid,
    networks.Flatten,
    networks.Scale,
    networks.MaxPool,
    networks.AvgPool,
)
_ATEN = torch.ops.aten


def is_plain(layers: Sequence[Any]) -> bool:
    """Whether `gradient` knows all layers, and one of them has weights."""
    return any(isinstance(layer, _WITH_WEIGHTS) for layer in layers) and all(
        isinstance(layer, _WITH_WEIGHTS + _OTHERS) for layer in layers
    )


@torch.no_grad()
def gradient(
    layers: Sequence[Any],
    weights: Arrays,
    slopes: Arrays,
    images: Tensor,
    labels: Tensor,
    loss: str,
) -> tuple[Tensor, Any]:
    """The mean loss and which answers are wrong; its gradient goes into `slopes`."""
    x, steps = images, list[Backward]()
    for i, layer in enumerate(pooled_first(tuple(layers))):
        name, weighted = f"{i}.", isinstance(layer, _WITH_WEIGHTS)
        if not (steps or weighted):  # nobody asks for slopes in front of the weights
            x = apply_layer(layer, x, weights, True, name)
            continue
        way = _weighted if weighted else _other
        x, back = way(layer, x, weights, slopes, name)
        steps.append(back)
    value, wrong, slope = _loss(x, labels, loss)
    while steps:  # what a step has kept goes with it
        back = steps.pop()
        slope = back(slope, bool(steps))
    return value, wrong


def _weighted(
    layer: Any, x: Tensor, weights: Arrays, slopes: Arrays, name: str
) -> tuple[Tensor, Backward]:
    weight, weight_slope = weights[name + "weight"], slopes[name + "weight"]
    bias_slope = slopes.get(name + "bias")

    def through_dense(slope: Tensor, wanted: bool) -> Tensor:
        weight_slope.copy_(by_weights(x, slope))
        if bias_slope is not None:
            torch.sum(slope, 0, out=bias_slope)
        return by_inputs(slope, weight) if wanted else slope

    def through_conv(slope: Tensor, wanted: bool) -> Tensor:
        how = ([layer.stride] * 2, [layer.padding] * 2, [1, 1], False, [0, 0], 1)
        sizes, asked = [layer.channels], (wanted, True, bias_slope is not None)
        found = _ATEN.convolution_backward(slope, x, weight, sizes, *how, asked)
        weight_slope.copy_(found[1])
        if bias_slope is not None:
            bias_slope.copy_(found[2])
        return found[0]

    dense = isinstance(layer, networks.Dense)
    y = apply_layer(layer, x, weights, True, name)
    return y, through_dense if dense else through_conv


def _other(
    layer: Any, x: Tensor, weights: Arrays, slopes: Arrays, name: str
) -> tuple[Tensor, Backward]:
    if isinstance(layer, networks.MaxPool):
        return _max_pool(layer, x)
    y = apply_layer(layer, x, weights, True, name)

    def through(slope: Tensor, _: bool) -> Tensor:
        match layer:
            case networks.ReLU():
                return _ATEN.threshold_backward(slope, y, 0)
            case networks.LeakyReLU(factor):
                return _ATEN.leaky_relu_backward(slope, x, factor, False)
            case networks.Tanh():
                return _ATEN.tanh_backward(slope, y)
            case networks.Sigmoid():
                return _ATEN.sigmoid_backward(slope, y)
            case networks.Scale(factor):
                return slope * factor
            case networks.AvgPool():
                window = _window(layer)
                return _ATEN.avg_pool2d_backward(slope, x, *window, False, True, None)
        return slope.reshape(x.shape)  # Flatten

    return y, through


def _max_pool(layer: networks.MaxPool, x: Tensor) -> tuple[Tensor, Backward]:
    window = (*_window(layer), [1, 1], False)
    y, places = _ATEN.max_pool2d_with_indices(x, *window)
    return y, lambda slope, _: _ATEN.max_pool2d_with_indices_backward(
        slope, x, *window, places
    )


def _window(layer: networks.MaxPool | networks.AvgPool) -> tuple[list[int], ...]:
    return [layer.size] * 2, [layer.stride or layer.size] * 2, [layer.padding] * 2


def _loss(outputs: Tensor, labels: Tensor, loss: str) -> tuple[Tensor, Any, Tensor]:
    """The mean loss, which answers are wrong, and the slope by the outputs."""
    # Written out, too: autograd would take 40 microseconds more of each step.
    if loss == "cross_entropy":
        logs = F.log_softmax(outputs, 1)
        value = F.nll_loss(logs, labels, reduction="none").mean()
        heads = torch.zeros_like(logs)
        heads.scatter_(1, labels[:, None], -1 / len(labels))
        slope = _ATEN._log_softmax_backward_data(heads, logs, 1, logs.dtype)
        return value, outputs.argmax(1) != labels, slope
    with torch.enable_grad():
        outputs = outputs.detach().requires_grad_()
        each, wrong = losses(outputs, labels, loss)
        value = each.mean()
    (slope,) = torch.autograd.grad(value, outputs)
    return value.detach(), wrong, slope
