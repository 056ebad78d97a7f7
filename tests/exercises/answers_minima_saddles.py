"""Local minima and saddle points: right answers in other forms, wrong ones that suggest
themselves. The truth is worked out by solvers, finite differences or closed forms.
"""

import functools
import math

import numpy as np
from scipy.optimize import brentq, linear_sum_assignment, minimize

from d2lutils import datasets, engines, networks


def slope(x):
    return math.cos(math.pi * x) - math.pi * x * math.sin(math.pi * x)


SADDLE = brentq(slope, 0, 0.5)
RASTRIGIN_EDGE = brentq(
    lambda x: 2 * x + 20 * math.pi * math.sin(2 * math.pi * x), 0.4, 0.51
)
SHARES = (
    (2 - SADDLE) / 3,
    (RASTRIGIN_EDGE / 5.12) ** 2,
    (RASTRIGIN_EDGE / 5.12) ** 10,
)


def starts_needed(shares=SHARES, failure=0.01, rounded=math.ceil):
    return [rounded(math.log(failure) / math.log1p(-p)) for p in shares]


def cycle_of_two(lr=0.18):
    """From the fixed points of two steps."""

    def step(x):
        return x - lr * slope(x)

    high = brentq(lambda x: step(step(x)) - x, 1.15, 1.3)
    return step(high), high


def sgd_shares(noise=lambda x: -5 * math.pi * np.sin(5 * math.pi * x), power=0.5):
    """By basins: after the noisy steps, which side of the hill."""
    rng, shares = np.random.default_rng(5), []
    for batch_size in (8, 16, 32, 64, 128):
        x = np.full(2000, -SADDLE)
        for _ in range(500):
            pull = np.cos(math.pi * x) - math.pi * x * np.sin(math.pi * x)
            z = rng.standard_normal(2000) / batch_size**power
            x = x - 0.05 * (pull + z * noise(x))
        shares.append(((x > -1.09) & (x < SADDLE)).mean())
    return np.array(shares)


def xor_loss(w, m, X=((1, 1), (1, -1), (-1, 1), (-1, -1)), mean=4, half=2):
    W, v, b, c = w[: 2 * m].reshape(m, 2), w[2 * m : 3 * m], w[3 * m : 4 * m], w[-1]
    return (
        sum((v @ np.maximum(W @ x + b, 0) + c + x[0] * x[1]) ** 2 for x in np.array(X))
        / mean
        / half
    )


def xor_by_differences(W, v, num_steps, lr=0.1, **loss):
    """Gradients by central differences, one network after another."""
    ends = []
    for first, last in zip(W, v, strict=True):
        m = len(last)
        w = np.concatenate([first.ravel(), last, np.zeros(m + 1)])
        for _ in range(num_steps):
            w = w - lr * np.array(
                [
                    (xor_loss(w + e, m, **loss) - xor_loss(w - e, m, **loss)) / 2e-6
                    for e in 1e-6 * np.eye(len(w))
                ]
            )
        ends.append(xor_loss(w, m, **loss))
    return np.array(ends)


@functools.cache
def trained_pair():
    """Two networks of the digits by an engine, the second's units matched."""
    train, _ = datasets.load("digits", num_train=300)
    ends = []
    for seed in range(2):
        model = engines.build(
            networks.mlp(64, 10, "tanh"),
            (1, 8, 8),
            seed=seed,
            scheme="lecun",
            dtype="float64",
        )
        loss = model.objective(train.images, train.labels)

        def penalised(w, loss=loss):
            value, gradient = loss(w)
            return value + 0.0015 * w @ w, gradient + 0.003 * w

        found = minimize(
            penalised,
            model.parameters,
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 150},
        )
        ends.append(found.x)
    cost = np.square(units(ends[0])[:, None] - units(ends[1])).sum(axis=2)
    return ends[0], ends[1], renumbered(ends[1], linear_sum_assignment(cost)[1])


