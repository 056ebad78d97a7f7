"""The recorded phase curve: made as its settings say, and still what the code gives."""

import numpy as np
import pytest

from d2lutils import completion, runs
from d2lutils.runs import completion as recorded


@pytest.mark.filterwarnings("ignore:the data cannot identify")
def test_a_run_holds_what_each_method_made_of_each_instance():
    small = {
        "n": 20,
        "rank": 1,
        "counts": [120, 300],
        "depths": [2, 3],
        "num_instances": 2,
        "seed": 5,
    }
    told = []
    run = recorded.measure(
        small | {"init_scale": 1e-2, "max_steps": 300, "tol": 1e-6},
        callback=lambda *what: told.append(what),
    )
    run |= run.pop("results")
    assert run["methods"] == ["nuclear norm", "depth 2", "depth 3"]
    task = completion.problem(20, 1, 300, np.random.default_rng([5, 1]))
    done = completion.deep_factorization(
        task.observed, task.mask, depth=3, rng=1, init_scale=1e-2, max_steps=300
    )
    error = completion.relative_error(done.matrix, task.truth, task.mask)
    expected = error, completion.effective_rank(done.matrix), done.objective
    found = [run[name][2][1][1] for name in ("errors", "effective_ranks", "losses")]
    assert found == pytest.approx(expected, rel=1e-5)
    assert told[-1] == ("depth 3", 300, 1, pytest.approx(error))
    assert (
        np.shape(run["errors"])
        == np.shape(run["losses"])
        == np.shape(run["effective_ranks"])
        == (3, 2, 2)
    )
    assert {
        "settings",
        "data",
        "threads",
        "engine",
        "device",
        "versions",
        "seconds",
        "date",
    } <= run.keys()


def test_the_stored_run_is_that_of_the_configuration():
    run, curve = runs.load("completion-phase"), recorded.phase_curve()
    c = recorded.SETTINGS["completion-phase"]
    assert run.settings == c
    assert curve.errors.shape == (
        len(curve.methods),
        len(c["counts"]),
        c["num_instances"],
    )
    assert run.origin.startswith(f"Recorded on {run.record['date']}")
    i, j = 1, c["counts"].index(2000)
    task = completion.problem(
        c["n"], c["rank"], 2000, np.random.default_rng([c["seed"], i])
    )
    for k, matrix in (
        (0, completion.nuclear_norm(task.observed, task.mask, tol=1e-5).matrix),
        (
            1,
            completion.deep_factorization(
                task.observed, task.mask, depth=2, rng=i
            ).matrix,
        ),
    ):
        error = completion.relative_error(matrix, task.truth, task.mask)
        assert curve.errors[k, j, i] == pytest.approx(error, rel=1e-3)
