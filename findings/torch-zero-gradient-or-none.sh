#!/usr/bin/env bash
# In PyTorch a parameter that a step did not use stands still or drifts on, depending on
# set_to_none.
#
# Expected: `zero_grad(set_to_none=True)`, the default, saves memory; zero and no
#   gradient mean the same.
# Happens: An optimiser skips a parameter whose gradient is None but updates one whose
#   gradient is 0: momentum, Adam's running averages and weight decay go on moving it.
#   Which of the two a parameter gets depends on `set_to_none`, and on whether it was
#   ever used.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: Networks with branches that are not used at each step (several heads,
#   mixtures, stochastic depth) train differently after an "optimisation of memory".
# Source: documented:
#   https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html
# Seen:
#   torch 2.13.0+cpu
#   SGD {'momentum': 0.9}: None [0.9, 0.9, 0.9, 0.9], 0 [0.9, 0.81, 0.729, 0.6561]
#   SGD {'weight_decay': 0.5}: None [0.85, 0.85, 0.85, 0.85],
#     0 [0.85, 0.8075, 0.7671, 0.7288]
#   Adam {}: None [0.9, 0.9, 0.9, 0.9], 0 [0.9, 0.833, 0.7812, 0.7388]
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


def path(set_to_none, kind, **options):
    weight = torch.ones(1, requires_grad=True)
    optimizer = kind([weight], lr=0.1, **options)
    weight.sum().backward()  # used in the first step only
    values = []
    for _ in range(4):
        optimizer.step()
        optimizer.zero_grad(set_to_none=set_to_none)
        values.append(round(weight.item(), 4))
    return values


for kind, options in (
    (torch.optim.SGD, {"momentum": 0.9}),
    (torch.optim.SGD, {"weight_decay": 0.5}),
    (torch.optim.Adam, {}),
):
    none, zero = path(True, kind, **options), path(False, kind, **options)
    print(f"{kind.__name__} {options}: None {none}, 0 {zero}")
    assert len(set(none)) == 1
    assert len(set(zero)) == 4
END
