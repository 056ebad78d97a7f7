#!/usr/bin/env bash
# Looping over a PyTorch DataLoader that shuffles nothing changes the random numbers
# that follow.
#
# Expected: Reading data in order, without shuffling and without workers, uses no
#   randomness.
# Happens: Each `iter(loader)` takes one number from the global generator, as a seed for
#   workers that do not exist. Evaluating once more between two epochs changes dropout,
#   initialisation and shuffling of all that follows. `generator=torch.Generator()` in
#   the loader avoids it.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: "Same seed, evaluated every epoch" and "same seed, evaluated at the end" are
#   two different trainings, so is a resumed one.
# Source: https://github.com/pytorch/pytorch/issues/11062
# Seen:
#   torch 2.13.0+cpu
#   after 0 loops: 0.4963
#   after 1 loops: 0.0885
#   after 2 loops: 0.3074
#   after 2 loops with a generator of its own: 0.4963
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import torch
from torch.utils.data import DataLoader, TensorDataset

print("torch", torch.__version__)
data = TensorDataset(torch.arange(6.0))


def next_number(loops, **options):
    torch.manual_seed(0)
    for _ in range(loops):
        for _batch in DataLoader(data, batch_size=2, shuffle=False, **options):
            pass
    return torch.rand(1).item()


for loops in (0, 1, 2):
    print(f"after {loops} loops: {next_number(loops):.4f}")
own = next_number(2, generator=torch.Generator())
print(f"after 2 loops with a generator of its own: {own:.4f}")
assert len({next_number(loops) for loops in (0, 1, 2)}) == 3
assert own == next_number(0)
END
