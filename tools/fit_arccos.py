#!/usr/bin/env python3
"""Minimax polynomials for the arc-cosine kernels: the coefficients of d2lutils/_arc_cosine.py.

    python tools/fit_arccos.py

With w = 1 - cos t: t / (pi sqrt w) and (sin t - t cos t) / (pi w^(3/2)) on 0 <= w <= 1, so that the *products* with
sqrt w and w^(3/2) have the least largest error (Remez exchange, 40 digits). Needs mpmath.
"""

import mpmath as mp

mp.mp.dps = 40
GRID = 600


def angle(w):
    return mp.acos(1 - w) / (mp.pi * mp.sqrt(w))


def area(w):
    u = 1 - w
    return (mp.sqrt(1 - u * u) - u * mp.acos(u)) / (mp.pi * w ** mp.mpf("1.5"))


def chebyshev(count):
    return [(1 - mp.cos(mp.pi * (i + mp.mpf("0.5")) / count)) / 2 for i in range(count)]


def remez(function, degree, power, rounds=12):
    """Coefficients, lowest first, with the least maximum of w^power |error|, and that maximum."""
    points, grid = chebyshev(degree + 2), chebyshev(GRID)
    values = [function(w) for w in grid]
    for _ in range(rounds):
        system = mp.matrix(degree + 2, degree + 2)
        for i, w in enumerate(points):
            for k in range(degree + 1):
                system[i, k] = w**k
            system[i, degree + 1] = (-1) ** i / w**power
        coefficients = list(mp.lu_solve(system, mp.matrix([function(w) for w in points])))[:-1]
        errors = [(mp.polyval(coefficients[::-1], w) - y) * w**power for w, y in zip(grid, values, strict=True)]
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
    for name, function, power, degrees in (("angle", angle, 0.5, (6, 13)), ("area", area, 1.5, (5, 11))):
        for degree in degrees:
            coefficients, error = remez(function, degree, mp.mpf(power))
            print(f"{name}, degree {degree}, error {error:.1e}:\n  {coefficients}")
