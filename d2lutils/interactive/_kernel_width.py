"""The figure `kernel_width`: a net of finite width beside the infinite one."""

from d2lutils._checks import choice, real, whole
from d2lutils.interactive._figure import Figure, figure


def kernel_width(
    width: int = 64,
    init: str = "antisymmetric",
    steps: int = 200,
    scale: float = 1.0,
    seed: int = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """A net with one hidden layer and its limit: kernel, training, errors by width.

    ``f(x) = scale * sqrt(2 / width) * sum_j a_j relu(w_j . x)`` learns five points on
    the unit circle by gradient descent on ``|f - y|**2 / 2`` summed over them, at the
    learning rate ``0.1 / scale**2``; beside it, the same descent with the kernel
    `kernels.ntk` of depth 1 from the same outputs.

    Parameters
    ----------
    width : int
        A power of two from 8 to 1024.
    init : {"antisymmetric", "plain"}
        The second half of the units is the first with -a, so that f = 0; or all
        parameters normal.
    steps : {10, 20, 50, 100, 200}
    scale : {0.25, 0.5, 1, 2, 4}
        A small one leaves the lazy regime.
    seed : int
        Of `normals`; unit j has the parameters w_j, a_j of row j of ``normals(seed,
        3072).reshape(-1, 3)``.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.

    References
    ----------
    Chizat et al. (2019), arXiv:1812.07956.
    """
    width, steps = whole("width", width, 8, 1024), whole("steps", steps, 10, 200)
    if width & (width - 1):
        raise ValueError(f"width must be a power of two, got {width}")
    if steps not in (10, 20, 50, 100, 200):
        raise ValueError(f"steps must be 10, 20, 50, 100 or 200, got {steps}")
    scale = real("scale", scale, 0.25, 4)
    if scale not in (0.25, 0.5, 1, 2, 4):
        raise ValueError(f"scale must be 0.25, 0.5, 1, 2 or 4, got {scale}")
    state = {
        "width": width,
        "init": choice("init", init, ("antisymmetric", "plain")),
        "steps": steps,
        "scale": scale,
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "kernel_width",
        state,
        alt,
        "The tangent kernel, the training and the function of a net with one hidden "
        "layer beside those of an "
        "infinitely wide one, and how the distance shrinks with the width; width and "
        "draw can be changed.",
    )
