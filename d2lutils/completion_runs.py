"""The recorded run behind the chapter on matrix completion: error against the number of observed entries.

    python -m d2lutils.completion_runs      run it again and store it in data/completion-phase.json
"""

import json
import platform
import time

import numpy as np

from d2lutils import _recorded
from d2lutils.completion import (
    PhaseCurve,
    deep_factorization,
    effective_rank,
    nuclear_norm,
    problem,
    relative_error,
)

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
"""What was recorded. Problem i has the seed [seed, i], its factors start from the seed i, as in `phase_curve`."""


def phase(configuration, progress=None):
    """Run a configuration like `CONFIGURATION`; return it with what came out and how, as JSON values.

    errors, effective_ranks and losses are nested lists (method, count, instance): relative error over the
    unobserved entries, effective rank of the completion, mean squared error over the observed entries.
    progress: called as progress(method, count, instance, error).
    """
    c, start = configuration, time.perf_counter()
    methods = ["nuclear norm", *(f"depth {depth}" for depth in c["depths"])]
    measured = np.empty((3, len(methods), len(c["counts"]), c["num_instances"]))
    for i in range(c["num_instances"]):
        for j, count in enumerate(c["counts"]):
            task = problem(c["n"], c["rank"], count, np.random.default_rng([c["seed"], i]))
            for k, depth in enumerate([None, *c["depths"]]):
                if depth is None:
                    done = nuclear_norm(task.observed, task.mask, tol=1e-5)
                else:
                    descent = {name: c[name] for name in ("init_scale", "max_steps", "tol")}
                    done = deep_factorization(task.observed, task.mask, depth=depth, rng=i, **descent)
                error = relative_error(done.matrix, task.truth, task.mask)
                loss = np.mean((done.matrix - task.observed)[task.mask] ** 2)
                measured[:, k, j, i] = error, effective_rank(done.matrix), loss
                if progress is not None:
                    progress(methods[k], count, i, error)
    errors, ranks, losses = ([[[float(f"{v:.6g}") for v in r] for r in m] for m in table] for table in measured)
    return {
        "recipe": "completion-phase",
        "configuration": c,
        "methods": methods,
        "errors": errors,
        "effective_ranks": ranks,
        "losses": losses,
        "engine": "numba, float64",
        "device": f"CPU, {platform.machine()}",
        "seconds": round(time.perf_counter() - start),
        **_recorded.stamp("numpy", "scipy", "numba"),
    }


def stored():
    """The recorded run as `phase` returned it."""
    return _recorded.load("completion-phase")


def origin():
    """One sentence that says where the recorded numbers come from."""
    run = stored()
    numba = run["engine"].replace("numba", f"numba {run['versions']['numba']}")
    return _recorded.origin(run, numba, f"one {run['device']}")



def phase_curve():
    """The recorded run as `completion.PhaseCurve`."""
    run = stored()
    return PhaseCurve(np.array(run["configuration"]["counts"]), tuple(run["methods"]), np.array(run["errors"]))


if __name__ == "__main__":
    run = phase(CONFIGURATION, lambda *what: print(*what, flush=True))
    text = json.dumps(run, indent=1, sort_keys=True) + "\n"
    _recorded.file("completion-phase").write_text(text, encoding="utf8")
