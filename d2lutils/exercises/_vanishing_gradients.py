"""Exercises on vanishing gradients that can be checked (`d2lutils.exercises`)."""

import functools

import numpy as np

from d2lutils import meanfield
from d2lutils.exercises._judge import Exercise, paragraphs
from d2lutils.saddles import plateau_time


def _output_gradients(a=-8.0, y=1.0):
    p = 1 / (1 + np.exp(-a))
    return (p - y) * p * (1 - p), p - y


def _he_variance(alpha):
    return 2 / (1 + alpha**2)


def _log_gradient(gain, depth=50):
    """Logarithm of the gradient's mean square at the input.

    Of sigmoid layers that apply the weights first.
    """
    z = np.linspace(-10, 10, 1001)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    q, total = gain**2, 0.0
    for _ in range(depth):
        p = 1 / (1 + np.exp(-np.sqrt(q) * z))
        total += np.log(gain**2 * (density * (p * (1 - p)) ** 2).sum())
        q = gain**2 * (density * p**2).sum()
    return total


def _library_log_gradient(gain):
    return np.log(meanfield.gradient_norms(50, "sigmoid", gain)[0])


@functools.cache
def _sigmoid_gain(log_gradient=_log_gradient):
    from scipy.optimize import brentq

    return brentq(log_gradient, 2, 20, xtol=1e-6)


def _clipped(gradient):
    return gradient / max(1.0, np.linalg.norm(gradient))


def _gradients():
    rng = np.random.default_rng(0)
    small = rng.standard_normal(6)
    return [
        {"gradient": array}
        for array in (
            small / np.linalg.norm(small) / 3,
            20 * small,
            np.array([0.6, -0.8]),
            np.zeros(3),
        )
    ]


def _tiny_vectors():
    rng = np.random.default_rng(0)
    vectors = (
        rng.standard_normal(1000) * 1e-34,
        rng.standard_normal(50) * 1e-25,
        rng.standard_normal(7),
        np.zeros(6),
    )
    return [{"gradient": vector.astype("float32")} for vector in vectors]


def _growth():
    """The limit of r = 2 + 2 c / sqrt(pi) under c -> (c + 1 / sqrt(pi)) / sqrt(r)."""
    c = 0.0
    for _ in range(200):
        r = 2 + 2 * c / np.sqrt(np.pi)
        c = (c + 1 / np.sqrt(np.pi)) / np.sqrt(r)
    return r


