"""What a reader hands in: read it with care, and find out what kind of mistake it is."""

import math
import warnings

import numpy as np


class UnreadableError(ValueError):
    """An answer that is no answer yet: one sentence says what was given and what is needed."""


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
"""The kinds of mistakes that can be told from the numbers alone, each with a vague and a plain hint."""

_FACTORS = {
    "factor two": (2, 0.5),
    "power of ten": (10, 100, 1000, 0.1, 0.01, 0.001),
    "factor pi": (math.pi, 2 * math.pi, 1 / math.pi, 0.5 / math.pi),
}


def has_dots(answer):
    """Whether the placeholder, an Ellipsis, stands for the answer or for a part of it."""
    return answer is ... or (
        isinstance(answer, list | tuple) and any(has_dots(part) for part in answer)
    )


def read(answer, shape, needed, whose="Your answer"):
    """The answer as an array of float64 of the given shape.

    shape: None for any. needed: what is asked for, for the message. whose: the message's subject.
    Arrays of NumPy, MXNet and PyTorch, lists and numbers are read, an array of one entry as a number.
    Raises UnreadableError for anything else, another shape, complex, NaN or infinite numbers.
    """

    def fail(what):
        raise UnreadableError(f"{whose} {what}; needed: {needed}.")

    if answer is None:
        fail("is None (does a function lack its `return`?)")
    if isinstance(answer, str | bytes | dict | set):
        fail(
            f"is a {'text' if isinstance(answer, str | bytes) else type(answer).__name__}"
        )
    if isinstance(answer, bool | np.bool_):
        fail("is a truth value")
    if callable(answer) and not hasattr(answer, "__array__"):
        fail("is a function; call it, and hand in what it returns")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy 1.23 only warns of ragged lists
            array = np.asarray(_plain(answer))
            if array.dtype.kind == "O":
                array = array.astype(float)
    except Exception:
        fail("cannot be read as numbers")
    if array.dtype.kind in "USMm":
        fail("holds something else than numbers")
    if array.dtype.kind == "c":
        if np.abs(array.imag).max(initial=0) > 1e-12 * np.abs(array).max(initial=0):
            fail("is complex")
        array = array.real
    array = array.astype(float)
    if shape == () and array.size == 1:
        array = array.reshape(())
    if shape is not None and array.shape != shape:
        fail(f"has shape {array.shape}" if array.shape else "is a single number")
    if np.isnan(array).any():
        fail(
            "holds NaN, which is not a number (0/0, or the logarithm of something negative?)"
        )
    if np.isinf(array).any():
        fail("is infinite (a division by zero, or an overflow?)")
    return array


def _plain(answer):
    if hasattr(answer, "asnumpy"):  # MXNet
        return answer.asnumpy()
    if hasattr(answer, "detach"):  # PyTorch
        return answer.detach().cpu().numpy()
    return (
        [_plain(part) for part in answer]
        if isinstance(answer, list | tuple)
        else answer
    )


@np.errstate(all="ignore")
def kind_of_mistake(given, right, close, whole=False):
    """The key of `KINDS` that fits a wrong answer, or None.

    given, right: arrays of one shape. close(a, b): which entries agree to within the tolerance. whole: whether
    the answer is made of whole numbers. Only the wrong entries have to fit, apart from "order" and "transpose".
    """
    wrong = ~close(given, right)
    g, r = given[wrong], right[wrong]

    def same(a, b):
        return bool(np.all(close(a, b)))

    if np.all(r != 0) and same(-g, r):
        return "sign"
    if given.ndim == 2 and given.shape[0] == given.shape[1] and same(given.T, right):
        return "transpose"
    if given.size > 1 and same(np.sort(given, axis=None), np.sort(right, axis=None)):
        return "order"
    if whole and np.all(np.abs(g - r) == 1):
        return "off by one"
    for kind, factors in _FACTORS.items():
        if np.all(r != 0) and any(same(g / factor, r) for factor in factors):
            return kind
    if np.all(np.abs(g - r) <= 0.05 * np.abs(r)) and np.all(r != 0):
        return "near"
    if np.all(g > 0) and np.all(r > 0):
        for kind, undone in (
            ("square", np.sqrt(g)),
            ("root", g**2),
            ("inverse", 1 / g),
        ):
            if same(undone, r):
                return kind
    if len(g) >= 3 and np.all(r != 0) and g[0] != 0 and same(g * (r[0] / g[0]), r):
        return "same factor"
    if len(g) >= 3 and same(g + (r[0] - g[0]), r):
        return "same difference"
    return None
