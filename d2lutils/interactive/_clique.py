"""The figure `clique`: a graph, its largest clique and a quartic's descent."""

from collections.abc import Iterable
from typing import Annotated

import numpy as np

from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure


@table.documented
def clique(
    edges: Annotated[
        Iterable,
        table.special("pairs of vertices", "Vertices are numbered from 1."),
    ] = ((1, 2), (1, 3), (2, 3), (3, 4), (4, 5)),
    num_vertices: Annotated[int, table.whole(3, 6, "Vertices of the graph.")] = 5,
    s: Annotated[
        float,
        table.real(
            0,
            0.9,
            "Cliques of more than 1 / (1 - s) vertices are asked for.",
            "s, for a clique larger than 1/(1 − s)",
            slider=(0, 0.9, 0.01),
        ),
    ] = 0.6,
    *,
    alt: str | None = None,
) -> Figure:
    """A small graph, its largest clique, and whether a quartic descends from 0.

    The quartic is that of `hardness.clique_form`; the form of `hardness.slide_form` is
    shown beside it.
    """
    state = table.checked(clique, locals())
    num_vertices = state["num_vertices"]
    pairs = [
        (i, j)
        for i in range(1, num_vertices + 1)
        for j in range(i + 1, num_vertices + 1)
    ]
    given: list = [edges]
    if isinstance(edges, Iterable) and getattr(edges, "ndim", 1) > 0:
        given = list(edges)
    chosen = {
        pair
        for edge in given
        for pair in pairs
        if np.shape(edge) == (2,) and set(pair) == set(edge)
    }
    if not all(
        np.shape(edge) == (2,) and set(edge) in map(set, pairs) for edge in given
    ):
        raise ValueError(
            f"edges must be pairs of different vertices from 1 to {num_vertices}, got "
            f"{edges}"
        )
    return figure(
        "clique",
        state | {f"e{i}{j}": (i, j) in chosen for i, j in pairs},
        alt,
        "A graph whose edges can be switched, its largest clique, and the least value "
        "of two quadratic forms on the "
        "simplex, one of which tells whether the clique is large.",
    )
