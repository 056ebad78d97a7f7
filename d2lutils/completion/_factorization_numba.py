"""The compiled inner loop of deep matrix factorization (importing this module imports Numba).

`prefix[k]` holds (W_{k+1} ... W_1)^T and `suffix[k]` the derivative of the loss by it: with both transposed,
every chain of products runs along rows, and a thread carries its rows through the whole chain without waiting.
"""

import numpy as np
from numba import njit, prange

FAST = {
    "reassoc",
    "contract",
}  # lets dot products use vector registers; NaN and infinity keep their meaning


@njit(fastmath=FAST, cache=True)
def _update(w, g, state, offset, kind, hyper, step):
    """One step of gradient descent (0), heavy ball (1) or Adam (2) on the contiguous block w."""
    w, g = w.reshape(-1), g.reshape(-1)
    lr, beta1, beta2, epsilon = hyper
    if kind == 0:
        for i in range(w.size):
            w[i] -= lr * g[i]
    elif kind == 1:
        m = state[0, offset : offset + w.size]
        for i in range(w.size):
            m[i] = beta1 * m[i] + g[i]
            w[i] -= lr * m[i]
    else:
        m, v = state[0, offset : offset + w.size], state[1, offset : offset + w.size]
        rate, correction = lr / (1 - beta1**step), 1 / (1 - beta2**step)
        for i in range(w.size):
            m[i] += (1 - beta1) * (g[i] - m[i])
            v[i] += (1 - beta2) * (g[i] * g[i] - v[i])
            w[i] -= rate * m[i] / (np.sqrt(v[i] * correction) + epsilon)


@njit(fastmath=FAST, cache=True)
def _dots(out, row, source, index, start, stop):
    """out[k] = <row, source[index[k]]> for start <= k < stop."""
    for k in range(start, stop):
        other = source[index[k]]
        dot = 0.0
        for j in range(row.size):
            dot += row[j] * other[j]
        out[k] = dot


@njit(fastmath=FAST, cache=True)
def _combine(out, weights, source, index, start, stop):
    """out = sum of weights[k] source[index[k]] over start <= k < stop; four at a time to spare memory traffic."""
    out[:] = 0.0
    k = start
    while k + 4 <= stop:
        a, b, c, d = (
            source[index[k]],
            source[index[k + 1]],
            source[index[k + 2]],
            source[index[k + 3]],
        )
        wa, wb, wc, wd = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
        for j in range(out.size):
            out[j] += (wa * a[j] + wb * b[j]) + (wc * c[j] + wd * d[j])
        k += 4
    while k < stop:
        a, wa = source[index[k]], weights[k]
        for j in range(out.size):
            out[j] += wa * a[j]
        k += 1


@njit(parallel=True, cache=True)
def advance(
    prefix,
    middle,
    last,
    state_first,
    state_middle,
    state_last,
    row_start,
    cols,
    values,
    col_start,
    rows,
    position,
    kind,
    hyper,
    taken,
    num_steps,
):
    """Take num_steps steps in place. See `d2lutils.completion._factorization.numba_stepper` for the arguments."""
    num_middle = middle.shape[0]
    num_cols, num_hidden = prefix.shape[1:]
    num_rows = last.shape[0]
    suffix, grad_last, grad_middle = (
        np.empty_like(prefix),
        np.empty_like(last),
        np.empty_like(middle),
    )
    residual, by_column = np.empty(values.size), np.empty(values.size)
    scale = 2.0 / values.size
    pieces = 2 * max(1, num_hidden // 100)
    for step in range(taken + 1, taken + num_steps + 1):
        for p in prange(pieces):
            lo, hi = p * num_cols // pieces, (p + 1) * num_cols // pieces
            for k in range(num_middle):
                np.dot(prefix[k, lo:hi], middle[k].T, prefix[k + 1, lo:hi])
        for p in prange(pieces):
            lo, hi = p * num_rows // pieces, (p + 1) * num_rows // pieces
            for i in range(lo, hi):
                start, stop = row_start[i], row_start[i + 1]
                _dots(residual, last[i], prefix[num_middle], cols, start, stop)
                for k in range(start, stop):
                    residual[k] = scale * (residual[k] - values[k])
                _combine(grad_last[i], residual, prefix[num_middle], cols, start, stop)
        for p in prange(pieces):
            lo, hi = p * num_cols // pieces, (p + 1) * num_cols // pieces
            for c in range(lo, hi):
                start, stop = col_start[c], col_start[c + 1]
                for k in range(start, stop):
                    by_column[k] = residual[position[k]]
                _combine(suffix[num_middle, c], by_column, last, rows, start, stop)
            for k in range(num_middle - 1, -1, -1):
                np.dot(suffix[k + 1, lo:hi], middle[k], suffix[k, lo:hi])
        for p in prange(pieces):
            lo, hi = p * num_hidden // pieces, (p + 1) * num_hidden // pieces
            for k in range(num_middle):
                np.dot(
                    np.ascontiguousarray(suffix[k + 1, :, lo:hi]).T,
                    prefix[k],
                    grad_middle[k, lo:hi],
                )
                offset = (k * num_hidden + lo) * num_hidden
                _update(
                    middle[k, lo:hi],
                    grad_middle[k, lo:hi],
                    state_middle,
                    offset,
                    kind,
                    hyper,
                    step,
                )
        for p in prange(2 * pieces):
            q = p // 2
            if p % 2 == 0:
                lo, hi = q * num_cols // pieces, (q + 1) * num_cols // pieces
                _update(
                    prefix[0, lo:hi],
                    suffix[0, lo:hi],
                    state_first,
                    lo * num_hidden,
                    kind,
                    hyper,
                    step,
                )
            else:
                lo, hi = q * num_rows // pieces, (q + 1) * num_rows // pieces
                _update(
                    last[lo:hi],
                    grad_last[lo:hi],
                    state_last,
                    lo * num_hidden,
                    kind,
                    hyper,
                    step,
                )
