"""Exercises on infinitely wide networks that can be checked (`d2lutils.exercises`)."""

import numpy as np

from d2lutils import kernels
from d2lutils.exercises._judge import Exercise, paragraphs


def _by_pen():
    one, other = np.eye(2)[:1], np.eye(2)[1:]
    return [
        kernels.ntk(x, z, depth=depth).item()
        for x, z, depth in ((one, other, 1), (one, other, 2), (one, -one, 1))
    ]


def _third_frequency():
    from d2lutils import networks

    t = 2 * np.pi * np.arange(256) / 256
    circle = np.stack([np.cos(t), np.sin(t)], axis=1)
    rows = (
        kernels.of(networks.mlp(1, 1), circle[:1], circle),
        kernels.ntk(circle[:1], circle, depth=2),
    )
    return [(row[0] * np.cos(3 * t)).mean() for row in rows]


def _filters_apart():
    z = np.linspace(0, 20, 200_001)
    return np.abs(z / (1 + z) + np.expm1(-z)).max()


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
        name="ntk-bias",
        asks=(
            r"the eigenvalues of $\cos 3t$ for one layer with biases and for two "
            "layers without, two numbers"
        ),
        hints={
            "biases": paragraphs(r"""
            The eigenvalue is the mean over the circle of $K(0, t) \cos 3t$.

            Give `kernels.of` the spec `networks.mlp(1, 1)`, one point and all points.
            """),
            "two layers": paragraphs(r"""
            The eigenvalue is the mean over the circle of $K(0, t) \cos 3t$.

            `kernels.ntk` has the argument `depth`.
            """),
        },
        expected=_third_frequency,
        rtol=0.01,
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
        name="ntk-infinite-depth",
        asks=(
            "$K(x, x') / (L + 1)$ for two orthogonal unit vectors, for $L = 30$ and "
            "its limit, two numbers"
        ),
        hints={
            "30 layers": paragraphs("""
            `kernels.ntk` has the argument `depth`, the number of hidden layers.

            Divide by the number of layers of weights, which is one more.
            """),
            "limit": paragraphs(r"""
            Try more and more layers, up to some thousands.

            Cosines tend to 1 like $1 - u \approx 9 \pi^2 / (2 L^2)$. What does that
            make of $\kappa_0$?

            A term of layer $l$ is damped like $(l / L)^3$. What is the mean of this
            over the layers?
            """),
        },
        expected=lambda: (
            kernels.ntk(np.eye(2)[:1], np.eye(2)[1:], depth=30).item() / 31,
            1 / (3 + 1),
        ),
        traps=(
            (
                lambda: (np.nan, 1),
                "So it is for two inputs that are equal.",
            ),
            (
                lambda: (
                    kernels.ntk(np.eye(2)[:1], np.eye(2)[1:], depth=30).item() / 30,
                    np.nan,
                ),
                "Thirty hidden layers have one more layer of weights behind them.",
            ),
        ),
        rtol=2e-3,
    ),
)
