"""Convolutions in the compiled part of `kernels` (importing this module imports Numba).

The covariance of two images splits into slices of equal displacement between the two positions. ReLU acts pointwise
and a convolution moves both windows together, so a slice passes through all layers on its own, within the caches
(the recursion is that of Arora et al. 2019, arXiv 1904.11955, section 4).
"""

import numpy as np
from numba import njit, prange

from d2lutils._arc_cosine import FAST, arc_cosine

LANES = 16  # second images handled together: whole vector registers, however narrow a slice is


@njit(fastmath=FAST, error_model="numpy", cache=True)
def _rectify(s, t, a, b, tiny):
    """One row of a slice through ReLU, in place: S becomes S', T becomes T k0 + S', which the next layer sums."""
    for k in range(s.size):
        norms = a[k] * b[k]
        k0, k1 = arc_cosine(s[k] / max(norms, tiny))
        s[k] = norms * k1
        t[k] = t[k] * k0 + s[k]


@njit(fastmath=FAST, error_model="numpy", cache=True)
def _sum_columns(out, row, kernel, stride):
    """out[o] = sum of row[stride * o + tap] over taps < kernel; a column is LANES numbers."""
    if kernel == 3 and stride == 1:
        first, second, third = row, row[LANES:], row[2 * LANES :]
        for k in range(out.size):
            out[k] = first[k] + second[k] + third[k]
    else:
        out[:] = 0
        for o in range(out.size // LANES):
            for tap in range(kernel):
                for k in range(LANES):
                    out[o * LANES + k] += row[(stride * o + tap) * LANES + k]


@njit(fastmath=FAST, error_model="numpy", cache=True)
def _sum_rows(out, ring, start, stop, factor, constant):
    """out = factor * (sum of the rows of ring) + constant."""
    if ring.shape[0] == 3:
        first, second, third = ring[0, start:stop], ring[1, start:stop], ring[2, start:stop]
        for k in range(out.size):
            out[k] = factor * (first[k] + second[k] + third[k]) + constant
    else:
        out[:] = constant
        for row in range(ring.shape[0]):
            values = ring[row, start:stop]
            for k in range(out.size):
                out[k] += factor * values[k]


@njit
def _valid(size, shift):
    """Range of the first positions whose partner, `shift` further on, is inside as well."""
    return max(0, -shift), min(size, size - shift)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def _products(s, t, x, z, margin, dy, dx):
    """S = <x at a position, z at its partner> over the channels, T = 0."""
    top, bottom = _valid(x.shape[1], dy)
    left, right = _valid(x.shape[2], dx)
    for r in range(top, bottom):
        for c in range(left, right):
            place = slice((c + margin) * LANES, (c + margin + 1) * LANES)
            sums = s[r, place]
            t[r, place] = 0
            sums[:] = 0
            for channel in range(x.shape[0]):
                value, others = x[channel, r, c], z[channel, r + dy, c + dx]
                for k in range(LANES):
                    sums[k] += value * others[k]


@njit(fastmath=FAST, error_model="numpy", cache=True)
def _convolve(s, t, rings, relu, a, b, geometry, margin, dy, dx, factor, constant, tiny):
    """A slice through (ReLU and) a convolution, in place: `rings` holds the rows that a window still needs.

    dy, dx: displacement behind the convolution. Cells outside the slice are padding: zeros.
    """
    kernel, stride, padding, height, width, out_height, out_width = geometry
    top, bottom = _valid(height, dy * stride)
    left, right = _valid(width, dx * stride)
    out_top, out_bottom = _valid(out_height, dy)
    out_left, out_right = _valid(out_width, dx)
    left, right, pad, partner = (left + margin) * LANES, (right + margin) * LANES, padding * LANES, dx * stride * LANES
    window = (stride * out_left - padding + margin) * LANES
    out_left, out_right = (out_left + margin) * LANES, (out_right + margin) * LANES
    zero = constant * 0
    following = stride * out_top - padding
    for o in range(out_top, out_bottom):
        first = stride * o - padding
        for r in range(max(first, following), first + kernel):
            slot = (r + kernel) % kernel
            if not top <= r < bottom:
                rings[:, slot] = 0
                continue
            if relu:
                others = b[r + dy * stride, left + partner : right + partner]
                _rectify(s[r, left:right], t[r, left:right], a[r, left:right], others, tiny)
            else:
                for k in range(left, right):
                    t[r, k] += s[r, k]
            for i, row in enumerate((s[r], t[r])):
                row[left - pad : left] = 0
                row[right : right + pad] = 0
                _sum_columns(rings[i, slot, out_left:out_right], row[window:], kernel, stride)
        following = first + kernel
        _sum_rows(s[o, out_left:out_right], rings[0, :kernel], out_left, out_right, factor, zero)
        _sum_rows(t[o, out_left:out_right], rings[1, :kernel], out_left, out_right, factor, constant)


@njit(fastmath=FAST, error_model="numpy", cache=True)
def _pool(total, s, t, relu, a, b, height, width, margin, dy, dx, tiny):
    """Add the slice's sums of S and of T + S, behind a ReLU if there is one, to total (2, LANES)."""
    top, bottom = _valid(height, dy)
    left, right = _valid(width, dx)
    left, right, partner = (left + margin) * LANES, (right + margin) * LANES, dx * LANES
    for r in range(top, bottom):
        if relu:
            others = b[r + dy, left + partner : right + partner]
            _rectify(s[r, left:right], t[r, left:right], a[r, left:right], others, tiny)
        else:
            for k in range(left, right):
                t[r, k] += s[r, k]
        for c in range(left, right, LANES):
            for k in range(LANES):
                total[0, k] += s[r, c + k]
                total[1, k] += t[r, c + k]


@njit(parallel=True, error_model="numpy", cache=True)
def pooled(images, others, norms, other_norms, tasks, geometry, reach, relu, factors, constants, margin, only_diagonal):
    """Sums of S and T + S over the pairs of positions of two images, behind the last layer before the pooling.

    images (n, channels, H, W). others (blocks, channels, H, W, LANES), the second images side by side. norms
    (n, layers + 1, rows, columns), other_norms (blocks, layers + 1, rows, (columns + 2 margin) LANES): square roots
    of the variances in front of each convolution and of the pooling. tasks (tasks, 2): an image and a block.
    For each convolution: geometry (layers, 7) (kernel, stride, padding, height, width, out height, out width), reach
    (its displacement over the last one), factors, constants; relu (layers + 1,): whether a ReLU stands in front.
    Returns (tasks, 2, LANES) float64. The order of the additions does not depend on the number of threads.
    """
    layers, height, width = len(geometry), geometry[-1, 5], geometry[-1, 6]
    rows, columns = norms.shape[2], norms.shape[3] + 2 * margin
    down = 1 if only_diagonal else 2 * height - 1
    across = 0 if only_diagonal else width - 1
    sums = np.zeros((len(tasks), down, 2, LANES))
    tiny = images.dtype.type(1e-30)
    for job in prange(len(tasks) * down):
        task, dy = job // down, job % down - down // 2
        i, j = tasks[task]
        s, t = np.zeros((rows, columns * LANES), images.dtype), np.zeros((rows, columns * LANES), images.dtype)
        rings = np.zeros((2, geometry[:, 0].max(), columns * LANES), images.dtype)
        a = np.zeros((layers + 1, rows, columns * LANES), images.dtype)
        for k in range((columns - 2 * margin) * LANES):
            a[:, :, k + margin * LANES] = norms[i, :, :, k // LANES]
        for dx in range(-across, across + 1):
            far = reach[0] * geometry[0, 1]
            _products(s, t, images[i], others[j], margin, dy * far, dx * far)
            for layer in range(layers):
                _convolve(
                    s, t, rings, relu[layer], a[layer], other_norms[j, layer], geometry[layer], margin,
                    dy * reach[layer], dx * reach[layer], factors[layer], constants[layer], tiny,
                )  # fmt: skip
            last = other_norms[j, layers]
            _pool(sums[task, dy + down // 2], s, t, relu[layers], a[layers], last, height, width, margin, dy, dx, tiny)
    out = np.zeros((len(tasks), 2, LANES))
    for dy in range(down):
        out += sums[:, dy]
    return out
