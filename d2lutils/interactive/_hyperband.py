"""The figure `hyperband`: the brackets of Hyperband on learning curves."""

from typing import Annotated

from d2lutils._checks import whole
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure
from d2lutils.search import brackets


@table.documented
def hyperband(
    max_resource: Annotated[
        int,
        table.whole(
            4,
            128,
            "R.",
            "largest resource R",
            values=(4, 8, 9, 16, 25, 27, 32, 64, 81, 125, 128),
        ),
    ] = 81,
    eta: Annotated[int, table.whole(2, 5, "One in eta goes on.", "keep one in η")] = 3,
    bracket: Annotated[
        int | None,
        table.special(
            "int, optional",
            "s, the one shown, by default the one with most settings.",
            label="bracket s",
            slider=(0, None, 1),
        ),
    ] = None,
    crossing: Annotated[
        float,
        table.real(
            0,
            1,
            "At 0 an early loss ranks the settings as the last one does, at 1 the best "
            "start slowest.",
            "how slowly good settings start",
            slider=(0, 1, 0.1),
        ),
    ] = 0.4,
    seed: Annotated[int, table.seed("Of the curves.")] = 0,
    setting: Annotated[
        int,
        table.whole(
            0,
            127,
            "The setting that is marked, counted from 0; beyond the last, that.",
        ),
    ] = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Hyperband's brackets on synthetic learning curves, cut at the rungs.

    The brackets are those of `search.brackets`. A setting has the loss ``F ** (((1 +
    log t) / (1 + log R)) ** a)`` at resource t, with ``F = 10 ** (2 q - 2)``, ``q =
    sqrt(u)`` and ``a = 8 ** (crossing * (1 + v - 3 q) / 2)``, where u and v are the
    next two of ``uniforms(seed, ...)``, the bracket with most settings first. The
    medians shown are those of the seeds 0 to 50.
    """
    state = table.checked(hyperband, locals())
    largest = brackets(state["max_resource"], state["eta"])[0].s
    state["bracket"] = (
        largest if bracket is None else whole("bracket", bracket, 0, largest)
    )
    return figure(
        "hyperband",
        state,
        alt,
        "Learning curves of many settings, of which each rung of a bracket of "
        f"Hyperband keeps the best one in {eta}, "
        "and a table of the brackets with their budgets; the bracket, the resources "
        "and the curves can be changed, and one setting is marked.",
    )
