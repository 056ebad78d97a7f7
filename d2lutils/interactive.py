"""Figures that answer "what if I change ...?", alive in the built book and in JupyterLab.

Each function returns a `Figure`. In a notebook it displays as a small ``text/html`` element (its kind, its
parameters and one sentence) which the book's script brings to life without a kernel; in a live kernel with
anywidget the same JavaScript (``js/_common.js`` and ``js/<kind>.js``) runs as a widget. The stored output is
the element alone, so that it is the same at every execution. The numbers that a figure shows are those of
`landscapes`, `descent` and `meanfield`. In all of them alt is the sentence for readers who cannot see the figure, by
default its own; ValueError or TypeError names a parameter that is out of range.
"""

from collections.abc import Iterable

import numpy as np

from d2lutils._checks import array, choice, real, whole
from d2lutils._figures import Figure, figure, normals, uniforms
from d2lutils._figures_kernels import infinite_net, kernel_width
from d2lutils._figures_learning import double_descent, training_curves
from d2lutils._figures_search import hyperband, random_grid

__all__ = [
    "Figure", "clique", "completion", "descent", "double_descent", "gradients", "hyperband", "infinite_net",
    "kernel_width", "normals", "random_grid", "risk", "saddle", "separator", "training_curves", "uniforms",
]  # fmt: skip


def risk(num_samples=25, sigma=1.0, seed=528, *, alt=None):
    """Empirical against population risk: loss l(x; z) = x cos(pi x) + z cos(5 pi x), z ~ N(0, sigma^2).

    num_samples: sample size. sigma: standard deviation of the noise. seed: of `normals`; the figure's first
    sample is ``sigma * normals(seed, num_samples)``, the 29 others that it shows have the seeds before.
    """
    state = {
        "num_samples": whole("num_samples", num_samples, 1, 10_000),
        "sigma": real("sigma", sigma, 0, 10),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "risk",
        state,
        alt,
        "The risk x cos(πx) and the empirical risk of a random sample, whose minimum lies elsewhere; sample size and "
        "noise can be changed and the sample drawn again.",
    )


_START = {"risk": (-0.8,), "rastrigin": (3.3, 2.4), "bowl": (3.3, 2.4)}


