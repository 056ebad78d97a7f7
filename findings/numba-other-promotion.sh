#!/usr/bin/env bash
# Compiled by Numba, float32 * 0.1 is float64, uint8 sums do not wrap, and round(2.675,
# 2) is 2.68.
#
# Expected: A function gives the same dtype and digits with and without `@njit`.
# Happens: NumPy 2 keeps float32 when it meets a Python number, and uint8 + uint8 is
#   uint8. Numba keeps older rules: Python floats are float64 and make the array
#   float64, scalars of small integers become int64. Python's `round(x, 2)` rounds the
#   exact decimal value, Numba's multiplies by 100 and rounds.
# Versions: numba 0.68.1, numpy 2.4.6, Python 3.11.
# Matters: Debugging with NUMBA_DISABLE_JIT=1, or measuring coverage so, runs another
#   program: an overflow appears only there, memory doubles only in the compiled one.
# Seen:
#   numba 0.68.1 numpy 2.4.6
#   float32 array * 0.1: compiled float64, plain float32
#   uint8 200 + 100: compiled 300, plain 44
#   round(2.675, 2): compiled 2.68, plain 2.67
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'numba==0.68.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import warnings

import numba
import numpy as np

warnings.simplefilter("ignore", RuntimeWarning)
print("numba", numba.__version__, "numpy", np.__version__)


@numba.njit
def scaled(a):
    return a * 0.1


@numba.njit
def pair(a):
    return a[0] + a[1]


@numba.njit
def rounded(x):
    return round(x, 2)


cases = [
    ("float32 array * 0.1", lambda f: f(np.ones(2, "float32")).dtype, scaled),
    ("uint8 200 + 100", lambda f: f(np.array([200, 100], "uint8")), pair),
    ("round(2.675, 2)", lambda f: f(2.675), rounded),
]
for name, call, function in cases:
    compiled, plain = call(function), call(function.py_func)
    print(f"{name}: compiled {compiled}, plain {plain}")
    assert compiled != plain
END
