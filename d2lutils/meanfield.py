"""Infinitely wide, fully-connected networks at initialisation: how signals and gradients change with depth.

With width to infinity the pre-activations of a random net are Gaussian, and one number a layer, their variance
q, says all (Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017, arXiv:1611.01232).
"""

from collections.abc import Callable

import numpy as np

# The trapezoidal rule converges geometrically for analytic integrands that decay like a Gaussian (Trefethen &
# Weideman 2014); Gauss-Hermite is slower here, because tanh(sqrt(q) z) has poles near the real axis for large q.
_Z = np.linspace(-10.0, 10.0, 321)
_WEIGHTS = np.exp(-(_Z**2) / 2) / np.sqrt(2 * np.pi) * (_Z[1] - _Z[0])


def _mean(values):
    return float(_WEIGHTS @ values)


def _tanh(q):
    square = np.tanh(np.sqrt(q) * _Z) ** 2
    return _mean(square), _mean((1 - square) ** 2)


def _sigmoid(q):
    s = 1 / (1 + np.exp(-np.sqrt(q) * _Z))
    return _mean(s**2), _mean((s * (1 - s)) ** 2)


# q -> (E phi(sqrt(q) z)^2, E phi'(sqrt(q) z)^2) for z ~ N(0, 1).
_MOMENTS: dict[str, Callable[[float], tuple[float, float]]] = {
    "linear": lambda q: (q, 1.0),
    "relu": lambda q: (q / 2, 0.5),
    "tanh": _tanh,
    "sigmoid": _sigmoid,
}
ACTIVATIONS = tuple(_MOMENTS)


def propagate(depth, activation="relu", gain=2**0.5, residual=None):
    """Variances of the pre-activations, and gradient factors, through a random net of infinite width.

    The net is h_{l+1} = W_l phi(h_l), or with skip connections h_{l+1} = h_l + residual * W_l phi(h_l); W_l has
    independent entries N(0, gain^2 / width), no biases; h_0 ~ N(0, 1).
    depth: number of layers L. activation: one of ACTIVATIONS. gain: >= 0; sqrt(2) is He's for ReLU. residual: None
    for a plain net, else the scale of the branch.
    Returns (variances (L+1,), factors (L,)): E h_l^2, and E |dloss/dh_l|^2 / E |dloss/dh_{l+1}|^2.
    Raises ValueError for an unknown activation, a depth below 1, or a negative or non-finite gain or residual.
    """
    if activation not in _MOMENTS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    if isinstance(depth, bool) or int(depth) != depth or depth < 1:
        raise ValueError(f"depth must be an integer of at least 1, got {depth}")
    for name, value in (("gain", gain), ("residual", 0 if residual is None else residual)):
        if not np.isfinite(value) or value < 0:
            raise ValueError(f"{name} must be finite and not negative, got {value}")
    kept, branch = (0.0, gain**2) if residual is None else (1.0, (residual * gain) ** 2)
    variances, factors = [1.0], []
    for _ in range(int(depth)):
        square, slope = _MOMENTS[activation](variances[-1])
        variances.append(kept * variances[-1] + branch * square)
        factors.append(kept + branch * slope)
    return np.array(variances), np.array(factors)


def gradient_norms(depth, activation="relu", gain=2**0.5, residual=None):
    """Root-mean-square norm of the backpropagated gradient at every layer, relative to the last one.

    Arguments and errors as for `propagate`. Returns (L+1,): sqrt(E |dloss/dh_l|^2 / E |dloss/dh_L|^2) for
    l = 0 (input) to L, where it is 1. Like Schoenholz et al. we take the backward weights to be independent of
    the forward ones, which is exact in the limit of infinite width for the gradient of a random readout.
    """
    _, factors = propagate(depth, activation, gain, residual)
    return np.sqrt(np.append(np.cumprod(factors[::-1])[::-1], 1.0))
