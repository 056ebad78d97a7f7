"""How much faster two processes sweep than one; measured in turn, in one run.

    python benchmarks/search.py [seconds a trial]

Random search over 12 trials of equal length, each a network trained by NumPy in one
thread, 0.6 s unless said otherwise; and Hyperband over the same network, whose last
rungs leave a worker idle. A sweep runs with one process, then with two, in turn; the
studies must be the same. Takes about a minute.
"""

import statistics
import sys
import time

from d2lutils.search import hyperband, log_uniform, random_search
from d2lutils.tuning import DigitsMLP

REPEATS = 5
SPACE = {"lr": log_uniform(1e-3, 1e-1), "l2": log_uniform(1e-6, 1e-1)}


class Timed(DigitsMLP):
    """100 hidden units for all, so that trials differ in their resource alone."""

    def __call__(self, config, resource, state):
        return super().__call__(config | {"hidden": 100}, resource, state)


def seconds(function, **settings):
    start = time.perf_counter()
    study = function(n_jobs=settings["n_jobs"])
    return time.perf_counter() - start, study


def compare(label, sweep, repeats, bar=None):
    ratios = []
    for _ in range(repeats):
        (one, alone), (two, shared) = (
            seconds(sweep, n_jobs=n_jobs) for n_jobs in (1, 2)
        )
        assert alone == shared, "the number of workers changed the study"
        print(
            f"  {label}, {len(alone.trials)} trials: {one:.2f} s by one process, "
            f"{two:.2f} s by two",
            flush=True,
        )
        ratios.append(one / two)
    median = statistics.median(ratios)
    verdict = (
        "" if bar is None else f"   bar {bar:g}: {'met' if median >= bar else 'MISSED'}"
    )
    span = f"from {min(ratios):.3g} to {max(ratios):.3g}, {len(ratios)} runs"
    print(f"{label}, two processes against one: {median:.3g} times ({span}){verdict}")


if __name__ == "__main__":
    length = float(sys.argv[1]) if len(sys.argv) > 1 else 0.6
    objective = Timed(num_validation=500, num_test=500)
    middle = {"lr": 1e-2, "l2": 1e-4}
    objective(middle, 1, None)
    begin = time.perf_counter()
    objective(middle, 10, None)
    epochs = max(9, round(10 * length / (time.perf_counter() - begin)))
    # The processes begin, import and load.
    random_search(objective, SPACE, 4, 1, n_jobs=2, progress=False)
    compare(
        "random search",
        lambda n_jobs: random_search(
            objective, SPACE, 12, epochs, n_jobs=n_jobs, progress=False
        ),
        REPEATS,
        bar=1.7,
    )
    compare(
        "Hyperband",
        lambda n_jobs: hyperband(
            objective, SPACE, epochs, n_jobs=n_jobs, progress=False
        ),
        1,
    )
