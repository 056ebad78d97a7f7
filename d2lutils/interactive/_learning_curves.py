"""The figure `learning_curves`: kernel regression's error from spectrum and target."""

from d2lutils._checks import real, whole
from d2lutils.interactive._figure import Figure, figure


def learning_curves(
    n: int = 30,
    spectrum_decay: float = 1.5,
    target_decay: float = 1.5,
    sigma: float = 0.2,
    ridge: float = 0.0,
    *,
    alt: str | None = None,
) -> Figure:
    """Expected error of kernel regression by number of examples, and what is learnt.

    `kernels.learning_curve`, drawn, for a kernel of 1000 modes. The eigenvalue of mode
    i is proportional to ``i**-spectrum_decay``, the square of the target's coefficient
    to ``i**-target_decay``; the sums of both are 1.

    Parameters
    ----------
    n : int
        Examples, 1 to 300.
    spectrum_decay, target_decay : float
        From 0 to 4.
    sigma : float
        Standard deviation of the noise, at most 2.
    ridge : float
        Added to the diagonal of the kernel's matrix, at most 10.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
    """
    state = {
        "n": whole("n", n, 1, 300),
        "spectrum_decay": real("spectrum_decay", spectrum_decay, 0, 4),
        "target_decay": real("target_decay", target_decay, 0, 4),
        "sigma": real("sigma", sigma, 0, 2),
        "ridge": real("ridge", ridge, 0, 10),
    }
    return figure(
        "learning_curves",
        state,
        alt,
        "The expected error of kernel regression against the number of examples, on "
        "logarithmic axes, and below it the share of each mode of the kernel that is "
        "learnt; the decay of the spectrum and of the target, noise, ridge and the "
        "number of examples can be changed.",
    )
