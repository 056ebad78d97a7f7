#!/usr/bin/env bash
# Surprise's fraction of concordant pairs is 0.5 when 9 of 10 pairs are in order.
#
# Expected: `surprise.accuracy.fcp` is the share of pairs of ratings by one user that
#   the estimates put in the right order, "as described in" Koren and Sill (2013):
#   concordant pairs of all users over concordant and discordant pairs of all users.
# Happens: It averages the concordant pairs over the users who have any, and the
#   discordant ones over the users who have any, and compares the two averages. With
#   one pair for each user the result is 0.5 whether 9, 5 or 1 of 10 users are right
#   (and 1 or 0 if all are, or none). A predictor with 80% of the pairs in order ranks
#   below one with 67%, whose mistakes are spread over all users.
# Versions: scikit-surprise 1.1.5, numpy 2.4.6, Python 3.11. (It is compiled when it
#   is installed and needs a C compiler.)
# Matters: The measure punishes predictors that are right for most users altogether,
#   and hardly sees how many users those are; it says nothing of it.
# Documented: Not in the docstring, which refers to the paper.
# Seen:
#   scikit-surprise 1.1.5
#   two items, 10 of 10 users right: fcp 1.000, pairs in order 1.000
#   two items, 9 of 10 users right: fcp 0.500, pairs in order 0.900
#   two items, 5 of 10 users right: fcp 0.500, pairs in order 0.500
#   two items, 1 of 10 users right: fcp 0.500, pairs in order 0.100
#   three items, 2 of 10 users all wrong: fcp 0.500, pairs in order 0.800
#   three items, 1 pair of 3 wrong for all: fcp 0.667, pairs in order 0.667
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'scikit-surprise==1.1.5' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version
from itertools import combinations

from surprise import accuracy
from surprise.prediction_algorithms.predictions import Prediction

print("scikit-surprise", version("scikit-surprise"))


def predictions(users):
    """One list of estimates for each user, of items that were rated 1, 2, ..."""
    return [
        Prediction(user, item, float(item), float(estimate), {})
        for user, estimates in enumerate(users)
        for item, estimate in enumerate(estimates, start=1)
    ]


def share(users):
    pairs = [pair for estimates in users for pair in combinations(estimates, 2)]
    return sum(a < b for a, b in pairs) / len(pairs)


def both(name, users):
    fcp = float(accuracy.fcp(predictions(users), verbose=False))
    print(f"{name}: fcp {fcp:.3f}, pairs in order {share(users):.3f}")
    return fcp, share(users)


for right in (10, 9, 5, 1):
    users = [[1, 2]] * right + [[2, 1]] * (10 - right)
    fcp, exact = both(f"two items, {right} of 10 users right", users)
    assert exact == right / 10
    assert fcp == (1 if right == 10 else 0.5)
users = [[1, 2, 3]] * 8 + [[3, 2, 1]] * 2
gathered = both("three items, 2 of 10 users all wrong", users)
users = [[2, 1, 3], [1, 3, 2]] * 5
spread = both("three items, 1 pair of 3 wrong for all", users)
assert gathered[1] > spread[1] and gathered[0] < spread[0]
assert abs(gathered[1] - 0.8) < 1e-9 and abs(spread[1] - 2 / 3) < 1e-9
END
