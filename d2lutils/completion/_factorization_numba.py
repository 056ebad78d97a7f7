"""The compiled loop of deep matrix factorization (importing this module imports Numba).

`Weights.prefix[k]` holds (W_{k+1} ... W_1)^T and `Work.suffix[k]` the derivative of the
loss by it: with both transposed, every chain of products runs along rows. A step has
five parts, each cut into pieces whose rows stay in the cache.

One thread does it all. A second one gains little at the sizes of the book, loses a
factor of several on a busy machine, where each part waits for both, and with GNU's
OpenMP it ends a forked process.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from d2lutils import _machine

# Dot products may use vector registers; NaN and infinity keep their meaning.
FAST = {"reassoc", "contract"}
ZERO = np.float32(0)  # which leaves float32 and float64 what they are


class Weights(NamedTuple):
    """prefix (L - 1, n, h), whose first is W_1^T; middle (L - 2, h, h); last (m, h)."""

    prefix: np.ndarray
    middle: np.ndarray
    last: np.ndarray


class Moments(NamedTuple):
    """What the optimiser remembers of each weight, (2, size): two numbers or none."""

    first: np.ndarray
    middle: np.ndarray
    last: np.ndarray


class Entries(NamedTuple):
    """The observed entries, N of them, row by row and column by column.

    Row i has entries row_start[i] to row_start[i + 1] of cols and values; column c has
    entries col_start[c] to col_start[c + 1] of rows, and position says where they are
    in the order of the rows.
    """

    row_start: np.ndarray
    cols: np.ndarray
    values: np.ndarray
    col_start: np.ndarray
    rows: np.ndarray
    position: np.ndarray


class Rule(NamedTuple):
    """Gradient descent (kind 0), heavy ball (1) or Adam (2), and their constants."""

    kind: int
    lr: float
    beta1: float
    beta2: float
    epsilon: float


class Work(NamedTuple):
    """Room for what a step computes: derivatives like the weights, residuals (N,)."""

    suffix: np.ndarray
    grad_middle: np.ndarray
    grad_last: np.ndarray
    residual: np.ndarray
    by_column: np.ndarray


@njit(fastmath=FAST, **_machine.INLINED)
def _update(w, g, state, offset, rule, step):
    """One step on the contiguous block w of the weights, which begins at offset."""
    w, g = w.reshape(-1), g.reshape(-1)
    kind = w.dtype.type  # a constant in float64 would have all in float64
    lr, epsilon = kind(rule.lr), kind(rule.epsilon)
    beta1 = kind(rule.beta1)
    if rule.kind == 0:
        for i in range(w.size):
            w[i] -= lr * g[i]
    elif rule.kind == 1:
        m = state[0, offset : offset + w.size]
        for i in range(w.size):
            m[i] = beta1 * m[i] + g[i]
            w[i] -= lr * m[i]
    else:
        m, v = state[0, offset : offset + w.size], state[1, offset : offset + w.size]
        rate = kind(rule.lr / (1 - rule.beta1**step))
        correction = kind(1 / (1 - rule.beta2**step))
        new1, new2 = kind(1 - rule.beta1), kind(1 - rule.beta2)
        for i in range(w.size):
            m[i] += new1 * (g[i] - m[i])
            v[i] += new2 * (g[i] * g[i] - v[i])
            w[i] -= rate * m[i] / (np.sqrt(v[i] * correction) + epsilon)


@njit(fastmath=FAST, **_machine.INLINED)
def _dots(out, row, source, index, start, stop):
    """out[k] = <row, source[index[k]]> for start <= k < stop."""
    for k in range(start, stop):
        other = source[index[k]]
        dot = ZERO
        for j in range(row.size):
            dot += row[j] * other[j]
        out[k] = dot


@njit(fastmath=FAST, **_machine.INLINED)
def _combine(out, weights, source, index, start, stop):
    """out = sum of weights[k] source[index[k]], start <= k < stop.

    Four at a time, to spare memory traffic.
    """
    out[:] = ZERO
    k = start
    while k + 4 <= stop:
        a, b = source[index[k]], source[index[k + 1]]
        c, d = source[index[k + 2]], source[index[k + 3]]
        wa, wb, wc, wd = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
        for j in range(out.size):
            out[j] += (wa * a[j] + wb * b[j]) + (wc * c[j] + wd * d[j])
        k += 4
    while k < stop:
        a, wa = source[index[k]], weights[k]
        for j in range(out.size):
            out[j] += wa * a[j]
        k += 1


@njit(**_machine.INLINED)
def _piece(p, pieces, size):
    """Where the p-th of so many pieces of a range begins and ends."""
    return p * size // pieces, (p + 1) * size // pieces


@njit(**_machine.INLINED)
def _multiply(p, pieces, weights):
    """The products W_k ... W_1, from the first to the last but one."""
    lo, hi = _piece(p, pieces, weights.prefix.shape[1])
    for k in range(weights.middle.shape[0]):
        left, right = weights.prefix[k, lo:hi], weights.middle[k].T
        np.dot(left, right, weights.prefix[k + 1, lo:hi])


@njit(**_machine.INLINED)
def _compare(p, pieces, weights, entries, work):
    """The residuals at the observed entries, row by row, and the last gradient."""
    lo, hi = _piece(p, pieces, weights.last.shape[0])
    inner = weights.prefix[weights.middle.shape[0]]
    residual = work.residual
    scale = residual.dtype.type(2.0 / entries.values.size)
    for i in range(lo, hi):
        start, stop = entries.row_start[i], entries.row_start[i + 1]
        _dots(residual, weights.last[i], inner, entries.cols, start, stop)
        for k in range(start, stop):
            residual[k] = scale * (residual[k] - entries.values[k])
        _combine(work.grad_last[i], residual, inner, entries.cols, start, stop)


@njit(**_machine.INLINED)
def _multiply_back(p, pieces, weights, entries, work):
    """The derivatives by the products of `_multiply`, from the last to the first."""
    lo, hi = _piece(p, pieces, weights.prefix.shape[1])
    num_middle, by_column = weights.middle.shape[0], work.by_column
    for c in range(lo, hi):
        start, stop = entries.col_start[c], entries.col_start[c + 1]
        for k in range(start, stop):
            by_column[k] = work.residual[entries.position[k]]
        out = work.suffix[num_middle, c]
        _combine(out, by_column, weights.last, entries.rows, start, stop)
    for k in range(num_middle - 1, -1, -1):
        np.dot(work.suffix[k + 1, lo:hi], weights.middle[k], work.suffix[k, lo:hi])


@njit(**_machine.INLINED)
def _step_middle(p, pieces, weights, moments, rule, work, step):
    """The gradients of W_2, ..., W_{L-1}, and their step."""
    num_hidden = weights.prefix.shape[2]
    lo, hi = _piece(p, pieces, num_hidden)
    for k in range(weights.middle.shape[0]):
        left = np.ascontiguousarray(work.suffix[k + 1, :, lo:hi]).T
        gradient = work.grad_middle[k, lo:hi]
        np.dot(left, weights.prefix[k], gradient)
        offset = (k * num_hidden + lo) * num_hidden
        _update(weights.middle[k, lo:hi], gradient, moments.middle, offset, rule, step)


@njit(**_machine.INLINED)
def _step_ends(p, pieces, weights, moments, rule, work, step):
    """The step of W_1 (even pieces p) and of W_L (odd ones)."""
    if p % 2 == 0:
        w, g, state = weights.prefix[0], work.suffix[0], moments.first
    else:
        w, g, state = weights.last, work.grad_last, moments.last
    lo, hi = _piece(p // 2, pieces, w.shape[0])
    _update(w[lo:hi], g[lo:hi], state, lo * w.shape[1], rule, step)


@njit(**_machine.INLINED)
def _pieces(num_hidden):
    return 2 * max(1, num_hidden // 100)


@_machine.compiled(nogil=True)
def advance(weights, moments, entries, rule, work, taken, num_steps):
    """Take num_steps steps in place; `taken` were taken before.

    weights, moments, entries, rule and work are plain tuples, of the fields of
    `Weights` and so on: cached code must not know our classes, or their next change
    would break its loading.
    """
    weights, moments, entries = Weights(*weights), Moments(*moments), Entries(*entries)
    rule, work = Rule(*rule), Work(*work)
    pieces = _pieces(weights.prefix.shape[2])
    for step in range(taken + 1, taken + num_steps + 1):
        for p in range(pieces):
            _multiply(p, pieces, weights)
        for p in range(pieces):
            _compare(p, pieces, weights, entries, work)
        for p in range(pieces):
            _multiply_back(p, pieces, weights, entries, work)
        for p in range(pieces):
            _step_middle(p, pieces, weights, moments, rule, work, step)
        for p in range(2 * pieces):
            _step_ends(p, pieces, weights, moments, rule, work, step)
