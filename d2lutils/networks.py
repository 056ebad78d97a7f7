"""Networks as plain data: frozen layer specs that engines train and `kernels` takes to infinite width.

    network = Network(Flatten(), Dense(512), ReLU(), Dense(10))
    network.layers[1].units                            # 512
    shapes = parameter_shapes(network, (1, 28, 28))    # {"1.weight": (512, 784), "1.bias": (512,), ...}
    parameters = initial_parameters(network, (1, 28, 28), seed=0, scheme="he")    # (407050,)

Nothing here computes a forward pass, so nothing here needs a framework. Parameters are drawn in NumPy, in one
fixed order, so that every engine starts from the same bits. The order of a *flat* parameter vector is that of
`parameter_shapes`: layers from input to output; within a layer weight, then bias (for normalisation: scale, then
shift); within an array row by row.

Shapes never include the batch: input_shape, of one input, is (features,) or (channels, height, width). num_outputs:
units of the last layer. bias: whether layers have one. What cannot be built raises ValueError, what is no layer
TypeError.
"""

import math

import numpy as np

from d2lutils import _checks
from d2lutils._layers import (
    LAYERS,
    AvgPool,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    LayerNorm,
    LeakyReLU,
    MaxPool,
    Network,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    Tanh,
    chain_output,
    walk,
)

__all__ = [
    "LAYERS", "SCHEMES", "AvgPool", "BatchNorm", "Conv", "Dense", "Dropout", "Flatten", "GlobalAvgPool", "LayerNorm",
    "LeakyReLU", "MaxPool", "Network", "ReLU", "Residual", "Scale", "Sigmoid", "Tanh", "activation_layers",
    "cuda_convnet", "deep", "initial_parameters", "layer_parameter_shapes", "lenet5", "mlp", "num_parameters",
    "output_shape", "parameter_shapes", "resnet", "unflatten", "walk",
]  # fmt: skip

SCHEMES = ("he", "lecun", "xavier", "normal", "orthogonal", "zeros")
_ACTIVATIONS = {"relu": (ReLU(),), "tanh": (Tanh(),), "sigmoid": (Sigmoid(),), "linear": ()}


def activation_layers(activation):
    """The layers of an activation, a tuple: (ReLU(),) for "relu"; also "tanh", "sigmoid" and "linear" (no layer)."""
    return _ACTIVATIONS[_checks.choice("activation", activation, _ACTIVATIONS)]


def mlp(num_hiddens, num_outputs, activation="relu", *, bias=True):
    """Fully connected network. num_hiddens: one width or a sequence of widths; activation: see `activation_layers`.

    Takes vectors and images alike (it begins with `Flatten`).
    """
    widths = np.atleast_1d(_array("num_hiddens", num_hiddens)).tolist()
    widths = [_checks.whole("num_hiddens", width) for width in widths]
    hidden = [layer for width in widths for layer in (Dense(width, bias), *activation_layers(activation))]
    return Network(Flatten(), *hidden, _outputs(num_outputs, bias))


def lenet5(num_outputs=10, *, channels=(6, 16), hidden=(120, 84), padding=2, activation="relu", pooling="max"):
    """LeNet-5 (LeCun et al. 1998) for images of 28 x 28 pixels: two 5 x 5 convolutions, then dense layers.

    The defaults are its sizes with today's ReLU and max-pooling; activation="sigmoid", pooling="avg" is the
    book d2l's version; channels=(20, 50), hidden=(500,), padding=0 is Caffe's, with one fully connected hidden
    layer. padding is that of the first convolution: with 2, 28 pixels do for the 32 of the paper.
    """
    pools = {"max": MaxPool(2), "avg": AvgPool(2)}
    pool, activation = pools[_checks.choice("pooling", pooling, pools)], activation_layers(activation)
    channels, hidden = _array("channels", channels).tolist(), _array("hidden", hidden).tolist()
    if np.shape(channels) != (2,) or np.ndim(hidden) != 1:
        raise ValueError(f"need two channels and a sequence of hidden widths, got {channels} and {hidden}")
    dense = [layer for width in hidden for layer in (Dense(_checks.whole("hidden", width)), *activation)]
    return Network(
        Conv(channels[0], 5, padding=padding), *activation, pool, Conv(channels[1], 5), *activation, pool,
        Flatten(), *dense, _outputs(num_outputs),
    )  # fmt: skip


def cuda_convnet(num_outputs=10, *, width=32):
    """Krizhevsky's cuda-convnet for CIFAR-10 without local response normalisation (Caffe's "CIFAR-10 quick").

    Three 5 x 5 convolutions with `width`, `width` and 2 * `width` channels, each followed by overlapping 3 x 3
    pooling, then 2 * `width` hidden units. At 32 x 32 pixels and width 32: 145 578 parameters.
    """
    width = _checks.whole("width", width)
    return Network(
        Conv(width, 5, padding=2), MaxPool(3, 2, 1), ReLU(),
        Conv(width, 5, padding=2), ReLU(), AvgPool(3, 2, 1),
        Conv(2 * width, 5, padding=2), ReLU(), AvgPool(3, 2, 1),
        Flatten(), Dense(2 * width), ReLU(), _outputs(num_outputs),
    )  # fmt: skip


