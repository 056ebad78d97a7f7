#!/usr/bin/env bash
# MXNet's RMSE of the same predictions depends on the batch size; in batches of one it
# is the mean absolute error.
#
# Expected: A metric that is updated batch by batch gives the value of its formula over
#   all examples, the square root of the sum of squares over n for RMSE, as the metrics
#   of accuracy and cross entropy do.
# Happens: RMSE is the mean of the batches' roots, with equal batches never more than
#   the root of all. MSE and MAE are means of the batches' means, so an example of a
#   short last batch counts for more than another; F1 and MCC are the means of the
#   batches' scores by default.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: Two models validated with different batch sizes cannot be compared, and a
#   validation with batches of one makes the RMSE look better, here by half.
# Documented: for F1 and MCC, whose `average="macro"` is said to average over batches;
#   the docstrings of RMSE, MSE and MAE have only the formula over n.
# Seen:
#   mxnet 1.9.1
#   rmse: formula 1.768; batches of 8: 1.768, 4: 1.750, 3: 1.520, 1: 0.875
#   mse: formula 3.125; batches of 8: 3.125, 4: 3.125, 3: 3.667, 1: 3.125
#   mae: formula 0.875; batches of 8: 0.875, 4: 0.875, 3: 1.000, 1: 0.875
#   f1: formula 0.571; batches of 8: 0.571, 4: 0.583, 3: 0.556, 1: 0.250
#   accuracy: formula 0.625; batches of 8: 0.625, 4: 0.625, 3: 0.625, 1: 0.625
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mxnet==1.9.1' 'numpy==1.23.5'
cd "$folder"
"$python" - <<'END'
import mxnet
import numpy
from mxnet import nd

print("mxnet", mxnet.__version__)
predictions = numpy.array([3.0, 0, 0, 0, 0, 0, 0, 4])
targets = numpy.zeros(8)
labels = numpy.array([1, 0, 1, 0, 0, 0, 1, 0])
scores = numpy.array([0.9, 0.2, 0.3, 0.6, 0.1, 0.7, 0.8, 0.3])
positive = scores > 0.5
hits = (positive & (labels == 1)).sum()
formulas = {
    "rmse": numpy.sqrt(((predictions - targets) ** 2).mean()),
    "mse": ((predictions - targets) ** 2).mean(),
    "mae": numpy.abs(predictions - targets).mean(),
    "f1": 2 * hits / (positive.sum() + labels.sum()),
    "accuracy": (positive == labels).mean(),
}


def in_batches(name, size):
    metric = mxnet.metric.create(name)
    for i in range(0, 8, size):
        batch = slice(i, i + size)
        if name in ("f1", "accuracy"):
            both = numpy.stack([1 - scores[batch], scores[batch]], axis=1)
            metric.update([nd.array(labels[batch])], [nd.array(both)])
        else:
            metric.update([nd.array(targets[batch])], [nd.array(predictions[batch])])
    return metric.get()[1]


seen = {}
for name, formula in formulas.items():
    seen[name] = {size: float(in_batches(name, size)) for size in (8, 4, 3, 1)}
    values = ", ".join(f"{size}: {value:.3f}" for size, value in seen[name].items())
    print(f"{name}: formula {formula:.3f}; batches of {values}")
    assert abs(seen[name][8] - formula) < 1e-6
assert seen["rmse"][8] > seen["rmse"][4] > seen["rmse"][3] > seen["rmse"][1]
assert abs(seen["rmse"][1] - formulas["mae"]) < 1e-6
for name in ("mse", "mae"):
    assert abs(seen[name][4] - formulas[name]) < 1e-6
    assert seen[name][3] > 1.1 * formulas[name]
assert seen["f1"][1] < 0.5 * formulas["f1"]
assert len(set(seen["accuracy"].values())) == 1
END
