#!/usr/bin/env bash
# scikit-learn's MLPClassifier stops early on accuracy, long before its loss is flat.
#
# Expected: `early_stopping=True` stops when the validation loss, which is what is being
#   minimised, no longer improves.
# Happens: It watches the validation accuracy on 10% of the data. With rare positives
#   the accuracy stands still from the first epoch on, so training ends after about 30
#   epochs with twice the log loss of a run without early stopping; the accuracy of the
#   two is the same.
# Versions: scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1, Python 3.11.
# Matters: Probabilities, rankings and any threshold but 1/2 come from a network that is
#   hardly trained. `MLPRegressor` watches R^2, which is its loss; so the same option
#   means two things.
# Source: documented ("terminate training when validation score is not improving"):
#   https://scikit-learn.org/stable/modules/generated/sklearn.neural_network.MLPClassifier.html
# Seen:
#   scikit-learn 1.9.1
#   positives: 0.067
#   early_stopping=False: 199 epochs, test log loss 0.186, accuracy 0.935
#   early_stopping=True: 32 epochs, test log loss 0.413, accuracy 0.933
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
from sklearn.neural_network import MLPClassifier

print("scikit-learn", sklearn.__version__)
rng = np.random.default_rng(0)
inputs = rng.standard_normal((7000, 5))
labels = (rng.random(7000) < 1 / (1 + np.exp(3.5 - 1.5 * inputs[:, 0]))).astype(int)
train, test = slice(2000), slice(2000, None)
print(f"positives: {labels.mean():.3f}")
seen = {}
for early in (False, True):
    net = MLPClassifier((16,), early_stopping=early, max_iter=500, random_state=0)
    net.fit(inputs[train], labels[train])
    loss = log_loss(labels[test], net.predict_proba(inputs[test]))
    accuracy = net.score(inputs[test], labels[test])
    seen[early] = net.n_iter_, loss, accuracy
    print(
        f"early_stopping={early}: {net.n_iter_} epochs, "
        f"test log loss {loss:.3f}, accuracy {accuracy:.3f}"
    )
assert seen[True][1] > 1.5 * seen[False][1]
assert abs(seen[True][2] - seen[False][2]) < 0.02
END
