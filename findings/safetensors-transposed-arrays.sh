#!/usr/bin/env bash
# safetensors 0.8 stores a transposed NumPy array with its numbers in another order.
#
# Expected: What `load` returns equals what was saved, or saving is refused, as it is
#   for a PyTorch tensor that is not contiguous.
# Happens: `safetensors.numpy.save` writes the memory as it lies under the shape as it
#   is seen: of a transposed array, or of every second column, other numbers come back,
#   with the right shape and type and without a warning. 0.7.0 stored both rightly.
# Versions: safetensors 0.8.0 and 0.7.0, numpy 2.4.6, Python 3.11.
# Matters: The weights of a dense layer are transposed on the way from JAX or Keras
#   (inputs, outputs) to PyTorch (outputs, inputs); a square matrix then has another
#   function and nothing says so.
# Discussed: github.com/safetensors/safetensors/issues/825; the docstring asks for
#   contiguous arrays.
# Seen:
#   safetensors 0.8.0
#   saved [[0.0, 2.0], [1.0, 3.0]], loaded [[0.0, 1.0], [2.0, 3.0]]
#   saved [[0.0, 2.0], [4.0, 6.0]], loaded [[0.0, 1.0], [2.0, 3.0]]
#   safetensors 0.7.0
#   saved [[0.0, 2.0], [1.0, 3.0]], loaded [[0.0, 2.0], [1.0, 3.0]]
#   saved [[0.0, 2.0], [4.0, 6.0]], loaded [[0.0, 2.0], [4.0, 6.0]]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
cd "$folder"
for version in 0.8.0 0.7.0; do
    "$python" -m pip install --quiet "safetensors==$version" 'numpy==2.4.6'
    "$python" - <<'END'
import numpy as np
import safetensors
from safetensors.numpy import load, save

print("safetensors", safetensors.__version__)
square = np.arange(4, dtype=np.float32).reshape(2, 2)
wide = np.arange(8, dtype=np.float32).reshape(2, 4)
for array in (square.T, wide[:, ::2]):
    loaded = load(save({"weight": array}))["weight"]
    print(f"saved {array.tolist()}, loaded {loaded.tolist()}")
    same = np.array_equal(loaded, array)
    assert same == (safetensors.__version__ == "0.7.0")
END
done
