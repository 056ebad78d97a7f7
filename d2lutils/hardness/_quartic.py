"""Flat points and cliques: is 0 a minimum of f(x) = sum_ij Q_ij x_i^2 x_j^2?

f(x) = z'Qz with z_i = x_i^2 >= 0, so 0 is a (local = global) minimum exactly if Q is
copositive, a coNP-complete question (Murty & Kabadi 1987). Q is symmetric (n, n), a
graph its adjacency matrix (n, n): symmetric, of 0 and 1, with a zero diagonal;
ValueError for any other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks

_MAX_COPOSITIVE = 16
_MAX_ALL_GRAPHS = 6
_MAX_CLIQUE = 150


@dataclass(frozen=True)
class Extremum:
    """The least or greatest value of a quadratic form on the simplex.

    Attributes
    ----------
    value : float
    point : array of shape (n,)
        Where it is reached.
    """

    value: float
    point: np.ndarray


@dataclass(frozen=True)
class Copositivity:
    """Whether a matrix Q is copositive; True in a condition if it is.

    Attributes
    ----------
    copositive : bool
        Whether z'Qz >= 0 for all z >= 0.
    value : float
        The least z'Qz on the simplex.
    witness : array of shape (n,), or None
        Nonnegative, with sum 1 and z'Qz < 0 (verified), if not.
    """

    copositive: bool
    value: float
    witness: np.ndarray | None

    def __bool__(self) -> bool:
        return self.copositive


def quartic(Q: ArrayLike, x: ArrayLike) -> np.ndarray:
    """sum_ij Q_ij x_i^2 x_j^2.

    Parameters
    ----------
    Q : array of shape (n, n)
    x : array of shape (..., n)

    Returns
    -------
    array of shape (...,)

    Raises
    ------
    ValueError
        For shapes that do not fit, and where the value is beyond floating point.
    """
    Q, x = _checks.array("Q", Q, 2), _checks.array("x", x)
    if Q.shape[0] != Q.shape[1] or not x.ndim or x.shape[-1] != len(Q):
        raise ValueError(
            f"Q must have shape (n, n) and x (..., n), got {Q.shape} and {x.shape}"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.einsum("...i,ij,...j->...", x**2, Q, x**2)
    if not np.isfinite(values).all():
        raise ValueError(
            "Q and x must be smaller, for values below 1e308, got sizes up to "
            f"{np.abs(Q).max():.1e} and {np.abs(x).max():.1e}"
        )
    return values


def descent_direction(Q: ArrayLike) -> np.ndarray | None:
    """A unit vector along which the quartic falls from 0; None if 0 is a minimum.

    f(tx) = t^4 f(x) < 0.

    Parameters
    ----------
    Q : array of shape (n, n)
        As for `is_copositive`.

    Returns
    -------
    array of shape (n,), or None
    """
    witness = is_copositive(Q).witness
    return None if witness is None else np.sqrt(witness)


def clique_form(adjacency: ArrayLike, s: float) -> np.ndarray:
    """Q = s 11' - A: not copositive exactly if there is a clique that is large enough.

    Namely one of more than 1/(1 - s) vertices: on the simplex z'Qz = s - z'Az, whose
    minimum is s - (1 - 1/omega) (Motzkin & Straus 1965).

    Parameters
    ----------
    adjacency : array of shape (n, n)
        A.
    s : float
        In [0, 1).

    Returns
    -------
    array of shape (n, n)
    """
    A = _check_graph(adjacency)
    s = _checks.real("s", s, 0, below=1)
    return s * np.ones_like(A) - A


def slide_form(adjacency: ArrayLike, s: float) -> np.ndarray:
    """Q = I - A + s 11', as Recht's slides print it; use `clique_form`.

    With a zero diagonal in A its copositivity does *not* tell the cliques: the identity
    shifts the minimum.

    Parameters
    ----------
    adjacency : array of shape (n, n)
        A.
    s : float
        In [0, 1).

    Returns
    -------
    array of shape (n, n)
    """
    A = _check_graph(adjacency)
    s = _checks.real("s", s, 0, below=1)
    return np.eye(len(A)) - A + s


def failed_threshold_tests(
    form: Callable, graphs: ArrayLike, thresholds: ArrayLike
) -> np.ndarray:
    """Where "form(A, s) is not copositive iff omega(A) > 1/(1 - s)" is false.

    Cliques are counted by enumeration, independently of the form.

    Parameters
    ----------
    form : function
        Of (adjacency, s), such as `clique_form`.
    graphs : array of shape (m, n, n)
    thresholds : array of shape (k,)
        Values of s.

    Returns
    -------
    array of bool of shape (m, k)
        True where the test fails.
    """
    graphs, thresholds = (
        _checks.array("graphs", graphs, 3, dtype=None),
        _checks.array("thresholds", thresholds, 1),
    )
    if (
        not len(graphs)
        or not len(thresholds)
        or (thresholds < 0).any()
        or (thresholds >= 1).any()
    ):
        raise ValueError(
            "graphs and thresholds must not be empty, and thresholds lie in [0, 1), "
            f"got {len(graphs)} graphs and thresholds {_checks.shown(thresholds)}"
        )
    larger = np.array([clique_number(A) for A in graphs])[:, None] > 1 / (
        1 - thresholds
    )
    forms = np.array(
        [[_checks.function("form", form)(A, s) for s in thresholds] for A in graphs]
    )
    least = _simplex_minimum(forms)[0]
    return (least < -_tolerance(forms)) != larger


def motzkin_straus(adjacency: ArrayLike) -> Extremum:
    """Maximum of x'Ax on the simplex: 1 - 1/omega with the clique number omega.

    (Motzkin & Straus 1965.) Found by enumerating supports, without looking for cliques.

    Parameters
    ----------
    adjacency : array of shape (n, n)

    Raises
    ------
    ValueError
        Past 16 vertices.
    """
    least, point = _simplex_minimum(-_check_graph(adjacency))
    return Extremum(0.0 - float(least), point)


def is_copositive(Q: ArrayLike) -> Copositivity:
    """Whether z'Qz >= 0 for all z >= 0, exactly, with a witness if not.

    A minimiser on the simplex with the fewest nonzeros is the only stationary point of
    its face, so a linear system for each of the 2^n - 1 supports finds the minimum.
    Values above -1e-12 times the largest entry count as 0.

    Parameters
    ----------
    Q : array of shape (n, n)
        Symmetric.

    Raises
    ------
    ValueError
        Past n = 16, and for matrices that are not symmetric.
    """
    Q = _checks.array("Q", Q, 2)
    least, point = _simplex_minimum(Q)
    negative = bool(least < -_tolerance(Q))
    return Copositivity(not negative, float(least), point if negative else None)


def _tolerance(Q: np.ndarray) -> np.ndarray:
    return 1e-12 * np.abs(Q).max(axis=(-1, -2))


def _simplex_minimum(Q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """min z'Qz on the simplex for a stack of symmetric matrices (..., n, n).

    Returns values (...,) and minimisers (..., n).
    """
    n = Q.shape[-1]
    _check_symmetric(Q)
    if n > _MAX_COPOSITIVE:
        raise ValueError(
            f"Q must have at most {_MAX_COPOSITIVE} rows, got {n}: 2^n systems are "
            "solved"
        )
    stack = Q.reshape(-1, n, n)
    values = np.diagonal(stack, axis1=1, axis2=2).min(axis=1)
    points = np.eye(n)[np.diagonal(stack, axis1=1, axis2=2).argmin(axis=1)]
    for k in range(2, n + 1):
        supports = np.array(list(combinations(range(n), k)))
        # In blocks, to bound the memory.
        for block in np.array_split(
            supports, -(-len(stack) * len(supports) * k * k // 4_000_000)
        ):
            owner, support, value, inner = _stationary(stack, block)
            order = np.argsort(value, kind="stable")
            best = order[
                np.unique(owner[order], return_index=True)[1]
            ]  # each matrix's least
            best = best[value[best] < values[owner[best]]]
            values[owner[best]] = value[best]
            points[owner[best]] = 0
            points[owner[best][:, None], support[best]] = inner[best]
    return values.reshape(Q.shape[:-2]), points.reshape(Q.shape[:-1])


def _check_symmetric(Q: np.ndarray) -> None:
    if Q.shape[-2] == Q.shape[-1] > 0 and np.isfinite(Q).all():
        largest = np.abs(Q).max()
        if largest > 1e300:
            raise ValueError(f"Q must be below 1e300 in size, got {largest:.1e}")
        if np.allclose(Q, np.swapaxes(Q, -1, -2), atol=1e-8 * largest):
            return
    raise ValueError(
        f"Q must be a finite symmetric matrix (n, n), got {_checks.shown(Q)}"
    )


def _stationary(stack: np.ndarray, supports: np.ndarray):
    """Strict minima inside the faces given by supports (c, k).

    Returns owner (m,), support (m, k), value (m,), point (m, k).
    """
    k = supports.shape[1]
    faces = stack[:, supports[:, :, None], supports[:, None, :]]
    owner, number = np.divmod(np.arange(faces.shape[0] * faces.shape[1]), len(supports))
    faces = faces.reshape(-1, k, k)
    # Curvature along the face, in the directions e_i - e_k.
    curved = (
        faces[:, :-1, :-1]
        - faces[:, :-1, -1:]
        - faces[:, -1:, :-1]
        + faces[:, -1:, -1:]
    )
    strict = np.linalg.eigvalsh(curved)[:, 0] > 3e-13 * np.abs(faces).max(axis=(1, 2))
    owner, number, faces, curved = (
        owner[strict],
        number[strict],
        faces[strict],
        curved[strict],
    )
    head = np.linalg.solve(curved, (faces[:, -1, -1:] - faces[:, :-1, -1])[..., None])[
        ..., 0
    ]
    points = np.concatenate([head, 1 - head.sum(axis=1, keepdims=True)], axis=1)
    inside = (points > 0).all(axis=1)
    points, faces = points[inside], faces[inside]
    return (
        owner[inside],
        supports[number[inside]],
        np.einsum("mi,mij,mj->m", points, faces, points),
        points,
    )


def all_graphs(num_vertices: int) -> np.ndarray:
    """Every labelled graph with n = num_vertices <= 6.

    Parameters
    ----------
    num_vertices : int

    Returns
    -------
    array of shape (2^(n(n-1)/2), n, n)
        Of 0 and 1.
    """
    num_vertices = _checks.whole("num_vertices", num_vertices, 1, _MAX_ALL_GRAPHS)
    rows, columns = np.triu_indices(num_vertices, 1)
    edges = np.arange(2 ** len(rows))[:, None] >> np.arange(len(rows)) & 1
    graphs = np.zeros((len(edges), num_vertices, num_vertices), dtype=int)
    graphs[:, rows, columns] = graphs[:, columns, rows] = edges
    return graphs


def maximum_clique(adjacency: ArrayLike) -> list[int]:
    """The vertices of a largest clique, sorted, by branch and bound (networkx).

    Parameters
    ----------
    adjacency : array of shape (n, n)

    Raises
    ------
    ValueError
        Past 150 vertices.
    """
    import networkx as nx

    A = _check_graph(adjacency)
    if len(A) > _MAX_CLIQUE:
        raise ValueError(
            f"adjacency must have at most {_MAX_CLIQUE} vertices, got {len(A)}"
        )
    return sorted(nx.max_weight_clique(nx.from_numpy_array(A), weight=None)[0])


def clique_number(adjacency: ArrayLike) -> int:
    """omega, the number of vertices of a largest clique.

    Parameters
    ----------
    adjacency : array of shape (n, n)

    Raises
    ------
    ValueError
        Past 150 vertices.
    """
    return len(maximum_clique(adjacency))


def planted_clique(
    num_vertices: int, size: int, rng: np.random.Generator, p: float = 0.5
) -> tuple[np.ndarray, list[int]]:
    """A random graph in which some random vertices were joined to each other.

    Parameters
    ----------
    num_vertices : int
        n.
    size : int
        How many were joined.
    rng : numpy.random.Generator
    p : float
        Probability of the other edges.

    Returns
    -------
    adjacency : array of shape (n, n)
        Of 0 and 1.
    members : list of int
        The planted vertices, sorted.
    """
    import networkx as nx

    num_vertices = _checks.whole("num_vertices", num_vertices, 1, 10_000)
    size, p = _checks.whole("size", size, 0, num_vertices), _checks.real("p", p, 0, 1)
    _checks.rng("rng", rng)
    graph = nx.gnp_random_graph(num_vertices, p, seed=int(rng.integers(2**32)))
    members = sorted(rng.choice(num_vertices, size=size, replace=False).tolist())
    graph.add_edges_from(combinations(members, 2))
    return nx.to_numpy_array(graph, nodelist=range(num_vertices), dtype=int), members


def replicator(payoff: ArrayLike, start: ArrayLike, num_steps: int) -> np.ndarray:
    """Discrete replicator dynamics x_i <- x_i (Ax)_i / x'Ax.

    x'Ax never falls (Baum & Eagon 1967). With A + I/2 for a graph's A, strict local
    maxima are the uniform points of maximal cliques (Bomze 1997).

    Parameters
    ----------
    payoff : array of shape (n, n)
        A, symmetric and nonnegative.
    start : array of shape (n,)
        Nonnegative, with sum 1.
    num_steps : int

    Returns
    -------
    array of shape (num_steps + 1, n)
        The path, on the simplex.

    Raises
    ------
    ValueError
        Also when x'Ax = 0, where the step is undefined.
    """
    payoff, x = _checks.array("payoff", payoff), _checks.array("start", start)
    num_steps = _checks.whole("num_steps", num_steps, 0)
    _checks.fits("num_steps", num_steps + 1, x.size)
    if (
        payoff.ndim != 2
        or not payoff.size
        or payoff.min() < 0
        or not np.array_equal(payoff, payoff.T)
    ):
        raise ValueError(
            "payoff must be a symmetric matrix without negative entries, got "
            f"{_checks.shown(payoff)}"
        )
    if payoff.max() > 1e300:
        raise ValueError(f"payoff must be below 1e300, got {payoff.max():.1e}")
    if x.shape != (len(payoff),) or x.min() < 0 or abs(x.sum() - 1) > 1e-9:
        raise ValueError(
            f"start must be {len(payoff)} nonnegative numbers that sum to 1, got "
            f"{_checks.shown(x)}"
        )
    path = [x]
    for _ in range(num_steps):
        fitness = payoff @ x
        if not x @ fitness > 0:
            raise ValueError("start must put weight on both ends of an edge: x'Ax is 0")
        x = x * fitness
        x = x / x.sum()
        path.append(x)
    return np.array(path)


def _check_graph(adjacency: ArrayLike) -> np.ndarray:
    A = _checks.array("adjacency", adjacency)
    if A.ndim != 2 or A.shape[0] != A.shape[1] or len(A) == 0:
        raise ValueError(f"adjacency must have shape (n, n), got {A.shape}")
    if (
        not np.isin(A, (0, 1)).all()
        or np.diagonal(A).any()
        or not np.array_equal(A, A.T)
    ):
        raise ValueError(
            "adjacency must be symmetric, of 0 and 1 with a zero diagonal, got "
            f"{_checks.shown(A)}"
        )
    return A
