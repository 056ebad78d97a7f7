#!/usr/bin/env bash
# Integer arrays of MXNet stay integers: the standard deviation of 1, 2, 3, 4 is 1, and
# `uint8 * 0.5` is 0.
#
# Expected: Arithmetic of integers with a real number is real arithmetic; a sum of 8-bit
#   pixels is taken in a wider type, as in NumPy and PyTorch.
# Happens: The dtype of the array wins, silently: `int32 + 0.5` drops the half, `uint8 *
#   0.5` multiplies by 0, `uint8 + 300` wraps, the standard deviation of 1, 2, 3, 4 is 1
#   and the sum of uint8 pixels is taken modulo 256. Division and `mean` give floats, so
#   the usual spot checks pass.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: Raw images are uint8: normalising them by `(images - mean) * scale` without a
#   cast trains on zeros.
# Seen:
#   mxnet 1.9.1
#   int32 + 0.5: 1, NumPy 1.5
#   uint8 * 0.5: 0, NumPy 100
#   uint8 / 2: 100.0, NumPy 100
#   std of 1, 2, 3, 4: 1, NumPy 1.11803
#   mean of 1, 2, 3, 4: 2.5, NumPy 2.5
#   sum of 1000 pixels of 200: 64, NumPy 200000
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
pixels = numpy.full(1000, 200, dtype="uint8")
numbers = numpy.array([1, 2, 3, 4], dtype="int32")
cases = {
    "int32 + 0.5": lambda a, b: b + 0.5,
    "uint8 * 0.5": lambda a, b: a * 0.5,
    "uint8 / 2": lambda a, b: a / 2,
    "std of 1, 2, 3, 4": lambda a, b: b.std(),
    "mean of 1, 2, 3, 4": lambda a, b: b.mean(),
    "sum of 1000 pixels of 200": lambda a, b: a.sum(),
}
right = {"uint8 / 2", "mean of 1, 2, 3, 4"}
for name, case in cases.items():
    ours = case(np.array(pixels), np.array(numbers)).asnumpy()
    theirs = case(pixels, numbers)
    print(f"{name}: {ours.ravel()[0]}, NumPy {numpy.ravel(theirs)[0]:g}")
    assert numpy.allclose(ours, theirs) == (name in right)
END
