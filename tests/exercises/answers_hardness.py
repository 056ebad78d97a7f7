"""Exercises on hardness: right answers in other forms, and wrong ones that suggest
themselves. The right ones are worked out by other means than the library's.
"""

import itertools

import numpy as np

LINES = [(0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6)]


def perceptron(X, y, order="in turn", lr=1.0, start=0.0, what="mistakes", tie=True):
    """Rosenblatt's algorithm; the other arguments change it, or what is counted."""
    rng, w = np.random.default_rng(1), np.full(X.shape[1], start)
    mistakes = rounds = 0
    for _ in range(10_000):
        rounds += 1
        before = mistakes
        for i in rng.permutation(len(X)) if order == "shuffled" else range(len(X)):
            margin = y[i] * (X[i] @ w)
            if margin < 0 or (tie and margin == 0):
                w, mistakes = w + lr * y[i] * X[i], mistakes + 1
                if order == "from the first":
                    break
        if mistakes == before:
            break
    counted = {"mistakes": mistakes, "rounds": rounds, "one more": mistakes + 1}
    return w, counted[what]


def whole_batches(X, y):
    w, added = np.zeros(X.shape[1]), 0
    while (wrong := y * (X @ w) <= 0).any():
        w, added = w + y[wrong] @ X[wrong], added + wrong.sum()
    return w, added


def dual(X, y):
    """By the Gram matrix: counts of additions instead of weights."""
    counts, gram = np.zeros(len(y), dtype=int), X @ X.T
    i = clean = 0
    while clean < len(y):
        if y[i] * (gram[i] @ (counts * y)) <= 0:
            counts[i], clean = counts[i] + 1, 0
        else:
            clean += 1
        i = (i + 1) % len(y)
    return (counts * y) @ X, counts.sum()


def wide(activation=np.tanh, units=None, solver=np.linalg.solve, scale=1.0):
    def fit(X, y):
        rng, m = np.random.default_rng(4), units or len(y)
        W, b = scale * rng.standard_normal((X.shape[1], m)), rng.standard_normal(m)
        return W, b, solver(activation(X @ W + b), y)

    return fit


def least_squares(A, y):
    return np.linalg.lstsq(A, y, rcond=None)[0]


def colourings(valid):
    for colours in itertools.product((0, 1), repeat=7):
        split = all(len({colours[i] for i in line}) == 2 for line in LINES)
        if split == valid:
            yield colours


RIGHT = {
    "hardness-which-two": [
        lambda: [[0, 1, 1, 0], [1, 0, 0, 1]],
        lambda: np.array([[1, 0, 0, 1], [0, 1, 1, 0]], dtype=np.float32),
        lambda: ((True, False, False, True), (False, True, True, False)),
        lambda: np.array([[0, 1, 1, 0], [1, 0, 0, 1]]) == 1,
    ],
    "hardness-best-unit": [
        lambda: [104, 144, 8, 0, 0],
        lambda: np.array([104.0, 144.0, 8.0, 0.0, 0.0]),
        lambda: (104, 256 - 104 - 8, 8, 0, 0),
    ],
    "hardness-perceptron": [
        lambda: perceptron,
        lambda: dual,
        lambda: lambda X, y: perceptron(X, y, "shuffled"),
        lambda: lambda X, y: list(perceptron(X, y, "from the first")),
        lambda: lambda X, y: perceptron(X[::-1], y[::-1]),
        lambda: (
            lambda X, y: (
                np.float32(perceptron(X, y)[0]),
                np.array(perceptron(X, y)[1]),
            )
        ),
    ],
    "hardness-fano": [
        lambda: next(colourings(True)),
        lambda: 1 - np.array(next(colourings(True))),
        lambda: [(-1.0, 5.0)[c] for c in next(colourings(True))],
    ],
    "hardness-wide": [
        lambda: wide(),
        lambda: wide(solver=least_squares),
        lambda: wide(solver=lambda A, y: np.linalg.pinv(A) @ y),
        lambda: wide(scale=3.0),
    ],
}

WRONG = {
    "hardness-which-two": [
        lambda: [[0, 1, 1, 0], [0, 1, 1, 0]],
        lambda: [[0, 0, 1, 1], [1, 1, 0, 0]],  # with the inputs 00, 01, 10, 11: one bit
        lambda: [[0, 0, 0, 1], [0, 1, 1, 1]],  # AND and OR
        lambda: [[0, 1, 1, 0], [1, 0, 0, 0]],
        lambda: [[-1, 1, 1, -1], [1, -1, -1, 1]],
        lambda: np.full((2, 4), 0.5),
    ],
    "hardness-best-unit": [
        lambda: [104, 248, 256, 256, 256],
        lambda: [0, 0, 8, 144, 104],
        lambda: [104, 152, 0, 0, 0],
        lambda: [104, 128, 24, 0, 0],
        lambda: [14, 2, 0, 0, 0],
        lambda: [103, 144, 9, 0, 0],
        lambda: [40, 56, 3, 0, 0],  # per cent
    ],
    "hardness-perceptron": [
        lambda: lambda X, y: perceptron(X, y, what="rounds"),
        lambda: lambda X, y: perceptron(X, y, what="one more"),
        lambda: lambda X, y: (np.eye(X.shape[1])[-1], 1),
        lambda: lambda X, y: (np.eye(X.shape[1])[0], 1),
        lambda: lambda X, y: perceptron(X, y, tie=False),
        lambda: lambda X, y: perceptron(X, y, start=0.5),
        lambda: lambda X, y: perceptron(X, y, lr=0.5),
        lambda: whole_batches,
        lambda: lambda X, y: (y @ X, len(y)),
        lambda: lambda X, y: (least_squares(X, y), perceptron(X, y)[1]),
    ],
    "hardness-fano": [
        lambda: np.zeros(7),
        lambda: next(colourings(False)),
        lambda: [0, 1, 2, 0, 1, 2, 0],
        lambda: [1, 1, 1, 0, 0, 0, 0],
        lambda: [0, 1, 0, 1, 0, 1, 0.5],
        lambda: list(range(7)),
    ],
    "hardness-wide": [
        lambda: wide(activation=lambda a: a, solver=least_squares),
        lambda: wide(activation=lambda a: np.maximum(a, 0), solver=least_squares),
        lambda: wide(units=10, solver=least_squares),
        lambda: wide(units=200, solver=least_squares),
        lambda: wide(solver=lambda A, y: y),
        lambda: wide(solver=lambda A, y: np.zeros(len(y))),
        lambda: wide(scale=0.0, solver=least_squares),
    ],
}
