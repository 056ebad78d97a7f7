"""The recorded run behind the chapter on matrix completion: error against the number of observed entries.

    python -m d2lutils.runs.completion      run it again and store it in data/completion-phase.json

Seven instances for each method and count, on one CPU.
"""

import platform
import time

import numpy as np

from d2lutils import completion
from d2lutils.runs import _records

CONFIGURATION = {
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
"""What was recorded: the arguments of `completion.phase_curve`."""

_MEASURES = ("errors", "effective_ranks", "losses")


def phase(configuration, callback=None):
    """Run a configuration like `CONFIGURATION`; return it with what came out and how, as JSON values.

    errors, effective_ranks and losses are nested lists (method, count, instance), those of `completion.PhaseCurve`.
    callback: called as callback(method, count, instance, error).
    """
    start = time.perf_counter()
    curve = completion.phase_curve(**configuration, callback=callback)
    return {
        "recipe": "completion-phase",
        "configuration": configuration,
        "methods": list(curve.methods),
        **{name: _records.rounded(getattr(curve, name)) for name in _MEASURES},
        "engine": "numba, float64",
        "device": f"CPU, {platform.machine()}",
        "seconds": round(time.perf_counter() - start),
        **_records.stamp("numpy", "scipy", "numba"),
    }


def stored():
    """The recorded run as `phase` returned it."""
    return _records.load("completion-phase")


def origin():
    """One sentence that says where the recorded numbers come from."""
    run = stored()
    numba = run["engine"].replace("numba", f"numba {run['versions']['numba']}")
    return _records.origin(run, numba, f"one {run['device']}")


def phase_curve():
    """The recorded run as `completion.PhaseCurve`."""
    run = stored()
    measured = (np.array(run[name]) for name in _MEASURES)
    return completion.PhaseCurve(
        np.array(run["configuration"]["counts"]), tuple(run["methods"]), *measured
    )


if __name__ == "__main__":
    _records.save(
        "completion-phase", phase(CONFIGURATION, lambda *what: print(*what, flush=True))
    )
