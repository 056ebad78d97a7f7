#!/usr/bin/env bash
# The calibration error of one classifier of two classes is 0.100 or 0.014: by the form
# of its probabilities in TorchMetrics, and by the library.
#
# Expected: A classifier of two classes that is stored as the probability of class 1, or
#   as both probabilities, has one expected calibration error.
# Happens: TorchMetrics' task "binary" compares the probability of class 1 with how often
#   it is class 1; task "multiclass" the probability of the predicted class with how
#   often it is right, where a class that is overrated below 1/2 and above it cancels.
#   netcal takes two columns, too, as the probability of class 1.
# Versions: torchmetrics 1.9.0, torch 2.9.1, netcal 1.3.6, numpy 1.26.4, Python 3.11.
# Matters: Papers report one number, "ECE with 10 bins". Both definitions are in use; a
#   comparison of two classifiers by two libraries compares definitions.
# Seen:
#   torchmetrics 1.9.0 netcal 1.3.6
#   torchmetrics, binary:       0.100
#   torchmetrics, two classes:  0.014
#   netcal, one column:         0.100
#   netcal, two columns:        0.100
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'torchmetrics==1.9.0' 'torch==2.9.1' 'torchvision==0.24.1' 'netcal==1.3.6' \
    'numpy==1.26.4'
cd "$folder"
"$python" - 2> /dev/null <<'END'
import importlib.metadata

import numpy as np
import torch
from netcal.metrics import ECE
from torchmetrics.functional import calibration_error

print(*(f"{n} {importlib.metadata.version(n)}" for n in ("torchmetrics", "netcal")))
rng = np.random.default_rng(0)
p = rng.random(2000)  # says p, and class 1 comes with probability p ** 1.5
label = (rng.random(2000) < p**1.5).astype(int)
two = np.stack([1 - p, p], 1)

answers = torch.tensor(label)
found = {
    "torchmetrics, binary:      ": calibration_error(
        torch.tensor(p), answers, task="binary", n_bins=10
    ),
    "torchmetrics, two classes: ": calibration_error(
        torch.tensor(two), answers, task="multiclass", num_classes=2, n_bins=10
    ),
    "netcal, one column:        ": ECE(10).measure(p, label),
    "netcal, two columns:       ": ECE(10).measure(two, label),
}
for name, value in found.items():
    print(name, f"{value:.3f}")
values = [round(float(value), 3) for value in found.values()]
assert values == [0.1, 0.014, 0.1, 0.1]
END
