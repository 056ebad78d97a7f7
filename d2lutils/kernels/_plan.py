"""What a network becomes at infinite width: the list of steps that `kernels` takes. See `plan`."""

from dataclasses import dataclass

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
    """A convolution, behind a ReLU or not: S becomes factor * (sum of the window), T factor * (...) + constant."""

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
    def geometry(self):
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
    """blocks: convolutions; relu: whether a ReLU follows the last one; pooling: "gap", "flatten", or None for vectors.

    dense: what follows the pooling, "relu" or the constant of a dense layer. gain: multiplies both kernels.
    """

    blocks: tuple
    relu: bool
    pooling: str | None
    dense: tuple
    gain: float


def plan(network, input_shape):
    """The steps from the covariance of inputs to the kernels of the network's outputs, as a `Plan`.

    With T the tangent kernel and S the covariance, and "mean" over a layer's fan-in: a Dense or Conv layer turns
    T into mean(T + S) + c, S into mean(S); ReLU turns S into |x||x'| k1 and T into T k0. c = 1 where there is a
    bias, which starts at 0. The first layer sums instead of averaging (Sigma0 = x.x').

    A network without Scale layers is meant in the NTK parametrisation: standard normal weights, multiplied by
    sqrt(1 / fan-in) in every layer but the first, sqrt(2 / fan-in) behind a ReLU. One with Scale layers is taken
    at its word: standard normal weights and the scales as written. S and T then grow by a common gain, which
    commutes with all layers; only the constants c must be measured in it.

    Raises TypeError for layers that have no such limit here, ValueError where the limit is not a Gaussian process.
    """
    _checks.instance("network", network, Network)
    literal = any(isinstance(layer, Scale) for layer in network.layers)
    blocks: list[Convolution] = []
    dense: list[str | float] = []
    relu, pooling, gain = False, None, 1.0
    gaussian, weighted = False, False
    for name, layer, shape, output in walk(network.layers, tuple(input_shape)):
        where = f"layer {name[:-1]}, {layer}"
        vectors = pooling == "gap" or (len(shape) == 1 and pooling is None)
        if isinstance(layer, Scale):
            gain *= layer.factor**2
        elif isinstance(layer, Flatten):
            if not vectors:
                pooling = "flatten"
        elif isinstance(layer, GlobalAvgPool):
            pooling = "gap"
        elif isinstance(layer, ReLU):
            if not gaussian:
                raise ValueError(
                    f"{where}: only the output of a Dense or Conv layer is a Gaussian process"
                )
            gaussian = False
            if vectors or dense:
                dense.append("relu")
            else:
                relu = True
            gain *= 0.5 if literal else 1.0
        elif isinstance(layer, Dense | Conv):
            taps = layer.kernel**2 if isinstance(layer, Conv) else 1
            gain *= shape[0] * taps if literal and weighted else 1.0
            constant = 1.0 / gain if layer.bias else 0.0
            if isinstance(layer, Dense):
                dense.append(constant)
            else:
                if layer.padding >= layer.kernel:
                    raise ValueError(f"{where}: need a padding below the kernel size")
                factor = 1.0 / taps if weighted else 1.0
                window = (layer.kernel, layer.stride, layer.padding)
                (height, width), (out_height, out_width) = shape[1:], output[1:]
                blocks.append(
                    Convolution(
                        relu,
                        *window,
                        height,
                        width,
                        out_height,
                        out_width,
                        factor,
                        constant,
                    )
                )
                relu = False
            gaussian = weighted = True
        else:
            raise TypeError(
                f"{where}: no kernel for it; need Dense, Conv, ReLU, Flatten, GlobalAvgPool or Scale"
            )
    if not gaussian or (not dense and pooling != "gap"):
        raise ValueError(
            "the network must end in a Dense layer, or in a Conv layer and GlobalAvgPool"
        )
    return Plan(tuple(blocks), relu, pooling, tuple(dense), gain)
