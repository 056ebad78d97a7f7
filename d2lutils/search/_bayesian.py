"""The next configurations of a Bayesian search, from Optuna.

They are a function of what was seen, with no memory of their own.
"""

from __future__ import annotations

import contextlib
import importlib.util
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from d2lutils import _checks
from d2lutils.search._space import Choice, Integer, distinct, key
from d2lutils.search._trials import Trial

SAMPLERS = ("gp", "tpe")
_alone = threading.Lock()


def check(sampler: str) -> None:
    """Raise ValueError for an unknown sampler, ImportError if it cannot run here."""
    _checks.choice("sampler", sampler, SAMPLERS)
    if sampler == "gp" and importlib.util.find_spec("torch") is None:
        raise ImportError(
            "Optuna's Gaussian process needs PyTorch: pip install torch, or take "
            "sampler='tpe'"
        )


def suggest(
    space: Mapping[str, Any],
    trials: Sequence[Trial],
    number: int,
    seed: list[int],
    sampler: str,
) -> list[dict[str, Any]]:
    """`number` configurations to try next, which know of each other."""
    import optuna

    distributions = {name: _distribution(values) for name, values in space.items()}
    worst = max((trial.loss for trial in trials if not trial.failed), default=0.0)
    with _quiet(optuna):
        study = optuna.create_study(sampler=_sampler(sampler, seed))
        for trial in trials:
            study.add_trial(
                optuna.trial.create_trial(
                    params=_coded(space, trial.config),
                    distributions=distributions,
                    value=worst if trial.failed else trial.loss,
                )
            )
        asked = [study.ask(distributions).params for _ in range(number)]
    return [_decoded(space, params) for params in asked]


def _sampler(name: str, seed: list[int]) -> Any:
    import optuna

    number = int(np.random.default_rng(seed).integers(2**31))
    if name == "gp":
        return optuna.samplers.GPSampler(seed=number, n_startup_trials=1)
    return optuna.samplers.TPESampler(
        seed=number, n_startup_trials=1, multivariate=True, constant_liar=True
    )


def _distribution(values: Any) -> Any:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if isinstance(values, Choice):
        return CategoricalDistribution(range(len(distinct(values.values))))
    kind = IntDistribution if isinstance(values, Integer) else FloatDistribution
    return kind(values.low, values.high, log=values.log)


def _coded(space: Mapping[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """For Optuna: choices by their position, for it takes 1, 1.0 and True for one."""
    coded = dict(config)
    for name, values in space.items():
        if isinstance(values, Choice):
            keys = [key(value) for value in distinct(values.values)]
            coded[name] = keys.index(key(config[name]))
    return coded


def _decoded(space: Mapping[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    return {
        name: distinct(values.values)[params[name]]
        if isinstance(values, Choice)
        else params[name]
        for name, values in space.items()
    }


@contextlib.contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Without Optuna's notices and warnings, which bear the time of day."""
    with _alone:  # or one thread would restore what another one has set
        before = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                yield
        finally:
            optuna.logging.set_verbosity(before)
