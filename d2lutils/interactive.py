"""Figures that answer "what if I change ...?", alive in the built book and in JupyterLab.

Each function returns a `Figure`. In a notebook it displays as a small ``text/html`` element (its kind, its
parameters and one sentence) which the book's script brings to life without a kernel; in a live kernel with
anywidget the same JavaScript (``js/_common.js`` and ``js/<kind>.js``) runs as a widget. The stored output is
the element alone, so that it is the same at every execution. The numbers that a figure shows are those of
`landscapes`, `descent` and `meanfield`.
"""

import html
import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_JS = Path(__file__).parent / "js"


@dataclass(frozen=True)
class Figure:
    """A figure to play with: the last expression of a notebook cell, or the argument of ``display``.

    kind: name of its JavaScript file. state: its parameters, JSON values. alt: one sentence for readers who
    cannot see or run it.
    """

    kind: str
    state: Mapping[str, object]
    alt: str

    def html(self):
        """The element that the book's script brings to life; without script, the sentence remains."""
        state = html.escape(json.dumps(dict(self.state), sort_keys=True, allow_nan=False))
        return (
            f'<div class="d2lutils-figure" data-figure="{self.kind}" data-state="{state}">'
            f"<p>{html.escape(self.alt)} (Interactive in the built book and in a running notebook.)</p></div>"
        )

    def widget(self):
        """A live anywidget with the state as synchronised traits; needs a running kernel to be of use."""
        import anywidget
        import traitlets

        traits = {name: traitlets.Any(value).tag(sync=True) for name, value in self.state.items()}
        code = {"_esm": _script(self.kind), "_css": (_JS / "figure.css").read_text(encoding="utf8")}
        return type("InteractiveFigure", (anywidget.AnyWidget,), {**traits, **code})()

    def __repr__(self):
        return f"{self.kind}({', '.join(f'{name}={value!r}' for name, value in self.state.items())})"

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = {"text/html": self.html(), "text/plain": repr(self)}, {}
        if _in_live_kernel():
            bundle = self.widget()._repr_mimebundle_()
            live, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
            data |= {mime: view for mime, view in live.items() if mime.startswith("application/vnd.jupyter.widget")}
        return data, metadata


