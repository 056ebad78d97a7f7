"""Exercises on hyperparameters that can be checked (`d2lutils.exercises`)."""

import math

import numpy as np

from d2lutils.exercises._judge import Exercise, paragraphs


def _draws(share):
    return math.ceil(math.log(0.05) / math.log1p(-share))


def _hits(k, w):
    return min(1, k * w), 1 - (1 - w) ** k**2


EXERCISES = (
    Exercise(
        name="hyperparameters-one-percent",
        asks="a function of v that returns the number of random settings, a whole one",
        hints=paragraphs(r"""
        With which probability do $n$ random settings all miss the best share $v$?

        Solve $(1 - v)^n \le 0.05$ for $n$.

        Take logarithms, divide, and round up.
        """),
        expected=_draws,
        inputs=lambda: [{"v": v} for v in (0.05, 0.01, 0.001, 0.3, 0.9)],
        traps=(
            (
                lambda v: math.ceil(3 / v),
                "A good approximation. Which is the least number that will do?",
            ),
            (
                lambda v: _draws(v) - 1,
                "Does the probability reach 0.95 with this number?",
            ),
            (
                lambda v: math.ceil(math.log(0.95) / math.log1p(-v)),
                "This is the number for a probability of 0.05.",
            ),
        ),
        whole=True,
        rtol=0,
    ),
    Exercise(
        name="hyperparameters-band",
        asks=(
            "a function of k and w that returns the grid's probability and that of "
            "random search, two numbers"
        ),
        hints={
            "grid": paragraphs("""
            How many different values of the hyperparameter that matters does the grid
            try?

            $k$ values at distance $1/k$: when does a band of width $w$ contain one?

            A probability is at most 1.
            """),
            "random": paragraphs("""
            Each random setting hits the band with probability $w$, whatever the others
            do.

            All miss with probability $(1 - w)$ to a power. How many settings are there?
            """),
        },
        expected=_hits,
        inputs=lambda: [
            {"k": k, "w": w} for k, w in ((3, 0.1), (5, 0.05), (10, 0.05), (4, 0.3))
        ],
        traps=(
            (
                lambda k, w: (min(1, k * k * w), np.nan),
                "In a column of the grid the first hyperparameter stays the same.",
            ),
            (
                lambda k, w: (k * w, np.nan),
                "A probability is at most 1.",
            ),
            (
                lambda k, w: (np.nan, 1 - (1 - w) ** k),
                "Random search has $k^2$ settings.",
            ),
        ),
    ),
    Exercise(
        name="hyperparameters-two",
        asks=(
            "a function of sigma that returns the mean of the true loss less the "
            "smaller validation loss"
        ),
        hints=paragraphs(r"""
        The smaller of two numbers is their mean less half of their distance.

        The difference of the two errors is normal. With which standard deviation?

        The mean of the absolute value of a normal variable with standard deviation $s$
        is $s \sqrt{2/\pi}$.
        """),
        expected=lambda sigma: sigma / math.sqrt(math.pi),
        inputs=lambda: [{"sigma": sigma} for sigma in (0.5, 1.0, 3.0)],
        traps=(
            (
                lambda sigma: 2 * sigma / math.sqrt(math.pi),
                "This is the mean distance of the two. And half of it?",
            ),
            (
                lambda sigma: sigma / math.sqrt(2 * math.pi),
                "The difference of two errors varies more than one error.",
            ),
            (
                lambda sigma: sigma * math.sqrt(2 * math.log(2)),
                "This is the bound for $K = 2$. What is the mean itself?",
            ),
            (
                lambda sigma: -sigma / math.sqrt(math.pi),
                "Mind the sign: by how much is the report too small?",
            ),
        ),
    ),
    Exercise(
        name="hyperparameters-repeats",
        asks=(
            "a function of m and the variance of the noise that returns the "
            "variance of f(a) afterwards"
        ),
        hints=paragraphs(r"""
        Which matrix is $K$ if all points are the same?

        The vector of ones is an eigenvector of $K + \sigma^2 I$. With which eigenvalue?

        The variance is 1 less $m$ divided by that eigenvalue.
        """),
        expected=lambda m, variance: variance / (m + variance),
        inputs=lambda: [
            {"m": m, "variance": v}
            for m, v in ((1, 0.5), (4, 0.5), (16, 2.0), (3, 0.01))
        ],
        traps=(
            (
                lambda m, variance: variance / m,
                "This is the variance of the mean of $m$ errors. What was known "
                "before?",
            ),
            (
                lambda m, variance: m / (m + variance),
                "This is by how much the variance shrinks.",
            ),
            (
                lambda m, variance: variance + variance / (m + variance),
                "This is the variance of one more observation, with its noise.",
            ),
            (
                lambda m, variance: math.sqrt(variance / (m + variance)),
                "This is the standard deviation.",
            ),
        ),
    ),
)
