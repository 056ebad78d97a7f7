#!/usr/bin/env bash
# MABWiser's Popularity plays one of two equally good arms in 99.5% of the cases after
# it has learnt one more example of that arm.
#
# Expected: `LearningPolicy.Popularity` selects an arm with "P(arm) = mu_i / sum(mu)",
#   "where mu_i is the mean reward for that arm". Arms of the same mean reward are
#   equally likely, whether the rewards came in one call of `fit` or in later calls of
#   `partial_fit`.
# Happens: The means are kept in the place where they are then divided by their sum.
#   `partial_fit` writes the mean of each arm of its batch there again, in full, leaves
#   the other arms' shares as they are, and divides once more. With rewards of 100 an
#   arm of the last batch has 100 against 0.5; with rewards of 0.005 it has a hundredth
#   of the other's share. Where all arms are in the batch, all shares are right. (The
#   shares themselves are met roughly: the arm with 2/3 is played in 0.688.)
# Versions: mabwiser 2.7.4, numpy 2.4.6, pandas 3.1.1, scipy 1.17.1,
#   scikit-learn 1.9.1, Python 3.11.
# Matters: `partial_fit` after each decision is how a bandit learns online. The policy
#   then repeats its last arm, or avoids it, depending on the unit of the rewards.
# Seen:
#   mabwiser 2.7.4
#   rewards of 100: after fit 0.500, after fit and partial_fit 0.995
#   rewards of 1: after fit 0.500, after fit and partial_fit 0.688
#   rewards of 0.005: after fit 0.500, after fit and partial_fit 0.008
#   rewards of 100, online for 1000 steps: the arm of the step before in 1.000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'mabwiser==2.7.4' 'numpy==2.4.6' 'pandas==3.1.1' \
    'scipy==1.17.1' 'scikit-learn==1.9.1'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import numpy as np
from mabwiser.mab import MAB, LearningPolicy

print("mabwiser", version("mabwiser"))


def share(bandit):
    return np.mean([bandit.predict() == "first" for _ in range(5000)])


shares = {100: 100 / 100.5, 1: 1 / 1.5, 0.005: 0.005 / 0.505}
for reward, fraction in shares.items():
    arms = ["first", "first", "second", "second"]
    at_once = MAB(["first", "second"], LearningPolicy.Popularity(), seed=0)
    at_once.fit(arms + ["first"], [reward] * 5)
    in_two = MAB(["first", "second"], LearningPolicy.Popularity(), seed=0)
    in_two.fit(arms, [reward] * 4)
    in_two.partial_fit(["first"], [reward])
    once, twice = share(at_once), share(in_two)
    print(
        f"rewards of {reward}: after fit {once:.3f}, "
        f"after fit and partial_fit {twice:.3f}"
    )
    assert abs(once - 0.5) < 0.03
    assert abs(twice - fraction) < 0.05

bandit = MAB(["first", "second"], LearningPolicy.Popularity(), seed=0)
bandit.fit(["first", "second"], [100, 100])
played = []
for _ in range(1000):
    played.append(bandit.predict())
    bandit.partial_fit([played[-1]], [100])
same = np.mean([a == b for a, b in zip(played, played[1:])])
print(
    f"rewards of 100, online for 1000 steps: the arm of the step before in {same:.3f}"
)
assert same > 0.95
END
