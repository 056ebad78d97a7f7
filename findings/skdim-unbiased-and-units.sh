#!/usr/bin/env bash
# scikit-dimension's MLE(unbiased=True) is a quarter too small with 5 neighbours, and
# its TLE of a square depends on the unit of length.
#
# Expected: Points drawn uniformly from a square have dimension 2, in any unit of
#   length, and `unbiased` ("Whether to correct bias or not") brings the estimate nearer
#   to it.
# Happens: With k neighbours the k - 1 logarithms of a point have the mean 1/2. By
#   default (comb="mle") MLE averages the inverses of the points' estimates, which has
#   no bias of that kind; `unbiased` multiplies each estimate by (k - 2) / (k - 1), and
#   so the result: 3/4 of 2. It corrects comb="mean" only. TLE drops distances below
#   `epsilon`, 1e-4 in the unit of the data, not relative to the neighbourhood, and
#   returns 0 when a sum of logarithms is above -epsilon: a square whose side is 0.001
#   has dimension 0. MLE, and TLE with epsilon in proportion, give the same in all
#   units.
# Versions: scikit-dimension 0.5.0, numpy 2.4.6, scipy 1.17.1, Python 3.11.
# Matters: Intrinsic dimensions of layers and data sets are compared with one another.
#   The option makes the estimate worse; normalising the data changes the dimension.
# Documented: The docstring of TLE says "epsilon: float", no more.
# Seen:
#   scikit-dimension 0.5.0
#   A square, MLE by neighbours: default, unbiased=True, unbiased and comb='mean'
#      5: 1.99 1.49 2.00
#     10: 1.98 1.76 1.98
#     20: 1.97 1.86 1.97
#   A square by the length of its side: TLE, TLE with epsilon to scale, MLE
#        1: 2.12 2.12 1.97
#     0.01: 2.63 2.12 1.97
#    0.001: 0.00 2.12 1.97
#    1e-05: 0.00 2.12 1.97
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'scikit-dimension==0.5.0' 'numpy==2.4.6' 'scipy==1.17.1'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import numpy as np
from skdim.id import MLE, TLE

print("scikit-dimension", version("scikit-dimension"))
square = np.random.default_rng(0).random((4000, 2))


def by_likelihood(points, **options):
    unbiased = options.pop("unbiased")
    return MLE(unbiased=unbiased).fit(points, **options).dimension_


print("A square, MLE by neighbours: default, unbiased=True, unbiased and comb='mean'")
for k in (5, 10, 20):
    default = by_likelihood(square, n_neighbors=k, unbiased=False)
    unbiased = by_likelihood(square, n_neighbors=k, unbiased=True)
    mean = by_likelihood(square, n_neighbors=k, unbiased=True, comb="mean")
    print(f"{k:4}: {default:.2f} {unbiased:.2f} {mean:.2f}")
    assert abs(default - 2) < 0.05 and abs(mean - 2) < 0.05
    assert np.isclose(unbiased / default, (k - 2) / (k - 1))

print("A square by the length of its side: TLE, TLE with epsilon to scale, MLE")
found = {}
for side in (1.0, 1e-2, 1e-3, 1e-5):
    points = side * square
    found[side] = TLE().fit(points).dimension_
    scaled = TLE(epsilon=1e-4 * side).fit(points).dimension_
    other = by_likelihood(points, unbiased=False)
    print(f"{side:6g}: {found[side]:.2f} {scaled:.2f} {other:.2f}")
    assert abs(scaled - found[1.0]) < 1e-6 and abs(other - 2) < 0.05
assert 2 < found[1.0] < 2.25
assert found[1e-2] > 2.4 and found[1e-3] == 0 and found[1e-5] == 0
END
