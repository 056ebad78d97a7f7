"""Search spaces: a dict from a hyperparameter's name to what it may be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from d2lutils import _checks
from d2lutils._checks import whole

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Real:
    """A number in [low, high], uniform in itself or, with log, in its logarithm."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        _plain(self, low=_checks.real("low", self.low, -1e300, 1e300))
        _plain(self, high=_checks.real("high", self.high, -1e300, 1e300))
        if not self.low < self.high:
            raise ValueError(f"low must be below high = {self.high}, got {self.low}")
        if self.log and self.low <= 0:
            raise ValueError(f"low must be > 0 for a logarithm, got {self.low}")

    def draw(self, rng: np.random.Generator) -> float:
        """One value."""
        if not self.log:
            return float(rng.uniform(self.low, self.high))
        value = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        return min(max(value, self.low), self.high)


@dataclass(frozen=True)
class Integer:
    """A whole number from low to high, uniform or, with log, in its logarithm."""

    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        _plain(self, low=whole("low", self.low, 1 if self.log else -(2**62), 2**62))
        _plain(self, high=whole("high", self.high, self.low + 1, 2**62))

    def draw(self, rng: np.random.Generator) -> int:
        """One value."""
        if not self.log:
            return int(rng.integers(self.low, self.high + 1))
        # Each integer gets the share of the interval that rounds to it.
        low, high = math.log(self.low - 0.5), math.log(self.high + 0.5)
        return min(max(round(math.exp(rng.uniform(low, high))), self.low), self.high)


@dataclass(frozen=True)
class Choice:
    """One of `values` (texts, numbers, booleans or None), each as likely."""

    values: tuple[Value, ...]

    def draw(self, rng: np.random.Generator) -> Value:
        """One value."""
        return self.values[rng.integers(len(self.values))]


def uniform(low: float, high: float) -> Real:
    """A real number, uniform between two bounds.

    Parameters
    ----------
    low, high : float
        ``low < high``.

    Examples
    --------
    >>> space = {"momentum": uniform(0, 0.99)}
    """
    return Real(low, high)


def log_uniform(low: float, high: float) -> Real:
    """A real number with a uniform logarithm.

    Parameters
    ----------
    low, high : float
        ``0 < low < high``.

    Examples
    --------
    >>> space = {"lr": log_uniform(1e-3, 1e-1)}
    """
    return Real(low, high, log=True)


def integer(low: int, high: int) -> Integer:
    """A whole number, uniform.

    Parameters
    ----------
    low, high : int
        ``low < high``, both included.

    Examples
    --------
    >>> space = {"layers": integer(1, 5)}
    """
    return Integer(low, high)


def log_integer(low: int, high: int) -> Integer:
    """A whole number, about uniform in its logarithm.

    Parameters
    ----------
    low, high : int
        ``1 <= low < high``, both included.

    Examples
    --------
    >>> space = {"hidden": log_integer(10, 1000)}
    """
    return Integer(low, high, log=True)


def choice(*values: Value) -> Choice:
    """One of several values, each as likely.

    Parameters
    ----------
    *values : str, int, float, bool or None
        A value that stands here twice is twice as likely where it is drawn at random;
        Bayesian search takes it for one. Values of different types are different, also
        where they are equal, as 1, 1.0 and True are.

    Raises
    ------
    TypeError
        For values of other types, or none.
    ValueError
        For NaN.

    Examples
    --------
    >>> space = {"activation": choice("relu", "tanh"), "batch": choice(16, 32, 64)}
    """
    if not values:
        raise TypeError("values must be given, at least one, got none")
    return Choice(tuple(map(_choosable, values)))


def sample(space: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """A configuration: one value for each hyperparameter, independent of each other.

    Parameters
    ----------
    space : dict
        From a name to ``log_uniform(...)`` and its like.
    rng : numpy.random.Generator
        Source of the values.

    Returns
    -------
    dict
        The same keys, in the same order.

    Raises
    ------
    TypeError
        For anything else in the space.
    """
    _check(space)
    _checks.rng("rng", rng)
    return {name: values.draw(rng) for name, values in space.items()}


def distinct(values: tuple[Value, ...]) -> list[Value]:
    """The values without repetitions; 1, 1.0 and True are three."""
    return list({key(value): value for value in values}.values())


def key(value: Value) -> tuple[type, str]:
    """What tells a value from all others, also where they compare equal."""
    return type(value), repr(value)


def _check(space: Any) -> None:
    if not isinstance(space, Mapping) or not space:
        raise TypeError(
            "space must be a dict with at least one hyperparameter, "
            f"got {_checks.shown(space)}"
        )
    for name, values in space.items():
        if not isinstance(name, str):
            raise TypeError(f"space must have texts as its names, got {name!r}")
        if not isinstance(values, Real | Integer | Choice):
            raise TypeError(
                f"space must have log_uniform(low, high), choice(...) or the like at "
                f"{name!r}, got {_checks.shown(values)}"
            )


def _choosable(value: Any) -> Value:
    """A value of Python's own type, which a file gives back as it was."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        if math.isnan(value):
            raise ValueError("value must be a number other than NaN, got nan")
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(
        "each value must be a text, a number, a boolean or None, "
        f"got {_checks.shown(value)} of type {type(value).__name__}"
    )


def _plain(values: Any, **numbers: float) -> None:
    """Put Python's own numbers into a frozen dataclass in place of NumPy's."""
    for name, number in numbers.items():
        object.__setattr__(values, name, number)
