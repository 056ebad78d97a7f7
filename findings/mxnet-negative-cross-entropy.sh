#!/usr/bin/env bash
# The cross entropy of a well-fitted example is negative in MXNet's float32.
#
# Expected: A cross entropy is never negative: it is minus the logarithm of a
#   probability.
# Happens: In float32 MXNet's log_softmax (oneDNN) is off by about 1e-6, so the loss of
#   a well-fitted example is -1.43e-6 instead of 3.9e-22. The same formula written out
#   with max, exp, sum and log gives 0. In float64 the loss is right.
# Versions: mxnet 1.9.1 (x86-64 with oneDNN), numpy 1.23.5, Python 3.11.
# Matters: Training "until the loss is below 1e-6" stops far too early, the mean loss of
#   a network that interpolates is negative, and its logarithm is NaN in a plot.
# Seen:
#   mxnet 1.9.1
#   SoftmaxCELoss, float32: -1.430511474609375e-06
#   SoftmaxCELoss, float64: 0.0
#   written out, float32: 0.0
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
from mxnet import gluon, np, npx

npx.set_np()
print("mxnet", mxnet.__version__)
logits = numpy.zeros((1, 3), dtype="float32")
logits[0, 0] = 50
loss = gluon.loss.SoftmaxCELoss()


def written_out(x):
    x = x - x.max(axis=1, keepdims=True)
    return float(np.log(np.exp(x).sum(axis=1))[0] - x[0, 0])


single = float(loss(np.array(logits), np.array([0]))[0])
double = float(loss(np.array(logits.astype("float64")), np.array([0]))[0])
print("SoftmaxCELoss, float32:", single)
print("SoftmaxCELoss, float64:", double)
print("written out, float32:", written_out(np.array(logits)))
assert -1e-5 < single < -1e-7
assert abs(double) < 1e-15
assert written_out(np.array(logits)) == 0
END
