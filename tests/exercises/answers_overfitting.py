"""Exercises on overfitting and implicit bias: right answers in other forms, and wrong
ones that suggest themselves. The right ones are worked out by other means than the
library's.
"""

import fractions
import math

import numpy as np
from scipy import optimize


def logit(p):
    return math.log(p / (1 - p))


def by_search(epsilon):
    """The least value by a search, the factor by two steps near it."""

    def f(w):
        return (1 - epsilon) * math.log1p(math.exp(-w)) + epsilon * math.log1p(
            math.exp(w)
        )

    place = optimize.minimize_scalar(f, bounds=(-20, 20), method="bounded").x
    slope = 1 / (1 + math.exp(-(logit(1 - epsilon) + 1e-6))) - (1 - epsilon)
    return place, 1 - slope / 1e-6


def risk(n, rest=0.44):
    """Of 60 features seen: the signal that is missed, and the rest amplified."""
    return 0.6 * (1 - n / 60) + rest * (1 + n / (59 - n))


def where_it_turns(rest=0.44):
    """By calculus: d risk / dn = -0.01 + rest * 59 / (59 - n)^2 = 0, then round."""
    turn = 59 - math.sqrt(59 * rest / 0.01)
    return next(n for n in range(1, 58) if n + 0.5 > turn and risk(n + 1) > risk(n))


def exactly():
    values = [
        fractions.Fraction(6, 10) * (1 - fractions.Fraction(n, 60))
        + fractions.Fraction(44, 100) * (1 + fractions.Fraction(n, 59 - n))
        for n in range(1, 58)
    ]
    return values.index(min(values)) + 1, min(values)


def closed_form(plus, minus):
    determinant = (3 * plus + 1) * (3 * minus + 5) - plus * minus
    c, d = (4 * minus + 5) / determinant, (4 * plus + 1) / determinant
    return [plus * c + minus * d, plus * c - minus * d]


def by_descent(plus, minus):
    """The limit of gradient descent from zero, with all features written out."""
    n, label = plus + minus, np.repeat([1.0, -1.0], [plus, minus])
    own = np.repeat(np.eye(n), np.where(label > 0, 1, 5), axis=1)
    X = np.column_stack([label, np.ones((n, 2)), own])
    rate, w = 1 / np.linalg.norm(X, 2) ** 2, np.zeros(X.shape[1])
    for _ in range(4000):
        w -= rate * X.T @ (X @ w - label)
    return w[:2]


def count_up(loss, n, k):
    """The most by adding wrong images while they can be paid, the fewest likewise."""
    most = 0
    while most < n and (most + 1) * math.log(2) < n * loss:
        most += 1
    return most, 0 if loss <= math.log(k) else 1


def excess(P, n, k):
    """Of k directions that are learnt completely and P that share the rest."""
    shares = np.repeat([1.0, (n - k) / P], [k, 1])
    squares = (shares[:k] ** 2).sum() + P * shares[k] ** 2
    return n / (n - squares) - 1


def by_root(n, k, e):
    count = optimize.brentq(lambda P: excess(P, n, k) - e, n - k + 1e-9, 1e9, xtol=1e-9)
    return count, excess(1e14, n, k)


def weak(n, k, e):
    return (n - k) ** 2 * (1 + e) / (e * n - (1 + e) * k), 1 / (n / k - 1)


RIGHT = {
    "overfitting-sure": [
        lambda: count_up,
        lambda: lambda *a: np.array(count_up(*a), dtype=np.float32),
        lambda: (
            lambda loss, n, k: [
                min(math.floor(n * loss / math.log(2)), n),
                loss > math.log(k),
            ]
        ),
    ],
    "implicit-bias-weak": [
        lambda: by_root,
        lambda: weak,
        lambda: lambda n, k, e: np.array(weak(n, k, e), dtype=np.float32),
    ],
    "overfitting-smoothing": [
        lambda: by_search,
        lambda: lambda e: [2 * math.atanh(1 - 2 * e), 0.75 + (e - 0.5) ** 2],
        lambda: lambda e: np.array([logit(1 - e), e**2 + (1 - e)], dtype=np.float32),
    ],
    "overfitting-more-data": [
        lambda: (where_it_turns(), risk(where_it_turns())),
        lambda: [8, 1.029],
        exactly,
        lambda: np.array([8.0, risk(8)], dtype=np.float32),
    ],
    "overfitting-trap": [
        lambda: closed_form,
        lambda: by_descent,
        lambda: lambda plus, minus: np.float32(closed_form(plus, minus)),
    ],
}

