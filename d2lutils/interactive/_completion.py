"""The figure `completion`: a matrix that is completed step by step."""

from d2lutils._checks import real, whole
from d2lutils.interactive._figure import Figure, figure


def completion(
    depth: int = 3,
    init_scale: float = 1e-3,
    num_observed: int = 40,
    seed: int = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Descent on a product of matrices that fills an 8 x 8 matrix of rank 2.

    What `completion.deep_factorization` computes, at twice its default step (for depth
    1, the same).

    Parameters
    ----------
    depth : int
        1 to 4 factors.
    init_scale : float
        In [1e-6, 1].
    num_observed : int
        12 to 60 entries.
    seed : int
        Of one sequence of `normals`: the (8, 2) and (2, 8) factors of the truth, then
        those of the start, W_1 first. The entries seen are those of the smallest among
        the 64 `uniforms` that follow.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
    """
    state = {
        "depth": whole("depth", depth, 1, 4),
        "init_scale": real("init_scale", init_scale, 1e-6, 1),
        "num_observed": whole("num_observed", num_observed, 12, 60),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "completion",
        state,
        alt,
        "A matrix of rank 2 with hidden entries, its completion by gradient descent "
        "on a product of matrices, and the "
        "singular values and errors step by step; depth, initial scale and number of "
        "observed entries can be changed.",
    )
