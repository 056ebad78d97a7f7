#!/usr/bin/env bash
# hessian-eigenthings' eigenvalues of one Hessian change with the batch size, and with an
# option that is there to save memory.
#
# Expected: The Hessian of the mean loss over nine examples has the same eigenvalues,
#   however the nine are cut into batches; `microbatch_size` bounds the memory, no more.
# Happens: The mean over the batches is taken without their sizes. Where the last batch is
#   smaller, its examples count for more: with 8 + 1 the ninth weighs as much as the other
#   eight together, and the top eigenvalue is 5.03 instead of 4.23. A batch cut by
#   `microbatch_size` is averaged in the same way. Batches of one size give the right
#   values, and curvlinops does for every size.
# Versions: hessian-eigenthings 1.0.0a5, curvlinops-for-pytorch 3.0.1, torch 2.14.1 (CPU),
#   numpy 2.4.6, Python 3.11.
# Matters: Data sets are seldom a multiple of the batch size. Whoever lowers the batch size
#   until it fits into the memory measures another sharpness.
# Documented: "averaged over batches in `dataloader`", in the operator's docstring.
# Seen:
#   hessian-eigenthings 1.0.0a5
#   exact: 4.231 2.961 1.588
#   batches 9: 4.231 2.961 1.588, curvlinops 4.231 2.961 1.588
#   batches 3, 3, 3: 4.231 2.961 1.588, curvlinops 4.231 2.961 1.588
#   batches 8, 1: 5.029 2.248 1.229, curvlinops 4.231 2.961 1.588
#   one batch, microbatch_size 3: 4.231 2.961 1.588
#   one batch, microbatch_size 8: 5.029 2.248 1.229
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'hessian-eigenthings==1.0.0a5' \
    'curvlinops-for-pytorch==3.0.1' 'torch==2.14.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import hessian_eigenthings as he
import torch
from curvlinops import HessianLinearOperator
from torch.nn.functional import mse_loss
from torch.utils.data import DataLoader, TensorDataset

print("hessian-eigenthings", version("hessian-eigenthings"))
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
inputs, targets = torch.randn(9, 6), torch.randn(9, 1)
data = TensorDataset(inputs, targets)
model = torch.nn.Linear(6, 1, bias=False)


def show(values):
    return " ".join(f"{value:.3f}" for value in values)


def loss(model, batch):
    return mse_loss(model(batch[0]), batch[1])


def top(batch_size, **options):
    loader = DataLoader(data, batch_size=batch_size)
    operator = he.HessianOperator(model, loader, loss, **options)
    # six of six steps: Lanczos' method is exact then
    return he.lanczos(operator, k=3, max_iter=6, seed=0).eigenvalues


def other(batch_size):
    loader = DataLoader(data, batch_size=batch_size)
    operator = HessianLinearOperator(
        model, torch.nn.MSELoss(), list(model.parameters()), loader
    )
    return torch.linalg.eigvalsh(operator @ torch.eye(6)).flip(0)[:3]


exact = torch.linalg.eigvalsh(2 * inputs.T @ inputs / 9).flip(0)[:3]
print("exact:", show(exact))
for sizes in ((9,), (3, 3, 3), (8, 1)):
    found, peer = top(sizes[0]), other(sizes[0])
    print(
        f"batches {', '.join(map(str, sizes))}: {show(found)}, curvlinops {show(peer)}"
    )
    assert torch.allclose(peer, exact)
    assert torch.allclose(found, exact) == (len(set(sizes)) == 1)
for size in (3, 8):
    found = top(9, microbatch_size=size)
    print(f"one batch, microbatch_size {size}: {show(found)}")
    assert torch.allclose(found, exact) == (size == 3)
END