WRONG = {
    "overfitting-sure": [
        lambda: lambda loss, n, k: (round(loss * n), 0),
        lambda: lambda loss, n, k: (n, 0),
        lambda: lambda loss, n, k: (count_up(loss, n, k)[0], 0),
        lambda: lambda loss, n, k: count_up(loss, n, k)[::-1],
        lambda: (
            lambda loss, n, k: (
                min(n, math.floor(n * loss / math.log(k))),
                loss > math.log(k),
            )
        ),
        lambda: (
            lambda loss, n, k: (
                count_up(loss, n, k)[0],
                max(0, math.ceil(n * (loss - math.log(k)))),
            )
        ),
        lambda: (
            lambda loss, n, k: (
                math.floor(n * loss / math.log(2)),
                loss > math.log(k),
            )
        ),
        lambda: (
            lambda loss, n, k: (
                min(n, count_up(loss, n, k)[0] + 1),
                loss > math.log(k),
            )
        ),
    ],
    "implicit-bias-weak": [
        lambda: lambda n, k, e: weak(n, k, e)[::-1],
        lambda: lambda n, k, e: (n, 0),
        lambda: lambda n, k, e: (weak(n, k, e)[0], 0),
        lambda: lambda n, k, e: ((n - k) ** 2 / (e * n - k), weak(n, k, e)[1]),
        lambda: lambda n, k, e: (n * (1 + e) / e, weak(n, k, e)[1]),
        lambda: lambda n, k, e: (weak(n, k, e)[0], k / n),
        lambda: lambda n, k, e: (weak(n, k, e)[0] + n, weak(n, k, e)[1]),
        lambda: (
            lambda n, k, e: (
                (n - k) / (e / (1 + e) * n - k),
                weak(n, k, e)[1],
            )
        ),
        lambda: lambda n, k, e: weak(40, 5, 0.5),
    ],
    "overfitting-smoothing": [
        lambda: lambda e: (logit(e), 1 - e + e**2),
        lambda: lambda e: (1 - e, 1 - e + e**2),
        lambda: lambda e: (logit(1 - e), e - e**2),
        lambda: lambda e: (logit(1 - e), 1 - e),
        lambda: lambda e: (logit(1 - e), (1 - e + e**2) ** 2),
        lambda: lambda e: (math.log(1 / e), 1 - e + e**2),
        lambda: lambda e: (logit(1 - e / 2), 1 - e + e**2),
        lambda: lambda e: (logit(1 - 0.1), 0.91),
        lambda: lambda e: (1e9, 1.0),
    ],
    "overfitting-more-data": [
        lambda: (60, risk(8)),
        lambda: (9, risk(9)),
        lambda: (7, risk(7)),
        lambda: (8, risk(8, 0.4)),
        lambda: (8, risk(8) - 0.44),
        lambda: (8, 1.0),
        lambda: (where_it_turns(0.04), risk(where_it_turns(0.04), 0.04)),
        lambda: (40, risk(40)),
        lambda: (8, 59),
    ],
    "overfitting-trap": [
        lambda: lambda plus, minus: (1, 0),
        lambda: lambda plus, minus: (0.25, 0.25),
        lambda: lambda plus, minus: closed_form(minus, plus),
        lambda: lambda plus, minus: closed_form(plus, minus)[::-1],
        lambda: lambda plus, minus: (closed_form(plus, minus)[0], 0.0),
        lambda: (
            lambda plus, minus: (
                closed_form(plus, minus)[0],
                2 * closed_form(plus, minus)[1],
            )
        ),
        lambda: lambda plus, minus: closed_form(plus + 1, minus),
        lambda: lambda plus, minus: closed_form(90, 1),
    ],
}
