"""Exercises on matrix completion that can be checked (`d2lutils.exercises`)."""

import numpy as np

from d2lutils import completion
from d2lutils.exercises._judge import Exercise, paragraphs


def _certificate(Y):
    if abs(Y[0, 0]) > 1e-9:
        return "Y is not zero at the unseen entry."
    if np.linalg.norm(Y, 2) > 1 + 1e-9:
        return "a singular value of Y is larger than 1."
    bound = Y[0, 1] + Y[1, 0] + Y[1, 1] / 2
    return (
        ""
        if abs(bound - 2) < 1e-6
        else "Y is allowed, but the bound that it gives is too low."
    )


def _second_value(depth):
    return (1 - 0.99) ** (-depth / (depth - 2))


def _noisy_completion(W):
    task = completion.problem(50, 2, 1000, np.random.default_rng(3), noise=0.3)
    error = completion.relative_error(W, task.truth, task.mask)
    if error > 1:
        return "over the unseen entries this is worse than to fill in zeros."
    if error > 0.35:
        return (
            "over the unseen entries the error is still larger than that of the best "
            "penalty."
        )
    return (
        "the error is like that of the best penalty; there is something better."
        if error > 0.2
        else ""
    )


def _greedy_completion(W):
    task = completion.problem(100, 5, 2000, np.random.default_rng([0, 0]))
    if np.square(W - task.observed)[task.mask].mean() > 1e-3:
        return "the matrix does not fit the seen entries."
    error = completion.relative_error(W, task.truth, task.mask)
    return (
        "the matrix fits the seen entries, but not the others." if error > 0.05 else ""
    )


EXERCISES = (
    Exercise(
        name="completion-unknown",
        asks="how many degrees of freedom are left, a whole number",
        hints=paragraphs(r"""
        Write the matrix as $a b^\top$. What does the first block say about $a$ and $b$,
        what the second?

        Each block determines its halves of $a$ and $b$ up to a factor.

        One of these factors changes nothing in the whole matrix.
        """),
        expected=lambda: 2 * (6 - 5) - 1,
        traps=(
            (
                lambda: 18,
                "This is how many entries are unseen. They hang together, because "
                "the rank is 1.",
            ),
            (
                lambda: 11,
                "This is how many the matrix has before anything is seen.",
            ),
            (
                lambda: 2,
                r"Each block leaves a factor. Does the product $a b^\top$ see both?",
            ),
            (
                lambda: 0,
                "Multiply one half of $a$ by 2. Which half of $b$ has to be "
                "divided by 2, and what changes?",
            ),
        ),
        whole=True,
    ),
    Exercise(
        name="completion-certificate",
        asks="a certificate $Y$, a 2 by 2 matrix",
        hints=paragraphs("""
        Where may Y differ from zero, and how large may its singular values be?

        The bound is the sum of the products of the entries of Y and of those that are
        seen.

        Two of the three entries are worth 1 each, the last only one half: spend on the
        first two.
        """),
        satisfies=_certificate,
        shape=(2, 2),
    ),
    Exercise(
        name="completion-greedy",
        asks=r"$\sigma_2 / \alpha$ at depth 3 and at depth 10, two numbers",
        hints={
            "depth 3": paragraphs("""
            Which exponent has $1 - s_2 / s_1$ at this depth?

            Mind the sign of the exponent: the second value has grown.
            """),
            "depth 10": paragraphs("""
            Which exponent has $1 - s_2 / s_1$ at this depth?

            Mind the sign of the exponent: the second value has grown.
            """),
        },
        expected=lambda: [_second_value(depth) for depth in (3, 10)],
        traps=(
            (
                lambda: [1 / _second_value(depth) for depth in (3, 10)],
                "Has the second value grown or shrunk?",
            ),
            (
                lambda: [0.01 ** (2 / depth - 1) for depth in (3, 10)],
                "The exponent is upside down.",
            ),
            (
                lambda: [0.99 ** (-depth / (depth - 2)) for depth in (3, 10)],
                "It is one minus the ratio.",
            ),
        ),
        rtol=0.02,
    ),
    Exercise(
        name="completion-balance",
        asks="the power of the step with which the drift falls, a number",
        hints=paragraphs("""
        Halve the step and double the number of steps. What happens to the drift?

        How much does one step add, and how many steps are there in a fixed time?

        The logarithm to base 2 of the ratio of two drifts.
        """),
        expected=lambda: 2 - 1,
        traps=(
            (
                lambda: 2,
                "So it is for one step. How many steps are there in a fixed time?",
            ),
        ),
        rtol=0.1,
    ),
    Exercise(
        name="completion-noise",
        asks="the best completion that you find, a 50 by 50 matrix",
        hints=paragraphs("""
        Is it the instance of the exercise, with its seed and its noise?

        Keep matrices along the run and take the one of least error over the unseen
        entries.

        At depth 3 the least error comes early, long before the loss is small: record
        often.
        """),
        satisfies=_noisy_completion,
        shape=(50, 50),
    ),
    Exercise(
        name="completion-glrl",
        asks="the matrix at which your procedure stops, 100 by 100",
        hints=paragraphs("""
        Is the residual zero where nothing is seen, and is it the first instance?

        At each rank, run the descent until the gradient is small before you add the
        next direction.

        Stop at the first rank that fits the seen entries.
        """),
        satisfies=_greedy_completion,
        shape=(100, 100),
    ),
)
