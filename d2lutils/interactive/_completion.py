"""The figure `completion`: a matrix that is completed step by step."""

from typing import Annotated

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
    *,
    alt: str | None = None,
) -> Figure:
    """Descent on a product of matrices that fills an 8 x 8 matrix of rank 2.

    What `completion.deep_factorization` computes, at twice its default step (for depth
    1, the same).
    """
    return figure(
        "completion",
        table.checked(completion, locals()),
        alt,
        "A matrix of rank 2 with hidden entries, its completion by gradient descent "
        "on a product of matrices, and the "
        "singular values and errors step by step; depth, initial scale and number of "
        "observed entries can be changed.",
    )
