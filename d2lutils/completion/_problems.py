"""Incomplete matrices: random problems, what a mask leaves open, and how a completion is judged."""

import warnings
from dataclasses import dataclass

import numpy as np
import scipy.sparse
import scipy.sparse.csgraph

from d2lutils import _checks


@dataclass(frozen=True)
class Problem:
    """truth (m, n); mask (m, n), True where observed; observed (m, n), truth plus noise there and 0 elsewhere."""

    truth: np.ndarray
    mask: np.ndarray
    observed: np.ndarray


def problem(n, rank, num_observed, rng, *, num_columns=None, noise=0.0):
    """A random matrix of given rank, seen at uniformly chosen places (Arora et al. 2019, section 2.2).

    n: rows; num_columns: columns, default n. num_observed: how many entries are seen. The truth is U V^T with normal
    U, V, scaled to mean square 1 (so |W|_F = n when square). noise: standard deviation added to observed entries.
    rng: numpy Generator. Returns Problem. Raises ValueError for a rank or a number of observations that does not fit
    the shape.
    """
    n = _checks.whole("n", n)
    columns = n if num_columns is None else _checks.whole("num_columns", num_columns)
    _checks.fits("n", n, columns)
    rank, num_observed = (
        _checks.whole("rank", rank),
        _checks.whole("num_observed", num_observed),
    )
    if rank > min(n, columns):
        raise ValueError(
            f"rank must lie between 1 and {min(n, columns)} for shape ({n}, {columns}), got {rank}"
        )
    if num_observed > n * columns:
        raise ValueError(
            f"num_observed must lie between 1 and {n * columns}, got {num_observed}"
        )
    noise, rng = _checks.real("noise", noise, 0, 1e100), _checks.rng("rng", rng)
    truth = rng.standard_normal((n, rank)) @ rng.standard_normal((rank, columns))
    truth *= np.sqrt(truth.size) / np.linalg.norm(truth)
    mask = np.zeros(n * columns, dtype=bool)
    mask[rng.permutation(n * columns)[:num_observed]] = True
    mask = mask.reshape(n, columns)
    noisy = truth + noise * rng.standard_normal(truth.shape) if noise else truth
    return Problem(truth, mask, np.where(mask, noisy, 0.0))


def two_by_two():
    """The example of Razin & Cohen (2020): entries 1, 1 off the diagonal, 0 below right, above left unseen.

    Returns (observed (2, 2), mask). Of all completions [[x, 1], [1, 0]], x = 0 has the least nuclear norm; from
    an initial product of positive determinant, fitting the three entries drives |x| and every norm to infinity.
    """
    return np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[False, True], [True, True]])


def relative_error(matrix, truth, mask=None):
    """|matrix - truth|_F / |truth|_F over the entries where mask is False; over all entries without a mask.

    matrix, truth, mask: (m, n). Returns a float. Raises ValueError where no entry counts, or truth is 0 on those.
    """
    matrix, truth = _checks.array("matrix", matrix), _checks.array("truth", truth)
    mask = None if mask is None else _truths(mask)
    if matrix.shape != truth.shape or (
        mask is not None and np.shape(mask) != truth.shape
    ):
        raise ValueError(
            f"matrix {matrix.shape}, truth {truth.shape} and mask must have the same shape"
        )
    unseen = np.ones(truth.shape, bool) if mask is None else ~mask
    if not unseen.any():
        raise ValueError(
            "every entry is observed: there is no unobserved entry to measure the error on, need one"
        )
    size = np.linalg.norm(truth[unseen])
    if not 0 < size < np.inf:
        raise ValueError(
            f"truth must have a positive, finite norm on the entries that count, got {size}"
        )
    return np.linalg.norm((matrix - truth)[unseen]) / size


def effective_rank(matrix=None, *, singular_values=None):
    """exp of the entropy of the normalised singular values (Roy & Vetterli 2007): r for r equal ones.

    matrix: (m, n). Or singular_values: (..., k), say a whole history; then an array (...) comes back.
    A zero matrix has no effective rank: nan.
    """
    if (matrix is None) == (singular_values is None):
        raise ValueError("give either a matrix or singular_values=")
    if singular_values is None:
        s = np.linalg.svd(_matrix(matrix), compute_uv=False)
    else:
        s = _checks.array("singular_values", singular_values)
        if not s.ndim or (s < 0).any():
            raise ValueError(
                f"singular_values must be (..., k) and not negative, got {_checks.shown(s)}"
            )
    total = s.sum(-1, keepdims=True)
    share = np.divide(s, total, out=np.full(s.shape, np.nan), where=total > 0)
    return np.exp(-np.sum(share * np.log(np.where(share == 0, 1.0, share)), axis=-1))


def schatten_norm(matrix, p):
    """(sum of sigma^p)^(1/p): nuclear norm for p = 1, Frobenius for 2, spectral for inf, a quasi-norm for p < 1.

    matrix: (m, n). p: > 0. Returns a float.
    """
    p = (
        np.inf
        if isinstance(p, float) and p == np.inf
        else _checks.real("p", p, above=0)
    )
    s = np.linalg.svd(_matrix(matrix), compute_uv=False)
    return (
        s[0]
        if np.isinf(p)
        else s[0] * np.sum((s / s[0]) ** p) ** (1 / p)
        if s[0]
        else 0.0
    )


def unidentified(mask):
    """What no method can know from the entries in mask (m, n).

    Returns (rows, columns, pieces): indices of empty rows and columns, and the number of connected pieces of the
    graph that joins row i to column j where (i, j) is seen, empty ones not counted. With more than one piece
    even a rank-1 matrix is not determined: each piece can be scaled against the others.
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


def checked(observed, mask, stacklevel=3):
    """Validate data for a solver; return (observed with 0 where unseen, mask). Warn of what is not identified."""
    observed = _checks.array("observed", observed, finite=False)
    if observed.ndim != 2 or not observed.size:
        raise ValueError(
            f"observed must be a matrix (m, n), got shape {observed.shape}"
        )
    mask = ~np.isnan(observed) if mask is None else _truths(mask)
    if mask.shape != observed.shape:
        raise ValueError(
            f"mask has shape {mask.shape}, but observed has {observed.shape}"
        )
    if not mask.any():
        raise ValueError("mask shows no observed entry; at least one is needed")
    bad = np.argwhere(mask & ~np.isfinite(observed))
    if len(bad):
        raise ValueError(
            f"observed entry ({bad[0][0]}, {bad[0][1]}) is not finite ({len(bad)} such entries)"
        )
    if np.abs(observed[mask]).max() > 1e100:
        raise ValueError("observed must be below 1e100 in size: its squares overflow")
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
    return np.where(mask, observed, 0.0), mask


def _truths(mask):
    mask = _checks.array("mask", mask, dtype=None)
    if not np.isin(mask, (0, 1)).all():
        raise ValueError(
            "mask must hold True where an entry is observed and False elsewhere"
        )
    return mask.astype(bool)


def _matrix(matrix):
    matrix = _checks.array("matrix", matrix, 2)
    if not matrix.size:
        raise ValueError(f"matrix must not be empty, got shape {matrix.shape}")
    return matrix


def _listed(indices):
    shown = ", ".join(map(str, indices[:5]))
    return shown + (f" and {len(indices) - 5} more" if len(indices) > 5 else "")
