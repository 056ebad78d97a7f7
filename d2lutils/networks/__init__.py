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

from d2lutils.networks._architectures import (
    activation_layers,
    cuda_convnet,
    deep,
    lenet5,
    mlp,
    resnet,
)
from d2lutils.networks._layers import (
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
    walk,
)
from d2lutils.networks._parameters import (
    SCHEMES,
    initial_parameters,
    layer_parameter_shapes,
    num_parameters,
    output_shape,
    parameter_shapes,
    unflatten,
)

__all__ = [
    "LAYERS",
    "SCHEMES",
    "AvgPool",
    "BatchNorm",
    "Conv",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAvgPool",
    "LayerNorm",
    "LeakyReLU",
    "MaxPool",
    "Network",
    "ReLU",
    "Residual",
    "Scale",
    "Sigmoid",
    "Tanh",
    "activation_layers",
    "cuda_convnet",
    "deep",
    "initial_parameters",
    "layer_parameter_shapes",
    "lenet5",
    "mlp",
    "num_parameters",
    "output_shape",
    "parameter_shapes",
    "resnet",
    "unflatten",
    "walk",
]
