#!/usr/bin/env bash
# Nevergrad's random search draws an Array between bounds from a bell curve, a Scalar
# uniformly.
#
# Expected: Random search between 0 and 1 is uniform: a fifth of the values lie within
#   0.1 of the bounds.
# Happens: `ng.p.Scalar(lower=0, upper=1)` is drawn uniformly, and so is `ng.p.Array`
#   if its bounds are set afterwards by `set_bounds`. With the same bounds given in the
#   constructor, `ng.p.Array(shape=(4,), lower=0, upper=1)` is drawn from a normal
#   distribution around the middle whose standard deviation is a sixth of the range:
#   1.2% of the values lie that near to a bound.
# Versions: nevergrad 1.0.12, numpy 2.4.6, Python 3.11.
# Matters: Random search is the baseline of comparisons. Values near a bound are hardly
#   ever tried, and writing four scalars as one array changes the result.
# Seen:
#   nevergrad 1.0.12
#   four Scalars: 20.5% within 0.1 of a bound
#   Array, then set_bounds: 20.5% within 0.1 of a bound
#   Array with lower and upper: 1.2% within 0.1 of a bound
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'nevergrad==1.0.12' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import warnings

import nevergrad as ng
import numpy as np

warnings.simplefilter("ignore")  # set_bounds advises another step size.
print("nevergrad", ng.__version__)


def near_a_bound(parameter, draws=1000):
    search = ng.optimizers.RandomSearch(parametrization=parameter, budget=draws)
    search.parametrization.random_state.seed(0)
    values = []
    for _ in range(draws):
        candidate = search.ask()
        values.append(np.ravel(candidate.value))
        search.tell(candidate, 0.0)
    values = np.array(values)
    assert values.shape == (draws, 4)
    return float(np.mean((values < 0.1) | (values > 0.9)))


parameters = {
    "four Scalars": ng.p.Tuple(*[ng.p.Scalar(lower=0, upper=1) for _ in range(4)]),
    "Array, then set_bounds": ng.p.Array(shape=(4,)).set_bounds(0, 1),
    "Array with lower and upper": ng.p.Array(shape=(4,), lower=0, upper=1),
}
for name, parameter in parameters.items():
    share = near_a_bound(parameter)
    print(f"{name}: {share:.1%} within 0.1 of a bound")
    assert (share < 0.03) if name.endswith("upper") else (0.17 < share < 0.23)
END
