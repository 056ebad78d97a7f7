"""The figure `deep_double_descent`: error by width and time of recorded networks."""

from typing import Annotated, Any

import numpy as np

from d2lutils._checks import has, shown
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_SHARES = {0.0: "none", 0.3: "30%"}


@table.documented
def deep_double_descent(
    run: Annotated[
        Any,
        table.data("runs.Run", "The recorded one, ``runs.load('double-descent')``."),
    ],
    random_labels: Annotated[
        float,
        table.real(
            0,
            0.3,
            "Share of the training labels that are drawn at random.",
            "random labels",
            options=_SHARES,
        ),
    ] = 0.3,
    width: Annotated[
        int,
        table.whole(
            "narrowest",
            "widest",
            "Hidden units of the network with the ring, one of the recorded numbers.",
            "hidden units",
            values="units",
            only=True,
        ),
    ] = 128,
    epochs: Annotated[
        int,
        table.whole(
            "first",
            "last",
            "How long the networks have been trained, one of the recorded times.",
            "epochs",
            values="times",
            only=True,
        ),
    ] = 400,
    *,
    alt: str | None = None,
) -> Figure:
    """Training and test error against the width, and against the time of training.

    Drawn are means over the recorded seeds, and the range of all on test data.
    """
    has("run", run, "settings", "results")
    try:
        conditions = run.settings["conditions"]
        units = sorted({condition["width"] for condition in conditions})
        runs = {
            (c["random_labels"], c["width"]): result
            for c, result in zip(conditions, run.results["runs"], strict=True)
        }
        times = runs[0.3, units[-1]]["epochs"]
        sweeps = [
            {"share": share, **_summary([runs[share, width] for width in units])}
            for share in _SHARES
        ]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(
            f"run must be the record 'double-descent', got {shown(run)}"
        ) from error
    narrowest, widest, first, last = units[0], units[-1], times[0], times[-1]
    state = table.checked(deep_double_descent, locals())
    return figure(
        "deep_double_descent",
        state | {"sweeps": sweeps, "units": units, "times": times},
        alt,
        "Training and test error of recorded networks against the number of hidden "
        "units, and of one width against the epochs; the share of random labels, the "
        "width and the time can be changed.",
    )


def _summary(runs):
    """By width and time: means over the seeds, and the range of all on test data."""
    train, test = (
        np.array([run[key] for run in runs]) for key in ("train_error", "test_error")
    )
    curves = {
        "train": train.mean(1),
        "test": test.mean(1),
        "least": test.min(1),
        "most": test.max(1),
    }
    return {name: values.round(4).tolist() for name, values in curves.items()}
