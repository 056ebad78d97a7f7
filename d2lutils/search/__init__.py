"""Hyperparameter search: random, Bayesian, successive halving and Hyperband, over one kind of objective.

    space = {"lr": log_uniform(1e-3, 1e-1), "hidden": log_integer(10, 1000)}

    def objective(config, resource, state):         # state: what this function returned before, or None
        model = state or initialise(config)
        ...                                         # train until `resource` epochs are done, counted from the start
        return validation_loss, model, {"test_error": ...}

    study = hyperband(objective, space, max_resource=81, folder="sweep", n_jobs=2)
    study.best.config, study.best.loss

An objective returns the loss, or (loss, state), or (loss, state, details): details is a dict of floats to keep, state
whatever it needs to go on, None to begin afresh each time. It should be deterministic: then a study depends on its
seed alone, not on the number of workers, on who finishes first, or on interruptions. A trial that raises, or whose
loss is not finite, is kept as failed and goes no further.

Trials run through joblib: n_jobs processes here, or, by the same call, on a cluster:

    with distributed.Client(address), joblib.parallel_config(backend="dask"):
        hyperband(objective, space, max_resource=81)

On the cluster, a trial whose worker dies begins again on another one. Here a process that dies (out of memory, say)
ends the sweep with joblib's error; called again with the same folder, it goes on without what was lost.
"""

from d2lutils.search._brackets import Bracket, Rung, brackets
from d2lutils.search._methods import (
    Study,
    bayesian_search,
    hyperband,
    plot_incumbents,
    random_search,
    successive_halving,
)
from d2lutils.search._space import (
    choice,
    integer,
    log_integer,
    log_uniform,
    sample,
    uniform,
)
from d2lutils.search._trials import Trial

__all__ = [
    "Bracket",
    "Rung",
    "Study",
    "Trial",
    "bayesian_search",
    "brackets",
    "choice",
    "hyperband",
    "integer",
    "log_integer",
    "log_uniform",
    "plot_incumbents",
    "random_search",
    "sample",
    "successive_halving",
    "uniform",
]
