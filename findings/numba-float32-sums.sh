#!/usr/bin/env bash
# np.mean of a million float32 numbers is 1% wrong under Numba.
#
# Expected: `np.sum` and `np.mean` in a compiled function give what NumPy gives, which
#   sums float32 numbers pairwise and loses nothing visible.
# Happens: Numba's versions add one number after the other in float32: the mean of a
#   million times 0.1 is 0.10096, and the standard deviation of equal numbers is 0.001.
#   A loop that starts with `s = 0` (or 0.0) adds in float64 and is right, one that
#   starts with `s = np.float32(0)` is wrong; in plain Python both are float32.
# Versions: numba 0.68.1, numpy 2.4.6, Python 3.11.
# Matters: A compiled loss or a standardisation of images drifts with the number of
#   examples; a test with a thousand numbers passes.
# Seen:
#   numba 0.68.1 numpy 2.4.6
#   sum, mean, std compiled: 100958 0.100958 0.000958346
#   sum, mean, std by NumPy: 100000 0.1 7.45058e-09
#   loop from 0.0: 100000, from np.float32(0): 100958
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'numba==0.68.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import numba
import numpy as np

print("numba", numba.__version__, "numpy", np.__version__)
numbers = np.full(1_000_000, 0.1, dtype="float32")


@numba.njit
def statistics(a):
    return np.sum(a), np.mean(a), np.std(a)


@numba.njit
def loop(a, start):
    total = start
    for x in a:
        total += x
    return total


compiled = statistics(numbers)
plain = statistics.py_func(numbers)
print("sum, mean, std compiled:", " ".join(f"{x:.6g}" for x in compiled))
print("sum, mean, std by NumPy:", " ".join(f"{x:.6g}" for x in plain))
starts = loop(numbers, 0.0), loop(numbers, np.float32(0))
print(f"loop from 0.0: {starts[0]:.6g}, from np.float32(0): {starts[1]:.6g}")
assert abs(compiled[1] / 0.1 - 1) > 0.005
assert abs(plain[1] / 0.1 - 1) < 1e-6
assert abs(starts[0] - 100_000) < 1
assert abs(starts[1] - 100_000) > 500
END
