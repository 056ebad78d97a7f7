"""Convolutions in the compiled part of `kernels` (importing this module imports Numba).

The covariance of two images splits into slices of equal displacement between the two positions. ReLU acts pointwise
and a convolution moves both windows together, so a slice passes through all layers on its own, within the caches
(the recursion is that of Arora et al. 2019, arXiv 1904.11955, section 4).

A slice is a flat array of rows of columns; a column is a PAIR: S of one image with LANES others, then T + S, which
is what a convolution sums. Offsets are unsigned, because Numba tests signed ones for being negative.
"""

from typing import Any

import numpy as np
from numba import njit

from d2lutils.kernels._dense import FAST, arc_cosine

LANES = 16  # second images handled together: whole vector registers, however narrow a slice is
PAIR = 2 * LANES

COMPILED: dict[str, Any] = {
    "fastmath": FAST,
    "error_model": "numpy",
    "nogil": True,
    "cache": True,
}


@njit(**COMPILED)
def _multiply(x, i, first, j, second, m, columns):
    """Add products of equal channels to part of a row."""
    i, j, m = np.uint64(i), np.uint64(j), np.uint64(m)
    for k in range(np.uint64(columns * PAIR)):
        x[i + k] += first[j + k] * second[m + k]


@njit(**COMPILED)
def _add(x, i, y, j, columns):
    i, j = np.uint64(i), np.uint64(j)
    for k in range(np.uint64(columns * PAIR)):
        x[i + k] += y[j + k]


@njit(**COMPILED)
def _clear(x, i, columns):
    i = np.uint64(i)
    for k in range(np.uint64(columns * PAIR)):
        x[i + k] = 0


@njit(**COMPILED)
def _add_every(x, i, y, j, columns, stride):
    """`_add` with a column of y out of `stride`."""
    for c in range(columns):
        a, b = np.uint64(i + c * PAIR), np.uint64(j + c * stride * PAIR)
        for k in range(np.uint64(PAIR)):
            x[a + k] += y[b + k]


@njit(**COMPILED)
def _add_scaled(x, i, y, j, columns, factor):
    i, j = np.uint64(i), np.uint64(j)
    for k in range(np.uint64(columns * PAIR)):
        x[i + k] += factor * y[j + k]


@njit(**COMPILED)
def _rectify(x, i, own, h, others, j, columns, constant):
    """Part of a row through ReLU, in place: (S, T) in, (S', T k0 + S') out.

    own: norms of the first image and their inverses, in turns; others: LANES of each, in turns.
    """
    i, h, j = np.uint64(i), np.uint64(h), np.uint64(j)
    for c in range(np.uint64(columns)):
        norm, inverse = (
            own[h + c * np.uint64(2)],
            own[h + c * np.uint64(2) + np.uint64(1)],
        )
        s, b = i + c * np.uint64(PAIR), j + c * np.uint64(PAIR)
        t, inverse_b = s + np.uint64(LANES), b + np.uint64(LANES)
        for k in range(np.uint64(LANES)):
            k0, k1 = arc_cosine(x[s + k] * (inverse * others[inverse_b + k]))
            value = norm * others[b + k] * k1
            x[s + k] = value
            x[t + k] = (x[t + k] + constant) * k0 + value


@njit(**COMPILED)
def _combine(x, i, columns, constant):
    """Without a ReLU: (S, T) in, (S, T + S) out."""
    for c in range(columns):
        s = np.uint64(i + c * PAIR)
        for k in range(np.uint64(LANES)):
            x[s + np.uint64(LANES) + k] += x[s + k] + constant


@njit
def _valid(size, shift):
    """Range of the first positions whose partner, `shift` further on, is inside as well."""
    return max(0, -shift), min(size, size - shift)


@njit(**COMPILED)
def _products(x, image, others, height, width, columns, margin, dy, dx):
    """S = <first image at a position, second at its partner>, summed over the channels, and T = 0."""
    top, bottom = _valid(height, dy)
    left, right = _valid(width, dx)
    for r in range(top, bottom):
        start, i = (r * columns + left + margin) * PAIR, (r * width + left) * PAIR
        _clear(x, start, right - left)
        for channel in range(len(image)):
            _multiply(
                x,
                start,
                image[channel],
                i,
                others[channel],
                i + (dy * width + dx) * PAIR,
                right - left,
            )


