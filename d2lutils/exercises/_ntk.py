"""Exercises on infinitely wide networks that can be checked (`d2lutils.exercises`)."""

import math

import numpy as np

from d2lutils import kernels
from d2lutils.exercises._judge import Exercise, paragraphs


def _by_pen():
    one, other = np.eye(2)[:1], np.eye(2)[1:]
    return [
        kernels.ntk(x, z, depth=depth).item()
        for x, z, depth in ((one, other, 1), (one, other, 2), (one, -one, 1))
    ]


def _filters_apart():
    z = np.linspace(0, 20, 200_001)
    return np.abs(z / (1 + z) + np.expm1(-z)).max()


def _kappa(u):
    """The two arc-cosine kernels."""
    k0 = 1 - math.acos(u) / math.pi
    return k0, u * k0 + math.sqrt(1 - u * u) / math.pi


def _tangent(u):
    k0, k1 = _kappa(u)
    return u * k0 + k1


def _spread(u):
    r = _tangent(u) / 2
    return math.sqrt(1 - 2 * r * _kappa(u)[1] + r * r)


EXERCISES = (
    Exercise(
        name="ntk-orthogonal",
        asks=(
            "$K(x, x')$ for one hidden layer, for two, and for $x' = -x$ and one, "
            "three numbers"
        ),
        hints={
            "one layer": paragraphs(r"""
            What are $\kappa_0$ and $\kappa_1$ at $u = 0$?

            The input's own inner product is 0, so that only $\kappa_1$ is left.
            """),
            "two layers": paragraphs(r"""
            The cosine after the first layer is not 0 any more.

            Put $u = \kappa_1(0)$ into both functions.

            The kernel of the layer below times $\kappa_0(u)$, plus $\kappa_1(u)$.
            """),
            "opposite": paragraphs(r"""
            Which units are active for $x$ and for $-x$?

            What are $\kappa_0$ and $\kappa_1$ at $u = -1$?
            """),
        },
        expected=_by_pen,
        traps=(
            (
                lambda: (0, np.nan, np.nan),
                "ReLU has a positive mean, so that outputs of orthogonal inputs agree.",
            ),
        ),
        rtol=2e-3,
        atol=1e-6,
    ),
    Exercise(
        name="ntk-early-stopping",
        asks="the largest difference of the two shares, a number",
        hints=paragraphs(r"""
        Both shares depend on $\lambda t$ only.

        Flow learns $1 - e^{-\lambda t}$ of a mode. What does ridge regression keep of
        it?

        Ridge regression learns $\lambda / (\lambda + \rho)$. Where is the difference
        largest?
        """),
        expected=_filters_apart,
        traps=(
            (
                lambda: 0.5 - np.exp(-1),
                r"This is the difference at $\lambda t = 1$. Is it largest there?",
            ),
        ),
        rtol=0.01,
    ),
    Exercise(
        name="ntk-spread",
        asks="a function of u that returns the standard deviation over the starts",
        hints=paragraphs(r"""
        The answer is $r y_1 + f_0(x) - r f_0(x_1)$ with a number $r$. Which one?

        With one hidden layer the kernel of a unit vector with itself is 2, and its
        output at the start has variance 1.

        The outputs at $x$ and at $x_1$ have the covariance $\kappa_1(u)$: what is the
        variance of their difference, the second times $r$?
        """),
        expected=_spread,
        inputs=lambda: [{"u": u} for u in (-1.0, -0.6, 0.0, 0.3, 0.9)],
        traps=(
            (
                lambda u: math.sqrt(1 - _kappa(u)[1] ** 2),
                "So it would be if the last layer alone were trained.",
            ),
            (
                lambda u: _spread(u) ** 2,
                "This is the variance.",
            ),
            (
                lambda u: math.sqrt(1 + (_tangent(u) / 2) ** 2),
                "The outputs at the two inputs are not independent.",
            ),
            (
                lambda u: math.sqrt(2 - _tangent(u) ** 2 / 2),
                "The outputs at the start have the covariance of the last layer's "
                "recursion, not the tangent kernel.",
            ),
        ),
        atol=1e-6,
    ),
)
