#!/usr/bin/env bash
# SciPy's linprog calls x = 0 optimal for a small cost, and a bound of 1e20 unbounded.
#
# Expected: Multiplying the objective by 1e-8 changes the optimal value, not the
#   solution; a problem with finite bounds is bounded.
# Happens: Reduced costs below 1e-7 count as zero, so with a cost of -1e-8 no step is
#   made and the start is returned as optimal. A bound or right-hand side of 1e20 is
#   infinity (the problem is "unbounded" although 0 <= x <= 1e20), and a coefficient of
#   1e15 is a "Model error" in newer releases.
# Versions: scipy 1.17.1, numpy 2.4.6, Python 3.11 (scipy 1.10.1 alike, but takes 1e15).
# Matters: Costs that are probabilities, or losses divided by a large number of
#   examples, give a wrong solution with "Optimization terminated successfully".
# Source: the limits are in HiGHS's list of options, dual_feasibility_tolerance,
#   infinite_bound and large_matrix_value:
#   https://ergo-code.github.io/HiGHS/stable/options/definitions
# Seen:
#   scipy 1.17.1
#   largest 1 x with x + y <= 1: x = 1, Optimization terminated successfully
#   largest 1e-06 x with x + y <= 1: x = 1, Optimization terminated successfully
#   largest 1e-08 x with x + y <= 1: x = 0, Optimization terminated successfully
#   largest x <= 1e+19: status 0, x = [1.e+19]
#   largest x <= 1e+20: status 3, x = None
#   1e15 x >= 1e15: (HiGHS Status 2: Model error)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import scipy
from scipy.optimize import linprog

print("scipy", scipy.__version__)
for cost in (1.0, 1e-6, 1e-8):
    result = linprog([-cost, 0], A_ub=[[1, 1]], b_ub=[1])
    x, message = result.x[0], result.message.split(".")[0]
    print(f"largest {cost:g} x with x + y <= 1: x = {x:g}, {message}")
    assert result.status == 0
    assert result.x[0] == (1 if cost > 1e-7 else 0)
for bound in (1e19, 1e20):
    result = linprog([-1], bounds=[(0, bound)])
    print(f"largest x <= {bound:g}: status {result.status}, x = {result.x}")
    assert result.status == (0 if bound < 1e20 else 3)
result = linprog([1], A_ub=[[-1e15]], b_ub=[-1e15])
print("1e15 x >= 1e15:", result.message)
assert result.x is None
END
