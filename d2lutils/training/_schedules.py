"""Schedules: functions from the epoch to a factor on the learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from d2lutils import _checks

Schedule = Callable[[int], float]


def step_schedule(factors: Mapping[int, float]) -> Schedule:
    """A schedule that multiplies the learning rate by factors from given epochs on.

    With ``step_schedule({120: 0.1})`` it is constant up to epoch 120, then a tenth.

    Parameters
    ----------
    factors : dict
        From epochs, counted from 0, to factors that are at least 0.

    Returns
    -------
    function
        From the epoch to the product of the factors that are due.

    Raises
    ------
    TypeError, ValueError
        If `factors` is no dict of such numbers.
    """
    if not isinstance(factors, Mapping):
        raise TypeError(
            f"factors must be a dict from epoch to factor, got {_checks.shown(factors)}"
        )
    starts = {
        _checks.whole("each epoch in factors", start, 0): _checks.real(
            "each of factors", factor, 0
        )
        for start, factor in factors.items()
    }
    return lambda epoch: math.prod(
        factor for start, factor in starts.items() if epoch >= start
    )
