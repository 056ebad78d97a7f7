"""Search spaces: a dict from a hyperparameter's name to what it may be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from d2lutils import _checks
from d2lutils._checks import whole


@dataclass(frozen=True)
class Real:
    """A number in [low, high], uniform in itself or, with log, in its logarithm."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self):
        low, high = (
            _checks.real("low", self.low, -1e300, 1e300),
            _checks.real("high", self.high, -1e300, 1e300),
        )
        if not low < high:
            raise ValueError(f"got the range [{low}, {high}]; need low < high")
        if self.log and self.low <= 0:
            raise ValueError(
                f"got the logarithmic range [{self.low}, {self.high}]; need low > 0"
            )

    def draw(self, rng):
        """One value, a float."""
        if not self.log:
            return float(rng.uniform(self.low, self.high))
        value = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        return min(max(value, self.low), self.high)


@dataclass(frozen=True)
class Integer:
    """A whole number from low to high, both included, uniform in itself or, with log, in its logarithm."""

    low: int
    high: int
    log: bool = False

    def __post_init__(self):
        whole("low", self.low, 1 if self.log else -(2**62), 2**62)
        whole("high", self.high, self.low + 1, 2**62)

    def draw(self, rng):
        """One value, an int."""
        if not self.log:
            return int(rng.integers(self.low, self.high + 1))
        # Each integer gets the share of the interval that rounds to it.
        value = math.exp(
            rng.uniform(math.log(self.low - 0.5), math.log(self.high + 0.5))
        )
        return min(max(round(value), self.low), self.high)


@dataclass(frozen=True)
class Choice:
    """One of `values` (strings, numbers, booleans or None), each as likely."""

    values: tuple

    def draw(self, rng):
        """One value."""
        return self.values[rng.integers(len(self.values))]


def uniform(low, high):
    """A real number, uniform in [low, high]."""
    return Real(low, high)


def log_uniform(low, high):
    """A real number in [low, high], 0 < low, with a uniform logarithm."""
    return Real(low, high, log=True)


def integer(low, high):
    """A whole number, uniform from low to high, both included."""
    return Integer(low, high)


def log_integer(low, high):
    """A whole number from low to high, both included, 1 <= low, about uniform in its logarithm."""
    return Integer(low, high, log=True)


def choice(*values):
    """One of the values given: strings, numbers, booleans or None."""
    if not values or not all(
        isinstance(value, str | int | float | None) for value in values
    ):
        raise TypeError(
            f"each value must be a text, a number, a boolean or None, and one is needed, got {values}"
        )
    return Choice(values)


def sample(space, rng):
    """A configuration: one value for each hyperparameter, independent of each other.

    space: dict from name to log_uniform(...) and its like. rng: numpy.random.Generator.
    Returns a dict with the same keys, in the same order. Raises TypeError for anything else in the space.
    """
    if not isinstance(space, Mapping) or not space:
        raise TypeError(
            f"space must be a dict with at least one hyperparameter, got {_checks.shown(space)}"
        )
    _checks.rng("rng", rng)
    for name, values in space.items():
        if not isinstance(values, Real | Integer | Choice):
            raise TypeError(
                f"the space has {name!r}: {values!r}; need log_uniform(low, high), choice(...) or the like"
            )
    return {name: values.draw(rng) for name, values in space.items()}
