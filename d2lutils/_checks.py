"""Checks of arguments, shared by all modules.

Each returns the value as it is used from there on, or raises an error of one sentence:
the argument's name, what is needed, what was given. TypeError where it is no number (no
function, no generator ...) at all, else ValueError.
"""

import math
import numbers
import operator
import os
import pathlib
import sys
import warnings
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

LARGEST = 2**31
"""Numbers in one array, 16 GiB of float64: whoever asks for more has mistyped."""


def shown(value: Any) -> str:
    """The value as it stands in a message: short."""
    if isinstance(value, np.ndarray) and value.size > 4:
        return f"an array of shape {value.shape}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def real(
    name: str,
    value: Any,
    least: float = -math.inf,
    most: float = math.inf,
    *,
    above: float | None = None,
    below: float | None = None,
) -> float:
    """A finite number from least to most, above one bound and below another."""
    number = _number(name, value, "a number")
    if isinstance(number, np.floating):  # or float32 overflows at the bounds
        number = float(number)
    fits = (
        least <= number <= most
        and (above is None or number > above)
        and (below is None or number < below)
    )
    if not (fits and abs(number) <= sys.float_info.max):
        needed = _range("a finite number", least, most, above, below)
        raise ValueError(f"{name} must be {needed}, got {shown(value)}")
    return float(number)


def whole(name: str, value: Any, least: float = 1, most: float = LARGEST) -> int:
    """A whole number from least to most. 3.0 counts as whole, True does not."""
    given = _number(name, value, "a whole number")
    number = int(given) if -math.inf < given < math.inf else None
    if number is None or number != given or not least <= number <= most:
        above = most if most < LARGEST or given > most else math.inf
        needed = _range("a whole number", least, above)
        raise ValueError(f"{name} must be {needed}, got {shown(value)}")
    return number


def jobs(value: Any) -> int | None:
    """`n_jobs` as joblib takes it: any whole number but 0, or None."""
    if value is None:
        return None
    number = whole("n_jobs", value, -LARGEST)
    if number == 0:
        raise ValueError("n_jobs must be a whole number other than 0, or None, got 0")
    return number


def _number(name: str, value: Any, kind: str) -> Any:
    """A number of any type, also in an array without axes; a truth value is none."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {kind}, got {shown(value)}")
    return value


def flag(name: str, value: Any) -> bool:
    """True or False, of Python or of NumPy; no number and no text stands for them."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def settle(record: Any, name: str, value: Any) -> None:
    """Put what a check returned into a frozen record's field.

    A Python int stays one: a factor 2 is not printed as 2.0 from here on.
    """
    if type(getattr(record, name)) is not int:
        object.__setattr__(record, name, value)


def _range(
    what: str,
    least: float,
    most: float,
    above: float | None = None,
    below: float | None = None,
) -> str:
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


def seed(name: str, value: Any) -> Any:
    """A seed: a whole number >= 0, several, or a generator (passed through)."""
    if isinstance(value, np.random.Generator | np.random.SeedSequence):
        return value
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [whole(name, part, 0, math.inf) for part in value]
    return whole(name, value, 0, math.inf)


