"""The figure `hyperband`: the brackets of Hyperband on learning curves."""

from d2lutils._checks import real, whole
from d2lutils.interactive._figure import Figure, figure
from d2lutils.search import brackets


def hyperband(
    max_resource: int = 81,
    eta: int = 3,
    bracket: int | None = None,
    crossing: float = 0.4,
    seed: int = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Hyperband's brackets on synthetic learning curves, cut at the rungs.

    The brackets are those of `search.brackets`. A setting has the loss ``F ** (((1 +
    log t) / (1 + log R)) ** a)`` at resource t, with ``F = 10 ** (2 q - 2)``, ``q =
    sqrt(u)`` and ``a = 8 ** (crossing * (1 + v - 3 q) / 2)``, where u and v are the
    next two of ``uniforms(seed, ...)``, the bracket with most settings first. The
    medians shown are those of the seeds 0 to 50.

    Parameters
    ----------
    max_resource : int
        R, 4 to 128.
    eta : int
        2 to 5.
    bracket : int, optional
        s, the one shown, by default the one with most settings.
    crossing : float
        From 0, where an early loss ranks the settings as the last one does, to 1, where
        the best start slowest.
    seed : int
        Of the curves.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
    """
    max_resource, eta = (
        whole("max_resource", max_resource, 4, 128),
        whole("eta", eta, 2, 5),
    )
    largest = brackets(max_resource, eta)[0].s
    state = {
        "max_resource": max_resource,
        "eta": eta,
        "bracket": largest
        if bracket is None
        else whole("bracket", bracket, 0, largest),
        "crossing": real("crossing", crossing, 0, 1),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "hyperband",
        state,
        alt,
        "Learning curves of many settings, of which each rung of a bracket of "
        f"Hyperband keeps the best one in {eta}, "
        "and a table of the brackets with their budgets; the bracket, the resources "
        "and the curves can be changed.",
    )
