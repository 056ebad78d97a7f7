"""The steps of a descent on W = W_L ... W_1: the plain loop and the fast one.

Both take the same arguments, ``stepper(factors, rows, cols, values, optimizer)``, and
return a function ``advance(num_steps) -> factors``. `factors` is [W_1 (h, n),
W_2 (h, h), ..., W_L (m, h)]; the caller's arrays are not changed. All is computed in
the precision of factors and values, float64 or float32.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from d2lutils import _checks
from d2lutils.completion._factorization import Optimizer, gradients, product

Advance = Callable[[int], list[np.ndarray]]


def stepper(engine: Any) -> Callable[..., Advance]:
    """The function that prepares a descent: "numba" or "numpy"."""
    if not isinstance(engine, str):
        raise TypeError(f"engine must be a text, got {_checks.shown(engine)}")
    _checks.choice("engine", engine, ("numba", "numpy"))
    return numba_stepper if engine == "numba" else numpy_stepper


def numpy_stepper(factors, rows, cols, values, optimizer: Optimizer) -> Advance:
    """The textbook loop in NumPy, for any depth from 1."""
    factors = [factor.copy() for factor in factors]
    first = [np.zeros_like(factor) for factor in factors]
    second = [np.zeros_like(factor) for factor in factors]
    shape = (factors[-1].shape[0], factors[0].shape[1])
    taken = 0

    def advance(num_steps):
        nonlocal taken
        residual = np.zeros(shape, values.dtype)
        for _ in range(num_steps):
            taken += 1
            residual[rows, cols] = product(factors)[rows, cols] - values
            grads = gradients(factors, 2 / len(values) * residual)
            for w, g, m, v in zip(factors, grads, first, second, strict=True):
                _update(w, g, m, v, optimizer, taken)
        return [factor.copy() for factor in factors]

    return advance


def _update(w, g, m, v, optimizer: Optimizer, step: int) -> None:
    """One step of the weights w with gradient g; m and v are what is remembered."""
    if optimizer.name == "gd":
        w -= optimizer.lr * g
    elif optimizer.name == "momentum":
        m *= optimizer.momentum
        m += g
        w -= optimizer.lr * m
    else:
        m += (1 - optimizer.momentum) * (g - m)
        v += (1 - optimizer.beta2) * (g * g - v)
        rate = optimizer.lr / (1 - optimizer.momentum**step)
        root = np.sqrt(v / (1 - optimizer.beta2**step))
        w -= rate * m / (root + optimizer.epsilon)


def numba_stepper(factors, rows, cols, values, optimizer: Optimizer) -> Advance:
    """The same loop compiled: 3 (depth - 2) dense products a step.

    The rest touches observed entries only. Depth 1 has nothing to gain and goes to
    `numpy_stepper`.
    """
    if len(factors) == 1:
        return numpy_stepper(factors, rows, cols, values, optimizer)
    from d2lutils.completion import _factorization_numba as compiled

    weights = _weights(factors)
    moments = compiled.Moments(*_remembered(weights, optimizer))
    entries = _entries(rows, cols, values, factors[-1].shape[0], factors[0].shape[1])
    like_weights = [np.empty_like(part) for part in weights]
    work = compiled.Work(*like_weights, *np.empty((2, len(values)), values.dtype))
    kind = ("gd", "momentum", "adam").index(optimizer.name)
    rule = compiled.Rule(
        kind, optimizer.lr, optimizer.momentum, optimizer.beta2, optimizer.epsilon
    )
    plain = [tuple(part) for part in (weights, moments, entries, rule, work)]
    taken = 0

    def advance(num_steps):
        nonlocal taken
        compiled.advance(*plain, taken, num_steps)
        taken += num_steps
        return [weights.prefix[0].T.copy(), *weights.middle.copy(), weights.last.copy()]

    return advance


def _weights(factors):
    """The factors as the compiled loop keeps them: its own, in its own layout."""
    from d2lutils.completion._factorization_numba import Weights

    num_hidden, num_cols = factors[0].shape
    dtype = factors[0].dtype
    prefix = np.empty((len(factors) - 1, num_cols, num_hidden), dtype)
    prefix[0] = factors[0].T
    middle = np.array(factors[1:-1], dtype).reshape(-1, num_hidden, num_hidden)
    return Weights(prefix, middle, np.array(factors[-1], order="C"))


def _remembered(weights, optimizer: Optimizer):
    """Zeros for an optimiser that remembers, nothing for one that does not."""
    sizes = weights.prefix[0].size, weights.middle.size, weights.last.size
    kept = optimizer.name != "gd"
    dtype = weights.last.dtype
    return [np.zeros((2, size if kept else 0), dtype) for size in sizes]


def _entries(rows, cols, values, num_rows: int, num_cols: int):
    """The observed entries in the order of the rows and in that of the columns."""
    from d2lutils.completion._factorization_numba import Entries

    by_row, by_col = np.lexsort((cols, rows)), np.lexsort((rows, cols))
    rank_in_rows = np.argsort(by_row)  # by_row[rank_in_rows[k]] = k
    return Entries(
        np.searchsorted(rows[by_row], np.arange(num_rows + 1)),
        cols[by_row],
        values[by_row],
        np.searchsorted(cols[by_col], np.arange(num_cols + 1)),
        rows[by_col],
        rank_in_rows[by_col],
    )
