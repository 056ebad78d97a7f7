#!/usr/bin/env bash
# torchmetrics' accuracy of the same seven logits is 1.0 in one batch and 0.43 in two.
#
# Expected: A metric over a data set does not depend on how it is cut into batches.
# Happens: The binary and multilabel metrics take logits or probabilities and tell which
#   by the values: if any of a *batch* lies outside [0, 1] all its values go through the
#   sigmoid function, otherwise none does. Logits 0.1 to 0.4, positive and so votes for
#   class 1, are votes for class 0 in a batch of their own; the area under the ROC curve
#   mixes probabilities with logits.
# Versions: torchmetrics 1.9.0, torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: At the start of a training logits are small, so some batches fall within
#   [0, 1], the more the smaller they are. Apply the sigmoid function before.
# Source: the documentation names the rule for the values of `preds`, not what follows
#   for batches.
# Seen:
#   torchmetrics 1.9.0
#   accuracy: one batch 1.0000, two batches 0.4286
#   area under the curve: one batch 1.0000, two batches 0.9000
#   accuracy of probabilities: one batch 1.0000, two batches 1.0000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'torchmetrics==1.9.0' 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import torch
import torchmetrics
from torchmetrics.classification import BinaryAccuracy, BinaryAUROC

print("torchmetrics", torchmetrics.__version__)
logits = torch.tensor([0.2, 0.4, 0.3, 0.1, -3.0, -2.0, 4.0])
labels = torch.tensor([1, 1, 1, 1, 0, 0, 1])


def in_batches(metric, values, size):
    for batch in zip(values.split(size), labels.split(size)):
        metric.update(*batch)
    return float(metric.compute())


for name, metric, values in (
    ("accuracy", BinaryAccuracy, logits),
    ("area under the curve", BinaryAUROC, logits),
    ("accuracy of probabilities", BinaryAccuracy, logits.sigmoid()),
):
    one, two = in_batches(metric(), values, 7), in_batches(metric(), values, 4)
    print(f"{name}: one batch {one:.4f}, two batches {two:.4f}")
    assert one == 1
    assert (two == 1) == name.endswith("probabilities")
END
