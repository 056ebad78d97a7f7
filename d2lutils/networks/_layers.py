"""The layers a network can be made of, as frozen specs. Public through `networks`."""

from __future__ import annotations

import typing
from collections.abc import Iterable
from dataclasses import dataclass

from d2lutils import _checks


@dataclass(frozen=True)
class Dense:
    """Affine map of vectors, x -> W x + b. Images need `Flatten` first.

    Attributes
    ----------
    units : int
        Number of outputs; the weight has shape (units, inputs).
    bias : bool
        Whether there is a b, of shape (units,).
    """

    units: int
    bias: bool = True

    def __post_init__(self) -> None:
        _whole(self, "units")
        _flag(self, "bias")


@dataclass(frozen=True)
class Conv:
    """2-d cross-correlation with square windows.

    Attributes
    ----------
    channels : int
        Number of output channels.
    kernel : int
        Side of the window; the weight has shape (channels, input channels, kernel,
        kernel).
    stride : int
        Pixels between two positions of the window.
    padding : int
        Pixels of zeros added on each side.
    bias : bool
        Whether there is one, of shape (channels,).
    """

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    bias: bool = True

    def __post_init__(self) -> None:
        for name in ("channels", "kernel", "stride"):
            _whole(self, name)
        _whole(self, "padding", 0)
        _flag(self, "bias")


@dataclass(frozen=True)
class ReLU:
    """max(x, 0), elementwise. Its derivative at 0 counts as 0."""


@dataclass(frozen=True)
class LeakyReLU:
    """x for x > 0 and slope * x otherwise, elementwise."""

    slope: float = 0.01

    def __post_init__(self) -> None:
        _real(self, "slope")


@dataclass(frozen=True)
class Tanh:
    """tanh(x), elementwise."""


@dataclass(frozen=True)
class Sigmoid:
    """1 / (1 + exp(-x)), elementwise."""


@dataclass(frozen=True)
class Flatten:
    """(channels, height, width) -> (channels * height * width,), row by row.

    Vectors pass unchanged.
    """


@dataclass(frozen=True)
class Scale:
    """Multiplication by the constant `factor`.

    An output scale, or the sqrt(2 / width) of the NTK parametrisation.
    """

    factor: float

    def __post_init__(self) -> None:
        _real(self, "factor")


@dataclass(frozen=True)
class MaxPool:
    """Largest value of each size x size window, padding not counted.

    Attributes
    ----------
    size : int
        Side of the window.
    stride : int, optional
        Pixels between two windows; without it they do not overlap.
    padding : int
        Pixels added on each side, at most half a window.
    """

    size: int
    stride: int | None = None
    padding: int = 0

    def __post_init__(self) -> None:
        _check_window(self)


@dataclass(frozen=True)
class AvgPool:
    """Mean of each size x size window, padding counted as zeros.

    Attributes
    ----------
    size : int
        Side of the window.
    stride : int, optional
        Pixels between two windows; without it they do not overlap.
    padding : int
        Pixels added on each side, at most half a window.
    """

    size: int
    stride: int | None = None
    padding: int = 0

    def __post_init__(self) -> None:
        _check_window(self)


@dataclass(frozen=True)
class GlobalAvgPool:
    """(channels, height, width) -> (channels,): the mean over all positions."""


@dataclass(frozen=True)
class BatchNorm:
    """Batch normalisation of each feature or channel.

    In training mode it uses the minibatch's mean and (biased) variance; otherwise
    running averages.

    Attributes
    ----------
    affine : bool
        Whether a trainable scale and shift follow, one of each a feature or channel.
    epsilon : float
        Added to the variance.
    momentum : float
        Share of their old value that the running averages keep at a training step.

    Notes
    -----
    Whatever is added to all inputs of a channel is taken away again, so the bias of a
    layer just before has a gradient of exactly zero. Rounding makes it about 1e-9, and
    `training.Adam`, which divides by its size, turns that into steps as large as any
    other's: there such biases wander, differently on each engine. Take ``bias=False``.

    References
    ----------
    Ioffe & Szegedy 2015.
    """

    affine: bool = True
    epsilon: float = 1e-5
    momentum: float = 0.9

    def __post_init__(self) -> None:
        _flag(self, "affine")
        _real(self, "epsilon", 0)
        _real(self, "momentum", 0, 1)


