"""Exercises on Hyperband and on duels that can be checked (`d2lutils.exercises`)."""

import math

import numpy as np
from scipy import stats

from d2lutils.exercises._judge import Exercise, paragraphs


def _starts(R, eta):
    from d2lutils.search import brackets

    return [bracket.rungs[0].number for bracket in brackets(R, eta)]


def _starts_of_a_fraction(R, eta, rounded):
    last = len(_starts(R, eta))
    return [rounded(last / (s + 1) * eta**s) for s in range(last - 1, -1, -1)]


def _starts_rounded_first(R, eta):
    last = len(_starts(R, eta))
    return [last // (s + 1) * eta**s for s in range(last - 1, -1, -1)]


def _epochs(s, eta):
    settings = eta**s
    return (s + 1) * settings, settings + s * (settings - eta ** (s - 1))


def _wins(n, level=0.05):
    """The least w for which w heads or more have at most half of the probability."""
    return int(stats.binom(n, 0.5).isf(level / 2)) + 1


EXERCISES = (
    Exercise(
        name="hyperparameters-brackets",
        asks=(
            "a function of R and eta that returns the numbers of settings of the "
            "brackets, a list from the largest s to 0"
        ),
        hints=paragraphs(r"""
        $s_{\max}$ is the number of times one can multiply 1 by $\eta$ without exceeding
        $R$.

        Multiply first, then divide, and round up at the end.

        `-(-a // b)` is $a / b$ rounded up.
        """),
        expected=_starts,
        inputs=lambda: [
            {"R": R, "eta": eta}
            for R, eta in ((81, 3), (27, 3), (243, 3), (100, 4), (3**10, 3), (1, 2))
        ],
        traps=(
            (
                lambda R, eta: _starts_of_a_fraction(R, eta, math.floor),
                "Round up.",
            ),
            (
                _starts_rounded_first,
                "These are the printed numbers. Multiply before you round.",
            ),
            (
                lambda R, eta: _starts(R, eta)[::-1],
                "The largest $s$ comes first.",
            ),
            (
                lambda R, eta: _starts_of_a_fraction(R, eta, float),
                "A bracket has a whole number of settings.",
            ),
        ),
        rtol=0,
    ),
    Exercise(
        name="hyperband-resumed",
        asks=(
            "a function of s and eta that returns the epochs from scratch and those "
            "when survivors go on, two numbers"
        ),
        hints={
            "from scratch": paragraphs(r"""
            How many settings are there on rung $i$, and how many epochs has each of
            them?

            Every rung costs the same. How many rungs are there?
            """),
            "resumed": paragraphs(r"""
            On each rung but the first a setting trains only for the difference.

            Of the epochs of such a rung the share $1/\eta$ was done before.
            """),
        },
        expected=_epochs,
        inputs=lambda: [
            {"s": s, "eta": eta} for s, eta in ((4, 3), (3, 3), (5, 2), (0, 4), (2, 4))
        ],
        traps=(
            (
                lambda s, eta: (s * eta**s, np.nan),
                "A bracket that cuts $s$ times has one rung more.",
            ),
            (
                lambda s, eta: (np.nan, (s + 1) * (eta**s - eta ** (s - 1))),
                "The settings of the first rung have nothing to resume.",
            ),
            (
                lambda s, eta: (np.nan, eta**s * (1 + s / eta)),
                "The share $1/\\eta$ of a rung was done before. How much is left?",
            ),
        ),
    ),
    Exercise(
        name="hyperband-duels",
        asks="a function of n that returns the least number of wins, a whole one",
        hints=paragraphs(r"""
        If the two are equally good, the number of wins is that of heads among $n$ fair
        tosses.

        Add the probabilities of $w, w + 1, \dots, n$ wins, and double the sum, since
        the other method might have won as often.

        Which is the least $w$ for which this is at most 0.05?
        """),
        expected=_wins,
        inputs=lambda: [{"n": n} for n in (6, 8, 12, 20, 30, 34)],
        traps=(
            (
                lambda n: _wins(n, 0.1),
                "One would be as surprised if the other method had won as often.",
            ),
            (
                lambda n: _wins(n) - 1,
                "Is $p$ at most 0.05 with this number?",
            ),
        ),
        whole=True,
        rtol=0,
    ),
)
