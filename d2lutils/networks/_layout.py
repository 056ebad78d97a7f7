"""The shapes along a network: worked out once, at the door, for whoever needs them."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils.networks._layers import (
    LAYERS,
    AvgPool,
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    GlobalAvgPool,
    Layer,
    LayerNorm,
    MaxPool,
    Network,
    Residual,
    checked,
)

Shape = tuple[int, ...]


class Step(NamedTuple):
    """One layer on the way through a network.

    Attributes
    ----------
    name : str
        Where it stands, such as ``"3."`` or, in a `Residual`, ``"4.shortcut.0."``.
    layer : layer spec
        What it is.
    input_shape, output_shape : tuple of int
        What it maps, batch not included.
    """

    name: str
    layer: Layer
    input_shape: Shape
    output_shape: Shape


@dataclass(frozen=True, eq=False)
class Layout:
    """What a network's shapes are for inputs of one shape. Made by `layout`.

    Attributes
    ----------
    network : Network
        The network.
    input_shape, output_shape : tuple of int
        Shapes of one input and of its output.
    steps : tuple of Step
        Every layer, in order of computation; a `Residual` after those inside it.
    shapes : mapping from str to tuple of int
        Shape of each trainable array, in the order of a flat parameter vector.
    size : int
        Number of parameters, P.
    """

    network: Network
    input_shape: Shape
    steps: tuple[Step, ...]
    shapes: Mapping[str, Shape]
    output_shape: Shape

    @cached_property
    def size(self) -> int:
        return sum(math.prod(shape) for shape in self.shapes.values())

    def unflatten(self, flat: Any) -> dict[str, Any]:
        """Views of a flat vector (P,), of NumPy or a framework, as arrays by name."""
        arrays, start = {}, 0
        for name, shape in self.shapes.items():
            stop = start + math.prod(shape)
            arrays[name] = flat[start:stop].reshape(shape)
            start = stop
        return arrays


def layout(network: Network, input_shape: Sequence[int]) -> Layout:
    """Work out a network's shapes.

    Parameters
    ----------
    network : Network
        The network.
    input_shape : sequence of int
        Shape of one input, (features,) or (channels, height, width).

    Returns
    -------
    Layout
        All of them.

    Raises
    ------
    TypeError
        If `network` is none.
    ValueError
        Where shapes do not fit; the layer is named.
    """
    layers = _checks.instance("network", network, Network).layers
    shape = _checks.shape("input_shape", input_shape)
    steps = tuple(_steps(layers, shape, ""))
    shapes = {
        step.name + key: array_shape
        for step in steps
        for key, array_shape in _array_shapes(step.layer, step.input_shape).items()
    }
    output = steps[-1].output_shape if steps else shape
    return Layout(network, shape, steps, shapes, output)


def walk(
    layers: Sequence[Layer], shape: Sequence[int], prefix: str = ""
) -> Iterator[Step]:
    """Go through layers and the shapes that they map.

    Parameters
    ----------
    layers : sequence of layer specs
        In order of computation.
    shape : sequence of int
        Shape of one input.
    prefix : str
        What names begin with.

    Yields
    ------
    Step
        For every layer. A `Residual` comes after the layers inside it, which are named
        like ``"4.0."``, ``"4.shortcut.0."``.

    Raises
    ------
    ValueError
        Where shapes do not fit.
    """
    yield from _steps(checked(layers), _checks.shape("shape", shape), prefix)


def output_shape(network: Network, input_shape: Sequence[int]) -> Shape:
    """Shape of the network's output for one input of the given shape.

    Raises
    ------
    ValueError
        Where shapes do not fit.
    """
    return layout(network, input_shape).output_shape


def parameter_shapes(network: Network, input_shape: Sequence[int]) -> dict[str, Shape]:
    """The shape of each trainable array of a network, in a flat vector's order.

    By name: ``{"1.weight": ..., "3.0.bias": ...}``. ValueError where shapes do not fit.
    """
    return dict(layout(network, input_shape).shapes)


def layer_parameter_shapes(layer: Layer, shape: Sequence[int]) -> dict[str, Shape]:
    """The shape of each trainable array of one layer with inputs of the given shape.

    By name, such as ``{"weight": ..., "bias": ...}``; empty if it has none.
    """
    _checks.instance("layer", layer, LAYERS)
    return _array_shapes(layer, _checks.shape("shape", shape))


def num_parameters(network: Network, input_shape: Sequence[int]) -> int:
    """Number of trainable parameters of a network."""
    return layout(network, input_shape).size


def unflatten(
    network: Network, input_shape: Sequence[int], flat: ArrayLike
) -> dict[str, np.ndarray]:
    """Views of a network's flat parameter vector (P,) as arrays by name.

    They have the shapes of `parameter_shapes`. ValueError if `flat` has not P entries.
    """
    shapes = layout(network, input_shape)
    flat = _checks.array("flat", flat, finite=False, dtype=None)
    if flat.shape != (shapes.size,):
        raise ValueError(
            "flat must hold the parameters of this network and input, "
            f"shape ({shapes.size},), got {flat.shape}"
        )
    return shapes.unflatten(flat)


def _steps(
    layers: Sequence[Layer], shape: Shape, prefix: str
) -> Generator[Step, None, Shape]:
    """Yield every step and return the shape at the end."""
    for i, layer in enumerate(layers):
        name = f"{prefix}{i}."
        if isinstance(layer, Residual):
            branch = yield from _steps(layer.layers, shape, name)
            shortcut = yield from _steps(layer.shortcut, shape, f"{name}shortcut.")
            output = _sum_shape(layer, branch, shortcut, name)
        else:
            output = _layer_output(layer, shape, name)
        yield Step(name, layer, shape, output)
        shape = output
    return shape


def _sum_shape(layer: Residual, branch: Shape, shortcut: Shape, name: str) -> Shape:
    if branch != shortcut:
        raise ValueError(
            f"layer {name[:-1]}, {layer}: its branch and its shortcut must give the "
            f"same shape, got {branch} and {shortcut}"
        )
    return branch


def _layer_output(layer: Layer, shape: Shape, name: str) -> Shape:
    where = f"layer {name[:-1]}, {layer}"
    if isinstance(layer, Dense | LayerNorm) and len(shape) != 1:
        raise ValueError(
            f"{where}: inputs must be vectors, got shape {shape}; "
            "put Flatten() before it"
        )
    if isinstance(layer, Conv | MaxPool | AvgPool | GlobalAvgPool) and len(shape) != 3:
        raise ValueError(
            f"{where}: inputs must be (channels, height, width), got shape {shape}"
        )
    match layer:
        case Dense(units):
            return (units,)
        case Flatten():
            return (math.prod(shape),)
        case GlobalAvgPool():
            return shape[:1]
        case Conv(channels, kernel, stride, padding):
            return channels, *_positions(shape, kernel, stride, padding, where)
        case MaxPool(size, stride, padding) | AvgPool(size, stride, padding):
            return shape[0], *_positions(shape, size, stride or size, padding, where)
    return shape


def _positions(
    shape: Shape, window: int, stride: int, padding: int, where: str
) -> Shape:
    """How many places a window has in an image, down and across."""
    height, width = ((size + 2 * padding - window) // stride + 1 for size in shape[1:])
    if min(height, width) < 1:
        raise ValueError(
            f"{where}: its window must fit into the padded input, got shape {shape}"
        )
    return height, width


def _array_shapes(layer: Layer, shape: Shape) -> dict[str, Shape]:
    weight: Shape
    match layer:
        case Dense(units, bias):
            weight = (units, shape[0])
        case Conv(channels, kernel, bias=bias):
            weight = (channels, shape[0], kernel, kernel)
        case BatchNorm(affine=True) | LayerNorm(affine=True):
            return {"scale": (shape[0],), "shift": (shape[0],)}
        case _:
            return {}
    return {"weight": weight} | ({"bias": weight[:1]} if bias else {})
