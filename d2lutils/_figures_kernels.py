"""Interactive figures of the neural tangent kernel: nets of infinite and of finite width."""

import numpy as np

from d2lutils._checks import array, choice, real, whole
from d2lutils._figures import figure

FOREVER = 1e99  # JSON has no infinity; exp(-FOREVER * eigenvalue) is 0


def _twentieth(value, reach):
    return round(20 * real("points", value, -reach, reach)) / 20


def infinite_net(points=None, depth=2, kernel="ntk", time=np.inf, num_nets=3, seed=0, *, alt=None):
    """Infinitely wide ReLU nets trained on points (x, y): their mean and spread over initialisations.

    The net sees the vector (x, 1). points: (n, 2), 1 to 12 points with |x| <= 2 and |y| <= 3, rounded to multiples of
    1/20. depth: 1 to 5 hidden layers. kernel: "ntk" (all layers are trained) or "nngp" (only the last one; at infinite
    time this is the Bayesian posterior of the NNGP). time: of gradient flow on |f - y|^2 / 2 summed over the points, as
    in `kernels.gradient_flow`. num_nets: 0 to 5 nets drawn. seed: of ``normals(seed, 81 * num_nets)``; a row of 81,
    multiplied by the Cholesky factor of `kernels.nngp` on the grid -2, -1.95, ..., 2, is a net before training.
    Mean and variance: Lee et al. 2019 (1902.06720), section 2.3.
    """
    default = [[-1.5, -0.5], [-0.9, 1.2], [-0.2, -0.8], [0.7, 0.6], [1.1, 1.5]]
    points = array("points", default if points is None else points)
    if points.ndim != 2 or points.shape[1] != 2 or not 1 <= len(points) <= 12:
        raise ValueError(f"points must have shape (n, 2) with n from 1 to 12, got {points.shape}")
    time = FOREVER if isinstance(time, float) and time == np.inf else real("time", time, 0, FOREVER)
    state = {
        "points": [[_twentieth(x, 2), _twentieth(y, 3)] for x, y in points.tolist()],
        "selected": 0,
        "depth": whole("depth", depth, 1, 5),
        "kernel": choice("kernel", kernel, ("ntk", "nngp")),
        "time": time,
        "num_nets": whole("num_nets", num_nets, 0, 5),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "infinite_net",
        state,
        alt,
        "Points and the curves of infinitely wide nets trained on them, with a band of two standard deviations over "
        "initialisations that is narrow at the points; points, depth, training time and the kernel can be changed.",
    )


def kernel_width(width=64, init="antisymmetric", steps=200, scale=1.0, seed=0, *, alt=None):
    """A ReLU net with one hidden layer and its infinitely wide limit: tangent kernel, training, errors by width.

    f(x) = scale sqrt(2 / width) sum_j a_j relu(w_j . x) learns five points on the unit circle by gradient descent on
    |f - y|^2 / 2 summed over them, learning rate 0.1 / scale^2 (Chizat et al. 2019, 1812.07956); beside it, the same
    descent with the kernel `kernels.ntk` of depth 1 from the same outputs. width: power of two from 8 to 1024. init:
    "plain" (all parameters normal) or "antisymmetric" (the second half of the units is the first with -a, so f = 0).
    steps: 10, 20, 50, 100 or 200. scale: 1/4, 1/2, 1, 2 or 4; a small one leaves the lazy regime. seed: of `normals`;
    unit j has the parameters w_j, a_j of row j of ``normals(seed, 3072).reshape(-1, 3)``.
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
        "The tangent kernel, the training and the function of a net with one hidden layer beside those of an "
        "infinitely wide one, and how the distance shrinks with the width; width and draw can be changed.",
    )
