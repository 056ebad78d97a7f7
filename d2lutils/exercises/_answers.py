"""What a reader hands in: read it with care, and tell what kind of mistake it is."""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np


class UnreadableError(ValueError):
    """An answer that is no answer yet: one sentence says what was given and needed."""


KINDS = {
    "sign": ("Look at the sign once more.", "The size is right, the sign is not."),
    "off by one": (
        "Count once more: where do you begin, and do you round up or down?",
        "You are off by one.",
    ),
    "factor two": (
        "A simple factor is missing, or one too many.",
        "You are off by a factor of two.",
    ),
    "power of ten": (
        "How many zeros? A share is no percentage.",
        "You are off by a power of ten.",
    ),
    "factor pi": (
        "A simple factor is missing, or one too many.",
        "You are off by a factor of π or 2π.",
    ),
    "square": (
        "Is this a variance or a standard deviation?",
        "You have the square of the answer.",
    ),
    "root": (
        "Is this a variance or a standard deviation?",
        "You have the square root of the answer.",
    ),
    "inverse": ("What is divided by what?", "You have one over the answer."),
    "order": (
        "In which order are the entries wanted?",
        "The numbers are right, their order is not.",
    ),
    "transpose": (
        "What are the rows, and what are the columns?",
        "You have the transpose of the answer.",
    ),
    "same factor": (
        "All wrong entries are wrong in the same way.",
        "They are all off by one and the same factor.",
    ),
    "same difference": (
        "All wrong entries are wrong in the same way.",
        "They all differ by one and the same number.",
    ),
    "near": (
        "Close: more digits, more steps or more draws?",
        "Your answer is near, but not precise enough.",
    ),
}
"""The mistakes that can be told from the numbers alone: a vague and a plain hint."""


def has_dots(answer: Any, depth: int = 9) -> bool:
    """Whether the placeholder, an Ellipsis, stands for the answer or a part of it."""
    return answer is ... or (
        depth > 0
        and isinstance(answer, list | tuple)
        and any(has_dots(part, depth - 1) for part in answer)
    )


def read(
    answer: Any, shape: tuple[int, ...] | None, needed: str, whose: str = "Your answer"
) -> np.ndarray:
    """The answer as an array of float64 of the given shape.

    Arrays of NumPy, MXNet and PyTorch, pandas' tables, lists and numbers are read, an
    array of one entry as a number, and a row or a column as a vector.

    Parameters
    ----------
    answer : anything
    shape : tuple or None
        None for any.
    needed : str
        What is asked for, for the message.
    whose : str
        The message's subject.

    Raises
    ------
    UnreadableError
        For anything else, another shape, masked entries, and complex, NaN or infinite
        numbers.
    """

    def fail(what: str) -> NoReturn:
        raise UnreadableError(f"{whose} {what}; needed: {needed}.")

    _refuse_what_is_no_number(answer, fail)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy 1.23 only warns of ragged lists
            array = np.asarray(_plain(answer))
            if array.dtype.kind == "O":
                array = array.astype(float)
    except _MaskedError:
        fail("has masked entries: fill them in")
    except Exception:
        fail("cannot be read as numbers")
    array = _real(array, fail)
    if shape is not None and _long_sides(array.shape) == _long_sides(shape):
        array = array.reshape(shape)  # a row or a column for a vector
    if shape is not None and array.shape != shape:
        fail(f"has shape {array.shape}" if array.shape else "is a single number")
    if np.isnan(array).any():
        fail(
            "holds NaN, which is not a number (0/0, or the logarithm of something "
            "negative?)"
        )
    if np.isinf(array).any():
        fail("is infinite (a division by zero, or an overflow?)")
    return array


def _long_sides(shape: tuple[int, ...]) -> list[int]:
    return [side for side in shape if side != 1]


class _MaskedError(ValueError):
    """A masked array hides some of its entries."""


def _refuse_what_is_no_number(answer: Any, fail: Callable[[str], NoReturn]) -> None:
    if answer is None:
        fail("is None (does a function lack its `return`?)")
    if isinstance(answer, str | bytes | dict | set):
        text = isinstance(answer, str | bytes)
        fail(f"is a {'text' if text else type(answer).__name__}")
    if isinstance(answer, bool | np.bool_):
        fail("is a truth value")
    if callable(answer) and not hasattr(answer, "__array__"):
        fail("is a function; call it, and hand in what it returns")


