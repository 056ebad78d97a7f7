"""Training: optimisers and schedules as data, and `fit`, one loop for both engines.

::

    train, test = datasets.load("mnist-sample")
    history = fit(lenet5(), train, test, optimizer=SGD(0.1), epochs=10)
    history.train_loss, history.test_error      # one entry an epoch
    history.model.predict(test.images)

`engines` says what the engines are and which one is taken.
"""

from d2lutils.engines import SGD, Adam
from d2lutils.training._curves import CURVES, Curves
from d2lutils.training._fit import fit
from d2lutils.training._history import History, TrainingDiverged
from d2lutils.training._many import fit_many
from d2lutils.training._schedules import step_schedule

__all__ = [
    "CURVES",
    "SGD",
    "Adam",
    "Curves",
    "History",
    "TrainingDiverged",
    "fit",
    "fit_many",
    "step_schedule",
]