@njit(**COMPILED)
def _convolve(
    x, ring, relu, own, others, geometry, row, columns, margin, dy, dx, factor, constant
):
    """A slice through a convolution (and a ReLU), in place: the ring holds sums along the rows a window still needs.

    dy, dx: displacement behind the convolution. Cells outside the slice are padding: zeros. row: positions in a row
    of the norms.
    """
    kernel, stride, padding, height, width, out_height, out_width = geometry
    top, bottom = _valid(height, dy * stride)
    left, right = _valid(width, dx * stride)
    out_top, out_bottom = _valid(out_height, dy)
    out_left, out_right = _valid(out_width, dx)
    if out_top >= out_bottom or out_left >= out_right:
        return
    step, valid, out_valid = columns * PAIR, max(0, right - left), out_right - out_left
    window = (stride * out_left - padding + margin) * PAIR
    following = stride * out_top - padding
    for o in range(out_top, out_bottom):
        first, target = stride * o - padding, (o * columns + out_left + margin) * PAIR
        for r in range(max(first, following), first + kernel):
            slot = (r + kernel) % kernel * step
            _clear(ring, slot, out_valid)
            if not top <= r < bottom:
                continue
            start = (r * columns + left + margin) * PAIR
            _clear(x, start - padding * PAIR, padding)
            _clear(x, start + valid * PAIR, padding)
            for tap in range(kernel):
                source = r * step + window + tap * PAIR
                if stride == 1:
                    _add(ring, slot, x, source, out_valid)
                else:
                    _add_every(ring, slot, x, source, out_valid, stride)
        following = first + kernel
        _clear(x, target, out_valid)
        for slot in range(kernel):
            _add_scaled(x, target, ring, slot * step, out_valid, factor)
        if relu:
            i = o * row + out_left
            _rectify(
                x,
                target,
                own,
                2 * i,
                others,
                (i + dy * row + dx) * PAIR,
                out_valid,
                constant,
            )
        else:
            _combine(x, target, out_valid, constant)


@njit(**COMPILED)
def _first_row(sums, x, i, columns):
    """Sums over three columns of a row that follows upon zeros: of the last two rows, then of the last row."""
    i = np.uint64(i)
    for c in range(np.uint64(columns)):
        first, o = i + c * np.uint64(PAIR), c * np.uint64(2 * PAIR)
        second, third = first + np.uint64(PAIR), first + np.uint64(2 * PAIR)
        for k in range(np.uint64(PAIR)):
            value = x[first + k] + x[second + k] + x[third + k]
            sums[o + k] = value
            sums[o + np.uint64(PAIR) + k] = value


@njit(**COMPILED)
def _next_row(out, target, x, i, sums, own, h, others, j, columns, factor, constant):
    """The row of a 3 x 3 window's output above a row of x, through the ReLU as well: one pass over all of it.

    out is x under another name: the loop vectorises because it need not tell whether they overlap more than once.
    """
    target, i, h, j = np.uint64(target), np.uint64(i), np.uint64(h), np.uint64(j)
    for c in range(np.uint64(columns)):
        norm, inverse = (
            own[h + c * np.uint64(2)],
            factor * own[h + c * np.uint64(2) + np.uint64(1)],
        )
        s1 = i + c * np.uint64(PAIR)
        s2, s3 = s1 + np.uint64(PAIR), s1 + np.uint64(2 * PAIR)
        t1, t2, t3 = s1 + np.uint64(LANES), s2 + np.uint64(LANES), s3 + np.uint64(LANES)
        two_s = c * np.uint64(2 * PAIR)
        two_t, one_s, one_t = (
            two_s + np.uint64(LANES),
            two_s + np.uint64(PAIR),
            two_s + np.uint64(PAIR + LANES),
        )
        b, s = j + c * np.uint64(PAIR), target + c * np.uint64(PAIR)
        inverse_b, t = b + np.uint64(LANES), s + np.uint64(LANES)
        for k in range(np.uint64(LANES)):
            sum_s = x[s1 + k] + x[s2 + k] + x[s3 + k]
            sum_t = x[t1 + k] + x[t2 + k] + x[t3 + k]
            window_s = sum_s + sums[two_s + k]
            window_t = sum_t + sums[two_t + k]
            sums[two_s + k] = sum_s + sums[one_s + k]
            sums[two_t + k] = sum_t + sums[one_t + k]
            sums[one_s + k] = sum_s
            sums[one_t + k] = sum_t
            k0, k1 = arc_cosine(window_s * (inverse * others[inverse_b + k]))
            value = norm * others[b + k] * k1
            out[s + k] = value
            out[t + k] = (factor * window_t + constant) * k0 + value


