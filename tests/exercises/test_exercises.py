"""Exercises that check themselves: right answers, hints that fit, clear sentences."""

import fractions
import itertools
import math
import pathlib
import re
import subprocess
import sys

import completion_by_hand
import numpy as np
import pytest
from answers_minima_saddles import (
    cycle_of_two,
    definite_interval,
    measured_rate,
    newton_basin,
    trained_pair,
    xor_by_differences,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import binom, norm

from d2lutils import exercises, kernels
from d2lutils.exercises import _answers, _judge

NAMES = tuple(_judge._registry())
SOURCES = pathlib.Path(__file__).parents[2] / "chapters" / "sources"

# Worked out here by other means than the library's: closed forms, or a solver.


def excess_at(z):
    """Minimiser and excess risk on [0.5, 1.5].

    By a grid and a bounded search around its best point.
    """

    def f(x):
        return x * math.cos(math.pi * x)

    def g(x):
        return f(x) + z * math.cos(5 * math.pi * x)

    def least(h):
        start = min((0.5 + k / 1000 for k in range(1001)), key=h)
        return minimize_scalar(
            h,
            bounds=(start - 0.01, start + 0.01),
            method="bounded",
            options={"xatol": 1e-9},
        ).x

    return least(g), f(least(g)) - f(least(f))


def ripple(k):
    x = brentq(
        lambda x: math.cos(math.pi * x) - math.pi * x * math.sin(math.pi * x), 1, 1.2
    )
    curvature = -2 * math.pi * math.sin(math.pi * x) - math.pi**2 * x * math.cos(
        math.pi * x
    )
    slope = k * math.pi * math.sin(k * math.pi * x)
    return abs(slope) / curvature, slope**2 / (2 * curvature)


def separatrix():
    return brentq(lambda s: math.pi * s * math.tan(math.pi * s) - 1, 0.01, 0.4)


def starts_needed(certainty=0.99):
    edge = brentq(lambda x: 2 * x + 20 * math.pi * math.sin(2 * math.pi * x), 0.4, 0.51)
    one = 2 * edge / 10.24
    chances = (2 - separatrix()) / 3, one**2, one**10
    return [math.ceil(math.log(1 - certainty) / math.log1p(-p)) for p in chances]


def stripes():
    def step(x):
        return x - 0.05 * (4 * x**3 - 4 * x)

    first = brentq(step, 2, 3)
    second = brentq(lambda x: step(x) + first, 2.5, 3.3166)
    return [first, second, brentq(lambda x: step(x) + second, second, 3.3166)]


def flow_time(x):
    return quad(lambda u: math.cosh(u) ** 2, 0, x)[0]


def clip(gradient):
    norm = np.linalg.norm(gradient)
    return gradient / norm if norm > 1 else gradient


def norm_in_pieces(vector):
    """By scaling, in float32 throughout."""
    largest = abs(vector).max()
    return largest * np.sqrt(((vector / largest) ** 2).sum()) if largest else 0.0


def growth():
    """r solves r c^2 = (c + a)^2 with r = 2 + 2 a c, a = 1 / sqrt(pi)."""
    a = 1 / math.sqrt(math.pi)
    return 2 + 2 * a * brentq(lambda c: (2 + 2 * a * c) * c**2 - (c + a) ** 2, 0.1, 2)


def first_harm():
    """By the formula for n < p - 1 (Belkin et al. 2020).

    The norm that is missed, and the noise that is fitted.
    """
    risk = {n: 0.6 * (1 - n / 60) + 0.44 * (1 + n / (59 - n)) for n in range(1, 59)}
    first = next(n for n in range(1, 58) if risk[n + 1] > risk[n])
    return first, risk[first]


def trap_weights(plus, minus):
    """With all features written out, by the pseudoinverse."""
    n, label = plus + minus, np.array([1.0] * plus + [-1.0] * minus)
    own = [np.zeros((n, 5)) for _ in range(n)]
    for k in range(n):
        own[k][k, : 1 if label[k] > 0 else 5] = 1
    weights = (
        np.linalg.pinv(np.hstack([np.stack([label, label**2, label**2], axis=1), *own]))
        @ label
    )
    return weights[0], weights[1]


def wrong_by_search(loss, n, k):
    """Whole numbers of wrong images that the loss can pay for: tried one by one."""
    most = max(m for m in range(n + 1) if m == 0 or m * math.log(2) < n * loss)
    fewest = next(m for m in (0, 1) if m or n * loss <= n * math.log(k))
    return most, fewest


def weak_by_root(n, k, e):
    """By bisection in the logarithm of the number of weak directions."""
    low, high = math.log(n - k), 50.0
    for _ in range(200):
        middle = (low + high) / 2
        squares = k + (n - k) ** 2 / math.exp(middle)
        low, high = (middle, high) if squares > e * (n - squares) else (low, middle)
    return math.exp(high), n / (n - k) - 1


def two_layers(u):
    """ReLU kernel of two hidden layers for unit vectors with cosine u."""

    def k0(u):
        return 1 - math.acos(u) / math.pi

    def k1(u):
        return u * k0(u) + math.sqrt(1 - u * u) / math.pi

    return (u * k0(u) + k1(u)) * k0(k1(u)) + k1(k1(u))


def smaller_of_two(z):
    """Integrand of the mean of -min of two standard normal numbers."""
    return -2 * z * norm.pdf(z) * norm.sf(z)


def spread_of_one_example(u):
    """Of infinitely many units at evenly spaced angles in the plane of two inputs."""
    t = 2 * np.pi * (np.arange(100_000) + 0.5) / 100_000
    here, there = np.cos(t), np.cos(t - math.acos(u))
    outputs = 4 * (np.maximum(here, 0) * np.maximum(there, 0)).mean()
    hidden = 2 * u * ((here > 0) & (there > 0)).mean()
    r = (outputs + hidden) / 2
    covariance = np.array([[1, outputs], [outputs, 1]])
    return math.sqrt(max(np.array([1, -r]) @ covariance @ [1, -r], 0))


def epochs_one_by_one(s, eta):
    scratch = resumed = 0
    for i in range(s + 1):
        for _ in range(eta ** (s - i)):
            scratch += eta**i
            resumed += eta**i - (eta ** (i - 1) if i else 0)
    return scratch, resumed


def wins_to_convince(n):
    """From the numbers of sequences of n tosses, counted."""
    ways = [math.comb(n, w) for w in range(n + 1)]
    return next(w for w in range(n + 1) if 40 * sum(ways[w:]) <= 2**n)


def bracket_sizes(R, eta):
    """Equation by equation of Algorithm 1 (Li et al. 2018), in exact fractions."""
    last = next(s for s in itertools.count() if eta ** (s + 1) > R)
    return [
        math.ceil(fractions.Fraction((last + 1) * eta**s, s + 1))
        for s in range(last, -1, -1)
    ]


def best_of_one_unit():
    """Units with small weights (three inputs need no others) and every threshold."""
    inputs = np.array([[k >> i & 1 for i in range(3)] for k in range(8)])
    units = {
        tuple(inputs @ w + bias > 0)
        for w in itertools.product(range(-2, 3), repeat=3)
        for bias in np.arange(-6.5, 7)
    }
    units = np.array(sorted(units))
    best = [
        (units == f).sum(axis=1).max()
        for f in itertools.product((False, True), repeat=8)
    ]
    return [best.count(k) for k in (8, 7, 6, 5, 4)]


def perceptron(X, y, rounds=10**6):
    w, mistakes = np.zeros(X.shape[1]), 0
    for _ in range(rounds):
        wrong = [i for i in range(len(X)) if y[i] * (X[i] @ w) <= 0]
        if not wrong:
            break
        w, mistakes = w + y[wrong[0]] * X[wrong[0]], mistakes + 1
    return w, mistakes


def colouring():
    from d2lutils import hardness

    lines = hardness.fano_plane()[:-1]
    return next(
        c
        for c in itertools.product((0, 1), repeat=7)
        if all(len({c[i] for i in line}) == 2 for line in lines)
    )


def least_squares_network(X, y):
    rng = np.random.default_rng(3)
    W, b = rng.standard_normal((X.shape[1], len(y))), rng.standard_normal(len(y))
    return W, b, np.linalg.lstsq(np.tanh(X @ W + b), y, rcond=None)[0]


def slowly(p, lr, k):
    x = 1.0
    for _ in range(k):
        x -= lr * p * x ** (p - 1)
    return x


def gap_of_ridge(X, y, rho, w):
    """Primal minus dual, both written out."""
    a = y - X @ w
    primal = (a @ a) / (2 * len(y)) + rho / 2 * (w @ w)
    dual = a @ y / len(y) - a @ a / (2 * len(y))
    return primal - dual + a @ X @ X.T @ a / (2 * rho * len(y) ** 2)


def what_is_left(X, y, rho, w):
    """The loss at w minus the least one, by augmented least squares."""
    n, d = X.shape
    A = np.vstack([X, np.sqrt(n * rho) * np.eye(d)])
    b = np.concatenate([y, np.zeros(d)])
    best = np.linalg.lstsq(A, b, rcond=None)[0]
    return (np.square(A @ w - b).sum() - np.square(A @ best - b).sum()) / (2 * n)


def cycle():
    return np.roll(np.eye(5), 1, axis=0) + np.roll(np.eye(5), -1, axis=0)


def sigmoid(a):
    return 1 / (1 + math.exp(-a))


RIGHT = {
    "risk-mirror": lambda: excess_at(-0.2),
    "risk-mean": lambda: (
        lambda n, sigma: [sigma**2 / (2 * n), -(sigma**2) / (2 * n), sigma**2 / n]
    ),
    "risk-ripple": lambda: ripple(3),
    "risk-test-set": lambda: lambda n, m: math.atan(2 * math.sqrt(n / m)) / math.pi,
    "hardness-which-two": lambda: np.array([[1, 0, 0, 1], [0, 1, 1, 0]], dtype=bool),
    "hardness-best-unit": best_of_one_unit,
    "hardness-perceptron": lambda: perceptron,
    "hardness-fano": lambda: colouring(),
    "hardness-wide": lambda: least_squares_network,
    "flat-points-complete": lambda: lambda d: ((d - 1) / d, (d - 2) / d),
    "flat-points-power": lambda: slowly,
    "flat-points-ridge-gap": lambda: gap_of_ridge,
    "hardness-horn": lambda: np.eye(5) + 0.6 * cycle(),
    "minima-restarts": starts_needed,
    "minima-separatrix": lambda: (separatrix() + 0.9) / 2.4,
    "minima-cycles": lambda: [*cycle_of_two(), 8],
    "minima-batches": lambda: [
        0.127,
        0.071,
        0.586,
        0.982,
        1.0,
    ],  # the chapter's run, another seed and more runs
    "minima-xor": lambda: xor_by_differences,
    "minima-rebasin": lambda: list(trained_pair()[::2]),
    "saddles-steps": lambda: np.array([0.1, 0.2, 2 / 11]),
    "saddles-stripes": stripes,
    "saddles-momentum": lambda: (
        lambda beta: (1.2 + beta + math.sqrt((1.2 + beta) ** 2 - 4 * beta)) / 2
    ),
    "saddles-untied": lambda: np.array([1e-4, 1e-4, -math.sqrt(0.0021)]),
    "saddles-ratio": lambda: 1 + math.log(0.8) / math.log(1 / 1.1),
    "random-landscapes-fit": lambda: definite_interval(),
    "random-landscapes-newton": lambda: newton_basin(),
    "random-landscapes-rate": lambda: measured_rate,
    "saddles-shift": lambda: math.sqrt(2),
    "vanishing-gradients-further": lambda: (27563, 28.6),
    "vanishing-gradients-loss": lambda: (
        lambda a: (-((1 - sigmoid(a)) ** 2) * sigmoid(a), sigmoid(a) - 1)
    ),
    "vanishing-gradients-leaky": lambda: lambda alpha: 1 / (0.5 + 0.5 * alpha**2),
    "vanishing-gradients-gain": lambda: (
        10.24
    ),  # the executed solution, with MXNet's derivative of the sigmoid
    "vanishing-gradients-recurrent": lambda: clip,
    "vanishing-gradients-traps": lambda: norm_in_pieces,
    "vanishing-gradients-euler": growth,
    "overfitting-smoothing": lambda: lambda e: (-math.log(e / (1 - e)), 1 - e + e**2),
    "overfitting-sure": lambda: wrong_by_search,
    "overfitting-more-data": first_harm,
    "overfitting-trap": lambda: trap_weights,
    "implicit-bias-weak": lambda: weak_by_root,
    "ntk-orthogonal": lambda: [1 / math.pi, two_layers(0), 0],
    "ntk-bias": lambda: (
        2 / (9 * math.pi**2),
        quad(lambda t: two_layers(math.cos(t)) * math.cos(3 * t), 0, math.pi)[0]
        / math.pi,
    ),
    "ntk-early-stopping": lambda: (
        -minimize_scalar(
            lambda z: z / (1 + z) - 1 + math.exp(-z), bounds=(0, 9), method="bounded"
        ).fun
    ),
    "ntk-infinite-depth": lambda: (0.2993, 0.2503),
    "ntk-spread": lambda: spread_of_one_example,
    "cntk-equal-modes": lambda: (
        lambda n, p: kernels.learning_curve(np.ones(p), np.eye(p)[0], n).errors[0]
    ),
    "completion-unknown": lambda: lambda r, b: b * r**2 - r * r,
    "completion-certificate": lambda: [[0, 1], [1, 0]],
    "completion-greedy": lambda: [1e6, 10**2.5],
    "completion-balance": lambda: completion_by_hand.DRIFTS,
    "completion-noise": lambda: completion_by_hand.noisy(3, 4),
    "completion-glrl": completion_by_hand.greedy_path,
    "hyperparameters-one-percent": lambda: (
        lambda v: next(n for n in itertools.count() if (1 - v) ** n <= 0.05)
    ),
    "hyperparameters-band": lambda: (
        lambda k, w: [min(1.0, k * w), -math.expm1(k * k * math.log1p(-w))]
    ),
    "hyperparameters-two": lambda: lambda sigma: sigma * quad(smaller_of_two, -9, 9)[0],
    "hyperparameters-repeats": lambda: (
        lambda m, v: 1 - np.ones(m) @ np.linalg.solve(1 + v * np.eye(m), np.ones(m))
    ),
    "hyperparameters-brackets": lambda: bracket_sizes,
    "hyperband-resumed": lambda: epochs_one_by_one,
    "hyperband-duels": lambda: wins_to_convince,
}

# Wrong answers, and what the first hint or the message says about the mistake.
WRONG = [
    ("risk-mirror", lambda: excess_at(0.2), "mean \\+0.2"),
    ("risk-mirror", lambda: excess_at(-0.2)[::-1], "order"),
    ("risk-mirror", lambda: (excess_at(-0.2)[0], 0.39893 * 1), "law"),
    (
        "risk-mean",
        lambda: lambda n, sigma: [sigma**2 / (2 * n), sigma**2 / (2 * n), sigma**2 / n],
        "sign",
    ),
    (
        "risk-mean",
        lambda: lambda n, sigma: [sigma / (2 * n), -sigma / (2 * n), sigma / n],
        "standard deviation",
    ),
    (
        "risk-mean",
        lambda: lambda n, sigma: [sigma**2 / n, -(sigma**2) / (2 * n), sigma**2 / n],
        "simple factor",
    ),
    ("risk-ripple", lambda: ripple(5), "5"),
    ("risk-test-set", lambda: lambda n, m: norm.sf(math.sqrt(m / n) / 2), "not normal"),
    (
        "risk-test-set",
        lambda: lambda n, m: 1 - math.atan(2 * math.sqrt(n / m)) / math.pi,
        "Which of the two",
    ),
    ("risk-test-set", lambda: lambda n, m: 0.25, "four times the size"),
    ("hardness-which-two", lambda: [[0, 1, 1, 0], [0, 0, 0, 1]], "separable"),
    ("hardness-which-two", lambda: [[0, 1, 1, 0], [0, 1, 1, 0]], "one and the same"),
    ("hardness-which-two", lambda: [[-1, 1, 1, -1], [1, -1, -1, 1]], "values 0 and 1"),
    ("hardness-best-unit", lambda: np.cumsum(best_of_one_unit()), "once"),
    (
        "hardness-perceptron",
        lambda: lambda X, y: (np.eye(X.shape[1])[0], 1),
        "wrong still",
    ),
    (
        "hardness-perceptron",
        lambda: lambda X, y: ((y @ X), len(y)),
        "more mistakes",
    ),
    ("hardness-perceptron", lambda: lambda X, y: (np.ones(9), 1), "shape"),
    ("hardness-fano", lambda: np.zeros(7), "not two colours"),
    ("hardness-fano", lambda: [1, 0, 0, 0, 0, 0, 0], "one colour only"),
    (
        "hardness-wide",
        lambda: lambda X, y: (np.zeros((X.shape[1], 3)), np.zeros(3), np.ones(3)),
        "not all labels",
    ),
    ("hardness-wide", lambda: lambda X, y: (X, y, y), "shapes"),
    ("flat-points-complete", lambda: lambda d: ((d - 2) / d, (d - 1) / d), "first"),
    ("flat-points-complete", lambda: lambda d: (d, d / 2), "sizes of cliques"),
    ("flat-points-power", lambda: lambda p, lr, k: (8 * lr * k) ** -0.5, "fourth"),
    ("flat-points-power", lambda: lambda p, lr, k: (1 - p * lr) ** k, "curvature"),
    (
        "flat-points-ridge-gap",
        lambda: lambda X, y, rho, w: gap_of_ridge(X, y, rho, w) * 2,
        "factor of two",
    ),
    (
        "flat-points-ridge-gap",
        lambda: lambda X, y, rho, w: what_is_left(X, y, rho, w),
        "solve the problem",
    ),
    ("hardness-horn", lambda: np.eye(5), "not negative"),
    ("hardness-horn", lambda: np.eye(5) + 2 * cycle(), "negative eigenvalue"),
    ("hardness-horn", lambda: np.eye(5) - 0.1 * cycle(), "negative entry"),
    (
        "minima-restarts",
        lambda: [n - (n < 1000) for n in starts_needed()],
        "one start less",
    ),
    (
        "minima-restarts",
        lambda: [n + (n < 1000) for n in starts_needed()],
        "Count once more",
    ),
    ("minima-restarts", lambda: starts_needed(0.01), "1 %"),
    ("minima-separatrix", lambda: (1.5 - separatrix()) / 2.4, "other minimum"),
    ("minima-separatrix", lambda: 0.4246, r"\[-1, 2\]"),
    ("minima-cycles", lambda: [0.91, 1.2264, 64], "rounding"),
    ("minima-batches", lambda: [0.87, 0.93, 0.41, 0.02, 0], "have left"),
    ("minima-batches", lambda: [1, 1, 0.6, 0.07, 0.13], "order"),
    (
        "minima-xor",
        lambda: lambda W, v, k: xor_by_differences(W, v, k - 1),
        "before the last step",
    ),
    ("minima-rebasin", lambda: [trained_pair()[0]] * 2, "two copies"),
    ("minima-rebasin", lambda: trained_pair()[:2], "another order"),
    ("saddles-steps", lambda: [0.1, 0.2, 0.1], "steep direction"),
    ("saddles-steps", lambda: [0.1, 0.1, 2 / 11], "factor"),
    ("saddles-stripes", lambda: [0, *stripes()[:2]], "Other than 0"),
    ("saddles-momentum", lambda: lambda beta: 1.2, "What does momentum do"),
    ("saddles-momentum", lambda: lambda beta: 1 + 0.2 / (1 - beta), "hardly changes"),
    (
        "saddles-momentum",
        lambda: lambda beta: (1.2 + beta - math.sqrt((1.2 + beta) ** 2 - 4 * beta)) / 2,
        "takes over",
    ),
    ("saddles-untied", lambda: [0, 0, 0.0458], "sign"),
    ("saddles-untied", lambda: [0, 0, 0], "squares equal"),
    ("saddles-ratio", lambda: 3, "gradient flow"),
    ("saddles-ratio", lambda: 2, "equally strong"),
    ("random-landscapes-fit", lambda: [math.sqrt(0.5), 1], "beside the diagonal"),
    ("random-landscapes-fit", lambda: [1 / 3, 1], "value of"),
    ("random-landscapes-newton", lambda: math.sqrt(1 / 3), "curvature is 0"),
    ("random-landscapes-newton", lambda: 0.2, "value of"),
    ("random-landscapes-rate", lambda: lambda p: 1 / (p - 2), "And the loss"),
    ("random-landscapes-rate", lambda: lambda p: 2.0, "one"),
    ("saddles-shift", lambda: 2, "variance 1"),
    ("saddles-shift", lambda: 20, "divide"),
    (
        "vanishing-gradients-further",
        lambda: (round(flow_time(5) / 0.1), 28.6),
        "flow predicts",
    ),
    ("vanishing-gradients-further", lambda: (3750, 28.6), "another number"),
    ("vanishing-gradients-further", lambda: (27563, flow_time(5) / 100), "104 steps"),
    (
        "vanishing-gradients-loss",
        lambda: lambda a: (sigmoid(a) - 1, -1 / sigmoid(a)),
        "chain rule",
    ),
    (
        "vanishing-gradients-loss",
        lambda: lambda a: (sigmoid(a) ** 2 * (1 - sigmoid(a)), sigmoid(a)),
        "label is 1",
    ),
    ("vanishing-gradients-leaky", lambda: lambda alpha: 2 / (1 + alpha), "squares"),
    (
        "vanishing-gradients-leaky",
        lambda: lambda alpha: math.sqrt(2 / (1 + alpha**2)),
        "gain",
    ),
    (
        "vanishing-gradients-leaky",
        lambda: lambda alpha: (1 + alpha**2) / 2,
        "divided by what",
    ),
    ("vanishing-gradients-gain", lambda: 4, "slope at 0"),
    ("vanishing-gradients-recurrent", lambda: lambda g: np.clip(g, -1, 1), "direction"),
    (
        "vanishing-gradients-recurrent",
        lambda: lambda g: g / max(np.linalg.norm(g), 1e-30),
        "stay as it is",
    ),
    ("vanishing-gradients-traps", lambda: lambda g: np.sqrt((g**2).sum()), "float32"),
    ("vanishing-gradients-euler", lambda: 2, "along"),
    ("vanishing-gradients-euler", lambda: math.sqrt(growth()), r"growth of \$\|h\|\$"),
    (
        "overfitting-smoothing",
        lambda: lambda e: (math.log(e / (1 - e)), 1 - e + e**2),
        "sign",
    ),
    (
        "overfitting-smoothing",
        lambda: lambda e: (math.log((1 - e) / e), e - e**2),
        "curvature",
    ),
    (
        "overfitting-sure",
        lambda: lambda loss, n, k: (math.ceil(n * loss / math.log(2)) - 1, 0),
        "no more than",
    ),
    (
        "overfitting-sure",
        lambda: lambda loss, n, k: (wrong_by_search(loss, n, k)[0], 0),
        "Count once more",
    ),
    ("overfitting-more-data", lambda: (60, first_harm()[1]), "peak"),
    ("overfitting-more-data", lambda: (first_harm()[0] + 1, 1), "one less"),
    ("overfitting-trap", lambda: lambda plus, minus: (1, 0), "limit"),
    (
        "implicit-bias-weak",
        lambda: lambda n, k, e: (n * (1 + e) / e, k / (n - k)),
        "without strong",
    ),
    (
        "implicit-bias-weak",
        lambda: lambda n, k, e: (weak_by_root(n, k, e)[0], k / n),
        "divided by",
    ),
    ("ntk-orthogonal", lambda: [0, two_layers(0), 0], "positive mean"),
    ("ntk-orthogonal", lambda: [1 / math.pi, 2 * two_layers(0), 0], "simple factor"),
    ("ntk-bias", lambda: (0, 0.04876), "mean over the circle"),
    ("ntk-early-stopping", lambda: 0.5 - 1 / math.e, "largest there"),
    ("ntk-infinite-depth", lambda: (0.2993, 1), "equal"),
    ("ntk-infinite-depth", lambda: (0.2993, 0.26), "Close"),
    ("ntk-infinite-depth", lambda: (0.30928, 0.25), "one more layer"),
    ("ntk-spread", lambda: lambda u: spread_of_one_example(u) ** 2, "the variance"),
    (
        "ntk-spread",
        lambda: lambda u: math.sqrt(1 - two_layers(u) ** 2 / 9),
        "Which one",
    ),
    ("cntk-equal-modes", lambda: lambda n, p: (1 - n / p) ** 2, "in front"),
    ("cntk-equal-modes", lambda: lambda n, p: n / p, "that is learnt"),
    ("completion-unknown", lambda: lambda r, b: b * r * r, "see them all"),
    ("completion-unknown", lambda: lambda r, b: (b - 1) * r, "whole matrix"),
    ("completion-certificate", lambda: [[0, 1], [1, 0.5]], "singular value"),
    ("completion-certificate", lambda: [[0, 0.5], [0.5, 0]], "too low"),
    ("completion-certificate", lambda: [[1, 0], [0, 1]], "unseen"),
    ("completion-greedy", lambda: [1e-6, 10**-2.5], "grown or shrunk"),
    ("completion-greedy", lambda: [10**2.5, 1e6], "order"),
    ("completion-balance", lambda: completion_by_hand.DRIFTS[::-1], "order"),
    (
        "completion-noise",
        lambda: np.zeros((50, 50)),
        "larger than that of the best penalty",
    ),
    (
        "completion-noise",
        lambda: completion_by_hand.noisy(2, 8),
        "like that of two factors",
    ),
    ("completion-glrl", lambda: np.zeros((5, 100, 100)), "not of rank 1"),
    (
        "hyperparameters-one-percent",
        lambda: lambda v: math.ceil(3 / v),
        "approximation",
    ),
    (
        "hyperparameters-one-percent",
        lambda: lambda v: math.log(0.05) // math.log(1 - v),
        "reach 0.95",
    ),
    (
        "hyperparameters-band",
        lambda: lambda k, w: (k * w, 1 - (1 - w) ** (k * k)),
        "at most 1",
    ),
    (
        "hyperparameters-band",
        lambda: lambda k, w: (min(1, k * w), 1 - (1 - w) ** k),
        r"\$k\^2\$ settings",
    ),
    (
        "hyperparameters-two",
        lambda: lambda sigma: 2 * sigma / math.sqrt(math.pi),
        "half of it",
    ),
    ("hyperparameters-two", lambda: lambda sigma: -sigma / math.sqrt(math.pi), "sign"),
    ("hyperparameters-repeats", lambda: lambda m, v: v / m, "known before"),
    ("hyperparameters-repeats", lambda: lambda m, v: m / (m + v), "shrinks"),
    (
        "hyperparameters-brackets",
        lambda: lambda R, eta: bracket_sizes(R, eta)[::-1],
        "comes first",
    ),
    (
        "hyperband-resumed",
        lambda: lambda s, eta: (s * eta**s, epochs_one_by_one(s, eta)[1]),
        "one rung more",
    ),
    (
        "hyperband-resumed",
        lambda: lambda s, eta: ((s + 1) * eta**s, eta**s * (1 + s / eta)),
        "How much is left",
    ),
    ("hyperband-duels", lambda: lambda n: int(binom(n, 0.5).isf(0.05)) + 1, "as often"),
    ("hyperband-duels", lambda: lambda n: n // 2 + 1, "heads"),
]

MALFORMED = [
    (None, "None"),
    ("0.5", "text"),
    ({"answer": 1}, "dict"),
    (True, "truth value"),
    (math.nan, "NaN"),
    (math.inf, "infinite"),
    (1 + 1j, "complex"),
    ([1.0, [2.0, 3.0]], "cannot be read"),
    (["a", "b"], "something else than numbers"),
    (np.zeros((7, 3, 2)), r"shape \(7, 3, 2\)"),
    (object(), "cannot be read"),
    (lambda: 1, "function"),
]


@pytest.fixture(autouse=True)
def no_tries_yet():
    _judge._tries.clear()


@pytest.mark.parametrize("name", NAMES)
def test_the_right_answer_is_right(name):
    result = exercises.check(name, RIGHT[name]())
    assert result, result
    assert result.status == "right"


@pytest.mark.parametrize(
    ("name", "answer", "says"), WRONG, ids=[f"{name}-{says}" for name, _, says in WRONG]
)
def test_a_wrong_answer_gets_a_hint_that_fits(name, answer, says):
    result = exercises.check(name, answer())
    assert result.status == "not yet", result
    assert re.search(says, f"{result.message} {result.hint}"), result


@pytest.mark.parametrize("name", NAMES)
def test_a_malformed_answer_gets_a_sentence(name):
    exercise, right = _judge._find(name), RIGHT[name]()
    for answer, says in MALFORMED:
        result = exercises.check(name, answer)
        assert result.status == "unreadable", (answer, result)
        assert exercise.asks in result.message or "raised" in result.message
        if exercise.inputs is None and np.shape(right) == ():
            assert re.search(says, result.message), result
    assert not _judge._tries, "a malformed answer costs no hint"


@pytest.mark.parametrize("name", [name for name in NAMES if _judge._find(name).inputs])
def test_a_function_that_fails_gets_a_sentence(name):
    def fails(*arguments):
        raise ZeroDivisionError("no way")

    assert "raised ZeroDivisionError" in exercises.check(name, fails).message
    nothing = exercises.check(name, lambda *arguments: None)
    assert nothing.status == "unreadable"
    assert re.search("is None|cannot be read", nothing.message)
    assert (
        "NaN"
        in exercises.check(
            name, lambda *arguments: nan_like(RIGHT[name]()(*arguments))
        ).message
    )
    assert "no function" in exercises.check(name, 3.0).message


def nan_like(value):
    return (
        tuple(map(nan_like, value))
        if isinstance(value, tuple)
        else np.multiply(value, math.nan)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_placeholder_says_what_to_hand_in(name):
    for dots in (..., [..., ...], [1.0, ...]):
        result = exercises.check(name, dots)
        assert result.status == "open"
        assert result.message.startswith("Put your answer in place of the dots: ")


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_not_told(name):
    """No text of an exercise holds its numbers, apart from those of one digit."""
    exercise = _judge._find(name)
    if exercise.expected is None or exercise.inputs is not None:
        return
    hints = (
        exercise.hints.values()
        if isinstance(exercise.hints, dict)
        else [exercise.hints]
    )
    told = " ".join(
        [
            exercise.asks,
            *(h for ladder in hints for h in ladder),
            *(h for _, h in exercise.traps),
        ]
    )
    for value in np.ravel(exercise.expected()):
        shown = f"{abs(value):.3g}"
        if len(shown) > 1:
            assert not re.search(rf"(?<![\d.]){re.escape(shown)}", told), shown


def test_each_try_of_one_kind_gets_a_plainer_hint_and_another_kind_begins_anew():
    first, second, third = (
        exercises.check("saddles-shift", -math.sqrt(2)).hint for _ in range(3)
    )
    assert first.startswith("Hint 1 of 5: Look at the sign")
    assert second.startswith("Hint 2 of 5: The size is right")
    assert third.startswith("Hint 3 of 5: Where does the semicircle")
    assert exercises.check("saddles-shift", 2).hint.startswith("Hint 1 of 4")
    for _ in range(9):
        last = exercises.check("saddles-shift", -math.sqrt(2)).hint
    assert last.startswith("Hint 5 of 5")


def test_named_entries_are_judged_one_by_one():
    result = exercises.check("saddles-steps", [0.1, 0.3, 2 / 11])
    assert (
        result.message
        == "Not yet: slides' bound right, true bound not yet, best step right."
    )


def test_an_unknown_name_is_an_error_that_lists_near_matches():
    with pytest.raises(ValueError, match="did you mean 'risk-mirror'"):
        exercises.check("risk-miror", 1)
    with pytest.raises(ValueError, match="names are like 'risk-mirror'"):
        exercises.check(3, 1)


def test_numbers_come_in_many_forms():
    class Foreign:
        """Like an array of MXNet."""

        def asnumpy(self):
            return np.array([math.sqrt(2)], dtype="float32")

    for answer in (
        np.float32(math.sqrt(2)),
        [math.sqrt(2)],
        np.array([[math.sqrt(2)]]),
        math.sqrt(2) + 0j,
        Foreign(),
    ):
        assert exercises.check("saddles-shift", answer), answer


things = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.just(...),
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.tuples(parts, parts)
        | st.dictionaries(st.text(), parts, max_size=2)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(things)
def test_nothing_that_a_reader_hands_in_is_an_error(thing):
    for name in (
        "saddles-shift",
        "saddles-steps",
        "completion-certificate",
        "completion-greedy",
    ):
        assert exercises.check(name, thing).message
    assert exercises.check("hardness-perceptron", lambda X, y: thing).message


def test_a_function_cannot_change_what_it_is_tried_on():
    def in_place(gradient):
        norm = np.linalg.norm(gradient)
        gradient /= max(norm, 1)
        return gradient

    assert exercises.check("vanishing-gradients-recurrent", in_place)


@pytest.mark.parametrize(
    ("given", "right", "kind"),
    [
        (-3.0, 3.0, "sign"),
        ([1.0, -2.0], [1.0, 2.0], "sign"),
        (6.0, 3.0, "factor two"),
        (0.03, 3.0, "power of ten"),
        (3 * math.pi, 3.0, "factor pi"),
        (9.0, 3.0, "square"),
        (math.sqrt(3), 3.0, "root"),
        (1 / 3, 3.0, "inverse"),
        ([2.0, 5.0, 3.0], [5.0, 3.0, 2.0], "order"),
        ([[1.0, 2.0], [3.0, 4.0]], [[1.0, 3.0], [2.0, 4.0]], "transpose"),
        ([7.0, 14.0, 21.0], [1.0, 2.0, 3.0], "same factor"),
        ([8.0, 9.0, 10.0], [1.0, 2.0, 3.0], "same difference"),
        (3.05, 3.0, "near"),
        (5.3, 3.0, None),
        (5.3, 0.0, None),
    ],
)
def test_kinds_of_mistakes(given, right, kind):
    given, right = np.asarray(given), np.asarray(right)
    assert (
        _answers.kind_of_mistake(
            given, right, lambda a, b: np.abs(a - b) <= 1e-6 + 1e-6 * np.abs(b)
        )
        == kind
    )


def test_the_page_marks_the_answer_and_escapes_what_the_reader_wrote():
    def fails(n, sigma):
        raise ValueError("<b>&")

    assert (
        'class="answer answer-right"'
        in exercises.check("saddles-shift", math.sqrt(2))._repr_html_()
    )
    assert "&lt;b&gt;&amp;" in exercises.check("risk-mean", fails)._repr_html_()
    assert r"\(\mu / \sqrt{N}\)" in exercises.check("saddles-shift", ...)._repr_html_()


def test_no_framework_is_imported():
    code = (
        "import sys; from d2lutils.exercises import check; check('saddles-shift', 1); "
        "print('mxnet' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def directives(kind):
    """{label: body} of the exercises or solutions of all chapters."""
    text = "\n".join(
        path.read_text(encoding="utf8") for path in sorted(SOURCES.glob("*.md"))
    )
    if kind == "exercise":
        found = re.findall(
            r"```\{exercise-start\}.*?\n:label: ex-(.*?)\n```\n(.*?)"
            r"```\{exercise-end\}",
            text,
            re.S,
        )
    else:
        found = re.findall(
            r"```\{solution-start\} ex-(.*?)\n.*?```\n(.*?)```\{solution-end\}",
            text,
            re.S,
        )
    return dict(found)


def test_every_exercise_has_a_worked_solution():
    asked, solved = directives("exercise"), directives("solution")
    assert asked.keys() == solved.keys()
    assert asked
    for label, body in solved.items():
        assert len(body.split()) > 10, label
        assert "```{code-cell}" in body, label


def test_chapters_and_registry_name_the_same_exercises():
    asked, solved = directives("exercise"), directives("solution")
    check = r'exercises\.check\("([^"]+)", ([^\n]*?)\)(?:  #[^\n]*)?\n'
    for bodies, what in (
        (asked, "the placeholder in the exercise"),
        (solved, "the answer in its solution"),
    ):
        calls = {label: re.findall(check, body) for label, body in bodies.items()}
        assert {label for label, found in calls.items() if found} == set(NAMES), what
        for label, found in calls.items():
            assert all(name == label for name, _ in found)
            assert all((answer == "...") == (bodies is asked) for _, answer in found), (
                label
            )


def test_answers_of_pandas_frameworks_and_masked_arrays_are_read_or_told():
    pandas, torch = pytest.importorskip("pandas"), pytest.importorskip("torch")
    right = np.array(RIGHT["saddles-steps"]())
    tensor = torch.tensor(right, requires_grad=True)
    for answer in (
        pandas.Series(right),
        pandas.Series(right, dtype="Float64"),
        tensor,
        list(tensor),
        tensor.to(torch.float16).to(torch.float64),
        np.ma.masked_invalid(right),
        right.astype(">f8"),
    ):
        assert exercises.check("saddles-steps", answer), answer
    assert exercises.check("saddles-shift", torch.tensor(2**0.5)), "a number"
    flat = torch.tensor([[0, 1], [1, 0]], dtype=torch.bfloat16)
    assert exercises.check("completion-certificate", flat), "NumPy lacks this type"
    missing = pandas.Series([0.1, None, 0.2], dtype="Float64")
    # What is missing was an object of its own before pandas 3, and is NaN since.
    new = int(pandas.__version__.partition(".")[0]) >= 3
    for answer, says in (
        (np.ma.masked_equal(right, 0.2), "masked"),
        ([0.1, np.ma.masked, 2 / 11], "masked"),
        (missing, "holds NaN" if new else "cannot be read"),
        (np.array(True), r"truth value"),
        (np.array([..., 1, 2], dtype=object), "cannot be read"),
    ):
        result = exercises.check("saddles-steps", answer)
        assert result.status == "unreadable"
        assert re.search(says, result.message), result
    endless: list = []
    endless.append(endless)
    assert exercises.check("saddles-steps", endless).status == "unreadable"
    assert not _judge._tries, "none of them costs a hint"


def test_numbers_at_the_ends_of_floating_point_are_judged_without_warnings(recwarn):
    for name in NAMES:
        for shape in ((), (2,), (3,), (5, 5), (50, 50), (100, 100)):
            for size in (1e308, -1e308):
                assert not exercises.check(name, np.full(shape, size))
            assert exercises.check(name, np.full(shape, 1e-308)).message
    assert not exercises.check("hardness-horn", np.zeros((5, 5))), "proves nothing"
    assert not recwarn.list


def test_the_kinds_of_mistakes_are_tried_from_the_special_to_the_general():
    order = [kind for kind, _ in _answers.TESTS]
    assert set(order) == set(_answers.KINDS)
    # 2 for 1 is off by one before it is twice too large, unless no count is asked for.
    close = lambda a, b: np.abs(a - b) <= 1e-9  # noqa: E731
    for whole, kind in ((True, "off by one"), (False, "factor two")):
        given, right = np.array(2.0), np.array(1.0)
        assert _answers.kind_of_mistake(given, right, close, whole) == kind


def test_hints_are_paragraphs():
    text = """
    The first, on
    two lines.

    The second.
    """
    assert _judge.paragraphs(text) == ("The first, on two lines.", "The second.")
    for exercise in _judge._registry().values():
        hints = exercise.hints
        ladders = hints.values() if isinstance(hints, dict) else [hints]
        assert all(ladder and all(ladder) for ladder in ladders), exercise.name
