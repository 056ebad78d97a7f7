#!/usr/bin/env bash
# river's silhouette of two clusters is 1 whatever they are, and its cross entropy of a
# class that the model does not know is 0.
#
# Expected: `metrics.Silhouette` is, "roughly speaking", "the ratio between cohesion and
#   the average distances from the points to their second-closest centroid" (smaller is
#   better), where cohesion is the distance to a point's own centroid.
#   `metrics.CrossEntropy` is the "multiclass generalization of the logarithmic loss": a
#   class without a probability has the probability 0, as in `metrics.LogLoss`.
# Happens: Silhouette takes the second-farthest centroid. Of two that is the closest
#   one, the point's own, and the ratio is 1; of three it is the right one; of six the
#   ratio is too small by almost half. CrossEntropy counts 0 for an example whose class
#   is not among the keys of the prediction, as if it had been predicted for certain.
#   With the key and the probability 0 it is 34.5, as is LogLoss without the key.
# Versions: river 0.26.1, numpy 2.4.6, Python 3.11.
# Matters: A good pair of clusters cannot be told from a bad one, and for each number of
#   clusters another quantity is measured. river's classifiers know no class at the
#   start and learn each at its first example: an example of a new class lowers the
#   average loss, and a model that names fewer classes gets the smaller one.
# Seen:
#   river 0.26.1
#   2 clusters: Silhouette 1.000, closest by second-closest 0.019
#   3 clusters: Silhouette 0.022, closest by second-closest 0.022
#   6 clusters: Silhouette 0.022, closest by second-closest 0.039
#   loss of class c predicted as {'a': 1.0}: 0.0
#   loss of class c predicted as {'a': 1.0, 'c': 0.0}: 34.5
#   LogLoss of True predicted as {False: 1.0}: 34.5
#   naive Bayes on 100 examples of 100 classes: 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'river==0.26.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import numpy as np
from river import metrics, naive_bayes

print("river", version("river"))
random = np.random.default_rng(0)
for count in (2, 3, 6):
    angles = 2 * np.pi * np.arange(count) / count
    centres = 10 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    named = {i: dict(enumerate(centre.tolist())) for i, centre in enumerate(centres)}
    silhouette = metrics.Silhouette()
    closest = second = 0.0
    for _ in range(1000):
        point = centres[random.integers(count)] + 0.3 * random.normal(size=2)
        distances = np.linalg.norm(centres - point, axis=1)
        silhouette.update(
            dict(enumerate(point.tolist())), int(distances.argmin()), named
        )
        closest += np.sort(distances)[0]
        second += np.sort(distances)[1]
    seen, right = silhouette.get(), closest / second
    print(
        f"{count} clusters: Silhouette {seen:.3f}, "
        f"closest by second-closest {right:.3f}"
    )
    if count == 2:
        assert seen == 1 and right < 0.05
    elif count == 3:
        assert abs(seen - right) < 1e-9
    else:
        assert seen < 0.7 * right


def loss(metric, truth, prediction):
    metric.update(truth, prediction)
    return metric.get()


without = loss(metrics.CrossEntropy(), "c", {"a": 1.0})
with_zero = loss(metrics.CrossEntropy(), "c", {"a": 1.0, "c": 0.0})
binary = loss(metrics.LogLoss(), True, {False: 1.0})
print(f"loss of class c predicted as {{'a': 1.0}}: {abs(without):.1f}")
print(f"loss of class c predicted as {{'a': 1.0, 'c': 0.0}}: {with_zero:.1f}")
print(f"LogLoss of True predicted as {{False: 1.0}}: {binary:.1f}")
assert without == 0 and abs(with_zero + np.log(1e-15)) < 1e-6
assert abs(binary - with_zero) < 0.1

model, metric = naive_bayes.GaussianNB(), metrics.CrossEntropy()
for label in range(100):  # Each example is the first one of its class.
    features = {"x": random.normal()}
    metric.update(label, model.predict_proba_one(features))
    model.learn_one(features, label)
print(f"naive Bayes on 100 examples of 100 classes: {abs(metric.get()):.1f}")
assert metric.get() == 0
END
