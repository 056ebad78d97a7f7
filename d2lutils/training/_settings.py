"""What decides a run beside the model and the data, checked as it comes in."""

from __future__ import annotations

import math
from dataclasses import dataclass

from d2lutils import _checks
from d2lutils.engines import LOSSES, SGD, Adam
from d2lutils.training._schedules import Schedule


@dataclass(frozen=True)
class Settings:
    """The arguments of `fit` that its loop needs."""

    loss: str
    optimizer: SGD | Adam
    epochs: int
    batch_size: int
    schedule: Schedule | None
    seed: int
    running: bool
    evaluate_every: int
    stop_below: float | None

    def __post_init__(self) -> None:
        _checks.choice("loss", self.loss, LOSSES)
        _checks.instance("optimizer", self.optimizer, (SGD, Adam))
        self._whole("epochs", 1, 10**7)
        self._whole("batch_size", 1)
        self._whole("seed", 0)
        self._whole("evaluate_every", 1)
        _checks.settle(self, "running", _checks.flag("running", self.running))
        if self.stop_below is not None:
            bound = _checks.real("stop_below", self.stop_below)
            _checks.settle(self, "stop_below", bound)
        if self.schedule is not None:
            _checks.function("schedule", self.schedule)

    def _whole(self, name: str, least: int, most: float = math.inf) -> None:
        number = _checks.whole(name, getattr(self, name), least, most)
        _checks.settle(self, name, number)

    def factors(self) -> list[float]:
        """What the schedule says for each epoch."""
        if self.schedule is None:
            return [1.0] * self.epochs
        return [
            _checks.real("the schedule's factor", self.schedule(epoch), 0)
            for epoch in range(self.epochs)
        ]

    def due(self, epochs: int) -> bool:
        """Whether an evaluation follows when so many epochs are done."""
        return epochs % self.evaluate_every == 0 or epochs == self.epochs
