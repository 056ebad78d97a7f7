"""Convolutions in the compiled part of `kernels` (importing this module imports Numba).

The covariance of two images splits into slices of equal displacement between the two positions. ReLU acts pointwise
and a convolution moves both windows together, so a slice passes through all layers on its own, within the caches
(the recursion is that of Arora et al. 2019, arXiv 1904.11955, section 4).
"""

from typing import Any

import numpy as np
from numba import njit

from d2lutils._arc_cosine import FAST, arc_cosine

LANES = 16  # second images handled together: whole vector registers, however narrow a slice is


COMPILED: dict[str, Any] = {"fastmath": FAST, "error_model": "numpy", "nogil": True, "cache": True}


@njit(**COMPILED)
def _rectify(s, t, i, a, b, j, size, tiny):
    """Part of a row of a slice through ReLU, in place: S becomes S', T becomes T k0 + S', which the next layer sums.

    Flat arrays with offsets (i for s, t and a; j for b): views cost more than the arithmetic on a short row. Unsigned,
    because Numba tests signed ones for being negative.
    """
    i, j = np.uint64(i), np.uint64(j)
    for k in range(np.uint64(size)):
        norms = a[i + k] * b[j + k]
        k0, k1 = arc_cosine(s[i + k] / max(norms, tiny))
        value = norms * k1
        s[i + k] = value
        t[i + k] = t[i + k] * k0 + value


@njit(**COMPILED)
def _add(t, s, i, size):
    i = np.uint64(i)
    for k in range(np.uint64(size)):
        t[i + k] += s[i + k]


@njit(**COMPILED)
def _clear(row, i, size):
    i = np.uint64(i)
    for k in range(np.uint64(size)):
        row[i + k] = 0


