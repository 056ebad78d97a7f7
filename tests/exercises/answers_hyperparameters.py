"""Exercises on hyperparameters: right answers in other forms, and wrong ones that
suggest themselves.
"""

import fractions
import itertools
import math

import numpy as np
from scipy import integrate, stats


def starts(R, eta, rounded=math.ceil, extra=1):
    """Numbers of settings by the paper's formula, in exact fractions."""
    last = next(s for s in itertools.count() if eta ** (s + 1) > R)
    sizes = range(last, -1, -1)
    return [rounded(fractions.Fraction(last + extra, s + 1) * eta**s) for s in sizes]


def starts_by_loop(R, eta):
    powers = [1]
    while powers[-1] * eta <= R:
        powers += [powers[-1] * eta]
    n = len(powers)
    return np.array([(n * p + s) // (s + 1) for s, p in enumerate(powers)])[::-1]


def starts_by_logarithm(R, eta):
    last = int(math.log(R) / math.log(eta))
    return [math.ceil((last + 1) / (s + 1) * eta**s) for s in range(last, -1, -1)]


def hit_by_simulation(k, w):
    """A band at a random place on the circle; random search by its complement."""
    places = (np.arange(100_000) + 0.5) / 100_000
    offsets = (np.arange(k)[:, None] / k - places) % 1 < w
    return offsets.any(axis=0).mean(), 1 - np.prod([1 - w] * k**2)


def of_the_minimum(sigma):
    density = stats.norm.pdf
    return integrate.quad(
        lambda z: -2 * sigma * z * density(z) * stats.norm.sf(z), -9, 9
    )[0]


def posterior_variance(m, variance):
    K = np.ones((m + 1, m + 1))
    K[:m, :m] += variance * np.eye(m)
    return 1 / np.linalg.inv(K)[-1, -1]


def costs(s, eta):
    rungs = [
        eta ** (s - i) * np.diff((0, *eta ** np.arange(s + 1)))[i] for i in range(s + 1)
    ]
    return (s + 1) * eta**s, sum(rungs)


def wins(n, level=0.05):
    return next(w for w in range(n + 1) if 2 * stats.binom(n, 0.5).sf(w - 1) <= level)


RIGHT = {
    "hyperparameters-one-percent": [
        lambda: (
            lambda v: next(n for n in itertools.count() if 1 - (1 - v) ** n >= 0.95)
        ),
        lambda: lambda v: np.ceil(np.log(0.05) / np.log1p(-v)),
        lambda: lambda v: int(stats.geom(v).ppf(0.95)),
    ],
    "hyperparameters-band": [
        lambda: lambda k, w: [min(1.0, k * w), -math.expm1(k * k * math.log1p(-w))],
        lambda: hit_by_simulation,
        lambda: lambda k, w: np.array([np.clip(k * w, 0, 1), stats.geom(w).cdf(k * k)]),
    ],
    "hyperparameters-two": [
        lambda: of_the_minimum,
        lambda: lambda sigma: sigma * 0.5642,
        lambda: lambda sigma: np.array([sigma / math.gamma(0.5)]),
    ],
    "hyperparameters-repeats": [
        lambda: posterior_variance,
        lambda: lambda m, variance: 1 / (1 + m / variance),
        lambda: lambda m, variance: np.float32(1 - m / (m + variance)),
    ],
    "hyperparameters-brackets": [
        lambda: starts,
        lambda: starts_by_loop,
        lambda: lambda R, eta: tuple(float(n) for n in starts(R, eta)),
    ],
    "hyperband-resumed": [
        lambda: costs,
        lambda: lambda s, eta: [(s + 1) * eta**s, eta**s * (1 + s - s / eta)],
        lambda: lambda s, eta: np.array(costs(s, eta), dtype=float),
    ],
    "hyperband-duels": [
        lambda: wins,
        lambda: lambda n: n - int(stats.binom(n, 0.5).ppf(0.025)) + 1,
        lambda: lambda n: np.array([wins(n)]),
    ],
}

WRONG = {
    "hyperparameters-one-percent": [
        lambda: lambda v: 299,
        lambda: lambda v: math.ceil(3 / v),
        lambda: lambda v: math.floor(math.log(0.05) / math.log(1 - v)),
        lambda: lambda v: math.ceil(math.log(0.05) / math.log(1 - v)) + 1,
        lambda: lambda v: math.ceil(math.log(0.95) / math.log(1 - v)),
        lambda: lambda v: math.ceil(0.95 / v),
        lambda: lambda v: round(math.log(20) / v),
    ],
    "hyperparameters-band": [
        lambda: lambda k, w: (k * w, 1 - (1 - w) ** (k * k)),
        lambda: lambda k, w: (min(1, k * k * w), 1 - (1 - w) ** (k * k)),
        lambda: lambda k, w: (min(1, k * w), 1 - (1 - w) ** k),
        lambda: lambda k, w: (1 - (1 - w) ** (k * k), min(1, k * w)),
        lambda: lambda k, w: (w, w),
        lambda: lambda k, w: (min(1, (k - 1) * w), 1 - (1 - w) ** (k * k)),
        lambda: lambda k, w: (min(1, k * w), min(1, k * k * w)),
    ],
    "hyperparameters-two": [
        lambda: lambda sigma: 0.0,
        lambda: lambda sigma: sigma,
        lambda: lambda sigma: -of_the_minimum(sigma),
        lambda: lambda sigma: 2 * of_the_minimum(sigma),
        lambda: lambda sigma: of_the_minimum(sigma**2),
        lambda: lambda sigma: sigma * math.sqrt(math.log(2)),
        lambda: lambda sigma: sigma / math.sqrt(2 * math.pi),
    ],
    "hyperparameters-repeats": [
        lambda: lambda m, variance: 1.0,
        lambda: lambda m, variance: 0.0,
        lambda: lambda m, variance: variance / m,
        lambda: lambda m, variance: m / (m + variance),
        lambda: lambda m, variance: posterior_variance(m, variance) ** 0.5,
        lambda: lambda m, variance: posterior_variance(m, variance) + variance,
        lambda: lambda m, variance: posterior_variance(m + 1, variance),
    ],
    "hyperparameters-brackets": [
        lambda: lambda R, eta: [R] * len(starts(R, eta)),
        lambda: lambda R, eta: starts(R, eta)[::-1],
        lambda: lambda R, eta: starts(R, eta, math.floor),
        lambda: lambda R, eta: starts(R, eta, round),
        lambda: lambda R, eta: starts(R, eta, extra=0),
        lambda: (
            lambda R, eta: [
                (len(starts(R, eta)) // (s + 1)) * eta**s
                for s in reversed(range(len(starts(R, eta))))
            ]
        ),
        # With the right number of brackets, and a fraction.
        lambda: (
            lambda R, eta: [
                math.ceil(len(starts(R, eta)) / (s + 1) * eta**s)
                for s in reversed(range(len(starts(R, eta))))
            ]
        ),
    ],
    "hyperband-resumed": [
        lambda: lambda s, eta: costs(s, eta)[::-1],
        lambda: lambda s, eta: (s * eta**s, costs(s, eta)[1]),
        lambda: lambda s, eta: (costs(s, eta)[0], costs(s, eta)[0] * (1 - 1 / eta)),
        lambda: lambda s, eta: (costs(s, eta)[0], eta**s),
        lambda: lambda s, eta: (costs(s, eta)[0],) * 2,
        lambda: lambda s, eta: (eta ** (s + 1), costs(s, eta)[1]),
        lambda: lambda s, eta: (405, 297),
    ],
    "hyperband-duels": [
        lambda: lambda n: wins(n, 0.1),
        lambda: lambda n: wins(n) + 1,
        lambda: lambda n: n // 2 + 1,
        lambda: lambda n: n,
        lambda: lambda n: math.ceil(0.95 * n),
        lambda: lambda n: 15,
        lambda: lambda n: n - wins(n),
    ],
}
