#!/usr/bin/env bash
# PyTorch's He and Xavier initialisation are off for transposed and grouped convolutions
# and packed attention.
#
# Expected: `kaiming_normal_` gives weights of variance 2 / fan-in, where fan-in is the
#   number of inputs that a unit adds up; `nn.MultiheadAttention`'s `xavier_uniform_`
#   does not depend on how the weights are stored.
# Happens: Fans are read off the tensor's shape as if each were a plain linear layer or
#   convolution. A transposed convolution stores (in, out, ...), so fan-in and fan-out
#   are exchanged; a depthwise convolution's fan-out is too large by the number of
#   groups; and attention stores query, key and value in one matrix of three times the
#   height, so their standard deviation is smaller by the square root of 2 than with
#   `kdim` given, where they are stored apart.
# Versions: torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11.
# Matters: A decoder of transposed convolutions from 8 to 64 channels starts with
#   weights 2.8 times too small per layer: a vanishing signal from a recipe that is
#   meant to prevent it.
# Seen:
#   torch 2.13.0+cpu
#   ConvTranspose2d(8, 64, 3), He: 0.0597, for 8 * 9 inputs 0.1667
#   depthwise 3 x 3, Xavier: 0.0208, for fans of 9 and 9 0.3333
#   attention's queries: packed 0.0442, stored apart 0.0624
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
torch.manual_seed(0)


def deviation(weight):
    return float(weight.detach().std())


transposed = nn.ConvTranspose2d(8, 64, 3)
nn.init.kaiming_normal_(transposed.weight)
wanted = (2 / (8 * 9)) ** 0.5
got = deviation(transposed.weight)
print(f"ConvTranspose2d(8, 64, 3), He: {got:.4f}, for 8 * 9 inputs {wanted:.4f}")
assert abs(got - (2 / (64 * 9)) ** 0.5) < 0.003

depthwise = nn.Conv2d(512, 512, 3, groups=512)
nn.init.xavier_normal_(depthwise.weight)
wanted = (2 / (9 + 9)) ** 0.5
got = deviation(depthwise.weight)
print(f"depthwise 3 x 3, Xavier: {got:.4f}, for fans of 9 and 9 {wanted:.4f}")
assert got < wanted / 10

packed = deviation(nn.MultiheadAttention(256, 4).in_proj_weight)
apart = deviation(nn.MultiheadAttention(256, 4, kdim=256, vdim=255).q_proj_weight)
print(f"attention's queries: packed {packed:.4f}, stored apart {apart:.4f}")
assert abs(apart / packed - 2**0.5) < 0.03
END
