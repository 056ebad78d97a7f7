"""Eigenvalues of Hessians: random ones, a landscape's, those of any gradient."""

import functools
from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh
from scipy.special import gammaln

from d2lutils import _checks
from d2lutils.landscapes import Landscape

_Function = Landscape | Callable[[np.ndarray], ArrayLike]


def goe(
    n: int, rng: np.random.Generator, size: int | tuple[int, ...] | None = None
) -> np.ndarray:
    """Random symmetric matrices: the Gaussian orthogonal ensemble.

    (A + A^T) / 2, where A has independent standard normal entries: variance 1 on the
    diagonal and 1/2 beside it.

    Parameters
    ----------
    n : int
        Rows of each matrix.
    rng : numpy.random.Generator
    size : int or tuple of int, optional
        Leading axes; None for one matrix.

    Returns
    -------
    array of shape (*size, n, n)

    Raises
    ------
    ValueError
        For sizes that would not fit into memory.
    """
    n = _checks.whole("n", n)
    lead = size if isinstance(size, tuple | list) else () if size is None else (size,)
    lead = tuple(_checks.whole("size", part, 0) for part in lead)
    _checks.fits("n", *lead, n, n)
    _checks.rng("rng", rng)
    a = rng.standard_normal((*lead, n, n))
    return (a + np.swapaxes(a, -1, -2)) / 2


def positive_probability(n: int) -> float:
    """Probability that all n eigenvalues of a GOE matrix are positive.

    Correct to double precision. For large n it falls like exp(-(ln 3 / 4) n^2).

    Parameters
    ----------
    n : int
        From 1 to 50; beyond, the probability underflows.

    Raises
    ------
    ValueError
        For another n.

    Notes
    -----
    The joint density of the eigenvalues is ``prod |x_i - x_j| prod exp(-x_i^2 / 2)`` up
    to scale. Its integral over x > 0 is n! times the Pfaffian of the moments of
    sign(y - x) x^i y^j (de Bruijn 1955), which polar coordinates give in closed form;
    over all x it is Mehta's integral. The terms are made of rationals, sqrt 2 and pi
    and cancel badly, so they are computed with 50 + 4 n decimals.

    References
    ----------
    Dean & Majumdar 2006, arXiv:cond-mat/0609651.
    """
    return _positive_probability(_checks.whole("n", n, 1, 50))


@functools.cache
def _positive_probability(n):
    with localcontext() as context:
        context.prec = 50 + 4 * n
        pi, root2 = _pi(), Decimal(2).sqrt()
        everywhere = (2 * pi).sqrt() ** n
        for j in range(1, n + 1):
            everywhere *= _gamma(2 + j, pi) / (_gamma(3, pi) * j)
        return float(_pfaffian(_moments(n, pi, root2)) / everywhere)


