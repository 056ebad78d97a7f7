"""The figure `gradients`: the norm of the gradient by layer of a deep net."""

from d2lutils._checks import choice, real, whole
from d2lutils.interactive._figure import Figure, figure


def gradients(
    depth: int = 50,
    activation: str = "relu",
    gain: float = 1.0,
    skip: str = "none",
    *,
    alt: str | None = None,
) -> Figure:
    """The backpropagated gradient by layer: `meanfield.gradient_norms`, drawn.

    Parameters
    ----------
    depth : int
        Up to 200 layers.
    activation : {"linear", "relu", "tanh", "sigmoid"}
    gain : float
        Weights have variance ``gain**2 / width``; sqrt(2) is He's.
    skip : {"none", "1", "1/sqrt(L)"}
        No skip connections, x + branch, or x + branch / sqrt(depth).
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
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
        "The norm of the backpropagated gradient by layer of a deep net, on a "
        "logarithmic axis; depth, activation, "
        "weight scale and skip connections can be changed.",
    )
