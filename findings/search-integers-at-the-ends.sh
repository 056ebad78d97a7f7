#!/usr/bin/env bash
# Hyperopt, scikit-optimize and Nevergrad draw the first and the last integer half as
# often, and Hyperopt's quniform(1, 10, 4) draws 0.
#
# Expected: An integer between 1 and 4 is each of the four a quarter of the time, and
#   between its bounds.
# Happens: All three round a real number between 1 and 4, so that 1 and 4 have half the
#   room of 2 and 3: a sixth against a third. In scikit-optimize that is so with a
#   Gaussian process only, which rescales the space; with random forests the same
#   `Integer(1, 4)` is drawn evenly. Hyperopt's quniform rounds to multiples of the
#   step, counted from 0 and not from the lower bound, without regard to the bounds.
# Versions: hyperopt 0.3.0, scikit-optimize 0.10.2, scikit-learn 1.5.2, nevergrad
#   1.0.12, numpy 2.2.6, scipy 1.15.3, Python 3.11.
# Matters: The ends are special among integers: one layer, one neighbour, the largest
#   width. They are tried half as often as a reader of the space would think.
# Source: Hyperopt's documentation gives round(uniform(low, high) / q) * q.
# Seen:
#   hyperopt 0.3.0, scikit-optimize 0.10.2, nevergrad 1.0.12
#   hyperopt.uniformint(1, 4): 1 0.17, 2 0.33, 3 0.33, 4 0.16
#   skopt with GP: 1 0.17, 2 0.34, 3 0.33, 4 0.17
#   skopt with RF: 1 0.25, 2 0.25, 3 0.24, 4 0.26
#   nevergrad: 1 0.17, 2 0.34, 3 0.33, 4 0.17
#   hyperopt.quniform(1, 10, 4): 0 0.11, 4 0.44, 8 0.44
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'hyperopt==0.3.0' 'scikit-optimize==0.10.2' 'scikit-learn==1.5.2' \
    'nevergrad==1.0.12' 'numpy==2.2.6' 'scipy==1.15.3'
cd "$folder"
"$python" - <<'END'
import warnings
from collections import Counter
from importlib.metadata import version

import nevergrad as ng
import numpy as np
from hyperopt import hp
from hyperopt.pyll.stochastic import sample
from skopt import Optimizer
from skopt.space import Integer

warnings.simplefilter("ignore")
names = ("hyperopt", "scikit-optimize", "nevergrad")
print(", ".join(f"{name} {version(name)}" for name in names))
DRAWS = 6000


def of_hyperopt(space):
    generator = np.random.default_rng(0)
    return [sample(space, generator) for _ in range(DRAWS)]


def of_skopt(model):
    search = Optimizer(
        [Integer(1, 4)], model, n_initial_points=2, random_state=0
    )
    return [point[0] for point in search.space.rvs(DRAWS, random_state=0)]


def of_nevergrad():
    parameter = ng.p.Scalar(lower=1, upper=4).set_integer_casting()
    search = ng.optimizers.RandomSearch(parametrization=parameter, budget=DRAWS)
    search.parametrization.random_state.seed(0)
    return [search.ask().value for _ in range(DRAWS)]


def shares(name, values):
    counts = Counter(int(value) for value in values)
    found = {value: counts[value] / DRAWS for value in sorted(counts)}
    print(f"{name}:", ", ".join(f"{v} {share:.2f}" for v, share in found.items()))
    return found


halves, even = [1 / 6, 1 / 3, 1 / 3, 1 / 6], [1 / 4] * 4
for name, values, expected in (
    ("hyperopt.uniformint(1, 4)", of_hyperopt(hp.uniformint("x", 1, 4)), halves),
    ("skopt with GP", of_skopt("GP"), halves),
    ("skopt with RF", of_skopt("RF"), even),
    ("nevergrad", of_nevergrad(), halves),
):
    found = shares(name, values)
    assert list(found) == [1, 2, 3, 4]
    assert np.allclose(list(found.values()), expected, atol=0.03)
found = shares("hyperopt.quniform(1, 10, 4)", of_hyperopt(hp.quniform("x", 1, 10, 4)))
assert list(found) == [0, 4, 8]
END
