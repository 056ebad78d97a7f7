"""Layers and losses as MXNet operators, for graphs (mx.sym) and arrays (mx.nd)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from d2lutils import networks


def apply(
    F: Any,
    layers: Sequence[Any],
    x: Any,
    arrays: Mapping[str, Any],
    training: bool,
    prefix: str = "",
) -> Any:
    """The layers as operators of F on x; `arrays` holds parameters and constants."""
    for i, layer in enumerate(layers):
        x = apply_layer(F, layer, x, arrays, training, f"{prefix}{i}.")
    return x


def apply_layer(
    F: Any,
    layer: Any,
    x: Any,
    arrays: Mapping[str, Any],
    training: bool,
    name: str,
) -> Any:
    """One layer, whose arrays' names begin with `name`."""
    match layer:
        case networks.Dense():
            return _dense(F, layer, x, arrays, name)
        case networks.Conv():
            return _convolution(F, layer, x, arrays, training, name)
        case networks.MaxPool(size, stride, padding):
            window = _window(size, stride or size, padding)
            return F.Pooling(x, pool_type="max", **window)
        case networks.AvgPool(size, stride, padding):
            window = _window(size, stride or size, padding)
            return F.Pooling(x, pool_type="avg", **window)
        case networks.ReLU():
            return F.Activation(x, act_type="relu")
        case networks.LeakyReLU(slope):
            return F.LeakyReLU(x, act_type="leaky", slope=slope)
        case networks.Tanh():
            return F.Activation(x, act_type="tanh")
        case networks.Sigmoid():
            return F.Activation(x, act_type="sigmoid")
        case networks.Flatten():
            return F.Flatten(x)
        case networks.Scale(factor):
            return x * factor
        case networks.GlobalAvgPool():
            return F.mean(x, axis=(2, 3))
        case networks.Dropout(rate):
            return F.Dropout(x, p=rate) if training else x
        case networks.BatchNorm():
            return _batch_norm(F, layer, x, arrays, training, name)
        case networks.LayerNorm(_, epsilon):
            scale, shift = arrays[name + "scale"], arrays[name + "shift"]
            return F.LayerNorm(x, scale, shift, axis=-1, eps=epsilon)
        case networks.Residual(layers, scale, shortcut):
            branch = apply(F, layers, x, arrays, training, name)
            x = apply(F, shortcut, x, arrays, training, f"{name}shortcut.")
            return x + (branch * scale if scale != 1 else branch)


def losses(F: Any, outputs: Any, labels: Any, loss: str, width: int) -> tuple[Any, Any]:
    """Per-example losses (n,) and whether each answer is wrong (n,).

    `width` is the number of outputs.
    """
    if loss == "linear":  # labels are the gradient of the value by the outputs
        values = F.sum(F.Flatten(outputs * labels), axis=1)
        return values, values * 0
    if loss == "squared":
        values = F.sum(F.square(outputs - labels), axis=1) * 0.5
        if width == 1:
            return values, F.Flatten(outputs * labels) <= 0
        labels = F.argmax(labels, axis=1)
    else:
        # Not -F.pick(F.log_softmax(outputs), labels): in float32 oneDNN computes that,
        # off by 1e-6 and negative where a margin is large. A temperature, of 1 too,
        # makes MXNet do it itself; and 0 - x is never -0.
        values = 0 - F.pick(F.log_softmax(outputs, temperature=1.0), labels)
    return values, F.broadcast_not_equal(F.argmax(outputs, axis=1), labels)


def _dense(
    F: Any, layer: networks.Dense, x: Any, arrays: Mapping[str, Any], name: str
) -> Any:
    weights = _weights(arrays, name, layer.bias)
    units, no_bias = layer.units, not layer.bias
    return F.FullyConnected(
        x, *weights, num_hidden=units, no_bias=no_bias, flatten=False
    )


def _convolution(
    F: Any,
    layer: networks.Conv,
    x: Any,
    arrays: Mapping[str, Any],
    training: bool,
    name: str,
) -> Any:
    channels = layer.channels
    # The gradients of a few channels cost oneDNN twice what those of 16 do.
    computed = max(16, channels) if training else channels
    weights = [
        _with_zeros(F, array, channels, computed)
        for array in _weights(arrays, name, layer.bias)
    ]
    window = _window(layer.kernel, layer.stride, layer.padding)
    x = F.Convolution(
        x, *weights, num_filter=computed, no_bias=not layer.bias, **window
    )
    if computed == channels:
        return x
    return F.slice_axis(x, axis=1, begin=0, end=channels)


def _batch_norm(
    F: Any,
    layer: networks.BatchNorm,
    x: Any,
    arrays: Mapping[str, Any],
    training: bool,
    name: str,
) -> Any:
    keys = ("scale", "shift", "mean", "variance")
    return F.BatchNorm(
        x,
        *(arrays[name + key] for key in keys),
        eps=layer.epsilon,
        fix_gamma=not layer.affine,
        momentum=layer.momentum,
        use_global_stats=not training,
    )


def _weights(arrays: Mapping[str, Any], name: str, bias: bool) -> list[Any]:
    return [arrays[name + key] for key in ("weight", "bias")[: 1 + bias]]


def _window(size: int, stride: int, padding: int) -> dict[str, tuple[int, int]]:
    return {
        "kernel": (size, size),
        "stride": (stride, stride),
        "pad": (padding, padding),
    }


def _with_zeros(F: Any, array: Any, rows: int, wanted: int) -> Any:
    """The array of so many rows with zeros below, up to the wanted number of rows."""
    if wanted <= rows:
        return array
    zeros = [F.zeros_like(array)] * (-(-wanted // rows) - 1)
    return F.slice_axis(F.concat(array, *zeros, dim=0), axis=0, begin=0, end=wanted)
