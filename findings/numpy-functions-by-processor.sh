#!/usr/bin/env bash
# The processor chooses NumPy's functions: tanh in float64 and exp, tanh, sin in float32
# give other last digits with AVX2 than without, and a search for minima ends elsewhere.
#
# Expected: One release of NumPy, one thread and one BLAS kernel give the same numbers
#   on all x86-64 processors, as addition and multiplication do.
# Happens: NumPy has several versions of its functions and takes, when it is imported,
#   the one for the best instructions that the processor has. Of 20001 values a third
#   of float64 tanh and of float32 exp differ, by one or two units in the last place,
#   between processors with AVX2 and FMA3 and those without; with AVX512 eighteen
#   functions come from another library. OPENBLAS_CORETYPE and the like do not reach
#   them; NPY_DISABLE_CPU_FEATURES does, but warns where a named feature is missing.
# Versions: numpy 2.2.6 (the same numbers with 1.23.5), scipy 1.15.3, Python 3.11.
# Matters: What amplifies the last digit makes it visible: of 20 searches by L-BFGS from
#   the same starts two end at losses that differ by more than 1e-4. Stored outputs of
#   a notebook then fail on another machine although everything is seeded.
# Source: https://numpy.org/doc/stable/release/1.22.0-notes.html
#   ("Vectorize umath module using AVX-512")
# Seen (on a processor with AVX2 and without AVX512):
#   numpy 2.2.6
#   float64 exp: 0 of 20001 values differ
#   float64 tanh: 5988 of 20001 values differ, by at most 2 units in the last place
#   float32 exp: 7862 of 20001 values differ, by at most 2 units in the last place
#   float32 tanh: 7506 of 20001 values differ, by at most 3 units in the last place
#   float32 sin: 2190 of 20001 values differ, by at most 1 units in the last place
#   searches whose final loss differs by more than 1e-4: 2 of 20
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'numpy==2.2.6' 'scipy==1.15.3'
cd "$folder"
export OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=Nehalem
cat > values.py <<'END'
import sys

import numpy as np
from scipy.optimize import minimize

x = np.linspace(-3, 3, 20001)
found = {
    f"{kind} {name}": getattr(np, name)(x.astype(kind))
    for kind in ("float64", "float32")
    for name in ("exp", "tanh", "sin")
}
rng = np.random.default_rng(0)
inputs, targets = rng.standard_normal((100, 8)), np.sign(rng.standard_normal(100))


def loss(p):
    V, w = p[:80].reshape(8, 10), p[80:]
    h = np.tanh(inputs @ V)
    e = h @ w - targets
    slopes = inputs.T @ (np.outer(e, w) * (1 - h * h)), h.T @ e
    slope = np.concatenate([s.ravel() for s in slopes]) / 100 + 0.001 * p
    return e @ e / 200 + 0.0005 * p @ p, slope


how = {"jac": True, "method": "L-BFGS-B", "options": {"maxiter": 2000}}
starts = rng.standard_normal((20, 90))
found["ends"] = [minimize(loss, start, **how).fun for start in starts]
np.savez(sys.argv[1], **found)
END
"$python" values.py here.npz
features=$("$python" - <<'END'
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

wanted = [f for f in __cpu_dispatch__ if f in ("AVX2", "FMA3") or f.startswith("AVX512")]
there = [f for f in wanted if __cpu_features__[f]]
assert "AVX2" in there, "this processor has no AVX2"
print(*there)
END
)
NPY_DISABLE_CPU_FEATURES="$features" "$python" values.py without.npz
"$python" - <<'END'
import numpy as np

here, without = np.load("here.npz"), np.load("without.npz")
print("numpy", np.__version__)
differ = {}
for name in ("float64 exp", "float64 tanh", "float32 exp", "float32 tanh", "float32 sin"):
    a, b = here[name], without[name]
    gaps = abs(a - b) / np.spacing(np.maximum(abs(a), abs(b)))
    differ[name] = int((a != b).sum())
    size = f", by at most {gaps.max():.0f} units in the last place" if gaps.any() else ""
    print(f"{name}: {differ[name]} of {len(a)} values differ{size}")
    assert gaps.max() < 5
other = int((abs(here["ends"] - without["ends"]) > 1e-4).sum())
print(f"searches whose final loss differs by more than 1e-4: {other} of 20")
assert differ["float64 tanh"] > 1000
assert differ["float32 exp"] > 1000
assert other > 0
END
