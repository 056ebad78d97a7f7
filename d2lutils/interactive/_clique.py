"""The figure `clique`: a graph, its largest clique and a quartic's descent."""

from collections.abc import Iterable

import numpy as np

from d2lutils._checks import real, whole
from d2lutils.interactive._figure import Figure, figure


def clique(
    edges: Iterable = ((1, 2), (1, 3), (2, 3), (3, 4), (4, 5)),
    num_vertices: int = 5,
    s: float = 0.6,
    *,
    alt: str | None = None,
) -> Figure:
    """A small graph, its largest clique, and whether a quartic descends from 0.

    The quartic is that of `hardness.clique_form`; the form of `hardness.slide_form` is
    shown beside it.

    Parameters
    ----------
    edges : pairs of vertices
        Vertices are numbered from 1.
    num_vertices : int
        3 to 6.
    s : float
        In [0, 0.9]: cliques of more than 1 / (1 - s) vertices are asked for.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
    """
    num_vertices = whole("num_vertices", num_vertices, 3, 6)
    pairs = [
        (i, j)
        for i in range(1, num_vertices + 1)
        for j in range(i + 1, num_vertices + 1)
    ]
    given = list(edges) if isinstance(edges, Iterable) else [edges]
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
    state = {"num_vertices": num_vertices, "s": real("s", s, 0, 0.9)}
    return figure(
        "clique",
        state | {f"e{i}{j}": (i, j) in chosen for i, j in pairs},
        alt,
        "A graph whose edges can be switched, its largest clique, and the least value "
        "of two quadratic forms on the "
        "simplex, one of which tells whether the clique is large.",
    )
