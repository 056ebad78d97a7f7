"""What a training leaves behind: its history, or the error that it diverged."""

from __future__ import annotations

from dataclasses import dataclass

from d2lutils import engines
from d2lutils.training._curves import Curves


@dataclass(frozen=True, eq=False)
class History(Curves):
    """What `fit` saw: the five arrays of `Curves`, and what became of the model.

    Attributes
    ----------
    seconds : float
        Wall time of the whole run, that before a resumption included.
    model : engines.Model
        The trained model.
    engine, device : str
        What it ran on.
    diverged : bool
        Whether the loss became NaN or infinite; the curves then end with the last
        finite epoch.
    """

    seconds: float
    model: engines.Model
    engine: str
    device: str
    diverged: bool = False

    def __repr__(self) -> str:
        if not len(self.epochs):
            return f"History(no finite epoch, diverged={self.diverged})"
        test = f", test_loss={self.test_loss[-1]:.4g}" if len(self.test_loss) else ""
        return (
            f"History({self.epochs[-1]} epochs, "
            f"train_loss={self.train_loss[-1]:.4g}{test})"
        )


class TrainingDiverged(ArithmeticError):
    """The training loss became NaN or infinite.

    Attributes
    ----------
    history : History
        What was measured before.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history
