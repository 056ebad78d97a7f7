#!/usr/bin/env bash
# MXNet's argmax is off by one beyond 16,777,216 entries, as an int64.
#
# Expected: `argmax` returns the index of the largest entry; its dtype is int64, so
#   every index fits.
# Happens: The index is computed as a float32 and cast afterwards. Beyond 2^24 =
#   16,777,216 only even numbers are left: the largest entry at 16777219 is reported at
#   16777220, where the entry is 0.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: 16.8 million entries are one flattened layer of 4096 x 4096 weights or a grid
#   of 4100 x 4100 losses; the result looks exact because it is an integer.
# Seen:
#   mxnet 1.9.1
#   largest entry at 16777219
#   np.argmax: 16777220 int64 holds 0.0
#   NumPy's argmax: 16777219
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mxnet==1.9.1' 'numpy==1.23.5'
cd "$folder"
"$python" - <<'END'
import mxnet
from mxnet import np, npx

npx.set_np()
print("mxnet", mxnet.__version__)
where = 2**24 + 3
losses = np.zeros(2**24 + 8)
losses[where] = 1
found = np.argmax(losses)
print("largest entry at", where)
print("np.argmax:", int(found), found.dtype, "holds", float(losses[int(found)]))
print("NumPy's argmax:", losses.asnumpy().argmax())
assert int(found) == where + 1
assert float(losses[int(found)]) == 0
assert losses.asnumpy().argmax() == where
END
