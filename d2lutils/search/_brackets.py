"""Who trains how long: the brackets of Hyperband, in whole numbers throughout."""

from dataclasses import dataclass

from d2lutils._checks import whole

MOST = 10**6
"""Configurations of a search, and Hyperband's resource, which decides how many there are."""


@dataclass(frozen=True)
class Rung:
    """`number` configurations, each trained up to `resource` in total."""

    number: int
    resource: int


@dataclass(frozen=True)
class Bracket:
    """One run of successive halving: s, the times it thins its field out, and its s + 1 (or fewer) rungs."""

    s: int
    rungs: tuple[Rung, ...]

    @property
    def budget(self):
        """Resource spent when every rung trains from the start: the sum of number * resource."""
        return sum(rung.number * rung.resource for rung in self.rungs)

    @property
    def resumed_budget(self):
        """Resource spent when survivors go on from where they were."""
        steps = zip(
            (0, *(rung.resource for rung in self.rungs)), self.rungs, strict=False
        )
        return sum(rung.number * (rung.resource - before) for before, rung in steps)


def brackets(max_resource, eta=3):
    """The brackets of Hyperband (Li et al. 2018, Algorithm 1), from the most explorative one to plain random search.

    max_resource: R, the most that one configuration may get. eta: each rung keeps one in eta; whole numbers.
    With s_max = floor(log_eta R), bracket s begins with n = ceil((s_max + 1) eta^s / (s + 1)) configurations; its
    rung i holds floor(n / eta^i) of them at the resource floor(R / eta^(s - i)).
    Returns a tuple of `Bracket`, s = s_max, ..., 0. Raises ValueError unless max_resource >= 1 and eta >= 2.
    """
    max_resource, eta = (
        whole("max_resource", max_resource, 1, 2**62),
        whole("eta", eta, 2),
    )
    s_max = 0
    while (
        eta ** (s_max + 1) <= max_resource
    ):  # floor(log(R) / log(eta)) in floating point misses exact powers
        s_max += 1
    return tuple(
        bracket(-(-(s_max + 1) * eta**s // (s + 1)), max_resource, eta, s)
        for s in range(s_max, -1, -1)
    )


def bracket(number, max_resource, eta, s):
    """Successive halving of `number` configurations in s steps that end at max_resource, a `Bracket`."""
    rungs = (
        Rung(number // eta**i, max_resource // eta ** (s - i)) for i in range(s + 1)
    )
    return Bracket(s, tuple(rung for rung in rungs if rung.number))


def halving(number, max_resource, eta, min_resource):
    """The longest bracket that starts at min_resource or above and still has a configuration at its end."""
    number, eta = whole("num_configs", number, 1, MOST), whole("eta", eta, 2)
    min_resource = whole("min_resource", min_resource, 1)
    max_resource = whole("max_resource", max_resource, min_resource)
    s = 0
    while (
        max_resource // eta ** (s + 1) >= min_resource and number // eta ** (s + 1) >= 1
    ):
        s += 1
    return bracket(number, max_resource, eta, s)
