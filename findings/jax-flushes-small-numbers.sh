#!/usr/bin/env bash
# JAX on a CPU takes numbers below 1.2e-38 for 0: exp(-88) is 0, though float32 has it.
#
# Expected: float32 has subnormal numbers down to 1.4e-45, and JAX on x86 computes as
#   NumPy does.
# Happens: Results below 1.18e-38 are flushed to 0, and so are such inputs:
#   `jnp.exp(-88)` is 0 and `jnp.float32(1e-39) == 0` is true. NumPy gives 6.05e-39 for
#   the former. Logarithms of tiny probabilities become -inf 15 units earlier.
# Versions: jax 0.10.2 (CPU), numpy 2.4.6, Python 3.11.
# Matters: Comparing the softmax or a likelihood of JAX and NumPy fails at the tails
#   only; x - y == 0 no longer means x == y.
# Seen:
#   jax 0.10.2 numpy 2.4.6
#   exp(-88): jax 0, numpy 6.05e-39
#   1.3e-38 - 1.2e-38: jax 0, numpy 1e-39; equal: False
#   1e-39 == 0: jax True numpy False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'jax==0.10.2' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import jax
import jax.numpy as jnp
import numpy as np

print("jax", jax.__version__, "numpy", np.__version__)
ours, theirs = float(jnp.exp(jnp.float32(-88))), float(np.exp(np.float32(-88)))
print(f"exp(-88): jax {ours:.3g}, numpy {theirs:.3g}")
assert ours == 0
assert 6e-39 < theirs < 6.1e-39
x, y = np.float32(1.2e-38), np.float32(1.3e-38)
difference = float(jnp.float32(y) - jnp.float32(x))
print(f"1.3e-38 - 1.2e-38: jax {difference:.3g}, numpy {y - x:.3g}; equal: {x == y}")
assert difference == 0
assert y - x > 0
tiny = np.float32(1e-39)
print("1e-39 == 0: jax", bool(jnp.asarray(tiny) == 0), "numpy", bool(tiny == 0))
assert bool(jnp.asarray(tiny) == 0)
END
