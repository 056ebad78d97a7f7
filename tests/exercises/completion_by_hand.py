"""Answers to the exercises on matrix completion, by descents written out here.

In plain NumPy, without the library's stepping, stopping or starts; only the problems
are the library's, because the exercises name them.
"""

import functools

import numpy as np

from d2lutils.completion import problem

DRIFTS = (0.019756, 0.0098403, 0.0049111)  # as `drifts` gives them


def descend(task, factors, lr, num_steps):
    """Gradient descent on the mean square over the seen entries; factors[0] acts first.

    Yields the product after each step, and changes the list of factors.
    """
    for _ in range(num_steps):
        products = [np.eye(task.mask.shape[1])]
        for W in factors:
            products.append(W @ products[-1])
        back = (
            2 / task.mask.sum() * np.where(task.mask, products[-1] - task.observed, 0)
        )
        for k in range(len(factors) - 1, -1, -1):
            slope = back @ products[k].T
            back = factors[k].T @ back
            factors[k] = factors[k] - lr * slope
        yield functools.reduce(lambda product, W: W @ product, factors)


def drifts(norm=2):
    task = problem(12, 2, 80, np.random.default_rng(0))
    start = 0.05 * np.random.default_rng(1).standard_normal((12, 12))
    U, s, Vt = np.linalg.svd(start)
    root = np.diag(s ** (1 / 3))
    found = []
    for lr in (0.2, 0.1, 0.05):
        factors = [root @ Vt, root, U @ root]
        *_, _ = descend(task, factors, lr, round(60 / lr))
        A, B, C = factors
        ends = B.T @ B - A @ A.T, C.T @ C - B @ B.T
        found.append(max(np.linalg.norm(end, norm) for end in ends))
    return np.array(found)


@functools.cache
def noisy(depth, lr, num_steps=200):
    """The best matrix on the way of `depth` factors from a small start."""
    task = problem(50, 2, 1000, np.random.default_rng(3), noise=0.3)
    rng = np.random.default_rng(7)
    scale = 1e-3 ** (1 / depth) / 50**0.5
    factors = [scale * rng.standard_normal((50, 50)) for _ in range(depth)]
    return min(
        descend(task, factors, lr, num_steps),
        key=lambda W: np.linalg.norm((W - task.truth)[~task.mask]),
    )


@functools.cache
def greedy_path(num_steps=3000):
    """Fits of rank 1 to 5: descend, add the leading direction of what is left."""
    task = problem(100, 5, 2000, np.random.default_rng([0, 0]))
    right, left = np.zeros((0, 100)), np.zeros((100, 0))
    W, path = np.zeros((100, 100)), []
    for _ in range(5):
        U, _, Vt = np.linalg.svd(np.where(task.mask, task.observed - W, 0))
        factors = [
            np.vstack([right, 0.1 * Vt[:1]]),
            np.hstack([left, 0.1 * U[:, :1]]),
        ]
        *_, W = descend(task, factors, 10, num_steps)
        right, left = factors
        path.append(W)
    return np.array(path)
