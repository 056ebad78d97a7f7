"""The figure `width_transfer`: narrow nets' learning rates for wide ones."""

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike

from d2lutils._checks import array, shown
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure


@table.documented
def width_transfer(
    losses: Annotated[
        Mapping[str, ArrayLike],
        table.data(
            "dict from label to array of shape (starts, widths, rates)",
            "Losses >= 0 after training, by start, width and rate, of two ways to "
            "scale; infinite where training diverged.",
        ),
    ],
    widths: Annotated[
        ArrayLike,
        table.data("array", "Two or three, rising."),
    ],
    rates: Annotated[
        ArrayLike,
        table.data("array", "Learning rates > 0, at least two, rising."),
    ],
    scaling: Annotated[
        str | None,
        table.choice(
            "losses", "Label of the one shown first, by default the first.", "scaling"
        ),
    ] = None,
    width: Annotated[
        int | None,
        table.whole(
            "narrowest",
            "widest",
            "The one with the ring, by default the widest.",
            "width",
            values="units",
            only=True,
        ),
    ] = None,
    rate: Annotated[
        float | None,
        table.real(
            "slowest",
            "fastest",
            "With the ring, rounded to one of the rates, by default the one in the "
            "middle.",
            "learning rate",
            values="tried",
        ),
    ] = None,
    *,
    alt: str | None = None,
) -> Figure:
    """Loss by learning rate at several widths, and where the best rate lies.

    Drawn are medians over the starts, with three digits. The best rate of a width is
    the mean over the starts of the logarithm of each one's best.
    """
    if not isinstance(losses, Mapping) or len(losses) != 2:
        raise ValueError(f"losses must be a dict of two arrays, got {shown(losses)}")
    units, tried = _rising("widths", widths), _rising("rates", rates)
    if not 2 <= len(units) <= 3 or any(unit != int(unit) for unit in units):
        raise ValueError(f"widths must be two or three whole numbers, got {units}")
    units = [int(unit) for unit in units]
    shape = len(units), len(tried)
    sweeps = [_sweep(label, sweep, shape) for label, sweep in losses.items()]
    narrowest, widest, slowest, fastest = units[0], units[-1], tried[0], tried[-1]
    first = next(iter(losses))
    given = {
        "scaling": first if scaling is None else scaling,
        "width": widest if width is None else width,
        "rate": tried[len(tried) // 2] if rate is None else rate,
    }
    state = table.checked(width_transfer, locals() | given)
    return figure(
        "width_transfer",
        state | {"sweeps": sweeps, "widths": units, "rates": tried},
        alt,
        f"Loss against learning rate at widths {', '.join(map(str, units))}, and the "
        f"best rate against the width, in two ways to scale ({', '.join(losses)}), of "
        "which one is chosen; width and rate can be changed.",
    )


def _rising(name, values):
    numbers = array(name, values)
    if numbers.ndim != 1 or len(numbers) < 2 or not (np.diff(numbers) > 0).all():
        raise ValueError(f"{name} must be at least two rising numbers, got {values!r}")
    if numbers[0] <= 0:
        raise ValueError(f"{name} must be > 0, got {values!r}")
    return numbers.tolist()


def _sweep(label, losses, shape):
    """Medians, None where infinite, and the place of each start's best rate."""
    values = array(f"losses: {label}", losses, finite=False)
    if values.ndim != 3 or values.shape[1:] != shape or not (values >= 0).all():
        raise ValueError(
            f"losses must hold numbers >= 0 in arrays of shape (starts, {shape[0]}, "
            f"{shape[1]}), got {shown(values)} for {label}"
        )
    medians = np.median(values, axis=0).tolist()
    return {
        "label": str(label),
        "medians": [[_digits(loss) for loss in row] for row in medians],
        "best": values.argmin(axis=2).tolist(),
    }


def _digits(loss):
    return float(f"{loss:.3g}") if np.isfinite(loss) else None
