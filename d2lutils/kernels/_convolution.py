"""The NumPy side of convolutional kernels (importing this module imports Numba).

`prepare` lays out images, norms and layers as `_slices` wants them; `schedule` cuts
the work into jobs; `run` hands the jobs to threads; `assemble` puts the sums into a
matrix. `kernel` takes these four steps, and so does `own_variances`. Where a matrix is
computed by blocks, `common` is what they have to agree about.
"""

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from d2lutils import _machine
from d2lutils.kernels._plan import Convolution, Plan
from d2lutils.kernels._slices import LANES, PAIR, Layers, Slice, Work, pooled

JOBS = 4096  # handed to the threads at a time, so that few futures wait in memory
FEWEST = 32  # jobs to cut the work into: the threads end within 3 % of each other
TINY = 1e-15  # squares of its inverse fit float32


class Prepared(NamedTuple):
    """Images (scaled to about 1), norms and layers as the compiled part wants them."""

    images: np.ndarray  # (n, channels, H, W)
    others: np.ndarray  # (blocks, channels, H * W * PAIR): LANES images side by side
    own_norms: np.ndarray  # (n, layers, rows * row * 2)
    other_norms: np.ndarray  # (blocks, layers, rows * row * 2 LANES)
    silent: np.ndarray  # (blocks, layers, rows * row): see _slices._silence
    layers: Layers
    rows: int  # of the tallest image in any layer
    piece: Slice  # its displacement is still to come
    scale: np.float64  # of the images times that of the others

    def buffers(self) -> Work:
        """Arrays for a thread to work in."""
        row = self.piece.columns * PAIR
        taps = max(2, self.layers.geometry[:, 0].max())
        channels, height, width = self.images.shape[1:]
        return Work(
            _aligned((channels, height * width * PAIR), self.images.dtype),
            _aligned(((self.rows + 1) * row,), self.images.dtype),
            _aligned((taps * row,), self.images.dtype),
        )


class Common(NamedTuple):
    """What all blocks of a matrix share: so none of its bits tells how it was cut."""

    exponent: int  # of the power of two that makes the images about 1
    other_exponent: int
    pieces: int  # see `schedule`


class Schedule(NamedTuple):
    """Tasks, each an image with a block of others, and how each is cut into jobs."""

    tasks: np.ndarray  # (tasks, 2)
    edges: list[int]  # between jobs of a task, in vertical displacements from `top` on
    top: int
    across: int  # largest horizontal displacement


