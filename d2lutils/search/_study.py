"""What a search found."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils.search._trials import Trial


@dataclass(frozen=True)
class Study:
    """A finished search.

    Attributes
    ----------
    method : str
        Its name.
    trials : tuple of Trial
        All of them in the order of the schedule: by bracket, rung and configuration,
        however they ran.
    """

    method: str
    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        """The trial of least loss, the first of several.

        Raises
        ------
        ValueError
            If all failed, with what the first one said.
        """
        if not self.trials:
            raise ValueError("the study has no trials")
        if len(self.failed) == len(self.trials):
            raise ValueError(
                f"all {len(self.trials)} trials failed; "
                f"the first one said: {self.trials[0].error}"
            )
        return min(self.trials, key=lambda trial: trial.loss)

    @property
    def failed(self) -> tuple[Trial, ...]:
        """The trials that failed."""
        return tuple(trial for trial in self.trials if trial.failed)

    @property
    def spent(self) -> int:
        """Resource spent in all."""
        return sum(trial.cost for trial in self.trials)

    def incumbents(self) -> tuple[np.ndarray, tuple[Trial, ...]]:
        """The best trial so far, each time that it changed.

        Returns
        -------
        spent : array of shape (k,)
            Resources spent until then.
        trials : tuple of k Trial
            Both are empty where all failed.
        """
        spent = np.cumsum([trial.cost for trial in self.trials])
        best = np.minimum.accumulate([math.inf, *(trial.loss for trial in self.trials)])
        changed = np.flatnonzero(best[1:] < best[:-1])
        return spent[changed], tuple(self.trials[i] for i in changed)

    def after(self, spent: ArrayLike, value: str = "loss") -> np.ndarray:
        """What the best trial had reached when so much was spent.

        Parameters
        ----------
        spent : array of any shape
            Trials count when they end.
        value : str
            "loss", or one of the objective's details for the trial of least loss.

        Returns
        -------
        array of the same shape
            NaN where no trial had finished.

        Raises
        ------
        ValueError
            For a value that was not measured, or NaN among `spent`.
        """
        spent = _checks.array("spent", spent, finite=False)
        if np.isnan(spent).any():
            raise ValueError("spent must be numbers, got NaN")
        times, trials = self.incumbents()
        if trials:
            _checks.choice("value", value, ("loss", *trials[0].details))
        values = [
            trial.loss if value == "loss" else trial.details[value] for trial in trials
        ]
        reached = np.searchsorted(times, spent, side="right")
        return np.array([math.nan, *values])[reached]

    def __repr__(self) -> str:
        counts = f"{len(self.trials)} trials, {len(self.failed)} failed"
        found = (
            f", best loss {self.best.loss:.4g}"
            if len(self.failed) < len(self.trials)
            else ""
        )
        return f"Study({self.method}, {counts}, spent {self.spent}{found})"
