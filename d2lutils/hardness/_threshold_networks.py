"""Training the 3-node threshold network exactly.

It has two hidden threshold units and a threshold output, and computes an AND or an OR
of two half-spaces (XOR is not a threshold function). The class "inside", the positives
for an AND, the negatives for an OR, is the intersection of two half-spaces; each point
of the other class, "outside", is cut off by the first or by the second. Training asks
how to share them out. Deciding it is NP-hard when the number of inputs may grow (Blum &
Rivest 1992); in a fixed dimension the hyperplanes can be enumerated in polynomial time.
"""

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils.hardness._certificates import check_points, proves_separation
from d2lutils.hardness._separability import separate

_MAX_EXHAUSTIVE = 16
_MAX_BRANCHING = 64

_HalfSpace = tuple[np.ndarray, float]  # w (d,) and b of w.x + b > 0


@dataclass(frozen=True)
class ThresholdNetwork:
    """sign(v . sign(W x + b) + c), with signs in {-1, +1}.

    Attributes
    ----------
    hidden_weights : array of shape (2, d)
        W.
    hidden_bias : array of shape (2,)
        b.
    output_weights : array of shape (2,)
        v.
    output_bias : float
        c.
    """

    hidden_weights: np.ndarray
    hidden_bias: np.ndarray
    output_weights: np.ndarray
    output_bias: float

    def hidden(self, X: ArrayLike) -> np.ndarray:
        """The hidden units' values, (n, 2) of -1 and +1, on X (n, d)."""
        X, inputs = _checks.array("X", X), self.hidden_weights.shape[1]
        if not X.ndim or X.shape[-1] != inputs:
            raise ValueError(f"X must have shape (n, {inputs}), got {X.shape}")
        return np.where(X @ self.hidden_weights.T + self.hidden_bias > 0, 1, -1)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The network's labels, (n,) of -1 and +1, on X (n, d)."""
        return np.where(
            self.hidden(X) @ self.output_weights + self.output_bias > 0, 1, -1
        )


@dataclass(frozen=True)
class Search:
    """What a search for a consistent network found, and what it cost.

    Attributes
    ----------
    network : ThresholdNetwork or None
        Consistent with all examples (verified); None: there is none.
    nodes : int
        Complete assignments tried (exhaustive search), or partial ones visited (branch
        and bound).
    programs : int
        Linear programs solved.
    iterations : int
        Their simplex steps.
    """

    network: ThresholdNetwork | None
    nodes: int
    programs: int
    iterations: int

    @property
    def consistent(self) -> bool:
        """Whether there is a network that fits all examples."""
        return self.network is not None


class _Programs:
    """The linear programs of one search, counted."""

    def __init__(self, inside: np.ndarray, outside: np.ndarray):
        self.inside, self.outside = inside, outside
        self.nodes = self.programs = self.iterations = 0

    def cut(self, chosen) -> _HalfSpace | None:
        """A half-space with all of the inside and none of the chosen outside points.

        None if there is none.
        """
        points = np.concatenate([self.inside, self.outside[list(chosen)]])
        if not len(points):  # only one class was given
            return np.zeros(points.shape[1]), 1.0
        found = separate(points, np.repeat([1, -1], [len(self.inside), len(chosen)]))
        self.programs += 1
        self.iterations += found.iterations
        return (
            None
            if found.weights is None or found.bias is None
            else (found.weights, found.bias)
        )


def exhaustive_search(X: ArrayLike, y: ArrayLike, *, output: str = "either") -> Search:
    """Train the 3-node network by trying every way to share out the outside points.

    With m points outside there are 2^(m-1) ways to share them between the hidden units,
    all tried when no network fits: exponential, whatever d is.

    Parameters
    ----------
    X : array of shape (n, d)
    y : array of shape (n,)
        Labels.
    output : str
        The output unit's function, "and", "or" or "either".

    Raises
    ------
    ValueError
        Past 16 outside points.
    ArithmeticError
        Where a linear program cannot be verified: see `separate`.
    """
    return _search(X, y, output, _exhaust, _MAX_EXHAUSTIVE)


