"""The figure `grokking`: networks that fit early and generalise late."""

from typing import Annotated, Any

from d2lutils._checks import has, shown
from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_GAINS = {0.5: "half the usual", 2.0: "twice the usual"}
_DECAYS = {0.0: "none", 0.001: "0.001"}
_KEPT = {"train": "train_error", "test": "test_error"}


@table.documented
def grokking(
    run: Annotated[
        Any, table.data("runs.Run", "The recorded one, ``runs.load('grokking')``.")
    ],
    gain: Annotated[
        float,
        table.real(
            0.5,
            2,
            "Size of the initial weights, in parts of the usual one.",
            "initial weights",
            options=_GAINS,
        ),
    ] = 2.0,
    weight_decay: Annotated[
        float,
        table.real(
            0, 0.001, "Factor of the weights' decay.", "weight decay", options=_DECAYS
        ),
    ] = 0.001,
    network: Annotated[
        int,
        table.whole(
            0, 10, "The one of ten that is shown; 0 for the median of all.", "network"
        ),
    ] = 0,
    threshold: Annotated[
        float,
        table.real(
            0.01,
            0.2,
            "A network generalises from the first step with a lower test error.",
            "generalises below a test error of",
            slider=(0.01, 0.2, 0.01),
        ),
    ] = 0.05,
    step: Annotated[
        int, table.whole(40, 4000, "With the ring, rounded to those recorded.")
    ] = 1000,
    *,
    alt: str | None = None,
) -> Figure:
    """Error by step of ten networks, when they fit and when they generalise.

    A network fits from the first step without an error on its training set. All that is
    shown is recorded, one time in 40 steps.
    """
    has("run", run, "settings", "results")
    try:
        conditions = run.settings["conditions"]
        runs = list(zip(conditions, run.results["runs"], strict=True))
        early, late = (_by_condition(runs, most) for most in (200, 4000))
        keys = [(gain, decay) for gain in _GAINS for decay in _DECAYS]
        kept = [_curves(key, early[key], late[key]) for key in keys]
        steps = runs[-1][1]["epochs"]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(
            f"run must be the record 'grokking', got {shown(run)}"
        ) from error
    return figure(
        "grokking",
        table.checked(grokking, locals()) | {"steps": steps, "conditions": kept},
        alt,
        "Training and test error of ten recorded networks against the step, on a "
        "logarithmic axis, and for each network the steps at which it fits its "
        "training set and at which it generalises; initial weights, weight decay and "
        "the error that counts as generalising can be changed.",
    )


def _by_condition(runs, epochs):
    """{(gain, decay): results} of the trainings of some length."""
    return {
        (c["gain"], c["weight_decay"]): result
        for c, result in runs
        if c["epochs"] == epochs
    }


def _curves(condition, early, late):
    """What is shown of a condition; a curve ends where it stays as it is."""
    gain, decay = condition
    curves = {name: [_cut(curve) for curve in late[key]] for name, key in _KEPT.items()}
    shares = [early["first_two"], late["first_two"]]
    return {"gain": gain, "decay": decay, **curves, "shares": shares}


def _cut(curve):
    end = len(curve)
    while end > 1 and curve[end - 2] == curve[-1]:
        end -= 1
    return curve[:end]
