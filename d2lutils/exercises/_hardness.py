"""Exercises on hardness that can be checked (`d2lutils.exercises`)."""

import functools

import numpy as np

from d2lutils import hardness
from d2lutils.exercises._judge import Exercise, paragraphs


def _inseparable(values):
    if not np.isin(values, (0, 1)).all():
        return "a Boolean function has the values 0 and 1."
    if (values[0] == values[1]).all():
        return "the two functions are one and the same."
    numbers = (values @ (1, 2, 4, 8)).astype(int)
    return (
        "one of these functions is separable."
        if hardness.separable_functions(2)[numbers].any()
        else ""
    )


@functools.cache
def _best_unit_counts():
    """How many functions of three inputs one unit gets right in 8, ..., 4 places."""
    functions = np.arange(256)[:, None] >> np.arange(8) & 1
    units = functions[hardness.separable_functions(3)]
    right = np.max([(functions == unit).sum(axis=1) for unit in units], axis=0)
    return [(right == k).sum() for k in (8, 7, 6, 5, 4)]


_MARK = 0.1


def _with_margin():
    """Points with a margin of at least gamma around the plane of the last axis.

    The first n inputs mark the examples, so that the weights tell how often each of
    them was added.
    """
    rng, examples = np.random.default_rng(7), []
    for gamma, dim in ((0.3, 2), (0.03, 2), (0.1, 3)):
        X = rng.uniform(-1, 1, (40, dim))
        y = np.where(X[:, -1] > 0, 1, -1)
        X[:, -1] = y * (gamma + (1 - gamma) * abs(X[:, -1]))
        examples.append({"X": np.hstack([_MARK * np.eye(len(X)), X]), "y": y})
    return examples


def _perceptron(returned, X, y):
    weights, mistakes = returned
    if mistakes.shape:
        return "the number of mistakes is no number."
    if weights.shape != X.shape[1:]:
        return (
            f"the weights have shape {weights.shape}, for points in {X.shape[1]} "
            "dimensions."
        )
    if (y * (X @ weights) <= 0).any():
        return "some examples are wrong still when the algorithm stops."
    times = y * weights[: len(y)] / _MARK
    added = np.round(times)
    same = np.abs(weights - (added * y) @ X).max() < 1e-3
    if np.abs(times - added).max() > 1e-2 or added.min() < 0 or not same:
        return "the weights are no sum of examples times their labels, from zero on."
    if added.sum() != mistakes:
        return "the weights are not the sum of as many examples as there were mistakes."
    bound = np.square(X).sum(axis=1).max() / (y * X[:, -1]).min() ** 2
    return (
        "there are more mistakes than the theorem allows." if mistakes > bound else ""
    )


def _colouring(colours):
    if len(np.unique(colours)) != 2:
        return "there are not two colours."
    one_coloured = [
        line
        for line in hardness.fano_plane()[:-1]
        if len(set(colours[list(line)])) == 1
    ]
    return (
        f"{len(one_coloured)} of the six lines have one colour only."
        if one_coloured
        else ""
    )


def _labelled_points():
    rng = np.random.default_rng(8)
    return [
        {"X": rng.standard_normal((n, d)), "y": rng.choice([-1.0, 1.0], n)}
        for n, d in ((60, 10), (12, 6))
    ]


def _wide_network(returned, X, y):
    W, b, v = returned
    if v.ndim != 1 or W.shape != (X.shape[1], len(v)) or b.shape != v.shape:
        return (
            f"the shapes are {W.shape}, {b.shape} and {v.shape}; for m units they "
            "should be (d, m), (m,) and (m,)."
        )
    if len(v) > len(y):
        return "there are more units than examples."
    return (
        ""
        if np.abs(np.tanh(X @ W + b) @ v - y).max() < 1e-6
        else "not all labels are fitted."
    )


EXERCISES = (
    Exercise(
        name="hardness-which-two",
        asks=(
            "the values of the two functions on the inputs 00, 10, 01 and 11, a 2 "
            "by 4 matrix of zeros and ones"
        ),
        hints=paragraphs("""
        The inputs are the corners of a square. When do the hulls of the two classes
        meet?

        Where can a segment between two corners meet a segment between two others?

        Only the two diagonals cross.
        """),
        satisfies=_inseparable,
        shape=(2, 4),
    ),
    Exercise(
        name="hardness-best-unit",
        asks=(
            "how many of the 256 functions one unit gets right in 8, 7, 6, 5 and 4 "
            "places at best, five whole numbers"
        ),
        hints=paragraphs("""
        Which functions does one unit compute without a mistake, and how many are there?

        Compare each function with each separable one, and take the best.

        Each function belongs to one number of places, so that the counts sum to 256.
        """),
        expected=_best_unit_counts,
        traps=(
            (
                lambda: np.cumsum(_best_unit_counts()),
                "Count each function once, at its best.",
            ),
        ),
        whole=True,
        rtol=0,
    ),
    Exercise(
        name="hardness-perceptron",
        asks=(
            "a function of the points X (n, d) and labels y (n,) that returns the "
            "weights (d,) and the number of mistakes"
        ),
        hints=paragraphs(r"""
        When may the algorithm stop?

        Go over all examples again and again, until a whole round brings no mistake.

        A product $y_i\, w^\top x_i$ of zero is a mistake, too: so begins the run from
        $w = 0$.
        """),
        satisfies=_perceptron,
        inputs=_with_margin,
        shape=2,
    ),
    Exercise(
        name="hardness-fano",
        asks=(
            "the colours of the seven elements without the last line, seven "
            "numbers of two values"
        ),
        hints=paragraphs("""
        Which hidden unit is negative on which of the unit vectors?

        The examples end with the seven unit vectors, and a unit answers with -1 or 1.

        `network.hidden(X[-7:])` has one column a unit: one of them is enough.
        """),
        satisfies=_colouring,
        shape=(7,),
    ),
    Exercise(
        name="hardness-wide",
        asks=(
            "a function of the points X (n, d) and labels y (n,) that returns "
            "hidden weights (d, n), biases (n,) and output weights (n,)"
        ),
        hints=paragraphs("""
        Only the output weights have to be found. In which way do the outputs depend on
        them?

        The hidden activations form a square matrix. Which equation do the output
        weights solve?

        Solve `tanh(X @ W + b) @ v = y` for v.
        """),
        satisfies=_wide_network,
        inputs=_labelled_points,
        shape=3,
    ),
)
