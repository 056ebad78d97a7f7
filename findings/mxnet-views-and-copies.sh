#!/usr/bin/env bash
# A row of an MXNet array is a view, a column is a copy.
#
# Expected: Basic slices share memory with their array, as in NumPy, on whose interface
#   `mxnet.np` is modelled.
# Happens: A range of rows is a view; a column, every second entry, a transpose and a
#   reshaped array are copies. `v = a[1]; v[:] = 9` changes `a`; `v = a[:, 1]; v[:] = 9`
#   does not. Written in one step, `a[:, 1] = 9` works.
# Versions: mxnet 1.9.1, numpy 1.23.5, Python 3.11.
# Matters: Code that was tested with NumPy and imported with `from mxnet import np`
#   computes something else, and whether it does depends on the memory layout.
# Seen:
#   mxnet 1.9.1
#   a[1] shares memory: MXNet True, NumPy True
#   a[1:3] shares memory: MXNet True, NumPy True
#   a[:, 1] shares memory: MXNet False, NumPy True
#   a[::2] shares memory: MXNet False, NumPy True
#   a.T shares memory: MXNet False, NumPy True
#   a.reshape(3, 4) shares memory: MXNet False, NumPy True
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
parts = {
    "a[1]": lambda a: a[1],
    "a[1:3]": lambda a: a[1:3],
    "a[:, 1]": lambda a: a[:, 1],
    "a[::2]": lambda a: a[::2],
    "a.T": lambda a: a.T,
    "a.reshape(3, 4)": lambda a: a.reshape(3, 4),
}
shared = {}
for name, part in parts.items():
    seen = []
    for module in (np, numpy):
        a = module.zeros((4, 3))
        part(a)[:] = 9
        seen.append(bool((a == 9).sum() > 0))
    shared[name] = seen[0]
    print(f"{name} shares memory: MXNet {seen[0]}, NumPy {seen[1]}")
    assert seen[1]
assert [name for name, view in shared.items() if view] == ["a[1]", "a[1:3]"]
END
