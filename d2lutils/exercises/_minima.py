"""Exercises on local minima that can be checked (`d2lutils.exercises`)."""

import functools
import math

import numpy as np

from d2lutils import descent, landscapes
from d2lutils.exercises._judge import Exercise, paragraphs


@functools.cache
def _separatrix():
    points = landscapes.stationary_points(landscapes.risk(domain=(-1, 2)))
    return float(points.x[points.kind == "max"][0])


@functools.cache
def _chances():
    """The shares of the best basins.

    Of x cos(pi x) over (-1, 2) and of Rastrigin's function of 2 and of 10 variables.
    """
    points = landscapes.stationary_points(landscapes.rastrigin(1))
    edge = min(x for x in points.x[points.kind == "max"] if x > 0)
    return (2 - _separatrix()) / 3, (2 * edge / 10.24) ** 2, (2 * edge / 10.24) ** 10


def _restarts(certainty=0.99, rounded=math.ceil):
    return [rounded(math.log(1 - certainty) / math.log1p(-p)) for p in _chances()]


@functools.cache
def _cycle_lengths():
    run = descent.descend(
        landscapes.risk(domain=(-1, 2)),
        [[1.2], [1.2]],
        lr=np.array([0.18, 0.22]),
        num_steps=8000,
    )
    return [len(np.unique(run.points[-64:, i, 0].round(6))) for i in range(2)]


@functools.cache
def _local_shares():
    """The share of runs of SGD that end in the local minimum, by batch size.

    500 steps and then descent.
    """
    curve, rng = landscapes.risk(domain=(-1, 2)), np.random.default_rng(1)
    deviation = np.repeat(1 / np.sqrt([8, 16, 32, 64, 128]), 1000)
    x = np.full(len(deviation), curve.minima[0, 0])
    for _ in range(500):
        z = rng.standard_normal(len(x)) * deviation
        x = x - 0.05 * (
            curve.grad(x[:, None])[:, 0] - 5 * np.pi * z * np.sin(5 * np.pi * x)
        )
    return (
        (descent.basin(curve, x[:, None], 0.05, 500) == 0).reshape(5, -1).mean(axis=1)
    )


@functools.cache
def _xor_shares(num_runs=400):
    """The share of starts from which XOR is learnt by 2, 3, 4 and 8 ReLU units."""
    rng, shares = np.random.default_rng(1), []
    X = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    y = -X[:, 0] * X[:, 1]
    for m in (2, 3, 4, 8):
        W, v = (
            rng.standard_normal((num_runs, m, 2)),
            rng.standard_normal((num_runs, m, 1)) / m**0.5,
        )
        b, c = np.zeros((num_runs, m, 1)), np.zeros((num_runs, 1))
        for _ in range(1000):
            h = np.maximum(W @ X.T + b, 0)
            error = ((v * h).sum(axis=1) + c - y) / len(y)
            back = v * error[:, None] * (h > 0)
            v = v - 0.1 * (h @ error[..., None])
            c = c - 0.1 * error.sum(axis=1, keepdims=True)
            W, b = W - 0.1 * back @ X, b - 0.1 * back.sum(axis=2, keepdims=True)
        shares.append(((error * len(y)) ** 2).mean(axis=1) / 2 < 1e-3)
    return np.mean(shares, axis=1)


def _barrier_left(share):
    if share < 0:
        return (
            "a barrier is at least the height of the higher end, so this share cannot "
            "be negative."
        )
    if share > 1:
        return "matching has made the barrier higher."
    return (
        "more of the barrier is left than matched units leave." if share > 0.3 else ""
    )


