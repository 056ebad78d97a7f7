"""Recorded runs: the numbers of a long experiment, kept with what they came from.

    run = load("lenet-mnist")               # recorded at full scale
    run.epochs, run.test_loss               # arrays
    print(run.origin)                       # what ran where, one sentence
    run = live("lenet-mnist")               # the small version, now

    python -m d2lutils.runs list
    python -m d2lutils.runs record NAME     # run the recipe at full scale and keep it; resumes when it was killed

`recipes` says what is run; a record is one JSON file in the folder `records`.
"""

from d2lutils.runs import recipes as recipes
from d2lutils.runs._curves import FOLDER, Run, live, load, main, record

__all__ = [
    "FOLDER",
    "Run",
    "live",
    "load",
    "main",
    "record",
]
