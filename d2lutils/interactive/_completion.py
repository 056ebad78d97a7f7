"""The figure `completion`: a matrix that is completed step by step."""

from collections.abc import Iterable
from typing import Annotated

import numpy as np

from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure


@table.documented
def completion(
    depth: Annotated[
        int, table.whole(1, 4, "Number of factors.", "depth (number of factors)")
    ] = 3,
    init_scale: Annotated[
        float,
        table.real(
            1e-6,
            1,
            "Size of the product at the start.",
            "initial scale α",
            values=table.nice(1e-6, 1, (1, 3)),
        ),
    ] = 1e-3,
    num_observed: Annotated[
        int,
        table.whole(12, 60, "Entries that are seen.", "observed entries (of 64)"),
    ] = 40,
    seed: Annotated[
        int,
        table.seed(
            "Of one sequence of `normals`: the (8, 2) and (2, 8) factors of the "
            "truth, then those of the start, W_1 first. The entries seen are those of "
            "the smallest among the 64 `uniforms` that follow."
        ),
    ] = 0,
    flipped: Annotated[
        Iterable,
        table.special(
            "pairs of row and column",
            "Entries, numbered from 1, that are hidden although they were among those "
            "seen, or seen although they were not.",
        ),
    ] = (),
    cell: Annotated[
        int, table.whole(0, 63, "The entry with the ring, row by row from 0.")
    ] = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Descent on a product of matrices that fills an 8 x 8 matrix of rank 2.

    What `completion.deep_factorization` computes, at twice its default step (for depth
    1, the same).
    """
    state = table.checked(completion, locals())
    given = list(flipped) if isinstance(flipped, Iterable) else [flipped]
    known = [(i, j) for i in range(1, 9) for j in range(1, 9)]
    if not all(np.shape(pair) == (2,) and tuple(pair) in known for pair in given):
        raise ValueError(
            f"flipped must be pairs of row and column from 1 to 8, got {flipped}"
        )
    state["flipped"] = " ".join(f"{int(row)}{int(column)}" for row, column in given)
    return figure(
        "completion",
        state,
        alt,
        "A matrix of rank 2 with hidden entries, its completion by gradient descent "
        "on a product of matrices, and the "
        "singular values and errors step by step; depth, initial scale and number of "
        "observed entries can be changed, and each entry hidden or shown.",
    )