def kernel(
    plan: Plan,
    images: np.ndarray,
    others: np.ndarray | None,
    progress: bool | None,
    shared: Common | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """S and T of the outputs of the plan's pooling for all pairs, float64 (n, m).

    images (n, channels, H, W), others (m, ...) or None for `images` themselves; shared:
    if they are a block of a matrix, what `common` says of all of it.
    """
    if shared is None:
        shared = common(plan, images, others)
    prepared = prepare(plan, images, others, shared)
    tasks = _tasks(len(images), None if others is None else len(others))
    jobs = schedule(plan, tasks, shared.pieces)
    sums = run(prepared, jobs, progress) / _pairs(plan) * prepared.scale
    return assemble(sums, tasks, len(images), None if others is None else len(others))


def own_variances(plan: Plan, images: np.ndarray, progress: bool | None) -> np.ndarray:
    """S of each image with itself behind the plan's pooling, float64 (n,)."""
    shared = common(plan, images, None)
    prepared = prepare(plan, images, None, shared)
    every = np.arange(len(images))
    tasks = np.stack([every, every // LANES], 1)
    jobs = schedule(plan, tasks, pieces(plan, len(tasks)))
    sums = run(prepared, jobs, progress) / _pairs(plan) * prepared.scale
    return sums[every, 0, every % LANES]


def common(plan: Plan, images: np.ndarray, others: np.ndarray | None) -> Common:
    """What the blocks of a matrix share."""
    dtype = _dtype(images, others)
    exponent = other_exponent = _exponent(images.astype(dtype))
    if others is not None:
        other_exponent = _exponent(others.astype(dtype))
    tasks = _tasks(len(images), None if others is None else len(others))
    return Common(exponent, other_exponent, pieces(plan, len(tasks)))


def prepare(
    plan: Plan, images: np.ndarray, others: np.ndarray | None, shared: Common
) -> Prepared:
    """Lay images, norms and layers out; see `Prepared`."""
    first, second, scale = scaled(images, others, shared)
    dtype = first.dtype
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        constants = np.array([block.constant for block in plan.blocks]) / scale
        constants = constants.astype(dtype)
    geometry = np.array([block.geometry for block in plan.blocks])
    rows, row = int(geometry[:, [3, 5]].max()), int(geometry[:, [4, 6]].max())
    margin = max(block.padding for block in plan.blocks)
    own_norms = norms(plan.blocks, first, rows, row)
    other_norms = own_norms if others is None else norms(plan.blocks, second, rows, row)
    strides = geometry[::-1, 1]
    shape = (-1, len(geometry), rows * row, LANES)
    return Prepared(
        first,
        _side_by_side(np.repeat(second[..., None], 2, -1)),
        own_norms.reshape(len(first), len(geometry), -1),
        _side_by_side(other_norms),
        _side_by_side(other_norms[..., :1] == 0).reshape(shape).any(-1),
        Layers(
            geometry,
            np.cumprod(np.append(1, strides[:-1]))[::-1].copy(),
            np.array([*(block.relu for block in plan.blocks[1:]), plan.relu]),
            np.array([block.factor for block in plan.blocks], dtype),
            constants,
        ),
        rows,
        Slice(row, row + 2 * margin, margin, 0, 0),
        scale,
    )


def scaled(
    images: np.ndarray, others: np.ndarray | None, shared: Common
) -> tuple[np.ndarray, np.ndarray, np.float64]:
    """Images and others (or images again) of size about 1; what S and T shrink by."""
    dtype = _dtype(images, others)
    first, scale = _to_unit_size(images.astype(dtype), shared.exponent)
    second, other_scale = first, scale
    if others is not None:
        second, other_scale = _to_unit_size(others.astype(dtype), shared.other_exponent)
    with np.errstate(over="ignore", under="ignore"):
        return first, second, scale * other_scale


def _tasks(n: int, m: int | None) -> np.ndarray:
    """Each image with each block of LANES others, (tasks, 2).

    Of a symmetric kernel (m is None) only blocks that reach the diagonal or lie above.
    """
    starts = range(0, n if m is None else m, LANES)
    ends = [n if m is not None else min(start + LANES, n) for start in starts]
    return np.array([(i, j) for j, end in enumerate(ends) for i in range(end)])


def pieces(plan: Plan, num_tasks: int) -> int:
    """Into how many jobs to cut a task: few tasks, too, keep all threads busy."""
    return min(_displacements(plan)[0], -(-FEWEST // num_tasks))


def schedule(plan: Plan, tasks: np.ndarray, pieces: int) -> Schedule:
    """Cut each task into so many jobs."""
    down, across = _displacements(plan)
    edges = [down * piece // pieces for piece in range(pieces + 1)]
    return Schedule(tasks, edges, -(down // 2), across)


def _displacements(plan: Plan) -> tuple[int, int]:
    """How many there are vertically, and the largest horizontal one."""
    last = plan.blocks[-1]
    if plan.pooling == "flatten":
        return 1, 0
    return 2 * last.out_height - 1, last.out_width - 1


def run(prepared: Prepared, jobs: Schedule, progress: bool | None) -> np.ndarray:
    """Sums of S and of T + S over pairs of positions, (tasks, 2, LANES) float64."""
    pieces = len(jobs.edges) - 1
    sums = np.zeros((len(jobs.tasks), 2, LANES))
    numbers = range(len(jobs.tasks) * pieces)
    count = _machine.threads("NUMBA_NUM_THREADS")
    free = [prepared.buffers() for _ in range(count)]
    work = functools.partial(_do, prepared, jobs, free)
    shown = _machine.bar(progress, total=len(numbers), unit="task")
    with ThreadPoolExecutor(count) as pool, shown as bar:
        for start in range(0, len(numbers), JOBS):
            some = numbers[start : start + JOBS]
            for number, result in zip(some, pool.map(work, some), strict=True):
                sums[number // pieces] += result
                bar.update()
    return sums


def _do(
    prepared: Prepared, jobs: Schedule, free: list[Work], number: int
) -> np.ndarray:
    """The sums (2, LANES) that one job finds, in buffers that are free."""
    task, part = divmod(number, len(jobs.edges) - 1)
    i, j = jobs.tasks[task]
    begin, end = jobs.edges[part], jobs.edges[part + 1]
    totals = np.zeros((end - begin, PAIR))
    work = free.pop()
    image = prepared.images[i]
    work.image.reshape(*image.shape, PAIR)[:] = image[..., None]
    pooled(
        totals,
        prepared.others[j],
        (prepared.own_norms[i], prepared.other_norms[j]),
        prepared.silent[j],
        tuple(work),
        tuple(prepared.layers),
        tuple(prepared.piece._replace(dy=jobs.top + begin)),
        jobs.across,
    )
    free.append(work)
    return totals.sum(0).reshape(2, LANES)


def assemble(
    sums: np.ndarray, tasks: np.ndarray, n: int, m: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """S and T (n, m) from the tasks' S and T + S; m is None: symmetric, (n, n)."""
    both = np.zeros((2, n, (tasks[:, 1].max() + 1) * LANES))
    for (i, j), values in zip(tasks, sums, strict=True):
        both[:, i, j * LANES : (j + 1) * LANES] = values
    both = both[:, :, : n if m is None else m]
    if m is None:
        both = np.triu(both) + np.triu(both, 1).transpose(0, 2, 1)
    return both[0], both[1] - both[0]


def norms(
    blocks: tuple[Convolution, ...], images: np.ndarray, rows: int, row: int
) -> np.ndarray:
    """Roots of the variances behind each convolution, and their inverses.

    Shape (n, layers, rows, row, 2).
    """
    variance = np.square(images.astype(np.float64)).sum(1)
    out = np.zeros((len(images), len(blocks), rows, row, 2), images.dtype)
    for i, block in enumerate(blocks):
        padded = np.pad(variance, [(0, 0), (block.padding,) * 2, (block.padding,) * 2])
        down, across = block.stride * block.out_height, block.stride * block.out_width
        taps = [(y, x) for y in range(block.kernel) for x in range(block.kernel)]
        variance = block.factor * sum(
            padded[:, y : y + down : block.stride, x : x + across : block.stride]
            for y, x in taps
        )
        norm = np.sqrt(variance)
        # Where there is next to nothing, correlations count as 0: their quotients would
        # overflow.
        inverse = np.divide(1, norm, out=np.zeros_like(norm), where=norm > TINY)
        out[:, i, : block.out_height, : block.out_width] = np.stack([norm, inverse], -1)
    return out


def _pairs(plan: Plan) -> int:
    """How many pairs of positions the pooling takes the mean of."""
    positions = plan.blocks[-1].out_height * plan.blocks[-1].out_width
    return positions if plan.pooling == "flatten" else positions**2


def _dtype(images: np.ndarray, others: np.ndarray | None) -> np.dtype:
    return np.result_type(images.dtype, np.float32 if others is None else others.dtype)


def _exponent(images: np.ndarray) -> int:
    """Of the power of two in the largest pixel.

    The constants of biases are divided by it and its like, and must not overflow.
    """
    exponent = int(np.frexp(np.abs(images).max())[1]) - 1
    return max(exponent, -50 if images.dtype == np.float32 else -500)


def _to_unit_size(images: np.ndarray, exponent: int) -> tuple[np.ndarray, np.float64]:
    """Images over a power of two, so that squares neither overflow nor vanish; it."""
    return np.ldexp(images, -exponent), np.ldexp(1.0, exponent)


def _side_by_side(arrays: np.ndarray) -> np.ndarray:
    """(m, k, ...) -> (blocks, k, ... * LANES): LANES neighbours in the last axis.

    The last block is filled up with zeros.
    """
    blocks = -(-len(arrays) // LANES)
    missing = np.zeros((blocks * LANES - len(arrays), *arrays.shape[1:]), arrays.dtype)
    padded = np.concatenate([arrays, missing])
    out = _aligned((blocks, *arrays.shape[1:], LANES), arrays.dtype)
    out[:] = np.moveaxis(padded.reshape(blocks, LANES, *arrays.shape[1:]), 1, -1)
    return out.reshape(blocks, arrays.shape[1], -1)


def _aligned(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Zeros from a multiple of 64 bytes on: no register is loaded from two lines."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    raw = np.zeros(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(dtype).reshape(shape)
