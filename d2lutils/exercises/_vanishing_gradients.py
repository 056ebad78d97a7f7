"""Exercises on vanishing gradients that can be checked (`d2lutils.exercises`)."""

import functools
import math

import numpy as np

from d2lutils import meanfield
from d2lutils.exercises._judge import Exercise, paragraphs
from d2lutils.saddles import plateau_time


def _steps(rate):
    """Steps of gradient descent on tanh from 5 until x is 0 or less."""
    x, steps = 5.0, 0
    while x > 0:
        x -= rate / math.cosh(x) ** 2
        steps += 1
    return steps


def _fault_of_the_run(answer):
    """What is wrong with (steps at rate 0.1, a rate for 100 steps), or ""."""
    steps, rate = answer
    if steps != _steps(0.1):
        if abs(0.1 * steps / plateau_time(5) - 1) < 1e-4:
            return "this is what the flow predicts; count the steps of the descent."
        return "at learning rate 0.1 it takes another number of steps from 5."
    if rate < 1:
        return "with this learning rate it takes far more than 100 steps."
    taken = _steps(rate)
    return "" if taken == 100 else f"with this learning rate it takes {taken} steps."


def _output_gradients(a, y=1.0):
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
            "the number of steps that you counted from 5 at learning rate 0.1, and a "
            "learning rate with which it takes exactly 100, two numbers"
        ),
        hints=paragraphs("""
        Write the loop: as long as $x$ is positive, subtract the learning rate over
        $\\cosh^2 x$. How often does it run?

        The formula for $T$, divided by the number of steps, is near the learning rate.
        Run the loop with it: does it take more steps or fewer?

        Count the steps for learning rates a little larger than the formula's.
        """),
        satisfies=_fault_of_the_run,
        shape=(2,),
    ),
    Exercise(
        name="vanishing-gradients-loss",
        asks=(
            "a function of $a$ that returns the gradients with respect to $a$ of the "
            "squared loss and of the cross-entropy, two numbers"
        ),
        hints=paragraphs(r"""
        The chain rule has two factors: the loss by $p$, and $p$ by $a$.

        The slope of the sigmoid is $p (1 - p)$.

        The derivative of $-\ln p$ is $-1/p$. What is left when it meets $p (1 - p)$?
        """),
        expected=_output_gradients,
        inputs=lambda: [{"a": a} for a in (-8.0, -1.0, 0.5, 3.0)],
        traps=(
            (
                lambda a: (
                    _output_gradients(a)[1],
                    -1 - np.exp(-a),
                ),
                "This is the gradient with respect to $p$. One factor of the chain "
                "rule is missing.",
            ),
            (
                lambda a: _output_gradients(a, y=0.0),
                "The label is 1.",
            ),
        ),
        rtol=1e-3,
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

        Print `recursion("sigmoid", gain)` for some gains. Where does its sign change?

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
