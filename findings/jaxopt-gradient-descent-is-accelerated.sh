#!/usr/bin/env bash
# jaxopt's GradientDescent is Nesterov's accelerated method, whose loss goes up again.
#
# Expected: With a constant step size below 2 / L the loss of gradient descent on a
#   convex quadratic function falls at every step, and each step is minus the step size
#   times the gradient.
# Happens: `GradientDescent` is a proximal gradient method with `acceleration=True`.
#   Its loss falls much faster, reaches almost 0 and rises again, in waves. With
#   `acceleration=False` it is gradient descent.
# Versions: jaxopt 0.8.5, jax 0.10.2, numpy 2.4.6, scipy 1.17.1, Python 3.11.
# Matters: Curves that are labelled "gradient descent" show another method's rate,
#   1 / k**2 in place of 1 / k, and its waves; comparisons with "momentum" compare two
#   kinds of momentum.
# Seen:
#   jaxopt 0.8.5
#   step            1      20      40      60      80
#   by hand    0.4951  0.3358  0.2256  0.1515  0.1018
#   jaxopt     0.4951  0.1199  0.0011  0.0020  0.0009
#   plain      0.4951  0.3358  0.2256  0.1515  0.1018
#   steps at which the loss rose: jaxopt 24, plain 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'jaxopt==0.8.5' 'jax==0.10.2' 'numpy==2.4.6' 'scipy==1.17.1'
cd "$folder"
"$python" - <<'END'
import importlib.metadata
import warnings

import jax.numpy as jnp
import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # It says that it is no longer maintained.
    import jaxopt

print("jaxopt", importlib.metadata.version("jaxopt"))
curvatures, step_size, steps = jnp.array([1.0, 100.0]), 0.0099, 80
start = jnp.ones(2)


def loss(weights):
    return jnp.sum(curvatures * weights**2) / 2


def descent(**options):
    solver = jaxopt.GradientDescent(loss, stepsize=step_size, tol=0, **options)
    weights, state, losses = start, solver.init_state(start), []
    for _ in range(steps):
        weights, state = solver.update(weights, state)
        losses.append(float(loss(weights)))
    return np.array(losses)


by_hand, weights = [], start
for _ in range(steps):
    weights = weights - step_size * curvatures * weights
    by_hand.append(float(loss(weights)))
by_hand = np.array(by_hand)
jaxopts, plain = descent(), descent(acceleration=False)
shown = [1, 20, 40, 60, 80]
print("step   ", "".join(f"{step:8d}" for step in shown))
for name, losses in (("by hand", by_hand), ("jaxopt", jaxopts), ("plain", plain)):
    print(f"{name:8s}", "".join(f"{losses[step - 1]:8.4f}" for step in shown))
rises = [int(np.sum(np.diff(losses) > 1e-6)) for losses in (jaxopts, plain)]
print(f"steps at which the loss rose: jaxopt {rises[0]}, plain {rises[1]}")
assert np.allclose(plain, by_hand, rtol=1e-3)
assert jaxopts[39] < by_hand[39] / 100
assert rises[0] > 0 and rises[1] == 0
END
