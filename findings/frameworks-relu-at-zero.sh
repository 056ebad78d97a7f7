#!/usr/bin/env bash
# The slope of ReLU at 0 is 0, 1/2 or 1, depending on framework and spelling.
#
# Expected: `relu(x)`, `maximum(x, 0)` and `clip(x, 0, 6)` are the same function; the
#   slope at the kink is a convention, but one convention.
# Happens: relu gives 0 in all. maximum gives 1/2 in JAX and PyTorch (they share it
#   between equal arguments) and 1 in MXNet. clamp gives 1 in PyTorch, 1/2 in JAX (at
#   both ends), while `relu6` gives 0. The slope of |x| at 0 is 1 in JAX and 0 in
#   PyTorch.
# Versions: jax 0.10.2, torch 2.13.0 (CPU), numpy 2.4.6, Python 3.11; mxnet 1.9.1 in
#   words above (its NumPy 1.23.5 does not go with JAX's).
# Matters: Pre-activations are exactly 0 more often than "almost never": zero biases
#   behind black pixels, dead inputs, kinks that descent parks on data points. Two
#   spellings then train two networks, and the tangent kernel at zero inputs differs by
#   a half.
# Seen:
#   jax 0.10.2 torch 2.13.0+cpu
#   relu(x) at 0: jax 0.0, torch 0.0
#   maximum(x, 0) at 0: jax 0.5, torch 0.5
#   clip(x, 0, 6) at 0: jax 0.5, torch 1.0
#   relu6(x) at 0: jax 0.0, torch 0.0
#   x * (x > 0) at 0: jax 0.0, torch 0.0
#   x * (x >= 0) at 0: jax 1.0, torch 1.0
#   abs(x) at 0: jax 1.0, torch 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'jax==0.10.2' 'torch==2.13.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import jax
import jax.numpy as jnp
import torch

print("jax", jax.__version__, "torch", torch.__version__)
spellings = {
    "relu(x)": (jax.nn.relu, torch.relu),
    "maximum(x, 0)": (
        lambda x: jnp.maximum(x, 0.0),
        lambda x: torch.maximum(x, torch.tensor(0.0)),
    ),
    "clip(x, 0, 6)": (lambda x: jnp.clip(x, 0.0, 6.0), lambda x: x.clamp(0, 6)),
    "relu6(x)": (jax.nn.relu6, torch.nn.functional.relu6),
    "x * (x > 0)": (lambda x: x * (x > 0), lambda x: x * (x > 0)),
    "x * (x >= 0)": (lambda x: x * (x >= 0), lambda x: x * (x >= 0)),
    "abs(x)": (jnp.abs, torch.abs),
}
slopes = {}
for name, (ours, theirs) in spellings.items():
    second = torch.func.grad(theirs)(torch.tensor(0.0))
    slopes[name] = float(jax.grad(ours)(0.0)), float(second)
    print(f"{name} at 0: jax {slopes[name][0]}, torch {slopes[name][1]}")
assert slopes["relu(x)"] == (0, 0)
assert slopes["maximum(x, 0)"] == (0.5, 0.5)
assert slopes["clip(x, 0, 6)"] == (0.5, 1)
assert slopes["abs(x)"] == (1, 0)
END
