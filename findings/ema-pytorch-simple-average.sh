#!/usr/bin/env bash
# ema-pytorch's "simple average" of 10,000 steps is by half the weights of step 100: its
# decay is meant for each step, but applied to one in ten.
#
# Expected: gamma=1 (the default) and power=1 "implements a simple average" (docstring),
#   here of the weights from step 100 on, where it begins. After 10,000 steps those of
#   step 100 count a thousandth if one step in ten is averaged "to save on compute".
# Happens: The decay is computed from the number of steps, but applied once in
#   `update_every` steps, 10 by default. The k-th update has weight 1 / (10 k + 1), not
#   1 / (k + 1), and the weights of step 100 still count 0.48. With update_every=1, or
#   with inv_gamma=10, it is a simple average. A constant decay is not adapted, either:
#   with 0.99 the average goes 0.10 of the way in 100 steps after a jump, not 0.63.
# Versions: ema-pytorch 0.8.3, torch 2.14.1 (CPU), numpy 2.4.6, Python 3.11.
# Matters: The average lags ten times as far behind as its decay says, and the "simple
#   average" is one of an early model and later ones. The numbers of steps in the
#   docstring's notes on power hold for update_every=1.
# Documented: The README has "updates every 10th .update() call", but nothing about what
#   becomes of the decay.
# Seen:
#   ema-pytorch 0.8.3
#   share of the weights of step 100 in the simple average of 10,000 steps:
#   update_every 1: 0.0001; 10: 0.4773 (product of 1 - 1 / (10 k + 1): 0.4773)
#   update_every 10 and inv_gamma 10: 0.0010
#   100 steps after a jump, decay 0.99: update_every 1: 0.63; 10: 0.10
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'ema-pytorch==0.8.3' 'torch==2.14.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import numpy as np
import torch
from ema_pytorch import EMA
from torch import nn

print("ema-pytorch", version("ema-pytorch"))


def share(steps, jump, **settings):
    model = nn.Linear(1, 1, bias=False).requires_grad_(False)
    ema = EMA(model, **settings)
    for step in range(steps):
        model.weight.fill_(float(step <= jump))  # 1 up to the jump, then 0.
        ema.update()
    return ema.ema_model.weight.item()


each, tenth, scaled = (
    share(10_001, 100, power=1.0, beta=0.99999, **settings)
    for settings in ({"update_every": 1}, {}, {"inv_gamma": 10.0})
)
product = np.prod(1 - 1 / (10 * np.arange(1, 991) + 1))
print("share of the weights of step 100 in the simple average of 10,000 steps:")
print(
    f"update_every 1: {each:.4f}; 10: {tenth:.4f} "
    f"(product of 1 - 1 / (10 k + 1): {product:.4f})"
)
print(f"update_every 10 and inv_gamma 10: {scaled:.4f}")
assert abs(each - 1 / 9901) < 1e-5 and abs(scaled - 1 / 991) < 1e-5
assert abs(tenth - product) < 1e-3 and tenth > 0.4

constant = {"beta": 0.99, "min_value": 0.99}
each, tenth = (
    1 - share(1101, 1000, update_every=every, **constant) for every in (1, 10)
)
print("100 steps after a jump, decay 0.99:", end=" ")
print(f"update_every 1: {each:.2f}; 10: {tenth:.2f}")
assert abs(each - (1 - 0.99**100)) < 1e-3 and abs(tenth - (1 - 0.99**10)) < 1e-3
END
