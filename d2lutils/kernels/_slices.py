"""Convolutions, compiled (importing this module imports Numba).

The covariance of two images splits into slices of equal displacement between the two
positions. ReLU acts pointwise and a convolution moves both windows together, so a slice
passes through all layers on its own, within the caches (the recursion is that of Arora
et al. 2019, arXiv:1904.11955, section 4).

A slice is a flat array of rows of columns; a column is a PAIR: S of one image with
LANES others, then T + S, which is what a convolution sums. Beside a row's positions lie
`margin` columns on both sides; behind the last row lies a row of zeros. Offsets are
unsigned, because Numba tests signed ones for being negative.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from d2lutils import _machine
from d2lutils.kernels._dense import COMPILED, INNER, arc_cosine

LANES = 16  # second images at a time: whole registers, however narrow a slice is
PAIR = 2 * LANES

U = np.uint64
ONE, TWO, U_LANES, U_PAIR, U_TWO_PAIRS = U(1), U(2), U(LANES), U(PAIR), U(2 * PAIR)
ZERO = np.float32(0)  # which leaves float32 and float64 what they are


class Work(NamedTuple):
    """A thread's own arrays: the first image, and what the loops write into."""

    image: np.ndarray  # (channels, H * W * PAIR), each number PAIR times
    x: np.ndarray  # (rows + 1) * columns * PAIR: a slice, and a row of zeros
    ring: np.ndarray  # a row for each tap of the largest kernel, at least two


class Norms(NamedTuple):
    """Square roots of the variances behind all convolutions, or behind one.

    own: of the first image, each with its inverse behind it; others: LANES of each.
    """

    own: np.ndarray  # (layers, rows * row * 2)
    others: np.ndarray  # (layers, rows * row * 2 LANES)


class Layers(NamedTuple):
    """What the convolutions do, one entry each."""

    geometry: np.ndarray  # (layers, 7): the first seven fields of `Layer`
    reach: np.ndarray  # displacement behind it, over that behind the last one
    relu: np.ndarray
    factors: np.ndarray
    constants: np.ndarray


class Layer(NamedTuple):
    """A convolution, followed by a ReLU or not."""

    kernel: int
    stride: int
    padding: int
    height: int
    width: int
    out_height: int
    out_width: int
    relu: bool
    factor: float  # of sums over a window
    constant: float  # added to T: 1 for a trained bias, up to the gain


class Slice(NamedTuple):
    """A displacement between two positions, and how the rows of its slice lie."""

    row: int  # positions in a row of the norms
    columns: int  # in a row of the slice: row + 2 * margin
    margin: int
    dy: int
    dx: int


class Place(NamedTuple):
    """Where a piece of a row lies, in numbers: out, in, and in the two norms."""

    target: int
    source: int
    own: int
    others: int


@njit(**INNER)
def _multiply(x, i, first, j, second, m, columns):
    """Add products of equal channels to part of a row."""
    i, j, m = U(i), U(j), U(m)
    for k in range(U(columns * PAIR)):
        x[i + k] += first[j + k] * second[m + k]


@njit(**INNER)
def _add(x, i, y, j, columns):
    i, j = U(i), U(j)
    for k in range(U(columns * PAIR)):
        x[i + k] += y[j + k]


@njit(**INNER)
def _clear(x, i, columns):
    i = U(i)
    for k in range(U(columns * PAIR)):
        x[i + k] = 0


@njit(**INNER)
def _add_every(x, i, y, j, columns, stride):
    """`_add` with a column of y out of `stride`."""
    for c in range(columns):
        a, b = U(i + c * PAIR), U(j + c * stride * PAIR)
        for k in range(U_PAIR):
            x[a + k] += y[b + k]


@njit(**INNER)
def _add_scaled(x, i, y, j, columns, factor):
    i, j = U(i), U(j)
    for k in range(U(columns * PAIR)):
        x[i + k] += factor * y[j + k]


@njit(**INNER)
def _rectify(x, norms, place, columns, constant):
    """Part of a row through ReLU, in place: (S, T) in, (S', T k0 + S') out."""
    i, h, j = U(place.target), U(place.own), U(place.others)
    own, others = norms.own, norms.others
    for c in range(U(columns)):
        norm, inverse = own[h + c * TWO], own[h + c * TWO + ONE]
        s, b = i + c * U_PAIR, j + c * U_PAIR
        t, inverse_b = s + U_LANES, b + U_LANES
        for k in range(U_LANES):
            k0, k1 = arc_cosine(x[s + k] * (inverse * others[inverse_b + k]))
            value = norm * others[b + k] * k1
            x[s + k] = value
            x[t + k] = (x[t + k] + constant) * k0 + value


