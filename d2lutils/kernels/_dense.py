"""ReLU and dense layers, compiled (importing this module imports Numba).

For ReLU under a Gaussian with correlation u, angle t = arccos u (Cho & Saul 2009,
doubled): k0 = 2 E[1(a > 0) 1(b > 0)] = (pi - t) / pi and
k1 = 2 E[relu(a) relu(b)] = u k0 + (sin t) / pi. For ``|u|`` the quotient t / sin t is a
smooth function of ``w = 1 - |u|``: a polynomial and one square root give k0 and k1
without an arccos, so that the loops fit vector registers.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import overload

from d2lutils import _machine

FAST = {"reassoc", "contract", "nsz", "arcp"}  # NaN and infinity keep their meaning
COMPILED: dict[str, Any] = {"fastmath": FAST, "error_model": "numpy", "nogil": True}
INNER = COMPILED | _machine.INLINED  # of functions that compiled ones call

CHUNK = 256  # entries of a row handled together, within the first cache


class Precision(NamedTuple):
    """The constants of `arc_cosine` in one floating-point type."""

    snap: Any  # w is known to a few roundings only; below that, vectors are parallel
    zero: Any
    one: Any
    share: Any  # 1 / pi
    a: tuple  # coefficients of t / (pi sin t), lowest power first


def _precision(dtype: Any, snap: float, coefficients: tuple[float, ...]) -> Precision:
    return Precision(
        dtype(snap),
        dtype(0),
        dtype(1),
        dtype(1 / np.pi),
        tuple(map(dtype, coefficients)),
    )


# Minimax coefficients from tools/once/fit_arccos.py. Absolute errors of k0 and k1: 2e-8
# in float32, 7e-14 in float64.
# fmt: off
F32 = _precision(np.float32, 2.4e-7, (
    0.31831014490040116, 0.10608827556583221, 0.04269517216025227,
    0.016259077333980347, 0.0159144470592075, -0.01456114044437592,
    0.026382961869256753, -0.01761217706783964, 0.006523219089218693,
))
F64 = _precision(np.float64, 4.4e-16, (
    0.3183098861822808, 0.1061032956634506, 0.042441303935013,
    0.01818948841736727, 0.008079107060156387, 0.0037186220623514187,
    0.0014319505789223527, 0.0019020483136949202, -0.0029895295177150114,
    0.007596400064852524, -0.011885415735996548, 0.014028000402294946,
    -0.01154254120089039, 0.0064471362789201994, -0.0021787359890464725,
    0.00034898348427873243,
))
# fmt: on


def arc_cosine(u):
    """(k0(u), k1(u)) of a scalar, in its own precision; ``|u| > 1`` counts as 1."""
    raise NotImplementedError("arc_cosine is for compiled code: call it under njit")


@overload(arc_cosine, jit_options={"fastmath": FAST, "forceinline": True})
def _arc_cosine_by_precision(u):
    # Written out, because the vectoriser gives up on long loops over coefficients; even
    # and odd powers apart, because one chain would wait for itself.
    if u == types.float32:

        def kernel(u):
            w = max(F32.one - F32.snap - abs(u), F32.zero)
            sine = np.sqrt(max(F32.one - F32.snap - F32.snap - u * u, F32.zero))
            a, v = F32.a, w * w
            even = (((a[8] * v + a[6]) * v + a[4]) * v + a[2]) * v + a[0]
            odd = ((a[7] * v + a[5]) * v + a[3]) * v + a[1]
            p = (odd * w + even) * sine
            k0 = F32.one - p if u > F32.zero else p
            return k0, u * k0 + sine * F32.share
    else:

        def kernel(u):
            w = max(F64.one - F64.snap - abs(u), F64.zero)
            sine = np.sqrt(max(F64.one - F64.snap - F64.snap - u * u, F64.zero))
            a, v = F64.a, w * w
            even = (((a[14] * v + a[12]) * v + a[10]) * v + a[8]) * v + a[6]
            even = ((even * v + a[4]) * v + a[2]) * v + a[0]
            odd = (((a[15] * v + a[13]) * v + a[11]) * v + a[9]) * v + a[7]
            odd = ((odd * v + a[5]) * v + a[3]) * v + a[1]
            p = (odd * w + even) * sine
            k0 = F64.one - p if u > F64.zero else p
            return k0, u * k0 + sine * F64.share

    return kernel


class Rows(NamedTuple):
    """Some rows of a kernel on their way through dense layers."""

    out: np.ndarray  # (n, m) receives the result
    mirror: np.ndarray  # (m, n) receives its transpose, or is (0, 0)
    s: np.ndarray  # (n, m) float64, overwritten
    t: np.ndarray  # (n, m) float64, or (0, 0) for zeros
    a: np.ndarray  # (n,) norms of the rows' inputs, which these layers preserve
    b: np.ndarray  # (m,) norms of the columns' inputs


class Steps(NamedTuple):
    """The layers: at each place a ReLU, or else a dense layer with its constant."""

    relu: np.ndarray
    constants: np.ndarray
    tangent: bool  # whether T is wanted, or S
    gain: float  # multiplies the result


@njit(**INNER)
def _rectify(s, t, a, b):
    for k in range(s.size):
        norms = a * b[k]
        k0, k1 = arc_cosine(s[k] / max(norms, 1e-300))
        s[k] = norms * k1
        t[k] *= k0


@njit(**INNER)
def _add_layer(s, t, constant):
    for k in range(s.size):
        t[k] += s[k] + constant


@njit(**INNER)
def _pass_layers(s, t, a, b, steps):
    for layer in range(len(steps.relu)):
        if steps.relu[layer]:
            _rectify(s, t, a, b)
        else:
            _add_layer(s, t, steps.constants[layer])


@_machine.compiled(**COMPILED)
def dense(rows, steps, first):
    """Take rows through steps; the columns before `first` are left alone.

    rows and steps are plain tuples, of the fields of `Rows` and `Steps`: cached code
    must not know our classes, or their next change would break its loading.
    """
    rows, steps = Rows(*rows), Steps(*steps)
    n, m = rows.s.shape
    for left in range(first, m, CHUNK):
        right = min(left + CHUNK, m)
        tangents = np.zeros(right - left)
        for r in range(n):
            values = rows.s[r, left:right]
            for k in range(right - left):
                tangents[k] = rows.t[r, left + k] if rows.t.size else 0.0
            _pass_layers(values, tangents, rows.a[r], rows.b[left:right], steps)
            result = tangents if steps.tangent else values
            for k in range(right - left):
                rows.out[r, left + k] = steps.gain * result[k]
        if rows.mirror.size:
            for c in range(left, right):
                for r in range(n):
                    rows.mirror[c, r] = rows.out[r, c]
