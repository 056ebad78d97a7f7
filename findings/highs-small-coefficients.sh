#!/usr/bin/env bash
# HiGHS (SciPy's linprog) drops coefficients below 1e-9 and accepts violations up to
# 1e-7, whatever the scale.
#
# Expected: The answer does not depend on the units: 5e-10 x >= 1 has the solution x =
#   2e9, and whether points can be separated does not depend on the unit of length.
# Happens: Matrix entries of 1e-9 and less are taken for 0, without a warning: the first
#   problem is "infeasible", and 5e-10 x <= 1 no longer binds. Constraints are checked
#   to within 1e-7 in absolute terms, so x <= -1e-8 and x >= 0 is "optimal". SciPy
#   offers no option for the former.
# Versions: scipy 1.17.1 (and 1.10.1), numpy 2.4.6, Python 3.11.
# Matters: A linear program that decides whether data are separable, or whether a
#   certificate exists, gives the wrong verdict with status 0 or 2 when features differ
#   in size by 1e9: a time stamp in nanoseconds beside a flag of 0 and 1. Scale the
#   columns first and check the answer in exact arithmetic.
# Source: the limits (not their consequence for certificates) are in HiGHS's list of
#   options, small_matrix_value and primal_feasibility_tolerance:
#   https://ergo-code.github.io/HiGHS/stable/options/definitions
# Seen:
#   scipy 1.17.1
#   5e-10 x >= 1: The problem is infeasible
#   5e-9 x >= 1: x = 200000000.0
#   largest x <= 1e12 with 5e-10 x <= 1: x = 1000000000000.0
#   x <= -1e-8 and x >= 0: Optimization terminated successfully
#   separable points, features 1e9 and 1: called inseparable: False
#   separable points, both divided by 1e9: called inseparable: True
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
free = [(None, None)]
result = linprog([1], A_ub=[[-5e-10]], b_ub=[-1], bounds=[(0, None)])
print("5e-10 x >= 1:", result.message.split(".")[0])
assert result.status == 2
result = linprog([1], A_ub=[[-5e-9]], b_ub=[-1], bounds=[(0, None)])
print("5e-9 x >= 1: x =", result.x[0])
assert result.status == 0
result = linprog([-1], A_ub=[[5e-10]], b_ub=[1], bounds=[(0, 1e12)])
print("largest x <= 1e12 with 5e-10 x <= 1: x =", result.x[0])
assert result.status == 0
assert 5e-10 * result.x[0] > 100
result = linprog([0], A_ub=[[1], [-1]], b_ub=[-1e-8, 0], bounds=free)
print("x <= -1e-8 and x >= 0:", result.message.split(".")[0])
assert result.status == 0

# The second feature separates the classes, so no weights give both the same mean.
points = [(1e9, 1), (-1e9, 1), (1e9, -1), (-1e9, -1)]
scaled = [(1, y * 1e-9) for _, y in points]
for name, rows in (("features 1e9 and 1", points), ("both divided by 1e9", scaled)):
    signs = (1, 1, -1, -1)
    equal = [[s * row[k] for s, row in zip(signs, rows)] for k in (0, 1)]
    equal += [list(signs), [1, 1, 1, 1]]
    result = linprog([0] * 4, A_eq=equal, b_eq=[0, 0, 0, 1])
    print(f"separable points, {name}: called inseparable: {result.status == 0}")
    assert (result.status == 0) == (rows is scaled)
END
