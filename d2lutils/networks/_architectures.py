"""The architectures of the book, as networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils.networks._layers import (
    AvgPool,
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    Layer,
    LayerNorm,
    MaxPool,
    Network,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
)

_ACTIVATIONS: dict[str, tuple[Layer, ...]] = {
    "relu": (ReLU(),),
    "tanh": (Tanh(),),
    "sigmoid": (Sigmoid(),),
    "linear": (),
}


def activation_layers(activation: str) -> tuple[Layer, ...]:
    """The layers of an activation.

    ``(ReLU(),)`` for "relu"; also "tanh", "sigmoid" and "linear", which has none.
    ValueError for any other.
    """
    return _ACTIVATIONS[_checks.choice("activation", activation, _ACTIVATIONS)]


def mlp(
    num_hiddens: ArrayLike,
    num_outputs: int,
    activation: str = "relu",
    *,
    bias: bool = True,
) -> Network:
    """Fully connected network.

    Takes vectors and images alike (it begins with `Flatten`).

    Parameters
    ----------
    num_hiddens : int or sequence of int
        Width of each hidden layer.
    num_outputs : int
        Units of the last layer.
    activation : str
        See `activation_layers`.
    bias : bool
        Whether layers have one.

    Returns
    -------
    Network
        Flatten, the hidden layers and their activations, the last layer.
    """
    widths = np.atleast_1d(_array("num_hiddens", num_hiddens)).tolist()
    hidden = _hidden_layers("num_hiddens", widths, activation_layers(activation), bias)
    return Network(Flatten(), *hidden, _outputs(num_outputs, bias))


def lenet5(
    num_outputs: int = 10,
    *,
    channels: Sequence[int] = (6, 16),
    hidden: Sequence[int] = (120, 84),
    padding: int = 2,
    activation: str = "relu",
    pooling: str = "max",
) -> Network:
    """LeNet-5 for images of 28 x 28 pixels: two 5 x 5 convolutions, then dense layers.

    The defaults are its sizes with today's ReLU and max-pooling. With
    ``activation="sigmoid", pooling="avg"`` it is the book d2l's version; with
    ``channels=(20, 50), hidden=(500,), padding=0`` Caffe's, which has one fully
    connected hidden layer.

    Parameters
    ----------
    num_outputs : int
        Units of the last layer.
    channels : two ints
        Channels of the convolutions.
    hidden : sequence of int
        Widths of the hidden dense layers.
    padding : int
        That of the first convolution: with 2, 28 pixels do for the 32 of the paper.
    activation : str
        See `activation_layers`.
    pooling : str
        "max" or "avg".

    Returns
    -------
    Network
        LeNet-5.

    References
    ----------
    LeCun et al. 1998.
    """
    pools: dict[str, Layer] = {"max": MaxPool(2), "avg": AvgPool(2)}
    pool = pools[_checks.choice("pooling", pooling, pools)]
    act = activation_layers(activation)
    filters = _array("channels", channels).tolist()
    widths = _array("hidden", hidden).tolist()
    if np.shape(filters) != (2,):
        raise ValueError(f"channels must be two whole numbers, got {filters}")
    if np.ndim(widths) != 1:
        raise ValueError(f"hidden must be a sequence of widths, got {widths}")
    return Network(
        Conv(filters[0], 5, padding=padding),
        *act,
        pool,
        Conv(filters[1], 5),
        *act,
        pool,
        Flatten(),
        *_hidden_layers("hidden", widths, act),
        _outputs(num_outputs),
    )


def cuda_convnet(num_outputs: int = 10, *, width: int = 32) -> Network:
    """Krizhevsky's cuda-convnet for CIFAR-10, without local response normalisation.

    Caffe knows it as "CIFAR-10 quick": three 5 x 5 convolutions with `width`, `width`
    and 2 * `width` channels, each followed by overlapping 3 x 3 pooling, then
    2 * `width` hidden units. At 32 x 32 pixels and width 32: 145 578 parameters.

    Parameters
    ----------
    num_outputs : int
        Units of the last layer.
    width : int
        Channels of the first convolution.

    Returns
    -------
    Network
        The cuda-convnet.
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


def deep(
    depth: int,
    width: int,
    activation: str = "relu",
    *,
    normalization: str | None = None,
    residual: bool = False,
    scale: float = 1.0,
    pre_activation: bool = False,
    num_outputs: int | None = None,
    bias: bool = False,
) -> Network:
    """A stack of equal blocks, to watch signals and gradients travel through.

    A block is Dense(width), normalisation, activation, in this order. Inputs are
    vectors.

    Parameters
    ----------
    depth : int
        Number of blocks; each is one entry of ``network.layers`` if `residual`,
        several otherwise.
    width : int
        Units of every block.
    activation : str
        See `activation_layers`.
    normalization : str, optional
        "batch" or "layer", without scale and shift.
    residual : bool
        Whether each block is wrapped as x + scale * block(x).
    scale : float
        Factor on the blocks, if `residual`.
    pre_activation : bool
        Whether the order is normalisation, activation, Dense(width) instead
        (He et al. 2016b).
    num_outputs : int, optional
        If given, a last Dense is added.
    bias : bool
        Whether dense layers have one.

    Returns
    -------
    Network
        The stack.
    """
    kinds: dict[str | None, tuple[Layer, ...]] = {
        None: (),
        "batch": (BatchNorm(affine=False),),
        "layer": (LayerNorm(affine=False),),
    }
    _checks.choice("normalization", normalization, kinds)
    depth = _checks.whole("depth", depth, 1, 100_000)
    width = _checks.whole("width", width)
    scale = _checks.real("scale", scale)
    dense = (Dense(width, bias),)
    rest = kinds[normalization] + activation_layers(activation)
    block = rest + dense if pre_activation else dense + rest
    blocks = (Residual(*block, scale=scale),) * depth if residual else block * depth
    last = () if num_outputs is None else (_outputs(num_outputs, bias),)
    return Network(*blocks, *last)


def _hidden_layers(
    name: str, widths: list, activation: tuple[Layer, ...], bias: bool = True
) -> list[Layer]:
    return [
        layer
        for width in widths
        for layer in (Dense(_checks.whole(name, width), bias), *activation)
    ]


def _outputs(num_outputs: int, bias: bool = True) -> Dense:
    return Dense(_checks.whole("num_outputs", num_outputs), bias)


def _array(name: str, values: ArrayLike) -> np.ndarray:
    return _checks.array(name, values, dtype=None)
