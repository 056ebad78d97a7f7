"""The architectures of the book, as networks."""

import numpy as np

from d2lutils import _checks
from d2lutils.networks._layers import (
    AvgPool,
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    GlobalAvgPool,
    LayerNorm,
    MaxPool,
    Network,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
)

_ACTIVATIONS = {
    "relu": (ReLU(),),
    "tanh": (Tanh(),),
    "sigmoid": (Sigmoid(),),
    "linear": (),
}


def activation_layers(activation):
    """The layers of an activation, a tuple: (ReLU(),) for "relu"; also "tanh", "sigmoid" and "linear" (no layer)."""
    return _ACTIVATIONS[_checks.choice("activation", activation, _ACTIVATIONS)]


def mlp(num_hiddens, num_outputs, activation="relu", *, bias=True):
    """Fully connected network. num_hiddens: one width or a sequence of widths; activation: see `activation_layers`.

    Takes vectors and images alike (it begins with `Flatten`).
    """
    widths = np.atleast_1d(_array("num_hiddens", num_hiddens)).tolist()
    widths = [_checks.whole("num_hiddens", width) for width in widths]
    hidden = [
        layer
        for width in widths
        for layer in (Dense(width, bias), *activation_layers(activation))
    ]
    return Network(Flatten(), *hidden, _outputs(num_outputs, bias))


def lenet5(
    num_outputs=10,
    *,
    channels=(6, 16),
    hidden=(120, 84),
    padding=2,
    activation="relu",
    pooling="max",
):
    """LeNet-5 (LeCun et al. 1998) for images of 28 x 28 pixels: two 5 x 5 convolutions, then dense layers.

    The defaults are its sizes with today's ReLU and max-pooling; activation="sigmoid", pooling="avg" is the
    book d2l's version; channels=(20, 50), hidden=(500,), padding=0 is Caffe's, with one fully connected hidden
    layer. padding is that of the first convolution: with 2, 28 pixels do for the 32 of the paper.
    """
    pools = {"max": MaxPool(2), "avg": AvgPool(2)}
    pool, activation = (
        pools[_checks.choice("pooling", pooling, pools)],
        activation_layers(activation),
    )
    channels, hidden = (
        _array("channels", channels).tolist(),
        _array("hidden", hidden).tolist(),
    )
    if np.shape(channels) != (2,) or np.ndim(hidden) != 1:
        raise ValueError(
            f"need two channels and a sequence of hidden widths, got {channels} and {hidden}"
        )
    dense = [
        layer
        for width in hidden
        for layer in (Dense(_checks.whole("hidden", width)), *activation)
    ]
    return Network(
        Conv(channels[0], 5, padding=padding),
        *activation,
        pool,
        Conv(channels[1], 5),
        *activation,
        pool,
        Flatten(),
        *dense,
        _outputs(num_outputs),
    )


def cuda_convnet(num_outputs=10, *, width=32):
    """Krizhevsky's cuda-convnet for CIFAR-10 without local response normalisation (Caffe's "CIFAR-10 quick").

    Three 5 x 5 convolutions with `width`, `width` and 2 * `width` channels, each followed by overlapping 3 x 3
    pooling, then 2 * `width` hidden units. At 32 x 32 pixels and width 32: 145 578 parameters.
    """
    width = _checks.whole("width", width)
    return Network(
        Conv(width, 5, padding=2),
        MaxPool(3, 2, 1),
        ReLU(),
        Conv(width, 5, padding=2),
        ReLU(),
        AvgPool(3, 2, 1),
        Conv(2 * width, 5, padding=2),
        ReLU(),
        AvgPool(3, 2, 1),
        Flatten(),
        Dense(2 * width),
        ReLU(),
        _outputs(num_outputs),
    )


def resnet(num_outputs=10, *, blocks=3, width=16):
    """The residual network of He et al. 2016 for CIFAR-10: 6 * blocks + 2 layers with weights, so 20 by default.

    Three stages of `blocks` blocks with `width`, 2 * `width` and 4 * `width` channels, halving the image between
    them; a 1 x 1 convolution is the shortcut where the shape changes.
    """
    blocks, width = (
        _checks.whole("blocks", blocks, 1, 10_000),
        _checks.whole("width", width),
    )
    layers = [Conv(width, 3, padding=1, bias=False), BatchNorm(), ReLU()]
    for stage in range(3):
        channels = width * 2**stage
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            branch = (
                Conv(channels, 3, stride, 1, bias=False),
                BatchNorm(),
                ReLU(),
                Conv(channels, 3, 1, 1, bias=False),
                BatchNorm(),
            )
            shortcut = () if stride == 1 else (Conv(channels, 1, stride, bias=False),)
            layers += [Residual(*branch, shortcut=shortcut), ReLU()]
    return Network(*layers, GlobalAvgPool(), _outputs(num_outputs))


def deep(
    depth,
    width,
    activation="relu",
    *,
    normalization=None,
    residual=False,
    scale=1.0,
    pre_activation=False,
    num_outputs=None,
    bias=False,
):
    """A stack of `depth` equal blocks, to watch signals and gradients travel through.

    A block is Dense(width), normalisation, activation, in this order; with pre_activation=True it is
    normalisation, activation, Dense(width) (He et al. 2016b). normalization: None, "batch" or "layer", without
    scale and shift. residual=True wraps each block as x + scale * block(x). With num_outputs a last Dense is
    added. Each block is one entry of `network.layers` if residual, several otherwise; inputs are vectors.
    """
    kinds = {
        None: (),
        "batch": (BatchNorm(affine=False),),
        "layer": (LayerNorm(affine=False),),
    }
    _checks.choice("normalization", normalization, kinds)
    depth, width = (
        _checks.whole("depth", depth, 1, 100_000),
        _checks.whole("width", width),
    )
    dense, rest = (
        (Dense(width, bias),),
        kinds[normalization] + activation_layers(activation),
    )
    block = rest + dense if pre_activation else dense + rest
    scale = _checks.real("scale", scale)
    blocks = (Residual(*block, scale=scale),) * depth if residual else block * depth
    return Network(
        *blocks, *(() if num_outputs is None else (_outputs(num_outputs, bias),))
    )


def _outputs(num_outputs, bias=True):
    return Dense(_checks.whole("num_outputs", num_outputs), bias)


def _array(name, values):
    return _checks.array(name, values, dtype=None)
