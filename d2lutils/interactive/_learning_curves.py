"""The figure `learning_curves`: kernel regression's error from spectrum and target."""

from typing import Annotated

from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_DECAY = {"slider": (0, 4, 0.1)}


@table.documented
def learning_curves(
    n: Annotated[int, table.whole(1, 300, "Examples.")] = 30,
    spectrum_decay: Annotated[
        float, table.real(0, 4, "Of the eigenvalues.", "spectrum's decay", **_DECAY)
    ] = 1.5,
    target_decay: Annotated[
        float, table.real(0, 4, "Of the target.", "target's decay", **_DECAY)
    ] = 1.5,
    sigma: Annotated[
        float,
        table.real(
            0, 2, "Standard deviation of the noise.", "noise σ", slider=(0, 2, 0.05)
        ),
    ] = 0.2,
    ridge: Annotated[
        float,
        table.real(
            0,
            10,
            "Added to the diagonal of the kernel's matrix.",
            "ridge",
            values=table.nice(1e-5, 10, (1, 2, 5), zero=True),
        ),
    ] = 0.0,
    *,
    alt: str | None = None,
) -> Figure:
    """Expected error of kernel regression by number of examples, and what is learnt.

    `kernels.learning_curve`, drawn, for a kernel of 1000 modes. The eigenvalue of mode
    i is proportional to ``i**-spectrum_decay``, the square of the target's coefficient
    to ``i**-target_decay``; the sums of both are 1.
    """
    return figure(
        "learning_curves",
        table.checked(learning_curves, locals()),
        alt,
        "The expected error of kernel regression against the number of examples, on "
        "logarithmic axes, and below it the share of each mode of the kernel that is "
        "learnt; the decay of the spectrum and of the target, noise, ridge and the "
        "number of examples can be changed.",
    )
