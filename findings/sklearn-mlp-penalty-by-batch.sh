#!/usr/bin/env bash
# The penalty of scikit-learn's networks gets weaker as the batches get larger.
#
# Expected: `alpha` of MLPRegressor and MLPClassifier belongs to the objective, and
#   `batch_size` to the way to its minimum: small steps with any batch size lead to
#   about the same weights.
# Happens: In each step alpha is divided by the number of examples in that batch. So
#   `alpha=1` on 240 examples is ridge regression with a penalty of 1 for batches of
#   240, of 4 for batches of 60 and of 24 for batches of 10; with "lbfgs" it is that of
#   the whole set. Where the last batch of an epoch is smaller, its step has a stronger
#   penalty than the others'.
# Versions: scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1, Python 3.11.
# Matters: A search over the batch size with alpha fixed searches over the penalty as
#   well, and an alpha that was found for one batch size, number of examples or solver
#   means something else for another.
# Documented: the term "is divided by the sample size when added to the loss", in the
#   docstring of alpha; not that the sample is the batch.
# Seen:
#   scikit-learn 1.9.1
#   batches of 240: largest coefficient 2.984; ridge regression, alpha 1: 2.986
#   batches of 60: largest coefficient 2.946; ridge regression, alpha 4: 2.946
#   batches of 10: largest coefficient 2.702; ridge regression, alpha 24: 2.702
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
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor

warnings.simplefilter("ignore")  # it is told to take all its epochs
print("scikit-learn", sklearn.__version__)
rng = np.random.default_rng(0)
inputs = rng.standard_normal((240, 3))
targets = inputs @ [1.0, -2.0, 3.0]
for batch_size in (240, 60, 10):
    net = MLPRegressor(
        hidden_layer_sizes=(),  # a linear model
        activation="identity",
        solver="sgd",
        alpha=1.0,
        batch_size=batch_size,
        learning_rate_init=0.02,
        momentum=0,
        max_iter=400,
        n_iter_no_change=400,
        random_state=0,
    )
    found = net.fit(inputs, targets).coefs_[0].ravel()
    penalty = 240 // batch_size
    ridge = Ridge(alpha=penalty).fit(inputs, targets).coef_
    print(
        f"batches of {batch_size}: largest coefficient {found[2]:.3f}; "
        f"ridge regression, alpha {penalty}: {ridge[2]:.3f}"
    )
    assert np.abs(found - ridge).max() < 0.01
END
