#!/usr/bin/env bash
# MXNet's cross entropy takes a label outside the classes for the nearest class.
#
# Expected: A label that is no class (10 of ten classes 0..9, or -1 for "unknown") is an
#   error, or is left out.
# Happens: MXNet's cross entropy clips it to the nearest class: 10 counts as class 9 and
#   -1 as class 0, and training goes on. (PyTorch raises IndexError; JAX's optax gives
#   NaN for 10 and takes -1 for the last class.)
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: Labels 1..10, as MATLAB files have them, train a network with two classes
#   merged; -1 for "no label" trains towards class 0. The loss looks healthy.
# Seen:
#   mxnet 1.9.1
#   three classes, label -1: loss 3.1698
#   three classes, label 0: loss 3.1698
#   three classes, label 1: loss 2.1698
#   three classes, label 2: loss 0.1698
#   three classes, label 3: loss 0.1698
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mxnet==1.9.1' 'numpy==1.23.5'
cd "$folder"
"$python" - <<'END'
import mxnet
from mxnet import gluon, np, npx

npx.set_np()
print("mxnet", mxnet.__version__)
loss = gluon.loss.SoftmaxCELoss()
logits = np.array([[1.0, 2.0, 4.0]])
losses = {label: float(loss(logits, np.array([label]))[0]) for label in range(-1, 4)}
for label, value in losses.items():
    print(f"three classes, label {label}: loss {value:.4f}")
assert losses[-1] == losses[0]
assert losses[3] == losses[2]
END
