#!/usr/bin/env bash
# WeightWatcher calls most small layers that were never trained well trained.
#
# Expected: The exponent alpha of a layer's spectrum tells trained layers (2 to 6) from
#   random ones, which get a large one and the warning "under-trained".
# Happens: Of twenty untrained layers with 64 inputs and outputs fifteen have an alpha
#   between 2 and 6 and no warning, of 100 fourteen, of 200 ten. The edge of a random
#   spectrum of so few values is taken for a power law: where it begins is chosen so
#   that the fit is best, and few values are left behind that point.
# Versions: weightwatcher 0.7.7, torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: The networks of courses have layers of this size. "No layer is under-trained"
#   says nothing about them. (Its README speaks of large layers; by default all with
#   eight singular values or more are analysed.)
# Seen:
#   weightwatcher 0.7.7
#   20 untrained layers,  64 x  64: alpha between 2 and 6 15, no warning 15, median 4.4
#   20 untrained layers, 100 x 100: alpha between 2 and 6 14, no warning 14, median 4.9
#   20 untrained layers, 200 x 200: alpha between 2 and 6 10, no warning 10, median 6.1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'weightwatcher==0.7.7' 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import logging
import warnings
from importlib.metadata import version

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import torch  # noqa: E402
from weightwatcher import WeightWatcher  # noqa: E402

print("weightwatcher", version("weightwatcher"))
torch.manual_seed(0)
for size, least in ((64, 10), (100, 10), (200, 6)):
    layers = [torch.nn.Linear(size, size, bias=False) for _ in range(20)]
    found = WeightWatcher(model=torch.nn.Sequential(*layers)).analyze()
    between = int(((found.alpha > 2) & (found.alpha < 6)).sum())
    silent = int((found.warning == "").sum())
    print(
        f"20 untrained layers, {size:3} x {size:3}: alpha between 2 and 6 {between}, "
        f"no warning {silent}, median {found.alpha.median():.1f}"
    )
    assert between >= least and silent >= least
END