@dataclass(frozen=True)
class LayerNorm:
    """Layer normalisation of each vector.

    Attributes
    ----------
    affine : bool
        Whether a trainable scale and shift follow, one of each an entry.
    epsilon : float
        Added to the variance.

    References
    ----------
    Ba, Kiros & Hinton 2016.
    """

    affine: bool = True
    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        _flag(self, "affine")
        _real(self, "epsilon", 0)


@dataclass(frozen=True)
class Dropout:
    """Random zeros in training mode; in evaluation mode nothing.

    Attributes
    ----------
    rate : float
        Probability that an entry becomes 0; the others are divided by 1 - rate.
    """

    rate: float = 0.5

    def __post_init__(self) -> None:
        _real(self, "rate", 0, below=1)


@dataclass(frozen=True, init=False, repr=False)
class Residual:
    """A residual block, x -> shortcut(x) + scale * layers(x).

    Parameters
    ----------
    *layers : layer specs
        The branch.
    scale : float
        Factor on the branch.
    shortcut : sequence of layer specs
        The way round it; empty, it is the identity.

    Raises
    ------
    TypeError
        If an argument is not a layer spec.

    References
    ----------
    He et al. 2016.

    Examples
    --------
    ::

        Residual(Dense(256), ReLU(), scale=1 / math.sqrt(50))
        Residual(Conv(32, 3, 2, 1), ReLU(), shortcut=(Conv(32, 1, 2),))
    """

    layers: tuple[Layer, ...]
    scale: float
    shortcut: tuple[Layer, ...]

    def __init__(
        self, *layers: Layer, scale: float = 1.0, shortcut: Iterable[Layer] = ()
    ) -> None:
        object.__setattr__(self, "layers", checked(layers))
        object.__setattr__(self, "scale", _checks.real("scale", scale))
        object.__setattr__(self, "shortcut", checked(shortcut, "shortcut"))

    def __repr__(self) -> str:
        layers = ", ".join(map(repr, self.layers))
        return f"Residual({layers}, scale={self.scale}, shortcut={self.shortcut})"


@dataclass(frozen=True, init=False, repr=False)
class Network:
    """A feed-forward network: its layers from input to output.

    Equal layers, equal networks.

    Parameters
    ----------
    *layers : layer specs
        In order of computation.

    Raises
    ------
    TypeError
        If an argument is not a layer spec.
    """

    layers: tuple[Layer, ...]

    def __init__(self, *layers: Layer) -> None:
        object.__setattr__(self, "layers", checked(layers))

    def __repr__(self) -> str:
        return f"Network({', '.join(map(repr, self.layers))})"


Layer = (
    Dense
    | Conv
    | ReLU
    | LeakyReLU
    | Tanh
    | Sigmoid
    | Flatten
    | Scale
    | MaxPool
    | AvgPool
    | GlobalAvgPool
    | BatchNorm
    | LayerNorm
    | Dropout
    | Residual
)
LAYERS = typing.get_args(Layer)


def checked(layers: object, name: str = "layers") -> tuple[Layer, ...]:
    """Layers as a tuple, or a TypeError that names what is none."""
    if not isinstance(layers, list | tuple):
        raise TypeError(
            f"{name} must be a sequence of layers, got {_checks.shown(layers)}"
        )
    for layer in layers:
        if not isinstance(layer, LAYERS):
            known = ", ".join(kind.__name__ for kind in LAYERS)
            raise TypeError(
                f"each layer of {name} must be one of {known}, "
                f"got {_checks.shown(layer)}"
            )
    return tuple(layers)


def _check_window(layer: MaxPool | AvgPool) -> None:
    _whole(layer, "size")
    if layer.stride is not None:
        _whole(layer, "stride")
    _whole(layer, "padding", 0)
    if layer.padding > layer.size // 2:
        # Windows would lie in the padding alone: nothing is the largest value of those.
        raise ValueError(
            f"padding must be at most half of size, {layer.size // 2}, "
            f"got {layer.padding} for windows of {layer.size} x {layer.size}"
        )


def _whole(layer: Layer, name: str, least: int = 1) -> None:
    value = getattr(layer, name)
    _checks.settle(layer, name, _checks.whole(name, value, least))


def _real(layer: Layer, name: str, *bounds: float, below: float | None = None) -> None:
    value = getattr(layer, name)
    _checks.settle(layer, name, _checks.real(name, value, *bounds, below=below))


def _flag(layer: Layer, name: str) -> None:
    _checks.settle(layer, name, _checks.flag(name, getattr(layer, name)))
