"""Checks of arguments, shared by all modules.

Each returns the value as it is used from there on, or raises an error of one sentence: the argument's name, what is
needed, what was given. TypeError where it is no number (no function, no generator ...) at all, else ValueError.
"""

import math
import numbers
import operator
import os
import pathlib
import warnings

import numpy as np

LARGEST = 2**31
"""Numbers that one array may hold, 16 GiB of float64: whoever asks for more has mistyped."""


def shown(value):
    """The value as it stands in a message: short."""
    if isinstance(value, np.ndarray) and value.size > 4:
        return f"an array of shape {value.shape}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def real(name, value, least=-math.inf, most=math.inf, *, above=None, below=None):
    """A finite number as a float: least <= value <= most, and above < value < below where these are given."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number, got {shown(value)}")
    fits = (
        least <= value <= most
        and (above is None or value > above)
        and (below is None or value < below)
    )
    if not (fits and math.isfinite(value)):
        raise ValueError(
            f"{name} must be {_range('a finite number', least, most, above, below)}, got {shown(value)}"
        )
    return float(value)


def whole(name, value, least=1, most=LARGEST):
    """A whole number from least to most as an int. 3.0 counts as whole, True does not."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a whole number, got {shown(value)}")
    number = int(value) if math.isfinite(value) else None  # type: ignore[call-overload]  # of any numbers.Real
    if number is None or number != value or not least <= number <= most:
        above = most if most < LARGEST or value > most else math.inf
        raise ValueError(
            f"{name} must be {_range('a whole number', least, above)}, got {shown(value)}"
        )
    return number


def _range(what, least, most, above=None, below=None):
    bounds = (
        [f">= {least}"]
        if least > -math.inf
        else [f"> {above}"]
        if above is not None
        else []
    )
    bounds += (
        [f"<= {most}"]
        if most < math.inf
        else [f"< {below}"]
        if below is not None
        else []
    )
    return " ".join([what, " and ".join(bounds)]).rstrip()


def seed(name, value):
    """A seed: a whole number >= 0, a sequence of them, or a numpy.random.Generator, which is passed through."""
    if isinstance(value, np.random.Generator | np.random.SeedSequence):
        return value
    if isinstance(value, list | tuple):
        return [whole(name, part, 0, math.inf) for part in value]
    return whole(name, value, 0, math.inf)


def rng(name, value):
    """A numpy.random.Generator."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator, got {shown(value)}")
    return value


def array(name, value, ndim=None, *, finite=True, dtype=np.float64):
    """An array of real numbers, of dtype unless that is None, with ndim axes unless None; finite unless finite=False.

    Text, complex numbers, None, ragged lists and objects that are no numbers are TypeErrors.
    """
    given = (
        np.asarray(value)
        if isinstance(value, np.ndarray | float | int)
        else _converted(value)
    )
    if (
        given.dtype == object
        and given.size
        and all(isinstance(part, numbers.Real) for part in given.flat)
    ):
        given = given.astype(np.float64)  # fractions and very large integers
    if given.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, got {shown(value)}")
    if ndim is not None and given.ndim != ndim:
        kind = {0: "one number", 1: "a vector", 2: "a matrix"}.get(
            ndim, f"an array of {ndim} axes"
        )
        raise ValueError(f"{name} must be {kind}, got shape {given.shape}")
    if finite and given.dtype.kind == "f" and not np.isfinite(given).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return given if dtype is None else given.astype(dtype, copy=False)


def broadcast(**arrays):
    """Raise ValueError if arrays, given by name, do not fit each other's shapes."""
    try:
        np.broadcast_shapes(*(np.shape(array) for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(
            f"{name} {np.shape(array)}" for name, array in arrays.items()
        )
        raise ValueError(f"shapes must fit each other, got {shapes}") from None


def _converted(value):
    """A list or what else NumPy can read as an array; of objects if it is ragged."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # NumPy 1.23 only warns of ragged lists, later ones raise
        try:
            return np.asarray(value)
        except ValueError:
            return np.empty(0, dtype=object)


def fits(name, *sizes):
    """Raise ValueError if an array of these sizes would not fit into memory."""
    count = math.prod(int(size) for size in sizes)
    if count > LARGEST:
        raise ValueError(
            f"{name} must be smaller: {count:.1e} numbers would be kept, {LARGEST:.1e} are the limit"
        )


def choice(name, value, options):
    """One of several texts (or None, where it is among them)."""
    if not (value is None or isinstance(value, str)) or value not in options:
        raise ValueError(
            f"{name} must be one of {', '.join(map(repr, options))}, got {shown(value)}"
        )
    return value


def function(name, value):
    """Anything that can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {shown(value)}")
    return value


def instance(name, value, kind):
    """An instance of a class, or of one of several."""
    if not isinstance(value, kind):
        kinds = " or ".join(
            one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,))
        )
        raise TypeError(f"{name} must be a {kinds}, got {shown(value)}")
    return value


def path(name, value):
    """A file or folder as a pathlib.Path."""
    if not isinstance(value, str | os.PathLike):
        raise TypeError(f"{name} must be a path, got {shown(value)}")
    return pathlib.Path(value)


def has(name, value, *attributes):
    """Something with these attributes, such as a landscape."""
    missing = [attribute for attribute in attributes if not hasattr(value, attribute)]
    if missing:
        raise TypeError(
            f"{name} must have {', '.join(attributes)}; {shown(value)} lacks {', '.join(missing)}"
        )
    return value


def shape(name, value):
    """The shape of one input, (features,) or (channels, height, width), as a tuple of ints."""
    try:
        sizes = tuple(operator.index(size) for size in value)
    except TypeError:
        raise TypeError(
            f"{name} must be (features,) or (channels, height, width), whole numbers, got {shown(value)}"
        ) from None
    if len(sizes) not in (1, 3) or min(sizes) < 1 or math.prod(sizes) > LARGEST:
        raise ValueError(
            f"{name} must be (features,) or (channels, height, width), all >= 1, got {shown(value)}"
        )
    return sizes
