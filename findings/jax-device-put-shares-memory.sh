#!/usr/bin/env bash
# jax.device_put shares memory with a NumPy array if its address happens to be a
# multiple of 64.
#
# Expected: JAX arrays are immutable: an array made from NumPy's is a copy, or at least
#   it is always or never one.
# Happens: On the CPU `device_put` takes over the NumPy buffer without copying where the
#   address is aligned to 64 bytes, and copies elsewhere. Writing into the NumPy array
#   afterwards changes the "immutable" JAX array in the first case. NumPy's own
#   allocations are aligned to 16 bytes only, so whether it happens varies from array to
#   array. `jnp.array` copies.
# Versions: jax 0.10.2 (CPU), numpy 2.4.6, Python 3.11.
# Matters: A buffer that is refilled for each minibatch changes batches that are still
#   in use, now and then: a heisenbug that no seed fixes.
# Source: documented in part ("may_alias"):
#   https://docs.jax.dev/en/latest/_autosummary/jax.device_put.html
# Seen:
#   jax 0.10.2
#   device_put: aligned array changes True, unaligned False
#   jnp.array: aligned array changes False, unaligned False
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

print("jax", jax.__version__)


def buffer(offset):
    """Ones at an address that is `offset` numbers beyond a multiple of 64 bytes."""
    memory = np.ones(64, "f4")
    start = (-memory.ctypes.data) % 64 // 4 + offset
    return memory[start : start + 8]


def follows(make, offset):
    numbers = buffer(offset)
    array = make(numbers).block_until_ready()
    numbers[:] = 9
    return float(array[0]) == 9


for name, make in (("device_put", jax.device_put), ("jnp.array", jnp.array)):
    results = [follows(make, offset) for offset in (0, 1)]
    print(f"{name}: aligned array changes {results[0]}, unaligned {results[1]}")
    assert results == [name == "device_put", False]
END
