"""Exercises on matrix completion: right answers in other forms, and wrong ones that
suggest themselves.
"""

import math

import completion_by_hand as by_hand
import numpy as np

from d2lutils import completion


def noisy_problem():
    return completion.problem(50, 2, 1000, np.random.default_rng(3), noise=0.3)


def first_problem():
    return completion.problem(100, 5, 2000, np.random.default_rng([0, 0]))


def truncated():
    """The best approximations of the truth, which no descent sees."""
    U, s, Vt = np.linalg.svd(first_problem().truth)
    return np.array([(U[:, :r] * s[:r]) @ Vt[:r] for r in range(1, 6)])


def overfitted():
    task = noisy_problem()
    return completion.deep_factorization(
        task.observed, task.mask, lr=4, max_steps=3000
    ).matrix


def convex(penalty):
    task = noisy_problem()
    return completion.nuclear_norm(task.observed, task.mask, penalty=penalty).matrix


def last_replaced(matrix):
    path = by_hand.greedy_path().copy()
    path[-1] = matrix
    return path


RIGHT = {
    "completion-unknown": [
        lambda: lambda r, b: b * r * r - r * r,
        lambda: lambda r, b: np.float32((b - 1) * r**2),
        # What rank r and size b n leaves, less what b blocks of size n fix.
        lambda: lambda r, b: r * (2 * b * 9 - r) - b * r * (2 * 9 - r),
    ],
    "completion-certificate": [
        lambda: [[0, 1], [1, 0]],
        lambda: np.array([[0, 1], [1, 0]], dtype=np.float32),
        lambda: ((0.0, 1.0), (1.0, 0.0)),
        lambda: np.fliplr(np.eye(2)),
    ],
    "completion-greedy": [
        lambda: [1e6, 316],
        lambda: np.array([100**3, 100**1.25]),
        lambda: (math.exp(3 * math.log(100)), 10**2.5),
    ],
    "completion-balance": [
        lambda: by_hand.drifts(),
        lambda: [0.0198, 0.0098, 0.0049],
        lambda: by_hand.drifts().astype(np.float32).reshape(3, 1)[:, 0],
    ],
    "completion-noise": [
        lambda: by_hand.noisy(3, 4),
        lambda: by_hand.noisy(3, 2, 400),
        lambda: by_hand.noisy(3, 4).astype(np.float32).tolist(),
    ],
    "completion-glrl": [
        lambda: by_hand.greedy_path(),
        lambda: list(by_hand.greedy_path()),
        lambda: by_hand.greedy_path(4000),
    ],
}

WRONG = {
    "completion-unknown": [
        lambda: lambda r, b: 1,
        lambda: lambda r, b: 0,
        lambda: lambda r, b: b * r * r,
        lambda: lambda r, b: (b - 1) * r,
        lambda: lambda r, b: b - 1,
        lambda: lambda r, b: 36 - 9 * b,
        lambda: lambda r, b: r * (2 * 6 - r),
    ],
    "completion-certificate": [
        lambda: np.zeros((2, 2)),
        lambda: [[0.5, 1], [1, 0.5]],
        lambda: [[0, 1], [1, 0.5]],
        lambda: [[0, 0.9], [0.9, 0]],
        lambda: [[0, -1], [-1, 0]],
        lambda: np.eye(2),
        lambda: [[0, 2 / 3], [2 / 3, 1 / 3]],
    ],
    "completion-greedy": [
        lambda: [1, 1],
        lambda: [1e-6, 10**-2.5],
        lambda: [316, 1e6],
        lambda: [0.01 ** (2 / L - 1) for L in (3, 10)],
        lambda: [0.99 ** (-L / (L - 2)) for L in (3, 10)],
        lambda: [100, 100],
        lambda: [1e6, 100**1.2],
    ],
    "completion-balance": [
        lambda: [0, 0, 0],
        lambda: [1, 1, 1],
        lambda: by_hand.drifts()[::-1],
        lambda: by_hand.drifts("fro"),
        lambda: by_hand.drifts() ** 2,
        lambda: 2 * by_hand.drifts(),
        lambda: [0.02, 0.01, 0.005 / 2],
        lambda: [0.2, 0.1, 0.05],
    ],
    "completion-noise": [
        lambda: np.zeros((50, 50)),
        lambda: noisy_problem().truth,
        lambda: 1.1 * noisy_problem().truth,
        lambda: noisy_problem().observed,
        lambda: by_hand.noisy(2, 8),
        lambda: convex(2),
        overfitted,
        lambda: by_hand.noisy(3, 4).T,
    ],
    "completion-glrl": [
        lambda: np.zeros((5, 100, 100)),
        truncated,
        lambda: np.array([first_problem().truth] * 5),
        lambda: last_replaced(first_problem().truth),
        lambda: by_hand.greedy_path()[::-1],
        lambda: by_hand.greedy_path(100),
        lambda: by_hand.greedy_path().transpose(0, 2, 1),
        lambda: np.array([by_hand.greedy_path()[-1]] * 5),
    ],
}
