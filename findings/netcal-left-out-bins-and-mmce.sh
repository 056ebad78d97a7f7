#!/usr/bin/env bash
# netcal's bins below sample_threshold count as perfect in the ECE and as never covered
# in the QCE, and its MMCE of calibrated probabilities in one column is 0.21.
#
# Expected: "Bins with an amount of samples below this threshold are not included into
#   the miscalibration metrics": the ECE is the mean over the bins that are kept. And
#   probabilities p with which class 1 does occur have an MMCE near 0, whether they are
#   stored as p or as 1 - p and p.
# Happens: The means of a bin that is left out are set to 0, and the bin still counts.
#   In ECE and ACE its error is then 0, so a higher threshold looks like a better
#   classifier; in QCE, at the level 90%, its error is 0.9. With all bins left out the
#   ECE is 0 and the QCE 0.9. The MMCE of one column compares p, the probability of
#   class 1, with whether the predicted class is right, which happens with probability
#   max(p, 1 - p); its formula has the highest probability there.
# Versions: netcal 1.4.0, torch 2.14.1 (CPU), numpy 2.4.6, scipy 1.17.1, Python 3.11.
# Matters: The threshold is set to make the numbers more robust. Both signs occur: an
#   overrated classifier goes from 0.16 to 0.04, a calibrated regression from 0.01 to
#   0.51.
# Seen:
#   netcal 1.4.0
#   MMCE of calibrated probabilities: one column 0.211, two columns 0.010
#   threshold: ECE (of the bins kept), ACE; QCE at 90% (of the bins kept)
#      1: 0.159 (0.159 of 10 bins), 0.160; 0.013 (0.013 of 10 bins)
#    300: 0.076 (0.145 of 5 bins), 0.072; 0.420 (0.008 of 5 bins)
#    310: 0.041 (0.129 of 3 bins), 0.039; 0.511 (0.006 of 4 bins)
#    400: 0.000 (nan of 0 bins), 0.000; 0.900 (nan of 0 bins)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'netcal==1.4.0' 'torch==2.14.1' 'numpy==2.4.6' 'scipy==1.17.1'
cd "$folder"
"$python" - 2> /dev/null <<'END'
import warnings
from importlib.metadata import version

import numpy as np

warnings.simplefilter("ignore")
from netcal.metrics import ACE, ECE, MMCE, QCE  # noqa: E402

print("netcal", version("netcal"))
rng = np.random.default_rng(0)

p = rng.random(3000)  # says p, and class 1 comes with probability p
label = (rng.random(3000) < p).astype(int)
one = MMCE().measure(p, label)
two = MMCE().measure(np.stack([1 - p, p], 1), label)
print(f"MMCE of calibrated probabilities: one column {one:.3f}, two columns {two:.3f}")
assert one > 0.2 and two < 0.02


def kept(values, targets, threshold, low, high, gap):
    """The weighted mean of the bins that have enough values, and how many they are."""
    bins = np.minimum(((values - low) / (high - low) * 10).astype(int), 9)
    counts = np.bincount(bins, minlength=10)
    gaps = [gap(bins == b) if n >= threshold else np.nan for b, n in enumerate(counts)]
    enough = counts >= threshold
    if not enough.any():
        return np.nan, 0
    return np.average(np.array(gaps)[enough], weights=counts[enough]), enough.sum()


label = (rng.random(3000) < p**2).astype(int)  # overrated
mean, deviation = rng.normal(size=3000), rng.uniform(1, 2, 3000)
target = mean + deviation * rng.normal(size=3000)  # calibrated
covered = np.abs(target - mean) < 1.6448536 * deviation
print("threshold: ECE (of the bins kept), ACE; QCE at 90% (of the bins kept)")
for threshold in (1, 300, 310, 400):
    ece = ECE(10, sample_threshold=threshold).measure(p, label)
    ace = ACE(10, sample_threshold=threshold).measure(p, label)
    qce = QCE(10, marginal=False, sample_threshold=threshold).measure(
        (mean, deviation), target, q=np.array([0.9])
    )
    qce = float(np.squeeze(qce))
    right, bins = kept(
        p, label, threshold, 0, 1, lambda b: abs(p[b].mean() - label[b].mean())
    )
    right_qce, bins_qce = kept(
        deviation,
        covered,
        threshold,
        deviation.min(),
        deviation.max(),
        lambda b: abs(covered[b].mean() - 0.9),
    )
    print(
        f"{threshold:4}: {ece:.3f} ({right:.3f} of {bins} bins), {ace:.3f}; "
        f"{qce:.3f} ({right_qce:.3f} of {bins_qce} bins)"
    )
    if threshold == 1:
        assert abs(ece - right) < 1e-6 and abs(qce - right_qce) < 1e-6
    elif threshold == 400:
        assert ece == ace == 0 and abs(qce - 0.9) < 1e-6 and bins == bins_qce == 0
    else:
        assert ece < 0.8 * right and qce > 10 * right_qce
END
