"""Exercises on flat points and cliques that can be checked (`d2lutils.exercises`)."""

import numpy as np

from d2lutils.exercises._judge import Exercise, paragraphs


def _thresholds(d):
    return 1 - 1 / d, 1 - 2 / d


def _distance(p, lr, k):
    return (1 + p * (p - 2) * lr * k) ** (-1 / (p - 2))


def _ridge_problems():
    rng = np.random.default_rng(9)
    return [
        {
            "X": rng.standard_normal((n, d)),
            "y": rng.standard_normal(n),
            "rho": rho,
            "w": scale * rng.standard_normal(d),
        }
        for n, d, rho, scale in ((12, 3, 0.1, 1.0), (5, 8, 0.5, 0.0), (30, 4, 2.0, 0.3))
    ]


def _gradient(X, y, rho, w):
    return X.T @ (X @ w - y) / len(y) + rho * w


def _gap(X, y, rho, w):
    return np.square(_gradient(X, y, rho, w)).sum() / (2 * rho)


def _left_to_gain(X, y, rho, w):
    """What training can still gain: at most the gap, and not known at w."""
    hessian = X.T @ X / len(y) + rho * np.eye(X.shape[1])
    gradient = _gradient(X, y, rho, w)
    return gradient @ np.linalg.solve(hessian, gradient) / 2


def _against_horn(M):
    M = M / (np.abs(M).max() or 1)
    if np.abs(M - M.T).max() > 1e-9:
        return "M is not symmetric."
    if M.min() < -1e-12:
        return "M has a negative entry."
    if np.linalg.eigvalsh(M)[0] < -1e-9:
        return "M has a negative eigenvalue."
    cycle = np.roll(np.eye(5), 1, axis=0)
    product = (M * (1 - 2 * cycle - 2 * cycle.T)).sum()
    return (
        "the inner product with the Horn matrix is not negative."
        if product > -1e-6
        else ""
    )


EXERCISES = (
    Exercise(
        name="flat-points-complete",
        asks=(
            "a function of the number d of vertices that returns the thresholds for s "
            "of the right form and of the slide's"
        ),
        hints=paragraphs(r"""
        What is the adjacency matrix of a graph in which all vertices are joined?

        On the simplex both forms are a number plus a multiple of $|z|^2$. Where is that
        least?

        At equal masses $|z|^2 = 1/d$; the multiple is 1 for the right form and 2 for
        the slide's.
        """),
        expected=_thresholds,
        inputs=lambda: [{"d": d} for d in (2, 3, 7, 20)],
        traps=(
            (
                lambda d: _thresholds(d)[::-1],
                "The right form's threshold comes first.",
            ),
            (
                lambda d: (d, d / 2),
                "These are sizes of cliques. Which $s$ belong to them?",
            ),
        ),
        rtol=2e-3,
    ),
    Exercise(
        name="flat-points-power",
        asks=(
            "a function of the power p, the learning rate and the number of steps that "
            "returns the distance from 0"
        ),
        hints=paragraphs(r"""
        The flow is $\dot x = -p\, x^{p-1}$. Which power of $x$ changes at a constant
        rate?

        How fast does $x^{2-p}$ grow?

        Begin at $x^{2-p} = 1$, add $p (p - 2)\, \eta k$, and take the root.
        """),
        expected=_distance,
        inputs=lambda: [
            {"p": 4, "lr": 0.01, "k": 5000},
            {"p": 6, "lr": 0.02, "k": 2000},
            {"p": 8, "lr": 0.005, "k": 8000},
        ],
        traps=(
            (
                lambda p, lr, k: (8 * lr * k) ** -0.5,
                "This is right for the fourth power only.",
            ),
            (
                lambda p, lr, k: (1 - lr * p) ** k,
                "So it goes down where there is curvature.",
            ),
        ),
        rtol=0.01,
    ),
    Exercise(
        name="flat-points-ridge-gap",
        asks=(
            "a function of X (n, d), y (n,), rho and w (d,) that returns the duality "
            "gap at w"
        ),
        hints=paragraphs(r"""
        Compute $a$ and $w(a)$ from $w$, then the loss, then the dual.

        The gap is the loss at $w$ minus the dual at the residuals there.

        All but the squares cancel: what is left is a multiple of
        $|w - w(a)|^2$.
        """),
        expected=_gap,
        inputs=_ridge_problems,
        traps=(
            (
                _left_to_gain,
                "This is what training can gain, for which one has to solve the "
                "problem. The gap bounds it from what is known at $w$.",
            ),
            (
                lambda X, y, rho, w: 2 * _gap(X, y, rho, w),
                "There is a factor of two too much.",
            ),
        ),
        rtol=1e-4,
    ),
    Exercise(
        name="hardness-horn",
        asks="a matrix $M$ that proves it, 5 by 5",
        hints=paragraphs("""
        Where should the entries of M be large to make the inner product negative?

        Try the identity plus a multiple of the adjacency matrix of the cycle.

        The larger the multiple, the better, as long as no eigenvalue is negative. Those
        of a cycle are cosines.
        """),
        satisfies=_against_horn,
        shape=(5, 5),
    ),
)
