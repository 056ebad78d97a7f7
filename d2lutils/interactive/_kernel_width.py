"""The figure `kernel_width`: a net of finite width beside the infinite one."""

from typing import Annotated

from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_STARTS = {"antisymmetric": "antisymmetric (f = 0)", "plain": "plain"}


@table.documented
def kernel_width(
    width: Annotated[
        int,
        table.whole(
            8, 1024, "A power of two.", "width", values=[2**k for k in range(3, 11)]
        ),
    ] = 64,
    init: Annotated[
        str,
        table.choice(
            _STARTS,
            "The second half of the units is the first with -a, so that f = 0; or all "
            "parameters normal.",
            "start",
        ),
    ] = "antisymmetric",
    steps: Annotated[
        int,
        table.whole(
            10,
            200,
            "Steps of gradient descent.",
            "steps of gradient descent",
            values=(10, 20, 50, 100, 200),
            only=True,
        ),
    ] = 200,
    scale: Annotated[
        float,
        table.real(
            0.25,
            4,
            "A small one leaves the lazy regime.",
            "output scale α",
            values=(0.25, 0.5, 1, 2, 4),
            only=True,
        ),
    ] = 1.0,
    seed: Annotated[
        int,
        table.seed(
            "Of `normals`; unit j has the parameters w_j, a_j of row j of "
            "``normals(seed, 3072).reshape(-1, 3)``."
        ),
    ] = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """A net with one hidden layer and its limit: kernel, training, errors by width.

    ``f(x) = scale * sqrt(2 / width) * sum_j a_j relu(w_j . x)`` learns five points on
    the unit circle by gradient descent on ``|f - y|**2 / 2`` summed over them, at the
    learning rate ``0.1 / scale**2``; beside it, the same descent with the kernel
    `kernels.ntk` of depth 1 from the same outputs.

    References
    ----------
    Chizat et al. (2019), arXiv:1812.07956.
    """
    state = table.checked(kernel_width, locals())
    if width & (width - 1):
        raise ValueError(f"width must be a power of two, got {width}")
    return figure(
        "kernel_width",
        state,
        alt,
        "The tangent kernel, the training and the function of a net with one hidden "
        "layer beside those of an "
        "infinitely wide one, and how the distance shrinks with the width; width and "
        "draw can be changed.",
    )
