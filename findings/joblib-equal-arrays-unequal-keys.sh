#!/usr/bin/env bash
# joblib's Memory computes again for an equal array of another layout.
#
# Expected: A cached function is not run again for equal arguments: the key is a hash of
#   the values.
# Happens: `joblib.hash` also takes in strides and memory order: an array and its
#   Fortran-ordered copy, a slice and its copy, native and big-endian numbers all differ
#   in their keys though `np.array_equal` holds. So do lists that hold the same object
#   twice or two equal ones. A wrong guess costs time only, silently.
# Versions: joblib 1.6.0, numpy 2.4.6, Python 3.11.
# Matters: `X_train` from a split and the same rows loaded from a file are computed
#   twice, and each result is stored; an expensive kernel is never found in the cache.
# Seen:
#   joblib 1.6.0
#   copied: equal values, same key: True
#   Fortran order: equal values, same key: False
#   columns of a wider array: equal values, same key: False
#   big-endian: equal values, same key: False
#   [x, x] and [x, copy of x]: same key: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'joblib==1.6.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import joblib
import numpy as np

print("joblib", joblib.__version__)
a = np.arange(12.0).reshape(3, 4)
copies = {
    "copied": a.copy(),
    "Fortran order": np.asfortranarray(a),
    "columns of a wider array": np.hstack([a, a])[:, :4],
    "big-endian": a.astype(">f8"),
}
same = {}
for name, other in copies.items():
    assert np.array_equal(a, other)
    same[name] = joblib.hash(a) == joblib.hash(other)
    print(f"{name}: equal values, same key: {same[name]}")
item = [1, 2]
twice = joblib.hash([item, item]) == joblib.hash([item, list(item)])
print("[x, x] and [x, copy of x]: same key:", twice)
assert [name for name, equal in same.items() if equal] == ["copied"]
assert not twice
END
