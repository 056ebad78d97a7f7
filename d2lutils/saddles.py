"""A chain of strict saddles through which gradient descent needs exponential time."""

import itertools

import numpy as np

from d2lutils import _checks
from d2lutils.landscapes import Landscape


def saddle_chain(dim, ratio=1.0):
    """sum_i x_i^4 / 4 + c_i x_i^2 / 2, where c_1 = -1 and c_i = ratio - (1 + ratio) S(|x_(i-1)|).

    S rises smoothly from 0 to 1 on [0, 1] (6 s^5 - 15 s^4 + 10 s^3), so that variable i is pulled to 0 at rate
    `ratio` until variable i - 1 has reached its own well at -1 or 1, and leaves 0 at rate 1 from then on. Every
    stationary point other than the 2^dim minima (+-1, ..., +-1) has a negative curvature of at most -1, yet each
    saddle brings the run closer to the next one's ridge: a polynomial relative of the construction of Du et al.
    (2017, arXiv:1705.10412).
    Returns a Landscape on [-1.5, 1.5]^dim, twice continuously differentiable; `minima` lists the minima up to
    dim = 10, beyond only (1, ..., 1). Raises ValueError unless dim is an integer >= 1 and ratio positive and finite.
    """
    dim, ratio = _checks.whole("dim", dim, 1, 10_000), _checks.real("ratio", ratio, above=0)

    def curvature(x):
        gates = _step(np.abs(x[..., :-1]))[0]
        return np.concatenate([np.full_like(x[..., :1], -1.0), ratio - (1 + ratio) * gates], axis=-1)

    def back(x):
        """First and second derivative by x_i, i < dim, of c_(i+1), and x_(i+1)."""
        _, slope, bend = _step(np.abs(x[..., :-1]))
        return -(1 + ratio) * slope * np.sign(x[..., :-1]), -(1 + ratio) * bend, x[..., 1:]

    def grad(x):
        out = curvature(x) * x + x**3
        slope, _, after = back(x)
        out[..., :-1] += slope * after**2 / 2
        return out

    def hess(x):
        out = np.zeros((*x.shape, dim))
        slope, bend, after = back(x)
        i = np.arange(dim)
        out[..., i, i] = curvature(x) + 3 * x**2
        out[..., i[:-1], i[:-1]] += bend * after**2 / 2
        out[..., i[:-1], i[1:]] = out[..., i[1:], i[:-1]] = slope * after
        return out

    signs = itertools.product((-1.0, 1.0), repeat=dim) if dim <= 10 else [np.ones(dim)]
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


def _step(s):
    """The smooth step, its slope and its curvature; s not negative."""
    s = np.minimum(s, 1.0)
    return s**3 * (10 - 15 * s + 6 * s**2), 30 * s**2 * (1 - s) ** 2, 60 * s * (1 - s) * (1 - 2 * s)
