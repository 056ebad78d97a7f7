#!/usr/bin/env bash
# A NumPy function given a tensor calls the tensor's method of the same name, which may
# mean something else.
#
# Expected: NumPy's functions convert what they get into an array: `np.median(t)` and
#   `np.nonzero(t)` are NumPy's answers.
# Happens: Many of them first look for a method of the same name. `np.nonzero` of a
#   tensor then gives one matrix of indices where NumPy gives a tuple (so
#   `array[np.nonzero(t)]` picks other entries), `np.size` returns a bound method,
#   `np.std`, `np.max` and `np.sum(axis=...)` raise. `np.median` and `np.repeat`, which
#   convert, give NumPy's answer, unlike the tensor's method.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: Code with NumPy functions that "also takes tensors" is right for half of
#   them; the silent half differs in shape only.
# Seen:
#   torch 2.13.0+cpu numpy 2.4.6
#   nonzero: (array([1, 2]),) of the tensor [[1], [2]]
#   rows picked: (2, 4) and (2, 1, 4)
#   size: 4 of the tensor a builtin_function_or_method
#   median: 1.5 the tensor's own 0.0
#   std: TypeError: std() received an invalid combination of...
#   max: TypeError: max(): argument 'dim' must be int, not N...
#   prod: TypeError: prod(): argument 'dim' must be int, not ...
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import numpy as np
import torch

print("torch", torch.__version__, "numpy", np.__version__)
array = np.array([0.0, 3.0, 5.0, 0.0])
tensor = torch.tensor(array)
print("nonzero:", np.nonzero(array), "of the tensor", np.nonzero(tensor).tolist())
table = np.arange(16).reshape(4, 4)
picked = table[np.nonzero(array)], table[np.nonzero(tensor).numpy()]
print("rows picked:", picked[0].shape, "and", picked[1].shape)
assert picked[0].shape != picked[1].shape
print("size:", np.size(array), "of the tensor a", type(np.size(tensor)).__name__)
assert callable(np.size(tensor))
print("median:", np.median(tensor), "the tensor's own", tensor.median().item())
assert np.median(tensor) == 1.5
assert tensor.median() == 0
for name in ("std", "max", "prod"):
    try:
        getattr(np, name)(tensor)
    except TypeError as error:
        print(f"{name}: TypeError: {str(error)[:40]}...")
    else:
        raise AssertionError(name)
END
