#!/usr/bin/env bash
# One NaN leaves MXNet's sort unsorted.
#
# Expected: `np.sort` puts NaN last, as NumPy does; the numbers come out in order.
# Happens: MXNet compares as if there were no NaN: the numbers around one stay out of
#   order, and no warning is given. `sign(NaN)` is 0. (`max` and `argmax` do see the
#   NaN.)
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: A median or a quantile of losses by sorting is wrong as soon as one run has
#   diverged, even for the runs that have not.
# Seen:
#   mxnet 1.9.1
#   MXNet: [0.0, 1.0, 3.0, nan, 2.0]
#   NumPy: [0.0, 1.0, 2.0, 3.0, nan]
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
losses = numpy.float32([3, 1, numpy.nan, 2, 0])
print("MXNet:", np.sort(np.array(losses)).tolist())
print("NumPy:", numpy.sort(losses).tolist())
ours = np.sort(np.array(losses)).asnumpy()
numbers = ours[~numpy.isnan(ours)]
assert sorted(numbers.tolist()) == [0, 1, 2, 3]
assert numbers.tolist() != [0, 1, 2, 3]
assert float(np.sign(np.array([numpy.nan]))[0]) == 0
END
