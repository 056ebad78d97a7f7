"""The figure `edge_of_chaos`: the phase diagram of deep tanh nets."""

from typing import Annotated

from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure


@table.documented
def edge_of_chaos(
    gain: Annotated[
        float,
        table.real(
            0.5,
            3,
            "Weights have variance ``gain**2 / width``.",
            "weights σ_w",
            slider=(0.5, 3, 0.05),
        ),
    ] = 2.0,
    bias_scale: Annotated[
        float,
        table.real(
            0,
            1,
            "Standard deviation of the biases.",
            "biases σ_b",
            slider=(0, 1, 0.05),
        ),
    ] = 0.3,
    *,
    alt: str | None = None,
) -> Figure:
    """Order and chaos in deep tanh nets, by the scales of weights and biases.

    What `meanfield.phase` says of a point of the map, and `meanfield.cosines` of pairs
    of inputs with cosine 0 and 0.95.
    """
    return figure(
        "edge_of_chaos",
        table.checked(edge_of_chaos, locals()),
        alt,
        "A map of deep tanh nets by the scales of their weights and biases, in which "
        "the edge of chaos parts order, to the left, from chaos; beside it the cosine "
        "of two pairs of inputs by layer at the chosen point, which can be moved.",
    )