def resnet(num_outputs=10, *, blocks=3, width=16):
    """The residual network of He et al. 2016 for CIFAR-10: 6 * blocks + 2 layers with weights, so 20 by default.

    Three stages of `blocks` blocks with `width`, 2 * `width` and 4 * `width` channels, halving the image between
    them; a 1 x 1 convolution is the shortcut where the shape changes.
    """
    blocks, width = _checks.whole("blocks", blocks, 1, 10_000), _checks.whole("width", width)
    layers = [Conv(width, 3, padding=1, bias=False), BatchNorm(), ReLU()]
    for stage in range(3):
        channels = width * 2**stage
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            branch = (
                Conv(channels, 3, stride, 1, bias=False), BatchNorm(), ReLU(),
                Conv(channels, 3, 1, 1, bias=False), BatchNorm(),
            )  # fmt: skip
            shortcut = () if stride == 1 else (Conv(channels, 1, stride, bias=False),)
            layers += [Residual(*branch, shortcut=shortcut), ReLU()]
    return Network(*layers, GlobalAvgPool(), _outputs(num_outputs))


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
    _checks.choice("normalization", normalization, kinds)
    depth, width = _checks.whole("depth", depth, 1, 100_000), _checks.whole("width", width)
    dense, rest = (Dense(width, bias),), kinds[normalization] + activation_layers(activation)
    block = rest + dense if pre_activation else dense + rest
    scale = _checks.real("scale", scale)
    blocks = (Residual(*block, scale=scale),) * depth if residual else block * depth
    return Network(*blocks, *(() if num_outputs is None else (_outputs(num_outputs, bias),)))


def output_shape(network, input_shape):
    """Shape of the network's output for one input of the given shape. Raises ValueError where shapes do not fit."""
    return chain_output(_layers_of(network), _checks.shape("input_shape", input_shape))


def parameter_shapes(network, input_shape):
    """The shape of each trainable array of a network, {"1.weight": ..., "3.0.bias": ...}, in a flat vector's order."""
    shapes = {}
    for name, layer, shape, _ in walk(_layers_of(network), _checks.shape("input_shape", input_shape)):
        for key, array_shape in layer_parameter_shapes(layer, shape).items():
            shapes[name + key] = array_shape
    return shapes


def layer_parameter_shapes(layer, shape):
    """The shape of each trainable array of one layer with inputs of the given shape, by name. {} if it has none."""
    _checks.instance("layer", layer, LAYERS)
    shape = _checks.shape("shape", shape)
    if isinstance(layer, Dense):
        return {"weight": (layer.units, shape[0])} | ({"bias": (layer.units,)} if layer.bias else {})
    if isinstance(layer, Conv):
        weight = (layer.channels, shape[0], layer.kernel, layer.kernel)
        return {"weight": weight} | ({"bias": (layer.channels,)} if layer.bias else {})
    if isinstance(layer, BatchNorm | LayerNorm) and layer.affine:
        return {"scale": (shape[0],), "shift": (shape[0],)}
    return {}


def num_parameters(network, input_shape):
    """Number of trainable parameters of a network, an int."""
    return sum(math.prod(shape) for shape in parameter_shapes(network, input_shape).values())


def unflatten(network, input_shape, flat):
    """Views of a network's flat parameter vector (P,) as arrays by name, in the shapes of `parameter_shapes`.

    Raises ValueError if flat has not P entries.
    """
    shapes = parameter_shapes(network, input_shape)
    flat = _checks.array("flat", flat, finite=False, dtype=None)
    total = sum(math.prod(shape) for shape in shapes.values())
    if flat.shape != (total,):
        raise ValueError(f"flat must hold the parameters of this network and input, need ({total},), got {flat.shape}")
    arrays, start = {}, 0
    for name, shape in shapes.items():
        stop = start + math.prod(shape)
        arrays[name] = flat[start:stop].reshape(shape)
        start = stop
    return arrays


def initial_parameters(network, input_shape, seed=0, scheme="he", gain=1.0):
    """Random initial parameters of a network, (P,) float64, in the order of `parameter_shapes`.

    seed: an int or a numpy.random.Generator. scheme, for each weight with n inputs and m outputs a unit:
    "he" N(0, 2/n) (He et al. 2015), "lecun" N(0, 1/n), "xavier" N(0, 2/(n + m)) (Glorot & Bengio 2010), "normal"
    N(0, 1), "orthogonal" (Saxe et al. 2014; rows or columns orthonormal), "zeros". gain multiplies every weight.
    Biases and shifts are 0, the scales of normalisation layers 1.
    Raises ValueError for an unknown scheme, or a gain that is negative or not finite.
    """
    _checks.choice("scheme", scheme, SCHEMES)
    gain, rng = _checks.real("gain", gain, 0), np.random.default_rng(_checks.seed("seed", seed))
    _checks.fits("network", num_parameters(network, input_shape))
    pieces = []
    for name, shape in parameter_shapes(network, input_shape).items():
        if name.endswith("weight"):
            pieces.append(gain * _weight(shape, scheme, rng))
        else:
            pieces.append(np.full(shape, 1.0 if name.endswith("scale") else 0.0))
    return np.concatenate([piece.ravel() for piece in pieces]) if pieces else np.zeros(0)


def _outputs(num_outputs, bias=True):
    return Dense(_checks.whole("num_outputs", num_outputs), bias)


def _layers_of(network):
    return _checks.instance("network", network, Network).layers


def _array(name, values):
    return _checks.array(name, values, dtype=None)


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
