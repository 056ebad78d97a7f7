#!/usr/bin/env bash
# Optuna's Hyperband sorts trials into brackets by a hash of the study's name.
#
# Expected: Hyperband fills its brackets with the numbers of configurations that the
#   paper's algorithm says (81, 34, 15, 8, 5 for R = 81, eta = 3), and the same seed
#   gives the same run.
# Happens: A trial's bracket is a checksum of the study's name and the trial's number,
#   so two studies that differ in name alone stop different trials and spend different
#   amounts, and a study without a name (its name is random) differs each time. Stopping
#   is asynchronous: as many trials may reach R as the order of arrival allows; if each
#   is better than the last, all do.
# Versions: optuna 5.0.0, Python 3.11.
# Matters: A budget in epochs cannot be planned, and a "reproducible" study with a fixed
#   seed is one only if its name is fixed, too.
# Source: https://optuna.readthedocs.io/en/stable/_modules/optuna/pruners/_hyperband.html
# Seen:
#   optuna 5.0.0
#   Algorithm 1, 143 configurations: 10 trained to R, 1581 epochs (resumed)
#   study 'a': 31 trained to R, 2961 epochs
#   study 'b': 27 trained to R, 2795 epochs
#   study 'a': 31 trained to R, 2961 epochs
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'optuna==5.0.0'
cd "$folder"
"$python" - <<'END'
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
print("optuna", optuna.__version__)


def spent(name):
    study = optuna.create_study(
        study_name=name,
        sampler=optuna.samplers.RandomSampler(seed=0),
        pruner=optuna.pruners.HyperbandPruner(1, 81, 3),
    )
    epochs = []

    def objective(trial):
        x = trial.suggest_float("x", 0, 1)
        for epoch in range(1, 82):
            epochs.append(trial.number)
            trial.report(x + 1 / epoch, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return x

    study.optimize(objective, 143)
    full = sum(epochs.count(number) == 81 for number in range(143))
    return full, len(epochs)


print("Algorithm 1, 143 configurations: 10 trained to R, 1581 epochs (resumed)")
results = {}
for name in ("a", "b", "a"):
    results[name] = spent(name)
    print(f"study {name!r}: {results[name][0]} trained to R, {results[name][1]} epochs")
assert results["a"] != results["b"]
assert min(results.values())[0] > 20
assert spent("a") == results["a"]
END
