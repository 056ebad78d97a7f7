"""`fit_many`: one training for many seeds, learning rates and initial scales."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np

from d2lutils import _checks, _files, _machine, engines, networks
from d2lutils.engines import SGD, Adam
from d2lutils.training._fit import advice, fit
from d2lutils.training._group import Work, trained_together
from d2lutils.training._history import History, TrainingDiverged
from d2lutils.training._schedules import Schedule
from d2lutils.training._settings import Settings


def fit_many(
    network: networks.Network,
    train: Any,
    test: Any = None,
    *,
    seeds: Sequence[int],
    optimizer: SGD | Adam | Sequence[SGD | Adam] | None = None,
    gain: float | Sequence[float] = 1.0,
    loss: str = "cross_entropy",
    epochs: int = 10,
    batch_size: int = 128,
    schedule: Schedule | None = None,
    scheme: str = "he",
    running: bool = False,
    evaluate_every: int = 1,
    stop_below: float | None = None,
    raise_on_divergence: bool = True,
    engine: str | None = None,
    dtype: str = "float32",
    progress: bool | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 1,
    n_jobs: int | None = None,
) -> list[History]:
    """Train a network from many seeds, as `fit` does from one.

    Networks of vectors (dense layers, activations, normalisation, dropout, residual
    blocks of these) are trained all at once: each product of matrices serves every
    member, on the CPU, in NumPy. Others are trained by `fit`, in processes if asked
    for.

    Parameters
    ----------
    network, train, test
        As in `fit`.
    seeds : sequence of int
        One a member: its initial parameters, permutations and dropout.
    optimizer : SGD or Adam, or a sequence of them
        One for all, or of one kind one a member: so a sweep of learning rates or
        penalties is one call.
    gain : float or sequence of float
        Factor on the initial weights, for all or one a member.
    loss, epochs, batch_size, schedule, scheme, running, evaluate_every, stop_below
        As in `fit`.
    raise_on_divergence : bool
        If False, a member whose loss is not finite has ``diverged=True``; the others go
        on in any case.
    engine : str, optional
        Whose models the histories hold, and whose dropout they have; see
        `engines.build`.
    dtype : str
        "float32" or "float64".
    progress : bool, optional
        Whether to show a bar; by default unless `engines.quiet`.
    checkpoint : path, optional
        A folder with a file a member, as those of `fit`.
    checkpoint_every : int
        Epochs between two saves.
    n_jobs : int, optional
        Processes for networks that cannot be stacked; by default one, or what
        ``joblib.parallel_config`` says (a Dask cluster, too).

    Returns
    -------
    list of History
        One a member, equal to that of `fit` but for rounding. ``engine`` is "numpy"
        where members were trained together, and ``seconds`` then the time of all.

    Raises
    ------
    TrainingDiverged
        When all is done, if a loss was not finite: for the first such member.
    ValueError, OSError
        As in `fit`.
    """
    specs = _specs(seeds, optimizer, gain)
    settings = [
        Settings(
            loss=loss,
            optimizer=spec.optimizer,
            epochs=epochs,
            batch_size=batch_size,
            schedule=schedule,
            seed=spec.seed,
            running=running,
            evaluate_every=evaluate_every,
            stop_below=stop_below,
        )
        for spec in specs
    ]
    raise_on_divergence = _checks.flag("raise_on_divergence", raise_on_divergence)
    datasets = [train] if test is None else [train, test]
    for name, dataset in zip(("train", "test"), datasets, strict=False):
        _checks.has(name, dataset, "images", "labels")
    work = Work(
        networks.layout(network, np.shape(train.images)[1:]),
        datasets,
        [spec.gain for spec in specs],
        settings,
        _checks.choice("scheme", scheme, networks.SCHEMES),
        engines.choose(engine),
        _checks.choice("dtype", dtype, ("float32", "float64")),
        progress,
        None if checkpoint is None else _files.folder("checkpoint", checkpoint),
        _checks.whole("checkpoint_every", checkpoint_every, 1, math.inf),
    )
    n_jobs = _checks.jobs(n_jobs)
    if engines.stackable(work.layout):
        histories = trained_together(work)
    else:
        histories = _trained_apart(work, n_jobs)
    if raise_on_divergence:
        _raise_on_divergence(work, histories)
    return histories


class _Spec(NamedTuple):
    """What is a member's own."""

    seed: int
    optimizer: SGD | Adam
    gain: float


def _specs(seeds: Any, optimizer: Any, gain: Any) -> list[_Spec]:
    if isinstance(seeds, str) or not isinstance(seeds, Iterable):
        raise TypeError(
            f"seeds must be a sequence of whole numbers, got {_checks.shown(seeds)}"
        )
    numbers = [_checks.whole("each of seeds", seed, 0, math.inf) for seed in seeds]
    if not numbers:
        raise ValueError("seeds must be at least one, got none")
    if optimizer is None:
        optimizer = SGD()
    optimizers = _one_each("optimizer", optimizer, len(numbers), (SGD, Adam))
    for one in optimizers:
        _checks.instance("each optimizer", one, type(optimizers[0]))
    gains = [
        _checks.real("gain", one, 0) for one in _one_each("gain", gain, len(numbers))
    ]
    return [_Spec(*parts) for parts in zip(numbers, optimizers, gains, strict=True)]


def _one_each(name: str, value: Any, number: int, kind: Any = None) -> list[Any]:
    """A value for each member, from one or from as many."""
    if isinstance(value, list | tuple) or np.ndim(value) == 1:
        values = list(value)
        if len(values) != number:
            raise ValueError(
                f"{name} must be one, or one for each of {number} seeds, got "
                f"{len(values)}"
            )
    else:
        values = [value] * number
    if kind is not None:
        values = [_checks.instance(name, one, kind) for one in values]
    return values


def _trained_apart(work: Work, n_jobs: int | None) -> list[History]:
    """By `fit`, one after the other or in processes."""
    import joblib

    shared = {
        "scheme": work.scheme,
        "engine": work.engine,
        "dtype": work.dtype,
        "checkpoint_every": work.every,
        "raise_on_divergence": False,
        "progress": False,
    }
    calls = [
        joblib.delayed(fit)(
            work.layout.network,
            *work.datasets,
            **shared,
            **{one.name: getattr(settings, one.name) for one in fields(settings)},
            gain=gain,
            checkpoint=work.path(member),
        )
        for member, (settings, gain) in enumerate(
            zip(work.settings, work.gains, strict=True)
        )
    ]
    results = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(calls)
    histories = []
    with _machine.bar(work.progress, total=len(calls), unit="run") as bar:
        for history in results:
            histories.append(history)
            bar.update()
    return histories


def _raise_on_divergence(work: Work, histories: list[History]) -> None:
    for settings, history in zip(work.settings, histories, strict=True):
        if history.diverged:
            after = f"after {history.epochs[-1]} epochs" if len(history.epochs) else ""
            trouble = f"with seed {settings.seed} and lr {settings.optimizer.lr:g}"
            raise TrainingDiverged(
                advice(f"{trouble} {after}".rstrip(), settings.optimizer), history
            )
