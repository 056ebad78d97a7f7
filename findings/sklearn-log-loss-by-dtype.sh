#!/usr/bin/env bash
# scikit-learn's log loss of one confident mistake is 15.9 or 36.0, depending on the
# dtype.
#
# Expected: The log loss of a probability 0 given to the true class is infinite, or
#   clipped at a documented constant.
# Happens: Probabilities are clipped at the machine epsilon *of their dtype*: float32
#   probabilities, as a neural network returns them, cost at most 15.9 each, float64
#   ones 36.0, float16 ones 6.9. Casting the same numbers changes the mean loss, and
#   with it which model is better.
# Versions: scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1, Python 3.11.
# Matters: Two models are compared unfairly if one of them returns float32. A mean log
#   loss of a few hundred examples is decided by one clipped one.
# Source: documented:
#   https://scikit-learn.org/stable/modules/generated/sklearn.metrics.log_loss.html
# Seen:
#   scikit-learn 1.9.1
#   float16: the mistake costs 6.93, -log(eps) = 6.93
#   float32: the mistake costs 15.94, -log(eps) = 15.94
#   float64: the mistake costs 36.04, -log(eps) = 36.04
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'scikit-learn==1.9.1' 'numpy==2.4.6' 'scipy==1.17.1'
cd "$folder"
"$python" - <<'END'
import numpy as np
import sklearn
from sklearn.metrics import log_loss

print("scikit-learn", sklearn.__version__)
labels = [0, 1, 1, 0]
probabilities = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
losses = {}
for dtype in ("float16", "float32", "float64"):
    losses[dtype] = 4 * log_loss(labels, probabilities.astype(dtype))
    limit = -np.log(np.finfo(dtype).eps)
    print(f"{dtype}: the mistake costs {losses[dtype]:.2f}, -log(eps) = {limit:.2f}")
    assert abs(losses[dtype] - limit) < 0.02
END
