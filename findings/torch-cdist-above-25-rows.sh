#!/usr/bin/env bash
# torch.cdist of points with themselves is 0 for 25 rows and 0.2 for 26.
#
# Expected: The distance of a point from itself is 0, and a distance does not depend on
#   how many other points are in the call.
# Happens: Above 25 rows `cdist` forms |x|^2 + |y|^2 - 2 x.y by a matrix product, which
#   cancels when the points are far from the origin compared with their distances.
#   `compute_mode="donot_use_mm_for_euclid_dist"` is right.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: Kernels, nearest neighbours and clustering of data that are not centred
#   (pixels 0..255, time stamps): small tests with a few points pass, the real data get
#   noise of the size of the distances.
# Source: documented (the option, not the size of the error):
#   https://docs.pytorch.org/docs/stable/generated/torch.cdist.html
# Seen:
#   torch 2.13.0+cpu
#   largest distance of a point from itself
#   25 points: 0.000; 26: 0.177; 26, no product: 0.000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import torch

print("torch", torch.__version__)
torch.manual_seed(0)
points = torch.randn(26, 10) + 100


def worst(count, mode="use_mm_for_euclid_dist_if_necessary"):
    some = points[:count]
    return float(torch.cdist(some, some, compute_mode=mode).diagonal().max())


exact = worst(26, "donot_use_mm_for_euclid_dist")
print("largest distance of a point from itself")
print(f"25 points: {worst(25):.3f}; 26: {worst(26):.3f}; 26, no product: {exact:.3f}")
assert worst(25) == exact == 0
assert worst(26) > 0.03
END
