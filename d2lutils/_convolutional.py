"""The NumPy side of convolutional kernels: variances, images side by side, and the order of the work."""

import math

import numpy as np

JOBS = 256  # tasks between two steps of the progress bar


def kernel(plan, images, others, progress, *, pairs=False):
    """S and T of the outputs of `plan`'s pooling for all pairs of images, two float64 arrays (n, m).

    images (n, channels, H, W), others (m, ...) or None for `images` themselves. With pairs=True only S, and only of
    each image with itself: (n,).
    """
    from d2lutils import _cntk

    lanes = _cntk.LANES
    dtype = np.result_type(images.dtype, np.float32 if others is None else others.dtype)
    first = images.astype(dtype)
    second = first if others is None else others.astype(dtype)
    geometry = np.array([block.geometry for block in plan.blocks])
    reach = np.array([math.prod(block.stride for block in plan.blocks[i + 1 :]) for i in range(len(plan.blocks))])
    relu = np.array([*(block.relu for block in plan.blocks), plan.relu])
    factors = np.array([block.factor for block in plan.blocks], dtype)
    constants = np.array([block.constant for block in plan.blocks], dtype)
    flat = plan.pooling == "flatten"
    margin = int(max(block.padding for block in plan.blocks))
    first_norms = norms(plan.blocks, first)
    second_norms = first_norms if others is None else norms(plan.blocks, second)
    n, m = len(first), len(second)
    blocks = -(-m // lanes)
    side_by_side = _lanes(second, blocks, lanes)
    other_norms = np.pad(_lanes(second_norms, blocks, lanes), [(0, 0)] * 3 + [(margin, margin), (0, 0)])
    other_norms = other_norms.reshape(*other_norms.shape[:3], -1)
    if pairs:
        tasks = np.array([(i, i // lanes) for i in range(n)])
    else:
        tasks = np.array([(i, j) for j in range(blocks) for i in range(n if others is not None else (j + 1) * lanes)])
        tasks = tasks[tasks[:, 0] < n]
    sums = np.empty((len(tasks), 2, lanes))
    with _bar(len(tasks), progress) as bar:
        for start in range(0, len(tasks), JOBS):
            part = tasks[start : start + JOBS]
            sums[start : start + JOBS] = _cntk.pooled(
                first, side_by_side, first_norms, other_norms, part, geometry, reach, relu, factors, constants,
                margin, flat,
            )  # fmt: skip
            bar.update(len(part))
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


def norms(blocks, images):
    """Square roots of the variances in front of each convolution and of the pooling, (n, layers + 1, rows, columns)."""
    variance = np.square(images.astype(np.float64)).sum(1)
    rows = max(max(block.height, block.out_height) for block in blocks)
    columns = max(max(block.width, block.out_width) for block in blocks)
    out = np.zeros((len(images), len(blocks) + 1, rows, columns), images.dtype)
    for i, block in enumerate(blocks):
        out[:, i, : block.height, : block.width] = np.sqrt(variance)
        padded = np.pad(variance, [(0, 0), (block.padding,) * 2, (block.padding,) * 2])
        down, across = (block.stride * size for size in (block.out_height, block.out_width))
        taps = [(y, x) for y in range(block.kernel) for x in range(block.kernel)]
        variance = block.factor * sum(
            padded[:, y : y + down : block.stride, x : x + across : block.stride] for y, x in taps
        )
    out[:, -1, : variance.shape[1], : variance.shape[2]] = np.sqrt(variance)
    return out


def _lanes(arrays, blocks, lanes):
    """(m, ...) -> (blocks, ..., lanes), filled up with zeros."""
    padded = np.concatenate([arrays, np.zeros((blocks * lanes - len(arrays), *arrays.shape[1:]), arrays.dtype)])
    return np.ascontiguousarray(np.moveaxis(padded.reshape(blocks, lanes, *arrays.shape[1:]), 1, -1))


def _bar(total, progress):
    from tqdm import tqdm

    from d2lutils import engines

    shown = not engines.quiet() if progress is None else progress
    return tqdm(total=total, disable=not shown, unit="task", leave=False, delay=2)