@njit(**COMPILED)
def _sum_columns(out, i, row, j, size, kernel, stride):
    """out[o] = sum of row[stride * o + tap] over taps < kernel, from the offsets i and j; a column is LANES numbers."""
    if kernel == 3 and stride == 1:
        first, second, third, i = np.uint64(j), np.uint64(j + LANES), np.uint64(j + 2 * LANES), np.uint64(i)
        for k in range(np.uint64(size)):
            out[i + k] = row[first + k] + row[second + k] + row[third + k]
        return
    _clear(out, i, size)
    for o in range(size // LANES):
        target = np.uint64(i + o * LANES)
        for tap in range(kernel):
            source = np.uint64(j + (stride * o + tap) * LANES)
            for k in range(np.uint64(LANES)):
                out[target + k] += row[source + k]


@njit(**COMPILED)
def _sum_rows(out, i, ring, j, step, size, kernel, factor, constant):
    """out = factor * (sum of `kernel` rows of the ring, `step` apart) + constant, from the offsets i and j."""
    i = np.uint64(i)
    if kernel == 3:
        first, second, third = np.uint64(j), np.uint64(j + step), np.uint64(j + 2 * step)
        for k in range(np.uint64(size)):
            out[i + k] = factor * (ring[first + k] + ring[second + k] + ring[third + k]) + constant
        return
    for k in range(np.uint64(size)):
        out[i + k] = constant
    for row in range(kernel):
        source = np.uint64(j + row * step)
        for k in range(np.uint64(size)):
            out[i + k] += factor * ring[source + k]


@njit
def _valid(size, shift):
    """Range of the first positions whose partner, `shift` further on, is inside as well."""
    return max(0, -shift), min(size, size - shift)


@njit(**COMPILED)
def _products(s, t, x, z, columns, margin, dy, dx):
    """S = <x at a position, z at its partner> over the channels, T = 0."""
    top, bottom = _valid(x.shape[1], dy)
    left, right = _valid(x.shape[2], dx)
    width = z.shape[2] * LANES
    for r in range(top, bottom):
        row = (r * columns + left + margin) * LANES
        _clear(s, row, (right - left) * LANES)
        _clear(t, row, (right - left) * LANES)
        for channel in range(x.shape[0]):
            others = z[channel].reshape(-1)
            for c in range(left, right):
                value, i = x[channel, r, c], np.uint64(row + (c - left) * LANES)
                j = np.uint64((r + dy) * width + (c + dx) * LANES)
                for k in range(np.uint64(LANES)):
                    s[i + k] += value * others[j + k]


@njit(**COMPILED)
def _convolve(s, t, ring_s, ring_t, relu, a, b, geometry, columns, margin, dy, dx, factor, constant, tiny):
    """A slice through (ReLU and) a convolution, in place: the rings hold the sums along the rows a window still needs.

    dy, dx: displacement behind the convolution. Cells outside the slice are padding: zeros.
    """
    kernel, stride, padding, height, width, out_height, out_width = geometry
    top, bottom = _valid(height, dy * stride)
    left, right = _valid(width, dx * stride)
    out_top, out_bottom = _valid(out_height, dy)
    out_left, out_right = _valid(out_width, dx)
    if out_top >= out_bottom or out_left >= out_right:
        return
    step, pad, size, out_size = columns * LANES, padding * LANES, (right - left) * LANES, (out_right - out_left) * LANES
    partner = (dy * columns + dx) * stride * LANES
    window, target = (stride * out_left - padding + margin) * LANES, (out_left + margin) * LANES
    following = stride * out_top - padding
    for o in range(out_top, out_bottom):
        first = stride * o - padding
        for r in range(max(first, following), first + kernel):
            slot = (r + kernel) % kernel * step + target
            if not top <= r < bottom:
                _clear(ring_s, slot, out_size)
                _clear(ring_t, slot, out_size)
                continue
            start = r * step + (left + margin) * LANES
            end = r * step + (right + margin) * LANES
            if relu:
                _rectify(s, t, start, a, b, start + partner, max(0, size), tiny)
            else:
                _add(t, s, start, max(0, size))
            for values, ring in ((s, ring_s), (t, ring_t)):
                _clear(values, start - pad, pad)
                _clear(values, end, pad)
                _sum_columns(ring, slot, values, r * step + window, out_size, kernel, stride)
        following = first + kernel
        _sum_rows(s, o * step + target, ring_s, target, step, out_size, kernel, factor, constant * 0)
        _sum_rows(t, o * step + target, ring_t, target, step, out_size, kernel, factor, constant)


@njit(**COMPILED)
def _fold(row, i, size):
    """Leave the sum over the columns of part of a row in its first column: halves upon halves, to round little."""
    columns = size // LANES
    while columns > 1:
        half = (columns + 1) // 2
        first, second = np.uint64(i), np.uint64(i + half * LANES)
        for k in range(np.uint64((columns - half) * LANES)):
            row[first + k] += row[second + k]
        columns = half


@njit(**COMPILED)
def _pool(total, s, t, relu, a, b, height, width, columns, margin, dy, dx, tiny):
    """Add the slice's sums of S and of T + S, behind a ReLU if there is one, to total (2, LANES)."""
    top, bottom = _valid(height, dy)
    left, right = _valid(width, dx)
    for r in range(top, bottom):
        start, size = (r * columns + left + margin) * LANES, (right - left) * LANES
        if relu:
            _rectify(s, t, start, a, b, start + (dy * columns + dx) * LANES, size, tiny)
        else:
            _add(t, s, start, size)
        _fold(s, start, size)
        _fold(t, start, size)
        for k in range(LANES):
            total[0, k] += s[start + k]
            total[1, k] += t[start + k]


@njit(**COMPILED)
def pooled(
    sums, image, others, norms, other_norms, scratch, rings, geometry, reach, relu, factors, constants, margin, across,
    start,
):  # fmt: skip
    """Add up S and T + S over the pairs of positions of an image and LANES others, behind the last layer.

    sums (rows, 2, LANES) float64 receives them, a row for each vertical displacement, from `start` on; across: the
    largest horizontal displacement. image (channels, H, W). others (channels, H, W, LANES): the second images side
    by side. norms, other_norms (layers + 1, rows * columns * LANES): square roots of the variances in front of each
    convolution and of the pooling, with `margin` columns to spare on both sides. scratch (2, rows * columns *
    LANES), rings (2, largest kernel * columns * LANES): space to work in. For each convolution: geometry (layers, 7)
    (kernel, stride, padding, height, width, out height, out width), reach (its displacement over the last one),
    factors, constants; relu (layers + 1,): whether a ReLU stands in front.
    """
    layers, columns = len(geometry), others.shape[2] + 2 * margin
    for layer in range(layers):
        columns = max(columns, geometry[layer, 6] + 2 * margin)
    height, width, far = geometry[-1, 5], geometry[-1, 6], reach[0] * geometry[0, 1]
    s, t = scratch[0], scratch[1]
    tiny = image.dtype.type(1e-30)
    for row in range(len(sums)):
        dy = start + row
        for dx in range(-across, across + 1):
            _products(s, t, image, others, columns, margin, dy * far, dx * far)
            for layer in range(layers):
                _convolve(
                    s, t, rings[0], rings[1], relu[layer], norms[layer], other_norms[layer], geometry[layer], columns,
                    margin, dy * reach[layer], dx * reach[layer], factors[layer], constants[layer], tiny,
                )  # fmt: skip
            last, others_last = norms[layers], other_norms[layers]
            _pool(sums[row], s, t, relu[layers], last, others_last, height, width, columns, margin, dy, dx, tiny)
