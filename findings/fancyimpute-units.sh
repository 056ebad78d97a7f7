#!/usr/bin/env bash
# fancyimpute's MatrixFactorization and KNN complete a matrix in other units another way.
#
# Expected: If all entries are a thousand times as large, so are those that are filled
#   in, as with SoftImpute of the same library.
# Happens: A matrix of rank 3 with half of its entries: MatrixFactorization is off by
#   36%; with entries of the size 1e-4 it is off by 440 times what is missing, with 1e4
#   it fills in NaN. It takes gradient steps of a fixed size from a start of a fixed
#   size and never looks at its loss. KNN raises distances (mean squares) below 1e-6 to
#   1e-6, so at 1e-4 all rows are equally near.
# Versions: fancyimpute 0.7.0, scikit-learn 1.5.2, numpy 2.4.6, Python 3.11.
#   (scikit-learn 1.8 has renamed an argument that fancyimpute uses.)
# Matters: Neither says anything; a benchmark of completion that has one of them in it
#   measures the units.
# Seen:
#   fancyimpute 0.7.0
#   size 1e-04: SoftImpute 0.29, KNN 1.07, MatrixFactorization 440.22
#   size 1e+00: SoftImpute 0.29, KNN 0.58, MatrixFactorization 0.36
#   size 1e+04: SoftImpute 0.29, KNN 0.58, MatrixFactorization nan
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'fancyimpute==0.7.0' 'scikit-learn==1.5.2' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import math
import warnings
from importlib.metadata import version

import numpy as np

warnings.simplefilter("ignore")
from fancyimpute import KNN, MatrixFactorization, SoftImpute  # noqa: E402

print("fancyimpute", version("fancyimpute"))
rng = np.random.default_rng(0)
whole = rng.standard_normal((40, 3)) @ rng.standard_normal((3, 40))
seen = rng.random(whole.shape) < 0.5


def error(method, size):
    filled = method.fit_transform(np.where(seen, whole * size, np.nan)) / size
    return np.linalg.norm((filled - whole)[~seen]) / np.linalg.norm(whole[~seen])


errors = {}
np.random.seed(0)
for size in (1e-4, 1.0, 1e4):
    errors[size] = [
        error(SoftImpute(verbose=False), size),
        error(KNN(verbose=False), size),
        error(MatrixFactorization(rank=3, verbose=False), size),
    ]
    soft, near, factors = errors[size]
    print(
        f"size {size:.0e}: SoftImpute {soft:.2f}, KNN {near:.2f}, "
        f"MatrixFactorization {factors:.2f}"
    )
assert all(abs(errors[size][0] - errors[1.0][0]) < 1e-6 for size in errors)
assert errors[1e-4][1] > 1.5 * errors[1.0][1]
assert errors[1.0][2] < 0.5 and errors[1e-4][2] > 100 and math.isnan(errors[1e4][2])
END
