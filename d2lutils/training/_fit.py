"""`fit`: from arguments to a history."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks, _machine, engines, networks
from d2lutils.engines import SGD, Adam
from d2lutils.training import _checkpoints
from d2lutils.training._history import History, TrainingDiverged
from d2lutils.training._loop import NotFiniteError, Record, Task, run
from d2lutils.training._schedules import Schedule
from d2lutils.training._settings import Settings


def fit(
    network: networks.Network,
    train: Any,
    test: Any = None,
    *,
    loss: str = "cross_entropy",
    optimizer: SGD | Adam | None = None,
    epochs: int = 10,
    batch_size: int = 128,
    schedule: Schedule | None = None,
    parameters: ArrayLike | None = None,
    scheme: str = "he",
    gain: float = 1.0,
    seed: int = 0,
    running: bool = False,
    evaluate_every: int = 1,
    stop_below: float | None = None,
    raise_on_divergence: bool = True,
    engine: str | None = None,
    device: str | None = None,
    dtype: str = "float32",
    progress: bool | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 1,
) -> History:
    """Train a network by minibatches and measure it after each epoch.

    Parameters
    ----------
    network : networks.Network
        What to train.
    train, test : datasets.Dataset
        Images (n, ...) with labels (n,) or targets; copied to the device once. Without
        `test` nothing is measured on one.
    loss : str
        "cross_entropy" or "squared", see `engines.Model`.
    optimizer : SGD or Adam, optional
        By default ``SGD(0.1)``.
    epochs : int
        Number of passes; each is a fresh random permutation of the training set, cut
        into minibatches.
    batch_size : int
        Examples in a minibatch; the last one of an epoch may be smaller. If the network
        has a BatchNorm on single values, none may hold one example only.
    schedule : function, optional
        From the epoch (0, 1, ...) to a factor on the optimizer's lr.
    parameters : array of shape (P,), optional
        Initial ones; without them they are drawn.
    scheme, gain
        How: see `networks.initial_parameters`.
    seed : int
        Decides the initial parameters and the permutations, the same for every engine
        and device.
    running : bool
        False evaluates the training set, too, with the parameters at the end of the
        epoch. True takes the mean over the minibatches while they were trained on,
        which costs nothing.
    evaluate_every : int
        Epochs between evaluations; the last epoch is always evaluated.
    stop_below : float, optional
        Stop once the training loss is below it.
    raise_on_divergence : bool
        If False, a loss that is not finite ends the run with ``diverged=True`` in its
        history instead of an error.
    engine, device, dtype
        See `engines.build`.
    progress : bool, optional
        Whether to show a bar; by default unless `engines.quiet`.
    checkpoint : path, optional
        A file to resume from and to save to; its folder is made if need be. A run that
        was killed and is called again with the same arguments gives the same history,
        and so does one that is called again with more epochs. Where a later save fails
        (a full disk), that is a warning and training goes on. Several processes may
        work on one file: what is furthest stays.
    checkpoint_every : int
        Epochs between two saves.

    Returns
    -------
    History
        The curves and the trained model.

    Raises
    ------
    TrainingDiverged
        When the loss is no longer finite; with what was measured before.
    ValueError
        For arguments that do not fit; for a checkpoint that is damaged, that belongs to
        another run, or that has more epochs than are asked for.
    OSError
        If the checkpoint cannot be written, before the first step.
    """
    settings = Settings(
        loss=loss,
        optimizer=SGD() if optimizer is None else optimizer,
        epochs=epochs,
        batch_size=batch_size,
        schedule=schedule,
        seed=seed,
        running=running,
        evaluate_every=evaluate_every,
        stop_below=stop_below,
    )
    raise_on_divergence = _checks.flag("raise_on_divergence", raise_on_divergence)
    every = _checks.whole("checkpoint_every", checkpoint_every, 1, np.inf)
    datasets = {"train": train} if test is None else {"train": train, "test": test}
    for name, dataset in datasets.items():
        _checks.has(name, dataset, "images", "labels")
    factors, record = settings.factors(), Record()
    model = engines.build(
        network,
        np.shape(train.images)[1:],
        parameters=parameters,
        seed=settings.seed,
        scheme=scheme,
        gain=gain,
        engine=engine,
        device=device,
        dtype=dtype,
    )
    task = _task(model, list(datasets.values()), settings, factors)
    saved = None
    if checkpoint is not None:
        data = _checkpoints.digest(model.parameters, train, test)
        saved = _checkpoints.checkpoint(checkpoint, task, every, data)
        saved.begin(record)
    trouble = _trained(task, record, saved, progress)
    history = history_of(record, model, model.engine, trouble is not None)
    if trouble is not None and raise_on_divergence:
        raise TrainingDiverged(advice(trouble, settings.optimizer), history)
    return history


def _task(
    model: engines.Model, datasets: list[Any], settings: Settings, factors: list[float]
) -> Task:
    """Everything on the device, and checked to fit."""
    data = []
    for dataset in datasets:
        images = model.check_images(dataset.images)
        labels = model.check_labels(dataset.labels, len(images), settings.loss)
        data.append(model.backend.upload(images, labels))
    number = len(datasets[0].images)
    settings = replace(settings, batch_size=min(settings.batch_size, number))
    model.check_batch_size(number, settings.batch_size)
    trainer = model.backend.trainer(
        *data[0], settings.loss, settings.optimizer, settings.batch_size
    )
    return Task(model, data, number, settings, factors, trainer)


def _trained(
    task: Task,
    record: Record,
    saved: _checkpoints.Checkpoint | None,
    progress: bool | None,
) -> str | None:
    """Train to the end; where the loss ceased to be finite, if it did."""

    def save() -> None:
        if saved is not None:
            saved.save(record)

    total, initial = task.settings.epochs, record.epochs
    with _machine.bar(progress, total=total, initial=initial, unit="epoch") as bar:
        try:
            run(task, record, save, bar)
        except NotFiniteError as error:
            return str(error)
    return None


def history_of(
    record: Record, model: engines.Model, engine: str, diverged: bool
) -> History:
    """What a record says, as curves."""

    def column(name: str) -> np.ndarray:
        values = [getattr(row, name) for row in record.evaluations]
        return np.array([value for value in values if value is not None], float)

    return History(
        column("epochs").astype(int),
        column("train_loss"),
        column("train_error"),
        column("test_loss"),
        column("test_error"),
        record.seconds,
        model,
        engine,
        model.device,
        diverged,
    )


def advice(trouble: str, optimizer: SGD | Adam) -> str:
    """The sentence on a loss that is not finite any more."""
    hint = "check the data"
    if optimizer.lr > 1e-6:
        hint = f"try a smaller one, such as {optimizer.lr / 10:g}"
    return f"the training loss became NaN or infinite {trouble}; {hint}"
