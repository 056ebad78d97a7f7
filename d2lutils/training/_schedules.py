"""Schedules: functions from the epoch to a factor on the learning rate."""

import math
from collections.abc import Mapping

from d2lutils import _checks


def step_schedule(factors):
    """A schedule from {epoch: factor}: from each of these epochs (counted from 0) on, lr is multiplied by factor.

    step_schedule({120: 0.1}) is the constant lr up to epoch 120, then a tenth of it.
    """
    if not isinstance(factors, Mapping):
        raise TypeError(
            f"factors must be a dict from epoch to factor, got {_checks.shown(factors)}"
        )
    factors = {
        _checks.whole("each epoch in factors", start, 0): _checks.real(
            "each of factors", factor, 0
        )
        for start, factor in factors.items()
    }
    return lambda epoch: math.prod(
        factor for start, factor in factors.items() if epoch >= start
    )


def cosine_schedule(epochs, warmup=0):
    """A schedule that rises linearly over `warmup` epochs, then falls along half a cosine to 0 after `epochs`."""

    epochs, warmup = _checks.whole("epochs", epochs), _checks.whole("warmup", warmup, 0)

    def factor(epoch):
        if epoch < warmup:
            return (epoch + 1) / (warmup + 1)
        return 0.5 * (
            1 + math.cos(math.pi * min(1.0, (epoch - warmup) / max(1, epochs - warmup)))
        )

    return factor
