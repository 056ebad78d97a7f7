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
    *,
    alt: str | None = None,
) -> Figure:
    """The backpropagated gradient by layer: `meanfield.gradient_norms`, drawn."""
    return figure(
        "gradients",
        table.checked(gradients, locals()),
        alt,
        "The norm of the backpropagated gradient by layer of a deep net, on a "
        "logarithmic axis; depth, activation, "
        "weight scale and skip connections can be changed.",
    )
