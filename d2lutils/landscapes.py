"""Small loss landscapes with exact gradients, Hessians and minima.

Every landscape takes points of shape (..., dim), so that one point, a batch of runs and
a plotting grid are all served by the same call: ``f`` returns (...), ``grad``
(..., dim) and ``hess`` (..., dim, dim). `domain` is what we look at, (low, high) for
one variable, else a pair for each; anything else is a ValueError.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import bisect

from d2lutils import _checks

pi = np.pi


@dataclass(frozen=True)
class Landscape:
    """A differentiable function to descend.

    Attributes
    ----------
    name : str
        One or two words.
    dim : int
        Number of variables.
    f, grad, hess : functions
        Of points (..., dim), returning (...), (..., dim) and (..., dim, dim). They
        raise ValueError for points whose last axis is not dim long.
    domain : array of shape (dim, 2)
        Lowest and highest value of each variable that we look at.
    minima : array of shape (m, dim)
        The isolated local minima inside the domain.
    formula : str
        LaTeX, without dollars.
    """

    name: str
    dim: int
    f: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    grad: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    hess: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    domain: Any = field(repr=False)  # given in any form, held as arrays
    minima: Any = field(repr=False)
    formula: str = ""

    def __post_init__(self) -> None:
        _checks.whole("dim", self.dim)
        domain = _checks.array("domain", self.domain)
        if domain.shape != (self.dim, 2) or (np.diff(domain) <= 0).any():
            raise ValueError(
                f"domain must hold {self.dim} finite pairs (low, high), got "
                f"{_checks.shown(domain.tolist())}"
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


def _checked(function: Callable, dim: int) -> Callable:
    @functools.wraps(function)
    def on_points(points: ArrayLike) -> np.ndarray:
        points = _checks.array("points", points, finite=False)
        if points.ndim == 0 or points.shape[-1] != dim:
            raise ValueError(f"points must have shape (..., {dim}), got {points.shape}")
        return function(points)

    return on_points


def _curve(
    name: str,
    f: Callable,
    df: Callable,
    d2f: Callable,
    domain: ArrayLike,
    formula: str,
) -> Landscape:
    """A landscape of one variable from functions of scalars; its minima are found."""
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


def risk(domain: ArrayLike = (0.5, 1.5)) -> Landscape:
    """The population risk ``x cos(pi x)``. On (-1, 2) it has two basins."""
    return _curve(
        "risk",
        lambda x: x * np.cos(pi * x),
        lambda x: np.cos(pi * x) - pi * x * np.sin(pi * x),
        lambda x: -2 * pi * np.sin(pi * x) - pi**2 * x * np.cos(pi * x),
        domain,
        r"x \cos(\pi x)",
    )


def empirical_risk(z: float = 0.2, domain: ArrayLike = (0.5, 1.5)) -> Landscape:
    """The empirical risk ``x cos(pi x) + z cos(5 pi x)`` of a sample.

    Parameters
    ----------
    z : float
        Mean of the sample's noise.
    domain : pair (low, high)
    """
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


def cubic(domain: ArrayLike = (-2.0, 2.0)) -> Landscape:
    """``x^3``: its one stationary point is a degenerate saddle (an inflection)."""
    return _curve(
        "cubic", lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x, domain, "x^3"
    )


def tanh(domain: ArrayLike = (-2.0, 5.0)) -> Landscape:
    """``tanh x``: no stationary point, and a gradient that dies out on both sides."""

    def slope(x):
        # 1 - tanh^2 would cancel to zero from x = 19 on.
        return np.cosh(np.clip(x, -350, 350)) ** -2.0

    return _curve(
        "tanh", np.tanh, slope, lambda x: -2 * np.tanh(x) * slope(x), domain, r"\tanh x"
    )


def deep_scalar(depth: int, domain: ArrayLike = (-1.5, 1.5)) -> Landscape:
    """``(1 - w^depth)^2 / 2``: a linear network of layers of one unit, target 1.

    All layers have the same weight w. For depth > 1 the origin is stationary, the
    flatter the deeper.

    Parameters
    ----------
    depth : int
        Number of layers, from 1 to 1000.
    domain : pair (low, high)

    Raises
    ------
    ValueError
        For another depth.

    References
    ----------
    Kawaguchi 2016, arXiv:1605.07110.
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


