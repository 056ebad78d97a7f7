"""Recorded runs: the numbers of a long experiment, kept with what they came from.

.. code-block:: python

    run = load("lenet-mnist")           # recorded at full scale
    run.epochs, run.test_loss           # arrays
    print(run.origin)                   # what ran where, one sentence
    load("kernel-accuracy").results     # of an experiment that is no training
    run = live("lenet-mnist")           # the small version of a training, now

.. code-block:: console

    $ python -m d2lutils.runs                   # all experiments
    $ python -m d2lutils.runs record NAME       # run one and keep its numbers

A run that was killed goes on where it was. `recipes` says what the trainings are;
`runs.calibration`, `runs.sweeps`, `runs.penalties`, `runs.completion`, `runs.kernels`
and `runs.search` what the other experiments measure.
A record is one JSON file, see `Run`.
"""

from d2lutils.runs import recipes as recipes
from d2lutils.runs._curves import live
from d2lutils.runs._experiments import load, main, names, record
from d2lutils.runs._records import FOLDER, Run

__all__ = [
    "FOLDER",
    "Run",
    "live",
    "load",
    "main",
    "names",
    "record",
]
