"""Intervals around what was measured over several seeds or data sets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks

_RESAMPLES = 4000


def bootstrap(
    values: ArrayLike,
    statistic: Callable[[np.ndarray], float] = np.median,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile bootstrap: how far a statistic moves when the runs are drawn anew.

    Parameters
    ----------
    values : array-like
        One row for each run, seed or data set, at least two. The rows are resampled
        with replacement; numbers that belong together (two methods on one data set)
        stand in one row.
    statistic : function
        Takes the resampled array, of the same shape, and returns a number.
    seed : int
        Of the resampling.
    level : float
        Share of the resampled statistics inside the interval.

    Returns
    -------
    tuple of two floats
        The lower and the upper end.

    References
    ----------
    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    array = _checks.array("values", values)
    if array.ndim == 0 or len(array) < 2:
        raise ValueError(
            f"values must be an array of at least two runs, got shape {array.shape}"
        )
    _checks.function("statistic", statistic)
    _checks.real("level", level, above=0, below=1)
    rng = np.random.default_rng(_checks.seed("seed", seed))
    size = len(array)
    resampled = [
        float(statistic(array[rng.integers(size, size=size)]))
        for _ in range(_RESAMPLES)
    ]
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def proportion(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval (Clopper and Pearson 1934) around a share ``hits / trials``.

    Parameters
    ----------
    hits, trials : int
        In how many of how many independent trials it happened.
    level : float
        The least probability with which the interval covers the true share.

    Returns
    -------
    tuple of two floats
        The lower and the upper end. Unlike that of `bootstrap` the interval has a
        width also when all trials agree.
    """
    from scipy.special import betaincinv

    trials = _checks.whole("trials", trials)
    hits = _checks.whole("hits", hits, 0, trials)
    _checks.real("level", level, above=0, below=1)
    tail = (1 - level) / 2
    low = betaincinv(hits, trials - hits + 1, tail) if hits else 0.0
    high = betaincinv(hits + 1, trials - hits, 1 - tail) if hits < trials else 1.0
    return float(low), float(high)
