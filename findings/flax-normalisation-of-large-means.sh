#!/usr/bin/env bash
# Flax's LayerNorm and BatchNorm return numbers of size 80 and 25, not 1, when the mean
# is 10,000 times the deviation.
#
# Expected: Normalised outputs have mean 0 and standard deviation 1.
# Happens: With `use_fast_variance=True` (which both layers have as it comes) the
#   variance is computed as mean(x**2) - mean(x)**2. In float32 the difference is
#   rounding once the mean is some thousand times the deviation; where it comes out
#   negative it is cut to 0, and the outputs are divided by sqrt(epsilon). Haiku's
#   BatchNorm does not cut and returns NaN. `use_fast_variance=False`, Equinox's
#   LayerNorm and Haiku's LayerNorm are right on the same numbers.
# Versions: flax 0.12.8 (linen and nnx alike), dm-haiku 0.0.17, equinox 0.13.8,
#   jax 0.10.2, numpy 2.4.6, Python 3.11.
# Matters: Pressures, temperatures in kelvin, years and other raw inputs have such
#   means, and a first layer that normalises is the usual cure for them. It shows no
#   error, only a network that does not train.
# Seen:
#   flax 0.12.8
#   mean 0 deviation 1: standard deviations of the outputs
#     LayerNorm 1.00, slow 1.00, nnx 1.00, BatchNorm 1.00, haiku 1.00, equinox 1.00
#   mean 1000 deviation 0.1: standard deviations of the outputs
#     LayerNorm 79.23, slow 1.00, nnx 79.23, BatchNorm 24.45, haiku nan, equinox 1.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'flax==0.12.8' 'dm-haiku==0.0.17' 'equinox==0.13.8' 'jax==0.10.2' \
    'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import math

import equinox
import flax
import haiku
import jax
import jax.numpy as jnp
import numpy as np
from flax import linen, nnx

print("flax", flax.__version__)
key = jax.random.key(0)


def of_linen(layer, inputs):
    variables = layer.init(key, inputs)
    return layer.apply(variables, inputs, mutable=["batch_stats"])[0]


def of_haiku(inputs):
    layer = haiku.transform_with_state(
        lambda values: haiku.BatchNorm(True, True, 0.9)(values, is_training=True)
    )
    return layer.apply(*layer.init(key, inputs), None, inputs)[0]


def deviations(mean, deviation):
    values = mean + deviation * np.random.default_rng(0).normal(size=(256, 64))
    inputs = jnp.array(values, jnp.float32)
    outputs = {
        "LayerNorm": of_linen(linen.LayerNorm(), inputs),
        "slow": of_linen(linen.LayerNorm(use_fast_variance=False), inputs),
        "nnx": nnx.LayerNorm(64, rngs=nnx.Rngs(0))(inputs),
        "BatchNorm": of_linen(linen.BatchNorm(use_running_average=False), inputs),
        "haiku": of_haiku(inputs),
        "equinox": jax.vmap(equinox.nn.LayerNorm(64))(inputs),
    }
    return {name: float(output.std()) for name, output in outputs.items()}


for mean, deviation in ((0, 1), (1000, 0.1)):
    print(f"mean {mean} deviation {deviation}: standard deviations of the outputs")
    found = deviations(mean, deviation)
    print(" ", ", ".join(f"{name} {value:.2f}" for name, value in found.items()))
    right = {"slow", "equinox"} if mean else set(found)
    assert all(abs(found[name] - 1) < 0.01 for name in right)
    if mean:
        assert min(found["LayerNorm"], found["nnx"], found["BatchNorm"]) > 10
        assert math.isnan(found["haiku"])
END