def parts(w):
    return (
        w[:4096].reshape(64, 64),
        w[4096:4160],
        w[4160:4800].reshape(10, 64),
        w[4800:],
    )


def units(w):
    W, b, V, _ = parts(w)
    return np.column_stack([W, b, V.T])


def renumbered(w, order):
    W, b, V, c = parts(w)
    return np.concatenate([W[order].ravel(), b[order], V[:, order].ravel(), c])


def swapped(w):
    order = np.arange(64)
    order[:2] = 1, 0
    return renumbered(w, order)


def stripes(count=3):
    edges = [0.0]
    for _ in range(count):
        edges.append(max(np.roots([-0.2, 0, 1.2, edges[-1]]).real))
    return edges[1:]


def momentum_factor(beta, lr=0.05, curvature=4):
    half = (1 + beta + lr * curvature) / 2
    return half + math.sqrt(half**2 - beta)


def by_power_iteration(beta):
    step = np.array([[1.2 + beta, -beta], [1, 0]])
    return np.linalg.norm(np.linalg.matrix_power(step, 301)) / np.linalg.norm(
        np.linalg.matrix_power(step, 300)
    )


def definite_interval():
    """By finite differences of the loss, eigenvalues, and bisection."""

    def loss(w):
        return (1 - w[0] * w[1]) ** 2 / 2

    def curvature(w, direction, eps=1e-3):
        ahead, here = eps * np.array([1, direction]), np.array([w, w])
        return (loss(here + ahead) - 2 * loss(here) + loss(here - ahead)) / eps**2

    return [
        brentq(lambda w: curvature(w, 1), 0.3, 0.9),
        brentq(lambda w: curvature(w, -1), 0.9, 1.1),
    ]


def newton_basin():
    """The first start on a fine grid that does not come to 0."""
    starts = np.arange(0.3, 0.5, 1e-4)
    x = starts.copy()
    for _ in range(100):
        x = x - (x**3 - x) / (3 * x**2 - 1)
    return starts[np.abs(x) > 1e-6][0]


@functools.cache
def measured_rate(p):
    """Slope of the logarithm of the loss, by gradient descent."""
    w, seen = 0.5, []
    for k in range(200_000):
        w -= 0.2 * w ** (p - 1)
        if k in (99_999, 199_999):
            seen.append(math.log(w**p) / math.log(2))
    return seen[0] - seen[1]


