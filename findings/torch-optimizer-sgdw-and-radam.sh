#!/usr/bin/env bash
# torch_optimizer's SGDW drives all weights below 0 as weight decay, and its RAdam gives
# every group the learning rate of the first.
#
# Expected: SGDW's weight decay shrinks weights: with gradient 0 they become
#   w (1 - lr * weight_decay) at each step. Groups of parameters have their own lr.
# Happens: SGDW subtracts lr * weight_decay, a number without w, from each weight: with
#   gradient 0 the weights 2, 0 and -2 all fall by 10 in 1000 steps (lr and weight_decay
#   0.1). RAdam keeps its step sizes in a list that the groups share, so that the later
#   groups find there the ones of the first; a group with lr=0 is trained at full speed.
#   Only a group with other betas than the optimiser's gets a list of its own.
# Versions: torch_optimizer 0.3.0 (the latest), torch 2.14.1 (CPU), numpy 2.4.6,
#   Python 3.11.
# Matters: Zero is nothing special to this decay, which is a force downwards on all
#   weights and biases. A rate for the head and a smaller one for the body, as usual in
#   fine-tuning, are one and the same rate.
# Documented: https://github.com/jettify/pytorch-optimizer/issues/454 (SGDW, open) and
#   https://github.com/jettify/pytorch-optimizer/issues/96 (RAdam, closed as fixed). The
#   docstrings call the decay "weight decay (L2 penalty)".
# Seen:
#   torch_optimizer 0.3.0, torch 2.14.1
#   gradient 0, from 2, 0, -2, by SGDW: -8.0, -10.0, -12.0
#   gradient 0, from 2, 0, -2, by torch's SGD: 0.0001, 0.0000, -0.0001
#   lr 0.1, 0.001, 0: torch_optimizer's RAdam moves -0.5892, -0.5892, -0.5892
#   lr 0.1, 0.001, 0: torch's RAdam moves -0.5892, -0.0059, 0.0000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch_optimizer==0.3.0' 'torch==2.14.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import torch
import torch_optimizer
from torch import nn

release = torch.__version__.split("+")[0]
print(f"torch_optimizer {version('torch_optimizer')}, torch {release}")


def decayed(optimizer):
    weights = nn.Parameter(torch.tensor([2.0, 0.0, -2.0]))
    steps = optimizer([weights], lr=0.1, weight_decay=0.1)
    for _ in range(1000):
        weights.grad = torch.zeros(3)
        steps.step()
    return weights.detach()


def moved(optimizer):
    rates = (0.1, 0.001, 0.0)
    weights = [nn.Parameter(torch.zeros(1)) for _ in rates]
    groups = [{"params": [w], "lr": rate} for w, rate in zip(weights, rates)]
    steps = optimizer(groups)
    for _ in range(20):
        for w in weights:
            w.grad = torch.ones(1)
        steps.step()
    return torch.cat(weights).detach()


def told(numbers, digits):
    return ", ".join(f"{number:.{digits}f}" for number in numbers)


ours, theirs = decayed(torch_optimizer.SGDW), decayed(torch.optim.SGD)
print(f"gradient 0, from 2, 0, -2, by SGDW: {told(ours, 1)}")
print(f"gradient 0, from 2, 0, -2, by torch's SGD: {told(theirs, 4)}")
assert torch.allclose(ours, torch.tensor([-8.0, -10.0, -12.0]), atol=1e-2)
assert torch.allclose(theirs, torch.tensor([2.0, 0.0, -2.0]) * 0.99**1000, atol=1e-6)

shared, separate = moved(torch_optimizer.RAdam), moved(torch.optim.RAdam)
print(f"lr 0.1, 0.001, 0: torch_optimizer's RAdam moves {told(shared, 4)}")
print(f"lr 0.1, 0.001, 0: torch's RAdam moves {told(separate, 4)}")
assert torch.allclose(shared, separate[0].expand(3), atol=1e-5)
assert torch.allclose(separate[1:], separate[0] * torch.tensor([0.01, 0.0]), atol=1e-5)
END
