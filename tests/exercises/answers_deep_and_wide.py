"""Exercises of the chapters vanishing-gradients, ntk and cntk.

Right answers in other forms are right, and wrong ones that suggest themselves are not:
at least three of the former and five of the latter for each.
"""

import fractions
import math

import numpy as np
from scipy.optimize import brentq

from d2lutils import kernels


def count(rate, start=5.0):
    x, steps = start, 0
    while x > 0:
        x -= rate * (1 - math.tanh(x) ** 2)
        steps += 1
    return steps


FLOW = (math.sinh(10) + 10) / 4  # the time from 5 to 0
ROOT_PI = math.sqrt(math.pi)
COSINE = 1 / math.pi  # after one layer, of orthogonal inputs
TWO_LAYERS = 2 * COSINE * (1 - math.acos(COSINE) / math.pi) + (
    math.sqrt(1 - COSINE**2) / math.pi
)


LAST_LAYER = kernels.nngp(*np.eye(2)[:, None], depth=2).item()


def both_slopes(a):
    p = 1 / (1 + math.exp(-a))
    return p - 1, p


RIGHT = {
    "vanishing-gradients-further": [
        (27563, 28.6),
        [count(0.1), 28.53],
        np.array([27563.0, 28.8]),
        [fractions.Fraction(27563), brentq(lambda rate: count(rate) - 100.5, 26, 30)],
    ],
    "vanishing-gradients-loss": [
        lambda a: (both_slopes(a)[0] * both_slopes(a)[1] * -both_slopes(a)[0], p1(a)),
        lambda a: np.array([-np.exp(a) / (1 + np.exp(a)) ** 3, -1 / (1 + np.exp(a))]),
        lambda a: [
            -((math.tanh(-a / 2) + 1) ** 2) * (1 - math.tanh(-a / 2)) / 8,
            p1(a),
        ],
    ],
    "vanishing-gradients-leaky": [
        lambda alpha: 1 / np.mean([1, alpha**2]),
        lambda alpha: np.float32(2) / (1 + np.square(alpha)),
        lambda slope: fractions.Fraction(2) / (1 + fractions.Fraction(slope) ** 2),
    ],
    "vanishing-gradients-gain": [10.24, np.float32(10.25), [10.2], 10.3],
    "vanishing-gradients-recurrent": [
        lambda g: g * min(1, 1 / max(np.linalg.norm(g), 1e-300)),
        lambda g: list(g / np.linalg.norm(g)) if np.linalg.norm(g) > 1 else list(g),
        lambda g: g / np.maximum(1, np.sqrt(np.square(g).sum())),
    ],
    "vanishing-gradients-traps": [
        lambda v: math.hypot(*v.tolist()),
        lambda v: np.linalg.norm(v * np.float32(2.0**60)) * 2.0**-60,
        lambda v: math.sqrt(math.fsum(float(x) ** 2 for x in v)),
    ],
    "vanishing-gradients-euler": [2.904, 2.9, np.array([2.9038])],
    "ntk-orthogonal": [
        (1 / math.pi, TWO_LAYERS, 0),
        [[0.31831], [0.68571], [0.0]],  # a column
        np.array([[0.3183, 0.6857, 0]], dtype="float32"),
    ],
    "ntk-bias": [
        (2 / (9 * math.pi**2), 0.04875),
        np.array([[0.0225], [0.0488]]),
        [2 / 9 / math.pi**2, np.float32(0.0487)],
    ],
    "ntk-early-stopping": [0.2036, 0.204, np.array([0.2036])],
    "ntk-infinite-depth": [(0.2993, 0.25), [0.299, 1 / 4], np.array([0.29932, 0.2504])],
    "ntk-spread": [
        lambda u: spread(u),
        lambda u: np.array([np.sqrt(spread(u) ** 2)]),
        lambda u: math.dist(*both_ends(u)),
    ],
    "cntk-equal-modes": [
        lambda n, p: (p - n) / p,
        lambda n, p: (1 - n / p) ** 2 / (1 - p * (n / p) ** 2 / n),
        lambda n, p: fractions.Fraction(p - n, p),
    ],
}

