"""Exercises on what a kernel learns that can be checked (`d2lutils.exercises`)."""

import numpy as np

from d2lutils import kernels
from d2lutils.exercises._judge import Exercise, paragraphs


def _third_frequency():
    from d2lutils import networks

    t = 2 * np.pi * np.arange(256) / 256
    circle = np.stack([np.cos(t), np.sin(t)], axis=1)
    rows = (
        kernels.of(networks.mlp(1, 1), circle[:1], circle),
        kernels.ntk(circle[:1], circle, depth=2),
    )
    return [(row[0] * np.cos(3 * t)).mean() for row in rows]


EXERCISES = (
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
        name="cntk-equal-modes",
        asks="a function of n and p that returns the test error",
        hints=paragraphs(r"""
        All modes get the same share $L$ of the $n$ examples. Which one?

        The target loses $(1 - L)^2$, and the factor in front of it is $1/(1 - L)$.
        """),
        expected=lambda n, p: 1 - n / p,
        inputs=lambda: [
            {"n": n, "p": p} for n, p in ((1, 2), (50, 200), (100, 200), (30, 1000))
        ],
        traps=(
            (
                lambda n, p: (1 - n / p) ** 2,
                "What is not learnt is also noise for what is: the factor in front.",
            ),
            (
                lambda n, p: n / p,
                "This is the share that is learnt.",
            ),
            (
                lambda n, p: (1 - n / p) ** 2 / (1 - n / p**2),
                "The sum of the squares $L_i^2$ is over all $p$ modes.",
            ),
        ),
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
