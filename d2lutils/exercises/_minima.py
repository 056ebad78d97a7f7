"""Exercises on local minima that can be checked (`d2lutils.exercises`)."""

import functools
import math

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.special import logsumexp

from d2lutils import datasets, descent, landscapes
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
def _cycles():
    """The points of the cycle at 0.18, and how many there are at 0.22."""
    run = descent.descend(
        landscapes.risk(domain=(-1, 2)),
        [[1.2], [1.2]],
        lr=np.array([0.18, 0.22]),
        num_steps=8000,
    )
    short, long = (np.unique(run.points[-64:, i, 0].round(6)) for i in range(2))
    return [*short, len(long)]


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


def _xor_losses(W, v, num_steps, lr=0.1):
    """Loss of each network on XOR after gradient descent, in a layout of its own."""
    X = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    y, v = -X[:, 0] * X[:, 1], v[..., None]
    b, c = np.zeros(v.shape), np.zeros((len(v), 1))

    def errors():
        h = np.maximum(W @ X.T + b, 0)
        return h, (v * h).sum(axis=1) + c - y

    for _ in range(num_steps):
        h, error = errors()
        pull = lr * error / len(y)
        back = v * pull[:, None] * (h > 0)
        v = v - h @ pull[..., None]
        c = c - pull.sum(axis=1, keepdims=True)
        W, b = W - back @ X, b - back.sum(axis=2, keepdims=True)
    return (errors()[1] ** 2).mean(axis=1) / 2


def _xor_starts():
    """Few steps: later all losses are 0 or that of a trap, whatever the rate."""
    rng = np.random.default_rng(1)
    return [
        {
            "W": rng.standard_normal((8, m, 2)),
            "v": rng.standard_normal((8, m)) / m**0.5,
            "num_steps": num_steps,
        }
        for m, num_steps in ((2, 10), (3, 40), (8, 20))
    ]


def _matched(vectors):
    """What is wrong with two networks of the digits and the order of their units."""
    if max(_digits_objective(vector) for vector in vectors) > 0.22:
        return "one of the two networks is not trained; is its order that of its units?"
    units = [
        np.column_stack(
            [w[:4096].reshape(64, 64), w[4096:4160], w[4160:4800].reshape(10, 64).T]
        )
        for w in vectors
    ]
    similar = units[0] @ units[1].T
    order = linear_sum_assignment(-similar)[1]
    if np.linalg.norm(units[0] - units[1][order]) < 0.1 * np.linalg.norm(units[0]):
        return "these are two copies of one network."
    if similar[range(64), order].sum() > np.trace(similar) * (1 + 1e-9):
        return "another order of the second network's units brings it nearer."
    return ""


def _digits_objective(w, penalty=0.003):
    """J of a network of 64 tanh units, as the chapter has it."""
    train = datasets.load("digits", num_train=300)[0]
    h = np.tanh(
        train.images.reshape(-1, 64) @ w[:4096].reshape(64, 64).T + w[4096:4160]
    )
    scores = h @ w[4160:4800].reshape(10, 64).T + w[4800:]
    losses = logsumexp(scores, axis=1) - scores[range(300), train.labels]
    return losses.mean() + penalty / 2 * w @ w


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
            "the two points of the cycle at 0.18, in rising order, and the number of "
            "distinct points (to six decimals) at 0.22, three numbers"
        ),
        hints=paragraphs("""
        Take enough steps, some thousands, so that the run has come to its cycle.

        Round to six decimals before you count, for example with `numpy.unique`.

        At each doubling of the period the cycle gets twice as many points.
        """),
        expected=_cycles,
        traps=(
            (
                lambda: [np.nan, np.nan, 64],
                "Without rounding nearly all points are distinct.",
            ),
        ),
        rtol=1e-3,
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
        asks=(
            "a function of the incoming weights W, an array (runs, m, 2), the outgoing "
            "weights v, (runs, m), and the number of steps, that returns the loss of "
            "each network after these"
        ),
        hints=paragraphs("""
        Which starts, learning rate and loss does the exercise name?

        Check your gradients on one network by finite differences.

        Is the mean over the four examples in the loss and in all gradients, also those
        of the biases?

        All gradients of a step are taken at the same point, before any of the weights
        moves.
        """),
        expected=_xor_losses,
        inputs=_xor_starts,
        traps=(
            (
                lambda W, v, steps: 2 * _xor_losses(W, v, steps),
                "Half the mean squared error.",
            ),
            (
                lambda W, v, steps: _xor_losses(W, v, steps - 1),
                "This is the loss before the last step.",
            ),
            (
                lambda W, v, steps: _xor_losses(W, v, steps, lr=0.2),
                "This is the learning rate 0.2; is there a factor 2 in your gradient?",
            ),
        ),
        rtol=1e-4,
        atol=1e-9,
    ),
    Exercise(
        name="minima-rebasin",
        asks=(
            "the parameters of the first network and those of the second with its "
            "units in the best order, two vectors of 4810 numbers"
        ),
        hints=paragraphs("""
        The second network with its units renumbered computes what it did before: J is
        the same.

        `connectivity.match_units(net, shape, end, start)` is the order, and
        `connectivity.permute_units` renumbers.

        Which of the two is renumbered, and to look like which?
        """),
        satisfies=_matched,
        shape=(2, 4810),
    ),
)
