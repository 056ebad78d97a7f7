"""Networks as plain data: frozen layer specs that engines train and `kernels` takes to infinite width.

    network = Network(Flatten(), Dense(512), ReLU(), Dense(10))
    network.layers[1].units                            # 512
    shapes = parameter_shapes(network, (1, 28, 28))    # {"1.weight": (512, 784), "1.bias": (512,), ...}
    parameters = initial_parameters(network, (1, 28, 28), seed=0, scheme="he")    # (407050,)

Nothing here computes a forward pass, so nothing here needs a framework. Parameters are drawn in NumPy, in one
fixed order, so that every engine starts from the same bits. The order of a *flat* parameter vector is that of
`parameter_shapes`: layers from input to output; within a layer weight, then bias (for normalisation: scale, then
shift); within an array row by row.

Shapes never include the batch: (features,) or (channels, height, width).
"""

import math
from dataclasses import dataclass

import numpy as np

SCHEMES = ("he", "lecun", "xavier", "normal", "orthogonal", "zeros")


@dataclass(frozen=True)
class Dense:
    """Affine map of vectors, x -> W x + b. Weight (units, inputs), bias (units,). Images need `Flatten` first."""

    units: int
    bias: bool = True


@dataclass(frozen=True)
class Conv:
    """2-d cross-correlation. Weight (channels, input channels, kernel, kernel), bias (channels,)."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    bias: bool = True


@dataclass(frozen=True)
class ReLU:
    """max(x, 0), elementwise. Its derivative at 0 counts as 0."""


@dataclass(frozen=True)
class LeakyReLU:
    """x for x > 0 and slope * x otherwise, elementwise."""

    slope: float = 0.01


@dataclass(frozen=True)
class Tanh:
    """tanh(x), elementwise."""


@dataclass(frozen=True)
class Sigmoid:
    """1 / (1 + exp(-x)), elementwise."""


@dataclass(frozen=True)
class Flatten:
    """(channels, height, width) -> (channels * height * width,), row by row; vectors pass unchanged."""


@dataclass(frozen=True)
class Scale:
    """Multiplication by a constant: an output scale, or the sqrt(2 / width) of the NTK parametrisation."""

    factor: float


@dataclass(frozen=True)
class MaxPool:
    """Largest value of each size x size window. Without `stride` the windows do not overlap."""

    size: int
    stride: int | None = None
    padding: int = 0


@dataclass(frozen=True)
class AvgPool:
    """Mean of each size x size window, padding counted as zeros. Without `stride` the windows do not overlap."""

    size: int
    stride: int | None = None
    padding: int = 0


@dataclass(frozen=True)
class GlobalAvgPool:
    """(channels, height, width) -> (channels,): the mean over all positions."""


@dataclass(frozen=True)
class BatchNorm:
    """Batch normalisation of each feature or channel (Ioffe & Szegedy 2015), then, if `affine`, scale and shift.

    In training mode it uses the minibatch's mean and (biased) variance; otherwise running averages, which keep
    the share `momentum` of their old value at every training step.
    """

    affine: bool = True
    epsilon: float = 1e-5
    momentum: float = 0.9


@dataclass(frozen=True)
class LayerNorm:
    """Layer normalisation of each vector (Ba, Kiros & Hinton 2016), then, if `affine`, scale and shift."""

    affine: bool = True
    epsilon: float = 1e-5


@dataclass(frozen=True)
class Dropout:
    """In training mode sets each entry to 0 with probability `rate` and divides the others by 1 - rate."""

    rate: float = 0.5


@dataclass(frozen=True, init=False)
class Residual:
    """x -> shortcut(x) + scale * layers(x) (He et al. 2016). An empty shortcut is the identity.

        Residual(Dense(256), ReLU(), scale=1 / math.sqrt(50))
        Residual(Conv(32, 3, 2, 1), ReLU(), Conv(32, 3, 1, 1), shortcut=(Conv(32, 1, 2),))
    """

    layers: tuple
    scale: float
    shortcut: tuple

    def __init__(self, *layers, scale=1.0, shortcut=()):
        object.__setattr__(self, "layers", _checked(layers))
        object.__setattr__(self, "scale", float(scale))
        object.__setattr__(self, "shortcut", _checked(shortcut))


@dataclass(frozen=True, init=False)
class Network:
    """A feed-forward network: its layers from input to output. Equal layers, equal networks.

    Raises TypeError if an argument is not a layer spec.
    """

    layers: tuple

    def __init__(self, *layers):
        object.__setattr__(self, "layers", _checked(layers))


LAYERS = (
    Dense, Conv, ReLU, LeakyReLU, Tanh, Sigmoid, Flatten, Scale, MaxPool, AvgPool, GlobalAvgPool, BatchNorm,
    LayerNorm, Dropout, Residual,
)  # fmt: skip
_ACTIVATIONS = {"relu": (ReLU(),), "tanh": (Tanh(),), "sigmoid": (Sigmoid(),), "linear": ()}


def _checked(layers):
    for layer in layers:
        if not isinstance(layer, LAYERS):
            raise TypeError(f"{layer!r} is not a layer: need instances of {', '.join(c.__name__ for c in LAYERS)}")
    return tuple(layers)


def activation_layers(name):
    """Tuple of the layers of an activation: (ReLU(),) for "relu"; also "tanh", "sigmoid", "linear" (no layer)."""
    if name not in _ACTIVATIONS:
        raise ValueError(f"unknown activation {name!r}; known: {', '.join(_ACTIVATIONS)}")
    return _ACTIVATIONS[name]


def mlp(num_hiddens, num_outputs, activation="relu", *, bias=True):
    """Fully connected network. num_hiddens: one width or a sequence of widths; activation: see `activation_layers`.

    Takes vectors and images alike (it begins with `Flatten`).
    """
    widths = [num_hiddens] if np.ndim(num_hiddens) == 0 else num_hiddens
    hidden = [layer for width in widths for layer in (Dense(int(width), bias), *activation_layers(activation))]
    return Network(Flatten(), *hidden, Dense(num_outputs, bias))


def lenet5(num_outputs=10, *, channels=(6, 16), hidden=(120, 84), activation="relu", pooling="max"):
    """LeNet-5 (LeCun et al. 1998) for images of 28 x 28 pixels: two 5 x 5 convolutions, then dense layers.

    The defaults are its sizes with today's ReLU and max-pooling; activation="sigmoid", pooling="avg" is the
    book d2l's version; channels=(20, 50), hidden=(500,) is Caffe's, with one fully connected hidden layer.
    """
    pools = {"max": MaxPool(2), "avg": AvgPool(2)}
    if pooling not in pools:
        raise ValueError(f"unknown pooling {pooling!r}; known: max, avg")
    pool, activation = pools[pooling], activation_layers(activation)
    dense = [layer for width in hidden for layer in (Dense(width), *activation)]
    return Network(
        Conv(channels[0], 5, padding=2), *activation, pool, Conv(channels[1], 5), *activation, pool,
        Flatten(), *dense, Dense(num_outputs),
    )  # fmt: skip


def cuda_convnet(num_outputs=10, *, width=32):
    """Krizhevsky's cuda-convnet for CIFAR-10 without local response normalisation (Caffe's "CIFAR-10 quick").

    Three 5 x 5 convolutions with `width`, `width` and 2 * `width` channels, each followed by overlapping 3 x 3
    pooling, then 2 * `width` hidden units. At 32 x 32 pixels and width 32: 145 578 parameters.
    """
    return Network(
        Conv(width, 5, padding=2), MaxPool(3, 2, 1), ReLU(),
        Conv(width, 5, padding=2), ReLU(), AvgPool(3, 2, 1),
        Conv(2 * width, 5, padding=2), ReLU(), AvgPool(3, 2, 1),
        Flatten(), Dense(2 * width), ReLU(), Dense(num_outputs),
    )  # fmt: skip


def deep(
    depth,
    width,
    activation="relu",
    *,
    normalization=None,
    residual=False,
    scale=1.0,
    pre_activation=False,
    num_outputs=None,
    bias=False,
):
    """A stack of `depth` equal blocks, to watch signals and gradients travel through.

    A block is Dense(width), normalisation, activation, in this order; with pre_activation=True it is
    normalisation, activation, Dense(width) (He et al. 2016b). normalization: None, "batch" or "layer", without
    scale and shift. residual=True wraps each block as x + scale * block(x). With num_outputs a last Dense is
    added. Each block is one entry of `network.layers` if residual, several otherwise; inputs are vectors.
    """
    kinds = {None: (), "batch": (BatchNorm(affine=False),), "layer": (LayerNorm(affine=False),)}
    if normalization not in kinds:
        raise ValueError(f"unknown normalization {normalization!r}; known: None, 'batch', 'layer'")
    dense, rest = (Dense(width, bias),), kinds[normalization] + activation_layers(activation)
    block = rest + dense if pre_activation else dense + rest
    blocks = (Residual(*block, scale=scale),) * depth if residual else block * depth
    return Network(*blocks, *(() if num_outputs is None else (Dense(num_outputs, bias),)))


def walk(layers, shape, prefix=""):
    """Yield (name, layer, input shape, output shape) for every layer, in order of computation.

    layers: a sequence of layer specs. shape: the shape of one input. A `Residual` is yielded after the layers
    inside it, which are named like "4.0.", "4.shortcut.0.". Raises ValueError where shapes do not fit.
    """
    for i, layer in enumerate(layers):
        name = f"{prefix}{i}."
        if isinstance(layer, Residual):
            yield from walk(layer.layers, shape, name)
            yield from walk(layer.shortcut, shape, f"{name}shortcut.")
        output = _layer_output(layer, shape, name)
        yield name, layer, shape, output
        shape = output


def output_shape(network, input_shape):
    """Shape of the network's output for one input of the given shape. Raises ValueError where shapes do not fit."""
    return _chain_output(network.layers, _shape(input_shape))


