#!/usr/bin/env bash
# jax.jit turns (x + 1e8) - 1e8 into x and n / n into something other than 1.
#
# Expected: Compiling a function changes its speed; floating-point operations are done
#   in the order in which they are written, as without jit.
# Happens: XLA's compiler folds constants: with x = 1 in float32, `(x + 1e8) - 1e8` is 0
#   outside jit and 1 inside (outside, each operation is compiled alone). Division by a
#   constant becomes multiplication by its rounded reciprocal, so 41 / 41.0 is
#   0.99999994, and `jnp.mean` of 41 ones is not 1. If the number is an argument rather
#   than a constant, both are as written.
# Versions: jax 0.10.2 (CPU), numpy 2.4.6, Python 3.11.
# Matters: Tests of rounding error (the classic demonstration of cancellation, the
#   machine epsilon found by a loop) show nothing under jit, and a mean of equal numbers
#   may lie outside their range.
# Seen:
#   jax 0.10.2
#   (x + 1e8) - 1e8: 0.0, jit 1.0, jit, 1e8 an argument 0.0
#   n / n under jit is not 1 for n = [41, 47, 55, 61, 82, 83, 94, 97]
#   jnp.mean(jnp.ones(n)) is not 1 for n = [41, 47, 55, 61, 82, 83, 94, 97]
#   mean of 41 ones: 0.9999999403953552 NumPy: 1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'jax==0.10.2' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import jax
import jax.numpy as jnp
import numpy as np

print("jax", jax.__version__)
one, big = jnp.float32(1), jnp.float32(1e8)
plain = float((one + 1e8) - 1e8)
constant = float(jax.jit(lambda x: (x + 1e8) - 1e8)(one))
argument = float(jax.jit(lambda x, c: (x + c) - c)(one, big))
print(f"(x + 1e8) - 1e8: {plain}, jit {constant}, jit, 1e8 an argument {argument}")
assert (plain, constant, argument) == (0, 1, 0)


def wrong(function):
    return [n for n in range(1, 100) if float(function(n)) != 1]


divided = wrong(lambda n: jax.jit(lambda x: x / float(n))(jnp.float32(n)))
means = wrong(lambda n: jnp.mean(jnp.ones(n)))
print("n / n under jit is not 1 for n =", divided)
print("jnp.mean(jnp.ones(n)) is not 1 for n =", means)
print("mean of 41 ones:", float(jnp.mean(jnp.ones(41))), "NumPy:", np.ones(41).mean())
assert 41 in divided
assert divided == means
assert wrong(lambda n: np.ones(n, "f4").mean()) == []
END
