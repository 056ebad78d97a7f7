"""Layers and losses as MXNet operators, for graphs (F = mx.sym) and for arrays (F = mx.nd)."""

from d2lutils import networks


def apply(F, layers, x, arrays, training, prefix=""):
    """The layers as operators of F (mx.sym or mx.nd) on x; `arrays` holds parameters and constants by name."""
    for i, layer in enumerate(layers):
        x = apply_layer(F, layer, x, arrays, training, f"{prefix}{i}.")
    return x


def apply_layer(F, layer, x, arrays, training, name):
    def window(size, stride, padding):
        return {
            "kernel": (size, size),
            "stride": (stride, stride),
            "pad": (padding, padding),
        }

    match layer:
        case networks.Dense(units, bias):
            weights = [arrays[name + "weight"]] + (
                [arrays[name + "bias"]] if bias else []
            )
            return F.FullyConnected(
                x, *weights, num_hidden=units, no_bias=not bias, flatten=False
            )
        case networks.Conv(channels, kernel, stride, padding, bias):
            weights = [arrays[name + "weight"]] + (
                [arrays[name + "bias"]] if bias else []
            )
            # The gradients of a few channels cost oneDNN twice what those of 16 do.
            computed = max(16, channels) if training else channels
            weights = [_with_zeros(F, array, channels, computed) for array in weights]
            geometry = window(kernel, stride, padding)
            x = F.Convolution(
                x, *weights, num_filter=computed, no_bias=not bias, **geometry
            )
            return (
                x
                if computed == channels
                else F.slice_axis(x, axis=1, begin=0, end=channels)
            )
        case networks.MaxPool(size, stride, padding) | networks.AvgPool(
            size, stride, padding
        ):
            kind = "max" if isinstance(layer, networks.MaxPool) else "avg"
            return F.Pooling(x, pool_type=kind, **window(size, stride or size, padding))
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
        case networks.BatchNorm(affine, epsilon, momentum):
            scale, shift, mean, variance = (
                arrays[name + key] for key in ("scale", "shift", "mean", "variance")
            )
            averages = {"momentum": momentum, "use_global_stats": not training}
            return F.BatchNorm(
                x,
                scale,
                shift,
                mean,
                variance,
                eps=epsilon,
                fix_gamma=not affine,
                **averages,
            )
        case networks.LayerNorm(_, epsilon):
            return F.LayerNorm(
                x, arrays[name + "scale"], arrays[name + "shift"], axis=-1, eps=epsilon
            )
        case networks.Residual(layers, scale, shortcut):
            branch = apply(F, layers, x, arrays, training, name)
            x = apply(F, shortcut, x, arrays, training, f"{name}shortcut.")
            return x + (branch * scale if scale != 1 else branch)


def _with_zeros(F, array, rows, wanted):
    """The array of so many rows with zeros below them, up to the wanted number of rows."""
    if wanted <= rows:
        return array
    zeros = [F.zeros_like(array)] * (-(-wanted // rows) - 1)
    return F.slice_axis(F.concat(array, *zeros, dim=0), axis=0, begin=0, end=wanted)


def losses(F, outputs, labels, loss, width):
    """Per-example losses (n,) and whether each answer is wrong (n,), as operators of F. width: number of outputs."""
    if (
        loss == "linear"
    ):  # labels are the gradient of the value with respect to the outputs
        values = F.sum(F.Flatten(outputs * labels), axis=1)
        return values, values * 0
    if loss == "squared":
        values = F.sum(F.square(outputs - labels), axis=1) * 0.5
        if width == 1:
            return values, F.Flatten(outputs * labels) <= 0
        labels = F.argmax(labels, axis=1)
    else:
        values = -F.pick(F.log_softmax(outputs), labels)
    return values, F.broadcast_not_equal(F.argmax(outputs, axis=1), labels)
