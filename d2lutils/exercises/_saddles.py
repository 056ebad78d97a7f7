"""Exercises on saddle points that can be checked (`d2lutils.exercises`)."""

import numpy as np

from d2lutils import landscapes
from d2lutils.exercises._judge import Exercise, paragraphs


def _stripes(step=0.05, count=3):
    """Where descent on the quartic lands in the saddle after 1, 2, ... steps.

    Each edge is mapped to minus the last.
    """
    edges = [0.0]
    for _ in range(count):
        roots = np.roots([-4 * step, 0, 1 + 4 * step, edges[-1]])
        edges.append(max(roots.real))
    return edges[1:]


def _ridge_factor(beta, larger=True):
    curvature = -landscapes.double_well().hess(np.zeros(2))[0, 0]
    roots = np.roots([1, -(1 + beta + 0.05 * curvature), beta])
    return max(roots) if larger else min(roots)


def _untied_end():
    return 0, 0, -np.sqrt(0.11**2 - 0.1**2)


def _pull_factor(ratio, step=0.1):
    return 1 - np.log1p(-ratio * step) / np.log1p(step)


EXERCISES = (
    Exercise(
        name="saddles-steps",
        asks=(
            r"the slides' bound on $\eta$, the true bound and the best step, three "
            "numbers"
        ),
        hints={
            "slides' bound": paragraphs(r"""
            What do the slides ask of the step and the largest eigenvalue?

            They want all factors $1 - \eta \lambda$ to be positive.
            """),
            "true bound": paragraphs(r"""
            A run may step over the minimum and still converge.

            All factors $1 - \eta \lambda$ have to be smaller than 1 in size, whatever
            their sign.
            """),
            "best step": paragraphs(r"""
            The slower of the two directions decides.

            Draw $|1 - 10 \eta|$ and $|1 - \eta|$ against $\eta$. Where is the larger of
            the two least?

            There the two factors have one size and different signs.
            """),
        },
        expected=lambda: (1 / 10, 2 / 10, 2 / (10 + 1)),
        traps=(
            (
                lambda: (np.nan, np.nan, 1 / 10),
                "This step is best for the steep direction alone.",
            ),
        ),
        rtol=2e-3,
    ),
    Exercise(
        name="saddles-stripes",
        asks=(
            "the three smallest starts $x_1 > 0$ that end in the saddle, in rising "
            "order, three numbers"
        ),
        hints=paragraphs(r"""
        Which start lands in the saddle with its first step?

        Solve $(1 + 4t)\, x - 4t\, x^3 = 0$ for $x > 0$. Then: which starts land there,
        or at its mirror image?

        Beyond the first such start the step changes the sign: the next one is mapped to
        minus the first.
        """),
        expected=_stripes,
        traps=(
            (
                lambda: [0, *_stripes()[:2]],
                "Other than 0.",
            ),
        ),
        atol=1.5e-3,
        rtol=0,
    ),
    Exercise(
        name="saddles-momentum",
        asks=(
            "a function of the momentum beta that returns the factor per step near "
            "the ridge, for the learning rate 0.05"
        ),
        hints=paragraphs(r"""
        Near the ridge the gradient is linear: write the step as a recursion for
        $x_{k+1}$, $x_k$, $x_{k-1}$.

        Try $x_k = z^k$. Which equation does $z$ satisfy?

        A quadratic equation, whose roots have the product $\beta$.

        The sum of its roots is $1 + \beta + 4t$.
        """),
        expected=_ridge_factor,
        inputs=lambda: [{"beta": beta} for beta in (0.0, 0.3, 0.5, 0.9)],
        traps=(
            (
                lambda beta: _ridge_factor(beta, larger=False),
                "There are two solutions. Which one takes over?",
            ),
            (
                lambda beta: _ridge_factor(0.0),
                "What does momentum do to the factor?",
            ),
            (
                lambda beta: 1 + 0.2 / (1 - beta),
                r"The rule that momentum multiplies the step by $1/(1 - \beta)$ "
                "needs a gradient that hardly changes in the meantime.",
            ),
        ),
    ),
    Exercise(
        name="saddles-untied",
        asks=(
            "the point at which the run from $(-0.1, -0.1, -0.11)$ ends, three numbers"
        ),
        hints=paragraphs("""
        Compute the differences of the squares at the start. What are they at the end?

        Two weights begin equal and stay so. What follows if the third cannot reach 0?

        The product is 0 at the end, so that some weight is 0, and with it the one that
        is equal to it.
        """),
        expected=_untied_end,
        traps=(
            (
                lambda: (0, 0, 0),
                "Are all squares equal at the start?",
            ),
            (
                lambda: (1, 1, 1),
                "What keeps the two equal weights from changing their signs, one "
                "without the other?",
            ),
            (
                lambda: (-1, -1, 1),
                "What keeps the two equal weights from changing their signs, one "
                "without the other?",
            ),
        ),
        atol=2e-3,
    ),
    Exercise(
        name="saddles-ratio",
        asks="the factor per saddle without noise at learning rate 0.1, a number",
        hints=paragraphs(r"""
        By how much does the next variable shrink while the run waits for time $\tau$,
        and how long does it take to grow back?

        With finite steps a variable shrinks by $1 - 2 \eta$ a step and grows by $1 +
        \eta$.

        Count steps: those of shrinking, and those that undo them.
        """),
        expected=lambda: _pull_factor(2.0),
        traps=(
            (
                lambda: 3,
                "So it is for gradient flow. And for steps of 0.1?",
            ),
            (
                lambda: 2,
                "So it is when pull and push are equally strong.",
            ),
            (
                lambda: _pull_factor(1.0),
                "So it is when pull and push are equally strong.",
            ),
            (
                lambda: _pull_factor(2.0) - 1,
                "While the variable grows back, the wait itself has passed too: "
                "add it.",
            ),
        ),
        rtol=5e-3,
    ),
)
