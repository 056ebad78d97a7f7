"""Exercises on implicit bias that can be checked (`d2lutils.exercises`)."""

import numpy as np

from d2lutils import linear
from d2lutils.exercises._judge import Exercise, paragraphs


def _first_harm(rest=0.4 + 0.2**2):
    risks = [linear.isotropic_risk(n, 60, 0.6, rest) for n in range(1, 59)]
    first = int(np.argmax(np.diff(risks) > 0))
    return first + 1, risks[first]


def _least_norm_weights(plus, minus):
    """Of the label and of a constant, in the fit of least norm.

    The features are y, 1, 1 and 1 or 5 of each example's own.
    """
    label = np.repeat([1.0, -1.0], [plus, minus])
    # An example's own features are 0 for all others: they add to its square norm alone.
    gram = np.outer(label, label) + 2 + np.diag(np.where(label > 0, 1.0, 5.0))
    dual = np.linalg.solve(gram, label)
    return label @ dual, dual.sum()


def _weak_directions(n, k, e):
    return (n - k) ** 2 / (e / (1 + e) * n - k), k / (n - k)


EXERCISES = (
    Exercise(
        name="overfitting-more-data",
        asks=(
            "the smallest $n$ for which one more example raises the risk of the "
            "fit of least norm, and the risk at this $n$, two numbers"
        ),
        hints={
            "n": paragraphs("""
            How large are the part of the labels that 60 features can express, and the
            rest with the noise?

            60 of the 100 equal coefficients are seen. What is the sum of the squares of
            the others?

            Compute `linear.isotropic_risk(n, 60, signal, noise)` for all n and look at
            the differences.
            """),
            "risk": paragraphs("""
            Asked for is the risk at the $n$ from which it rises, the lowest one there.

            The noise that cannot be fitted belongs to it.
            """),
        },
        expected=_first_harm,
        traps=(
            (
                lambda: (_first_harm(0.2**2)[0], np.nan),
                "What the features that are left out contribute is noise as well.",
            ),
            (
                lambda: (60, np.nan),
                "There is the peak. Where does the way up begin?",
            ),
            (
                lambda: (_first_harm()[0] + 1, np.nan),
                "There the way up has begun: one less.",
            ),
            (
                lambda: (np.nan, _first_harm()[1] - 0.44),
                "The risk is of new labels, with the part that is not seen.",
            ),
        ),
    ),
    Exercise(
        name="overfitting-trap",
        asks=(
            "a function of the numbers of positive and of negative examples that "
            "returns the weights of the label and of a constant, two numbers"
        ),
        hints={
            "label": paragraphs(r"""
            The solution of least norm is a combination of the examples: $w = X^\top c$.

            All positive examples get one coefficient, all negative ones another: two
            unknowns.

            An example's own features enter through its square norm only: 1 for
            positive, 5 for negative ones.
            """),
            "constant": paragraphs("""
            The constant feature of a negative example is 1 as well.

            The coefficients of all examples add up to this weight, those of the
            negative ones with their sign.
            """),
        },
        expected=_least_norm_weights,
        inputs=lambda: [
            {"plus": plus, "minus": minus} for plus, minus in ((5, 5), (15, 5), (90, 1))
        ],
        traps=(
            (
                lambda plus, minus: (1, 0),
                "So it is in the limit of many examples of both kinds.",
            ),
        ),
    ),
    Exercise(
        name="implicit-bias-weak",
        asks=(
            "a function of n, k and e that returns the number of weak directions, not "
            "rounded, and the excess that no number of them undercuts, two numbers"
        ),
        hints={
            "directions": paragraphs(r"""
            All shares add up to $n$, and the strong directions take $k$ of it. What is
            the share of one of $P$ weak ones?

            The sum of the squares is $S = k + (n - k)^2 / P$. What is the excess for a
            given $S$?

            Solve $S / (n - S) = e$ for $S$, then for $P$.
            """),
            "least excess": paragraphs(r"""
            What becomes of the sum of squares when the weak directions are without
            number?

            Only the strong ones remain in it: $S = k$.
            """),
        },
        expected=_weak_directions,
        inputs=lambda: [
            {"n": n, "k": k, "e": e}
            for n, k, e in ((40, 5, 0.5), (160, 5, 0.1), (1000, 20, 0.04))
        ],
        traps=(
            (
                lambda n, k, e: ((n - k) ** 2 / (e * n - k), np.nan),
                "The risk is divided by $n - S$, not by $n$.",
            ),
            (
                lambda n, k, e: (n * (1 + e) / e, np.nan),
                "So it is without strong directions.",
            ),
            (
                lambda n, k, e: (np.nan, k / n),
                "The risk is divided by $n - S$, not by $n$.",
            ),
        ),
    ),
)