def branch_and_bound(
    X: ArrayLike, y: ArrayLike, *, output: str = "either", max_nodes: int = 100_000
) -> Search:
    """Train the 3-node network by sharing out one outside point after another.

    A linear program that finds a partial assignment infeasible rules out all ways to
    complete it. Still exponential in the worst case.

    Parameters
    ----------
    X, y, output
        As for `exhaustive_search`.
    max_nodes : int

    Raises
    ------
    ValueError
        Past 64 outside points.
    RuntimeError
        When max_nodes were visited without an answer.
    ArithmeticError
        Where a linear program cannot be verified: see `separate`.
    """
    max_nodes = _checks.whole("max_nodes", max_nodes)
    return _search(
        X, y, output, lambda programs: _branch(programs, max_nodes), _MAX_BRANCHING
    )


def _search(X, y, output: str, method: Callable, limit: int) -> Search:
    X, y = check_points(X, y)
    _checks.choice("output", output, ("and", "or", "either"))
    totals = np.zeros(3, dtype=int)
    for sign in {"and": [1], "or": [-1], "either": [1, -1]}[output]:
        if (outside := int(np.sum(y != sign))) > limit:
            raise ValueError(
                f"y must leave at most {limit} points outside for this exact search, "
                f"got {outside}"
            )
        programs = _Programs(X[y == sign], X[y != sign])
        cuts = method(programs)
        totals += programs.nodes, programs.programs, programs.iterations
        if cuts is not None:
            network = ThresholdNetwork(
                sign * np.array([weights for weights, _ in cuts]),
                sign * np.array([bias for _, bias in cuts]),
                np.ones(2),
                -float(sign),
            )
            if not _consistent(network, X, y):
                raise ArithmeticError(
                    "the network found does not reproduce the labels beyond rounding "
                    "error"
                )
            return Search(network, *map(int, totals))
    return Search(None, *map(int, totals))


def _consistent(network: ThresholdNetwork, X, y) -> bool:
    hidden = network.hidden(X)
    exact = all(
        proves_separation(X, h, w, b)
        for h, w, b in zip(
            hidden.T, network.hidden_weights, network.hidden_bias, strict=True
        )
    )
    return exact and bool(np.array_equal(network.predict(X), y))


def _shares(num_points: int) -> Iterator[tuple[list[int], list[int]]]:
    # The units are interchangeable, so the first point can go to the first of them.
    for rest in product((0, 1), repeat=max(num_points - 1, 0)):
        sides = (0, *rest)[:num_points]
        yield (
            [i for i, side in enumerate(sides) if side == 0],
            [i for i, side in enumerate(sides) if side == 1],
        )


def _exhaust(programs: _Programs) -> list[_HalfSpace] | None:
    for first, second in _shares(len(programs.outside)):
        programs.nodes += 1
        if (left := programs.cut(first)) and (right := programs.cut(second)):
            return [left, right]
    return None


def _branch(programs: _Programs, max_nodes: int) -> list[_HalfSpace] | None:
    everything = (np.zeros(programs.inside.shape[1]), 1.0)
    stack: list[tuple[list[list[int]], list[_HalfSpace]]] = [
        ([[], []], [everything, everything])
    ]
    while stack:
        shares, cuts = stack.pop()
        programs.nodes += 1
        if programs.nodes > max_nodes:
            raise RuntimeError(
                f"no answer after {max_nodes} nodes; raise max_nodes or take fewer "
                "points"
            )
        point = len(shares[0]) + len(shares[1])
        if point == len(programs.outside):
            return cuts
        # The units are interchangeable: the first point goes to the first.
        for side in (1, 0) if point else (0,):
            grown, cut = [*shares[side], point], cuts[side]
            # A half-space that already excludes the new point stays a solution: no
            # linear program needed.
            if not proves_separation(programs.outside[[point]], [-1.0], *cut):
                found = programs.cut(grown)
                if found is None:
                    continue
                cut = found
            stack.append(
                ([grown, shares[1]], [cut, cuts[1]])
                if side == 0
                else ([shares[0], grown], [cuts[0], cut])
            )
    return None


