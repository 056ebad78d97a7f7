#!/usr/bin/env bash
# PyTorch's ReduceLROnPlateau takes a slowly worsening negative loss for steady
# progress.
#
# Expected: The scheduler lowers the learning rate when the loss has not improved by a
#   relative 1e-4 for `patience` epochs.
# Happens: "Better" means `loss < best * (1 - 1e-4)`. For a negative best value the
#   right side is *above* it, so a value that is worse by less than 1e-4 of it counts as
#   better and becomes the new best. A constant negative loss never triggers, nor does
#   one that climbs a little each epoch. `threshold_mode="abs"` is right.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: Negative losses are common: log-likelihoods of densities, ELBOs, scores with
#   their sign changed. The learning rate is then never lowered.
# Source: https://github.com/pytorch/pytorch/issues/47513
# Seen:
#   torch 2.13.0+cpu
#   constant +1: lowered 9 times, with threshold_mode='abs' 9
#   constant -1: lowered 0 times, with threshold_mode='abs' 9
#   +1, worse by 5e-5 each epoch: lowered 9 times, with threshold_mode='abs' 9
#   -1, worse by 5e-5 each epoch: lowered 0 times, with threshold_mode='abs' 9
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau

print("torch", torch.__version__)


def reductions(losses, **options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=3, **options)
    rates = []
    for loss in losses:
        scheduler.step(loss)
        rates.append(optimizer.param_groups[0]["lr"])
    return len(set(rates) - {1.0})


epochs = range(40)
runs = {
    "constant +1": [1.0] * 40,
    "constant -1": [-1.0] * 40,
    "+1, worse by 5e-5 each epoch": [1.0 + 5e-5 * k for k in epochs],
    "-1, worse by 5e-5 each epoch": [-1.0 + 5e-5 * k for k in epochs],
}
for name, losses in runs.items():
    counts = reductions(losses), reductions(losses, threshold_mode="abs")
    print(f"{name}: lowered {counts[0]} times, with threshold_mode='abs' {counts[1]}")
    assert (counts[0] > 0) == name.startswith(("constant +", "+"))
    assert counts[1] > 0
END