RIGHT = {
    "minima-restarts": [
        starts_needed,
        lambda: np.array(starts_needed(), dtype=float),
        lambda: tuple(map(float, starts_needed())),
        lambda: [6, 476, int(starts_needed()[2] * 1.0001)],
    ],
    "minima-separatrix": [
        lambda: (SADDLE + 0.9) / 2.4,
        lambda: np.float32(0.4891),
        lambda: [0.489],
        lambda: (np.arange(-0.9, 1.5, 1e-4) < SADDLE).mean(),
    ],
    "minima-cycles": [
        lambda: [*cycle_of_two(), 8],
        lambda: np.array([*cycle_of_two(), 8.0], dtype=np.float32),
        lambda: (0.91, 1.2264, 8),
    ],
    "minima-batches": [
        sgd_shares,
        lambda: sgd_shares().tolist(),
        lambda: [0.13, 0.07, 0.59, 0.98, 1],
    ],
    "minima-xor": [
        lambda: xor_by_differences,
        lambda: lambda *given: xor_by_differences(*given).tolist(),
        lambda: lambda *given: xor_by_differences(*given).astype(np.float32),
        lambda: lambda W, v, k: xor_by_differences(W[:, ::-1], v[:, ::-1], k),
    ],
    "minima-rebasin": [
        lambda: [trained_pair()[0], trained_pair()[2]],
        lambda: (trained_pair()[0].tolist(), trained_pair()[2].tolist()),
        lambda: [swapped(trained_pair()[0]), swapped(trained_pair()[2])],
        lambda: [part.astype(np.float32) for part in trained_pair()[::2]],
    ],
    "saddles-steps": [
        lambda: [0.1, 0.2, 2 / 11],
        lambda: (0.1, 0.2, 0.1818),
        lambda: np.array([0.1, 0.2, 0.18182], dtype=np.float32),
    ],
    "saddles-stripes": [
        stripes,
        lambda: [math.sqrt(6), *stripes()[1:]],
        lambda: np.round(stripes(), 3),
    ],
    "saddles-momentum": [
        lambda: momentum_factor,
        lambda: by_power_iteration,
        lambda: lambda beta: max(abs(np.roots([1, -(1.2 + beta), beta]))),
        lambda: lambda beta: np.linalg.eigvals([[1.2 + beta, -beta], [1, 0]]).max(),
    ],
    "saddles-untied": [
        lambda: [0, 0, -math.sqrt(0.0021)],
        lambda: np.array([1e-4, 1e-4, -0.0459]),
        lambda: (0.0, -0.0, -0.0458),
    ],
    "saddles-ratio": [
        lambda: 1 - math.log(0.8) / math.log(1.1),
        lambda: np.float32(3.341),
        lambda: [3.34],
    ],
    "random-landscapes-fit": [
        definite_interval,
        lambda: np.array([0.57735, 1.0], dtype=np.float32),
        lambda: (1 / math.sqrt(3), 1),
    ],
    "random-landscapes-newton": [
        newton_basin,
        lambda: 1 / math.sqrt(5),
        lambda: np.float32(0.447),
    ],
    "random-landscapes-rate": [
        lambda: lambda p: p / (p - 2),
        lambda: lambda p: np.float32(1 + 2 / (p - 2)),
        lambda: lambda p: [p / (p - 2)],
        lambda: measured_rate,
    ],
    "saddles-shift": [
        lambda: math.sqrt(2),
        lambda: np.float32(1.414),
        lambda: [2 * math.sqrt(0.5)],
        lambda: 1.42,
    ],
}

