#!/usr/bin/env bash
# Adam moves a parameter whose gradient is zero: rounding is scaled up to full steps.
#
# Expected: A parameter without influence on the loss (the bias of a convolution before
#   batch normalisation) stays where it is, since its gradient is 0.
# Happens: In float32 its computed gradient is about 1e-8, pure rounding. Adam divides
#   by the gradient's own size (its epsilon is 1e-8), so the bias moves by a few
#   hundredths in 50 steps, differently for each order of summation; the running mean of
#   the normalisation follows. In float64 it moves by 1e-10, with SGD by less than 1e-8.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: Two frameworks, thread counts or batch layouts then disagree by several per
#   cent in parameters while their losses agree: no error, and nothing to be debugged.
#   `bias=False` before a normalisation avoids it.
# Seen:
#   torch 2.13.0+cpu
#   Adam, float32: gradient below 5e-08, moved by 5e-02
#   SGD, float32: gradient below 4e-08, moved by 0e+00
#   Adam, float64: gradient below 1e-16, moved by 6e-10
#   SGD, float64: gradient below 1e-16, moved by 0e+00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import torch
from torch import nn

print("torch", torch.__version__)


def moved(dtype, kind):
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(144, 2),
    ).to(dtype)
    images, labels = torch.randn(32, 1, 8, 8).to(dtype), torch.arange(32) % 2
    start = net[0].bias.detach().clone()
    optimizer = kind(net.parameters(), lr=0.01)
    largest = 0.0
    for _ in range(50):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(images), labels).backward()
        largest = max(largest, float(net[0].bias.grad.abs().max()))
        optimizer.step()
    return largest, float((net[0].bias - start).abs().max())


seen = {}
for dtype in (torch.float32, torch.float64):
    for kind in (torch.optim.Adam, torch.optim.SGD):
        name = f"{kind.__name__}, {str(dtype)[6:]}"
        seen[name] = gradient, way = moved(dtype, kind)
        print(f"{name}: gradient below {gradient:.0e}, moved by {way:.0e}")
assert seen["Adam, float32"][1] > 1e-3
assert seen["Adam, float64"][1] < 1e-8
assert seen["SGD, float32"][1] < 1e-6
END
