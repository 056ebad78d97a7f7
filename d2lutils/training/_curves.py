"""What a training is measured by: five curves with one entry an evaluation."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True, eq=False)
class Curves:
    """Losses and errors of a training, by epoch.

    Attributes
    ----------
    epochs : array of shape (k,), int
        Number of epochs done at each evaluation, counted from 1.
    train_loss, test_loss : array of shape (k,)
        Mean loss.
    train_error, test_error : array of shape (k,)
        Share of wrong answers. Those of the test set, and its losses, are empty
        without a test set.
    """

    epochs: np.ndarray
    train_loss: np.ndarray
    train_error: np.ndarray
    test_loss: np.ndarray
    test_error: np.ndarray

    def curves(self) -> dict[str, list]:
        """The curves as plain lists by name, for JSON."""
        return {name: getattr(self, name).tolist() for name in CURVES}


CURVES = tuple(field.name for field in fields(Curves))
"""The names of the curves, "epochs" first."""
