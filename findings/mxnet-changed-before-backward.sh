#!/usr/bin/env bash
# MXNet differentiates at the new value when an array is changed between the forward and
# the backward pass.
#
# Expected: The gradient belongs to the values with which the output was computed; a
#   change in between is an error (PyTorch says "modified by an inplace operation") or
#   harmless.
# Happens: The backward pass reads the array as it is then. y = x^2 was computed with x
#   = 2, x is set to 5, and the gradient is 10. In-place changes *inside* `record` are
#   refused, those after it are not.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: A buffer that is refilled with the next minibatch before `backward`, or
#   weights that are clipped or averaged in between, give gradients of a function that
#   was never evaluated.
# Seen:
#   mxnet 1.9.1
#   x set to 5 before backward: False; x^2 = 4.0, gradient 4.0
#   x set to 5 before backward: True; x^2 = 4.0, gradient 10.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mxnet==1.9.1' 'numpy==1.23.5'
cd "$folder"
"$python" - <<'END'
import mxnet
from mxnet import autograd, np, npx

npx.set_np()
print("mxnet", mxnet.__version__)


def gradient(change):
    x = np.array([2.0])
    x.attach_grad()
    with autograd.record():
        y = x * x
    value = float(y[0])
    if change:
        x[:] = 5
    y.backward()
    return value, float(x.grad[0])


for change in (False, True):
    value, slope = gradient(change)
    print(f"x set to 5 before backward: {change}; x^2 = {value}, gradient {slope}")
    assert (value, slope) == (4, 10 if change else 4)
END
