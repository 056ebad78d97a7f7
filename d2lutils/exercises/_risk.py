"""Exercises on empirical risk that can be checked (`d2lutils.exercises`)."""

import numpy as np
from scipy.special import ndtr

from d2lutils import estimation
from d2lutils.exercises._judge import Exercise, paragraphs


def _sample_of_mean(z_bar):
    x_hat = estimation.empirical_minimizers([z_bar])
    return np.concatenate([x_hat, estimation.excess_risk(x_hat)])


def _mean_of_normals(n, sigma):
    excess = sigma**2 / n / 2
    return excess, -excess, 2 * excess


def _ripple(frequency):
    limit = estimation.asymptotics()
    slope = frequency * np.pi * np.sin(frequency * np.pi * limit.argmin)
    return abs(slope) / limit.curvature, slope**2 / (2 * limit.curvature)


def _looks_better(n, m):
    return 0.5 - np.arctan((m / n) ** 0.5 / 2) / np.pi


EXERCISES = (
    Exercise(
        name="risk-mirror",
        asks="the minimiser for a sample of mean -0.2 and its excess risk, two numbers",
        hints={
            "minimiser": paragraphs("""
            Which well of the empirical risk is the deepest now?

            Where the cosine of the ripple is 1, a negative mean digs a well. Look
            there.

            `estimation.empirical_minimizers` takes a list of means.
            """),
            "excess risk": paragraphs("""
            The excess is a difference of two values of the risk, not of the empirical
            risk.

            Where is the risk least, and what is it there? Subtract it from the risk at
            your minimiser.

            `estimation.excess_risk` takes the minimiser.
            """),
        },
        expected=lambda: _sample_of_mean(-0.2),
        traps=(
            (
                lambda: _sample_of_mean(0.2),
                "This belongs to the mean +0.2.",
            ),
            (
                lambda: (
                    2 * estimation.asymptotics().argmin - _sample_of_mean(0.2)[0],
                    np.nan,
                ),
                "The picture for the mean -0.2 is not the mirror image of that for "
                "+0.2.",
            ),
            (
                lambda: (np.nan, estimation.asymptotics().excess * 0.2**2),
                "This is what the large-sample law says. What is it in truth?",
            ),
        ),
        rtol=2e-3,
    ),
    Exercise(
        name="risk-mean",
        asks=(
            "a function of n and sigma that returns the mean excess risk, the bias "
            "of the training minimum and the generalisation gap, three numbers"
        ),
        hints={
            "excess": paragraphs(r"""
            Which estimate of $\mu$ minimises the empirical risk, and what is its
            variance?

            The excess at $w$ is $\frac12 (w - \mu)^2$. Take its mean over samples.
            """),
            "bias": paragraphs(r"""
            The bias is the mean of the training minimum less the least risk.

            The squared distances from the sample's own mean are smaller on average than
            those from $\mu$. By which factor?
            """),
            "gap": paragraphs("""
            The gap is the mean of the risk at the minimiser less the training loss
            there.

            Write the gap as a difference of the other two numbers.
            """),
        },
        expected=_mean_of_normals,
        inputs=lambda: [
            {"n": n, "sigma": sigma}
            for n, sigma in ((1, 1.5), (2, 3.0), (10, 2.0), (50, 0.5))
        ],
        traps=(
            (
                lambda n, sigma: _mean_of_normals(n, sigma**0.5),
                "Is sigma a variance or a standard deviation?",
            ),
            (
                lambda n, sigma: _mean_of_normals(n - 1 or np.nan, sigma),
                "Bessel's $n - 1$ comes in later.",
            ),
            (
                lambda n, sigma: (
                    np.array(_mean_of_normals(n, sigma)) - (0, sigma**2 / 2, 0)
                ),
                "Subtract the least risk, which is not zero.",
            ),
        ),
    ),
    Exercise(
        name="risk-ripple",
        asks=(
            r"the limits of $\sqrt{n}$ times the standard deviation of the "
            r"minimiser and of $n$ times the excess, two numbers for $\sigma = 1$"
        ),
        hints={
            "standard deviation": paragraphs(r"""
            What changes in the formula: the curvature of the risk, or the slope of the
            ripple?

            The slope is that of $\cos(3 \pi x)$ at the minimiser of the risk.

            Noise over curvature: the slope's size divided by $f''(x^*)$.
            """),
            "excess": paragraphs("""
            A tilted parabola: by how much does its minimum miss the lowest point of the
            other?

            The slope's square over twice the curvature.
            """),
        },
        expected=lambda: _ripple(3),
        traps=(
            (
                lambda: _ripple(5),
                r"This is the constant for $\cos(5 \pi x)$.",
            ),
            (
                lambda: (_ripple(3)[0] ** 2, np.nan),
                "This is the variance; its root is wanted.",
            ),
        ),
        rtol=2e-3,
    ),
    Exercise(
        name="risk-test-set",
        asks=(
            "a function of n and m, the sizes of the training and of the test set, "
            "that returns the probability that the minimiser looks better than $x^*$ "
            r"on the test set, for $\sigma = 0.1$"
        ),
        hints=paragraphs(r"""
        Count in a simulation, with many training sets and a test set for each.

        The measured difference is the excess plus an error. For how many draws is it
        negative?

        With standard normal $u$ (training) and $v$ (test), the measured difference is
        proportional to $u^2 + 2 \sqrt{n / m}\, u v$.

        The ratio $v / u$ has a Cauchy distribution.
        """),
        expected=_looks_better,
        inputs=lambda: [
            {"n": n, "m": m}
            for n, m in ((400, 1600), (400, 400), (900, 100), (500, 20000))
        ],
        traps=(
            (
                lambda n, m: ndtr(-((m / n) ** 0.5) / 2),
                "Excess over standard deviation, to be sure. But the excess varies "
                "from training set to training set, and the measured difference is "
                "not normal.",
            ),
            (
                lambda n, m: 1 - _looks_better(n, m),
                "Which of the two looks better?",
            ),
            (
                lambda n, m: _looks_better(m, n),
                "Which of the two numbers is the size of the test set?",
            ),
            (
                lambda n, m: _looks_better(n, 4 * m),
                "The noise is twice the excess where the test set is as large as the "
                "training set.",
            ),
            (
                lambda n, m: 0.25,
                "That holds for a test set of four times the size.",
            ),
        ),
        atol=0.01,
    ),
)
