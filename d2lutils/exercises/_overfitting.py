"""Exercises on overfitting that can be checked (`d2lutils.exercises`)."""

import math

import numpy as np

from d2lutils.exercises._judge import Exercise, paragraphs


def _smoothed(epsilon):
    return np.log((1 - epsilon) / epsilon), 1 - epsilon * (1 - epsilon)


def _wrong_images(mean_loss, n, k):
    most = min(n, math.ceil(n * mean_loss / math.log(2)) - 1)
    return most, int(mean_loss > math.log(k))


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
        name="overfitting-sure",
        asks=(
            "a function of the mean loss, the number of images and that of classes "
            "that returns the largest and the smallest number of wrong images"
        ),
        hints={
            "largest": paragraphs(r"""
            How small can the loss of an image be that is classified wrongly?

            Its own label does not have the largest probability, so it has less than one
            half.

            Each wrong image costs more than $\ln 2$, and all together cost $n \ell$.
            """),
            "smallest": paragraphs(r"""
            How large can the loss of an image be that is classified rightly?

            The largest of $k$ probabilities is at least $1/k$.

            A wrong image can cost any amount. How many of them are needed?
            """),
        },
        expected=_wrong_images,
        inputs=lambda: [
            {"mean_loss": loss, "n": n, "k": k}
            for loss, n, k in (
                (0.0006, 1000, 10),
                (0.1, 1000, 10),
                (0.5, 300, 3),
                (2.2, 50, 10),
                (2.4, 50, 10),
                (1.2, 50, 3),
            )
        ],
        rtol=1e-9,
        whole=True,
        traps=(
            (
                lambda mean_loss, n, k: (
                    math.ceil(n * mean_loss / math.log(2)) - 1,
                    np.nan,
                ),
                "There are no more than $n$ images.",
            ),
            (
                lambda mean_loss, n, k: (
                    min(n, math.ceil(n * mean_loss / math.log(k)) - 1),
                    np.nan,
                ),
                "A wrong image need not be one of which the network knows nothing.",
            ),
        ),
    ),
)
