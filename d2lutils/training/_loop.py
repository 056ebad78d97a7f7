"""The training loop: epochs, evaluations, and the record of both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from d2lutils.training._settings import Settings


class Evaluation(NamedTuple):
    """What was measured after so many epochs; nothing of the test set without one."""

    epochs: int
    train_loss: float
    train_error: float
    test_loss: float | None = None
    test_error: float | None = None


@dataclass
class Record:
    """What a run has seen so far.

    started: the clock when it began, had it run without a break. means: loss and error
    over the minibatches of the last epoch.
    """

    started: float = field(default_factory=time.perf_counter)
    epochs: int = 0
    evaluations: list[Evaluation] = field(default_factory=list)
    means: tuple[float, float] | None = None

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started

    def is_below(self, bound: float | None) -> bool:
        """Whether the training loss, when last measured, was below the bound."""
        if bound is None or not self.evaluations:
            return False
        return self.evaluations[-1].train_loss < bound


@dataclass(frozen=True)
class Task:
    """A model, data on its device (training, perhaps test), and how to train."""

    model: Any  # an engines.Model, or a member of a stack in its place
    data: list[tuple[Any, Any]]
    num_examples: int
    settings: Settings
    factors: list[float]
    trainer: Any


class NotFiniteError(Exception):
    """Tells `fit` where the loss ceased to be finite."""


def run(task: Task, record: Record, save: Callable[[], None], bar: Any) -> None:
    """Train from where the record stands to the end; `save` is called each epoch.

    Raises NotFiniteError where the loss is not finite any more; the record then ends
    before.
    """
    settings = task.settings
    if record.epochs == settings.epochs:
        _complete(task, record)  # a checkpoint that was on its way to more epochs
    while record.epochs < settings.epochs and not record.is_below(settings.stop_below):
        record.means = _pass(task, record.epochs)
        if settings.due(record.epochs + 1):
            record.evaluations.append(_evaluate(task, record, record.epochs + 1))
            loss = record.evaluations[-1].train_loss
            # Shown with the next update: shown at once, a run too short for a bar
            # would leave one behind.
            bar.set_postfix(loss=f"{loss:.3g}", refresh=False)
        record.epochs += 1
        bar.update()
        save()


def _pass(task: Task, epoch: int) -> tuple[float, float]:
    """One epoch of steps; mean loss and error over the minibatches, before each."""
    number, settings = task.num_examples, task.settings
    task.model.backend.seed(settings.seed, epoch)
    order = np.random.default_rng([settings.seed, epoch]).permutation(number)
    losses, wrong = task.trainer.run(order, _lr(task, epoch))
    if not np.isfinite(losses).all():
        step = int(np.flatnonzero(~np.isfinite(losses))[0])
        raise NotFiniteError(
            f"in epoch {epoch + 1}, step {step + 1} of {len(losses)}, "
            f"with lr {_lr(task, epoch):g}"
        )
    starts = np.arange(0, number, settings.batch_size)
    sizes = np.diff(np.append(starts, number))
    return float(losses @ sizes / number), float(wrong.sum() / number)


def _evaluate(task: Task, record: Record, epochs: int) -> Evaluation:
    def measured(part: tuple[Any, Any]) -> tuple[float, float]:
        model = task.model
        return model.backend.evaluate(*part, task.settings.loss, model.batch_size)

    train, *test = task.data
    means = record.means if task.settings.running else None
    values = [*(measured(train) if means is None else means)]
    for part in test:
        values.extend(measured(part))
    if not np.isfinite(values).all():
        raise NotFiniteError(f"after epoch {epochs}, with lr {_lr(task, epochs - 1):g}")
    return Evaluation(epochs, *map(float, values))


def _complete(task: Task, record: Record) -> None:
    """Evaluate the last epoch, if that has not been done when it was trained."""
    if not record.evaluations or record.evaluations[-1].epochs < record.epochs:
        record.evaluations.append(_evaluate(task, record, record.epochs))


def _lr(task: Task, epoch: int) -> float:
    return task.settings.optimizer.lr * task.factors[epoch]
