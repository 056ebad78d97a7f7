"""Hyperparameter search: random, Bayesian, successive halving and Hyperband.

All four minimise one kind of objective::

    space = {"lr": log_uniform(1e-3, 1e-1), "hidden": log_integer(10, 1000)}

    def objective(config, resource, state):
        model = state or initialise(config)    # state: what it returned before, or None
        ...                                    # train until `resource` epochs are done
        return validation_loss, model, {"test_error": ...}

    study = hyperband(objective, space, max_resource=81, folder="sweep", n_jobs=2)
    study.best.config, study.best.loss

An objective returns the loss, or (loss, state), or (loss, state, details): details is
a dict of floats to keep, state whatever it needs to go on, None to begin afresh each
time; `resource` is counted from the start. It should be deterministic: then a study
depends on its seed alone, not on the number of workers, on who finishes first, or on
interruptions. A trial that raises, or whose loss is not finite, is kept as failed and
goes no further.

Trials run through joblib: in ``n_jobs`` processes here, or, by the same call, on a
cluster::

    with distributed.Client(address), joblib.parallel_config(backend="dask"):
        hyperband(objective, space, max_resource=81)

A trial whose process or worker dies (out of memory, say) is tried once more, alone; if
that dies too, the trial has failed and says so, and the search goes on. With
``timeout=600`` so has one that takes more than ten minutes. ``n_jobs=1`` uses this
process, whatever the backend, and shares its fate.

In a folder, trials are lines of text, and states are pickles. To read a pickle is to
run the code in it, so states are signed with a key in the user's cache folder, and
others are refused unless ``trust_state=True``. A state that cannot be pickled stays in
memory. The folder of a study knows its objective by what `hyperband` calls code and
closure, and refuses another one: the code, what it has kept from where it was made
(closure, defaults, arguments of a partial, fields of an object), and the constants and
functions of its own module that it uses. More trials of a random or a Bayesian search,
or more rounds of Hyperband, go on from the folder.
"""

from d2lutils.search._brackets import Bracket, Rung, brackets
from d2lutils.search._methods import (
    bayesian_search,
    hyperband,
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
from d2lutils.search._study import Study
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
    "random_search",
    "sample",
    "successive_halving",
    "uniform",
]
