"""The figure `edge_of_chaos`: the phase diagram of deep tanh nets."""

from d2lutils._checks import real
from d2lutils.interactive._figure import Figure, figure


def edge_of_chaos(
    gain: float = 2.0,
    bias_scale: float = 0.3,
    *,
    alt: str | None = None,
) -> Figure:
    """Order and chaos in deep tanh nets, by the scales of weights and biases.

    What `meanfield.phase` says of a point of the map, and `meanfield.cosines` of pairs
    of inputs with cosine 0 and 0.95.

    Parameters
    ----------
    gain : float
        Weights have variance ``gain**2 / width``; from 0.5 to 3.
    bias_scale : float
        Standard deviation of the biases, at most 1.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
    """
    state = {
        "gain": real("gain", gain, 0.5, 3),
        "bias_scale": real("bias_scale", bias_scale, 0, 1),
    }
    return figure(
        "edge_of_chaos",
        state,
        alt,
        "A map of deep tanh nets by the scales of their weights and biases, in which "
        "the edge of chaos parts order, to the left, from chaos; beside it the cosine "
        "of two pairs of inputs by layer at the chosen point, which can be moved.",
    )
