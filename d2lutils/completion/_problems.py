"""Incomplete matrices: random problems, what a mask leaves open, how one is judged."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.csgraph
from numpy.typing import ArrayLike

from d2lutils import _checks


@dataclass(frozen=True)
class Problem:
    """A matrix to be completed.

    Attributes
    ----------
    truth : array of shape (m, n)
    mask : array of shape (m, n)
        True where observed.
    observed : array of shape (m, n)
        Truth plus noise where observed, 0 elsewhere.
    """

    truth: np.ndarray
    mask: np.ndarray
    observed: np.ndarray


def problem(
    n: int,
    rank: int,
    num_observed: int,
    rng: np.random.Generator,
    *,
    num_columns: int | None = None,
    noise: float = 0.0,
) -> Problem:
    """A random matrix of given rank, seen at uniformly chosen places.

    The truth is U V^T with normal U and V, scaled to mean square 1, so that its
    Frobenius norm is n when it is square (Arora et al. 2019, section 2.2).

    Parameters
    ----------
    n : int
        Rows.
    rank : int
    num_observed : int
        How many entries are seen.
    rng : numpy Generator
    num_columns : int
        Default n.
    noise : float
        Standard deviation of what is added to observed entries.

    Returns
    -------
    Problem

    Raises
    ------
    ValueError
        For a rank or a number of observations that does not fit the shape.
    """
    n = _checks.whole("n", n)
    columns = n if num_columns is None else _checks.whole("num_columns", num_columns)
    _checks.fits("n", n, columns)
    rank = _checks.whole("rank", rank)
    num_observed = _checks.whole("num_observed", num_observed)
    if rank > min(n, columns):
        raise ValueError(
            f"rank must be from 1 to {min(n, columns)} for shape ({n}, {columns}), "
            f"got {rank}"
        )
    if num_observed > n * columns:
        raise ValueError(
            f"num_observed must be from 1 to {n * columns}, got {num_observed}"
        )
    noise, rng = _checks.real("noise", noise, 0, 1e100), _checks.rng("rng", rng)
    truth = rng.standard_normal((n, rank)) @ rng.standard_normal((rank, columns))
    truth *= np.sqrt(truth.size) / np.linalg.norm(truth)
    mask = np.zeros(n * columns, dtype=bool)
    mask[rng.permutation(n * columns)[:num_observed]] = True
    mask = mask.reshape(n, columns)
    noisy = truth + noise * rng.standard_normal(truth.shape) if noise else truth
    return Problem(truth, mask, np.where(mask, noisy, 0.0))


def two_by_two() -> tuple[np.ndarray, np.ndarray]:
    """The example of Razin & Cohen (2020): 1, 1 off the diagonal, 0 below right.

    The entry above left is unseen. Of all completions [[x, 1], [1, 0]], x = 0 has the
    least nuclear norm; from an initial product of positive determinant, fitting the
    three entries drives the size of x and every norm to infinity.

    Returns
    -------
    observed, mask : arrays of shape (2, 2)
    """
    return np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[False, True], [True, True]])


def relative_error(
    matrix: ArrayLike, truth: ArrayLike, mask: ArrayLike | None = None
) -> float:
    """Frobenius norm of matrix - truth over that of truth, on the unseen entries.

    Parameters
    ----------
    matrix, truth : arrays of shape (m, n)
    mask : array of shape (m, n)
        The entries where it is False count; all entries without a mask.

    Raises
    ------
    ValueError
        Where no entry counts, or truth is 0 on those.
    """
    matrix, truth = _checks.array("matrix", matrix), _checks.array("truth", truth)
    mask = None if mask is None else _truths(mask)
    if matrix.shape != truth.shape or (mask is not None and mask.shape != truth.shape):
        shapes = [part.shape for part in (matrix, truth, mask) if part is not None]
        raise ValueError(
            "matrix, truth and mask must have the same shape, got "
            + ", ".join(map(str, shapes))
        )
    unseen = np.ones(truth.shape, bool) if mask is None else ~mask
    if not unseen.any():
        raise ValueError(
            "mask must leave an unobserved entry to measure the error on, got one that "
            "shows every entry"
        )
    unit = _power_of_two(truth[unseen])
    size = np.linalg.norm(truth[unseen] / unit)
    if not 0 < size < np.inf:
        raise ValueError(
            "truth must have a positive, finite norm on the entries that count, "
            f"got {size}"
        )
    larger = max(unit, _power_of_two(matrix[unseen]))
    with np.errstate(over="ignore", invalid="ignore"):
        distance = np.linalg.norm((matrix / larger - truth / larger)[unseen])
        error = distance / size * (larger / unit)
    if not np.isfinite(error):
        raise ValueError(
            "matrix must be below 1e308 times truth in size, got up to "
            f"{np.abs(matrix[unseen]).max():.1e}"
        )
    return float(error)


def effective_rank(
    matrix: ArrayLike | None = None, *, singular_values: ArrayLike | None = None
) -> Any:
    """exp of the entropy of the normalised singular values: r for r equal ones.

    (Roy & Vetterli 2007.) A zero matrix has no effective rank: nan.

    Parameters
    ----------
    matrix : array of shape (m, n)
    singular_values : array of shape (..., k)
        Instead of a matrix, say a whole history. Values below 0 by no more than
        rounding count as 0.

    Returns
    -------
    float, or array of shape (...)

    Raises
    ------
    ValueError
        Unless one of the two is given, and for negative singular values.
    """
    if (matrix is None) == (singular_values is None):
        given = "neither" if matrix is None else "both"
        raise ValueError(f"matrix or singular_values must be given, got {given}")
    if singular_values is None:
        s = np.linalg.svd(_matrix(matrix), compute_uv=False)
    else:
        s = _nonnegative("singular_values", singular_values)
    s = s / _power_of_two(s)
    total = s.sum(-1, keepdims=True)
    share = np.divide(s, total, out=np.full(s.shape, np.nan), where=total > 0)
    return np.exp(-np.sum(share * np.log(np.where(share == 0, 1.0, share)), axis=-1))


def schatten_norm(matrix: ArrayLike, p: float) -> float:
    """(sum of sigma^p)^(1/p) over the singular values.

    The nuclear norm for p = 1, Frobenius for 2, spectral for inf, a quasi-norm for
    p < 1.

    Parameters
    ----------
    matrix : array of shape (m, n)
    p : float
        Above 0.

    Raises
    ------
    ValueError
        For p out of range, and where the norm is beyond floating point.
    """
    if not (isinstance(p, float) and p == np.inf):
        p = _checks.real("p", p, above=0)
    s = np.linalg.svd(_matrix(matrix), compute_uv=False)
    if np.isinf(p) or not s[0]:
        return float(s[0])
    with np.errstate(over="ignore"):
        norm = s[0] * np.sum((s / s[0]) ** p) ** (1 / p)
    if not np.isfinite(norm):
        raise ValueError(f"p must be larger, for a norm below 1e308, got {p}")
    return float(norm)


def unidentified(mask: ArrayLike) -> tuple[np.ndarray, np.ndarray, int]:
    """What no method can know from the entries in a mask.

    Parameters
    ----------
    mask : array of shape (m, n)

    Returns
    -------
    rows, columns : arrays of int
        Indices of the empty ones.
    pieces : int
        Number of connected pieces of the graph that joins row i to column j where
        (i, j) is seen, empty ones not counted. With more than one piece even a rank-1
        matrix is not determined: each piece can be scaled against the others.
    """
    mask = _truths(mask)
    if mask.ndim != 2 or not mask.size:
        raise ValueError(
            f"mask must be a matrix (m, n), not empty, got shape {mask.shape}"
        )
    m, n = mask.shape
    rows, columns = np.flatnonzero(~mask.any(1)), np.flatnonzero(~mask.any(0))
    graph = scipy.sparse.bmat(
        [[None, scipy.sparse.csr_matrix(mask)], [scipy.sparse.csr_matrix((n, m)), None]]
    )
    pieces, _ = scipy.sparse.csgraph.connected_components(graph, directed=False)
    return rows, columns, pieces - len(rows) - len(columns)


def checked(observed, mask, stacklevel: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Data for a solver: (observed with 0 where unseen, mask).

    Warns of what is not identified.
    """
    observed, hidden = _unmasked(observed)
    if observed.ndim != 2 or not observed.size:
        raise ValueError(
            f"observed must be a matrix (m, n), got shape {observed.shape}"
        )
    mask = ~np.isnan(observed) if mask is None else _truths(mask)
    if mask.shape != observed.shape:
        raise ValueError(
            f"mask must have the shape of observed, {observed.shape}, got {mask.shape}"
        )
    mask = mask & ~hidden
    if not mask.any():
        raise ValueError("mask must show at least one entry, got no observed entry")
    bad = np.argwhere(mask & ~np.isfinite(observed))
    if len(bad):
        raise ValueError(
            "observed must be finite where mask is True, got entry "
            f"({bad[0][0]}, {bad[0][1]}) that is not finite ({len(bad)} such entries)"
        )
    if np.abs(observed[mask]).max() > 1e100:
        raise ValueError(
            "observed must be below 1e100 in size, or its squares overflow, got "
            f"{np.abs(observed[mask]).max():.1e}"
        )
    _warn_of_doubts(mask, stacklevel + 1)
    return np.where(mask, observed, 0.0), mask


