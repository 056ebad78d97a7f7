"""Shapes and initial values of a network's parameters."""

import math

import numpy as np

from d2lutils import _checks
from d2lutils.networks._layers import (
    LAYERS,
    BatchNorm,
    Conv,
    Dense,
    LayerNorm,
    Network,
    chain_output,
    walk,
)

SCHEMES = ("he", "lecun", "xavier", "normal", "orthogonal", "zeros")


def output_shape(network, input_shape):
    """Shape of the network's output for one input of the given shape. Raises ValueError where shapes do not fit."""
    return chain_output(_layers_of(network), _checks.shape("input_shape", input_shape))


def parameter_shapes(network, input_shape):
    """The shape of each trainable array of a network, {"1.weight": ..., "3.0.bias": ...}, in a flat vector's order."""
    shapes = {}
    for name, layer, shape, _ in walk(
        _layers_of(network), _checks.shape("input_shape", input_shape)
    ):
        for key, array_shape in layer_parameter_shapes(layer, shape).items():
            shapes[name + key] = array_shape
    return shapes


def layer_parameter_shapes(layer, shape):
    """The shape of each trainable array of one layer with inputs of the given shape, by name. {} if it has none."""
    _checks.instance("layer", layer, LAYERS)
    shape = _checks.shape("shape", shape)
    if isinstance(layer, Dense):
        return {"weight": (layer.units, shape[0])} | (
            {"bias": (layer.units,)} if layer.bias else {}
        )
    if isinstance(layer, Conv):
        weight = (layer.channels, shape[0], layer.kernel, layer.kernel)
        return {"weight": weight} | ({"bias": (layer.channels,)} if layer.bias else {})
    if isinstance(layer, BatchNorm | LayerNorm) and layer.affine:
        return {"scale": (shape[0],), "shift": (shape[0],)}
    return {}


def num_parameters(network, input_shape):
    """Number of trainable parameters of a network, an int."""
    return sum(
        math.prod(shape) for shape in parameter_shapes(network, input_shape).values()
    )


def unflatten(network, input_shape, flat):
    """Views of a network's flat parameter vector (P,) as arrays by name, in the shapes of `parameter_shapes`.

    Raises ValueError if flat has not P entries.
    """
    shapes = parameter_shapes(network, input_shape)
    flat = _checks.array("flat", flat, finite=False, dtype=None)
    total = sum(math.prod(shape) for shape in shapes.values())
    if flat.shape != (total,):
        raise ValueError(
            f"flat must hold the parameters of this network and input, need ({total},), got {flat.shape}"
        )
    arrays, start = {}, 0
    for name, shape in shapes.items():
        stop = start + math.prod(shape)
        arrays[name] = flat[start:stop].reshape(shape)
        start = stop
    return arrays


def initial_parameters(network, input_shape, seed=0, scheme="he", gain=1.0):
    """Random initial parameters of a network, (P,) float64, in the order of `parameter_shapes`.

    seed: an int or a numpy.random.Generator. scheme, for each weight with n inputs and m outputs a unit:
    "he" N(0, 2/n) (He et al. 2015), "lecun" N(0, 1/n), "xavier" N(0, 2/(n + m)) (Glorot & Bengio 2010), "normal"
    N(0, 1), "orthogonal" (Saxe et al. 2014; rows or columns orthonormal), "zeros". gain multiplies every weight.
    Biases and shifts are 0, the scales of normalisation layers 1.
    Raises ValueError for an unknown scheme, or a gain that is negative or not finite.
    """
    _checks.choice("scheme", scheme, SCHEMES)
    gain, rng = (
        _checks.real("gain", gain, 0),
        np.random.default_rng(_checks.seed("seed", seed)),
    )
    _checks.fits("network", num_parameters(network, input_shape))
    pieces = []
    for name, shape in parameter_shapes(network, input_shape).items():
        if name.endswith("weight"):
            pieces.append(gain * _weight(shape, scheme, rng))
        else:
            pieces.append(np.full(shape, 1.0 if name.endswith("scale") else 0.0))
    return (
        np.concatenate([piece.ravel() for piece in pieces]) if pieces else np.zeros(0)
    )


def _layers_of(network):
    return _checks.instance("network", network, Network).layers


def _weight(shape, scheme, rng):
    if scheme == "zeros":
        return np.zeros(shape)
    draws = rng.standard_normal(shape)
    fan_in = math.prod(shape[1:])
    fan_out = shape[0] * math.prod(shape[2:])
    if scheme == "orthogonal":
        matrix = draws.reshape(shape[0], fan_in)
        q, r = np.linalg.qr(matrix if shape[0] >= fan_in else matrix.T)
        q = q * np.sign(
            np.diag(r)
        )  # without these signs the distribution would not be uniform (Mezzadri 2007)
        return (q if shape[0] >= fan_in else q.T).reshape(shape)
    variance = {
        "he": 2 / fan_in,
        "lecun": 1 / fan_in,
        "xavier": 2 / (fan_in + fan_out),
        "normal": 1.0,
    }[scheme]
    return draws * math.sqrt(variance)
