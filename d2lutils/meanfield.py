"""Infinitely wide nets at initialisation: how signals and gradients change with depth.

With width to infinity the pre-activations of a random fully-connected net are Gaussian,
and one number a layer, their variance q, says all (Poole et al. 2016, arXiv:1606.05340;
Schoenholz et al. 2017, arXiv:1611.01232).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from d2lutils import _checks

# The trapezoidal rule converges geometrically for analytic integrands that decay like a
# Gaussian (Trefethen & Weideman 2014); Gauss-Hermite is slower here, because
# tanh(sqrt(q) z) has poles near the real axis for large q.
_Z = np.linspace(-10.0, 10.0, 321)
_WEIGHTS = np.exp(-(_Z**2) / 2) / np.sqrt(2 * np.pi) * (_Z[1] - _Z[0])

# They come too near for these steps where q is above 16. The slope of phi then vanishes
# where the density has hardly changed: nodes in x = sqrt(q) z suit it.
_LARGE = 16.0
_X = np.linspace(-40.0, 40.0, 641)


def _mean(values):
    return float(_WEIGHTS @ values)


def _mean_of_peak(values, q):
    """E f(sqrt(q) z) for large q, from values at _X of an f that vanishes outside."""
    density = np.exp(-(_X**2) / (2 * q)) / np.sqrt(2 * np.pi * q)
    return float(density @ values) * (_X[1] - _X[0])


def _tanh(q):
    if q > _LARGE:
        slope = np.cosh(_X) ** -2
        return 1 - _mean_of_peak(slope, q), _mean_of_peak(slope**2, q)
    square = np.tanh(np.sqrt(q) * _Z) ** 2
    return _mean(square), _mean((1 - square) ** 2)


def _sigmoid(q):
    if q > _LARGE:  # s^2 = s - s (1 - s), and E s = 1/2
        slope = np.cosh(_X / 2) ** -2 / 4
        return 0.5 - _mean_of_peak(slope, q), _mean_of_peak(slope**2, q)
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


def propagate(
    depth: int,
    activation: str = "relu",
    gain: float = 2**0.5,
    residual: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Variances of pre-activations, and gradient factors, of a net of infinite width.

    The net is h_{l+1} = W_l phi(h_l), or with skip connections
    h_{l+1} = h_l + residual * W_l phi(h_l); W_l has independent entries
    N(0, gain^2 / width), no biases; h_0 ~ N(0, 1).

    Parameters
    ----------
    depth : int
        Number of layers L.
    activation : {"linear", "relu", "tanh", "sigmoid"}
        phi.
    gain : float
        At least 0; sqrt(2) is He's for ReLU.
    residual : float, optional
        None for a plain net, else the scale of the branch.

    Returns
    -------
    variances : array of shape (L + 1,)
        E h_l^2.
    factors : array of shape (L,)
        ``E |dloss/dh_l|^2 / E |dloss/dh_{l+1}|^2``.

    Raises
    ------
    ValueError
        For an unknown activation, a depth below 1, a negative or non-finite gain or
        residual, or variances that overflow.
    """
    variances, factors = _propagate(depth, activation, gain, residual)
    if not np.isfinite(variances).all():
        raise ValueError(
            f"gain and residual must be smaller for depth {depth}, got {gain} and "
            f"{residual}: the variances overflow"
        )
    return variances, factors


def gradient_norms(
    depth: int,
    activation: str = "relu",
    gain: float = 2**0.5,
    residual: float | None = None,
) -> np.ndarray:
    """Root-mean-square norm of the backpropagated gradient at every layer.

    Relative to the last one. Parameters (depth, activation, gain, residual) and errors
    are those of `propagate`. Like Schoenholz et al. we take the backward weights to be
    independent of the forward ones, which is exact in the limit of infinite width for
    the gradient of a random readout.

    Returns
    -------
    array of shape (L + 1,)
        ``sqrt(E |dloss/dh_l|^2 / E |dloss/dh_L|^2)`` for l = 0 (input) to L, where it
        is 1.
    """
    _, factors = _propagate(depth, activation, gain, residual)
    with np.errstate(over="ignore", invalid="ignore"):  # told below
        norms = np.sqrt(np.append(np.cumprod(factors[::-1])[::-1], 1.0))
    if not np.isfinite(norms).all():
        raise ValueError(
            f"gain and residual must be smaller for depth {depth}, got {gain} and "
            f"{residual}: the norms overflow"
        )
    return norms