def _unmasked(observed) -> tuple[np.ndarray, np.ndarray]:
    """Data as a plain array, and where a masked array hides an entry."""
    if not isinstance(observed, np.ma.MaskedArray):
        data = _checks.array("observed", _without_na(observed), finite=False)
        return data, np.zeros(data.shape, bool)
    data = _checks.array("observed", observed.data, finite=False)
    return data, np.ma.getmaskarray(observed)


def _without_na(table):
    """A pandas table with NaN where it has NA, anything else as it is."""
    convert = getattr(table, "to_numpy", None)
    if type(table).__module__.partition(".")[0] != "pandas" or convert is None:
        return table
    try:
        return convert(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        return table  # texts, say: `_checks` tells


def _warn_of_doubts(mask: np.ndarray, stacklevel: int) -> None:
    rows, columns, pieces = unidentified(mask)
    doubts = [
        f"{name} {_listed(which)} without observed entry"
        for name, which in (("row(s)", rows), ("column(s)", columns))
        if len(which)
    ]
    if pieces > 1:
        doubts.append(
            f"{pieces} groups of rows and columns that share no observed entry"
        )
    if doubts:
        warnings.warn(
            f"the data cannot identify the whole matrix: {'; '.join(doubts)}. "
            "What is filled in there comes from the method, not from the data.",
            stacklevel=stacklevel,
        )


def _truths(mask) -> np.ndarray:
    mask = _checks.array("mask", mask, dtype=None)
    if not np.isin(mask, (0, 1)).all():
        raise ValueError(
            "mask must hold True where an entry is observed and False elsewhere, got "
            f"{_checks.shown(mask)}"
        )
    return mask.astype(bool)


def _matrix(matrix) -> np.ndarray:
    matrix = _checks.array("matrix", matrix, 2)
    if not matrix.size:
        raise ValueError(f"matrix must not be empty, got shape {matrix.shape}")
    return matrix


def _nonnegative(name: str, values) -> np.ndarray:
    """Singular values (..., k): what rounding has put below 0 is 0."""
    s = _checks.array(name, values)
    if not s.ndim:
        raise ValueError(f"{name} must have shape (..., k), got one number")
    largest = np.abs(s).max(axis=-1, keepdims=True, initial=0)
    if (s < -1e-12 * largest).any():
        raise ValueError(f"{name} must not be negative, got {_checks.shown(s)}")
    return np.maximum(s, 0)


def _power_of_two(values: np.ndarray) -> float:
    """The power of two next to the largest size: to divide by it rounds nothing."""
    largest = np.abs(values).max(initial=0)
    return 2.0 ** (np.frexp(largest)[1] - 1) if largest else 1.0


def _listed(indices: np.ndarray) -> str:
    shown = ", ".join(map(str, indices[:5]))
    return shown + (f" and {len(indices) - 5} more" if len(indices) > 5 else "")