def descent(landscape="risk", start=None, lr=0.05, momentum=0.0, noise=0.0, num_steps=100, seed=0, *, alt=None):
    """Gradient descent with momentum and gradient noise, as `descent.descend` runs it.

    landscape: "risk" (x cos(pi x) on [-1, 2]), "rastrigin" or "bowl" (x1^2 + x2^2, convex). start: one number a
    variable, inside the domain. lr: learning rate, at most 10. noise: standard deviation of the noise on each
    component of the gradient, drawn step by step from ``normals(seed, num_steps * dim)``.
    """
    choice("landscape", landscape, _START)
    reach = (-1, 2) if landscape == "risk" else (-5.12, 5.12)
    point = np.atleast_1d(_START[landscape] if start is None else start)
    if point.shape != (len(_START[landscape]),):
        raise ValueError(f"start must hold {len(_START[landscape])} real(s) for {landscape}, got {start}")
    state = {
        "landscape": landscape,
        "start": [real("start", value, *reach) for value in point.tolist()],
        "lr": real("lr", lr, most=10, above=0),
        "momentum": real("momentum", momentum, 0, 0.999),
        "noise": real("noise", noise, 0, 1000),
        "num_steps": whole("num_steps", num_steps, 1, 10_000),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    names = {"risk": "x cos(πx)", "rastrigin": "Rastrigin's function of two variables", "bowl": "x₁² + x₂²"}
    return figure(
        "descent",
        state,
        alt,
        f"The path of gradient descent on {names[landscape]} and its value step by step; start, learning rate, "
        "momentum and noise can be changed.",
    )


def saddle(landscape="double_well", eps=1e-3, along=0.9, lr=0.05, *, alt=None):
    """Gradient descent from a point near the ridge of a saddle, and the number of steps until it escapes.

    landscape: "double_well" (x1^4 - 2 x1^2 + x2^2) or "hyperbolic" (x1^2 - x2^2). eps: signed distance of the
    start from the ridge (x1 = 0 or x2 = 0), along: its other coordinate; both inside the landscape's domain.
    lr: learning rate, at most 1.
    """
    choice("landscape", landscape, ("double_well", "hyperbolic"))
    reach = 2 if landscape == "double_well" else 1
    state = {
        "landscape": landscape,
        "eps": real("eps", eps, -reach, reach),
        "along": real("along", along, -reach, reach),
        "lr": real("lr", lr, most=1, above=0),
    }
    return figure(
        "saddle",
        state,
        alt,
        "Gradient descent from a start near the ridge of a saddle: its distance from the ridge grows geometrically "
        "until it escapes; start and learning rate can be changed.",
    )


def gradients(depth=50, activation="relu", gain=1.0, skip="none", *, alt=None):
    """Norm of the backpropagated gradient by layer in a wide random net, from `meanfield.gradient_norms`.

    depth: up to 200 layers. activation: "linear", "relu", "tanh" or "sigmoid". gain: weights have variance
    gain^2 / width; sqrt(2) is He's. skip: "none", "1" (x + branch) or "1/sqrt(L)" (x + branch / sqrt(depth)).
    """
    state = {
        "depth": whole("depth", depth, 1, 200),
        "activation": choice("activation", activation, ("linear", "relu", "tanh", "sigmoid")),
        "gain": real("gain", gain, most=10, above=0),
        "skip": choice("skip", skip, ("none", "1", "1/sqrt(L)")),
    }
    return figure(
        "gradients",
        state,
        alt,
        "The norm of the backpropagated gradient by layer of a deep net, on a logarithmic axis; depth, activation, "
        "weight scale and skip connections can be changed.",
    )


_XOR = ([[20, 20], [80, 80], [20, 80], [80, 20]], [-1, -1, 1, 1])


def separator(points=None, labels=None, *, alt=None):
    """Points of two classes in the plane, what one threshold unit can do with them, and what a net of three can.

    points: (n, 2) whole numbers from 0 to 100, 1 to 12 points; by default the exclusive or. labels: (n,) of -1 and
    +1. The figure shows the widest separator or a Farkas certificate that there is none, as
    `hardness.separate` does, and a network as `hardness.exhaustive_search` finds; its arithmetic is exact.
    """
    points, labels = (_XOR[0] if points is None else points), (_XOR[1] if labels is None else labels)
    X, y = array("points", points, dtype=None), array("labels", labels, dtype=None)
    if X.ndim != 2 or X.shape[1] != 2 or not 1 <= len(X) <= 12:
        raise ValueError(f"points must have shape (n, 2) with n from 1 to 12, got {X.shape}")
    if y.shape != (len(X),) or not np.isin(y, (-1, 1)).all():
        raise ValueError(f"labels must be {len(X)} numbers -1 or 1, one a point, got {labels}")
    state = {
        "points": [[*(whole("points", v, 0, 100) for v in x), int(c)] for x, c in zip(X.tolist(), y, strict=True)],
        "selected": 0,
        "adds": "1",
    }
    return figure(
        "separator",
        state,
        alt,
        "Points of two classes in the plane with a separating line or a proof that there is none, and the two "
        "half-planes of a three-node network; points can be moved, added and removed.",
    )


def clique(edges=((1, 2), (1, 3), (2, 3), (3, 4), (4, 5)), num_vertices=5, s=0.6, *, alt=None):
    """A small graph, its largest clique, and whether 0 is a minimum of the quartic of `hardness.clique_form`.

    edges: pairs of vertices, numbered from 1. num_vertices: 3 to 6. s: in [0, 0.9]; cliques of more than 1/(1 - s)
    vertices are asked for. The form of `hardness.slide_form` is shown beside it.
    """
    num_vertices = whole("num_vertices", num_vertices, 3, 6)
    pairs = [(i, j) for i in range(1, num_vertices + 1) for j in range(i + 1, num_vertices + 1)]
    given = list(edges) if isinstance(edges, Iterable) else [edges]
    chosen = {pair for edge in given for pair in pairs if np.shape(edge) == (2,) and set(pair) == set(edge)}
    if not all(np.shape(edge) == (2,) and set(edge) in map(set, pairs) for edge in given):
        raise ValueError(f"edges must be pairs of different vertices from 1 to {num_vertices}, got {edges}")
    state = {"num_vertices": num_vertices, "s": real("s", s, 0, 0.9)}
    return figure(
        "clique",
        state | {f"e{i}{j}": (i, j) in chosen for i, j in pairs},
        alt,
        "A graph whose edges can be switched, its largest clique, and the least value of two quadratic forms on the "
        "simplex, one of which tells whether the clique is large.",
    )


def completion(depth=3, init_scale=1e-3, num_observed=40, seed=0, *, alt=None):
    """Gradient descent on a product of `depth` matrices against some entries of an 8 x 8 matrix of rank 2.

    What `completion.deep_factorization` computes, at twice its default step (for depth 1, the same). depth: 1 to 4.
    init_scale: in [1e-6, 1]. num_observed: 12 to 60. seed: of one sequence of `normals`: the (8, 2) and (2, 8)
    factors of the truth, then those of the start, W_1 first; the entries seen are those of the smallest among the
    64 `uniforms` that follow.
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
        "A matrix of rank 2 with hidden entries, its completion by gradient descent on a product of matrices, and the "
        "singular values and errors step by step; depth, initial scale and number of observed entries can be changed.",
    )
