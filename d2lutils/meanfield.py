"""Infinitely wide, fully-connected networks at initialisation: how signals and gradients change with depth.

With width to infinity the pre-activations of a random net are Gaussian, and one number a layer, their variance
q, says all (Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017, arXiv:1611.01232).
"""

from collections.abc import Callable

import numpy as np

from d2lutils import _checks

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
    Raises ValueError for an unknown activation, a depth below 1, a negative or non-finite gain or residual, or
    variances that overflow.
    """
    variances, factors = _propagate(depth, activation, gain, residual)
    if not np.isfinite(variances).all():
        raise ValueError(
            f"the variances overflow: depth {depth} needs a smaller gain than {gain} or residual"
        )
    return variances, factors


def _propagate(depth, activation, gain, residual):
    _checks.choice("activation", activation, ACTIVATIONS)
    depth, gain = (
        _checks.whole("depth", depth, 1, 10**6),
        _checks.real("gain", gain, 0, 1e30),
    )
    residual = None if residual is None else _checks.real("residual", residual, 0, 1e30)
    kept, branch = (0.0, gain**2) if residual is None else (1.0, (residual * gain) ** 2)
    variances, factors = [1.0], []
    for _ in range(depth):
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
    _, factors = _propagate(depth, activation, gain, residual)
    norms = np.sqrt(np.append(np.cumprod(factors[::-1])[::-1], 1.0))
    if not np.isfinite(norms).all():
        raise ValueError(
            f"the norms overflow: depth {depth} needs a smaller gain than {gain} or residual"
        )
    return norms