def parameter_shapes(network, input_shape):
    """The shape of each trainable array, by name ("1.weight", "3.0.bias", ...), in the order of a flat vector."""
    shapes = {}
    for name, layer, shape, _ in walk(network.layers, _shape(input_shape)):
        for key, array_shape in layer_parameter_shapes(layer, shape).items():
            shapes[name + key] = array_shape
    return shapes


def layer_parameter_shapes(layer, shape):
    """The shape of each trainable array of one layer with inputs of the given shape, by name. {} if it has none."""
    if isinstance(layer, Dense):
        return {"weight": (layer.units, shape[0])} | ({"bias": (layer.units,)} if layer.bias else {})
    if isinstance(layer, Conv):
        weight = (layer.channels, shape[0], layer.kernel, layer.kernel)
        return {"weight": weight} | ({"bias": (layer.channels,)} if layer.bias else {})
    if isinstance(layer, BatchNorm | LayerNorm) and layer.affine:
        return {"scale": (shape[0],), "shift": (shape[0],)}
    return {}


def num_parameters(network, input_shape):
    """Number of trainable parameters."""
    return sum(math.prod(shape) for shape in parameter_shapes(network, input_shape).values())


def unflatten(network, input_shape, flat):
    """Views of a flat parameter vector (P,) as arrays by name, in the shapes of `parameter_shapes`.

    Raises ValueError if flat has not P entries.
    """
    shapes = parameter_shapes(network, input_shape)
    flat, total = np.asarray(flat), sum(math.prod(shape) for shape in shapes.values())
    if flat.shape != (total,):
        raise ValueError(f"got parameters of shape {flat.shape}, need ({total},) for this network and input")
    arrays, start = {}, 0
    for name, shape in shapes.items():
        stop = start + math.prod(shape)
        arrays[name] = flat[start:stop].reshape(shape)
        start = stop
    return arrays