def quadratic(a: ArrayLike, domain: ArrayLike | None = None) -> Landscape:
    """``sum_i a_i x_i^2 / 2``. The origin is its minimum if no ``a_i`` is negative.

    Parameters
    ----------
    a : array of shape (dim,)
        Curvatures; (2, -2) makes the plainest saddle, ``x_1^2 - x_2^2``.
    domain : array of shape (dim, 2), optional
        By default from -1 to 1.

    Raises
    ------
    ValueError
        If `a` is not a non-empty vector of finite numbers.
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


def double_well(domain: ArrayLike = ((-2.0, 2.0), (-2.0, 2.0))) -> Landscape:
    """``x1^4 - 2 x1^2 + x2^2``: minima (-1, 0), (1, 0), and a strict saddle between."""

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


def rastrigin(dim: int = 2) -> Landscape:
    """``10 dim + sum_i (x_i^2 - 10 cos(2 pi x_i))``: 11^dim minima, the lowest at 0.

    Parameters
    ----------
    dim : int
        From 1 to 10 000.

    Returns
    -------
    Landscape
        On [-5.12, 5.12]^dim. Its minima are listed in lexicographic order up to
        dim = 4; beyond, where they no longer fit into memory, only the global one is.

    Raises
    ------
    ValueError
        For another dim.
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


def tanh_network(
    inputs: ArrayLike, targets: ArrayLike, hidden: int, penalty: float = 0.0
) -> Landscape:
    """The loss of a network of one hidden tanh layer and one linear output.

    Half the mean squared error, plus half the penalty times the squared length of the
    parameters. A point holds the incoming weights (hidden, d), row by row, and then the
    outgoing ones (hidden,). A constant column of the inputs stands for the biases. Its
    minima are not known, so none are listed.

    Parameters
    ----------
    inputs : array of shape (n, d)
    targets : array of shape (n,)
    hidden : int
        Number of hidden units.
    penalty : float
        Not negative.

    Raises
    ------
    ValueError
        For inputs and targets that do not fit together, and other values.
    """
    X, y = _checks.array("inputs", inputs, 2), _checks.array("targets", targets, 1)
    if not X.size or len(y) != len(X):
        raise ValueError(
            "inputs and targets must have one row for each example, got shapes "
            f"{X.shape} and {y.shape}"
        )
    hidden = _checks.whole("hidden", hidden)
    penalty = _checks.real("penalty", penalty, 0)
    n, d = X.shape
    dim = hidden * (d + 1)
    _checks.fits("hidden", dim, dim)

    def forward(w):
        """Outgoing weights, hidden values (..., hidden, n) and errors (..., n)."""
        v = w[..., hidden * d :]
        h = np.tanh(w[..., : hidden * d].reshape(*w.shape[:-1], hidden, d) @ X.T)
        return v, h, (v[..., None, :] @ h)[..., 0, :] - y

    def f(w):
        return (forward(w)[2] ** 2).mean(-1) / 2 + penalty / 2 * (w**2).sum(-1)

    def grad(w):
        v, h, error = forward(w)
        inner = (v[..., None] * (1 - h**2) * error[..., None, :]) @ X / n
        outer = (h @ error[..., None])[..., 0] / n
        inner = inner.reshape(*w.shape[:-1], hidden * d)
        return np.concatenate([inner, outer], axis=-1) + penalty * w

    def hess(w):
        v, h, error = forward(w)
        slope, error = 1 - h**2, error[..., None, :]
        inner = (v[..., None] * slope)[..., :, None, :] * X.T
        jacobian = np.concatenate(
            [inner.reshape(*w.shape[:-1], hidden * d, n), h], axis=-2
        )
        out = jacobian @ np.swapaxes(jacobian, -1, -2) / n  # Gauss-Newton
        bend = -2 * v[..., None] * h * slope * error / n
        cross = (slope * error) @ X / n
        for j in range(hidden):  # the curvature of the outputs, unit by unit
            own, last = slice(j * d, (j + 1) * d), hidden * d + j
            out[..., own, own] += X.T @ (bend[..., j, :, None] * X)
            out[..., own, last] += cross[..., j, :]
            out[..., last, own] += cross[..., j, :]
        out[..., np.arange(dim), np.arange(dim)] += penalty
        return out

    return Landscape(
        "tanh network",
        dim,
        f,
        grad,
        hess,
        [(-3.0, 3.0)] * dim,
        np.empty((0, dim)),
        r"\frac{1}{2n} \sum_i (y_i - \sum_j v_j \tanh(w_j^\top x_i))^2",
    )


