"""How long gradient flow waits on the flat parts of a landscape, in closed form or by quadrature.

For small lr, gradient descent follows the gradient flow x' = -f'(x): a time T takes it T / lr steps.
"""

import numpy as np
from scipy.integrate import quad

from d2lutils import _checks


def escape_time(depth, eps, level=0.5):
    """Time in which gradient flow on (1 - w^depth)^2 / 2 climbs from w = eps to w = level.

    depth: number N of layers, at least 2. eps: start, one number or (n,). level: end; 0 < eps <= level < 1.
    Returns the integral of dw / (N w^(N-1) (1 - w^N)), in the shape of eps.
    Raises ValueError for other values.
    """
    n = _depth(depth)
    eps, level = _checks.array("eps", eps), _checks.real("level", level, above=0, below=1)
    if not ((eps > 0) & (eps <= level)).all():
        raise ValueError(f"need 0 < eps <= level < 1, got eps = {eps} and level = {level}")

    def pace(s):  # with w = exp(s), which spreads out the slow part
        return np.exp((2 - n) * s) / (n * (1 - np.exp(n * s)))

    times = [quad(pace, np.log(e), np.log(level), epsabs=0, epsrel=1e-10, limit=200)[0] for e in eps.ravel()]
    return np.array(times).reshape(eps.shape)[()]


def escape_asymptote(depth, eps):
    """What `escape_time` tends to as eps -> 0, whatever the level: ln(1/eps) / 2 for two layers, and
    eps^(2-N) / (N (N-2)) for N > 2. Each layer more makes the saddle at 0 flatter (cf. arXiv:1605.07110).

    depth: N, at least 2. eps: one number or an array, > 0. Returns the shape of eps. Raises ValueError otherwise.
    """
    n = _depth(depth)
    eps = _checks.array("eps", eps)
    if not (eps > 0).all():
        raise ValueError(f"eps must be positive, got {_checks.shown(eps)}")
    return -np.log(eps) / 2 if n == 2 else eps ** (2 - n) / (n * (n - 2))


def plateau_time(start):
    """Time in which gradient flow on tanh goes from start >= 0 down to 0: (sinh 2 x + 2 x) / 4.

    start: any shape, at most 350, where the time passes 1e303; returns the same shape.
    Raises ValueError for other values.
    """
    x = _checks.array("start", start)
    if not ((x >= 0) & (x <= 350)).all():
        raise ValueError(f"start must lie in [0, 350], got {_checks.shown(start)}")
    return (np.sinh(2 * x) + 2 * x) / 4


def _depth(depth):
    return _checks.whole("depth", depth, 2, 1000)  # one layer has no saddle to escape from
