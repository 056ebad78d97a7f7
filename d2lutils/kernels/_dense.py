"""ReLU and dense layers in the compiled part of `kernels` (importing this module imports Numba).

For ReLU under a Gaussian with correlation u, angle t = arccos u (Cho & Saul 2009, doubled):
k0 = 2 E[1(a > 0) 1(b > 0)] = (pi - t) / pi and k1 = 2 E[relu(a) relu(b)] = u k0 + (sin t) / pi.
For |u| the quotient t / sin t is a smooth function of w = 1 - |u|: a polynomial and one square root give k0 and k1
without an arccos, so that the loops fit vector registers.
"""

import numpy as np
from numba import njit, types
from numba.extending import overload

FAST = {"reassoc", "contract", "nsz", "arcp"}  # NaN and infinity keep their meaning
CHUNK = (
    256  # entries of a row of a dense kernel handled together, within the first cache
)


def _numbers(dtype, snap, coefficients):
    return (
        dtype(snap),
        dtype(0),
        dtype(1),
        dtype(1 / np.pi),
        tuple(map(dtype, coefficients)),
    )


# Minimax coefficients of t / (pi sin t), lowest power first, from tools/fit_arccos.py. Absolute errors of k0 and k1:
# 2e-8 in float32, 7e-14 in float64. SNAP: w is known to a few roundings only; below that, vectors are parallel.
SNAP32, ZERO32, ONE32, SHARE32, A32 = _numbers(
    np.float32,
    2.4e-7,
    (
        0.31831014490040116,
        0.10608827556583221,
        0.04269517216025227,
        0.016259077333980347,
        0.0159144470592075,
        -0.01456114044437592,
        0.026382961869256753,
        -0.01761217706783964,
        0.006523219089218693,
    ),
)
SNAP64, ZERO64, ONE64, SHARE64, A64 = _numbers(
    np.float64,
    4.4e-16,
    (
        0.3183098861822808,
        0.1061032956634506,
        0.042441303935013,
        0.01818948841736727,
        0.008079107060156387,
        0.0037186220623514187,
        0.0014319505789223527,
        0.0019020483136949202,
        -0.0029895295177150114,
        0.007596400064852524,
        -0.011885415735996548,
        0.014028000402294946,
        -0.01154254120089039,
        0.0064471362789201994,
        -0.0021787359890464725,
        0.00034898348427873243,
    ),
)


def arc_cosine(u):
    """(k0(u), k1(u)) of a scalar correlation u, in its own precision; |u| > 1 counts as 1. Compiled code only."""


@overload(arc_cosine, jit_options={"fastmath": FAST})
def _arc_cosine_by_precision(u):
    # Written out, because the vectoriser gives up on long loops over coefficients; even and odd powers apart, because
    # one chain would wait for itself.
    if u == types.float32:

        def kernel(u):
            w = max(ONE32 - SNAP32 - abs(u), ZERO32)
            sine = np.sqrt(max(ONE32 - SNAP32 - SNAP32 - u * u, ZERO32))
            v = w * w
            even = (((A32[8] * v + A32[6]) * v + A32[4]) * v + A32[2]) * v + A32[0]
            odd = ((A32[7] * v + A32[5]) * v + A32[3]) * v + A32[1]
            p = (odd * w + even) * sine
            k0 = ONE32 - p if u > ZERO32 else p
            return k0, u * k0 + sine * SHARE32
    else:

        def kernel(u):
            w = max(ONE64 - SNAP64 - abs(u), ZERO64)
            sine = np.sqrt(max(ONE64 - SNAP64 - SNAP64 - u * u, ZERO64))
            v = w * w
            even = (((A64[14] * v + A64[12]) * v + A64[10]) * v + A64[8]) * v + A64[6]
            even = ((even * v + A64[4]) * v + A64[2]) * v + A64[0]
            odd = (((A64[15] * v + A64[13]) * v + A64[11]) * v + A64[9]) * v + A64[7]
            odd = ((odd * v + A64[5]) * v + A64[3]) * v + A64[1]
            p = (odd * w + even) * sine
            k0 = ONE64 - p if u > ZERO64 else p
            return k0, u * k0 + sine * SHARE64

    return kernel


@njit(fastmath=FAST, error_model="numpy", cache=True)
def _rectify(s, t, a, b):
    for k in range(s.size):
        norms = a * b[k]
        k0, k1 = arc_cosine(s[k] / max(norms, 1e-300))
        s[k] = norms * k1
        t[k] *= k0


@njit(fastmath=FAST, error_model="numpy", cache=True)
def _add_layer(s, t, constant):
    for k in range(s.size):
        t[k] += s[k] + constant


@njit(fastmath=FAST, error_model="numpy", nogil=True, cache=True)
def dense(out, mirror, s, t, a, b, relu, constants, tangent, gain, first):
    """Rows of a kernel through dense layers and ReLUs: float64 S and T in, `out` receives gain * T, or gain * S.

    s (n, m). t (n, m), or (0, 0) for zeros. a (n,), b (m,): norms, which these layers preserve. relu (layers,): a
    ReLU, else a dense layer with its constant. mirror (m, n) receives the transpose, or is (0, 0).
    tangent: whether T is wanted. first: the columns before it are left alone.
    """
    n, m = s.shape
    for left in range(first, m, CHUNK):
        right = min(left + CHUNK, m)
        tangents = np.zeros(right - left)
        for r in range(n):
            values = s[r, left:right]
            for k in range(right - left):
                tangents[k] = t[r, left + k] if t.size else 0.0
            for layer in range(len(relu)):
                if relu[layer]:
                    _rectify(values, tangents, a[r], b[left:right])
                else:
                    _add_layer(values, tangents, constants[layer])
            result = tangents if tangent else values
            for k in range(right - left):
                out[r, left + k] = gain * result[k]
        if mirror.size:
            for c in range(left, right):
                for r in range(n):
                    mirror[c, r] = out[r, c]
