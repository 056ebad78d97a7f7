#!/usr/bin/env bash
# Optuna's TPE spends the trials on the wrong choice when two choices compare equal.
#
# Expected: `suggest_categorical("act", ["relu", "relu", "tanh"])` makes relu twice as
#   likely at first; a sampler that learns then finds out that tanh is better. `[1,
#   True, "x"]` are three choices.
# Happens: A value is filed under the first choice that equals it (1 == True == 1.0).
#   The second one never gets an observation of its own and looks untried for ever: 26
#   of 30 later trials go to the worse value, silently.
# Versions: optuna 5.0.0, Python 3.11.
# Matters: Choices such as (False, 0, "auto") or (0, 0.0) are natural for options of
#   layers; the search then ends with the worse value.
# Source: https://github.com/optuna/optuna/issues/3129 speaks of choices that differ in
#   type only.
# Seen:
#   optuna 5.0.0
#   choices ('relu', 'tanh'), best 'tanh': {'relu': 6, 'tanh': 24}
#   choices ('relu', 'relu', 'tanh'), best 'tanh': {'relu': 26, 'tanh': 4}
#   choices (1, True, 'x'), best 'x': {'1': 26, 'x': 4}
#   choices (False, 0, 'auto'), best 'auto': {'False': 26, 'auto': 4}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'optuna==5.0.0'
cd "$folder"
"$python" - <<'END'
from collections import Counter

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
print("optuna", optuna.__version__)


def later_trials(choices, good):
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(
        lambda trial: float(trial.suggest_categorical("c", choices) != good), 40
    )
    return Counter(str(trial.params["c"]) for trial in study.trials[10:])


for choices, good in (
    (("relu", "tanh"), "tanh"),
    (("relu", "relu", "tanh"), "tanh"),
    ((1, True, "x"), "x"),
    ((False, 0, "auto"), "auto"),
):
    counts = later_trials(choices, good)
    print(f"choices {choices}, best {good!r}: {dict(counts)}")
    assert (counts[good] > 15) == (len(choices) == 2)
END
