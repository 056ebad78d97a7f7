"""Exercises on random landscapes that can be checked (`d2lutils.exercises`)."""

import numpy as np

from d2lutils.exercises._judge import Exercise, paragraphs


def _definite():
    """Where on the line (w, w) the two eigenvalues change their signs."""
    return np.sqrt(1 / 3), 1.0


def _loss_power(p):
    return p / (p - 2)


EXERCISES = (
    Exercise(
        name="random-landscapes-fit",
        asks="the ends of the interval of w, in rising order, two numbers",
        hints=paragraphs(r"""
        One part of the Hessian is the square of the gradient of $w_1 w_2$, the other is
        what is still wrong times the second derivatives of $w_1 w_2$.

        The eigenvectors of both parts are $(1, 1)$ and $(1, -1)$, whatever $w$ is.

        Write $r = 1 - w^2$. One eigenvalue is $r$, the other $2 w^2 - r$.
        """),
        expected=_definite,
        traps=(
            (
                lambda: (np.sqrt(1 / 2), 1.0),
                "There the entry beside the diagonal vanishes. And the eigenvalues?",
            ),
            (
                lambda: (0.0, 1.0),
                "That is one of the two eigenvalues. And the other?",
            ),
            (
                lambda: (1 / 3, 1.0),
                "This is a value of $w^2$.",
            ),
        ),
        rtol=2e-3,
    ),
    Exercise(
        name="random-landscapes-newton",
        asks="the largest c, a number",
        hints=paragraphs(r"""
        Write the step of Newton's method as one fraction.

        Starts nearer to 0 come nearer. At which point does the distance from 0 stay as
        it is?

        There the step only turns the sign around: a cycle of two points.
        """),
        expected=lambda: np.sqrt(1 / 5),
        traps=(
            (
                lambda: np.sqrt(1 / 3),
                "There the curvature is 0 and the step infinite. Some starts before it "
                "go elsewhere.",
            ),
            (
                lambda: 1,
                "From the minimum itself Newton's method does not move.",
            ),
            (
                lambda: 1 / 5,
                "This is a value of $x^2$.",
            ),
        ),
        rtol=2e-3,
    ),
    Exercise(
        name="random-landscapes-rate",
        asks="a function of p that returns the power q by which the loss falls",
        hints=paragraphs(r"""
        Replace the steps by gradient flow: $\dot w = -w^{p-1}$.

        Separate the variables. Which power of $w$ grows evenly in time?

        That gives the power for $w$; the loss is $w^p / p$.
        """),
        expected=_loss_power,
        inputs=lambda: [{"p": p} for p in (3.0, 4.0, 6.0, 8.0)],
        traps=(
            (
                lambda p: 1 / (p - 2),
                "So falls the distance from the minimum. And the loss?",
            ),
            (
                lambda p: -_loss_power(p),
                "The loss falls like $k^{-q}$: which sign has $q$?",
            ),
            (
                lambda p: 2,
                "So it is for one $p$ only.",
            ),
            (
                lambda p: p / (p - 1),
                "How does the size of the step shrink with $w$?",
            ),
        ),
        rtol=0.02,  # a power that is measured will do
    ),
    Exercise(
        name="saddles-shift",
        asks=(
            r"the value of $\mu / \sqrt{N}$ from which there are no negative "
            "eigenvalues, a number"
        ),
        hints=paragraphs(r"""
        Where does the semicircle of the GOE end?

        Its radius is twice the standard deviation of an entry beside the diagonal,
        times $\sqrt{N}$.

        Which variance do the entries of $(A + A^\top)/2$ have beside the diagonal?
        """),
        expected=lambda: 2 * np.sqrt(1 / 2),
        traps=(
            (
                lambda: 2,
                "So it is if the entries beside the diagonal have variance 1.",
            ),
            (
                lambda: 1,
                "Twice the standard deviation, not twice the variance.",
            ),
            (
                lambda: 2 * np.sqrt(200 / 2),
                r"This is $\mu$; divide by $\sqrt{N}$.",
            ),
        ),
        rtol=0.02,
    ),
)
