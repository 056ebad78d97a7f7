#!/usr/bin/env bash
# One more number changes the others: torch.randn(15) and torch.randn(16) of one seed
# share none, randn(16) and randn(17) one.
#
# Expected: With the same seed, a longer draw begins with the numbers of the shorter
#   one, as NumPy's generators, `torch.rand` and `jax.random.normal` have it.
# Happens: Below 16 numbers `torch.randn` draws one by one; from 16 on it works in
#   blocks of 16 by another method, and if the count is no multiple of 16 it draws the
#   last 16 places anew. `randn(32)` begins with `randn(16)`, but `randn(17)` shares
#   only the first number with it.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: A layer that gets one more unit is initialised afresh although the seed is
#   the same: comparing widths 16 and 17 "from the same start" compares two random
#   starts. The same numbers as a matrix of another shape are the same, though.
# Source: https://github.com/pytorch/pytorch/issues/80202
# Seen:
#   torch 2.13.0+cpu
#   randn(14) and randn(15) share 14 numbers
#   randn(15) and randn(16) share 0 numbers
#   randn(16) and randn(17) share 1 numbers
#   randn(16) and randn(32) share 16 numbers
#   randn(48) and randn(49) share 33 numbers
#   rand(17) and rand(18) share 17 numbers
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import torch


def draw(count, kind=torch.randn):
    torch.manual_seed(0)
    return kind(count)


def shared(short, long, kind=torch.randn):
    return int((draw(short, kind) == draw(long, kind)[:short]).sum())


print("torch", torch.__version__)
for short, long in ((14, 15), (15, 16), (16, 17), (16, 32), (48, 49)):
    print(f"randn({short}) and randn({long}) share {shared(short, long)} numbers")
print(f"rand(17) and rand(18) share {shared(17, 18, torch.rand)} numbers")
assert shared(15, 16) == 0
assert shared(16, 32) == 16
assert shared(16, 17) == 1
assert shared(17, 18, torch.rand) == 17
END
