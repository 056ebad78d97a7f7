#!/usr/bin/env bash
# ConfigSpace's normal distribution on a log scale is a point for sigma = 1 and close to
# uniform for sigma = 0.001.
#
# Expected: `NormalFloatHyperparameter` with `log=True` has the docstring "sigma:
#   Standard deviation of the normal distribution" and values "sampled on a log-scale".
#   The logarithms of the values then have the standard deviation sigma, or one of some
#   other size that grows with sigma. The bounds cut the distribution off.
# Happens: Before the bounds cut, the logarithms have the deviation |ln(lower + sigma)|.
#   It is 0 where lower + sigma is 1, and grows again below: around 0.01, between 0.0001
#   and 1, sigma = 1 draws 0.0100 each time and sigma = 0.001 a number that is almost
#   log-uniform. 0.1 and 10 are the same. For a small sigma the lower bound decides.
#   `NormalIntegerHyperparameter` with `log=True` takes its deviation from the same
#   rule: with the lower bound 1 and sigma = 0.5 it is ln(1.5).
# Versions: ConfigSpace 1.2.2, numpy 2.4.6, scipy 1.17.1, Python 3.11.
# Matters: This is the prior by which one says that a learning rate is about 0.01. With
#   sigma = 1, a factor of e, a search tries one learning rate only; with a smaller
#   sigma, a narrower belief, it gets a wider search. SMAC reads its spaces from here.
# Seen:
#   ConfigSpace 1.2.2
#   sigma 0.001: deviation of the logarithms 2.582 (by the rule 2.578, by sigma 0.001)
#   sigma 0.01: deviation of the logarithms 2.487 (by the rule 2.484, by sigma 0.010)
#   sigma 0.1: deviation of the logarithms 2.027 (by the rule 2.025, by sigma 0.100)
#   sigma 1: deviation of the logarithms 0.000 (by the rule 0.000, by sigma 1.000)
#   sigma 10: deviation of the logarithms 2.028 (by the rule 2.025, by sigma 2.621)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'ConfigSpace==1.2.2' 'numpy==2.4.6' 'scipy==1.17.1'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import numpy as np
from ConfigSpace import NormalFloatHyperparameter, NormalIntegerHyperparameter
from scipy.stats import truncnorm

print("ConfigSpace", version("ConfigSpace"))
mean, lower, upper = 1e-2, 1e-4, 1.0


def truncated(deviation):
    """The deviation of the logarithms after the bounds have cut them off."""
    centre = np.log(mean)
    ends = (np.log(lower) - centre) / deviation, (np.log(upper) - centre) / deviation
    return truncnorm(*ends, loc=centre, scale=deviation).std()


def draws(sigma, low=lower, size=100_000):
    space = NormalFloatHyperparameter(
        "rate", mu=mean, sigma=sigma, lower=low, upper=upper, log=True
    )
    return space.sample_value(size, seed=np.random.RandomState(0))


seen = {}
for sigma in (0.001, 0.01, 0.1, 1, 10):
    seen[sigma] = np.log(draws(sigma)).std()
    rule = truncated(abs(np.log(lower + sigma)))
    print(
        f"sigma {sigma}: deviation of the logarithms {seen[sigma]:.3f} "
        f"(by the rule {rule:.3f}, by sigma {truncated(sigma):.3f})"
    )
    assert abs(seen[sigma] - rule) < 0.02
assert seen[0.001] > 2.4 and seen[1] < 0.001  # The smaller sigma, the wider.
uniform = (np.log(upper) - np.log(lower)) / np.sqrt(12)  # Of a log-uniform number.
assert 0.9 * uniform < seen[0.001] < uniform
assert np.ptp(draws(1)) < 1e-5
assert abs(seen[0.1] - seen[10]) < 0.01

# The rule for integers: far from the bounds, so that they do not cut.
space = NormalIntegerHyperparameter(
    "units", mu=1000, sigma=0.5, lower=1, upper=1_000_000, log=True
)
units = space.sample_value(100_000, seed=np.random.RandomState(0))
assert abs(np.log(units.astype(float)).std() - np.log(1.5)) < 0.01
END