WRONG = {
    "vanishing-gradients-further": [
        (27563, FLOW / 100),  # the flow's
        (round(FLOW / 0.1), 28.7),
        (FLOW / 0.1, FLOW / 100),
        (27562, 28.7),  # off by one
        (28.7, 27563),  # the order
        (3750, 28.7),  # from 4
        (27563, 28),  # a guess
        (27563, 29),
        (27563, 0.1),
        (100, 28.7),
    ],
    "vanishing-gradients-loss": [
        lambda a: (-0.000335, -1.0),  # the answer at -8, whatever a
        lambda a: both_slopes(a),  # the loss by p, times nothing
        lambda a: (both_slopes(a)[0], -1 / both_slopes(a)[1]),
        lambda a: tuple(-x for x in RIGHT["vanishing-gradients-loss"][0]()(a)),  # sign
        lambda a: RIGHT["vanishing-gradients-loss"][0]()(a)[::-1],  # order
        lambda a: (2 * RIGHT["vanishing-gradients-loss"][0]()(a)[0], p1(a)),  # no half
        lambda a: (both_slopes(a)[1] ** 2 * -both_slopes(a)[0], both_slopes(a)[1]),
    ],
    "vanishing-gradients-leaky": [
        lambda alpha: 2,
        lambda alpha: 1,
        lambda alpha: 2 / (1 + alpha),
        lambda alpha: (1 + alpha**2) / 2,
        lambda alpha: math.sqrt(2 / (1 + alpha**2)),
        lambda alpha: 2 / 1.09,  # for the alpha of the text
        lambda alpha: 2 / (1 + alpha**2) / 256,  # divided by the width
    ],
    "vanishing-gradients-gain": [4, math.sqrt(2), 1, 6.8, 10.24**2, 20, 9.5],
    "vanishing-gradients-recurrent": [
        lambda g: g,
        lambda g: np.clip(g, -1, 1),
        lambda g: g / max(np.linalg.norm(g), 1e-30),
        lambda g: g / max(1, np.abs(g).max()),
        lambda g: g / max(1, np.square(g).sum()),
        lambda g: g if np.linalg.norm(g) <= 1 else 0 * g,
    ],
    "vanishing-gradients-traps": [
        lambda v: np.sqrt((v**2).sum()),
        lambda v: np.abs(v).max(),
        lambda v: np.abs(v).astype(float).sum(),
        lambda v: (v.astype(float) ** 2).sum(),
        lambda v: 0.0,
        lambda v: math.sqrt(len(v)) * float(np.abs(v).mean()),
    ],
    "ntk-orthogonal": [
        (0, TWO_LAYERS, 0),  # linear networks
        (1 / math.pi, 1 / math.pi, 0),  # one layer twice
        (TWO_LAYERS, 1 / math.pi, 0),  # order
        (1 / math.pi, TWO_LAYERS, -1),
        (1 / math.pi, LAST_LAYER, 0),
        (1 / math.pi / 2, TWO_LAYERS / 3, 0),  # over the layers of weights
        (1 / math.pi, 0.6366, 0),  # 2 / pi
    ],
    "ntk-bias": [
        (0, 0),
        (0, 0.04875),
        (0.0225, 0),
        (0.04875, 0.0225),  # order
        (2 * 0.0225, 2 * 0.04875),  # cosine series
        (0.01711, 0.03006),  # of cos 4t
        (0.15761, 0.22086),  # of cos 2t
        (0.0225, 0.0225),
    ],
    "ntk-early-stopping": [
        0.5 - 1 / math.e,
        2.51,  # where it is
        0.134,  # of the predictions
        0.2,
        0.25,
        1,
        0,
    ],
    "ntk-infinite-depth": [
        (0.25, 0.25),
        (0.2725, 0.25),  # 100 layers
        (0.3093, 0.25),  # over 30
        (9.279, 0.25),  # not divided
        (0.2993, 0.2533),  # 1000 layers
        (0.2993, 1),
        (0.2993, 0),
        (0.3, 0.25),
        (0.25, 0.2993),
    ],
    "ntk-spread": [
        lambda u: spread(u) ** 2,
        lambda u: math.sqrt(1 - kappa(u)[1] ** 2),  # the last layer alone
        lambda u: math.sqrt(1 + tangent(u) ** 2 / 4),  # independent
        lambda u: math.sqrt(1 - tangent(u) ** 2 / 4),  # of the kernel as a process
        lambda u: math.sqrt(2 - tangent(u) ** 2 / 2),
        lambda u: 1 - tangent(u) / 2,
        lambda u: math.sqrt(1 - u * u),
        lambda u: 1.0,
    ],
    "cntk-equal-modes": [
        lambda n, p: (1 - n / p) ** 2,
        lambda n, p: n / p,
        lambda n, p: 1.0,
        lambda n, p: 0.0,
        lambda n, p: 1 / (1 + n / p),
        lambda n, p: 1 - p / n,
        lambda n, p: (1 - 1 / p) ** n,
    ],
    "vanishing-gradients-euler": [
        2,
        math.sqrt(2.9038),
        math.e,
        3,
        2 + 2 / ROOT_PI,  # c = 1
        2 + 2 / math.pi,  # c after one block
        (1 + 1 / ROOT_PI) ** 2,
    ],
}


def kappa(u):
    angle = math.acos(u)
    k0 = 1 - angle / math.pi
    return k0, k0 * math.cos(angle) + math.sin(angle) / math.pi


def tangent(u):
    return kappa(u)[0] * u + kappa(u)[1]


def spread(u):
    r = tangent(u) / 2
    return math.sqrt((r - kappa(u)[1]) ** 2 + 1 - kappa(u)[1] ** 2)


def both_ends(u):
    """Outputs at the new input and r times that at the old one, as vectors."""
    cosine, r = kappa(u)[1], tangent(u) / 2
    return (1, 0), (r * cosine, r * math.sqrt(max(1 - cosine**2, 0)))


def p1(a):
    return both_slopes(a)[0]


def when_tried(table):
    """The table as the others are: of functions that return the answers."""
    return {
        name: [lambda answer=answer: answer for answer in answers]
        for name, answers in table.items()
    }


RIGHT, WRONG = when_tried(RIGHT), when_tried(WRONG)
