"""Gradient descent on W_L ... W_1 with MXNet's autograd, apart from the library.

The textbook loop on a framework's arrays: an independent witness.
"""

import numpy as np

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def stepper(factors, rows, cols, values, optimizer, lr):
    """Return advance(num_steps) -> factors, on the CPU in float64.

    factors: [W_1, ..., W_L]. rows, cols, values: of the observed entries. optimizer:
    "gd", "momentum" or "adam".
    """
    from mxnet import autograd
    from mxnet import np as mxnp
    from mxnet.util import np_array, np_shape

    with np_shape(True), np_array(True):
        factors = [mxnp.array(factor, dtype="float64") for factor in factors]
        for factor in factors:
            factor.attach_grad()
        first = [mxnp.zeros_like(factor) for factor in factors]
        second = [mxnp.zeros_like(factor) for factor in factors]
        shape = factors[-1].shape[0], factors[0].shape[1]
        mask, target = np.zeros(shape), np.zeros(shape)
        mask[rows, cols], target[rows, cols] = 1, values
        mask, target = (
            mxnp.array(mask, dtype="float64"),
            mxnp.array(target, dtype="float64"),
        )
    taken = 0

    def loss():
        end_to_end = factors[0]
        for factor in factors[1:]:
            end_to_end = mxnp.dot(factor, end_to_end)
        return ((mask * end_to_end - target) ** 2).sum() / len(values)

    def update(w, m, v):
        g = w.grad
        if optimizer == "gd":
            w[:] = w - lr * g
        elif optimizer == "momentum":
            m[:] = BETA1 * m + g
            w[:] = w - lr * m
        else:
            m[:] = BETA1 * m + (1 - BETA1) * g
            v[:] = BETA2 * v + (1 - BETA2) * g * g
            rate = lr / (1 - BETA1**taken)
            w[:] = w - rate * m / (mxnp.sqrt(v / (1 - BETA2**taken)) + EPSILON)

    def advance(num_steps):
        nonlocal taken
        with np_shape(True), np_array(True):
            for _ in range(num_steps):
                taken += 1
                with autograd.record():
                    value = loss()
                value.backward()
                for w, m, v in zip(factors, first, second, strict=True):
                    update(w, m, v)
            return [factor.asnumpy() for factor in factors]

    return advance
