#!/usr/bin/env bash
# Assigning through a NumPy mask or a list of booleans overwrites the wrong rows of an
# MXNet array, though reading is right.
#
# Expected: `a[mask] = 9` changes the entries that `a[mask]` reads.
# Happens: With a mask that is a NumPy array or a Python list, `a[mask]` reads the right
#   rows, but `a[mask] = 9` overwrites rows 0 and 1 whatever they hold: True and False
#   are taken for the indices 1 and 0. MXNet's own boolean arrays (`x > 0`) are right;
#   but `np.array([True, False])` is not one of them, its dtype is float32.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: A mask computed with NumPy or pandas (missing ratings, say) destroys data
#   silently; checking the same expression by reading it shows nothing wrong.
# Seen:
#   mxnet 1.9.1
#   dtype of np.array([True, False]): float32
#   list: reads [1.0], after a[mask] = 9: [9.0, 9.0, 2.0]
#   NumPy: reads [1.0], after a[mask] = 9: [9.0, 9.0, 2.0]
#   MXNet: reads [1.0], after a[mask] = 9: [0.0, 9.0, 2.0]
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
from mxnet import np, npx

npx.set_np()
print("mxnet", mxnet.__version__)
print("dtype of np.array([True, False]):", np.array([True, False]).dtype)
masks = {
    "list": [False, True, False],
    "NumPy": numpy.array([False, True, False]),
    "MXNet": np.array([0.0, 1.0, 0.0]) > 0,
}
for name, mask in masks.items():
    a = np.array([0.0, 1.0, 2.0])
    read = a[mask].tolist()
    a[mask] = 9
    print(f"{name}: reads {read}, after a[mask] = 9: {a.tolist()}")
    assert read == [1.0]
    assert a.tolist() == ([0.0, 9.0, 2.0] if name == "MXNet" else [9.0, 9.0, 2.0])
END
