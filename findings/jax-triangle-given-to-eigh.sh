#!/usr/bin/env bash
# eigh and cholesky of one triangle: NumPy, SciPy and PyTorch read it, JAX averages it
# with the zeros.
#
# Expected: Functions for symmetric matrices look at one triangle (the lower one by
#   default), so it suffices to fill that one; `jnp.linalg` follows NumPy's interface.
# Happens: JAX first replaces the matrix by (A + A^T) / 2. With the other triangle empty
#   all off-diagonal entries are halved, and eigenvalues and factors are those of
#   another matrix. `symmetrize_input=False` switches it off in `jnp.linalg.eigh` and
#   `cholesky`; `jnp.linalg.eigvalsh` has `symmetrize_input` as well.
# Versions: jax 0.10.2, torch 2.13.0 (CPU), scipy 1.17.1, numpy 2.4.6, Python 3.11.
# Matters: Kernel matrices are often computed for i >= j only. Ported from NumPy to JAX,
#   such code returns plausible numbers without a warning.
# Source: documented:
#   https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.eigh.html
# Seen:
#   jax 0.10.2 torch 2.13.0+cpu scipy 1.17.1
#   eigh in numpy: [1. 3.]
#   eigh in scipy: [1. 3.]
#   eigh in torch: [1. 3.]
#   eigh in jax: [1.5 2.5]
#   cholesky, entry (1, 0): numpy 0.7071, jax 0.3536
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'jax==0.10.2' 'torch==2.13.0' 'scipy==1.17.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import jax
import jax.numpy as jnp
import numpy as np
import scipy
import torch

print("jax", jax.__version__, "torch", torch.__version__, "scipy", scipy.__version__)
lower = np.array([[2.0, 0.0], [1.0, 2.0]])  # of [[2, 1], [1, 2]]: eigenvalues 1 and 3
values = {
    "numpy": np.linalg.eigh(lower)[0],
    "scipy": scipy.linalg.eigh(lower)[0],
    "torch": torch.linalg.eigh(torch.tensor(lower))[0].numpy(),
    "jax": np.asarray(jnp.linalg.eigh(jnp.array(lower))[0]),
}
for name, found in values.items():
    print(f"eigh in {name}: {found.round(4)}")
    assert np.allclose(found, [1.5, 2.5] if name == "jax" else [1, 3], atol=1e-5)
factors = np.linalg.cholesky(lower)[1, 0], jnp.linalg.cholesky(jnp.array(lower))[1, 0]
print(f"cholesky, entry (1, 0): numpy {factors[0]:.4f}, jax {factors[1]:.4f}")
assert abs(factors[0] - 2 * factors[1]) < 1e-6
plain = jnp.linalg.eigh(jnp.array(lower), symmetrize_input=False)[0]
assert np.allclose(plain, [1, 3], atol=1e-5)
END
