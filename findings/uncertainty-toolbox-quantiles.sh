#!/usr/bin/env bash
# uncertainty-toolbox moves quantiles the wrong way when it recalibrates them: a bias is
# doubled instead of removed.
#
# Expected: `get_quantile_recalibrator` returns a function for "the recalibrated
#   quantile": a tenth of the data that it was fitted to lies below the one at 0.1, half
#   of them below the one at 0.5. `get_proportion_under_quantile` returns "the
#   proportion of data below the quantile level".
# Happens: They count the proportion above the quantile at 1 - q, as the residuals are
#   predictions minus truths, not truths minus predictions. Where the truth is on
#   average a standard deviation above the predictions, 84% of the data are said to be
#   below the predicted median (16% are), and the recalibrated median is one deviation
#   further down: 2% are below it. With the signs of predictions and truths reversed for
#   the fit the result is right.
# Versions: uncertainty-toolbox 0.1.1, numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1,
#   Python 3.11.
# Matters: Recalibration makes every predictor worse whose errors are biased or skewed.
#   Intervals and calibration errors are symmetric, come out right and do not show it,
#   nor do data whose errors are symmetric about 0.
# Seen:
#   uncertainty-toolbox 0.1.1
#   reported below the predicted median: 0.845, counted: 0.155
#   level 0.1: below the predicted quantile 0.012, recalibrated 0.001, mirrored 0.100
#   level 0.5: below the predicted quantile 0.155, recalibrated 0.024, mirrored 0.501
#   level 0.9: below the predicted quantile 0.603, recalibrated 0.229, mirrored 0.900
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'uncertainty-toolbox==0.1.1' 'numpy==2.4.6' \
    'scipy==1.17.1' 'scikit-learn==1.9.1'
cd "$folder"
MPLBACKEND=agg "$python" - <<'END'
from importlib.metadata import version

import numpy as np
from uncertainty_toolbox.metrics_calibration import (
    get_proportion_lists_vectorized,
    get_proportion_under_quantile,
    get_quantile,
)
from uncertainty_toolbox.recalibration import get_quantile_recalibrator, iso_recal

print("uncertainty-toolbox", version("uncertainty-toolbox"))
random = np.random.default_rng(0)
mean, deviation = random.normal(size=4000), np.ones(4000)
truth = mean + 1 + random.normal(size=4000)  # One deviation above the predictions.

reported = get_proportion_under_quantile(mean, deviation, truth, 0.5)
counted = np.mean(truth < mean)  # The median of a normal distribution is its mean.
print(f"reported below the predicted median: {reported:.3f}, counted: {counted:.3f}")
assert abs(reported - 0.841) < 0.02 and abs(counted - 0.159) < 0.02

recalibrated = get_quantile_recalibrator(mean, deviation, truth)
levels, proportions = get_proportion_lists_vectorized(
    -mean, deviation, -truth, prop_type="quantile"
)
mirrored = iso_recal(levels, proportions)
for level in (0.1, 0.5, 0.9):
    before = np.mean(truth < get_quantile(mean, deviation, level))
    after = np.mean(truth < recalibrated(mean, deviation, level))
    right = np.mean(truth < get_quantile(mean, deviation, level, recal_model=mirrored))
    print(
        f"level {level}: below the predicted quantile {before:.3f}, "
        f"recalibrated {after:.3f}, mirrored {right:.3f}"
    )
    assert after < before < level  # Further from the level than before.
    assert abs(right - level) < 0.02
END