def rng(name: str, value: Any) -> np.random.Generator:
    """A numpy.random.Generator."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator, got {shown(value)}")
    return value


def array(
    name: str,
    value: Any,
    ndim: int | None = None,
    *,
    finite: bool = True,
    dtype: DTypeLike | None = np.float64,
) -> np.ndarray:
    """An array of real numbers; finite unless ``finite=False``.

    It has `dtype`, or if that is None its own, in the machine's byte order and with at
    least four bytes a float; and `ndim` axes, unless that is None.

    Raises
    ------
    TypeError
        For text, complex numbers, None, ragged lists, objects that are no numbers, and
        masked arrays: hidden entries would count.
    ValueError
        For NaN, infinity and another number of axes.
    """
    given = _converted(name, value)
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
    if finite and given.dtype.kind == "f" and not all_finite(given):
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return given.astype(_usable(given.dtype) if dtype is None else dtype, copy=False)


def all_finite(values: np.ndarray) -> bool:
    """Whether no entry is NaN or infinite: mostly the sum says so, without an array."""
    with np.errstate(all="ignore"):
        total = values.sum()
    return bool(np.isfinite(total) or np.isfinite(values).all())


def _usable(dtype: np.dtype) -> np.dtype:
    """The type in which numbers are computed: float16 overflows at 65504."""
    if dtype.kind == "f":
        return np.dtype({2: np.float32, 4: np.float32}.get(dtype.itemsize, np.float64))
    return dtype.newbyteorder("=")


def _converted(name: str, value: Any) -> np.ndarray:
    """What NumPy can read as an array; one of objects if it is ragged."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{name} must be an array without a mask, got a masked array: fill it "
            "(x.filled(np.nan)) or select what counts (x.compressed())"
        )
    if isinstance(value, np.ndarray | float | int):
        return np.asarray(value)
    if hasattr(value, "asnumpy"):  # MXNet's arrays are read number by number else
        value = value.asnumpy()
    elif hasattr(value, "detach"):  # PyTorch's, perhaps with a gradient or on a GPU
        value = value.detach().cpu()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy 1.23 warns of ragged lists, later raise
        try:
            return np.asarray(value)
        except ValueError:
            return np.empty(0, dtype=object)
        except (TypeError, RuntimeError) as error:  # of a framework's __array__
            raise TypeError(
                f"{name} must hold real numbers, got {shown(value)} ({error})"
            ) from None


def broadcast(**arrays: Any) -> None:
    """Raise ValueError if arrays, given by name, do not fit each other's shapes."""
    try:
        np.broadcast_shapes(*(np.shape(array) for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(
            f"{name} {np.shape(array)}" for name, array in arrays.items()
        )
        raise ValueError(f"shapes must fit each other, got {shapes}") from None


def fits(name: str, *sizes: int) -> None:
    """Raise ValueError if an array of these sizes would not fit into memory."""
    count = math.prod(int(size) for size in sizes)
    if count > LARGEST:
        raise ValueError(
            f"{name} must be smaller: {count:.1e} numbers would be kept, "
            f"{LARGEST:.1e} are the limit"
        )


def choice(name: str, value: Any, options: Collection[Any]) -> Any:
    """One of several texts (or None, where it is among them)."""
    if not (value is None or isinstance(value, str)) or value not in options:
        raise ValueError(
            f"{name} must be one of {', '.join(map(repr, options))}, got {shown(value)}"
        )
    return value


def function(name: str, value: Any) -> Any:
    """Anything that can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {shown(value)}")
    return value


def instance(name: str, value: Any, kind: Any) -> Any:
    """An instance of a class, or of one of several."""
    if not isinstance(value, kind):
        kinds = " or ".join(
            one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,))
        )
        raise TypeError(f"{name} must be a {kinds}, got {shown(value)}")
    return value


def path(name: str, value: Any) -> pathlib.Path:
    """A file or folder; ``~`` is the user's home."""
    text = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a path, got {shown(value)}")
    if not text or "\0" in text:
        raise ValueError(f"{name} must be a path, got {shown(text)}")
    try:
        return pathlib.Path(text).expanduser()
    except RuntimeError as error:  # a user that the system does not know
        raise ValueError(
            f"{name} must be a path, got {shown(text)} ({error})"
        ) from None


def has(name: str, value: Any, *attributes: str) -> Any:
    """Something with these attributes, such as a landscape."""
    missing = [attribute for attribute in attributes if not hasattr(value, attribute)]
    if missing:
        raise TypeError(
            f"{name} must have {', '.join(attributes)}, got {shown(value)} "
            f"without {', '.join(missing)}"
        )
    return value


def shape(name: str, value: Any) -> tuple[int, ...]:
    """The shape of one input: (features,) or (channels, height, width)."""
    try:
        sizes = tuple(operator.index(size) for size in value)
    except TypeError:
        raise TypeError(
            f"{name} must be (features,) or (channels, height, width), whole numbers, "
            f"got {shown(value)}"
        ) from None
    if len(sizes) not in (1, 3) or min(sizes) < 1 or math.prod(sizes) > LARGEST:
        raise ValueError(
            f"{name} must be (features,) or (channels, height, width), all >= 1, "
            f"got {shown(value)}"
        )
    return sizes
