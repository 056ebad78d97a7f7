"""Small loss landscapes with exact gradients, Hessians and minima.

Every landscape takes points of shape (..., dim), so that one point, a batch of runs and a plotting grid are
all served by the same call: ``f`` returns (...), ``grad`` (..., dim) and ``hess`` (..., dim, dim).
domain: what we look at, (low, high) for one variable, else a pair for each; ValueError for anything else.
"""

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import bisect

from d2lutils import _checks

pi = np.pi


@dataclass(frozen=True)
class Landscape:
    """A differentiable function to descend.

    name: one or two words. dim: number of variables. f, grad, hess: callables on points (..., dim), returning
    (...), (..., dim) and (..., dim, dim). domain: (dim, 2), lowest and highest value of each variable that we
    look at. minima: (m, dim), the isolated local minima inside the domain. formula: LaTeX, without dollars.
    The callables raise ValueError for points whose last axis is not dim long.
    """

    name: str
    dim: int
    f: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    grad: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    hess: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    domain: ArrayLike = field(repr=False)
    minima: ArrayLike = field(repr=False)
    formula: str = ""

    def __post_init__(self):
        _checks.whole("dim", self.dim)
        domain = _checks.array("domain", self.domain)
        if domain.shape != (self.dim, 2) or (np.diff(domain) <= 0).any():
            raise ValueError(
                f"domain must hold {self.dim} finite pairs (low, high), got {domain.tolist()}"
            )
        minima = _checks.array("minima", self.minima)
        if minima.ndim > 2 or minima.size % self.dim:
            raise ValueError(
                f"minima must have shape (m, {self.dim}), got {minima.shape}"
            )
        minima = minima.reshape(-1, self.dim)
        for name, value in (("domain", domain), ("minima", minima)):
            object.__setattr__(self, name, value)
        for name in ("f", "grad", "hess"):
            function = _checks.function(name, getattr(self, name))
            object.__setattr__(self, name, _checked(function, self.dim))


def _checked(function, dim):
    @functools.wraps(function)
    def on_points(points):
        points = _checks.array("points", points, finite=False)
        if points.ndim == 0 or points.shape[-1] != dim:
            raise ValueError(f"points must have shape (..., {dim}), got {points.shape}")
        return function(points)

    return on_points


def _curve(name, f, df, d2f, domain, formula):
    """A landscape of one variable from three functions of scalars; its minima are searched for."""
    landscape = Landscape(
        name,
        1,
        lambda x: f(x[..., 0]),
        df,
        lambda x: d2f(x)[..., None],
        [domain],
        np.empty((0, 1)),
        formula,
    )
    points = stationary_points(landscape)
    object.__setattr__(landscape, "minima", points.x[points.kind == "min"][:, None])
    return landscape


def risk(domain=(0.5, 1.5)):
    """The population risk x cos(pi x). On (-1, 2) it has two basins."""
    return _curve(
        "risk",
        lambda x: x * np.cos(pi * x),
        lambda x: np.cos(pi * x) - pi * x * np.sin(pi * x),
        lambda x: -2 * pi * np.sin(pi * x) - pi**2 * x * np.cos(pi * x),
        domain,
        r"x \cos(\pi x)",
    )


def empirical_risk(z=0.2, domain=(0.5, 1.5)):
    """The empirical risk x cos(pi x) + z cos(5 pi x) of a sample whose noise has mean z."""
    z = _checks.real("z", z)
    true = risk(domain)
    return _curve(
        "empirical risk",
        lambda x: true.f(x[..., None]) + z * np.cos(5 * pi * x),
        lambda x: true.grad(x) - 5 * pi * z * np.sin(5 * pi * x),
        lambda x: true.hess(x)[..., 0] - 25 * pi**2 * z * np.cos(5 * pi * x),
        domain,
        rf"x \cos(\pi x) {z:+g} \cos(5 \pi x)",
    )


def cubic(domain=(-2.0, 2.0)):
    """x^3: its one stationary point is a degenerate saddle (an inflection)."""
    return _curve(
        "cubic", lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x, domain, "x^3"
    )


def tanh(domain=(-2.0, 5.0)):
    """tanh x: no stationary point at all, and a gradient that dies out on both sides."""

    def slope(x):
        return (
            np.cosh(np.clip(x, -350, 350)) ** -2.0
        )  # 1 - tanh^2 cancels to zero from x = 19 on

    return _curve(
        "tanh", np.tanh, slope, lambda x: -2 * np.tanh(x) * slope(x), domain, r"\tanh x"
    )


def deep_scalar(depth, domain=(-1.5, 1.5)):
    """(1 - w^depth)^2 / 2: a linear network of `depth` layers of one unit with tied weight w, target 1.

    For depth > 1 the origin is stationary, the flatter the deeper (Kawaguchi 2016, arXiv:1605.07110).
    Raises ValueError unless depth is a whole number from 1 to 1000.
    """
    n = _checks.whole("depth", depth, 1, 1000)

    def curvature(w):
        slope = n * w ** (n - 1)
        bend = n * (n - 1) * w ** (n - 2) if n > 1 else 0.0
        return slope**2 - (1 - w**n) * bend

    return _curve(
        f"deep scalar, depth {n}",
        lambda w: 0.5 * (1 - w**n) ** 2,
        lambda w: -(1 - w**n) * n * w ** (n - 1),
        curvature,
        domain,
        rf"\frac{{1}}{{2}} (1 - w^{{{n}}})^2",
    )


