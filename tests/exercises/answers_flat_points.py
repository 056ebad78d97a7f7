"""Exercises on flat points and cliques: right answers in other forms, and wrong ones
that suggest themselves. The right ones are worked out by other means than those of the
library.
"""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import circulant
from scipy.optimize import minimize

CYCLE = circulant([0, 1, 0, 0, 1])
HORN = circulant([1, -1, 1, 1, -1])


def thresholds_by_search(d):
    """The least values on the simplex, found by constrained minimisation from the
    middle and from an edge.
    """
    A = 1 - np.eye(d)
    found = []
    for Q in (-A, np.eye(d) - A):
        starts = np.full(d, 1 / d), np.arange(1, d + 1) / (d * (d + 1) / 2)
        least = min(
            minimize(
                lambda z, Q=Q: z @ Q @ z,
                start,
                bounds=[(0, 1)] * d,
                constraints={"type": "eq", "fun": lambda z: z.sum() - 1},
            ).fun
            for start in starts
        )
        found.append(-least)
    return found


def descended(p, lr, k, start=1.0):
    x = start
    for _ in range(k):
        x -= lr * p * x ** (p - 1)
    return x


def flowed(p, lr, k):
    return solve_ivp(
        lambda t, x: -p * x ** (p - 1), (0, lr * k), [1.0], rtol=1e-8, atol=1e-10
    ).y[0, -1]


def loss(X, y, rho, w):
    return np.square(X @ w - y).mean() / 2 + rho / 2 * (w @ w)


def dual(X, y, rho, a):
    w_a = X.T @ a / (rho * len(y))
    return (a * y - a**2 / 2).mean() - rho / 2 * (w_a @ w_a)


def gap(X, y, rho, w):
    return loss(X, y, rho, w) - dual(X, y, rho, y - X @ w)


def slope(X, y, rho, w):
    return X.T @ (X @ w - y) / len(y) + rho * w


def solved(X, y, rho):
    return np.linalg.solve(
        X.T @ X / len(y) + rho * np.eye(X.shape[1]), X.T @ y / len(y)
    )


RIGHT = {
    "flat-points-complete": [
        lambda: thresholds_by_search,
        lambda: lambda d: [(d - 1) / d, (d - 2) / d],
        lambda: lambda d: 1 - np.array([1.0, 2.0]) / d,
    ],
    "flat-points-power": [
        lambda: descended,
        lambda: flowed,
        lambda: lambda p, lr, k: np.float32((p * (p - 2) * lr * k) ** (1 / (2 - p))),
    ],
    "flat-points-ridge-gap": [
        lambda: gap,
        lambda: (
            lambda X, y, rho, w: (
                rho / 2 * np.square(w - X.T @ (y - X @ w) / (rho * len(y))).sum()
            )
        ),
        lambda: (
            lambda X, y, rho, w: [np.linalg.norm(slope(X, y, rho, w)) ** 2 / rho / 2]
        ),
    ],
    "hardness-horn": [
        lambda: np.eye(5) + 0.6 * CYCLE,
        lambda: 100 * (np.eye(5) + (np.sqrt(5) - 1) / 2 * CYCLE),
        lambda: circulant([2, 1.1, 0.05, 0.05, 1.1]),
        lambda: [
            [1.0 if i == j else 0.55 * CYCLE[i, j] for j in range(5)] for i in range(5)
        ],
    ],
}

WRONG = {
    "flat-points-complete": [
        lambda: lambda d: (1 - 2 / d, 1 - 1 / d),
        lambda: lambda d: (d, d / 2),
        lambda: lambda d: (1 / d, 2 / d),
        lambda: lambda d: (1 - 1 / d, 1 - 1 / d),
        lambda: lambda d: (1 - 1 / d, 1.0),
        lambda: lambda d: (1 - 1 / d, 1 - 1 / (d - 1)),
    ],
    "flat-points-power": [
        lambda: lambda p, lr, k: (8 * lr * k) ** -0.5,
        lambda: lambda p, lr, k: np.exp(-p * lr * k),
        lambda: lambda p, lr, k: ((p - 2) * lr * k) ** (-1 / (p - 2)),
        lambda: lambda p, lr, k: (p * (p - 2) * lr * k) ** (-1 / p),
        lambda: lambda p, lr, k: (p * (p - 1) * lr * k) ** (-1 / (p - 2)),
        lambda: lambda p, lr, k: descended(p, lr, k // 2),
        lambda: lambda p, lr, k: 0.0,
        lambda: lambda p, lr, k: 1.0,
    ],
    "flat-points-ridge-gap": [
        lambda: (
            lambda X, y, rho, w: loss(X, y, rho, w) - loss(X, y, rho, solved(X, y, rho))
        ),
        lambda: lambda X, y, rho, w: 2 * gap(X, y, rho, w),
        lambda: lambda X, y, rho, w: np.linalg.norm(slope(X, y, rho, w)),
        lambda: lambda X, y, rho, w: loss(X, y, rho, w),
        lambda: lambda X, y, rho, w: dual(X, y, rho, y - X @ w),
        lambda: (
            lambda X, y, rho, w: (
                loss(X, y, rho, w) - dual(X, y, rho, y - X @ solved(X, y, rho))
            )
        ),
        lambda: lambda X, y, rho, w: gap(X, y, rho, 0 * w),
        lambda: lambda X, y, rho, w: 0.0,
    ],
    "hardness-horn": [
        lambda: HORN,
        lambda: np.eye(5),
        lambda: np.ones((5, 5)),
        lambda: np.zeros((5, 5)),
        lambda: CYCLE,
        lambda: np.eye(5) + CYCLE,
        lambda: np.eye(5) + 0.5 * CYCLE,
        lambda: np.eye(5) + 0.6 * CYCLE - 0.01,
        lambda: np.eye(5) + np.triu(1.2 * CYCLE),
    ],
}
