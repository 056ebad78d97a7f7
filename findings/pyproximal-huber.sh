#!/usr/bin/env bash
# PyProximal's proximal operator of the Huber function is not the one of the Huber
# function.
#
# Expected: `Huber(alpha).prox(v, tau)` minimises tau * H(x) + (x - v)^2 / 2, where H is
#   the Huber function that the same object evaluates. In closed form that is
#   (1 - tau / max(|v|, tau + alpha)) v, which is never 0 unless v is.
# Happens: It switches from the square to the absolute value where |v| is alpha, and
#   not where the result is, which is at |v| = alpha + tau. Between the two it returns
#   the soft threshold: with alpha 1/2 and tau 1, 0.4 is moved to 0.13, 0.9 to 0, and
#   1.2 to 0.2, so the operator is not even monotone. Proximal gradient steps stop at
#   points that are not the minimum, and where they stop depends on the step size.
# Versions: pyproximal 0.13.0, pylops 2.8.0, scipy 1.17.1, numpy 2.4.6, Python 3.11.
# Matters: A Huber penalty that sets coefficients to 0 is taken for a robust one; the
#   solvers report no trouble.
# Documented: The notes of `Huber` give the formula that is computed, as the proximal
#   operator of the function above it; PyLops/pyproximal issue 189 (closed) doubts it.
# Seen:
#   pyproximal 0.13.0
#   v = 0.4: prox 0.133 (objective 0.053), minimum 0.133 (0.053), closed form 0.133
#   v = 0.9: prox 0.000 (objective 0.405), minimum 0.300 (0.270), closed form 0.300
#   v = 1.2: prox 0.200 (objective 0.540), minimum 0.400 (0.480), closed form 0.400
#   v = 3.0: prox 2.000 (objective 2.250), minimum 2.000 (2.250), closed form 2.000
#   proximal gradient, step 1.0: 0.000, minimum 0.300
#   proximal gradient, step 0.5: 0.071, minimum 0.300
#   proximal gradient, step 0.1: 0.300, minimum 0.300
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'pyproximal==0.13.0' 'pylops==2.8.0' 'scipy==1.17.1' \
    'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import numpy as np
from pylops import Identity
from pyproximal import L2, Huber
from pyproximal.optimization.primal import ProximalGradient
from scipy.optimize import minimize_scalar

print("pyproximal", version("pyproximal"))
alpha, tau = 0.5, 1.0
huber = Huber(alpha)
for v in (0.4, 0.9, 1.2, 3.0):
    found = huber.prox(np.array([v]), tau)[0]

    def objective(x):
        return tau * huber(np.array([x])) + (x - v) ** 2 / 2

    best = minimize_scalar(objective, bounds=(-5, 5), options={"xatol": 1e-9}).x
    closed = (1 - tau / max(abs(v), tau + alpha)) * v
    print(
        f"v = {v}: prox {found:.3f} (objective {objective(found):.3f}), "
        f"minimum {best:.3f} ({objective(best):.3f}), closed form {closed:.3f}"
    )
    assert abs(best - closed) < 1e-5
    if alpha < v < alpha + tau:
        assert objective(found) > objective(best) + 0.01
    else:
        assert abs(found - best) < 1e-5

# The minimum of H(x) + (x - 0.9)^2 / 2 again, now by proximal gradient steps.
data = np.array([0.9])
stops = []
for step in (1.0, 0.5, 0.1):
    loss = L2(Op=Identity(1), b=data)
    x = ProximalGradient(loss, huber, x0=np.zeros(1), tau=step, niter=2000, tol=None)
    stops.append(float(x[0]))
    print(f"proximal gradient, step {step}: {stops[-1]:.3f}, minimum 0.300")
assert stops[0] == 0 and abs(stops[1] - 0.3) > 0.1 and abs(stops[2] - 0.3) < 1e-3
END