def quadratic(a, domain=None):
    """sum_i a_i x_i^2 / 2 with curvatures a of shape (dim,). The origin is its minimum if no a_i is negative.

    Raises ValueError if a is not a non-empty vector of finite numbers.
    """
    a = _checks.array("a", a).copy()
    if a.ndim != 1 or not a.size:
        raise ValueError(
            f"a must be a vector of curvatures, not empty, got shape {a.shape}"
        )
    terms = [rf"{value:g} x_{{{i}}}^2" for i, value in enumerate(a, 1)]
    return Landscape(
        "quadratic",
        a.size,
        lambda x: 0.5 * (a * x**2).sum(-1),
        lambda x: a * x,
        lambda x: np.broadcast_to(np.diag(a), (*x.shape, a.size)).copy(),
        [(-1.0, 1.0)] * a.size if domain is None else domain,
        np.zeros((int((a >= 0).all()), a.size)),
        r"\frac{1}{2} (" + " + ".join(terms).replace("+ -", "- ") + ")",
    )


def double_well(domain=((-2.0, 2.0), (-2.0, 2.0))):
    """x1^4 - 2 x1^2 + x2^2: minima (-1, 0) and (1, 0), a strict saddle at the origin between them."""

    def hess(x):
        out = np.zeros((*x.shape, 2))
        out[..., 0, 0] = 12 * x[..., 0] ** 2 - 4
        out[..., 1, 1] = 2
        return out

    return Landscape(
        "double well",
        2,
        lambda x: x[..., 0] ** 4 - 2 * x[..., 0] ** 2 + x[..., 1] ** 2,
        lambda x: np.stack(
            [4 * x[..., 0] ** 3 - 4 * x[..., 0], 2 * x[..., 1]], axis=-1
        ),
        hess,
        domain,
        [(-1.0, 0.0), (1.0, 0.0)],
        "x_1^4 - 2 x_1^2 + x_2^2",
    )


def rastrigin(dim=2):
    """10 dim + sum_i (x_i^2 - 10 cos(2 pi x_i)) on [-5.12, 5.12]^dim, with 11^dim minima, the lowest at 0.

    `minima` lists all of them in lexicographic order up to dim = 4; beyond, where they no longer fit into
    memory, only the global one.
    Raises ValueError unless dim is a whole number from 1 to 10 000.
    """
    dim = _checks.whole("dim", dim, 1, 10_000)
    side = (-5.12, 5.12)
    if dim <= 4:
        curve = _curve("", *_RASTRIGIN, side, "")
        minima = np.array(list(itertools.product(curve.minima[:, 0], repeat=dim)))
    else:
        minima = np.zeros((1, dim))
    f, df, d2f = _RASTRIGIN
    return Landscape(
        "Rastrigin",
        dim,
        lambda x: f(x).sum(-1),
        df,
        lambda x: d2f(x)[..., None] * np.eye(dim),
        [side] * dim,
        minima,
        r"10 d + \sum_{i=1}^d \left(x_i^2 - 10 \cos(2 \pi x_i)\right)",
    )


_RASTRIGIN = (
    lambda x: 10 + x**2 - 10 * np.cos(2 * pi * x),
    lambda x: 2 * x + 20 * pi * np.sin(2 * pi * x),
    lambda x: 2 + 40 * pi**2 * np.cos(2 * pi * x),
)


def stationary_points(landscape, num_grid=2001):
    """All points of the domain where the gradient of a landscape of one variable vanishes.

    num_grid: grid on which roots are bracketed; two roots nearer than one step can be missed.
    Returns a record array sorted by `x`, with fields `x`, `value` (f at x) and `kind`: "min", "max", or
    "saddle" where the gradient keeps its sign, as at 0 for x^3. Simple roots are exact to a few units of
    rounding, far below 1e-12.
    Raises ValueError if dim is not 1 or the landscape is flat on an interval.
    """
    num_grid = _checks.whole("num_grid", num_grid, 2, 10**7)
    if _checks.instance("landscape", landscape, Landscape).dim != 1:
        raise ValueError(
            f"stationary points are listed for one variable, this landscape has {landscape.dim}"
        )

    def slope(x):
        return float(landscape.grad([x])[0])

    def curvature(x):
        return float(landscape.hess([x])[0, 0])

    low, high = landscape.domain[0]
    grid = np.linspace(low, high, num_grid)
    step = grid[1] - grid[0]
    slopes, curvatures = (
        landscape.grad(grid[:, None])[:, 0],
        landscape.hess(grid[:, None])[:, 0, 0],
    )
    if ((slopes[:-1] == 0) & (slopes[1:] == 0)).any():
        raise ValueError(
            f"{landscape.name} is flat on an interval: its stationary points cannot be listed"
        )

    # A gradient that touches zero without crossing it has a root of the curvature there.
    negligible = 1e-13 * np.abs(slopes).max()
    touching = [
        x for x in _roots(curvature, grid, curvatures) if abs(slope(x)) <= negligible
    ]
    roots = np.sort(np.array([*_roots(slope, grid, slopes), *touching]))
    roots = roots[np.diff(roots, prepend=-np.inf) > 1e-6 * step]

    gaps = np.minimum(np.diff(roots, prepend=-np.inf), np.diff(roots, append=np.inf))
    reach = np.minimum(gaps, step)[:, None] / 2
    before, after = (
        np.sign(landscape.grad(roots[:, None] + side * reach)[:, 0]) for side in (-1, 1)
    )
    kind = np.select([before < after, before > after], ["min", "max"], "saddle")
    columns = [roots, landscape.f(roots[:, None]), kind]
    return np.rec.fromarrays(columns, names="x,value,kind")  # type: ignore[call-overload]


def _roots(function, grid, values):
    # Bisection, since faster methods stall at the flat roots that we are here for, such as 0 for w^3.
    signs = np.sign(values)
    crossings = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    found = [
        bisect(function, grid[i], grid[i + 1], xtol=1e-16, rtol=1e-15)
        for i in crossings
    ]
    return [*grid[values == 0], *found]
