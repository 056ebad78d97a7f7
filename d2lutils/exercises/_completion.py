"""Exercises on matrix completion that can be checked (`d2lutils.exercises`)."""

import functools

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


def _degrees_left(r, b):
    return (b - 1) * r**2


@functools.cache
def _drifts():
    """For the steps 0.2, 0.1 and 0.05; the start is balanced, so it has no drift."""
    task = completion.problem(12, 2, 80, np.random.default_rng(0))
    begin = 0.05 * np.random.default_rng(1).standard_normal((12, 12))
    drifts = []
    for lr in (0.2, 0.1, 0.05):
        found = completion.deep_factorization(
            task.observed,
            task.mask,
            lr=lr,
            max_steps=round(60 / lr),
            tol=1e-12,
            init=completion.balanced_factors(begin, 3),
            engine="numpy",
        )
        factors = found.factors or ()
        pairs = zip(factors[1:], factors[:-1], strict=True)
        drifts.append(max(np.linalg.norm(W.T @ W - V @ V.T, 2) for W, V in pairs))
    return np.array(drifts)


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
    if error > 0.2:
        return "the error is like that of the best penalty; there is something better."
    if error > 0.175:
        return "the error is like that of two factors; there is something better."
    seen = [np.square(X - task.observed)[task.mask].mean() for X in (W, task.truth)]
    return "" if seen[0] < 0.95 * seen[1] else "descent fits the seen entries better."


def _greedy_path(path):
    task = completion.problem(100, 5, 2000, np.random.default_rng([0, 0]))
    for rank, W in enumerate(path, 1):
        U, s, Vt = np.linalg.svd(W)
        if s[rank - 1] <= 1e-6 * s[0] or s[rank] > 1e-6 * s[0]:
            return f"the matrix at place {rank} is not of rank {rank}."
        residual = np.where(task.mask, W - task.observed, 0)
        slopes = U[:, :rank].T @ residual, residual @ Vt[:rank].T
        steep = max(map(np.linalg.norm, slopes)) > 0.01 * np.linalg.norm(residual)
        if rank < len(path) and steep:
            return f"the matrix at place {rank} is not stationary."
    if np.square(residual)[task.mask].mean() > 1e-3:
        return "the last matrix does not fit the seen entries."
    error = completion.relative_error(W, task.truth, task.mask)
    if error > 0.05:
        return "the last matrix fits the seen entries, but not the others."
    return "" if error > 1e-8 else "the last matrix is the truth, not where you stop."


EXERCISES = (
    Exercise(
        name="completion-unknown",
        asks="a function of r and b that returns how many degrees of freedom are left",
        hints=paragraphs(r"""
        Write the matrix as $A B^\top$. What does the first block say about $A$ and $B$,
        what the second?

        Each block determines its parts of $A$ and $B$ up to an invertible $r \times r$
        matrix.

        One of these matrices changes nothing in the whole.
        """),
        expected=_degrees_left,
        inputs=lambda: [{"r": r, "b": b} for r, b in ((1, 2), (1, 3), (2, 2), (3, 5))],
        traps=(
            (
                lambda r, b: b * r**2,
                "Each block leaves a matrix. Does the whole product see them all?",
            ),
            (
                lambda r, b: (b - 1) * r,
                r"What may come between the two factors of a block is a whole matrix.",
            ),
            (
                lambda r, b: 0,
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
        asks="the drifts for the steps 0.2, 0.1 and 0.05, three numbers",
        hints=paragraphs("""
        Is it the balanced start at depth 3, and do all three runs end at time 60?

        Of both differences take the largest singular value, and then the larger one.

        Halve the step and double the number of steps. How much does one step add?
        """),
        expected=_drifts,
        rtol=0.02,
    ),
    Exercise(
        name="completion-noise",
        asks="the completion at the best step of depth 3, a 50 by 50 matrix",
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
        asks=(
            "the matrices where your descent ends at the ranks 1 to 5, "
            "an array of shape (5, 100, 100)"
        ),
        hints=paragraphs("""
        Is the residual zero where nothing is seen, and is it the first instance?

        At each rank, run the descent until the gradient is small before you add the
        next direction.

        Stop at the first rank that fits the seen entries.
        """),
        satisfies=_greedy_path,
        shape=(5, 100, 100),
    ),
)
