#!/usr/bin/env bash
# optax's diagonal of the Fisher information is the squared gradient of the mean loss:
# 0 at a minimum.
#
# Expected: `optax.second_order.fisher_diag` "computes the diagonal of the (observed)
#   Fisher information matrix". For a coin that showed one head and one tail it is 1/4
#   at the maximum of the likelihood, as is the Hessian.
# Happens: It squares the gradient of whatever loss it is given. Averaged over a batch
#   that is 0 at every stationary point, and away from one it depends on the batch; the
#   Fisher information averages the squared gradients of the examples. One gets that by
#   calling it for each example by `jax.vmap` and averaging.
# Versions: optax 0.2.8 (where the function is deprecated, to go in 0.2.9), jax 0.10.2,
#   numpy 2.4.6, Python 3.11.
# Matters: Natural gradients, flatness, elastic weight consolidation and pruning weigh
#   parameters by this diagonal. At the end of a training all weights would be 0.
# Seen:
#   optax 0.2.8
#   fisher_diag of the batch: [0. 0.]
#   hessian_diag of the batch: [0.25 0.25]
#   fisher_diag by example, averaged: [0.25 0.25]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'optax==0.2.8' 'jax==0.10.2' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax import second_order

warnings.simplefilter("ignore")  # Deprecated, but still there.
print("optax", optax.__version__)


def loss(weights, inputs, labels):
    logits = inputs @ weights
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


weights = jnp.zeros((1, 2))  # Both sides equally likely: the best fit.
inputs, labels = jnp.ones((2, 1)), jnp.array([0, 1])
fisher = np.array(second_order.fisher_diag(loss, weights, inputs, labels))
hessian = np.array(second_order.hessian_diag(loss, weights, inputs, labels))
by_example = jax.vmap(
    lambda x, y: second_order.fisher_diag(loss, weights, x[None], y[None])
)(inputs, labels)
average = np.array(by_example).mean(axis=0)
print("fisher_diag of the batch:", fisher)
print("hessian_diag of the batch:", hessian)
print("fisher_diag by example, averaged:", average)
assert np.all(fisher == 0)
assert np.allclose(hessian, 0.25)
assert np.allclose(average, 0.25)
END
