"""Who trains how long: the brackets of Hyperband, in whole numbers throughout."""

from __future__ import annotations

from dataclasses import dataclass

from d2lutils._checks import whole

MOST = 10**6
"""Configurations of a search, and Hyperband's resource, which decides how many."""


@dataclass(frozen=True)
class Rung:
    """Configurations that are trained equally long.

    Attributes
    ----------
    number : int
        How many there are.
    resource : int
        What each is trained up to, in total.
    """

    number: int
    resource: int


@dataclass(frozen=True)
class Bracket:
    """One run of successive halving.

    Attributes
    ----------
    s : int
        The times it thins its field out.
    rungs : tuple of Rung
        ``s + 1`` of them, or fewer.
    """

    s: int
    rungs: tuple[Rung, ...]

    @property
    def budget(self) -> int:
        """Resource spent when every rung trains from the start."""
        return sum(rung.number * rung.resource for rung in self.rungs)

    @property
    def resumed_budget(self) -> int:
        """Resource spent when survivors go on from where they were."""
        befores = (0, *(rung.resource for rung in self.rungs))
        steps = zip(befores, self.rungs, strict=False)
        return sum(rung.number * (rung.resource - before) for before, rung in steps)


def brackets(max_resource: int, eta: int = 3) -> tuple[Bracket, ...]:
    """The brackets of Hyperband, from the most explorative one to plain random search.

    With ``s_max = floor(log_eta R)``, bracket ``s`` begins with
    ``n = ceil((s_max + 1) eta^s / (s + 1))`` configurations; its rung ``i`` holds
    ``floor(n / eta^i)`` of them at the resource ``floor(R / eta^(s - i))``.

    Parameters
    ----------
    max_resource : int
        R, the most that one configuration may get.
    eta : int
        Each rung keeps one in `eta`.

    Returns
    -------
    tuple of Bracket
        ``s = s_max, ..., 0``.

    Raises
    ------
    ValueError
        Unless ``max_resource >= 1`` and ``eta >= 2``.

    References
    ----------
    Li et al. (2018), Hyperband, Algorithm 1.

    Examples
    --------
    >>> [bracket.rungs[0].number for bracket in brackets(81, eta=3)]
    [81, 34, 15, 8, 5]
    """
    max_resource = whole("max_resource", max_resource, 1, 2**62)
    eta = whole("eta", eta, 2)
    s_max = 0
    # floor(log(R) / log(eta)) in floating point misses exact powers.
    while eta ** (s_max + 1) <= max_resource:
        s_max += 1
    return tuple(
        bracket(-(-(s_max + 1) * eta**s // (s + 1)), max_resource, eta, s)
        for s in range(s_max, -1, -1)
    )


def bracket(number: int, max_resource: int, eta: int, s: int) -> Bracket:
    """Successive halving of so many configurations in s steps up to max_resource."""
    rungs = (
        Rung(number // eta**i, max_resource // eta ** (s - i)) for i in range(s + 1)
    )
    return Bracket(s, tuple(rung for rung in rungs if rung.number))


def halving(number: int, max_resource: int, eta: int, min_resource: int) -> Bracket:
    """The longest bracket from min_resource or above that leaves a configuration."""
    s = 0
    while (
        max_resource // eta ** (s + 1) >= min_resource and number // eta ** (s + 1) >= 1
    ):
        s += 1
    return bracket(number, max_resource, eta, s)
