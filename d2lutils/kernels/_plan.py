"""What a network becomes at infinite width: the steps that `kernels` takes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from d2lutils import _checks
from d2lutils.networks import (
    Conv,
    Dense,
    Flatten,
    GlobalAvgPool,
    Network,
    ReLU,
    Scale,
    walk,
)


@dataclass(frozen=True)
class Convolution:
    """A convolution, behind a ReLU or not.

    S becomes factor * (sum of the window), T becomes factor * (...) + constant.
    """

    relu: bool
    kernel: int
    stride: int
    padding: int
    height: int
    width: int
    out_height: int
    out_width: int
    factor: float
    constant: float

    @property
    def geometry(self) -> tuple[int, ...]:
        return (
            self.kernel,
            self.stride,
            self.padding,
            self.height,
            self.width,
            self.out_height,
            self.out_width,
        )


@dataclass(frozen=True)
class Plan:
    """The steps from the covariance of inputs to the kernels of outputs."""

    blocks: tuple[Convolution, ...]
    relu: bool  # whether a ReLU follows the last convolution
    pooling: str | None  # "gap", "flatten", or None for vectors
    dense: tuple  # behind the pooling: "relu", or the constant of a dense layer
    gain: float  # multiplies both kernels


class _Step(NamedTuple):
    name: str
    layer: Any
    shape: tuple[int, ...]
    output: tuple[int, ...]
    gain: float = 1.0  # of S and T behind this layer

    @property
    def where(self) -> str:
        return f"layer {self.name[:-1]}, {self.layer}"


def plan(network: Network, input_shape: tuple[int, ...]) -> Plan:
    """The steps from the covariance of inputs to the kernels of a network's outputs.

    With T the tangent kernel and S the covariance, and "mean" over a layer's fan-in: a
    Dense or Conv layer turns T into mean(T + S) + c, S into mean(S); ReLU turns S into
    ``|x||x'|`` k1 and T into T k0. c = 1 where there is a bias, which starts at 0. The
    first layer sums instead of averaging (Sigma0 = x.x').

    A network without Scale layers is meant in the NTK parametrisation: standard normal
    weights, multiplied by sqrt(1 / fan-in) in every layer but the first,
    sqrt(2 / fan-in) behind a ReLU. One with Scale layers is taken at its word: standard
    normal weights and the scales as written. S and T then grow by a common gain, which
    commutes with all layers; only the constants c must be measured in it.

    Raises
    ------
    TypeError
        For layers that have no such limit here.
    ValueError
        Where the limit is not a Gaussian process.
    """
    _checks.instance("network", network, Network)
    walked = tuple(walk(network.layers, tuple(input_shape)))
    gains = accumulate(_factors(walked), lambda gain, factor: gain * factor)
    steps = [
        _Step(*step)._replace(gain=gain)
        for step, gain in zip(walked, gains, strict=True)
    ]
    _check(steps)
    # Up to here all layers act at each position alone or move windows; Flatten only
    # renames the positions.
    cut = next(
        i for i, s in enumerate(steps) if isinstance(s.layer, Dense | GlobalAvgPool)
    )
    images, vectors = steps[:cut], steps[cut:]
    pooling = "gap" if isinstance(steps[cut].layer, GlobalAvgPool) else "flatten"
    rectified = [s.layer for s in images if isinstance(s.layer, Conv | ReLU)]
    return Plan(
        blocks=tuple(_convolutions(images)),
        relu=bool(rectified) and isinstance(rectified[-1], ReLU),
        pooling=pooling if len(steps[0].shape) == 3 else None,
        dense=tuple(
            "relu" if isinstance(s.layer, ReLU) else _constant(s)
            for s in vectors
            if isinstance(s.layer, Dense | ReLU)
        ),
        gain=steps[-1].gain,
    )


def _factors(walked: tuple) -> Iterator[float]:
    """What each layer multiplies S and T by, apart from the means.

    In the NTK parametrisation nothing: its factors 2 undo the halves of ReLU.
    """
    literal = any(isinstance(layer, Scale) for _, layer, *_ in walked)
    weighted = False
    for _, layer, shape, _ in walked:
        factor = 1.0
        if isinstance(layer, Scale):
            factor = layer.factor * layer.factor  # inf where ** would raise
        elif isinstance(layer, ReLU) and literal:
            factor = 0.5
        elif isinstance(layer, Dense | Conv):
            if literal and weighted:
                factor = float(shape[0] * _taps(layer))
            weighted = True
        yield factor


def _taps(layer: Dense | Conv) -> int:
    return layer.kernel**2 if isinstance(layer, Conv) else 1


def _constant(step: _Step) -> float:
    return 1.0 / step.gain if step.layer.bias else 0.0


def _convolutions(steps: list[_Step]) -> Iterator[Convolution]:
    relu, first = False, True
    for step in steps:
        layer = step.layer
        if isinstance(layer, Conv):
            (height, width), (out_height, out_width) = step.shape[1:], step.output[1:]
            yield Convolution(
                relu,
                layer.kernel,
                layer.stride,
                layer.padding,
                height,
                width,
                out_height,
                out_width,
                factor=1.0 if first else 1.0 / _taps(layer),
                constant=_constant(step),
            )
            first = False
        if isinstance(layer, Conv | ReLU):
            relu = isinstance(layer, ReLU)


def _check(steps: list[_Step]) -> None:
    """Raise unless ReLU acts on, and the network ends in, Gaussian processes."""
    known = Dense | Conv | ReLU | Flatten | GlobalAvgPool | Scale
    gaussian = False  # Flatten, GlobalAvgPool and Scale leave it as it is
    for step in steps:
        layer = step.layer
        if not isinstance(layer, known):
            raise TypeError(
                f"{step.where}: must be Dense, Conv, ReLU, Flatten, GlobalAvgPool or "
                "Scale to have a kernel"
            )
        if isinstance(layer, ReLU) and not gaussian:
            raise ValueError(
                f"{step.where}: must follow a Dense or Conv layer, whose output alone "
                "is a Gaussian process"
            )
        if isinstance(layer, Conv) and layer.padding >= layer.kernel:
            raise ValueError(f"{step.where}: padding must be below the kernel size")
        if not 0 < step.gain < math.inf:
            raise ValueError(
                f"{step.where}: the scales up to here must multiply to a finite number "
                f"above 0, got {math.sqrt(step.gain):.3g}"
            )
        if isinstance(layer, Dense | Conv | ReLU):
            gaussian = not isinstance(layer, ReLU)
    ends = any(isinstance(step.layer, Dense | GlobalAvgPool) for step in steps)
    if not gaussian or not ends:
        raise ValueError(
            "network must end in a Dense layer, or in a Conv layer and "
            f"GlobalAvgPool, got {steps[-1].layer if steps else 'no layer'}"
        )