def initial_parameters(network, input_shape, seed=0, scheme="he", gain=1.0):
    """Random initial parameters, (P,) float64, in the order of `parameter_shapes`.

    seed: an int or a numpy.random.Generator. scheme, for each weight with n inputs and m outputs a unit:
    "he" N(0, 2/n) (He et al. 2015), "lecun" N(0, 1/n), "xavier" N(0, 2/(n + m)) (Glorot & Bengio 2010), "normal"
    N(0, 1), "orthogonal" (Saxe et al. 2014; rows or columns orthonormal), "zeros". gain multiplies every weight.
    Biases and shifts are 0, the scales of normalisation layers 1.
    Raises ValueError for an unknown scheme, or a gain that is negative or not finite.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"unknown scheme {scheme!r}; known: {', '.join(SCHEMES)}")
    if not (np.isfinite(gain) and gain >= 0):
        raise ValueError(f"gain is {gain}; need a finite number >= 0")
    rng = np.random.default_rng(seed)
    pieces = []
    for name, shape in parameter_shapes(network, input_shape).items():
        if name.endswith("weight"):
            pieces.append(gain * _weight(shape, scheme, rng))
        else:
            pieces.append(np.full(shape, 1.0 if name.endswith("scale") else 0.0))
    return np.concatenate([piece.ravel() for piece in pieces]) if pieces else np.zeros(0)


def _weight(shape, scheme, rng):
    if scheme == "zeros":
        return np.zeros(shape)
    draws = rng.standard_normal(shape)
    fan_in = math.prod(shape[1:])
    fan_out = shape[0] * math.prod(shape[2:])
    if scheme == "orthogonal":
        matrix = draws.reshape(shape[0], fan_in)
        q, r = np.linalg.qr(matrix if shape[0] >= fan_in else matrix.T)
        q = q * np.sign(np.diag(r))  # without these signs the distribution would not be uniform (Mezzadri 2007)
        return (q if shape[0] >= fan_in else q.T).reshape(shape)
    variance = {"he": 2 / fan_in, "lecun": 1 / fan_in, "xavier": 2 / (fan_in + fan_out), "normal": 1.0}[scheme]
    return draws * math.sqrt(variance)


def _shape(input_shape):
    shape = tuple(int(size) for size in input_shape)
    if len(shape) not in (1, 3) or min(shape) < 1:
        raise ValueError(f"input shape {input_shape} given; need (features,) or (channels, height, width)")
    return shape


def _chain_output(layers, shape, prefix=""):
    return [shape, *(output for *_, output in walk(layers, shape, prefix))][-1]


def _layer_output(layer, shape, name):
    where = f"layer {name[:-1]}, {layer}"
    if isinstance(layer, Dense | LayerNorm) and len(shape) != 1:
        raise ValueError(f"{where}: got inputs of shape {shape}, need vectors; put Flatten() before it")
    if isinstance(layer, Conv | MaxPool | AvgPool | GlobalAvgPool) and len(shape) != 3:
        raise ValueError(f"{where}: got inputs of shape {shape}, need (channels, height, width)")
    if isinstance(layer, Dense):
        return (layer.units,)
    if isinstance(layer, Flatten):
        return (math.prod(shape),)
    if isinstance(layer, GlobalAvgPool):
        return shape[:1]
    if isinstance(layer, Conv | MaxPool | AvgPool):
        window = layer.kernel if isinstance(layer, Conv) else layer.size
        stride = (layer.stride or window) if not isinstance(layer, Conv) else layer.stride
        height, width = ((size + 2 * layer.padding - window) // stride + 1 for size in shape[1:])
        if min(height, width) < 1:
            raise ValueError(f"{where}: its window is larger than the padded input of shape {shape}")
        return (layer.channels if isinstance(layer, Conv) else shape[0], height, width)
    if isinstance(layer, Residual):
        branch = _chain_output(layer.layers, shape, name)
        shortcut = _chain_output(layer.shortcut, shape, f"{name}shortcut.")
        if branch != shortcut:
            raise ValueError(f"{where}: its branch gives shape {branch}, its shortcut {shortcut}; they must agree")
        return branch
    return shape
