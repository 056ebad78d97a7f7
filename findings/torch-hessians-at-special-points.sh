#!/usr/bin/env bash
# PyTorch's second derivatives of abs(x)**2, norm(x)**2, sinc(x) and softplus are 0
# where they are not.
#
# Expected: Automatic differentiation is exact up to rounding: the Hessian of |x|^2 is 2
#   everywhere, also when it is written `x.abs() ** 2` or `x.norm() ** 2`; the one of
#   sinc at 0 is -pi^2/3.
# Happens: At 0 the derivative of abs, norm and sinc is *defined* as the constant 0, and
#   differentiating that again gives 0. Near 0 the derivative of sinc cancels: at 1e-4
#   it is three times too large in float32, at 1e-5 it is 0. Softplus is replaced by x
#   beyond 20 / beta, so in float64, too, its curvature there is exactly 0.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: 0 is where networks start and where critical points are sought: a minimum is
#   then classified as degenerate. No NaN and no warning points to it.
# Seen:
#   torch 2.13.0+cpu
#   second derivative of x * x at 0: 2, truth 2
#   second derivative of abs(x)**2 at 0: 0, truth 2
#   second derivative of norm(x)**2 at 0: 0, truth 2
#   second derivative of sinc(x) at 0: 0, truth -3.29
#   slope of sinc at 0.01: -0.0329, truth -0.0329
#   slope of sinc at 0.0001: -0.000926, truth -0.000329
#   slope of sinc at 1e-05: 0, truth -3.29e-05
#   curvature of softplus at 19.9 and 20.1, float64: 2.28e-09, 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import math

import torch
from torch.func import grad, hessian

print("torch", torch.__version__)
zero = torch.tensor(0.0)
cases = {
    "x * x": (hessian(lambda x: x * x)(zero), 2),
    "abs(x)**2": (hessian(lambda x: x.abs() ** 2)(zero), 2),
    "norm(x)**2": (hessian(lambda x: x.norm() ** 2)(torch.zeros(1))[0, 0], 2),
    "sinc(x)": (hessian(torch.sinc)(zero), -(math.pi**2) / 3),
}
for name, (value, truth) in cases.items():
    print(f"second derivative of {name} at 0: {float(value):g}, truth {truth:.4g}")
    assert float(value) == (2 if name == "x * x" else 0)
for x in (1e-2, 1e-4, 1e-5):
    slope = float(grad(torch.sinc)(torch.tensor(x)))
    print(f"slope of sinc at {x:g}: {slope:.3g}, truth {-(math.pi**2) / 3 * x:.3g}")
assert abs(slope) == 0
curvature = hessian(torch.nn.functional.softplus)
far = torch.tensor([19.9, 20.1], dtype=torch.float64)
below, above = [float(curvature(x)) for x in far]
print(f"curvature of softplus at 19.9 and 20.1, float64: {below:.3g}, {above:g}")
assert below > 2e-9
assert above == 0
END