WRONG = {
    "minima-restarts": [
        lambda: starts_needed(rounded=math.floor),
        lambda: [n + 1 for n in starts_needed()],
        lambda: starts_needed(failure=0.99),
        lambda: [math.ceil(1 / p) for p in SHARES],
        lambda: starts_needed((1 - SHARES[0], *SHARES[1:])),
        lambda: starts_needed((SHARES[0], *(p**0.5 for p in SHARES[1:]))),
        lambda: [6, 476, 555 * 10**7],
    ],
    "minima-separatrix": [
        lambda: (1.5 - SADDLE) / 2.4,
        lambda: (1 + SADDLE) / 3,
        lambda: (0.9 - SADDLE) / 2.4,
        lambda: 48.9,
        lambda: 0.5,
        lambda: SADDLE,
    ],
    "minima-cycles": [
        lambda: [2, 8, 8],
        lambda: [*cycle_of_two(), 2],
        lambda: [*cycle_of_two(), 4],
        lambda: [*cycle_of_two(), 64],
        lambda: [*cycle_of_two()[::-1], 8],
        lambda: [1.0904, 1.0904, 8],
        lambda: [*cycle_of_two(0.2), 8],
    ],
    "minima-batches": [
        lambda: 1 - sgd_shares(),
        lambda: sgd_shares()[::-1],
        lambda: sgd_shares(lambda x: 5 * math.pi),
        lambda: sgd_shares(power=1),
        lambda: np.full(5, 0.4246),
        lambda: [0, 0.25, 0.5, 0.75, 1],
    ],
    "minima-xor": [
        lambda: lambda W, v, k: xor_by_differences(W, v, k, lr=0.2),
        lambda: lambda W, v, k: xor_by_differences(W, v, k - 1),
        lambda: lambda W, v, k: xor_by_differences(W, v, k + 1),
        lambda: lambda W, v, k: xor_by_differences(W, v, 0),
        lambda: lambda W, v, k: xor_by_differences(W, v, k, half=1),
        lambda: lambda W, v, k: 2 * xor_by_differences(W, v, k),
        lambda: lambda W, v, k: xor_by_differences(W, v, k, mean=1),
        lambda: lambda W, v, k: np.zeros(len(W)),
        lambda: lambda W, v, k: np.full(len(W), 0.25),
    ],
    "minima-rebasin": [
        lambda: [trained_pair()[0], trained_pair()[1]],
        lambda: [trained_pair()[0], trained_pair()[0]],
        lambda: [trained_pair()[0], swapped(trained_pair()[0])],
        lambda: [trained_pair()[0], swapped(trained_pair()[2])],
        lambda: [np.zeros(4810), np.zeros(4810)],
        lambda: [trained_pair()[0], np.random.default_rng(0).standard_normal(4810)],
        lambda: [trained_pair()[2], trained_pair()[2][::-1]],
    ],
    "saddles-steps": [
        lambda: [0.1, 0.1, 2 / 11],
        lambda: [0.2, 0.1, 2 / 11],
        lambda: [0.1, 0.2, 0.1],
        lambda: [0.1, 0.2, 0.15],
        lambda: [1, 2, 20 / 11],
        lambda: [0.1, 0.2, 0.2],
    ],
    "saddles-stripes": [
        lambda: [0, *stripes()[:2]],
        lambda: [0, math.sqrt(6), math.sqrt(11)],
        lambda: stripes(4)[1:],
        lambda: [1, math.sqrt(6), math.sqrt(11)],
        lambda: [-edge for edge in stripes()],
        lambda: [math.sqrt(5), *stripes()[1:]],
    ],
    "saddles-momentum": [
        lambda: lambda beta: 1.2,
        lambda: lambda beta: 1 + 0.2 / (1 - beta),
        lambda: lambda beta: beta / momentum_factor(beta),
        lambda: lambda beta: 1.2 + beta,
        lambda: lambda beta: momentum_factor(beta, curvature=2),
        lambda: lambda beta: math.log(momentum_factor(beta)),
    ],
    "saddles-untied": [
        lambda: [0, 0, math.sqrt(0.0021)],
        lambda: [0, 0, 0],
        lambda: [-0.1, -0.1, -0.11],
        lambda: [1, -1, -1],
        lambda: [0, 0, -0.0021],
        lambda: [-math.sqrt(0.0021), 0, 0],
    ],
    "saddles-ratio": [
        lambda: 3,
        lambda: 2,
        lambda: 2.105,
        lambda: 1 - math.log(0.8) / math.log(1.2),
        lambda: -math.log(0.8) / math.log(1.1),
        lambda: 1 + math.log(1.2) / math.log(1.1),
    ],
    "random-landscapes-fit": [
        lambda: [0, 1],
        lambda: [math.sqrt(0.5), 1],
        lambda: [1 / 3, 1],
        lambda: [1, 1 / math.sqrt(3)],
        lambda: [1 / math.sqrt(3), math.sqrt(3)],
        lambda: [-1 / math.sqrt(3), 1],
        lambda: [0.25, 0.75],
    ],
    "random-landscapes-newton": [
        lambda: 1,
        lambda: math.sqrt(1 / 3),
        lambda: 1 / 5,
        lambda: 0.5,
        lambda: -1 / math.sqrt(5),
        lambda: 0,
        lambda: 0.465,
    ],
    "random-landscapes-rate": [
        lambda: lambda p: 1 / (p - 2),
        lambda: lambda p: -p / (p - 2),
        lambda: lambda p: 2,
        lambda: lambda p: p / (p - 1),
        lambda: lambda p: p - 2,
        lambda: lambda p: (p - 2) / p,
        lambda: lambda p: 1,
    ],
    "saddles-shift": [
        lambda: 2,
        lambda: 1,
        lambda: 20,
        lambda: -math.sqrt(2),
        lambda: 1.5,
        lambda: math.sqrt(0.5),
    ],
}