def risk(num_samples=25, sigma=1.0, seed=528, *, alt=None):
    """Empirical against population risk: loss l(x; z) = x cos(pi x) + z cos(5 pi x), z ~ N(0, sigma^2).

    num_samples: sample size. sigma: standard deviation of the noise. seed: of `normals`; the figure's first
    sample is ``sigma * normals(seed, num_samples)``, the 29 others that it shows have the seeds before.
    """
    state = {
        "num_samples": _integer("num_samples", num_samples, 1, 10_000),
        "sigma": _number("sigma", sigma, 0, 10),
        "seed": _integer("seed", seed, 0, 2**32 - 1),
    }
    return _figure(
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
    variable, inside the domain. noise: standard deviation of the noise on each component of the gradient, drawn step by
    step from ``normals(seed, num_steps * dim)``.
    """
    _choice("landscape", landscape, _START)
    reach = (-1, 2) if landscape == "risk" else (-5.12, 5.12)
    point = np.atleast_1d(_START[landscape] if start is None else start)
    if point.shape != (len(_START[landscape]),):
        raise ValueError(f"start must hold {len(_START[landscape])} number(s) for {landscape}, got {start}")
    state = {
        "landscape": landscape,
        "start": [_number("start", value, *reach) for value in point.tolist()],
        "lr": _number("lr", lr, 0, 10, open_below=True),
        "momentum": _number("momentum", momentum, 0, 0.999),
        "noise": _number("noise", noise, 0, 1000),
        "num_steps": _integer("num_steps", num_steps, 1, 10_000),
        "seed": _integer("seed", seed, 0, 2**32 - 1),
    }
    names = {"risk": "x cos(πx)", "rastrigin": "Rastrigin's function of two variables", "bowl": "x₁² + x₂²"}
    return _figure(
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
    """
    _choice("landscape", landscape, ("double_well", "hyperbolic"))
    reach = 2 if landscape == "double_well" else 1
    state = {
        "landscape": landscape,
        "eps": _number("eps", eps, -reach, reach),
        "along": _number("along", along, -reach, reach),
        "lr": _number("lr", lr, 0, 1, open_below=True),
    }
    return _figure(
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
        "depth": _integer("depth", depth, 1, 200),
        "activation": _choice("activation", activation, ("linear", "relu", "tanh", "sigmoid")),
        "gain": _number("gain", gain, 0, 10, open_below=True),
        "skip": _choice("skip", skip, ("none", "1", "1/sqrt(L)")),
    }
    return _figure(
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
    X, y = np.asarray(points), np.asarray(labels)
    if X.ndim != 2 or X.shape[1] != 2 or not 1 <= len(X) <= 12:
        raise ValueError(f"points must have shape (n, 2) with n from 1 to 12, got {X.shape}")
    if y.shape != (len(X),) or not np.isin(y, (-1, 1)).all():
        raise ValueError(f"labels must be {len(X)} numbers -1 or 1, one a point, got {labels}")
    state = {
        "points": [[*(_integer("points", v, 0, 100) for v in x), int(c)] for x, c in zip(X.tolist(), y, strict=True)],
        "selected": 0,
        "adds": "1",
    }
    return _figure(
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
    num_vertices = _integer("num_vertices", num_vertices, 3, 6)
    pairs = [(i, j) for i in range(1, num_vertices + 1) for j in range(i + 1, num_vertices + 1)]
    chosen = {tuple(sorted(edge)) for edge in edges}
    if not chosen <= set(pairs):
        raise ValueError(f"edges must be pairs of different vertices from 1 to {num_vertices}, got {edges}")
    state = {"num_vertices": num_vertices, "s": _number("s", s, 0, 0.9)}
    return _figure(
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
        "depth": _integer("depth", depth, 1, 4),
        "init_scale": _number("init_scale", init_scale, 1e-6, 1),
        "num_observed": _integer("num_observed", num_observed, 12, 60),
        "seed": _integer("seed", seed, 0, 2**32 - 1),
    }
    return _figure(
        "completion",
        state,
        alt,
        "A matrix of rank 2 with hidden entries, its completion by gradient descent on a product of matrices, and the "
        "singular values and errors step by step; depth, initial scale and number of observed entries can be changed.",
    )


def uniforms(seed, n):
    """n uniform numbers in [0, 1) from the figures' generator, mulberry32: shape (n,).

    seed: integer in [0, 2^32). The same numbers, to the last bit, as in the browser.
    """
    a = np.uint32(seed) + np.arange(1, n + 1, dtype=np.uint32) * np.uint32(0x6D2B79F5)  # modulo 2^32, as meant
    t = (a ^ (a >> 15)) * (a | 1)
    t ^= t + (t ^ (t >> 7)) * (t | 61)
    return (t ^ (t >> 14)) / 2.0**32


def normals(seed, n):
    """n standard normal numbers (Box and Muller 1958) from the figures' generator: shape (n,).

    Uniforms 2k and 2k+1 give normals 2k and 2k+1. The browser's logarithm and cosine may differ in the last bit.
    """
    u = uniforms(seed, n + n % 2).reshape(-1, 2)
    radius, angle = np.sqrt(-2 * np.log1p(-u[:, 0])), 2 * np.pi * u[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()[:n]


def _figure(kind, state, alt, default):
    if alt is not None and (not isinstance(alt, str) or not alt.strip()):
        raise ValueError(f"alt must be a sentence that says what the figure shows, got {alt!r}")
    return Figure(kind, state, alt or default)


def _script(kind):
    parts = [(_JS / f"{name}.js").read_text(encoding="utf8") for name in ("_common", kind)]
    return "\n".join([*parts, "export default { render };\n"])


def _in_live_kernel():
    """Whether a widget could be shown: IPython runs in a kernel, and anywidget can be imported."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is None:
        return False
    try:
        import anywidget  # noqa: F401
    except ImportError:
        return False
    return True


def _number(name, value, low, high, *, open_below=False):
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not math.isfinite(value) or not low <= value <= high or (open_below and value == low):
        raise ValueError(f"{name} must lie in {'(' if open_below else '['}{low}, {high}], got {value}")
    return float(value)


def _integer(name, value, low, high):
    if _number(name, value, low, high) != int(value):
        raise ValueError(f"{name} must be an integer, got {value}")
    return int(value)


def _choice(name, value, options):
    if value not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}, got {value!r}")
    return value
