#!/usr/bin/env python3
"""Kernels by neural-tangents, an independent implementation, to test ours against.

    python -m venv reference reference/bin/pip install neural-tangents==0.6.5
    jax==0.4.24 jaxlib==0.4.24 "numpy<2" "scipy<1.13" reference/bin/python
    tools/make_ntk_reference.py

Writes tests/data/ntk_reference.npz: inputs and kernels in float64. Its own environment,
because the last release of neural-tangents does not import on a current JAX.
neural-tangents divides by the fan-in in the first layer too: the kernels are multiplied
by it here.
"""

import pathlib

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np  # noqa: E402
from neural_tangents import stax  # noqa: E402

TARGET = (
    pathlib.Path(__file__).resolve().parents[2]
    / "tests"
    / "kernels"
    / "ntk_reference.npz"
)
HE = 2**0.5


def dense(depth):
    layers = []
    for layer in range(depth):
        layers += [stax.Dense(1, W_std=HE if layer else 1.0, b_std=None), stax.Relu()]
    return stax.serial(*layers, stax.Dense(1, W_std=HE if depth else 1.0, b_std=None))


def same(depth, pool, size=3):
    layers = []
    for layer in range(depth):
        layers += [
            stax.Conv(
                1, (size, size), padding="SAME", W_std=HE if layer else 1.0, b_std=None
            ),
            stax.Relu(),
        ]
    return stax.serial(*layers, pool(), stax.Dense(1, W_std=HE, b_std=None))


def strided(pool, *top):
    """Valid convolutions, one of them strided, one without a ReLU, then `pool` and the
    layers `top`.
    """
    return stax.serial(
        stax.Conv(1, (3, 3), padding="VALID", W_std=1.0, b_std=None),
        stax.Relu(),
        stax.Conv(1, (3, 3), strides=(2, 2), padding="VALID", W_std=HE, b_std=None),
        stax.Conv(1, (2, 2), padding="VALID", W_std=1.0, b_std=None),
        stax.Relu(),
        pool(),
        stax.Dense(1, W_std=HE, b_std=None),
        *top,
    )


def main():
    rng = np.random.default_rng(0)
    arrays = {
        "vectors": rng.standard_normal((5, 7)),
        "others": rng.standard_normal((3, 7)),
        "images": rng.standard_normal((3, 2, 9, 8)),
        "other_images": rng.random((2, 2, 9, 8)),
    }
    top = (stax.Relu(), stax.Dense(1, W_std=HE, b_std=None))
    networks = {
        "dense_1": (dense(1), 7),
        "dense_4": (dense(4), 7),
        "gap_1": (same(1, stax.GlobalAvgPool), 18),
        "gap_4": (same(4, stax.GlobalAvgPool), 18),
        "flatten_4": (same(4, stax.Flatten), 18),
        "gap_wide": (same(2, stax.GlobalAvgPool, 5), 50),
        "strided_gap": (strided(stax.GlobalAvgPool), 18),
        "strided_flatten": (strided(stax.Flatten), 18),
        "strided_top": (strided(stax.GlobalAvgPool, *top), 18),
    }
    for name, ((_, _, kernel), fan_in) in networks.items():
        if name.startswith("dense"):
            x, z = arrays["vectors"], arrays["others"]
        else:
            x, z = (
                arrays[key].transpose(0, 2, 3, 1) for key in ("images", "other_images")
            )
        both = kernel(x, z, ("ntk", "nngp"))
        arrays[f"{name}_ntk"], arrays[f"{name}_nngp"] = (
            fan_in * np.array(both.ntk),
            fan_in * np.array(both.nngp),
        )
    np.savez_compressed(TARGET, **arrays)


if __name__ == "__main__":
    main()
