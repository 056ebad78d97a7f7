#!/usr/bin/env bash
# The hyperparameter search of the package d2l takes a diverged trial for a good one.
#
# Expected: a trial whose error is NaN loses against every other one, or is refused.
# Happens: `HPOTuner` that sees NaN first keeps it as the best to the end, for no number
#   is below NaN. `SuccessiveHalvingScheduler` sorts a rung with NaN in it, which leaves
#   NaN where it stood: a diverged trial that came first is promoted, and one with an
#   error of 0.2 is not.
# Versions: d2l 1.0.3, torch 2.14.1, torchvision 0.29.1, Python 3.11.
# Matters: in a search over learning rates some trials diverge, and the epochs of the next
#   rung go to one of them. The order in which settings were drawn decides.
# Seen:
#   d2l 1.0.3
#   the best so far, NaN seen first: [nan, nan, nan]
#   the best so far, NaN seen second: [0.3, 0.3, 0.1]
#   a rung with the errors [nan, 0.4, 0.2, 0.1] promotes [nan, 0.1]
#   a rung with the errors [0.4, 0.2, 0.1, nan] promotes [0.1, 0.2]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.14.1' 'torchvision==0.29.1' matplotlib \
    matplotlib-inline ipython pandas requests scipy
# d2l itself pins packages of 2023 that it runs without.
"$python" -m pip install --quiet --no-deps 'd2l==1.0.3'
cd "$folder"
"$python" - <<'END'
import contextlib
import io
import math

import d2l as package
import torch
from d2l import torch as d2l
from scipy import stats

print("d2l", package.__version__)
NAN = math.nan


def searcher():
    return d2l.RandomSearcher({"lr": stats.loguniform(1e-3, 1)})


def best_so_far(errors):
    coming = iter(errors)
    tuner = d2l.HPOTuner(
        d2l.BasicScheduler(searcher()), lambda lr: torch.tensor(next(coming))
    )
    with contextlib.redirect_stdout(io.StringIO()):
        tuner.run(len(errors))
    return [round(error, 3) for error in tuner.incumbent_trajectory]


def promoted(errors):
    scheduler = d2l.SuccessiveHalvingScheduler(searcher(), eta=2, r_min=1, r_max=4)
    error_of = {}
    for error in errors:
        config = scheduler.suggest()
        error_of[config["lr"]] = error
        scheduler.update(config, error)
    return [error_of[config["lr"]] for config in scheduler.queue]


first, second = best_so_far([NAN, 0.3, 0.1]), best_so_far([0.3, NAN, 0.1])
print("the best so far, NaN seen first:", first)
print("the best so far, NaN seen second:", second)
assert all(map(math.isnan, first))
assert second == [0.3, 0.3, 0.1]
for rung in ([NAN, 0.4, 0.2, 0.1], [0.4, 0.2, 0.1, NAN]):
    print("a rung with the errors", rung, "promotes", promoted(rung))
kept = promoted([NAN, 0.4, 0.2, 0.1])
assert math.isnan(kept[0])
assert kept[1] == 0.1
assert promoted([0.4, 0.2, 0.1, NAN]) == [0.1, 0.2]
END
