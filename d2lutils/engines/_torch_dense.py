"""Dense layers by oneDNN where that is faster than MKL, PyTorch's own choice.

On AMD's processors MKL takes its kernels for AVX2, also where there is AVX-512. On Zen
5 PyTorch's products of matrices run at half the rate of oneDNN's, which PyTorch has on
board for its convolutions (PyTorch 2.14 with MKL 2024.2, one thread and two; small
products excepted). With MKL's kernels for AVX-512 it would be the other way round; so
on Intel's processors MKL stays.
"""

from __future__ import annotations

import functools
import os
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lutils import _machine

_SMALLEST = 2**21  # multiplications: below, oneDNN's preparations take what it saves
_FEWEST = 16  # examples: what vmap shows one by one has no way through _Dense


def dense(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """x (n, inputs) times weight (outputs, inputs) transposed, plus bias (outputs,)."""
    if not _taken(x, weight.shape[0]):
        return F.linear(x, weight, bias)
    way = _Dense.apply if torch.is_grad_enabled() else _product
    return way(x, weight, bias)


def by_inputs(slope: Tensor, weight: Tensor) -> Tensor:
    """The slope (n, inputs) by the inputs of `dense`, from that by its outputs."""
    if _taken(slope, weight.shape[1]):
        return _product(slope, weight.T)
    return slope @ weight


def by_weights(x: Tensor, slope: Tensor) -> Tensor:
    """The slope (outputs, inputs) by the weights of `dense`."""
    return _product(slope.T, x.T) if _taken(x, slope.shape[1]) else slope.T @ x


def _taken(x: Tensor, others: int) -> bool:
    """Whether oneDNN multiplies x (n, units) by a matrix of so many other units."""
    number, units = x.shape
    large = number >= _FEWEST and number * units * others >= _SMALLEST
    fits = x.dtype == torch.float32 and x.device.type == "cpu"
    return large and fits and preferred()


@functools.cache
def preferred() -> bool:
    """Whether oneDNN's product shall replace MKL's on this machine.

    Not where MKL was asked for results that do not depend on the processor.
    """
    return (
        torch.backends.mkl.is_available()
        and torch.backends.mkldnn.is_available()
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
        and torch.backends.cpu.get_cpu_capability() == "AVX512"
        and _machine.vendor() == "AuthenticAMD"
        and "MKL_CBWR" not in os.environ
    )


def _product(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")


class _Dense(torch.autograd.Function):
    """The operator has no gradient of its own."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return _product(x, weight, bias)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        by_x, _, by_bias = ctx.needs_input_grad
        return (
            by_inputs(slope, weight) if by_x else None,
            by_weights(x, slope),
            slope.sum(0) if by_bias else None,
        )
