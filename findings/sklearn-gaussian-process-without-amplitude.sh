#!/usr/bin/env bash
# scikit-learn's Gaussian process with an RBF kernel predicts 0 between five points of a
# sine.
#
# Expected: Fitting `GaussianProcessRegressor(RBF())` to noise-free values of sin(3x) at
#   five points interpolates the curve; the optimiser takes care of the length scale.
# Happens: RBF has a fixed amplitude of 1. The values 0 to 1 with their mean of 0.6 are
#   unlikely for smooth functions of amplitude 1 and mean 0, so the likelihood is
#   highest for the shortest length scale allowed, 1e-5: the model reproduces the five
#   points and predicts 0 everywhere else. `ConstantKernel() * RBF()` interpolates. The
#   default kernel (`kernel=None`) is not fitted at all.
# Versions: scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1, Python 3.11.
# Matters: Bayesian optimisation with such a surrogate is random search; the scores at
#   the observed points are perfect. A warning says only that the length scale is close
#   to its bound.
# Seen:
#   scikit-learn 1.9.1
#   sin(3x) between the points: [0.366 0.902]
#   RBF(length_scale=1e-05): [0. 0.]
#   1.29**2 * RBF(length_scale=0.729): [0.367 0.902]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'scikit-learn==1.9.1' 'numpy==2.4.6' 'scipy==1.17.1'
cd "$folder"
"$python" - <<'END'
import warnings

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

warnings.simplefilter("ignore", ConvergenceWarning)
print("scikit-learn", sklearn.__version__)
x = np.linspace(0, 1, 5)[:, None]
y = np.sin(3 * x[:, 0])
between = np.array([[0.125], [0.375]])
print("sin(3x) between the points:", np.sin(3 * between[:, 0]).round(3))
predictions = []
for kernel in (RBF(), ConstantKernel() * RBF()):
    model = GaussianProcessRegressor(kernel).fit(x, y)
    predictions.append(model.predict(between))
    print(f"{model.kernel_}: {predictions[-1].round(3)}")
    assert np.allclose(model.predict(x), y, atol=1e-6)
assert np.abs(predictions[0]).max() < 1e-6
assert np.abs(predictions[1] - np.sin(3 * between[:, 0])).max() < 0.01
END
