#!/usr/bin/env bash
# Keras' adjusted R2 of three outputs counts each row three times.
#
# Expected: `R2Score(num_regressors=p)` is 1 - (1 - R2) (n - 1) / (n - p - 1) with n the
#   number of rows, whatever the number of outputs: so the mean over the outputs is the
#   mean of the adjusted R2 of each.
# Happens: n is the number of entries of y, rows times outputs. With one output it is
#   right; with three, 30 rows and 10 regressors it is 0.69 in place of 0.58. Rows of
#   weight 0, which do not count elsewhere in the metric, count as well.
# Versions: keras 3.15.1 (torch 2.13.0, CPU, as backend), scikit-learn 1.9.1,
#   numpy 2.4.6, Python 3.11.
# Matters: The adjustment is the price of the regressors, here 0.03 in place of 0.14.
#   With 40 regressors for 30 rows it is not defined; the metric warns of that and falls
#   back to R2 for one output, and returns 0.50 without a warning for three.
# Documented: the docstring says "Number of independent regressors used" and does not
#   say what is counted.
# Seen:
#   keras 3.15.1
#   outputs [0]: R2 0.7876, adjusted for 10 regressors 0.6759, formula 0.6759
#   outputs [1]: R2 0.7557, adjusted for 10 regressors 0.6271, formula 0.6271
#   outputs [2]: R2 0.6319, adjusted for 10 regressors 0.4382, formula 0.4382
#   outputs [0, 1, 2]: R2 0.7251, adjusted for 10 regressors 0.6903, formula 0.5804
#   outputs [0], 30 more rows of weight 0: R2 0.7876, adjusted 0.7443
#   outputs [0], 40 regressors: 0.7876, warnings: 1
#   outputs [0, 1, 2], 40 regressors: 0.5006, warnings: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'keras==3.15.1' 'torch==2.13.0' 'scikit-learn==1.9.1' 'numpy==2.4.6'
cd "$folder"
KERAS_BACKEND=torch "$python" - <<'END'
import warnings

import keras
import numpy as np
from sklearn.metrics import r2_score

print("keras", keras.__version__)
rng = np.random.default_rng(0)
rows = 30
y = rng.normal(size=(rows, 3))
predicted = y + 0.5 * rng.normal(size=(rows, 3))


def adjusted(r2, n, p):
    return 1 - (1 - r2) * (n - 1) / (n - p - 1)


def keras_r2(outputs, p, weights=None, copies=1):
    metric = keras.metrics.R2Score(num_regressors=p)
    metric.update_state(
        np.tile(y[:, outputs], (copies, 1)),
        np.tile(predicted[:, outputs], (copies, 1)),
        weights,
    )
    return float(metric.result())


for outputs in ([0], [1], [2], [0, 1, 2]):
    r2 = r2_score(y[:, outputs], predicted[:, outputs])
    plain, found = keras_r2(outputs, 0), keras_r2(outputs, 10)
    right = adjusted(r2, rows, 10)
    entries = adjusted(r2, rows * len(outputs), 10)
    print(
        f"outputs {outputs}: R2 {plain:.4f}, adjusted for 10 regressors {found:.4f},",
        f"formula {right:.4f}",
    )
    assert abs(plain - r2) < 1e-5
    assert abs(found - entries) < 1e-5
    assert (abs(found - right) < 1e-5) == (len(outputs) == 1)

weights = np.repeat([1.0, 0.0], rows)  # The second copy of the rows does not count.
plain, found = keras_r2([0], 0, weights, 2), keras_r2([0], 10, weights, 2)
print(f"outputs [0], 30 more rows of weight 0: R2 {plain:.4f}, adjusted {found:.4f}")
assert abs(plain - keras_r2([0], 0)) < 1e-5
assert abs(found - adjusted(plain, 2 * rows, 10)) < 1e-5

for outputs in ([0], [0, 1, 2]):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = keras_r2(outputs, 40)
    told = [w for w in caught if "More independent predictors" in str(w.message)]
    print(f"outputs {outputs}, 40 regressors: {found:.4f}, warnings: {len(told)}")
    assert len(told) == (len(outputs) == 1)
END
