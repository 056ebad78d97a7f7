"""Matrix completion: error against the number of observed entries.

The recorded run behind the chapter, `load("completion-phase")`: seven instances for
each method and count, in float64, on one CPU.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np

from d2lutils import _checks, completion
from d2lutils.runs import _records
from d2lutils.runs._records import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "completion-phase": {
        "n": 100,
        "rank": 5,
        "counts": [1200, 1350, 1500, 1750, 2000, 2250, 2500, 3000, 4000],
        "depths": [2, 3, 4],
        "num_instances": 7,
        "seed": 0,
        "init_scale": 1e-3,
        "max_steps": 30_000,
        "tol": 1e-6,
    }
}
"""What is recorded: the arguments of `completion.phase_curve`."""

_MEASURES = ("errors", "effective_ranks", "losses")


def measure(
    settings: dict[str, Any],
    folder: pathlib.Path | None = None,
    callback: Callable | None = None,
    root: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Run the experiment.

    Parameters
    ----------
    settings : dict
        Such as ``SETTINGS["completion-phase"]``.
    folder : pathlib.Path, optional
        Where to keep what is done, so that a run that was killed goes on.
    callback : function, optional
        Called as ``callback(method, count, instance, error)``.
    root : path, optional
        Not needed: the matrices are drawn at random.

    Returns
    -------
    dict
        The record, see `Run`. Its results are the names of the ``methods`` and
        ``errors``, ``effective_ranks`` and ``losses``, nested lists (method, count,
        instance): those of `completion.PhaseCurve`.
    """
    values, seconds = _records.parts(
        folder,
        {f"{count}-entries": count for count in settings["counts"]},
        lambda count: _measured(settings, count, callback),
    )
    results = {"methods": values[0]["methods"]}
    for name in _MEASURES:
        joined = np.concatenate([value[name] for value in values], axis=1)
        results[name] = _records.rounded(joined)
    packages = ("scipy", "numba")
    return _records.made(settings, {}, "numba, float64", results, seconds, packages)


def _measured(
    settings: dict[str, Any], count: int, callback: Callable | None
) -> dict[str, Any]:
    """All methods and instances with one number of entries."""
    curve = completion.phase_curve(**settings | {"counts": [count]}, callback=callback)
    measures = {name: getattr(curve, name).tolist() for name in _MEASURES}
    return {"methods": list(curve.methods), **measures}


def phase_curve(run: Run | None = None) -> completion.PhaseCurve:
    """A run as `completion.PhaseCurve`; by default the one that is recorded."""
    run = _records.load("completion-phase") if run is None else run
    results = _checks.instance("run", run, Run).results
    return completion.PhaseCurve(
        np.array(run.settings["counts"]),
        tuple(results["methods"]),
        *(np.array(results[name]) for name in _MEASURES),
    )
