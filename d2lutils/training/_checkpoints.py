"""Checkpoints of `fit`: what a run that was killed needs to go on to the same history.

A checkpoint is an npz file with the parameters, the optimiser's arrays and a header in
JSON. It is made before the first step, so that a place where nothing can be written is
told at once; several processes may work on one.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import pathlib
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from d2lutils import _checks, _files
from d2lutils.training._loop import Evaluation, Record, Task


@dataclass(frozen=True)
class Stored:
    """The content of a checkpoint, checked."""

    settings: dict[str, Any]
    factors: list[float]
    evaluations: list[Evaluation]
    seconds: float
    means: tuple[float, float] | None
    parameters: np.ndarray
    state: np.ndarray
    trainer: dict[str, Any]


@dataclass(frozen=True)
class Checkpoint:
    """The checkpoint of a task: a file, whose it is, and how often it is written."""

    path: pathlib.Path
    task: Task
    identity: dict[str, Any]
    every: int

    def begin(self, record: Record) -> None:
        """Go on from the file, if it is there, or make it."""
        with _files.lock(self.path):
            if self.path.exists():
                self._resume(record)
            else:
                self._write(record)

    def save(self, record: Record) -> None:
        """Write the file, if that is due. What goes wrong is told; the run goes on."""
        settings, done = self.task.settings, record.epochs
        last = done == settings.epochs or record.is_below(settings.stop_below)
        if done % self.every and not last:
            return
        try:
            with _files.lock(self.path):
                if not self._is_ahead(done):
                    self._write(record)
        except OSError as error:
            warnings.warn(
                f"no checkpoint after epoch {done}: {error}; training goes on",
                stacklevel=2,
            )

    def _resume(self, record: Record) -> None:
        task = self.task
        stored = read(self.path)
        _refuse_others(self, stored)
        _check_sizes(self.path, stored, task)
        record.evaluations[:] = _due(self.path, stored, task)
        record.epochs, record.means = len(stored.factors), stored.means
        record.started -= stored.seconds
        task.model.parameters, task.model.state = stored.parameters, stored.state
        task.trainer.load_state(stored.trainer)

    def _is_ahead(self, epochs: int) -> bool:
        """Whether another process has brought the file further than we are."""
        try:
            stored = read(self.path)
        except ValueError:
            return False
        if stored.settings != self.identity:
            raise OSError(f"{self.path} belongs to another run by now")
        return len(stored.factors) > epochs

    def _write(self, record: Record) -> None:
        trainer, model = self.task.trainer.state(), self.task.model
        header = {
            "settings": self.identity,
            "factors": self.task.factors[: record.epochs],
            "rows": [
                [value for value in row if value is not None]
                for row in record.evaluations
            ],
            "seconds": record.seconds,
            "means": record.means,
            "steps": trainer["steps"],
        }
        buffer = io.BytesIO()
        np.savez(
            buffer,
            header=json.dumps(header),
            parameters=model.parameters,
            state=model.state,
            **{f"slot{i}": slot for i, slot in enumerate(trainer["slots"])},
        )
        _files.write(self.path, buffer.getvalue())


def checkpoint(path: Any, task: Task, every: int, data: str) -> Checkpoint:
    """The checkpoint of a task, at a place that is made or refused.

    `data` is the digest of initial parameters and data sets.
    """
    place = _files.ready("checkpoint", path)
    if place.exists() and not place.is_file():
        raise ValueError(f"checkpoint must be a file, got {place}, which is none")
    settings, model = task.settings, task.model
    identity = {
        "network": repr(model.network),
        "optimizer": repr(settings.optimizer),
        "loss": str(settings.loss),
        "batch_size": settings.batch_size,
        "seed": settings.seed,
        "running": settings.running,
        "evaluate_every": settings.evaluate_every,
        "dtype": str(model.dtype),
        "engine": model.engine,
        "data": data,
    }
    return Checkpoint(place, task, identity, every)


def read(path: pathlib.Path) -> Stored:
    """What a checkpoint holds, or one ValueError whatever is wrong with the file."""
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(str(arrays.pop("header")))
        return _stored(header, arrays)
    except Exception as error:  # anything may lie there, cut off or altered
        reason = " ".join(str(error).split()) or type(error).__name__
        raise _unusable(path, reason) from None


def _stored(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> Stored:
    settings = _checks.instance("settings", header["settings"], dict)
    factors = [_checks.real("each factor", one, 0) for one in header["factors"]]
    rows = [
        Evaluation(_checks.whole("each row's epoch", row[0]), *_reals(row[1:]))
        for row in header["rows"]
    ]
    epochs = [row.epochs for row in rows]
    if epochs != sorted(set(epochs)) or max(epochs, default=0) > len(factors):
        raise ValueError(f"evaluations after epochs {epochs} of {len(factors)}")
    means = header.get("means")
    slots = [arrays[f"slot{i}"] for i in range(len(arrays) - 2)]
    return Stored(
        settings,
        factors,
        rows,
        _checks.real("seconds", header["seconds"], 0),
        None if means is None else (_reals(means)[0], _reals(means)[1]),
        _checks.array("parameters", arrays["parameters"], 1),
        _checks.array("state", arrays["state"], 1),
        {
            "slots": [_checks.array("slot", slot, dtype=None) for slot in slots],
            "steps": _checks.whole("steps", header["steps"], 0, math.inf),
        },
    )


def _reals(values: Any) -> list[float]:
    return [_checks.real("each number in a row", value) for value in values]


def _refuse_others(checkpoint: Checkpoint, stored: Stored) -> None:
    """ValueError if the file is another run's, or this run's with more epochs."""
    path, task = checkpoint.path, checkpoint.task
    different = [
        name
        for name, value in checkpoint.identity.items()
        if stored.settings.get(name) != value
    ]
    shared = min(len(task.factors), len(stored.factors))
    if task.factors[:shared] != stored.factors[:shared]:
        different.append("schedule")
    if different:
        raise ValueError(
            f"{path} belongs to a run with another {', '.join(different)}; remove it "
            "or choose another file"
        )
    if len(stored.factors) > len(task.factors):
        raise ValueError(
            f"epochs must be >= {len(stored.factors)}, which {path} has already, "
            f"got {len(task.factors)}; choose another file for a shorter run"
        )


def _check_sizes(path: pathlib.Path, stored: Stored, task: Task) -> None:
    """ValueError if the content is not what this task writes."""
    model, slots = task.model, stored.trainer["slots"]
    steps = len(stored.factors) * -(-task.num_examples // task.settings.batch_size)
    columns = 1 + 2 * len(task.data)
    whole = (
        stored.parameters.shape == (model.num_parameters,)
        and stored.state.shape == model.state.shape
        and [slot.size for slot in slots] == [slot.size for slot in _slots(task)]
        and stored.trainer["steps"] == steps
        and all(len(row) - row.count(None) == columns for row in stored.evaluations)
    )
    if not whole:
        raise _unusable(path, "its parts do not fit each other")


def _slots(task: Task) -> list[np.ndarray]:
    return task.trainer.state()["slots"]


def _due(path: pathlib.Path, stored: Stored, task: Task) -> list[Evaluation]:
    """The evaluations that an uninterrupted run would have made so far.

    A shorter run has evaluated its last epoch, too, and one with another `stop_below`
    may have gone on past its end.
    """
    settings, done = task.settings, len(stored.factors)
    rows = [row for row in stored.evaluations if settings.due(row.epochs)]
    expected = [epochs for epochs in range(1, done + 1) if settings.due(epochs)]
    found = [row.epochs for row in rows]
    last_can_follow = not settings.running or stored.means is not None
    missing = sorted(set(expected) - set(found))
    if missing and not (missing == [settings.epochs] and last_can_follow):
        raise _unusable(path, f"no evaluation after epoch {missing[0]}")
    bound = settings.stop_below
    below = [r.epochs for r in rows if bound is not None and r.train_loss < bound]
    if below and below[0] < done:
        raise ValueError(
            f"stop_below must be at most the losses that {path} has, got {bound:g}, "
            f"which ends the run after epoch {below[0]} of its {done}; choose another "
            "file"
        )
    return rows


def _unusable(path: pathlib.Path, reason: str) -> ValueError:
    return ValueError(
        f"{path} is no checkpoint of a run ({reason}); remove it to start afresh"
    )


def digest(parameters: np.ndarray, *datasets: Any) -> str:
    """What tells initial parameters and data sets from others."""
    total = hashlib.blake2b(parameters.tobytes(), digest_size=16)
    for dataset in datasets:
        if dataset is not None:
            for part in (dataset.images, dataset.labels):
                array = _checks.array("images and labels", part, dtype=None)
                total.update(np.ascontiguousarray(array).data)
    return total.hexdigest()
