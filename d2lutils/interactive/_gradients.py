"""The figure `gradients`: the norm of the gradient by layer of a deep net."""

from typing import Annotated

from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_ACTIVATIONS = {"linear": "linear", "relu": "ReLU", "tanh": "tanh"}
_ACTIVATIONS |= {"sigmoid": "sigmoid"}
_SKIPS = {"none": "none", "1": "x + branch", "1/sqrt(L)": "x + branch / √L"}
_HE = 2**0.5


@table.documented
def gradients(
    depth: Annotated[
        int, table.whole(1, 200, "Number of layers.", "depth L", slider=(1, 50, 1))
    ] = 50,
    activation: Annotated[
        str, table.choice(_ACTIVATIONS, "After each layer.", "activation")
    ] = "relu",
    gain: Annotated[
        float,
        table.real(
            0,
            10,
            "Weights have variance ``gain**2 / width``; sqrt(2) is He's.",
            "gain g (weights: variance g²/width)",
            open=True,
            values=[_HE if i == 28 else i / 20 for i in range(2, 61)],
        ),
    ] = 1.0,
    skip: Annotated[
        str,
        table.choice(
            _SKIPS,
            "No skip connections, x + branch, or x + branch / sqrt(depth).",
            "skip connections",
        ),
    ] = "none",
    width: Annotated[
        int,
        table.whole(
            1,
            64,
            "Of the one net that is drawn at random.",
            "width of one net",
            values=(4, 8, 16, 32, 64),
        ),
    ] = 32,
    seed: Annotated[
        int,
        table.seed(
            "Of `normals`: the net's input, the gradient at its last layer, then the "
            "weights of the layers, each a matrix row by row."
        ),
    ] = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """The backpropagated gradient by layer: `meanfield.gradient_norms`, drawn.

    Beside this limit of infinite width, one net of finite width.
    """
    return figure(
        "gradients",
        table.checked(gradients, locals()),
        alt,
        "The norm of the backpropagated gradient by layer of a deep net, on a "
        "logarithmic axis, in the limit of infinite width and in one random net; "
        "depth, activation, weight scale, skip connections and the net's width can "
        "be changed.",
    )