def set_splitting(
    sets: Iterable[Iterable[int]], num_elements: int, *, force_and: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Blum and Rivest's examples: a 3-node network fits them if the sets can be split.

    And only then. To split them is to colour the elements with two colours so that no
    set is of one colour, an NP-complete question (Lovász 1973). Positive: the origin
    and the indicator vector of each set; negative: each unit vector (Blum & Rivest
    1992, section 3).

    Parameters
    ----------
    sets : iterable
        Collections of element numbers below num_elements.
    num_elements : int
    force_and : bool
        Add three inputs and six examples that only an AND can fit; without them ask
        with ``output="and"``.

    Returns
    -------
    X : array of shape (n, d)
        Of 0 and 1.
    y : array of shape (n,)
        Of -1 and +1.
    """
    num_elements = _checks.whole("num_elements", num_elements)
    sets = _checked_sets(sets, num_elements)
    _checks.fits("num_elements", len(sets) + 1 + num_elements, num_elements)
    indicators = np.zeros((len(sets), num_elements), dtype=int)
    for row, members in zip(indicators, sets, strict=True):
        row[members] = 1
    X = np.concatenate(
        [
            np.zeros((1, num_elements), dtype=int),
            indicators,
            np.eye(num_elements, dtype=int),
        ]
    )
    y = np.repeat([1, -1], [1 + len(sets), num_elements])
    if not force_and:
        return X, y
    gadget = np.array(
        [[1, 0, 1], [0, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]
    )
    X = np.concatenate(
        [np.pad(X, ((0, 0), (0, 3))), np.pad(gadget, ((0, 0), (num_elements, 0)))]
    )
    return X, np.concatenate([y, [1, 1, -1, -1, -1, -1]])


def splitting(
    sets: Iterable[Iterable[int]], num_elements: int
) -> tuple[int, ...] | None:
    """A two-colouring that splits every set, by trying all 2^(num_elements - 1).

    Parameters
    ----------
    sets, num_elements
        As in `set_splitting`.

    Returns
    -------
    tuple or None
        Of 0 and 1; None if there is none.

    Raises
    ------
    ValueError
        Past 24 elements.
    """
    num_elements = _checks.whole("num_elements", num_elements, 1, 24)
    sets = _checked_sets(sets, num_elements)
    for rest in product((0, 1), repeat=num_elements - 1):
        colours = (0, *rest)
        if all(len({colours[i] for i in s}) == 2 for s in sets):
            return colours
    return None


def random_sets(
    num_elements: int, num_sets: int, rng: np.random.Generator, size: int = 3
) -> list[tuple[int, ...]]:
    """Distinct random sets of elements, sorted.

    Parameters
    ----------
    num_elements : int
        To draw from.
    num_sets : int
    rng : numpy.random.Generator
    size : int
        Of each set.

    Raises
    ------
    ValueError
        Where there are not so many.
    """
    num_elements = _checks.whole("num_elements", num_elements)
    num_sets = _checks.whole("num_sets", num_sets, 0)
    size, rng = _checks.whole("size", size, 1, num_elements), _checks.rng("rng", rng)
    if num_sets > (most := comb(num_elements, size)):
        raise ValueError(
            f"num_sets must be at most {most}, sets of {size} out of {num_elements}, "
            f"got {num_sets}"
        )
    chosen: set[tuple[int, ...]] = set()
    while len(chosen) < num_sets:
        chosen.add(
            tuple(sorted(rng.choice(num_elements, size=size, replace=False).tolist()))
        )
    return sorted(chosen)


def fano_plane() -> list[tuple[int, ...]]:
    """The seven lines of the projective plane of order 2.

    The fewest triples that no two-colouring splits.
    """
    return [(0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5)]


def _checked_sets(sets, num_elements: int) -> list[list[int]]:
    try:
        lists = [sorted(set(members)) for members in sets]
        lists = [[operator.index(member) for member in members] for members in lists]
    except TypeError:
        raise TypeError(
            f"sets must be collections of element numbers, got {_checks.shown(sets)}"
        ) from None
    for members in lists:
        if not members or not set(members) <= set(range(num_elements)):
            raise ValueError(
                "sets must be non-empty collections of numbers from 0 to "
                f"{num_elements - 1}, got {_checks.shown(members)}"
            )
    return lists
