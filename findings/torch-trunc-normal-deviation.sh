#!/usr/bin/env bash
# PyTorch's trunc_normal_ cuts at -2 and 2, not at two standard deviations.
#
# Expected: `nn.init.trunc_normal_(w, std=s)` gives a normal distribution cut at plus
#   and minus 2 s, as TensorFlow's and Flax's truncated normal initialisers do, or at
#   least one of standard deviation s.
# Happens: The bounds a = -2 and b = 2 are absolute. With the usual `std=0.02` nothing
#   is ever cut; with `std=1` the deviation is 0.88, and with `std=5` the numbers are
#   almost uniform with deviation 1.14.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: A search over the scale of initialisation saturates near 1.15 and says so
#   nowhere; "truncated" networks ported from TensorFlow are not.
# Source: documented: https://docs.pytorch.org/docs/stable/nn.init.html
# Seen:
#   torch 2.13.0+cpu
#   std=0.02: deviation 0.0200, largest 4.66 std
#   std=1.0: deviation 0.8806, largest 2.00 std
#   std=5.0: deviation 1.1431, largest 0.40 std
#   std=50.0: deviation 1.1567, largest 0.04 std
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
seen = {}
for std in (0.02, 1.0, 5.0, 50.0):
    weights = torch.nn.init.trunc_normal_(torch.empty(200_000), std=std)
    seen[std] = float(weights.std()), float(weights.abs().max() / std)
    print(f"std={std}: deviation {seen[std][0]:.4f}, largest {seen[std][1]:.2f} std")
assert seen[0.02][1] > 3
assert abs(seen[1.0][0] - 0.88) < 0.01
assert abs(seen[5.0][0] - 1.14) < 0.01
assert abs(seen[50.0][0] - 2 / 3**0.5) < 0.01
END