def _moments(n, pi, root2):
    """The antisymmetric matrix of moments; for odd n with one more row and column."""
    size = n + n % 2
    matrix = [[Decimal(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1, size):
            if j < n:
                # Integral of r^(i+j+1) exp(-r^2/2), times one over the quarter circle.
                radial = root2 ** (i + j) * _gamma(i + j + 2, pi)
                entry = radial * (_arc(j, i, pi, root2) - _arc(i, j, pi, root2))
            else:  # the plain moments
                entry = root2 ** (i - 1) * _gamma(i + 1, pi)
            matrix[i][j], matrix[j][i] = entry, -entry
    return matrix


def _pi():
    """Gauss-Legendre, which doubles the digits at each of its rounds."""
    a, b, t, p = Decimal(1), 1 / Decimal(2).sqrt(), Decimal("0.25"), 1
    for _ in range(12):
        a, b, t, p = (a + b) / 2, (a * b).sqrt(), t - p * ((a - b) / 2) ** 2, 2 * p
    return (a + b) ** 2 / (4 * t)


def _gamma(twice, pi):
    """Gamma(twice / 2) for an integer twice >= 1."""
    value = pi.sqrt() if twice % 2 else Decimal(1)
    for k in range(2 - twice % 2, twice, 2):
        value *= Decimal(k) / 2
    return value


def _arc(i, j, pi, root2):
    """Integral of cos^i sin^j over [0, pi/4], by parts down to i, j <= 1."""
    edge = 1 / root2 ** (i + j)
    if j >= 2:
        return ((j - 1) * _arc(i, j - 2, pi, root2) - edge) / (i + j)
    if i >= 2:
        return ((i - 1) * _arc(i - 2, j, pi, root2) + edge) / (i + j)
    return {
        (0, 0): pi / 4,
        (1, 0): 1 / root2,
        (0, 1): 1 - 1 / root2,
        (1, 1): Decimal("0.25"),
    }[i, j]


def _pfaffian(a):
    """By antisymmetric elimination, two rows at a time (Wimmer 2012, section 2.3)."""
    a, value = [row[:] for row in a], Decimal(1)
    for k in range(0, len(a), 2):
        pivot = max(range(k + 1, len(a)), key=lambda i: abs(a[i][k]))
        if pivot != k + 1:
            a[k + 1], a[pivot] = a[pivot], a[k + 1]
            for row in a:
                row[k + 1], row[pivot] = row[pivot], row[k + 1]
            value = -value
        value *= a[k][k + 1]
        for i in range(k + 2, len(a)):
            for j in range(k + 2, len(a)):
                a[i][j] += (a[i][k] * a[k + 1][j] - a[i][k + 1] * a[k][j]) / a[k][k + 1]
    return value


def log_positive_probability(n: int, shift: float = 0.0) -> float:
    """Logarithm of the probability that all eigenvalues of GOE + shift I are positive.

    Correct to about 1e-11, relative or absolute, whichever is larger; it agrees with
    `positive_probability`, and does not underflow.

    Parameters
    ----------
    n : int
        From 1 to 200.
    shift : float
        From -sqrt(2 n), the radius of the semicircle, to 50.

    Raises
    ------
    ValueError
        For n or shift out of range.

    Notes
    -----
    The eigenvalues are those of a tridiagonal matrix whose entries are independent:
    N(shift, 1) on the diagonal, and b_1, ..., b_(n-1) beside it, 2 b_k^2 chi-square of
    k degrees of freedom. All are positive where all pivots of Gaussian elimination are,
    ``d_1 = a_1`` and ``d_(k+1) = a_(k+1) - b_k^2 / d_k``. We hand on the density of
    sqrt(d_k) where no pivot was negative, and that of b_k / sqrt(d_k), at the nodes of
    one Gauss-Legendre rule. Both are analytic, and nothing cancels.

    References
    ----------
    Dumitriu & Edelman 2002, arXiv:math-ph/0206043.
    """
    n = _checks.whole("n", n, 1, 200)
    shift = _checks.real("shift", shift, -((2 * n) ** 0.5), 50)
    reach = np.sqrt(max(shift, 0.0) + 9)
    nodes, weights = leggauss(int(64 + 8 * max(shift, 0.0)))
    s, weights = reach * (nodes + 1) / 2, reach * weights / 2
    gauss = np.exp(-((s**2 - shift) ** 2) / 2) / np.sqrt(2 * np.pi)
    mass = 2 * s * weights * gauss
    onward = np.exp(-((s[:, None] ** 2 + s**2 - shift) ** 2) / 2) / np.sqrt(2 * np.pi)
    onward *= 2 * (s * weights)[:, None] * weights
    log, b = 0.0, np.outer(s, s)
    for k in range(1, n):
        chi = 2 * np.exp(k * np.log(b) - b**2 - gammaln(k / 2))
        mass = onward @ (chi @ mass / s)
        total = mass.sum()
        log, mass = log + np.log(total), mass / total
    return float(min(0.0, log + np.log(mass.sum())))


def hessian_eigenvalues(
    function: _Function, point: ArrayLike, eps: float | None = None
) -> np.ndarray:
    """All eigenvalues of the Hessian at a point, in rising order.

    Parameters
    ----------
    function : Landscape or callable
        A landscape, whose exact Hessian is used; or a gradient, (p,) -> (p,), which is
        called 2 p times.
    point : array of shape (p,)
    eps : float, optional
        Half the distance between the two points of the central differences; by default
        1e-5 where the gradient comes in float64, 1e-3 where it comes in float32.

    Returns
    -------
    array of shape (p,)

    Raises
    ------
    ValueError
        For a point that is not a finite vector, a gradient of another shape or one that
        is not finite, and a step that is lost in the rounding of the point.
    """
    if isinstance(function, Landscape):
        with np.errstate(over="ignore", invalid="ignore"):  # told below
            hessian = np.asarray(function.hess(_vector(point)))
        return np.linalg.eigvalsh(_finite("the Hessian", hessian))
    product, x = _hessian_product(function, point, eps)
    hessian = np.stack([product(row) for row in np.eye(len(x))])
    return np.linalg.eigvalsh(_finite("the Hessian", (hessian + hessian.T) / 2))


def sharpness(
    function: _Function,
    point: ArrayLike,
    eps: float | None = None,
    tol: float = 1e-6,
    seed: int = 0,
) -> float:
    """Largest eigenvalue of the Hessian at a point.

    By Lanczos on central-difference Hessian-vector products.

    Parameters
    ----------
    function, point, eps
        As in `hessian_eigenvalues`, but of a Landscape only the gradient is used; eps
        is measured along the direction of the product.
    tol : float
        Relative accuracy asked of Lanczos (SciPy's eigsh); for float32 gradients 1e-3
        is realistic.
    seed : int
        Of the first vector.

    Raises
    ------
    ValueError
        As `hessian_eigenvalues` does.
    RuntimeError
        If Lanczos does not converge.
    """
    return float(_lanczos(function, point, eps, tol, seed, "LA")[-1])


def extreme_eigenvalues(
    function: _Function,
    point: ArrayLike,
    eps: float | None = None,
    tol: float = 1e-6,
    seed: int = 0,
) -> np.ndarray:
    """Smallest and largest eigenvalue of the Hessian at a point, as an array (2,).

    Parameters (function, point, eps, tol, seed) and errors are those of `sharpness`.
    """
    return _lanczos(function, point, eps, tol, seed, "BE")[[0, -1]]


def index(eigenvalues: ArrayLike, tolerance: float = 1e-8) -> np.ndarray:
    """Number of negative eigenvalues.

    Parameters
    ----------
    eigenvalues : array of shape (..., p)
    tolerance : float
        Negative are those below -tolerance times the largest modulus: what rounding
        leaves of a 0 is not.

    Returns
    -------
    int array of shape (...)
    """
    eigenvalues = _checks.array("eigenvalues", eigenvalues)
    tolerance = _checks.real("tolerance", tolerance, 0)
    if not eigenvalues.ndim or not eigenvalues.shape[-1]:
        raise ValueError(
            f"eigenvalues must have shape (..., p) with p >= 1, got {eigenvalues.shape}"
        )
    largest = np.abs(eigenvalues).max(-1, keepdims=True)
    with np.errstate(over="ignore"):  # nothing is below -inf
        return (eigenvalues < -tolerance * largest).sum(-1)


def _lanczos(function, point, eps, tol, seed, which):
    tol, seed = _checks.real("tol", tol, 0), _checks.seed("seed", seed)
    if isinstance(function, Landscape):
        function = function.grad
    product, x = _hessian_product(function, point, eps)
    p = len(x)
    if p <= 2:  # fewer than Lanczos needs
        return hessian_eigenvalues(function, x, eps)
    operator = LinearOperator((p, p), matvec=product, dtype=float)
    start = np.random.default_rng(seed).standard_normal(p)
    try:
        k = 1 if which == "LA" else 2
        found = eigsh(
            operator, k=k, which=which, tol=tol, v0=start, return_eigenvectors=False
        )
    except ArpackNoConvergence as error:
        raise RuntimeError(
            f"Lanczos did not reach relative accuracy {tol}: allow a larger tol"
        ) from error
    return np.sort(found)


def _hessian_product(gradient, point, eps):
    """A function v -> H v, and the point as float64."""
    x = _vector(point)
    _checks.function("function", gradient)

    def at(x):
        with np.errstate(over="ignore", invalid="ignore"):  # told by _finite
            slope = np.asarray(gradient(x))
        if slope.shape != x.shape:
            raise ValueError(
                f"the gradient must have the point's shape {x.shape}, got {slope.shape}"
            )
        return _finite("the gradient", slope)

    first = at(x)
    eps = _step(eps, x, first.dtype)

    def product(v):
        v = np.ravel(v)
        length = np.linalg.norm(v)
        if length == 0:
            return np.zeros_like(x)
        step = v * (eps / length)
        ahead, behind = (at(x + s).astype(float) for s in (step, -step))
        with np.errstate(over="ignore"):
            return _finite("the Hessian", (ahead - behind) * (length / (2 * eps)))

    return product, x


def _step(eps, x, dtype):
    """The size of a step, which the rounding of the point must not swallow."""
    if eps is None:
        eps = 1e-5 if dtype == np.float64 else 1e-3
    eps = _checks.real("eps", eps, above=0)
    rounding = np.spacing(np.abs(x).max())
    if eps < 100 * rounding:
        raise ValueError(
            f"eps must be >= {100 * rounding:.1g}, a hundred times the rounding of "
            f"point, got {eps}"
        )
    return eps


def _finite(name, values):
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite near the point, got NaN or infinity")
    return values


def _vector(point):
    x = _checks.array("point", point)
    if x.ndim != 1 or not x.size:
        raise ValueError(f"point must be a vector, not empty, got shape {x.shape}")
    return x
