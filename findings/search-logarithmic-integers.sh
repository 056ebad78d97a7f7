#!/usr/bin/env bash
# A log-uniform integer between 1 and 10 is 1 in 18, 29 or 36% of the draws, depending
# on the library.
#
# Expected: "Log-uniform between 1 and 10, an integer" says how often 1 is drawn.
# Happens: Each library rounds differently. Hyperopt, scikit-optimize and Nevergrad
#   round a log-uniform real number between 1 and 10, so that 1 has the room from 1 to
#   1.5; ConfigSpace cuts one between 1 and 11 down, with room from 1 to 2; Optuna
#   rounds one between 0.5 and 10.5, with room from 0.5 to 1.5. 2 is likelier than 1 in
#   the first three, half as likely as 1 in Optuna.
# Versions: hyperopt 0.3.0, scikit-optimize 0.10.2, scikit-learn 1.5.2, nevergrad
#   1.0.12, ConfigSpace 1.2.2, optuna 5.0.0, numpy 2.2.6, scipy 1.15.3, Python 3.11.
# Matters: Small integers on a logarithmic scale are common: layers, batch sizes,
#   neighbours. A space that is copied from one library to another is another prior, and
#   a comparison of libraries compares priors.
# Seen:
#   hyperopt 0.3.0: 1 in 0.18 (by its rule 0.176), 2 in 0.22, 10 in 0.021
#   scikit-optimize 0.10.2: 1 in 0.18 (by its rule 0.176), 2 in 0.22, 10 in 0.020
#   nevergrad 1.0.12: 1 in 0.18 (by its rule 0.176), 2 in 0.22, 10 in 0.020
#   ConfigSpace 1.2.2: 1 in 0.28 (by its rule 0.289), 2 in 0.17, 10 in 0.041
#   optuna 5.0.0: 1 in 0.37 (by its rule 0.361), 2 in 0.17, 10 in 0.030
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'hyperopt==0.3.0' 'scikit-optimize==0.10.2' 'scikit-learn==1.5.2' \
    'nevergrad==1.0.12' 'ConfigSpace==1.2.2' 'optuna==5.0.0' 'numpy==2.2.6' \
    'scipy==1.15.3'
cd "$folder"
"$python" - <<'END'
import math
import warnings
from importlib.metadata import version

import ConfigSpace
import nevergrad as ng
import numpy as np
import optuna
from hyperopt import hp
from hyperopt.pyll.stochastic import sample
from skopt.space import Integer

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
DRAWS = 6000


def of_hyperopt():
    generator = np.random.default_rng(0)
    space = hp.qloguniform("x", math.log(1), math.log(10), 1)
    return [sample(space, generator) for _ in range(DRAWS)]


def of_skopt():
    return Integer(1, 10, prior="log-uniform").rvs(DRAWS, random_state=0)


def of_nevergrad():
    parameter = ng.p.Log(lower=1, upper=10).set_integer_casting()
    search = ng.optimizers.RandomSearch(parametrization=parameter, budget=DRAWS)
    search.parametrization.random_state.seed(0)
    return [search.ask().value for _ in range(DRAWS)]


def of_configspace():
    space = ConfigSpace.ConfigurationSpace(seed=0)
    space.add(ConfigSpace.Integer("x", (1, 10), log=True))
    return [configuration["x"] for configuration in space.sample_configuration(DRAWS)]


def of_optuna():
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    return [study.ask().suggest_int("x", 1, 10, log=True) for _ in range(DRAWS)]


rounded = math.log(1.5) / math.log(10)
cut = math.log(2) / math.log(11)
wide = math.log(1.5 / 0.5) / math.log(10.5 / 0.5)
for name, draw, expected in (
    ("hyperopt", of_hyperopt, rounded),
    ("scikit-optimize", of_skopt, rounded),
    ("nevergrad", of_nevergrad, rounded),
    ("ConfigSpace", of_configspace, cut),
    ("optuna", of_optuna, wide),
):
    values = np.array(draw())
    shares = [float(np.mean(values == number)) for number in (1, 2, 10)]
    print(
        f"{name} {version(name)}: 1 in {shares[0]:.2f} (by its rule {expected:.3f}),",
        f"2 in {shares[1]:.2f}, 10 in {shares[2]:.3f}",
    )
    assert abs(shares[0] - expected) < 0.03
    assert values.min() == 1 and values.max() == 10
END
