"""The layers a network can be made of, as frozen specs, and the shapes they map. Public through `networks`."""

import math
from dataclasses import dataclass

from d2lutils import _checks


@dataclass(frozen=True)
class Dense:
    """Affine map of vectors, x -> W x + b. Weight (units, inputs), bias (units,). Images need `Flatten` first."""

    units: int
    bias: bool = True

    def __post_init__(self):
        _checks.whole("units", self.units)


@dataclass(frozen=True)
class Conv:
    """2-d cross-correlation. Weight (channels, input channels, kernel, kernel), bias (channels,).

    stride: pixels between two positions of the window. padding: pixels of zeros added on each side.
    """

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    bias: bool = True

    def __post_init__(self):
        for name in ("channels", "kernel", "stride"):
            _checks.whole(name, getattr(self, name))
        _checks.whole("padding", self.padding, 0)


@dataclass(frozen=True)
class ReLU:
    """max(x, 0), elementwise. Its derivative at 0 counts as 0."""


@dataclass(frozen=True)
class LeakyReLU:
    """x for x > 0 and slope * x otherwise, elementwise."""

    slope: float = 0.01

    def __post_init__(self):
        _checks.real("slope", self.slope)


@dataclass(frozen=True)
class Tanh:
    """tanh(x), elementwise."""


@dataclass(frozen=True)
class Sigmoid:
    """1 / (1 + exp(-x)), elementwise."""


@dataclass(frozen=True)
class Flatten:
    """(channels, height, width) -> (channels * height * width,), row by row; vectors pass unchanged."""


@dataclass(frozen=True)
class Scale:
    """Multiplication by the constant `factor`: an output scale, or the sqrt(2 / width) of the NTK parametrisation."""

    factor: float

    def __post_init__(self):
        _checks.real("factor", self.factor)


@dataclass(frozen=True)
class MaxPool:
    """Largest value of each size x size window, padding not counted. Without `stride` the windows do not overlap."""

    size: int
    stride: int | None = None
    padding: int = 0

    def __post_init__(self):
        _check_window(self)


@dataclass(frozen=True)
class AvgPool:
    """Mean of each size x size window, padding counted as zeros. Without `stride` the windows do not overlap."""

    size: int
    stride: int | None = None
    padding: int = 0

    def __post_init__(self):
        _check_window(self)


@dataclass(frozen=True)
class GlobalAvgPool:
    """(channels, height, width) -> (channels,): the mean over all positions."""


@dataclass(frozen=True)
class BatchNorm:
    """Batch normalisation of each feature or channel (Ioffe & Szegedy 2015), then, if `affine`, scale and shift.

    In training mode it uses the minibatch's mean and (biased) variance; otherwise running averages, which keep
    the share `momentum` of their old value at every training step. epsilon is added to the variance.
    """

    affine: bool = True
    epsilon: float = 1e-5
    momentum: float = 0.9

    def __post_init__(self):
        _checks.real("epsilon", self.epsilon, 0)
        _checks.real("momentum", self.momentum, 0, 1)


@dataclass(frozen=True)
class LayerNorm:
    """Layer normalisation of each vector (Ba, Kiros & Hinton 2016), then, if `affine`, scale and shift.

    epsilon is added to the variance.
    """

    affine: bool = True
    epsilon: float = 1e-5

    def __post_init__(self):
        _checks.real("epsilon", self.epsilon, 0)


@dataclass(frozen=True)
class Dropout:
    """In training mode sets each entry to 0 with probability `rate` and divides the others by 1 - rate."""

    rate: float = 0.5

    def __post_init__(self):
        _checks.real("rate", self.rate, 0, below=1)


@dataclass(frozen=True, init=False, repr=False)
class Residual:
    """x -> shortcut(x) + scale * layers(x) (He et al. 2016). An empty shortcut is the identity.

        Residual(Dense(256), ReLU(), scale=1 / math.sqrt(50))
        Residual(Conv(32, 3, 2, 1), ReLU(), Conv(32, 3, 1, 1), shortcut=(Conv(32, 1, 2),))

    Raises TypeError if an argument is not a layer spec.
    """

    layers: tuple
    scale: float
    shortcut: tuple

    def __init__(self, *layers, scale=1.0, shortcut=()):
        object.__setattr__(self, "layers", checked(layers))
        object.__setattr__(self, "scale", _checks.real("scale", scale))
        object.__setattr__(self, "shortcut", checked(shortcut, "shortcut"))

    def __repr__(self):
        return f"Residual({', '.join(map(repr, self.layers))}, scale={self.scale}, shortcut={self.shortcut})"


