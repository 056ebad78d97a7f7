"""Convolutional kernels by PyTorch, for a GPU (importing this module imports PyTorch).

Here the covariance of a pair of images is one array over pairs of positions, (H, W, H,
W), or over equal ones, (H, W), where the pooling takes only these: nothing is saved by
slices, and every step is a few large operations. `_slices` computes the same on CPUs,
tens of times as fast there.
"""

import functools
import math

import numpy as np
import torch
from torch import Tensor

from d2lutils import _machine
from d2lutils.kernels._convolution import Common, common, norms, scaled
from d2lutils.kernels._plan import Convolution, Plan

ENTRIES = 2**28  # of an array: 1 GiB of float32, and ten such are alive at a time
SNAP = {torch.float32: 2.4e-7, torch.float64: 4.4e-16}  # as in `_dense`


@torch.no_grad()
def kernel(
    plan: Plan,
    images: np.ndarray,
    others: np.ndarray | None,
    progress: bool | None,
    shared: Common | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """S and T of the outputs of the plan's pooling for all pairs, float64 (n, m).

    What is given is that of `_convolution.kernel`.
    """
    shared = common(plan, images, others) if shared is None else shared
    first, second, scale = scaled(images, others, shared)
    put = functools.partial(torch.as_tensor, device=_gpu())
    own, own_norms, some, some_norms = (
        put(array) for x in (first, second) for array in (x, _norms(plan, x))
    )
    out = np.empty((2, len(first), len(second)))
    positions = math.prod(images.shape[2:]) ** (2 if plan.pooling == "gap" else 1)
    step = max(1, ENTRIES // positions)
    with _machine.bar(progress, total=len(first), unit="image") as bar:
        for i in range(len(first)):
            for start in range(i if others is None else 0, len(second), step):
                part = slice(start, start + step)
                out[:, i, part] = _pairs(
                    plan,
                    own[i],
                    own_norms[i],
                    some[part],
                    some_norms[part],
                    float(scale),
                )
            bar.update()
    if others is None:
        out = np.triu(out) + np.triu(out, 1).transpose(0, 2, 1)
    S, T = out * scale
    return S, T


def _gpu() -> str:
    """PyTorch's word for the GPU that is here."""
    return "cuda" if torch.cuda.is_available() else "mps"


def _norms(plan: Plan, images: np.ndarray) -> np.ndarray:
    """Those of `_convolution.norms`, without the inverses: (n, layers, rows, row)."""
    geometry = np.array([block.geometry for block in plan.blocks])
    rows, row = int(geometry[:, [3, 5]].max()), int(geometry[:, [4, 6]].max())
    return norms(plan.blocks, images, rows, row)[..., 0]


def _pairs(
    plan: Plan, image: Tensor, own: Tensor, others: Tensor, norms: Tensor, scale: float
) -> np.ndarray:
    """S and T, (2, m), of one image with others, over the pairs of positions.

    image (channels, H, W), own (layers, rows, row); others and norms have one axis
    more, of length m. scale: what the constants of biases are measured in.
    """
    gap = plan.pooling == "gap"
    products = "cyx,ncvu->nyxvu" if gap else "cyx,ncyx->nyx"
    S = torch.einsum(products, image, others)
    T = torch.zeros_like(S)
    rectified = [*(block.relu for block in plan.blocks[1:]), plan.relu]
    for k, (block, relu) in enumerate(zip(plan.blocks, rectified, strict=True)):
        S, T = (block.factor * _windows(x, block, gap) for x in (S, T + S))
        T += block.constant / scale
        if relu:
            height, width = block.out_height, block.out_width
            a, b = own[k, :height, :width], norms[:, k, :height, :width]
            a, b = (a[..., None, None], b[:, None, None]) if gap else (a, b)
            S, T = _rectified(S, T, a, b)
    axes = tuple(range(1, S.dim()))
    # Apple's GPUs know no float64.
    wide = torch.float32 if S.device.type == "mps" else torch.float64
    both = [x.mean(axes, dtype=wide) for x in (S, T)]
    return torch.stack(both).cpu().numpy()


def _windows(x: Tensor, block: Convolution, gap: bool) -> Tensor:
    """Sums over the windows of a convolution, which moves both positions together."""
    for axes, out in (((1, 3), block.out_height), ((2, 4), block.out_width)):
        axes = axes if gap else axes[:1]
        size = [n + 2 * block.padding * (i in axes) for i, n in enumerate(x.shape)]
        padded = x.new_zeros(size)
        inside = [slice(None)] * x.dim()
        for axis in axes:
            inside[axis] = slice(block.padding, block.padding + x.shape[axis])
        padded[tuple(inside)] = x
        parts = []
        for tap in range(block.kernel):
            for axis in axes:
                inside[axis] = slice(tap, tap + block.stride * out, block.stride)
            parts.append(padded[tuple(inside)])
        x = functools.reduce(torch.add, parts)
    return x


def _rectified(S: Tensor, T: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Behind a ReLU: |a||b| k1 and T k0; 0 where a window saw zeros only."""
    size = a * b
    alive = size > 0
    u = torch.where(alive, S / torch.where(alive, size, 1), 0)
    w = (1 - SNAP[S.dtype] - u.abs()).clamp_(min=0)
    cosine = torch.copysign(1 - w, u)
    k0 = 1 - torch.arccos(cosine) / math.pi
    k1 = cosine * k0 + torch.sqrt(w * (2 - w)) / math.pi
    return size * k1, T * torch.where(alive, k0, 0)
