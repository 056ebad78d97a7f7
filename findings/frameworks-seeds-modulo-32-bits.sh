#!/usr/bin/env bash
# Seeds 0 and 4294967296 give the same random numbers in PyTorch and JAX, without a
# warning.
#
# Expected: `torch.manual_seed` and `jax.random.key` take seeds of 64 bits, so different
#   seeds give different streams; a generator that cannot hold them would say so, as
#   NumPy's legacy `seed` does.
# Happens: On the CPU PyTorch seeds a Mersenne Twister with the lowest 32 bits; JAX in
#   its default 32-bit mode drops the upper half of the key. `initial_seed()` still
#   reports the seed that was asked for.
# Versions: torch 2.13.0 (CPU), jax 0.10.2, numpy 2.4.6, Python 3.11.
# Matters: Seeds made from hashes or time stamps, or as `worker * 2**32 + run`, let
#   "independent" runs repeat each other exactly: the spread between seeds is then
#   nought.
# Source: the range that is accepted is documented:
#   https://docs.pytorch.org/docs/stable/generated/torch.manual_seed.html
# Seen:
#   torch 2.13.0+cpu jax 0.10.2 numpy 2.4.6
#   seed 0: torch 0.4963, jax 0.9477, numpy 0.6370
#   seed 1: torch 0.7576, jax 0.4386, numpy 0.5118
#   seed 4294967296: torch 0.4963, jax 0.9477, numpy 0.8897
#   seed 4294967297: torch 0.7576, jax 0.4386, numpy 0.3319
#   numpy.random.seed(2**32): Seed must be between 0 and 2**32 - 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.13.0' 'jax==0.10.2' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import jax
import numpy
import torch

print("torch", torch.__version__, "jax", jax.__version__, "numpy", numpy.__version__)
for seed in (0, 1, 2**32, 2**32 + 1):
    generator = torch.Generator().manual_seed(seed)
    first = torch.rand(1, generator=generator).item()
    key = float(jax.random.uniform(jax.random.key(seed)))
    sound = numpy.random.default_rng(seed).random()
    print(f"seed {seed}: torch {first:.4f}, jax {key:.4f}, numpy {sound:.4f}")


def torch_draw(seed):
    return torch.rand(100, generator=torch.Generator().manual_seed(seed))


assert torch.equal(torch_draw(7), torch_draw(2**32 + 7))
assert torch.Generator().manual_seed(2**32 + 7).initial_seed() == 2**32 + 7
small, large = jax.random.key(7), jax.random.key(2**32 + 7)
assert (jax.random.uniform(small, 100) == jax.random.uniform(large, 100)).all()
numbers = [numpy.random.default_rng(seed).random() for seed in (7, 2**32 + 7)]
assert numbers[0] != numbers[1]
try:
    numpy.random.seed(2**32)
except ValueError as error:
    print("numpy.random.seed(2**32):", error)
else:
    raise AssertionError
END