@dataclass(frozen=True, init=False, repr=False)
class Network:
    """A feed-forward network: its layers from input to output. Equal layers, equal networks.

    Raises TypeError if an argument is not a layer spec.
    """

    layers: tuple

    def __init__(self, *layers):
        object.__setattr__(self, "layers", checked(layers))

    def __repr__(self):
        return f"Network({', '.join(map(repr, self.layers))})"


LAYERS = (
    Dense,
    Conv,
    ReLU,
    LeakyReLU,
    Tanh,
    Sigmoid,
    Flatten,
    Scale,
    MaxPool,
    AvgPool,
    GlobalAvgPool,
    BatchNorm,
    LayerNorm,
    Dropout,
    Residual,
)


def checked(layers, name="layers"):
    if not isinstance(layers, list | tuple):
        raise TypeError(
            f"{name} must be a sequence of layers, got {_checks.shown(layers)}"
        )
    for layer in layers:
        if not isinstance(layer, LAYERS):
            known = ", ".join(kind.__name__ for kind in LAYERS)
            raise TypeError(
                f"{name} must be instances of {known}; {_checks.shown(layer)} is not a layer"
            )
    return tuple(layers)


def _check_window(layer):
    _checks.whole("size", layer.size)
    _checks.whole("padding", layer.padding, 0)
    if layer.stride is not None:
        _checks.whole("stride", layer.stride)


def walk(layers, shape, prefix=""):
    """Yield (name, layer, input shape, output shape) for every layer, in order of computation.

    layers: a sequence of layer specs. shape: the shape of one input. prefix: what names begin with. A `Residual` is
    yielded after the layers inside it, which are named like "4.0.", "4.shortcut.0.". Raises ValueError where shapes
    do not fit.
    """
    layers, shape = checked(layers), shape if prefix else _checks.shape("shape", shape)
    for i, layer in enumerate(layers):
        name = f"{prefix}{i}."
        if isinstance(layer, Residual):
            yield from walk(layer.layers, shape, name)
            yield from walk(layer.shortcut, shape, f"{name}shortcut.")
        output = _layer_output(layer, shape, name)
        yield name, layer, shape, output
        shape = output


def chain_output(layers, shape, prefix=""):
    return [shape, *(output for *_, output in walk(layers, shape, prefix))][-1]


def _layer_output(layer, shape, name):
    where = f"layer {name[:-1]}, {layer}"
    if isinstance(layer, Dense | LayerNorm) and len(shape) != 1:
        raise ValueError(
            f"{where}: got inputs of shape {shape}, need vectors; put Flatten() before it"
        )
    if isinstance(layer, Conv | MaxPool | AvgPool | GlobalAvgPool) and len(shape) != 3:
        raise ValueError(
            f"{where}: got inputs of shape {shape}, need (channels, height, width)"
        )
    if isinstance(layer, Dense):
        return (layer.units,)
    if isinstance(layer, Flatten):
        return (math.prod(shape),)
    if isinstance(layer, GlobalAvgPool):
        return shape[:1]
    if isinstance(layer, Conv | MaxPool | AvgPool):
        window = layer.kernel if isinstance(layer, Conv) else layer.size
        stride = (
            (layer.stride or window) if not isinstance(layer, Conv) else layer.stride
        )
        height, width = (
            (size + 2 * layer.padding - window) // stride + 1 for size in shape[1:]
        )
        if min(height, width) < 1:
            raise ValueError(
                f"{where}: its window is larger than the padded input of shape {shape}"
            )
        return (layer.channels if isinstance(layer, Conv) else shape[0], height, width)
    if isinstance(layer, Residual):
        branch = chain_output(layer.layers, shape, name)
        shortcut = chain_output(layer.shortcut, shape, f"{name}shortcut.")
        if branch != shortcut:
            raise ValueError(
                f"{where}: its branch gives shape {branch}, its shortcut {shortcut}; they must agree"
            )
        return branch
    return shape
