"""The neural tangent kernel of a network of finite width, from exact per-example gradients."""

import math

import numpy as np

from d2lutils import _checks, engines
from d2lutils.networks import (
    Conv,
    Dense,
    Network,
    ReLU,
    Scale,
    initial_parameters,
    layer_parameter_shapes,
    walk,
)

BYTES = 2**28  # of gradients held at a time, twice


def ntk_scales(network, input_shape):
    """What the NTK parametrisation multiplies each standard normal parameter by, (P,), as in `kernels.of`.

    network: networks.Network. input_shape: shape of one input.
    1 for biases and for the first layer's weights, then sqrt(1 / fan-in), sqrt(2 / fan-in) behind a ReLU.
    All ones if the network has Scale layers: it spells its parametrisation out.
    """
    input_shape = _checks.shape("input_shape", input_shape)
    literal = any(
        isinstance(layer, Scale)
        for layer in _checks.instance("network", network, Network).layers
    )
    scales, first, square = [], True, 1.0
    for _, layer, shape, _ in walk(network.layers, input_shape):
        square *= 2.0 if isinstance(layer, ReLU) else 1.0
        for name, size in layer_parameter_shapes(layer, shape).items():
            scale = 1.0
            if name == "weight" and not (literal or first):
                scale = math.sqrt(square / math.prod(size[1:]))
            scales.append(np.full(math.prod(size), scale))
        if isinstance(layer, Dense | Conv):
            first, square = False, 1.0
    return np.concatenate(scales) if scales else np.zeros(0)


def ntk_parameters(network, input_shape, seed=0):
    """Random initial parameters (P,) whose infinite-width limit `kernels.of` computes.

    network, input_shape: as in `ntk_scales`. seed: int or numpy.random.Generator.
    """
    return ntk_scales(network, input_shape) * initial_parameters(
        network, input_shape, seed, "normal"
    )


def empirical_ntk(
    network,
    X,
    Z=None,
    *,
    parameters=None,
    seed=0,
    engine=None,
    device=None,
    dtype="float32",
):
    """Neural tangent kernel <df(x)/dtheta, df(z)/dtheta> of a finite network, theta in the NTK parametrisation.

    The derivative is by the *parameters* theta; a parameter of the network is its entry of `ntk_scales` times theta.
    network: any networks.Network; X (n, ...), Z (m, ...) or None for X itself. parameters: (P,), the network's own,
    default ntk_parameters(network, ..., seed). engine, device, dtype: see `engines.build`.
    Returns (n, m) float64; with several outputs the mean of their kernels. Gradients are exact and taken by blocks
    of examples, so that memory stays below about 1 GiB whatever the width.
    Raises ValueError for inputs or parameters that do not fit.
    """
    X = _checks.array("X", X, dtype=None)
    others = X if Z is None else _checks.array("Z", Z, dtype=None)
    if X.ndim not in (2, 4) or 0 in X.shape or not others.ndim or not len(others):
        raise ValueError(
            f"got X of shape {X.shape}, need (n, d) or (n, channels, height, width), not empty"
        )
    shape = X.shape[1:]
    if others.shape[1:] != shape:
        raise ValueError(
            f"got inputs of shapes {shape} and {others.shape[1:]}; need the same for both"
        )
    seed = _checks.seed("seed", seed)
    if parameters is None:
        parameters = ntk_parameters(network, shape, seed)
    model = engines.build(
        network, shape, parameters=parameters, engine=engine, device=device, dtype=dtype
    )
    scales, outputs = ntk_scales(network, shape), math.prod(model.output_shape)
    size = max(1, BYTES // (8 * outputs * max(1, model.num_parameters)))

    def gradients(images):
        return (model.jacobian(images) * scales).reshape(len(images), -1)

    kernel = np.empty((len(X), len(others)))
    for i in range(0, len(X), size):
        left = gradients(X[i : i + size])
        for j in range(i if Z is None else 0, len(others), size):
            right = left if Z is None and i == j else gradients(others[j : j + size])
            kernel[i : i + size, j : j + size] = left @ right.T / outputs
            if Z is None:
                kernel[j : j + size, i : i + size] = kernel[
                    i : i + size, j : j + size
                ].T
    return kernel
