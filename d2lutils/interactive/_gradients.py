"""The figure `gradients`: the norm of the gradient by layer of a deep net."""

from d2lutils._checks import choice, real, whole
from d2lutils.interactive._figure import figure


def gradients(depth=50, activation="relu", gain=1.0, skip="none", *, alt=None):
    """Norm of the backpropagated gradient by layer in a wide random net, from `meanfield.gradient_norms`.

    depth: up to 200 layers. activation: "linear", "relu", "tanh" or "sigmoid". gain: weights have variance
    gain^2 / width; sqrt(2) is He's. skip: "none", "1" (x + branch) or "1/sqrt(L)" (x + branch / sqrt(depth)).
    """
    state = {
        "depth": whole("depth", depth, 1, 200),
        "activation": choice(
            "activation", activation, ("linear", "relu", "tanh", "sigmoid")
        ),
        "gain": real("gain", gain, most=10, above=0),
        "skip": choice("skip", skip, ("none", "1", "1/sqrt(L)")),
    }
    return figure(
        "gradients",
        state,
        alt,
        "The norm of the backpropagated gradient by layer of a deep net, on a logarithmic axis; depth, activation, "
        "weight scale and skip connections can be changed.",
    )
