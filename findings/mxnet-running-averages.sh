#!/usr/bin/env bash
# MXNet's BatchNorm moves its running averages in the backward pass, not in the forward
# one.
#
# Expected: In training mode the forward pass of a batch-normalisation layer moves its
#   running mean and variance, as PyTorch and Keras do it.
# Happens: On the CPU MXNet's forward pass leaves them alone, also in
#   `autograd.train_mode()`; the backward pass moves them. Forward passes without a
#   backward pass (to gather statistics for a frozen network, say) change nothing, and
#   nothing says so.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: "Run the training data through the network once more to refresh the averages"
#   does nothing in MXNet, and a loss evaluated in training mode between two steps
#   leaves no trace.
# Source: a comment of https://github.com/apache/mxnet/issues/14357 shows recorded
#   forward passes that leave the averages alone on the CPU and move them on a GPU.
# Seen:
#   mxnet 1.9.1
#   after a forward pass in train_mode: 0.0
#   after a recorded forward pass: 0.0
#   after its backward pass: 0.5000001192092896
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
from mxnet import autograd, gluon, np, npx

npx.set_np()
print("mxnet", mxnet.__version__)
layer = gluon.nn.BatchNorm(in_channels=1)
layer.initialize()
inputs = np.array(numpy.float32([[4.0], [6.0]]))


def mean():
    npx.waitall()
    return float(layer.running_mean.data()[0])


with autograd.train_mode():
    layer(inputs)
print("after a forward pass in train_mode:", mean())
assert mean() == 0
with autograd.record():
    outputs = layer(inputs)
print("after a recorded forward pass:", mean())
assert mean() == 0
outputs.backward()
print("after its backward pass:", mean())
assert abs(mean() - 0.5) < 1e-6
END
