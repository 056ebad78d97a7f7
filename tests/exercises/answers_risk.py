"""Exercises on empirical risk: right answers in other forms, and wrong ones that
suggest themselves. The right ones are worked out by other means than the library's.
"""

import fractions
import math

import numpy as np
from scipy import optimize, stats


def risk(x):
    return x * math.cos(math.pi * x)


def best(k, z):
    """Minimiser of the risk with a ripple of frequency k and height z, by a grid."""
    x = np.linspace(0.5, 1.5, 1_000_001)
    return x[(x * np.cos(np.pi * x) + z * np.cos(k * np.pi * x)).argmin()]


X_STAR = best(5, 0)
CURVATURE = -2 * math.pi * math.sin(math.pi * X_STAR) - math.pi**2 * risk(X_STAR)


def mirror(z=-0.2):
    x = best(5, z)
    return x, risk(x) - risk(X_STAR)


def law(z):
    """Minimiser and excess of the tilted parabola."""
    slope = -5 * math.pi * math.sin(5 * math.pi * X_STAR) * z
    return X_STAR - slope / CURVATURE, slope**2 / (2 * CURVATURE)


def ripple(k):
    slope = k * math.pi * math.sin(k * math.pi * X_STAR)
    return abs(slope) / CURVATURE, slope**2 / (2 * CURVATURE)


def by_fractions(n, sigma):
    variance = fractions.Fraction(sigma) ** 2 / n
    return np.array([variance / 2, -variance / 2, variance], dtype=object)


def by_quadrature(n, sigma):
    """The mean of (w - mu)^2 / 2 for w normal; the gap is twice that."""
    excess = stats.norm(0, sigma / math.sqrt(n)).expect(lambda w: w**2) / 2
    return {"excess": excess, "gap": 2 * excess}


def simulated(n, m, sigma=0.1, repeats=200_000):
    """Small departures from X_STAR, by one Newton step from there and back."""
    rng = np.random.default_rng(n + m)
    z = sigma / math.sqrt(n) * rng.standard_normal(repeats)
    fresh = sigma / math.sqrt(m) * rng.standard_normal(repeats)
    slope = -5 * math.pi * math.sin(5 * math.pi * X_STAR)
    x = X_STAR - z * slope / CURVATURE
    excess = CURVATURE * (x - X_STAR) ** 2 / 2
    return (excess + fresh * slope * (x - X_STAR) < 0).mean()


def by_cauchy(n, m):
    return stats.cauchy.cdf(-math.sqrt(m / n) / 2)


def by_student(n, m):
    return np.array([stats.t(1).sf(math.sqrt(m / (4 * n)))])


RIGHT = {
    "risk-mirror": [
        lambda: mirror(),
        lambda: [1.1771, 0.0472],
        lambda: np.array([[*mirror()]], dtype=np.float32)[0],
        lambda: (
            optimize.minimize_scalar(
                lambda x: risk(x) - 0.2 * math.cos(5 * math.pi * x),
                bounds=(1.1, 1.25),
                method="bounded",
            ).x,
            mirror()[1],
        ),
    ],
    "risk-mean": [
        lambda: by_fractions,
        lambda: lambda n, sigma: sigma**2 / n * np.array([0.5, -0.5, 1]),
        lambda: (
            lambda n, sigma: (
                by_quadrature(n, sigma)["excess"],
                0.5 * sigma**2 * ((n - 1) / n - 1),
                by_quadrature(n, sigma)["gap"],
            )
        ),
    ],
    "risk-ripple": [
        lambda: ripple(3),
        lambda: [0.587, 2.081],
        lambda: np.array(ripple(3), dtype=np.float32),
        lambda: (math.sqrt(2 * ripple(3)[1] / CURVATURE), ripple(3)[1]),
    ],
    "risk-test-set": [
        lambda: by_cauchy,
        lambda: by_student,
        lambda: simulated,
        lambda: lambda n, m: math.atan2(2 * math.sqrt(n), math.sqrt(m)) / math.pi,
    ],
}

WRONG = {
    "risk-mirror": [
        lambda: mirror(0.2),
        lambda: mirror(0.0),
        lambda: law(-0.2),
        lambda: (2 * X_STAR - best(5, 0.2), mirror(0.2)[1]),
        lambda: (mirror()[0], risk(mirror()[0])),
        lambda: (mirror()[0], risk(mirror()[0]) - 0.2 * math.cos(5 * mirror()[0])),
        lambda: (1.2, 0.047),
        lambda: (1.18, 0.05),
    ],
    "risk-mean": [
        lambda: lambda n, sigma: np.zeros(3),
        lambda: lambda n, sigma: sigma**2 / n * np.array([1, -1, 2]),
        lambda: lambda n, sigma: sigma**2 / n * np.array([0.5, 0.5, 1]),
        lambda: lambda n, sigma: sigma / n * np.array([0.5, -0.5, 1]),
        lambda: lambda n, sigma: sigma**2 / (n + 1) * np.array([0.5, -0.5, 1]),
        lambda: lambda n, sigma: sigma**2 / math.sqrt(n) * np.array([0.5, -0.5, 1]),
        lambda: lambda n, sigma: sigma**2 * np.array([0.5 / n, 0.5 - 0.5 / n, 1 / n]),
        lambda: lambda n, sigma: np.array([0.2, -0.2, 0.4]),
    ],
    "risk-ripple": [
        lambda: ripple(5),
        lambda: (ripple(3)[0] ** 2, ripple(3)[1]),
        lambda: (ripple(3)[0], 2 * ripple(3)[1]),
        lambda: (abs(ripple(3)[0] * CURVATURE), ripple(3)[1]),
        lambda: (ripple(5)[0] * 3 / 5, ripple(5)[1] * 9 / 25),
        lambda: (ripple(3)[0], ripple(3)[1] / 400),
        lambda: (0.6, 2),
    ],
    "risk-test-set": [
        lambda: lambda n, m: 0.25,
        lambda: lambda n, m: 0.5,
        lambda: lambda n, m: stats.norm.cdf(-math.sqrt(m / n) / 2),
        lambda: lambda n, m: stats.norm.cdf(-1),
        lambda: lambda n, m: 1 - by_cauchy(n, m),
        lambda: lambda n, m: by_cauchy(m, n),
        lambda: lambda n, m: by_cauchy(n, 4 * m),
        lambda: lambda n, m: stats.cauchy.cdf(-m / n / 2),
        lambda: lambda n, m: 1 / 4 * (4 * n / m),
    ],
}
