#!/usr/bin/env bash
# MXNet's gradient of SELU is a third too small below 0, and the one of rot90 is turned
# the wrong way.
#
# Expected: Where a gradient exists it agrees with finite differences up to rounding.
# Happens: SELU is y = lambda * alpha * (exp(x) - 1) below 0, with slope y + lambda *
#   alpha. MXNet's backward pass gives lambda * (y + alpha): 0.161 instead of 0.238 at
#   -2, 0.590 instead of 0.647 at -1, in float32 and float64; `gluon.nn.SELU` has it
#   too. The gradient of `np.rot90` is turned by another quarter instead of back.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: A self-normalising network trained with MXNet's SELU follows a direction that
#   is not the gradient; a gradient check is the only thing that shows it.
# Seen:
#   mxnet 1.9.1
#   SELU at -2.0: value -1.5202, true -1.5202; slope 0.1609, true 0.2379
#   SELU at -1.0: value -1.1113, true -1.1113; slope 0.5904, true 0.6468
#   SELU at -0.5: value -0.6918, true -0.6918; slope 1.0313, true 1.0663
#   SELU at 0.5: value 0.5254, true 0.5254; slope 1.0507, true 1.0507
#   gradient of sum(rot90(x) * w): [[2.0, 4.0], [1.0, 3.0]]
#     truth: [[3.0, 1.0], [4.0, 2.0]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mxnet==1.9.1' 'numpy==1.23.5'
cd "$folder"
"$python" - <<'END'
import math

import mxnet
from mxnet import autograd, gluon, np, npx

npx.set_np()
print("mxnet", mxnet.__version__)


def gradient(function, values):
    x = np.array(values)
    x.attach_grad()
    with autograd.record():
        total = function(x).sum()
    total.backward()
    return x.grad.tolist()


points = [-2.0, -1.0, -0.5, 0.5]
scale, alpha = 1.0507009873554805, 1.6732632423543772
layer = gluon.nn.SELU()
slopes = gradient(layer, points)
for x, slope in zip(points, slopes):
    truth = scale if x > 0 else scale * alpha * math.exp(x)
    value = float(layer(np.array([x]))[0])
    right = scale * x if x > 0 else scale * alpha * (math.exp(x) - 1)
    print(f"SELU at {x}: value {value:.4f}, true {right:.4f}; "
          f"slope {slope:.4f}, true {truth:.4f}")
    assert abs(value - right) < 1e-5
    assert (abs(slope - truth) < 1e-5) == (x > 0)

weights = np.array([[1.0, 2.0], [3.0, 4.0]])
turned = gradient(lambda x: np.rot90(x) * weights, [[0.0, 0.0], [0.0, 0.0]])
truth = np.rot90(weights, -1).tolist()
print("gradient of sum(rot90(x) * w):", turned, "truth:", truth)
assert turned == np.rot90(weights).tolist() != truth
END