EXERCISES = (
    Exercise(
        name="vanishing-gradients-further",
        asks=(
            "the number of steps from 5 at learning rate 0.1 and the learning rate "
            "for 100 steps, two numbers"
        ),
        hints={
            "number of steps": paragraphs("""
            How long does the flow take from 5 to 0, and how much time is one step?

            Put $x_0 = 5$ into the formula for $T$, and divide by the learning rate.
            """),
            "learning rate": paragraphs("""
            The flow takes the same time whatever the learning rate. How long must a
            step be if 100 have to do?

            The time from 5 to 0, shared among 100 steps.
            """),
        },
        expected=lambda: (plateau_time(5) / 0.1, plateau_time(5) / 100),
        traps=(
            (
                lambda: (plateau_time(4) / 0.1, plateau_time(4) / 100),
                "So it is from 4.",
            ),
            (
                lambda: (plateau_time(5), np.nan),
                "This is the time. A step takes a time equal to the learning rate.",
            ),
        ),
        rtol=0.03,
    ),
    Exercise(
        name="vanishing-gradients-loss",
        asks=(
            "the gradients with respect to $a$ of the squared loss and of the "
            "cross-entropy, two numbers"
        ),
        hints={
            "squared loss": paragraphs("""
            The chain rule has two factors: the loss by $p$, and $p$ by $a$.

            The slope of the sigmoid is $p (1 - p)$.
            """),
            "cross-entropy": paragraphs(r"""
            The chain rule has two factors: the loss by $p$, and $p$ by $a$.

            The derivative of $-\ln p$ is $-1/p$. What is left when it meets $p (1 -
            p)$?
            """),
        },
        expected=_output_gradients,
        traps=(
            (
                lambda: (_output_gradients()[1], -1 - np.exp(8.0)),
                "This is the gradient with respect to $p$. One factor of the chain "
                "rule is missing.",
            ),
            (
                lambda: _output_gradients(y=0.0),
                "The label is 1.",
            ),
            (
                lambda: -np.array(_output_gradients(a=8.0, y=0.0)),
                "Here $a = -8$.",
            ),
        ),
        rtol=3e-3,
    ),
    Exercise(
        name="vanishing-gradients-leaky",
        asks=(
            "a function of alpha that returns the variance of the weights times "
            "the width $n$"
        ),
        hints=paragraphs(r"""
        By which factor does a layer change the mean square of the gradient?

        Half of the units have the slope 1, the other half $\alpha$. What is the mean of
        the square?

        The variance times the mean square of the slope, times $n$, has to be 1.
        """),
        expected=_he_variance,
        inputs=lambda: [{"alpha": alpha} for alpha in (0.0, 0.01, 0.3, 1.0)],
        traps=(
            (
                lambda alpha: 2,
                "This is right for ReLU, where alpha is 0.",
            ),
            (
                lambda alpha: 2 / (1 + alpha),
                "It is the squares of the slopes that are averaged.",
            ),
            (
                lambda alpha: 4 / (1 + alpha) ** 2,
                "The mean of the squares is not the square of the mean.",
            ),
            (
                lambda alpha: _he_variance(alpha) ** 0.5,
                "This is the gain, the root of what is asked for.",
            ),
        ),
    ),
    Exercise(
        name="vanishing-gradients-gain",
        asks="the gain, a number",
        hints=paragraphs("""
        The gradient vanishes at gain 4 still, although 4 is one over the largest slope.
        Why?

        Print `recursion(npx.sigmoid, gain)` for some gains. Where does its sign change?

        Between 1 and 20 it changes once: halve the interval again and again.
        """),
        expected=_sigmoid_gain,
        traps=(
            (
                lambda: 4,
                "One over the slope at 0. Are the pre-activations that small?",
            ),
            (
                lambda: 2**0.5,
                "This is the gain for ReLU.",
            ),
            (
                lambda: _sigmoid_gain(_library_log_gradient),
                r"The library's layers apply $\varphi$ first. Take `recursion`, "
                "which begins with $W$.",
            ),
        ),
        rtol=0.02,
    ),
    Exercise(
        name="vanishing-gradients-recurrent",
        asks=(
            "a function that takes a gradient, an array, and returns it clipped to "
            "norm 1"
        ),
        hints=paragraphs("""
        What has to happen to a gradient whose norm is smaller than 1?

        All entries are divided by one number, so that the direction is kept.

        This number is the norm where the norm is larger than 1, and 1 elsewhere.
        """),
        expected=_clipped,
        inputs=_gradients,
        traps=(
            (
                lambda gradient: np.clip(gradient, -1, 1),
                "Clipping each entry changes the direction.",
            ),
            (
                lambda gradient: gradient / (np.linalg.norm(gradient) or 1),
                "A gradient that is small already should stay as it is.",
            ),
        ),
        rtol=1e-6,
        atol=1e-9,
    ),
    Exercise(
        name="vanishing-gradients-traps",
        asks=(
            "a function that takes a vector in float32 and returns its Euclidean "
            "norm, a number"
        ),
        hints=paragraphs("""
        Which numbers are too small for float32, the entries or their squares?

        Change the precision before you square, or divide by something first.

        Convert to float64; or divide by the largest entry unless that is 0, and
        multiply at the end.
        """),
        expected=lambda gradient: np.linalg.norm(gradient.astype("float64")),
        inputs=_tiny_vectors,
        traps=(
            (
                lambda gradient: np.sqrt((gradient**2).sum()),
                "The squares of the entries are below float32's smallest number.",
            ),
        ),
        rtol=1e-5,
        remark="Entries of $10^{-34}$ and a vector of zeros are no trouble to it.",
    ),
    Exercise(
        name="vanishing-gradients-euler",
        asks="the factor per block to which the growth of $|h|^2$ tends, a number",
        hints=paragraphs(r"""
        The branch has a mean that is not zero. Does $|h|^2$ only double?

        With $c = m / |h|$, write the growth of $|h|^2$ and the next $c$ in terms of
        $c$.

        Iterate: $c$ tends to a limit. What is the growth there?

        The mean of an entry of $\mathrm{relu}(W h)$ is $|h| / \sqrt{\pi n}$, its mean
        square $|h|^2 / n$.
        """),
        expected=_growth,
        traps=(
            (
                lambda: 2,
                "So it is if the branch has no part along $h$. Its entries are all "
                "positive or zero.",
            ),
            (
                lambda: _growth() ** 0.5,
                "This is the growth of $|h|$.",
            ),
        ),
        rtol=4e-3,
    ),
)
