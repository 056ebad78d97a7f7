"""Networks as plain data: layer specs that engines train, and `kernels` makes infinite.

::

    network = Network(Flatten(), Dense(512), ReLU(), Dense(10))
    network.layers[1].units                 # 512
    shapes = layout(network, (1, 28, 28))   # worked out once, handed to whoever asks
    shapes.shapes["1.weight"], shapes.size  # (512, 784), 407050
    initial_parameters(network, (1, 28, 28), seed=0, scheme="he")    # (407050,)

Nothing here computes a forward pass, so nothing here needs a framework. Parameters are
drawn in NumPy, in one fixed order, so that every engine starts from the same bits. The
order of a *flat* parameter vector is that of `parameter_shapes`: layers from input to
output; within a layer weight, then bias (for normalisation: scale, then shift); within
an array row by row.

Shapes never include the batch: ``input_shape``, of one input, is (features,) or
(channels, height, width). What cannot be built raises ValueError, what is no layer
TypeError.
"""

from d2lutils.networks._architectures import (
    activation_layers,
    cuda_convnet,
    deep,
    lenet5,
    mlp,
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
)
from d2lutils.networks._layout import (
    Layout,
    Step,
    layer_parameter_shapes,
    layout,
    num_parameters,
    output_shape,
    parameter_shapes,
    unflatten,
    walk,
)
from d2lutils.networks._parameters import (
    SCHEMES,
    draw_parameters,
    initial_parameters,
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
    "Layout",
    "LeakyReLU",
    "MaxPool",
    "Network",
    "ReLU",
    "Residual",
    "Scale",
    "Sigmoid",
    "Step",
    "Tanh",
    "activation_layers",
    "cuda_convnet",
    "deep",
    "draw_parameters",
    "initial_parameters",
    "layer_parameter_shapes",
    "layout",
    "lenet5",
    "mlp",
    "num_parameters",
    "output_shape",
    "parameter_shapes",
    "unflatten",
    "walk",
]
