"""The figure `training_curves`: loss and error of trainings by epoch."""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np

from d2lutils._checks import array, choice, has, shown, whole
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure
from d2lutils.training import CURVES

_POINTS = 150


@table.documented
def training_curves(
    runs: Annotated[
        Mapping[str, Any],
        table.data(
            "dict from label to run",
            "At most 8; a run, such as `runs.Run` or `training.History`, has epochs, "
            "train_loss, train_error, test_loss and test_error, arrays of one length: "
            "losses >= 0, errors from 0 to 1.",
        ),
    ],
    run: Annotated[
        str | None,
        table.choice(
            "runs", "Label of the one shown first, by default the first.", "run"
        ),
    ] = None,
    epoch: Annotated[
        int | None,
        table.whole(
            "first",
            "last",
            "The one shown first, by default the last of that run.",
            "epoch",
            values="epochs",
        ),
    ] = None,
    *,
    alt: str | None = None,
) -> Figure:
    """Loss and error of trainings by epoch, and where one would have stopped.

    Each curve keeps at most 150 points, the two stops and `epoch` among them, and four
    digits. The stops are the first epochs with the least test loss and the least test
    error.
    """
    if (
        not isinstance(runs, Mapping)
        or not 1 <= len(runs) <= 8
        or not all(isinstance(label, str) for label in runs)
    ):
        raise ValueError(f"runs must be a dict of 1 to 8 runs by label, got {runs!r}")
    if epoch is not None:
        epoch = whole("epoch", epoch, 0)
    curves = {label: _thinned(label, one, epoch) for label, one in runs.items()}
    label = choice("run", next(iter(runs)) if run is None else run, tuple(runs))
    epochs = curves[label]["epochs"]
    first, last = epochs[0], epochs[-1]
    given = {"run": label, "epoch": last if epoch is None else epoch}
    state = table.checked(training_curves, locals() | given)
    return figure(
        "training_curves",
        state | {"runs": list(curves.values())},
        alt,
        f"Loss and error on training and test data by epoch ({', '.join(runs)}), the "
        "values at an epoch that can be "
        "chosen, and the epochs with the least test loss and the least test error.",
    )


def _thinned(label, run, wanted):
    has("runs", run, *CURVES)
    epochs = array("runs: epochs", run.epochs, dtype=None)
    values = {
        name: array(f"runs: {name}", getattr(run, name), finite=False)
        for name in CURVES[1:]
    }
    if (
        epochs.ndim != 1
        or len(epochs) < 2
        or not (np.diff(epochs) > 0).all()
        or epochs[0] < 0
    ):
        raise ValueError(
            f"runs: epochs of {label} must be at least two rising numbers >= 0, got "
            f"{epochs}"
        )
    for name, curve in values.items():
        most = 1 if name.endswith("error") else np.inf
        if (
            curve.shape != epochs.shape
            or not (np.isfinite(curve) & (curve >= 0) & (curve <= most)).all()
        ):
            raise ValueError(
                f"runs: {name} of {label} must hold a finite number >= 0, errors <= "
                f"1, for each epoch, got {shown(curve)}"
            )
    stops = [int(values[name].argmin()) for name in ("test_loss", "test_error")]
    spread = (
        np.linspace(0, len(epochs) - 1, min(len(epochs), _POINTS - 3))
        .round()
        .astype(int)
    )
    kept = np.union1d(
        spread, stops if wanted is None else [*stops, np.abs(epochs - wanted).argmin()]
    )
    short = {
        name: [float(f"{value:.4g}") for value in curve[kept]]
        for name, curve in values.items()
    }
    place = [int(np.searchsorted(kept, stop)) for stop in stops]
    return {
        "label": label,
        "epochs": [int(e) for e in epochs[kept]],
        **short,
        "stops": place,
    }
