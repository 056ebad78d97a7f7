#!/usr/bin/env bash
# scipy.optimize.minimize returns the start as a success when the loss is computed in
# float32.
#
# Expected: Minimising (x - 1)^2 from 0 gives 1, whether the loss is computed in float64
#   or in float32, as a neural network's loss is.
# Happens: Without `jac`, SciPy differentiates by a step of 1.5e-8, the square root of
#   float64's epsilon. In float32 the loss does not change over such a step, the
#   gradient is 0, and the start is returned after no iteration with success=True.
#   `eps=1e-3` (or the gradient itself) helps. A loss with a large constant in it fails
#   likewise in float64.
# Versions: scipy 1.17.1, numpy 2.4.6, Python 3.11.
# Matters: Fine-tuning a few hyperparameters of a PyTorch, MXNet or JAX loss by SciPy
#   ends at once and looks converged.
# Seen:
#   scipy 1.17.1
#   BFGS: float64 1.0000 (True), float32 0.0000 (True), plus 1e9 0.0000 (True)
#   L-BFGS-B: float64 1.0000 (True), float32 0.0000 (True), plus 1e9 0.0000 (True)
#   CG: float64 1.0000 (True), float32 0.0000 (True), plus 1e9 0.0000 (True)
#   SLSQP: float64 1.0000 (True), float32 0.0000 (True), plus 1e9 0.0000 (True)
#   BFGS, float32, eps=1e-3: [1.]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import numpy as np
import scipy
from scipy.optimize import minimize

print("scipy", scipy.__version__)


def double(x):
    return float(((x - 1) ** 2).sum())


def single(x):
    return float(((np.float32(x) - np.float32(1)) ** 2).sum())


def shifted(x):
    return double(x) + 1e9


for method in ("BFGS", "L-BFGS-B", "CG", "SLSQP"):
    losses = double, single, shifted
    results = [minimize(loss, [0.0], method=method) for loss in losses]
    shown = [f"{result.x[0]:.4f} ({result.success})" for result in results]
    print(f"{method}: float64 {shown[0]}, float32 {shown[1]}, plus 1e9 {shown[2]}")
    assert abs(results[0].x[0] - 1) < 1e-4
    assert results[1].x[0] == 0
    assert results[1].success
coarse = minimize(single, [0.0], options={"eps": 1e-3})
print("BFGS, float32, eps=1e-3:", coarse.x.round(2))
assert abs(coarse.x[0] - 1) < 0.01
END
