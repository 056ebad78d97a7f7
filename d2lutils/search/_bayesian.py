"""The next configurations of a Bayesian search, from Optuna: a function of what was seen, with no memory of its own."""

import contextlib
import importlib.util
import warnings

import numpy as np

from d2lutils import _checks
from d2lutils.search._space import Choice, Integer

SAMPLERS = ("gp", "tpe")


def check(sampler):
    """Raises ValueError for an unknown sampler, ImportError if it cannot run here."""
    _checks.choice("sampler", sampler, SAMPLERS)
    if sampler == "gp" and importlib.util.find_spec("torch") is None:
        raise ImportError(
            "Optuna's Gaussian process needs PyTorch: pip install torch, or take sampler='tpe'"
        )


def suggest(space, trials, number, seed, sampler):
    """`number` configurations to try next, a list of dicts.

    trials: those seen, a list of Trial. seed: list of ints. Configurations chosen together know of each other.
    """
    import optuna

    distributions = {name: _distribution(values) for name, values in space.items()}
    seed = int(np.random.default_rng(seed).integers(2**31))
    worst = max((trial.loss for trial in trials if not trial.failed), default=0.0)
    with _quiet(optuna):
        chosen: optuna.samplers.BaseSampler
        if sampler == "gp":
            chosen = optuna.samplers.GPSampler(seed=seed, n_startup_trials=1)
        else:
            chosen = optuna.samplers.TPESampler(
                seed=seed, n_startup_trials=1, multivariate=True, constant_liar=True
            )
        study = optuna.create_study(sampler=chosen)
        for trial in trials:
            value = worst if trial.failed else trial.loss
            study.add_trial(
                optuna.trial.create_trial(
                    params=trial.config, distributions=distributions, value=value
                )
            )
        asked = [study.ask(distributions).params for _ in range(number)]
    return [{name: params[name] for name in space} for params in asked]


def _distribution(values):
    import optuna

    if isinstance(values, Choice):
        return optuna.distributions.CategoricalDistribution(values.values)
    if isinstance(values, Integer):
        return optuna.distributions.IntDistribution(
            values.low, values.high, log=values.log
        )
    return optuna.distributions.FloatDistribution(
        values.low, values.high, log=values.log
    )


@contextlib.contextmanager
def _quiet(optuna):
    """Without Optuna's notices of new studies and experimental samplers."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)
