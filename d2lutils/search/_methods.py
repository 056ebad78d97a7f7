"""Random search, Bayesian search, successive halving and Hyperband."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from d2lutils._checks import whole
from d2lutils.search import _bayesian, _brackets
from d2lutils.search._brackets import MOST, Bracket, Rung, brackets
from d2lutils.search._study import Study
from d2lutils.search._sweep import Sweep, race, study
from d2lutils.search._trials import Task, Trial


def hyperband(
    objective: Callable,
    space: Mapping[str, Any],
    max_resource: int,
    *,
    eta: int = 3,
    repeats: int = 1,
    seed: int = 0,
    n_jobs: int | None = None,
    timeout: float | None = None,
    folder: str | os.PathLike[str] | None = None,
    trust_state: bool = False,
    progress: bool | None = None,
) -> Study:
    """Hyperband: successive halving from many short runs to few long ones, in turn.

    Parameters
    ----------
    objective : callable
        See the module.
    space : dict
        From a name to ``log_uniform(...)`` and its like, see `sample`.
    max_resource : int
        R, a number of epochs or the like.
    eta : int
        Each rung keeps one configuration in `eta`.
    repeats : int
        Rounds of all `brackets`. More of them begin with the trials of fewer.
    seed : int
        Configuration ``k`` is drawn with ``[seed, k]``, whatever the method.
    n_jobs : int, optional
        Trials at a time; by default one, or what ``joblib.parallel_config`` says. With
        1 they run in this process, and a trial that ends it ends the search: 2, or a
        `timeout`, gives them processes of their own.
    timeout : float, optional
        Seconds that a trial may take; one that takes longer fails. It then runs in a
        process that is ended, also if ``n_jobs=1``. In threads and on a cluster it is
        told to stop, which it hears when it next runs Python code, and is given up.
    folder : path, optional
        Where trials are kept, one search at a time: called again with the same
        arguments, it goes on from there. It knows its objective by code and closure.
    trust_state : bool
        Whether to read states in `folder` that another user or machine has written.
        They are pickles: to read them is to run what code is in them.
    progress : bool, optional
        Show a bar; by default unless ``engines.quiet()``.

    Returns
    -------
    Study

    Raises
    ------
    TypeError, ValueError
        For arguments out of range, a folder with another study, one that is in use, or
        one whose files are damaged.
    OSError
        If the folder cannot be written to. What is in it stays whole.

    References
    ----------
    Li et al. (2018), Hyperband: a novel bandit-based approach to hyperparameter
    optimization.
    """
    max_resource = whole("max_resource", max_resource, 1, MOST)
    eta, repeats = whole("eta", eta, 2), whole("repeats", repeats, 1, 1000)
    sweep = Sweep(
        "hyperband",
        objective,
        space,
        {"max_resource": max_resource, "eta": eta},
        seed,
        n_jobs,
        timeout,
        folder,
        trust_state,
        progress,
    )
    return race(sweep, brackets(max_resource, eta) * repeats)


def successive_halving(
    objective: Callable,
    space: Mapping[str, Any],
    num_configs: int,
    max_resource: int,
    *,
    eta: int = 3,
    min_resource: int = 1,
    seed: int = 0,
    n_jobs: int | None = None,
    timeout: float | None = None,
    folder: str | os.PathLike[str] | None = None,
    trust_state: bool = False,
    progress: bool | None = None,
) -> Study:
    """Successive halving: all configurations a little, the best in eta of them more.

    Parameters
    ----------
    objective, space, max_resource, eta, seed, n_jobs, timeout, folder, trust_state
        As in `hyperband`, and so are `progress`, what is returned and what is raised.
    num_configs : int
        To begin with. Of equal losses the first stays.
    min_resource : int
        The rungs end at `max_resource`, and begin at ``max_resource / eta^s``, ``s``
        being the largest number for which that is at least `min_resource` and one
        configuration is left.

    References
    ----------
    Jamieson & Talwalkar (2016), Non-stochastic best arm identification and
    hyperparameter optimization.

    Examples
    --------
    >>> def objective(config, resource, state):
    ...     return config["lr"] / resource
    >>> study = successive_halving(
    ...     objective, {"lr": log_uniform(1e-3, 1)}, num_configs=9, max_resource=9
    ... )
    >>> [trial.resource for trial in study.trials]
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 9]
    """
    num_configs = whole("num_configs", num_configs, 1, MOST)
    eta, min_resource = whole("eta", eta, 2), whole("min_resource", min_resource)
    max_resource = whole("max_resource", max_resource, min_resource)
    settings = {"num_configs": num_configs, "max_resource": max_resource, "eta": eta}
    sweep = Sweep(
        "successive halving",
        objective,
        space,
        settings | {"min_resource": min_resource},
        seed,
        n_jobs,
        timeout,
        folder,
        trust_state,
        progress,
    )
    return race(
        sweep, (_brackets.halving(num_configs, max_resource, eta, min_resource),)
    )


def random_search(
    objective: Callable,
    space: Mapping[str, Any],
    num_configs: int,
    resource: int,
    *,
    seed: int = 0,
    n_jobs: int | None = None,
    timeout: float | None = None,
    folder: str | os.PathLike[str] | None = None,
    trust_state: bool = False,
    progress: bool | None = None,
) -> Study:
    """Random search: independent configurations, each trained equally long.

    Parameters
    ----------
    objective, space, seed, n_jobs, timeout, folder, trust_state, progress
        As in `hyperband`, and so are what is returned and what is raised.
    num_configs : int
        A longer search with the same seed begins with the shorter one's trials, also in
        the same `folder`.
    resource : int
        What each is trained up to.

    References
    ----------
    Bergstra & Bengio (2012), Random search for hyper-parameter optimization.
    """
    num_configs = whole("num_configs", num_configs, 1, MOST)
    resource = whole("resource", resource)
    sweep = Sweep(
        "random search",
        objective,
        space,
        {"resource": resource},
        seed,
        n_jobs,
        timeout,
        folder,
        trust_state,
        progress,
    )
    return race(sweep, (Bracket(0, (Rung(num_configs, resource),)),))


def bayesian_search(
    objective: Callable,
    space: Mapping[str, Any],
    num_configs: int,
    resource: int,
    *,
    num_initial: int = 10,
    batch: int = 1,
    sampler: str = "gp",
    seed: int = 0,
    n_jobs: int | None = None,
    timeout: float | None = None,
    folder: str | os.PathLike[str] | None = None,
    trust_state: bool = False,
    progress: bool | None = None,
) -> Study:
    """Bayesian optimisation by Optuna: a model of the losses so far chooses the next.

    Parameters
    ----------
    objective, space, resource, seed, n_jobs, timeout, folder, trust_state, progress
        As in `random_search`, and so are what is returned and what is raised. The model
        takes a failed trial for one as bad as the worst that did not fail.
    num_configs : int
        In all. A longer search begins with the trials of a shorter one.
    num_initial : int
        Of these drawn at random, the same as random search's.
    batch : int
        Configurations chosen together later on, which may run in parallel. It changes
        the study, `n_jobs` does not.
    sampler : str
        "gp", a Gaussian process with a Matern-5/2 kernel and expected improvement
        (needs PyTorch, for Optuna is written so), or "tpe", the tree-structured Parzen
        estimator.

    Raises
    ------
    ImportError
        If the sampler lacks PyTorch.

    References
    ----------
    Bergstra et al. (2011), Algorithms for hyper-parameter optimization.
    """
    num_configs = whole("num_configs", num_configs, 1, MOST)
    resource = whole("resource", resource)
    num_initial, batch = whole("num_initial", num_initial), whole("batch", batch)
    _bayesian.check(sampler)
    settings = {"resource": resource, "num_initial": num_initial, "batch": batch}
    sweep = Sweep(
        "bayesian search",
        objective,
        space,
        settings | {"sampler": sampler},
        seed,
        n_jobs,
        timeout,
        folder,
        trust_state,
        progress,
    )
    trials: list[Trial] = []
    with sweep.running(num_configs) as (store, run):
        while len(trials) < num_configs:
            first = len(trials)
            last = min(first + batch if first else num_initial, num_configs)
            keys = [(number, resource) for number in range(first, last)]
            if all(key in store.trials for key in keys):
                configs = [store.trials[key].config for key in keys]
            elif first:
                configs = _bayesian.suggest(
                    space, trials, last - first, [sweep.seed, first], sampler
                )
            else:
                configs = [sweep.draw(number) for number, _ in keys]
            run(
                Task(number, config, resource)
                for (number, _), config in zip(keys, configs, strict=True)
            )
            trials += [store.trials[key] for key in keys]
    return study(sweep.method, trials)
