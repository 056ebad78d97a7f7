"""Members of one shape, trained together as a stack in groups that fit into memory."""

from __future__ import annotations

import math
import pathlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from d2lutils import _machine, engines, networks
from d2lutils.engines import Stack, StackTrainer
from d2lutils.training import _checkpoints
from d2lutils.training._fit import history_of
from d2lutils.training._history import History
from d2lutils.training._loop import Evaluation, Record, Task
from d2lutils.training._settings import Settings

_ROOM = 2**28  # bytes that the members which are trained together may take


@dataclass(frozen=True)
class Work:
    """The arguments, checked; gains and settings are one a member."""

    layout: networks.Layout
    datasets: list[Any]
    gains: list[float]
    settings: list[Settings]
    scheme: str
    engine: str
    dtype: str
    progress: bool | None
    folder: pathlib.Path | None
    every: int

    def path(self, member: int) -> pathlib.Path | None:
        return None if self.folder is None else self.folder / f"{member}.npz"


def trained_together(work: Work) -> list[History]:
    """In groups that fit into memory, each a stack."""
    checked = engines.Model(
        work.layout, work.engine, "cpu", work.dtype, np.zeros(work.layout.size)
    )
    data: list[tuple[Any, Any]] = []
    for dataset in work.datasets:
        images = checked.check_images(dataset.images)
        loss = work.settings[0].loss
        labels = checked.check_labels(dataset.labels, len(images), loss)
        data.append((images.reshape(len(images), -1), labels))
    number, batch_size = len(data[0][0]), work.settings[0].batch_size
    checked.check_batch_size(number, min(batch_size, number))
    members, epochs = len(work.settings), work.settings[0].epochs
    size = max(1, _ROOM // _bytes_of_a_member(work, number))
    histories = []
    with (
        _machine.one_blas_thread(),
        _machine.bar(work.progress, total=members * epochs, unit="epoch") as bar,
    ):
        for start in range(0, members, size):
            group = _Group(work, data, range(start, min(start + size, members)))
            group.run(bar)
            histories += group.histories()
    return histories


def _bytes_of_a_member(work: Work, number: int) -> int:
    """About what a member takes: parameters, a minibatch's activations, dropout."""
    steps = work.layout.steps
    slots = max(settings.optimizer.num_slots for settings in work.settings)
    widths = sum(math.prod(step.output_shape) for step in steps)
    dropped = sum(
        math.prod(step.output_shape)
        for step in steps
        if isinstance(step.layer, networks.Dropout)
    )
    batch = min(work.settings[0].batch_size, number)
    floats = work.layout.size * (4 + slots) + 4 * batch * widths
    return floats * np.dtype(work.dtype).itemsize + number * dropped


class _Group:
    """Members that are trained together, and what each has seen."""

    def __init__(self, work: Work, data: list[tuple[Any, Any]], members: range) -> None:
        self.work, self.data, self.members = work, data, members
        self.num_examples = len(data[0][0])
        self.settings = [
            replace(one, batch_size=min(one.batch_size, self.num_examples))
            for one in (work.settings[member] for member in members)
        ]
        self.factors = self.settings[0].factors()
        layout = work.layout
        starts = [
            networks.draw_parameters(layout, one.seed, work.scheme, work.gains[member])
            for one, member in zip(self.settings, members, strict=True)
        ]
        states = np.tile(engines.fresh_state(layout), (len(members), 1))
        stack = Stack(layout, work.dtype, np.stack(starts), states, work.engine)
        self.trainer = StackTrainer(stack, [one.optimizer for one in self.settings])
        self.records = [Record() for _ in members]
        self.trouble: list[bool] = [False] * len(members)
        self.saved = self._checkpoints() if work.folder is not None else None

    def _checkpoints(self) -> list[_checkpoints.Checkpoint]:
        data = _checkpoints.digest(np.zeros(0), *self.work.datasets)
        saved = []
        for row, member in enumerate(self.members):
            seat = _Seat(self, row)
            task = Task(
                seat,
                self.data,
                self.num_examples,
                self.settings[row],
                self.factors,
                _SeatTrainer(self.trainer, row),
            )
            own = data + _checkpoints.digest(seat.parameters)
            path = self.work.path(member)
            saved.append(_checkpoints.checkpoint(path, task, self.work.every, own))
            saved[-1].begin(self.records[row])
        return saved

    def run(self, bar: Any) -> None:
        """Train all to their ends; those that are behind go first."""
        total = self.settings[0].epochs
        late = [
            row
            for row, record in enumerate(self.records)
            if record.epochs == total and not _is_evaluated(record)
        ]
        if late:  # checkpoints of runs that were on their way to more epochs
            self._evaluate(late, self.trainer.stack.take(late), total)
        while going := [row for row in range(len(self.members)) if self._goes_on(row)]:
            epoch = min(self.records[row].epochs for row in going)
            rows = [row for row in going if self.records[row].epochs == epoch]
            self._epoch(rows, epoch)
            bar.update(len(rows))

    def _goes_on(self, row: int) -> bool:
        record, settings = self.records[row], self.settings[row]
        return (
            record.epochs < settings.epochs
            and not self.trouble[row]
            and not record.is_below(settings.stop_below)
        )

    def _epoch(self, rows: list[int], epoch: int) -> None:
        number, settings = self.num_examples, self.settings[0]
        whole = len(rows) == len(self.members)
        trainer = self.trainer if whole else self.trainer.take(rows)
        seeds = [(self.settings[row].seed, epoch) for row in rows]
        orders = [np.random.default_rng(seed).permutation(number) for seed in seeds]
        starts = np.arange(0, number, settings.batch_size)
        sizes = np.diff(np.append(starts, number))
        lrs = [self.settings[row].optimizer.lr * self.factors[epoch] for row in rows]
        trainer.stack.draw(seeds, sizes.tolist())
        losses, wrong = trainer.run(
            *self.data[0],
            settings.loss,
            np.stack(orders),
            settings.batch_size,
            np.array(lrs),
        )
        if not whole:
            self.trainer.put(rows, trainer)
        for k, row in enumerate(rows):
            self.trouble[row] = not np.isfinite(losses[k]).all()
            means = losses[k] @ sizes / number, wrong[k].sum() / number
            self.records[row].means = float(means[0]), float(means[1])
        if settings.due(epoch + 1):
            self._evaluate(rows, trainer.stack, epoch + 1)
        for row in rows:
            if not self.trouble[row]:
                self.records[row].epochs = epoch + 1
                if self.saved is not None:
                    self.saved[row].save(self.records[row])

    def _evaluate(self, rows: list[int], stack: Stack, epochs: int) -> None:
        train, *test = self.data
        loss = self.settings[0].loss
        measured = [stack.losses(*part, loss) for part in test]
        if self.settings[0].running:
            means = [self.records[row].means or (np.nan, np.nan) for row in rows]
            measured.insert(0, tuple(np.array(means).T))
        else:
            measured.insert(0, stack.losses(*train, loss))
        columns = np.array([column for pair in measured for column in pair])
        for row, values in zip(rows, columns.T, strict=True):
            self.trouble[row] |= not np.isfinite(values).all()
            if not self.trouble[row]:
                found = Evaluation(epochs, *map(float, values))
                self.records[row].evaluations.append(found)

    def histories(self) -> list[History]:
        """One a member; its model is made when it is needed."""
        stack, work = self.trainer.stack, self.work
        return [
            history_of(
                record,
                engines.Model(
                    work.layout,
                    work.engine,
                    "cpu",
                    work.dtype,
                    stack.flat[row].astype(np.float64),
                    stack.averages[row].astype(np.float64),
                ),
                "numpy",
                self.trouble[row],
            )
            for row, record in enumerate(self.records)
        ]


def _is_evaluated(record: Record) -> bool:
    return bool(record.evaluations) and record.evaluations[-1].epochs == record.epochs


class _Seat:
    """A member in the place of a model, for its checkpoint."""

    engine = "numpy"

    def __init__(self, group: _Group, row: int) -> None:
        self._stack, self._row = group.trainer.stack, row
        self.network, self.dtype = group.work.layout.network, group.work.dtype
        self.num_parameters = group.work.layout.size

    @property
    def parameters(self) -> np.ndarray:
        return self._stack.flat[self._row].astype(np.float64)

    @parameters.setter
    def parameters(self, flat: np.ndarray) -> None:
        self._stack.flat[self._row] = flat

    @property
    def state(self) -> np.ndarray:
        return self._stack.averages[self._row].astype(np.float64)

    @state.setter
    def state(self, flat: np.ndarray) -> None:
        self._stack.averages[self._row] = flat


class _SeatTrainer:
    """A member's optimiser, for its checkpoint."""

    def __init__(self, trainer: StackTrainer, row: int) -> None:
        self._trainer, self._row = trainer, row

    def state(self) -> dict[str, Any]:
        return {
            "slots": [slot[self._row] for slot in self._trainer.slots],
            "steps": int(self._trainer.steps[self._row]),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        for slot, values in zip(self._trainer.slots, state["slots"], strict=True):
            slot[self._row] = values
        self._trainer.steps[self._row] = state["steps"]
