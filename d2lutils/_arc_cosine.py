"""ReLU and dense layers in the compiled part of `kernels` (importing this module imports Numba).

For ReLU under a Gaussian with correlation u, angle t = arccos u (Cho & Saul 2009, doubled):
k0 = 2 E[1(a > 0) 1(b > 0)] = (pi - t) / pi and k1 = 2 E[relu(a) relu(b)] = (u (pi - t) + sin t) / pi.
With w = 1 - |u|, t / sqrt(w) and (sin t - t cos t) / w^(3/2) are smooth functions of w: two polynomials and one
square root give k0 and k1 without an arccos, so that the loops fit vector registers.
"""

import numpy as np
from numba import njit, types
from numba.extending import overload

FAST = {"reassoc", "contract", "nsz", "arcp"}  # NaN and infinity keep their meaning
CHUNK = 256  # entries of a row of a dense kernel handled together, within the first cache


def _numbers(dtype, snap, angle, area):
    return dtype(snap), dtype(0), dtype(1), tuple(map(dtype, angle)), tuple(map(dtype, area))


# Minimax coefficients, lowest power first, from tools/fit_arccos.py. Absolute errors of k0 and k1: 2.8e-8 and 8e-9
# in float32, 4e-14 and 5e-14 in float64. SNAP: w is known to a few roundings only; below that, vectors are parallel.
SNAP32, ZERO32, ONE32, A32, B32 = _numbers(
    np.float32, 2.4e-7,
    (0.4501585641052352, 0.03749901407040293, 0.008582559882571443, 0.001892460040070247,
     0.00220325408089546, -0.0011672157387614714, 0.0008313355637138238),
    (0.3001039351180708, 0.015027404037810636, 0.002296368983085435, 0.0008382070314943128,
     -0.00017966796839139458, 0.00022363099816253228),
)  # fmt: skip
SNAP64, ZERO64, ONE64, A64, B64 = _numbers(
    np.float64, 4.4e-16,
    (0.4501581580772679, 0.03751318001317055, 0.008440458526133163, 0.0025121727937052938, 0.0008534277140573714,
     0.00032371659693863425, 8.265751090995417e-05, 0.00016774784335111048, -0.00022959251819719108,
     0.0003773665947380151, -0.00037146346286261975, 0.0002538441353170293, -0.00010134656000074375,
     1.9672735426388377e-05),
    (0.30010543867522504, 0.015005274141242779, 0.002411519692237326, 0.0005586479156930981, 0.00015293339052776676,
     5.798086812113555e-05, -8.384966395440373e-06, 4.896695535471493e-05, -4.8860486733717414e-05,
     4.0012920450443535e-05, -1.765639675310859e-05, 4.0134747824161405e-06),
)  # fmt: skip


def arc_cosine(u):
    """(k0(u), k1(u)) of a scalar correlation u, in its own precision; |u| > 1 counts as 1. Compiled code only."""


@overload(arc_cosine, jit_options={"fastmath": FAST})
def _arc_cosine_by_precision(u):
    # Written out: the vectoriser gives up on long loops over coefficients.
    if u == types.float32:

        def kernel(u):
            w = max(ONE32 - SNAP32 - abs(u), ZERO32)
            root = np.sqrt(w)
            p = ((((((A32[6] * w + A32[5]) * w + A32[4]) * w + A32[3]) * w + A32[2]) * w + A32[1]) * w + A32[0]) * root
            q = ((((B32[5] * w + B32[4]) * w + B32[3]) * w + B32[2]) * w + B32[1]) * w + B32[0]
            positive = u > ZERO32
            return (ONE32 - p if positive else p), (u if positive else ZERO32) + q * w * root
    else:

        def kernel(u):
            w = max(ONE64 - SNAP64 - abs(u), ZERO64)
            root = np.sqrt(w)
            p = (((A64[13] * w + A64[12]) * w + A64[11]) * w + A64[10]) * w + A64[9]
            p = ((((p * w + A64[8]) * w + A64[7]) * w + A64[6]) * w + A64[5]) * w + A64[4]
            p = ((((p * w + A64[3]) * w + A64[2]) * w + A64[1]) * w + A64[0]) * root
            q = (((B64[11] * w + B64[10]) * w + B64[9]) * w + B64[8]) * w + B64[7]
            q = (((q * w + B64[6]) * w + B64[5]) * w + B64[4]) * w + B64[3]
            q = ((q * w + B64[2]) * w + B64[1]) * w + B64[0]
            positive = u > ZERO64
            return (ONE64 - p if positive else p), (u if positive else ZERO64) + q * w * root

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