@njit(**COMPILED)
def _convolve_3x3(
    x, sums, own, others, height, width, row, columns, margin, dy, dx, factor, constant
):
    """`_convolve` with a ReLU for kernel 3, stride 1, padding 1, several times as fast."""
    top, bottom = _valid(height, dy)
    left, right = _valid(width, dx)
    step, begin, valid = columns * PAIR, (left + margin) * PAIR, right - left
    for r in range(top, bottom + 1):
        source = (
            r * step + begin - PAIR if r < bottom else len(x) - step
        )  # behind the slice: a row of zeros
        if r < bottom:
            _clear(x, source, 1)
            _clear(x, source + (valid + 1) * PAIR, 1)
        if r == top:
            _first_row(sums, x, source, valid)
        else:
            i = (r - 1) * row + left
            partner = (i + dy * row + dx) * PAIR
            _next_row(
                x,
                (r - 1) * step + begin,
                x,
                source,
                sums,
                own,
                2 * i,
                others,
                partner,
                valid,
                factor,
                constant,
            )


@njit(**COMPILED)
def _pool(total, x, sums, height, width, columns, margin, dy, dx):
    """Add the slice's sums of S and of T + S to total (2 LANES,)."""
    top, bottom = _valid(height, dy)
    left, right = _valid(width, dx)
    _clear(sums, 0, right - left)
    for r in range(top, bottom):
        _add(sums, 0, x, (r * columns + left + margin) * PAIR, right - left)
    for c in range(right - left):
        for k in range(PAIR):
            total[k] += sums[c * PAIR + k]


@njit(**COMPILED)
def pooled(
    totals,
    image,
    others,
    norms,
    other_norms,
    x,
    ring,
    geometry,
    reach,
    relu,
    factors,
    constants,
    row,
    margin,
    across,
    start,
):
    """Add up S and T + S over the pairs of positions of an image and LANES others, behind the last layer.

    totals (rows, 2 LANES) float64 receives them, a row for each vertical displacement, from `start` on; across: the
    largest horizontal displacement. image (channels, H * W * PAIR): each number PAIR times. others (channels,
    H * W * PAIR): LANES images side by side, twice. norms (layers, rows * row * 2): square roots of the variances
    behind each convolution and their inverses; other_norms (layers, rows * row * 2 LANES): LANES of each.
    x: rows of columns with `margin` columns to spare on both sides, and at its end a row of zeros; ring: a row for
    each tap of the largest kernel, at least two. For each convolution: geometry (layers, 7) (kernel, stride, padding,
    height, width, out height, out width), reach (its displacement over the last one), relu (whether one follows),
    factors, constants.
    """
    layers, columns = len(geometry), row + 2 * margin
    out_height, out_width, far = (
        geometry[-1, 5],
        geometry[-1, 6],
        reach[0] * geometry[0, 1],
    )
    for piece in range(len(totals)):
        dy = start + piece
        for dx in range(-across, across + 1):
            height, width = geometry[0, 3], geometry[0, 4]
            _products(
                x, image, others, height, width, columns, margin, dy * far, dx * far
            )
            for layer in range(layers):
                own, other, factor, constant = (
                    norms[layer],
                    other_norms[layer],
                    factors[layer],
                    constants[layer],
                )
                down, along = dy * reach[layer], dx * reach[layer]
                kernel, stride, padding, height, width, _, _ = geometry[layer]
                if relu[layer] and kernel == 3 and stride == 1 and padding == 1:
                    _convolve_3x3(
                        x,
                        ring,
                        own,
                        other,
                        height,
                        width,
                        row,
                        columns,
                        margin,
                        down,
                        along,
                        factor,
                        constant,
                    )
                else:
                    _convolve(
                        x,
                        ring,
                        relu[layer],
                        own,
                        other,
                        geometry[layer],
                        row,
                        columns,
                        margin,
                        down,
                        along,
                        factor,
                        constant,
                    )
            _pool(
                totals[piece], x, ring, out_height, out_width, columns, margin, dy, dx
            )
