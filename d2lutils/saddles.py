"""How long descent stays near saddles and on plateaus; a chain of saddles.

For small lr, gradient descent follows the gradient flow ``x' = -f'(x)``: a time T takes
it T / lr steps. Along the chain of saddles it takes exponential time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad

from d2lutils import _checks
from d2lutils.landscapes import Landscape


def saddle_chain(dim: int, ratio: float = 1.0) -> Landscape:
    """A landscape on which descent takes exponential time from saddle to saddle.

    It is ``sum_i x_i^4 / 4 + c_i x_i^2 / 2``, where ``c_1 = -1`` and
    ``c_i = ratio - (1 + ratio) S(|x_(i-1)|)``. S rises smoothly from 0 to 1 on [0, 1]
    (``6 s^5 - 15 s^4 + 10 s^3``), so that variable i is pulled to 0 at rate `ratio`
    until variable i - 1 has reached its own well at -1 or 1, and leaves 0 at rate 1
    from then on. Every stationary point other than the 2^dim minima (+-1, ..., +-1) has
    a negative curvature of at most -1, yet each saddle brings the run closer to the
    next one's ridge.

    Parameters
    ----------
    dim : int
        Number of variables.
    ratio : float
        Positive.

    Returns
    -------
    Landscape
        On [-1.5, 1.5]^dim, twice continuously differentiable; its minima are listed up
        to dim = 10, beyond only (1, ..., 1).

    Raises
    ------
    ValueError
        Unless dim is an integer >= 1 and ratio positive and finite.

    References
    ----------
    A polynomial relative of the construction of Du et al. 2017, arXiv:1705.10412.
    """
    dim = _checks.whole("dim", dim, 1, 10_000)
    ratio = _checks.real("ratio", ratio, above=0)

    def curvature(x: np.ndarray) -> np.ndarray:
        gates = _step(np.abs(x[..., :-1]))[0]
        return np.concatenate(
            [np.full_like(x[..., :1], -1.0), ratio - (1 + ratio) * gates], axis=-1
        )

    def back(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """First and second derivative by x_i, i < dim, of c_(i+1), and x_(i+1)."""
        _, slope, bend = _step(np.abs(x[..., :-1]))
        return (
            -(1 + ratio) * slope * np.sign(x[..., :-1]),
            -(1 + ratio) * bend,
            x[..., 1:],
        )

    def grad(x: np.ndarray) -> np.ndarray:
        out = curvature(x) * x + x**3
        slope, _, after = back(x)
        out[..., :-1] += slope * after**2 / 2
        return out

    def hess(x: np.ndarray) -> np.ndarray:
        out = np.zeros((*x.shape, dim))
        slope, bend, after = back(x)
        i = np.arange(dim)
        out[..., i, i] = curvature(x) + 3 * x**2
        out[..., i[:-1], i[:-1]] += bend * after**2 / 2
        out[..., i[:-1], i[1:]] = out[..., i[1:], i[:-1]] = slope * after
        return out

    signs: Iterable = [np.ones(dim)]
    if dim <= 10:
        signs = itertools.product((-1.0, 1.0), repeat=dim)
    return Landscape(
        "saddle chain",
        dim,
        lambda x: (curvature(x) * x**2 / 2 + x**4 / 4).sum(-1),
        grad,
        hess,
        [(-1.5, 1.5)] * dim,
        np.array(list(signs)),
        r"\sum_i \frac{1}{4} x_i^4 + \frac{1}{2} c(x_{i-1}) x_i^2",
    )


def _step(s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The smooth step, its slope and its curvature; s not negative."""
    s = np.minimum(s, 1.0)
    return (
        s**3 * (10 - 15 * s + 6 * s**2),
        30 * s**2 * (1 - s) ** 2,
        60 * s * (1 - s) * (1 - 2 * s),
    )


def escape_time(depth: int, eps: ArrayLike, level: float = 0.5) -> np.ndarray:
    """Time in which gradient flow on ``(1 - w^depth)^2 / 2`` climbs from eps to level.

    Parameters
    ----------
    depth : int
        Number N of layers, at least 2.
    eps : array of any shape
        Start, above 0.
    level : float
        End, at least eps and below 1.

    Returns
    -------
    array of that shape
        The integral of ``dw / (N w^(N-1) (1 - w^N))``.

    Raises
    ------
    ValueError
        Unless ``0 < eps <= level < 1``.
    """
    n = _depth(depth)
    eps, level = (
        _checks.array("eps", eps),
        _checks.real("level", level, above=0, below=1),
    )
    if not ((eps > 0) & (eps <= level)).all():
        raise ValueError(
            f"eps must satisfy 0 < eps <= level < 1, got {_checks.shown(eps)} and "
            f"level = {level}"
        )

    def pace(s: float) -> float:  # with w = exp(s), which spreads out the slow part
        return np.exp((2 - n) * s) / (n * (1 - np.exp(n * s)))

    times = [
        quad(pace, np.log(e), np.log(level), epsabs=0, epsrel=1e-10, limit=200)[0]
        for e in eps.ravel()
    ]
    return np.array(times).reshape(eps.shape)[()]


def escape_asymptote(depth: int, eps: ArrayLike) -> np.ndarray:
    """What `escape_time` tends to as eps -> 0, whatever the level.

    ``ln(1/eps) / 2`` for two layers, and ``eps^(2-N) / (N (N-2))`` for N > 2: each
    layer more makes the saddle at 0 flatter.

    Parameters
    ----------
    depth : int
        Number N of layers, at least 2.
    eps : array of any shape
        Start, above 0.

    Returns
    -------
    array of that shape

    Raises
    ------
    ValueError
        For other values.

    References
    ----------
    Compare Kawaguchi 2016, arXiv:1605.07110.
    """
    n = _depth(depth)
    eps = _checks.array("eps", eps)
    if not (eps > 0).all():
        raise ValueError(f"eps must be positive, got {_checks.shown(eps)}")
    return -np.log(eps) / 2 if n == 2 else eps ** (2 - n) / (n * (n - 2))


def plateau_time(start: ArrayLike) -> np.ndarray:
    """Time in which gradient flow on tanh goes down to 0: ``(sinh 2 x + 2 x) / 4``.

    Parameters
    ----------
    start : array of any shape
        From 0 to 350, where the time passes 1e303.

    Returns
    -------
    array of that shape

    Raises
    ------
    ValueError
        For other values.
    """
    x = _checks.array("start", start)
    if not ((x >= 0) & (x <= 350)).all():
        raise ValueError(f"start must lie in [0, 350], got {_checks.shown(start)}")
    return (np.sinh(2 * x) + 2 * x) / 4


def _depth(depth: int) -> int:
    # One layer has no saddle to escape from.
    return _checks.whole("depth", depth, 2, 1000)
