"""The NumPy side of convolutional kernels: variances, images side by side, and the order of the work."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from d2lutils import _machine

JOBS = 4096  # handed to the threads at a time
TINY = 1e-15  # squares of its inverse fit float32


def kernel(plan, images, others, progress, *, pairs=False):
    """S and T of the outputs of `plan`'s pooling for all pairs of images, two float64 arrays (n, m).

    images (n, channels, H, W), others (m, ...) or None for `images` themselves. With pairs=True only S, and only of
    each image with itself: (n,).
    """
    from d2lutils.kernels import _slices

    lanes = _slices.LANES
    dtype = np.result_type(images.dtype, np.float32 if others is None else others.dtype)
    first = images.astype(dtype)
    second = first if others is None else others.astype(dtype)
    geometry = np.array([block.geometry for block in plan.blocks])
    reach = np.array(
        [
            math.prod(block.stride for block in plan.blocks[i + 1 :])
            for i in range(len(plan.blocks))
        ]
    )
    relu = np.array([*(block.relu for block in plan.blocks[1:]), plan.relu])
    factors = np.array([block.factor for block in plan.blocks], dtype)
    constants = np.array([block.constant for block in plan.blocks], dtype)
    flat = plan.pooling == "flatten"
    margin = max(block.padding for block in plan.blocks)
    rows, row = geometry[:, [3, 5]].max(), geometry[:, [4, 6]].max()
    columns = (row + 2 * margin) * _slices.PAIR
    own_norms = norms(plan.blocks, first, rows, row)
    n, m = len(first), len(second)
    blocks = -(-m // lanes)
    other_norms = _side_by_side(
        own_norms if others is None else norms(plan.blocks, second, rows, row),
        blocks,
        lanes,
    )
    own_norms = own_norms.reshape(n, len(relu), -1)
    side_by_side = _side_by_side(np.repeat(second[..., None], 2, -1), blocks, lanes)
    if pairs:
        tasks = np.array([(i, i // lanes) for i in range(n)])
    else:
        tasks = np.array(
            [
                (i, j)
                for j in range(blocks)
                for i in range(n if others is not None else (j + 1) * lanes)
            ]
        )
        tasks = tasks[tasks[:, 0] < n]
    down, across = (
        (1, 0) if flat else (2 * int(geometry[-1, 5]) - 1, int(geometry[-1, 6]) - 1)
    )
    pieces = min(
        down, -(-32 // len(tasks))
    )  # of a task, so that few tasks keep all threads busy as well
    edges = [down * piece // pieces for piece in range(pieces + 1)]

    def work(job):
        task, piece = divmod(job, pieces)
        i, j = tasks[task]
        totals = np.zeros((edges[piece + 1] - edges[piece], _slices.PAIR))
        image = _aligned((*first.shape[1:], _slices.PAIR), dtype)
        image[:] = first[i][..., None]
        x, ring = (
            _aligned(((rows + 1) * columns,), dtype),
            _aligned((max(2, geometry[:, 0].max()) * columns,), dtype),
        )
        _slices.pooled(
            totals,
            image.reshape(len(image), -1),
            side_by_side[j],
            own_norms[i],
            other_norms[j],
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
            edges[piece] - down // 2,
        )
        return totals.sum(0).reshape(2, lanes)

    sums = np.zeros((len(tasks), 2, lanes))
    jobs = range(len(tasks) * pieces)
    shown = _machine.bar(progress, total=len(jobs), unit="task", delay=2)
    with ThreadPoolExecutor(threads()) as pool, shown as bar:
        for start in range(0, len(jobs), JOBS):
            for job, result in zip(
                jobs[start : start + JOBS],
                pool.map(work, jobs[start : start + JOBS]),
                strict=True,
            ):
                sums[job // pieces] += result
                bar.update()
    positions = int(geometry[-1, 5] * geometry[-1, 6])
    sums /= positions if flat else positions**2
    if pairs:
        return sums[np.arange(n), 0, tasks[:, 0] % lanes]
    result = np.zeros((2, n, blocks * lanes))
    for (i, j), values in zip(tasks, sums, strict=True):
        result[:, i, j * lanes : (j + 1) * lanes] = values
    result = result[:, :, :m]
    if others is None:
        result = np.triu(result) + np.triu(result, 1).transpose(0, 2, 1)
    return result[0], result[1] - result[0]


def norms(blocks, images, rows, row):
    """Square roots of the variances behind each convolution, and their inverses: (n, layers, rows, row, 2)."""
    variance = np.square(images.astype(np.float64)).sum(1)
    out = np.zeros((len(images), len(blocks), rows, row, 2), images.dtype)
    for i, block in enumerate(blocks):
        padded = np.pad(variance, [(0, 0), (block.padding,) * 2, (block.padding,) * 2])
        down, across = (
            block.stride * size for size in (block.out_height, block.out_width)
        )
        taps = [(y, x) for y in range(block.kernel) for x in range(block.kernel)]
        variance = block.factor * sum(
            padded[:, y : y + down : block.stride, x : x + across : block.stride]
            for y, x in taps
        )
        norm = np.sqrt(variance)
        # Where there is next to nothing, correlations count as 0: their quotients would overflow.
        inverse = np.divide(1, norm, out=np.zeros_like(norm), where=norm > TINY)
        out[:, i, : block.out_height, : block.out_width] = np.stack([norm, inverse], -1)
    return out


def _side_by_side(arrays, blocks, lanes):
    """(m, k, ...) -> (blocks, k, ... * lanes): `lanes` neighbours become the last axis, filled up with zeros."""
    padded = np.concatenate(
        [
            arrays,
            np.zeros((blocks * lanes - len(arrays), *arrays.shape[1:]), arrays.dtype),
        ]
    )
    out = _aligned((blocks, *arrays.shape[1:], lanes), arrays.dtype)
    out[:] = np.moveaxis(padded.reshape(blocks, lanes, *arrays.shape[1:]), 1, -1)
    return out.reshape(blocks, arrays.shape[1], -1)


def _aligned(shape, dtype):
    """Zeros that start at a multiple of 64 bytes: no vector register is then loaded from two cache lines."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    raw = np.zeros(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(dtype).reshape(shape)


def threads():
    """As many as Numba would use: the variable NUMBA_NUM_THREADS, else the cores of this process."""
    from numba import config

    return min(config.NUMBA_NUM_THREADS, _machine.cores())  # type: ignore[attr-defined]  # Numba sets it on import
