"""Linear networks of one hidden layer: their loss, and all their critical points."""

import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils.landscapes import Landscape


def linear_network(target: ArrayLike, hidden: int) -> Landscape:
    """Half the squared Frobenius norm of target - W2 W1, as a landscape.

    A linear network of one hidden layer that must learn a matrix. A point holds W1
    (p, n) and then W2 (m, p), row by row. Its minima are never isolated, so none are
    listed; `linear_net_critical_points` lists what there is.

    Parameters
    ----------
    target : array of shape (m, n)
        Below 1e150 in size.
    hidden : int
        Number p of hidden units.

    Raises
    ------
    ValueError
        If target is not a finite matrix or hidden no whole number of at least 1.
    """
    target = _target(target)
    p = _checks.whole("hidden", hidden)
    m, n = target.shape
    dim = p * (m + n)
    _checks.fits("hidden", dim, 2)

    def split(x):
        return x[..., : p * n].reshape(*x.shape[:-1], p, n), x[..., p * n :].reshape(
            *x.shape[:-1], m, p
        )

    def join(w1, w2):
        return np.concatenate([w.reshape(*w.shape[:-2], -1) for w in (w1, w2)], axis=-1)

    def grad(x):
        w1, w2 = split(x)
        residual = w2 @ w1 - target
        return join(_t(w2) @ residual, residual @ _t(w1))

    def hess(x):
        w1, w2 = (w[..., None, :, :] for w in split(x))
        v1, v2 = split(np.eye(dim))
        residual, change = w2 @ w1 - target, w2 @ v1 + v2 @ w1
        return join(
            _t(w2) @ change + _t(v2) @ residual, change @ _t(w1) + residual @ _t(v1)
        )

    return Landscape(
        "linear network",
        dim,
        lambda x: 0.5 * ((split(x)[1] @ split(x)[0] - target) ** 2).sum((-2, -1)),
        grad,
        hess,
        [(-2.0, 2.0)] * dim,
        np.empty((0, dim)),
        r"\frac{1}{2} \|L - W_2 W_1\|_F^2",
    )


@dataclass(frozen=True)
class CriticalPoints:
    """The critical points of a linear network, by rising loss.

    One a subset of learnt singular values.

    Attributes
    ----------
    subsets : tuple
        k tuples of positions in `singular_values`.
    ranks : array of shape (k,)
        Their sizes.
    losses : array of shape (k,)
    indices : array of shape (k,)
        Number of negative eigenvalues of the Hessian.
    singular_values : array
        The positive ones of the target, falling.
    """

    subsets: tuple[tuple[int, ...], ...]
    ranks: np.ndarray
    losses: np.ndarray
    indices: np.ndarray
    singular_values: np.ndarray = field(repr=False)


def linear_net_critical_points(target: ArrayLike, hidden: int) -> CriticalPoints:
    """Loss and exact index of the critical points of `linear_network`.

    At a critical point the product W2 W1 is the target with only a subset I of at most
    p of its singular values s kept (Baldi & Hornik 1989). The loss is half the sum of
    the squares left out. Every pair of a kept and a larger left-out value is one
    direction down, and so is every pair of an unused hidden unit and a left-out value.
    Indices are those of the representatives that `linear_net_weights` builds; where I
    has p members every other choice of weights has the same.

    Parameters
    ----------
    target : array of shape (m, n)
    hidden : int
        Number p of hidden units.

    Returns
    -------
    CriticalPoints
        Index 0 belongs to global minima only: there is no other local minimum.

    Raises
    ------
    ValueError
        If target is not a finite matrix, if it has two equal singular values (then the
        critical points form larger families) or if hidden is no whole number of at
        least 1.
    """
    p = _checks.whole("hidden", hidden)
    s = _svd(target)[1]
    kept = [
        c
        for size in range(min(p, len(s)) + 1)
        for c in itertools.combinations(range(len(s)), size)
    ]
    losses, indices = [], []
    for subset in kept:
        left = np.delete(s, subset)
        losses.append(0.5 * (left**2).sum())
        indices.append(
            sum((left > s[i]).sum() for i in subset) + (p - len(subset)) * len(left)
        )
    order = np.argsort(losses, kind="stable")
    return CriticalPoints(
        tuple(kept[i] for i in order),
        np.array([len(kept[i]) for i in order]),
        np.array(losses)[order],
        np.array(indices, dtype=int)[order],
        s,
    )


def linear_net_weights(target: ArrayLike, hidden: int, subset: ArrayLike) -> np.ndarray:
    """Weights of the balanced critical point that keeps some singular values.

    Unused hidden units have zero weights.

    Parameters
    ----------
    target : array of shape (m, n)
    hidden : int
        Number p of hidden units.
    subset : sequence of int
        Positions among the target's positive singular values, the largest being 0.

    Returns
    -------
    array of shape (p * (m + n),)
        A point of ``linear_network(target, hidden)``.

    Raises
    ------
    ValueError
        For a subset of more than p members, or of positions that do not exist or
        repeat.
    """
    p = _checks.whole("hidden", hidden)
    u, s, vt = _svd(target)
    _checks.fits("hidden", p, len(u) + vt.shape[1])
    subset = [
        _checks.whole("subset", place, 0)
        for place in _checks.array("subset", subset, 1, dtype=None).tolist()
    ]
    if (
        len(subset) > p
        or len(set(subset)) < len(subset)
        or not set(subset) <= set(range(len(s)))
    ):
        raise ValueError(
            f"subset must hold at most {p} different positions below {len(s)}, got "
            f"{subset}"
        )
    w1, w2 = np.zeros((p, vt.shape[1])), np.zeros((len(u), p))
    w1[: len(subset)] = np.sqrt(s[subset])[:, None] * vt[subset]
    w2[:, : len(subset)] = u[:, subset] * np.sqrt(s[subset])
    return np.concatenate([w1.ravel(), w2.ravel()])


def _target(target):
    target = _checks.array("target", target).copy()
    if target.ndim != 2 or not target.size:
        raise ValueError(
            f"target must be a matrix, not empty, got shape {target.shape}"
        )
    if np.abs(target).max() > 1e150:
        raise ValueError(
            "target must be below 1e150 in size, or its squares overflow, got "
            f"{np.abs(target).max():.1e}"
        )
    return target


def _svd(target):
    target = _target(target)
    u, s, vt = np.linalg.svd(target, full_matrices=False)
    rank = int((s > 1e-12 * s[0]).sum())
    if (-np.diff(s[:rank]) <= 1e-9 * s[0]).any():
        raise ValueError(
            f"the positive singular values must differ, got {s[:rank].tolist()}"
        )
    return u[:, :rank], s[:rank], vt[:rank]


def _t(matrices):
    return np.swapaxes(matrices, -1, -2)
