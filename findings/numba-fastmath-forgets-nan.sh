#!/usr/bin/env bash
# With fastmath=True Numba's np.nanmean returns NaN and np.isfinite(inf) is true.
#
# Expected: `fastmath=True` allows the compiler to reorder sums; a function whose
#   purpose is to leave out NaN still leaves it out.
# Happens: The flag also promises that there is no NaN and no infinity, so the tests for
#   them are optimised away: `np.isnan(x)` and `x != x` are always False, `np.nansum`
#   and `np.nanmean` add the NaN, `np.isfinite(inf)` is True. `fastmath={"reassoc",
#   "contract", "arcp", "nsz"}` keeps the tests.
# Versions: numba 0.68.1, numpy 2.4.6, Python 3.11.
# Matters: A guard "stop if the loss is NaN" inside a compiled training loop is removed
#   by the flag that was meant for speed.
# Source: the flags are documented:
#   https://numba.readthedocs.io/en/stable/user/performance-tips.html
# Seen:
#   numba 0.68.1 numpy 2.4.6
#   fastmath False: nanmean 2.0, isnan(nan) True, isfinite(inf) False
#   fastmath True: nanmean nan, isnan(nan) False, isfinite(inf) True
#   fastmath some: nanmean 2.0, isnan(nan) True, isfinite(inf) False
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
losses = np.array([1.0, np.nan, 3.0])
some = {"reassoc", "contract", "arcp", "nsz"}
seen = {}
for name, flag in (("False", False), ("True", True), ("some", some)):
    mean = numba.njit(fastmath=flag)(lambda a: np.nanmean(a))(losses)
    nan = numba.njit(fastmath=flag)(lambda x: np.isnan(x))(np.nan)
    finite = numba.njit(fastmath=flag)(lambda x: np.isfinite(x))(np.inf)
    seen[name] = bool(mean == 2), bool(nan), bool(finite)
    print(f"fastmath {name}: nanmean {mean}, isnan(nan) {nan}, isfinite(inf) {finite}")
assert seen["False"] == seen["some"] == (True, True, False)
assert seen["True"] == (False, False, True)
END
