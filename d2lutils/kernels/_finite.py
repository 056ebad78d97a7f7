"""The neural tangent kernel of a finite network, from exact per-example gradients."""

import math

import numpy as np
from numpy.typing import ArrayLike

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


def ntk_scales(network: Network, input_shape: tuple[int, ...]) -> np.ndarray:
    """What the NTK parametrisation multiplies each standard normal parameter by.

    1 for biases and for the first layer's weights, then sqrt(1 / fan-in), and
    sqrt(2 / fan-in) behind a ReLU, as in `kernels.of`. All ones if the network has
    Scale layers: it spells its parametrisation out.

    Parameters
    ----------
    network : Network
    input_shape : tuple of int
        Shape of one input.

    Returns
    -------
    array of shape (P,)
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


def ntk_parameters(
    network: Network,
    input_shape: tuple[int, ...],
    seed: int | np.random.Generator = 0,
) -> np.ndarray:
    """Random initial parameters (P,) whose infinite-width limit `kernels.of` computes.

    Parameters
    ----------
    network, input_shape
        As in `ntk_scales`.
    seed : int or numpy.random.Generator
    """
    return ntk_scales(network, input_shape) * initial_parameters(
        network, input_shape, seed, "normal"
    )


def empirical_ntk(
    network: Network,
    X: ArrayLike,
    Z: ArrayLike | None = None,
    *,
    parameters: ArrayLike | None = None,
    seed: int | np.random.Generator = 0,
    engine: str | None = None,
    device: str | None = None,
    dtype: str = "float32",
) -> np.ndarray:
    """Neural tangent kernel <df(x)/dtheta, df(z)/dtheta> of a finite network.

    The derivative is by the *parameters* theta, in the NTK parametrisation: a parameter
    of the network is its entry of `ntk_scales` times theta. Gradients are exact and
    taken by blocks of examples, so that memory stays below about 1 GiB at any width.

    Parameters
    ----------
    network : Network
        Any.
    X : array of shape (n, ...)
    Z : array of shape (m, ...), optional
        None stands for X itself.
    parameters : array of shape (P,), optional
        The network's own; by default ``ntk_parameters(network, ..., seed)``.
    seed : int or numpy.random.Generator
    engine, device, dtype : str, optional
        See `engines.build`.

    Returns
    -------
    array of shape (n, m)
        float64; with several outputs the mean of their kernels.

    Raises
    ------
    ValueError
        For inputs or parameters that do not fit, and gradients that overflow.
    """
    X = _checks.array("X", X, dtype=None)
    others = X if Z is None else _checks.array("Z", Z, dtype=None)
    if X.ndim not in (2, 4) or 0 in X.shape or not others.ndim or not len(others):
        raise ValueError(
            "X must have shape (n, d) or (n, channels, height, width), not empty, got "
            f"{X.shape}"
        )
    shape = X.shape[1:]
    if others.shape[1:] != shape:
        raise ValueError(
            f"X and Z must have inputs of one shape, got {shape} and "
            f"{others.shape[1:]}: it must be the same for both"
        )
    seed = _checks.seed("seed", seed)
    if parameters is None:
        parameters = ntk_parameters(network, shape, seed)
    model = engines.build(
        network, shape, parameters=parameters, engine=engine, device=device, dtype=dtype
    )
    scales, outputs = ntk_scales(network, shape), math.prod(model.output_shape)

    def gradients(images: np.ndarray) -> np.ndarray:
        return (model.jacobian(images) * scales).reshape(len(images), -1)

    size = max(1, BYTES // (8 * outputs * max(1, model.num_parameters)))
    with np.errstate(over="ignore", invalid="ignore"):  # told below
        kernel = _products(gradients, X, None if Z is None else others, size) / outputs
    if not np.isfinite(kernel).all():
        raise ValueError(
            f"X and parameters must be smaller: the gradients overflow {dtype}"
            + (", dtype='float64' reaches further" if dtype == "float32" else "")
        )
    return kernel


def _products(gradients, X, Z, size):
    """Scalar products of all gradients, `size` examples of both sides at a time."""
    others = X if Z is None else Z
    kernel = np.empty((len(X), len(others)))
    for i in range(0, len(X), size):
        left = gradients(X[i : i + size])
        for j in range(i if Z is None else 0, len(others), size):
            right = left if Z is None and i == j else gradients(others[j : j + size])
            block = left @ right.T
            kernel[i : i + size, j : j + size] = block
            if Z is None:
                kernel[j : j + size, i : i + size] = block.T
    return kernel