EXERCISES = (
    Exercise(
        name="minima-restarts",
        asks=(
            r"the number of starts for $x\cos(\pi x)$ and for Rastrigin's function "
            "of 2 and of 10 variables, three whole numbers"
        ),
        hints=paragraphs(r"""
        What is the probability that all of $k$ independent starts fail?

        Each start fails with probability $1 - p$, where $p$ is the share of the good
        basin.

        On Rastrigin's function the shares of the coordinates multiply.

        Take logarithms of $(1 - p)^k \le 0.01$, and round up.
        """),
        expected=_restarts,
        traps=(
            (
                lambda: _restarts(rounded=math.floor),
                "With one start less the probability would not suffice.",
            ),
            (
                lambda: _restarts(certainty=0.01),
                "The probability of failure is to be 1 %, not that of success.",
            ),
            (
                lambda: [math.ceil(1 / p) for p in _chances()],
                "This is how many starts it takes on average. How many to be "
                "nearly certain?",
            ),
        ),
        rtol=2e-3,
        whole=True,
    ),
    Exercise(
        name="minima-separatrix",
        asks=(
            "the share that the local minimum catches on $[-0.9, 1.5]$, a number "
            "between 0 and 1"
        ),
        hints=paragraphs(r"""
        Between which two points do starts descend to the local minimum?

        The local minimum is at $-s$ if the separatrix is at $s$: from which starts does
        one get there?

        The length from $-0.9$ to the separatrix, over the length of the interval.

        The smallest positive root of $\pi x \tan(\pi x) = 1$ is the separatrix.
        """),
        expected=lambda: (0.9 + _separatrix()) / 2.4,
        traps=(
            (
                lambda: (1.5 - _separatrix()) / 2.4,
                "This is the share of the other minimum.",
            ),
            (
                lambda: (1 + _separatrix()) / 3,
                "This is the share on $[-1, 2]$.",
            ),
            (
                lambda: (0.9 - _separatrix()) / 2.4,
                "This is as far as the minimum itself, not as far as its basin.",
            ),
        ),
        rtol=3e-3,
    ),
    Exercise(
        name="minima-cycles",
        asks=(
            "how many of the last 64 points are distinct (to six decimals) at 0.18 "
            "and at 0.22, two whole numbers"
        ),
        hints=paragraphs("""
        Take enough steps, some thousands, so that the run has come to its cycle.

        Round to six decimals before you count, for example with `numpy.unique`.

        At each doubling of the period the cycle gets twice as many points.
        """),
        expected=_cycle_lengths,
        traps=(
            (
                lambda: [64, 64],
                "Without rounding nearly all points are distinct.",
            ),
        ),
        whole=True,
    ),
    Exercise(
        name="minima-batches",
        asks=(
            "the share of runs that end in the local minimum for batch sizes 8, "
            "16, 32, 64 and 128 at learning rate 0.05, five numbers"
        ),
        hints=paragraphs(r"""
        How does the standard deviation of the gradient's noise depend on the batch
        size?

        The gradient on a batch is $f'(x) - 5 \pi \bar z \sin(5 \pi x)$, with a new
        $\bar z$ at each step.

        After 500 steps, follow ordinary descent until each run settles, and count those
        at the local minimum.

        Use a thousand runs or more: a share of 0.5 among 100 has a standard deviation
        of 0.05.
        """),
        expected=_local_shares,
        traps=(
            (
                lambda: 1 - _local_shares(),
                "These are the runs that have left.",
            ),
        ),
        atol=0.06,
        rtol=0,
    ),
    Exercise(
        name="minima-xor",
        asks="the shares for $m = 2, 3, 4, 8$, four numbers between 0 and 1",
        hints=paragraphs("""
        Which starts, learning rate and loss does the exercise name?

        Check your gradients on one network by finite differences.

        Is the mean over the four examples in the loss and in all gradients, also those
        of the biases?
        """),
        expected=_xor_shares,
        traps=(
            (
                lambda: 1 - _xor_shares(),
                "These are the starts that fail.",
            ),
        ),
        atol=0.1,
        rtol=0,
    ),
    Exercise(
        name="minima-rebasin",
        asks="the barrier after matching over the barrier before, a number",
        hints=paragraphs("""
        A barrier is the highest loss on the way less the higher loss of the two ends.

        The loss of the matched net must be that of the second net: renumbering changes
        no output.

        Renumber the second net with `connectivity.permute_units`, and go there from the
        first.
        """),
        satisfies=_barrier_left,
    ),
)
