"""Exercises on overfitting that can be checked (`d2lutils.exercises`)."""

import numpy as np

from d2lutils import linear
from d2lutils.exercises._judge import Exercise, paragraphs


def _smoothed(epsilon):
    return np.log((1 - epsilon) / epsilon), 1 - epsilon * (1 - epsilon)


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


EXERCISES = (
    Exercise(
        name="overfitting-smoothing",
        asks=(
            "a function of epsilon that returns the minimiser and the factor by "
            "which a step near it multiplies the distance, two numbers"
        ),
        hints={
            "minimiser": paragraphs(r"""
            Where does the derivative vanish?

            The derivative of $-\ln \sigma(w)$ is $\sigma(w) - 1$, of $-\ln \sigma(-w)$
            it is $\sigma(w)$.

            Solve $\sigma(w) = 1 - \varepsilon$ for $w$.
            """),
            "factor": paragraphs(r"""
            What is the curvature at the minimum?

            A step of learning rate 1 multiplies the distance by one minus the
            curvature.

            The slope of the sigmoid is $\sigma (1 - \sigma)$.
            """),
        },
        expected=_smoothed,
        inputs=lambda: [{"epsilon": epsilon} for epsilon in (0.3, 0.1, 0.01)],
        traps=(
            (
                lambda epsilon: (np.nan, epsilon * (1 - epsilon)),
                "This is the curvature.",
            ),
            (
                lambda epsilon: (1 - epsilon, np.nan),
                "This is the probability at the minimum.",
            ),
        ),
    ),
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
)