def _propagate(depth, activation, gain, residual):
    _checks.choice("activation", activation, ACTIVATIONS)
    depth = _checks.whole("depth", depth, 1, 10**6)
    gain = _checks.real("gain", gain, 0, 1e30)
    residual = None if residual is None else _checks.real("residual", residual, 0, 1e30)
    kept, branch = (0.0, gain**2) if residual is None else (1.0, (residual * gain) ** 2)
    variances, factors = [1.0], []
    for _ in range(depth):
        square, slope = _MOMENTS[activation](variances[-1])
        variances.append(kept * variances[-1] + branch * square)
        factors.append(kept + branch * slope)
    return np.array(variances), np.array(factors)


@dataclass(frozen=True)
class Phase:
    """Where a deep tanh net settles.

    Attributes
    ----------
    variance : float
        Of pre-activations, q*.
    chi : float
        Factor of the squared gradient in each layer, and of the squared distance of
        nearby inputs; below 1 in order, above 1 in chaos.
    cosine : float
        That all pairs of inputs approach: 1 in order, below 1 in chaos. (Where the
        variance is 0, the signal dies, and pairs merge without approaching it.)
    slope : float
        Factor of the distance from this cosine in each layer; chi in order.
    """

    variance: float
    chi: float
    cosine: float
    slope: float

    @property
    def gradient_scale(self) -> float:
        """Layers in which the squared gradient changes by the factor e."""
        return _scale(self.chi)

    @property
    def signal_scale(self) -> float:
        """Layers in which the distance from the cosine falls by the factor e."""
        return _scale(self.slope)


def phase(gain: float, bias_scale: float = 0.0) -> Phase:
    """Fixed points of an infinitely wide tanh net with biases.

    The net is h_{l+1} = W_l tanh(h_l) + b_l with entries N(0, gain^2 / width) and
    N(0, bias_scale^2).

    Parameters
    ----------
    gain : float
        From 0 to 4.
    bias_scale : float
        From 0 to 2.

    Returns
    -------
    Phase

    Raises
    ------
    ValueError
        For a gain or bias_scale out of range.

    References
    ----------
    Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017, arXiv:1611.01232.
    """
    gain, bias_scale = _scales(gain, bias_scale)
    q = _fixed_variance(gain, bias_scale)
    chi = gain**2 * _tanh(q)[1]
    if chi <= 1:
        return Phase(q, chi, 1.0, chi)
    # The map of cosines is convex, with slope chi > 1 at its fixed point 1: Newton's
    # steps from 0 rise to the other one.
    cosine, step = 0.0, 1.0
    for _ in range(100):
        image, slope = _pair(q, cosine, gain, bias_scale)
        step = (image - cosine) / (1 - slope)
        if not step > 1e-15:
            break
        cosine += step
    return Phase(q, chi, cosine, slope)


def cosines(
    depth: int, gain: float, bias_scale: float = 0.0, start: float = 0.0
) -> np.ndarray:
    """Cosine of the pre-activations of two inputs by layer, in a tanh net.

    Parameters
    ----------
    depth : int
        Number of layers L, at most 1000.
    gain, bias_scale
        As in `phase`; the inputs have its variance from the start.
    start : float
        Cosine of the inputs, from -1 to 1.

    Returns
    -------
    array of shape (L + 1,)

    Raises
    ------
    ValueError
        For a number out of range.
    """
    depth = _checks.whole("depth", depth, 1, 1000)
    gain, bias_scale = _scales(gain, bias_scale)
    found = [_checks.real("start", start, -1, 1)]
    q = _fixed_variance(gain, bias_scale)
    for _ in range(depth):
        found.append(_pair(q, found[-1], gain, bias_scale)[0])
    return np.array(found)


def _scales(gain, bias_scale):
    gain = _checks.real("gain", gain, 0, 4)
    return gain, _checks.real("bias_scale", bias_scale, 0, 2)


def _scale(factor):
    if factor == 0:
        return 0.0
    return 1 / abs(np.log(factor)) if factor != 1 else np.inf


def _fixed_variance(gain, bias_scale):
    """By bisection: the image minus the variance is concave, and above 0 at first."""
    low, high = 0.0, gain**2 + bias_scale**2
    for _ in range(80):
        q = (low + high) / 2
        if gain**2 * _tanh(q)[0] + bias_scale**2 > q:
            low = q
        else:
            high = q
    return (low + high) / 2


def _pair(q, cosine, gain, bias_scale):
    """Cosine in the next layer, and its derivative by the cosine."""
    if q < 1e-20:  # tanh is linear there
        return cosine, 1.0
    one = np.sqrt(q) * _Z
    other = np.tanh(cosine * one[:, None] + np.sqrt(max(0.0, 1 - cosine**2)) * one)
    one = np.tanh(one)
    product = _WEIGHTS * one @ other @ _WEIGHTS
    slopes = _WEIGHTS * (1 - one**2) @ (1 - other**2) @ _WEIGHTS
    image = (gain**2 * product + bias_scale**2) / q
    return float(min(1.0, image)), float(gain**2 * slopes)
