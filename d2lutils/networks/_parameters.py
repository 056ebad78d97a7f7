"""Initial values of a network's parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from d2lutils import _checks
from d2lutils.networks._layers import Network
from d2lutils.networks._layout import Layout, Shape, layout

SCHEMES = ("he", "lecun", "xavier", "normal", "orthogonal", "zeros")


def initial_parameters(
    network: Network,
    input_shape: Sequence[int],
    seed: Any = 0,
    scheme: str = "he",
    gain: float = 1.0,
) -> np.ndarray:
    """Random initial parameters of a network, in the order of `parameter_shapes`.

    Biases and shifts are 0, the scales of normalisation layers 1.

    Parameters
    ----------
    network : Network
        The network.
    input_shape : sequence of int
        Shape of one input.
    seed : int or numpy.random.Generator
        Decides the draws; they are made in NumPy, the same for every engine.
    scheme : str
        Distribution of each weight with n inputs and m outputs a unit: "he" N(0, 2/n),
        "lecun" N(0, 1/n), "xavier" N(0, 2/(n + m)), "normal" N(0, 1), "orthogonal"
        (rows or columns orthonormal, uniformly), "zeros".
    gain : float
        Factor on every weight.

    Returns
    -------
    array of shape (P,)
        float64.

    Raises
    ------
    ValueError
        For an unknown scheme, a gain that is negative or not finite, or shapes that do
        not fit.

    References
    ----------
    He et al. 2015 ("he"), Glorot & Bengio 2010 ("xavier"), Saxe et al. 2014
    ("orthogonal").
    """
    return draw_parameters(layout(network, input_shape), seed, scheme, gain)


def draw_parameters(
    layout: Layout, seed: Any = 0, scheme: str = "he", gain: float = 1.0
) -> np.ndarray:
    """`initial_parameters` for shapes that have been worked out already."""
    _checks.instance("layout", layout, Layout)
    _checks.choice("scheme", scheme, SCHEMES)
    gain = _checks.real("gain", gain, 0)
    rng = np.random.default_rng(_checks.seed("seed", seed))
    _checks.fits("network", layout.size)
    pieces = [np.zeros(0)]
    for name, shape in layout.shapes.items():
        if name.endswith("weight"):
            pieces.append(gain * _weight(shape, scheme, rng))
        else:
            pieces.append(np.full(shape, 1.0 if name.endswith("scale") else 0.0))
    return np.concatenate([piece.ravel() for piece in pieces])


def _weight(shape: Shape, scheme: str, rng: np.random.Generator) -> np.ndarray:
    if scheme == "zeros":
        return np.zeros(shape)
    draws = rng.standard_normal(shape)
    fan_in = math.prod(shape[1:])
    fan_out = shape[0] * math.prod(shape[2:])
    if scheme == "orthogonal":
        matrix = draws.reshape(shape[0], fan_in)
        q, r = np.linalg.qr(matrix if shape[0] >= fan_in else matrix.T)
        # Without these signs the distribution would not be uniform (Mezzadri 2007).
        q = q * np.sign(np.diag(r))
        return (q if shape[0] >= fan_in else q.T).reshape(shape)
    variance = {
        "he": 2 / fan_in,
        "lecun": 1 / fan_in,
        "xavier": 2 / (fan_in + fan_out),
        "normal": 1.0,
    }[scheme]
    return draws * math.sqrt(variance)
