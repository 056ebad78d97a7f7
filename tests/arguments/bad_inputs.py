"""Kinds of arguments: a value that works, and what may not take its place."""

import math
from dataclasses import dataclass, replace

import numpy as np

NAN, INF = math.nan, math.inf
NOT_NUMBERS = ("text", 1j, object(), [[1.0], [1.0, 2.0]])
HUGE = 10**12


@dataclass(frozen=True)
class Argument:
    """good: a value that works; a function without arguments that makes it, for what is
    used up or slow to make.

    refused: values that must raise. doubtful: values that must raise, or give a finite
    result. needed: whether None will not do although it is the default, because of the
    other arguments.
    """

    good: object
    refused: tuple = ()
    doubtful: tuple = ()
    needed: bool = False

    def value(self):
        return self.good.make() if isinstance(self.good, Made) else self.good


@dataclass(frozen=True)
class Made:
    make: object


def size(good, least=1):
    """How many: of points, layers, steps."""
    return Argument(
        good,
        (*NOT_NUMBERS, None, NAN, INF, 2.5, least - 1, -7, HUGE, 1e300),
        (True, np.array([])),
    )


def budget(good, least=1):
    """The most that may be done; a huge one is right, and nothing is refused for being
    large.
    """
    return Argument(
        good, (*NOT_NUMBERS, None, NAN, 2.5, least - 1, -7), (True, np.array([]))
    )


def number(good, refused=(), doubtful=(0.0, -1.0, 1e300)):
    return Argument(
        good,
        (*NOT_NUMBERS, None, NAN, *refused),
        (INF, True, np.array([]), np.ones((2, 3)), *doubtful),
    )


def positive(good):
    return number(good, (0.0, -1.0, INF), (1e300, 1e-300))


def share(good):
    return number(good, (-0.1, 1.1, INF), (0.0, 1.0))


def array(good, infinite=False):
    """Numbers of one shape; infinite: whether infinity has a meaning."""
    good = np.asarray(good)
    flat = good.astype(float)
    with_nan, with_inf = flat.copy(), flat.copy()
    with_nan.flat[-1], with_inf.flat[-1] = NAN, INF
    refused = (
        *NOT_NUMBERS,
        None,
        with_nan,
        good + 1j,
        good.astype(str),
        np.full(good.shape, None),
    )
    doubtful = (
        np.zeros_like(good),
        np.empty(0),
        np.empty((0, 3)),
        flat[None],
        flat[:0],
        3.0,
        -flat,
        1e300 * flat,
        flat[:-1] if flat.ndim else flat,
    )
    return Argument(good, refused if infinite else (*refused, with_inf), doubtful)


def drawn(good):
    """Numbers that are only drawn: a gap where there is none."""
    kind = array(good, infinite=True)
    gaps = kind.refused[5]
    return replace(
        kind,
        refused=(*kind.refused[:5], *kind.refused[6:]),
        doubtful=(*kind.doubtful, gaps),
    )


def truths(good):
    """A mask or labels: NaN has no place in it."""
    good = np.asarray(good)
    refused = (
        "text",
        1j,
        None,
        np.full(good.shape, "a"),
        np.full(good.shape, NAN),
        good[None],
        good[:-1],
    )
    return Argument(
        good, refused, (3.0, np.empty(0), np.zeros_like(good), 7 * good.astype(int))
    )


def name(good, *others):
    return Argument(good, (None, "text", 3, NAN, [], ["a"]), others)


def rng():
    return Argument(
        Made(lambda: np.random.default_rng(0)), (None, 0, "text", np.random)
    )


def seed(good=0):
    return Argument(good, ("text", NAN, INF, -1, 2.5, 1j, object()), (True, HUGE))


def made(make, *refused):
    """An object that is made anew for each call."""
    return Argument(Made(make), (None, "text", 3, *refused))


def function(good):
    return Argument(good, (None, "text", 3))


def other(good, *refused, doubtful=()):
    """Something of its own kind: a list of edges, a dict of factors."""
    return Argument(good, (None, "text", 3, *refused), doubtful)


def needed(argument):
    return replace(argument, needed=True)


def optional(argument):
    """None is its default, and so it works."""
    return replace(
        argument, refused=tuple(bad for bad in argument.refused if bad is not None)
    )


def input_shape(good):
    return Argument(
        good,
        (None, "text", 3, (), (0,), (-1, 2, 3), (2, 2), (NAN,), ("a",), (HUGE,)),
        ((2.0,),),
    )


def fixed(good):
    """An argument without bad values of its own: a flag, whatever is true counts; a
    progress function, a label.
    """
    return Argument(good)
