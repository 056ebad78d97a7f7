"""Training the 3-node threshold network exactly: two hidden threshold units and a threshold output.

Every such network computes an AND or an OR of two half-spaces (XOR is not a threshold function). The class "inside",
the positives for an AND, the negatives for an OR, is the intersection of two half-spaces; each point of the other
class, "outside", is cut off by the first or by the second. Training asks how to share them out. Deciding it is NP-hard
when the number of inputs may grow (Blum & Rivest 1992); in a fixed dimension the hyperplanes can be enumerated in
polynomial time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np

from d2lutils import _checks
from d2lutils.hardness._separability import check_points, proves_separation, separate

_MAX_EXHAUSTIVE = 16
_MAX_BRANCHING = 64

_HalfSpace = tuple[np.ndarray, float]  # w (d,) and b of w.x + b > 0


@dataclass(frozen=True)
class ThresholdNetwork:
    """sign(v . sign(W x + b) + c), with signs in {-1, +1}.

    hidden_weights W (2, d), hidden_bias b (2,), output_weights v (2,), output_bias c.
    """

    hidden_weights: np.ndarray
    hidden_bias: np.ndarray
    output_weights: np.ndarray
    output_bias: float

    def hidden(self, X) -> np.ndarray:
        """The hidden units' values, (n, 2) of -1 and +1, on X (n, d)."""
        return np.where(
            np.asarray(X, dtype=float) @ self.hidden_weights.T + self.hidden_bias > 0,
            1,
            -1,
        )

    def predict(self, X) -> np.ndarray:
        """The network's labels, (n,) of -1 and +1, on X (n, d)."""
        return np.where(
            self.hidden(X) @ self.output_weights + self.output_bias > 0, 1, -1
        )


@dataclass(frozen=True)
class Search:
    """What a search for a consistent network found, and what it cost.

    network: consistent with all examples (verified), or None: there is none.
    nodes: complete assignments tried (exhaustive search) or partial ones visited (branch and bound).
    programs: linear programs solved. iterations: their simplex steps.
    """

    network: ThresholdNetwork | None
    nodes: int
    programs: int
    iterations: int

    @property
    def consistent(self) -> bool:
        return self.network is not None


class _Programs:
    """The linear programs of one search, counted."""

    def __init__(self, inside: np.ndarray, outside: np.ndarray):
        self.inside, self.outside = inside, outside
        self.nodes = self.programs = self.iterations = 0

    def cut(self, chosen) -> _HalfSpace | None:
        """A half-space that holds all of the inside and none of the chosen outside points; None if none does."""
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


def exhaustive_search(X, y, *, output: str = "either") -> Search:
    """Train the 3-node network by trying every way to share the outside points between its hidden units.

    X: (n, d). y: (n,) labels. output: the output unit's function, "and", "or", or "either".
    With m points outside there are 2^(m-1) ways, all tried when no network fits: exponential, whatever d is.
    Raises ValueError past 16 outside points.
    """
    return _search(X, y, output, _exhaust, _MAX_EXHAUSTIVE)


def branch_and_bound(
    X, y, *, output: str = "either", max_nodes: int = 100_000
) -> Search:
    """Train the 3-node network by sharing out one outside point after another, dropping whatever is infeasible.

    X, y, output: as for `exhaustive_search`. A linear program that finds a partial assignment infeasible rules out all
    ways to complete it. Still exponential in the worst case. Raises ValueError past 64 outside points, and
    RuntimeError when max_nodes were visited without an answer.
    """
    max_nodes = _checks.whole("max_nodes", max_nodes)
    return _search(
        X, y, output, lambda programs: _branch(programs, max_nodes), _MAX_BRANCHING
    )


def _search(X, y, output, method, limit) -> Search:
    X, y = check_points(X, y)
    _checks.choice("output", output, ("and", "or", "either"))
    totals = np.zeros(3, dtype=int)
    for sign in {"and": [1], "or": [-1], "either": [1, -1]}[output]:
        if (outside := int(np.sum(y != sign))) > limit:
            raise ValueError(
                f"at most {limit} points may lie outside for this exact search, got {outside}"
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
                    "the network found does not reproduce the labels beyond rounding error"
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
                f"no answer after {max_nodes} nodes; raise max_nodes or take fewer points"
            )
        point = len(shares[0]) + len(shares[1])
        if point == len(programs.outside):
            return cuts
        for side in (
            (1, 0) if point else (0,)
        ):  # the units are interchangeable: the first point goes to the first
            grown, cut = [*shares[side], point], cuts[side]
            # A half-space that already excludes the new point stays a solution: no linear program needed.
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
    sets, num_elements: int, *, force_and: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Blum and Rivest's examples: a 3-node network fits them exactly if the sets can be split.

    sets: an iterable of collections of element numbers below num_elements. To split them is to colour the elements with
    two colours so that no set is of one colour, an NP-complete question (Lovász 1973).
    Positive: the origin and the indicator vector of each set; negative: each unit vector. force_and adds three inputs
    and six examples that only an AND can fit; without them ask with output="and".
    Returns X (n, d) of 0 and 1, y (n,) of -1 and +1 (Blum & Rivest 1992, section 3).
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


def splitting(sets, num_elements: int) -> tuple[int, ...] | None:
    """A two-colouring that splits every set, by trying all 2^(num_elements - 1); None if there is none.

    sets: as in `set_splitting`. Returns a tuple of 0 and 1. Raises ValueError past 24 elements.
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
    """num_sets distinct random sets of `size` elements each, sorted.

    num_elements: to draw from. rng: numpy.random.Generator. Raises ValueError where there are not so many.
    """
    num_elements, num_sets = (
        _checks.whole("num_elements", num_elements),
        _checks.whole("num_sets", num_sets, 0),
    )
    size, rng = _checks.whole("size", size, 1, num_elements), _checks.rng("rng", rng)
    if num_sets > (most := comb(num_elements, size)):
        raise ValueError(
            f"num_sets must be at most {most}, sets of {size} out of {num_elements}, got {num_sets}"
        )
    chosen: set[tuple[int, ...]] = set()
    while len(chosen) < num_sets:
        chosen.add(
            tuple(sorted(rng.choice(num_elements, size=size, replace=False).tolist()))
        )
    return sorted(chosen)


def fano_plane() -> list[tuple[int, ...]]:
    """The seven lines of the projective plane of order 2: the smallest triples that no two-colouring splits."""
    return [(0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5)]


def _checked_sets(sets, num_elements: int) -> list[list[int]]:
    try:
        lists = [sorted(set(members)) for members in sets]
    except TypeError:
        raise TypeError(
            f"sets must be collections of element numbers, got {_checks.shown(sets)}"
        ) from None
    for members in lists:
        if not members or not set(members) <= set(range(num_elements)):
            raise ValueError(
                f"sets must be non-empty collections of numbers from 0 to {num_elements - 1}, "
                f"got {_checks.shown(members)}"
            )
    return lists
