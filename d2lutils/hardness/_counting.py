"""How many dichotomies one threshold unit can learn: Cover, Boolean functions."""

from fractions import Fraction
from math import comb, sqrt

import numpy as np

from d2lutils import _checks
from d2lutils.hardness._separability import separate

_MAX_INPUTS = 4


def cover_probability(n: int, d: int) -> float:
    """Probability that n points with coin labels are separable in d dimensions.

    The points are in general position, the hyperplane passes through the origin; one
    with a bias in d dimensions is counted by d + 1. It is 2 sum_{k<d} C(n-1, k) / 2^n
    (Cover 1965, Theorem 1), exact but for the last rounding.

    Parameters
    ----------
    n : int
        Points, at most 10,000.
    d : int
        Dimensions.
    """
    n, d = _checks.whole("n", n, 1, 10_000), _checks.whole("d", d)
    return float(Fraction(2 * sum(comb(n - 1, k) for k in range(min(d, n))), 2**n))


def cover_frequency(
    n: int, d: int, num_draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Share of Gaussian samples with coin labels that a linear program separates.

    Parameters
    ----------
    n, d : int
        Points and dimensions of a sample.
    num_draws : int
        Samples.
    rng : numpy.random.Generator

    Returns
    -------
    share, standard_error : float
        The standard error uses Cover's exact probability.
    """
    n, d = _checks.whole("n", n, 1, 10_000), _checks.whole("d", d)
    num_draws = _checks.whole("num_draws", num_draws)
    _checks.fits("d", n, d)
    _checks.rng("rng", rng)
    hits = sum(
        separate(
            rng.normal(size=(n, d)), rng.choice([-1, 1], size=n), bias=False
        ).separable
        for _ in range(num_draws)
    )
    exact = cover_probability(n, d)
    return hits / num_draws, sqrt(exact * (1 - exact) / num_draws)


def boolean_inputs(num_inputs: int) -> np.ndarray:
    """All corners of the cube, of 0 and 1: (2**num_inputs, num_inputs).

    Row k holds the bits of k, lowest first.
    """
    num_inputs = _checks.whole("num_inputs", num_inputs, 1, 25)
    return np.arange(2**num_inputs)[:, None] >> np.arange(num_inputs) & 1


def xor() -> tuple[np.ndarray, np.ndarray]:
    """The exclusive or: X (4, 2) of 0 and 1, y (4,) of -1 and +1."""
    X = boolean_inputs(2)
    return X, 2 * (X.sum(axis=1) % 2) - 1


def separable_functions(num_inputs: int) -> np.ndarray:
    """Which Boolean functions are linearly separable.

    Renaming or negating inputs and negating the output change nothing, so one linear
    program a class (222 for 4 inputs) decides all.

    Parameters
    ----------
    num_inputs : int
        At most 4.

    Returns
    -------
    array of bool of shape (2**2**num_inputs,)
        Its sum is the count. Function f has value (f >> k) & 1 on row k of
        `boolean_inputs`.

    Raises
    ------
    ValueError
        Past 4 inputs.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    num_inputs = _checks.whole("num_inputs", num_inputs, 1, _MAX_INPUTS)
    X = boolean_inputs(num_inputs)
    rows, functions = np.arange(2**num_inputs), np.arange(2**2**num_inputs)
    bits = functions[:, None] >> rows & 1
    moved = [rows ^ (1 << i) for i in range(num_inputs)]
    for i in range(num_inputs - 1):
        swapped = X.copy()
        swapped[:, [i, i + 1]] = X[:, [i + 1, i]]
        moved.append(swapped @ (1 << np.arange(num_inputs)))
    images = [bits[:, move] @ (1 << rows) for move in moved]
    images.append(functions ^ functions[-1])
    edges = (
        np.ones(len(images) * functions.size),
        (np.tile(functions, len(images)), np.concatenate(images)),
    )
    _, classes = connected_components(
        coo_array(edges, shape=(functions.size,) * 2), directed=False
    )
    _, representatives = np.unique(classes, return_index=True)
    decided = np.array([separate(X, bits[f]).separable for f in representatives])
    return decided[classes]