def _plain(answer: Any) -> Any:
    """What NumPy reads: frameworks' arrays brought home, also out of lists."""
    if isinstance(answer, np.ma.MaskedArray):
        if np.ma.getmaskarray(answer).any():
            raise _MaskedError
        return answer.data
    if hasattr(answer, "asnumpy"):  # MXNet
        return answer.asnumpy()
    if hasattr(answer, "detach"):  # PyTorch
        tensor = answer.detach().cpu()
        return (tensor.float() if "bfloat16" in str(tensor.dtype) else tensor).numpy()
    if isinstance(answer, list | tuple):
        return [_plain(part) for part in answer]
    return answer


def _real(array: np.ndarray, fail: Callable[[str], NoReturn]) -> np.ndarray:
    if array.dtype.kind in "USMmV":
        fail("holds something else than numbers")
    if array.dtype.kind == "b" and array.ndim == 0:
        fail("is a truth value")
    if array.dtype.kind == "c":
        sizes = np.abs(array).max(initial=0)
        if np.abs(array.imag).max(initial=0) > 1e-12 * sizes:
            fail("is complex")
        array = array.real
    return array.astype(float)


@dataclass(frozen=True)
class Mistake:
    """A wrong answer beside the right one, arrays of one shape.

    close(a, b) says which entries agree to within the tolerance; whole, whether the
    answer is made of whole numbers; g and r are the wrong entries and what they should
    be.
    """

    given: np.ndarray
    right: np.ndarray
    close: Callable[[Any, Any], Any]
    whole: bool
    g: np.ndarray
    r: np.ndarray

    def same(self, a: Any, b: Any) -> bool:
        """Whether all entries agree."""
        return bool(np.all(self.close(a, b)))

    def scaled(self, *factors: float) -> bool:
        """Whether all wrong entries are off by one of these factors."""
        return bool(np.all(self.r != 0)) and any(
            self.same(self.g / factor, self.r) for factor in factors
        )

    def undone(self, undo: Callable[[np.ndarray], np.ndarray]) -> bool:
        """Whether undo makes the wrong entries right, all being positive."""
        positive = np.all(self.g > 0) and np.all(self.r > 0)
        return bool(positive) and self.same(undo(self.g), self.r)


def _is_transposed(m: Mistake) -> bool:
    square = m.given.ndim == 2 and m.given.shape[0] == m.given.shape[1]
    return square and m.same(m.given.T, m.right)


def _is_permuted(m: Mistake) -> bool:
    given, right = (np.sort(side, axis=None) for side in (m.given, m.right))
    return m.given.size > 1 and m.same(given, right)


def _is_near(m: Mistake) -> bool:
    near = np.abs(m.g - m.r) <= 0.05 * np.abs(m.r)
    return bool(np.all(near) and np.all(m.r != 0))


def _has_one_factor(m: Mistake) -> bool:
    defined = len(m.g) >= 3 and np.all(m.r != 0) and m.g[0] != 0
    return bool(defined) and m.same(m.g * (m.r[0] / m.g[0]), m.r)


def _has_one_difference(m: Mistake) -> bool:
    return len(m.g) >= 3 and m.same(m.g + (m.r[0] - m.g[0]), m.r)


TESTS: tuple[tuple[str, Callable[[Mistake], bool]], ...] = (
    ("sign", lambda m: bool(np.all(m.r != 0)) and m.same(-m.g, m.r)),
    ("transpose", _is_transposed),
    ("order", _is_permuted),
    ("off by one", lambda m: m.whole and bool(np.all(np.abs(m.g - m.r) == 1))),
    ("factor two", lambda m: m.scaled(2, 0.5)),
    ("power of ten", lambda m: m.scaled(10, 100, 1000, 0.1, 0.01, 0.001)),
    (
        "factor pi",
        lambda m: m.scaled(math.pi, 2 * math.pi, 1 / math.pi, 0.5 / math.pi),
    ),
    ("near", _is_near),
    ("square", lambda m: m.undone(np.sqrt)),
    ("root", lambda m: m.undone(lambda g: g**2)),
    ("inverse", lambda m: m.undone(lambda g: 1 / g)),
    ("same factor", _has_one_factor),
    ("same difference", _has_one_difference),
)
"""The kinds in the order in which they are tried: what is more special comes first."""


@np.errstate(all="ignore")
def kind_of_mistake(
    given: np.ndarray,
    right: np.ndarray,
    close: Callable[[Any, Any], Any],
    whole: bool = False,
) -> str | None:
    """The key of `KINDS` that fits a wrong answer, or None.

    Only the wrong entries have to fit, apart from "order" and "transpose". The
    arguments are those of a `Mistake`.
    """
    wrong = ~close(given, right)
    mistake = Mistake(given, right, close, whole, given[wrong], right[wrong])
    return next((kind for kind, fits in TESTS if fits(mistake)), None)