_RASTRIGIN = (
    lambda x: 10 + x**2 - 10 * np.cos(2 * pi * x),
    lambda x: 2 * x + 20 * pi * np.sin(2 * pi * x),
    lambda x: 2 + 40 * pi**2 * np.cos(2 * pi * x),
)


def stationary_points(landscape: Landscape, num_grid: int = 2001) -> Any:
    """All points of the domain where the gradient vanishes.

    Parameters
    ----------
    landscape : Landscape
        Of one variable.
    num_grid : int
        Size of the grid on which roots are bracketed; two roots nearer than one step
        can be missed.

    Returns
    -------
    record array
        Sorted by ``x``, with fields ``x``, ``value`` (f at x) and ``kind``: "min",
        "max", or "saddle" where the gradient keeps its sign, as at 0 for ``x^3``.
        Simple roots are exact to a few units of rounding, far below 1e-12.

    Raises
    ------
    ValueError
        If there are more variables, or the landscape is flat on an interval.
    """
    num_grid = _checks.whole("num_grid", num_grid, 2, 10**7)
    if _checks.instance("landscape", landscape, Landscape).dim != 1:
        raise ValueError(f"landscape must have one variable, got {landscape.dim}")
    low, high = landscape.domain[0]
    grid = np.linspace(low, high, num_grid)
    step = grid[1] - grid[0]
    slopes, curvatures = (
        landscape.grad(grid[:, None])[:, 0],
        landscape.hess(grid[:, None])[:, 0, 0],
    )
    if ((slopes[:-1] == 0) & (slopes[1:] == 0)).any():
        raise ValueError(
            f"landscape must not be flat on an interval, got {landscape.name}"
        )
    roots = _stationary(landscape, grid, slopes, curvatures)
    roots = roots[np.diff(roots, prepend=-np.inf) > 1e-6 * step]

    gaps = np.minimum(np.diff(roots, prepend=-np.inf), np.diff(roots, append=np.inf))
    reach = np.minimum(gaps, step)[:, None] / 2
    before, after = (
        np.sign(landscape.grad(roots[:, None] + side * reach)[:, 0]) for side in (-1, 1)
    )
    kind = np.select([before < after, before > after], ["min", "max"], "saddle")
    columns = [roots, landscape.f(roots[:, None]), kind]
    return np.rec.fromarrays(columns, names="x,value,kind")  # type: ignore[call-overload]


def _stationary(
    landscape: Landscape, grid: np.ndarray, slopes: np.ndarray, curvatures: np.ndarray
) -> np.ndarray:
    """Sorted roots of the gradient, some of them perhaps twice."""

    def slope(x):
        return float(landscape.grad(np.array([x]))[0])

    def curvature(x):
        return float(landscape.hess(np.array([x]))[0, 0])

    # Where a gradient touches zero without crossing it the curvature has a root.
    negligible = 1e-13 * np.abs(slopes).max()
    touching = [
        x for x in _roots(curvature, grid, curvatures) if abs(slope(x)) <= negligible
    ]
    return np.sort(np.array([*_roots(slope, grid, slopes), *touching]))


def _roots(function: Callable, grid: np.ndarray, values: np.ndarray) -> list[float]:
    # Bisection, since faster methods stall at the flat roots that we are here for, such
    # as 0 for w^3.
    signs = np.sign(values)
    crossings = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    found = [
        bisect(function, grid[i], grid[i + 1], xtol=1e-16, rtol=1e-15)
        for i in crossings
    ]
    return [*grid[values == 0], *found]