@njit(**INNER)
def _silence(x, norms, silent, place, columns):
    """Behind a ReLU: T + S = 0 where a window saw zeros only, whatever the biases.

    There the pre-activation is exactly 0 in networks of every width, and so is the
    derivative of ReLU. In `_rectify` this would cost networks without biases, too.
    silent (rows * row): whether one of the others has a norm of 0.
    """
    i, h, j = U(place.target), U(place.own), U(place.others)
    for c in range(U(columns)):
        t, b = i + c * U_PAIR + U_LANES, j + c * U_PAIR
        if norms.own[h + c * TWO] == ZERO:
            for k in range(U_LANES):
                x[t + k] = ZERO
        elif silent[b // U_PAIR]:
            for k in range(U_LANES):
                if norms.others[b + k] == ZERO:
                    x[t + k] = ZERO


@njit(**INNER)
def _combine(x, i, columns, constant):
    """Without a ReLU: (S, T) in, (S, T + S) out."""
    for c in range(columns):
        s = U(i + c * PAIR)
        for k in range(U_LANES):
            x[s + U_LANES + k] += x[s + k] + constant


@njit(**INNER)
def _valid(size, shift):
    """Range of the first positions whose partner, `shift` further on, is inside."""
    return max(0, -shift), min(size, size - shift)


@njit(**INNER)
def _products(x, own, others, height, width, piece):
    """S = <first image at a position, second at its partner>, and T = 0."""
    top, bottom = _valid(height, piece.dy)
    left, right = _valid(width, piece.dx)
    for r in range(top, bottom):
        start = (r * piece.columns + left + piece.margin) * PAIR
        i = (r * width + left) * PAIR
        partner = i + (piece.dy * width + piece.dx) * PAIR
        _clear(x, start, right - left)
        for channel in range(len(own)):
            _multiply(x, start, own[channel], i, others[channel], partner, right - left)


@njit(**INNER)
def _convolve(work, norms, silent, layer, piece):
    """A slice through a convolution, and a ReLU if one follows, in place.

    The ring holds sums along the rows that a window still needs. piece: displaced as
    behind the convolution. Cells outside the slice are padding: zeros.
    """
    x, ring = work.x, work.ring
    kernel, stride, padding = layer.kernel, layer.stride, layer.padding
    top, bottom = _valid(layer.height, piece.dy * stride)
    left, right = _valid(layer.width, piece.dx * stride)
    out_top, out_bottom = _valid(layer.out_height, piece.dy)
    out_left, out_right = _valid(layer.out_width, piece.dx)
    if out_top >= out_bottom or out_left >= out_right:
        return
    step, out_valid = piece.columns * PAIR, out_right - out_left
    begin, end = left + piece.margin, left + piece.margin + max(0, right - left)
    window = (stride * out_left - padding + piece.margin) * PAIR
    following = stride * out_top - padding
    for o in range(out_top, out_bottom):
        first = stride * o - padding
        for r in range(max(first, following), first + kernel):
            slot = (r + kernel) % kernel * step
            _clear(ring, slot, out_valid)
            if not top <= r < bottom:
                continue
            _clear(x, r * step + (begin - padding) * PAIR, padding)
            _clear(x, r * step + end * PAIR, padding)
            for tap in range(kernel):
                source = r * step + window + tap * PAIR
                if stride == 1:
                    _add(ring, slot, x, source, out_valid)
                else:
                    _add_every(ring, slot, x, source, out_valid, stride)
        following = first + kernel
        target = o * step + (out_left + piece.margin) * PAIR
        _clear(x, target, out_valid)
        for slot in range(kernel):
            _add_scaled(x, target, ring, slot * step, out_valid, layer.factor)
        if layer.relu:
            i = o * piece.row + out_left
            partner = (i + piece.dy * piece.row + piece.dx) * PAIR
            place = Place(target, target, 2 * i, partner)
            _rectify(x, norms, place, out_valid, layer.constant)
            if layer.constant:
                _silence(x, norms, silent, place, out_valid)
        else:
            _combine(x, target, out_valid, layer.constant)


@njit(**INNER)
def _first_row(sums, x, i, columns):
    """Sums over three columns of a row below zeros: of the last two rows, of one."""
    i = U(i)
    for c in range(U(columns)):
        first, o = i + c * U_PAIR, c * U_TWO_PAIRS
        second, third = first + U_PAIR, first + U_TWO_PAIRS
        for k in range(U_PAIR):
            value = x[first + k] + x[second + k] + x[third + k]
            sums[o + k] = value
            sums[o + U_PAIR + k] = value


@njit(**INNER)
def _next_row(out, x, sums, norms, place, columns, factor, constant):
    """Output of 3 x 3 windows above a row of x, with the ReLU: one pass over it all.

    out is x under another name: the loop vectorises because it need not tell whether
    they overlap more than once.
    """
    target, i, h, j = U(place.target), U(place.source), U(place.own), U(place.others)
    own, others = norms.own, norms.others
    for c in range(U(columns)):
        norm, inverse = own[h + c * TWO], factor * own[h + c * TWO + ONE]
        s1 = i + c * U_PAIR
        s2, s3 = s1 + U_PAIR, s1 + U_TWO_PAIRS
        t1, t2, t3 = s1 + U_LANES, s2 + U_LANES, s3 + U_LANES
        two_s = c * U_TWO_PAIRS
        two_t, one_s = two_s + U_LANES, two_s + U_PAIR
        one_t = one_s + U_LANES
        b, s = j + c * U_PAIR, target + c * U_PAIR
        inverse_b, t = b + U_LANES, s + U_LANES
        for k in range(U_LANES):
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


@njit(**INNER)
def _convolve_3x3(work, norms, silent, layer, piece):
    """`_convolve` and ReLU for kernel 3, stride 1, padding 1, several times as fast."""
    x, sums = work.x, work.ring
    top, bottom = _valid(layer.height, piece.dy)
    left, right = _valid(layer.width, piece.dx)
    step, valid = piece.columns * PAIR, right - left
    begin = (left + piece.margin) * PAIR
    for r in range(top, bottom + 1):
        source = len(x) - step  # the row of zeros
        if r < bottom:
            source = r * step + begin - PAIR
            _clear(x, source, 1)
            _clear(x, source + (valid + 1) * PAIR, 1)
        if r == top:
            _first_row(sums, x, source, valid)
        else:
            i = (r - 1) * piece.row + left
            partner = (i + piece.dy * piece.row + piece.dx) * PAIR
            place = Place((r - 1) * step + begin, source, 2 * i, partner)
            # x twice: see there
            _next_row(x, x, sums, norms, place, valid, layer.factor, layer.constant)
            if layer.constant:
                _silence(x, norms, silent, place, valid)


@njit(**INNER)
def _pool(total, work, height, width, piece):
    """Add the slice's sums of S and of T + S to total (2 LANES,)."""
    x, sums = work.x, work.ring
    top, bottom = _valid(height, piece.dy)
    left, right = _valid(width, piece.dx)
    _clear(sums, 0, right - left)
    for r in range(top, bottom):
        start = (r * piece.columns + left + piece.margin) * PAIR
        _add(sums, 0, x, start, right - left)
    for c in range(right - left):
        for k in range(PAIR):
            total[k] += sums[c * PAIR + k]


@njit(**INNER)
def _layer(layers, i):
    kernel, stride, padding, height, width, out_height, out_width = layers.geometry[i]
    return Layer(
        kernel,
        stride,
        padding,
        height,
        width,
        out_height,
        out_width,
        layers.relu[i],
        layers.factors[i],
        layers.constants[i],
    )


@njit(**INNER)
def _displaced(piece, reach):
    """A slice of displacements behind the last layer, `reach` times as far apart."""
    row, columns, margin, dy, dx = piece
    return Slice(row, columns, margin, dy * reach, dx * reach)


@_machine.compiled(**COMPILED)
def pooled(totals, others, norms, silent, work, layers, piece, across):
    """Add up S and T + S behind the last layer, over the pairs of positions.

    totals (rows, 2 LANES) float64 receives them, a row for each vertical displacement,
    from that of `piece` on; across: the largest horizontal displacement. others
    (channels, H * W * PAIR): LANES images side by side, twice. silent (layers,
    rows * row): see `_silence`.

    norms, work, layers and piece are plain tuples, of the fields of `Norms`, `Work`,
    `Layers` and `Slice`: cached code must not know our classes, or their next change
    would break its loading.
    """
    norms, work, layers = Norms(*norms), Work(*work), Layers(*layers)
    first, last = _layer(layers, 0), _layer(layers, len(layers.geometry) - 1)
    row, columns, margin, start, _ = piece
    for i in range(len(totals)):
        for dx in range(-across, across + 1):
            here = Slice(row, columns, margin, start + i, dx)
            before = _displaced(here, layers.reach[0] * first.stride)
            _products(work.x, work.image, others, first.height, first.width, before)
            for k in range(len(layers.geometry)):
                layer = _layer(layers, k)
                own = Norms(norms.own[k], norms.others[k])
                behind = _displaced(here, layers.reach[k])
                small = layer.kernel == 3 and layer.stride == 1 and layer.padding == 1
                if layer.relu and small:
                    _convolve_3x3(work, own, silent[k], layer, behind)
                else:
                    _convolve(work, own, silent[k], layer, behind)
            _pool(totals[i], work, last.out_height, last.out_width, here)
