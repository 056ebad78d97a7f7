#!/usr/bin/env python3
"""Minimax polynomials for the arc-cosine kernels: the coefficients of
d2lutils/_arc_cosine.py.

    python tools/fit_arccos.py

With w = 1 - cos t: t / (pi sin t) on 0 <= w <= 1, so that the *product* with sin t, t /
pi, has the least largest error (Remez exchange, 40 digits). Needs mpmath.
"""

import mpmath as mp

mp.mp.dps = 40
GRID = 600


def sine(w):
    return mp.sqrt(w * (2 - w))


def quotient(w):
    return mp.acos(1 - w) / (mp.pi * sine(w))


def chebyshev(count):
    return [(1 - mp.cos(mp.pi * (i + mp.mpf("0.5")) / count)) / 2 for i in range(count)]


def remez(function, weight, degree, rounds=12):
    """Coefficients, lowest first, with the least maximum of weight * |error|, and that
    maximum.
    """
    points, grid = chebyshev(degree + 2), chebyshev(GRID)
    values = [function(w) for w in grid]
    for _ in range(rounds):
        system = mp.matrix(degree + 2, degree + 2)
        for i, w in enumerate(points):
            for k in range(degree + 1):
                system[i, k] = w**k
            system[i, degree + 1] = (-1) ** i / weight(w)
        coefficients = list(
            mp.lu_solve(system, mp.matrix([function(w) for w in points]))
        )[:-1]
        errors = [
            (mp.polyval(coefficients[::-1], w) - y) * weight(w)
            for w, y in zip(grid, values, strict=True)
        ]
        extrema, current = [], 0
        for i in range(1, GRID):
            if errors[i] * errors[current] < 0:
                extrema.append(current)
                current = i
            elif abs(errors[i]) > abs(errors[current]):
                current = i
        extrema.append(current)
        if len(extrema) != degree + 2:
            break
        points = [grid[i] for i in extrema]
    return [float(c) for c in coefficients], float(max(map(abs, errors)))


if __name__ == "__main__":
    for degree in (8, 15):
        coefficients, error = remez(quotient, sine, degree)
        print(f"degree {degree}, error {error:.1e}:\n  {coefficients}")
