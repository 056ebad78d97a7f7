#!/usr/bin/env bash
# torch.special's Bessel functions are good to 6 digits in float64, and its normal
# distribution is 0 at -30.
#
# Expected: float64 results are good to about 15 digits, as SciPy's are.
# Happens: bessel_j0, bessel_j1, bessel_y0 and bessel_y1 have absolute errors of up to
#   1e-6 whatever the dtype, so near a zero fewer digits still; the modified ones are
#   right. `ndtr(-30)` is 0 instead of 4.9e-198 since it subtracts from 1, `log_ndtr` is
#   right.
# Versions: torch 2.13.0 (CPU), scipy 1.17.1, numpy 2.4.6, Python 3.11.
# Matters: Kernels and physics-informed losses with Bessel functions seem to stall at
#   1e-7; the logarithm of `ndtr` is -inf from about -8.3 on.
# Seen:
#   torch 2.13.0+cpu scipy 1.17.1
#   bessel_j0, float64: largest error 4e-07
#   bessel_j1, float64: largest error 8e-07
#   bessel_y0, float64: largest error 2e-07
#   bessel_y1, float64: largest error 9e-07
#   modified_bessel_k0, float64: largest error 1e-15
#   i0e, float64: largest error 5e-16
#   ndtr(-30): 0, scipy 4.91e-198
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'torch==2.13.0' 'scipy==1.17.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import numpy as np
import scipy.special
import torch

print("torch", torch.__version__, "scipy", scipy.__version__)
points = np.linspace(0.1, 30, 3000)
errors = {}
for ours, theirs in (
    ("bessel_j0", "j0"),
    ("bessel_j1", "j1"),
    ("bessel_y0", "y0"),
    ("bessel_y1", "y1"),
    ("modified_bessel_k0", "k0"),
    ("i0e", "i0e"),
):
    computed = getattr(torch.special, ours)(torch.tensor(points)).numpy()
    truth = getattr(scipy.special, theirs)(points)
    errors[ours] = np.abs(computed - truth).max() / min(1, np.abs(truth).max())
    print(f"{ours}, float64: largest error {errors[ours]:.0e}")
    assert (errors[ours] > 1e-9) == (ours[:8] in ("bessel_j", "bessel_y"))
tail = float(torch.special.ndtr(torch.tensor(-30.0, dtype=torch.float64)))
print(f"ndtr(-30): {tail:g}, scipy {scipy.special.ndtr(-30):.3g}")
assert tail == 0 < scipy.special.ndtr(-30)
END
