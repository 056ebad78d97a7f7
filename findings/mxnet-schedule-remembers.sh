#!/usr/bin/env bash
# Looking at MXNet's FactorScheduler lowers the learning rate for good.
#
# Expected: A learning-rate schedule is a function of the number of updates: looking at
#   it changes nothing.
# Happens: `FactorScheduler` and `MultiFactorScheduler` count down inside the object.
#   Calling one for a later update (to draw the schedule, say) lowers the rate of all
#   earlier ones for good; `CosineScheduler` and `PolyScheduler` are functions. Beside
#   it, `step=2` first lowers the rate at update 3.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: A plot of the schedule before training makes the network train with its last
#   rate from the first step on; a scheduler reused for a second run starts where the
#   first one ended.
# Seen:
#   mxnet 1.9.1
#   first look: [1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125]
#   second look: [0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125]
#   CosineScheduler: both looks agree
#   PolyScheduler: both looks agree
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mxnet==1.9.1' 'numpy==1.23.5'
cd "$folder"
"$python" - <<'END'
import mxnet
from mxnet import lr_scheduler

print("mxnet", mxnet.__version__)
schedule = lr_scheduler.FactorScheduler(step=2, factor=0.5, base_lr=1.0)
first = [schedule(update) for update in range(8)]
again = [schedule(update) for update in range(8)]
print("first look:", first)
print("second look:", again)
assert first == [1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125]
assert again == [0.125] * 8
several = lr_scheduler.MultiFactorScheduler(step=[2, 4], factor=0.5, base_lr=1.0)
assert several(7) == several(0) == 0.25
for kind in (lr_scheduler.CosineScheduler, lr_scheduler.PolyScheduler):
    schedule = kind(max_update=8, base_lr=1.0)
    assert [schedule(k) for k in range(8)] == [schedule(k) for k in range(8)]
    print(f"{kind.__name__}: both looks agree")
END
