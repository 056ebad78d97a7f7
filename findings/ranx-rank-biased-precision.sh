#!/usr/bin/env bash
# ranx's rank-biased precision of graded judgements goes above 1, and its bpref is NaN
# for queries without a document that was judged irrelevant.
#
# Expected: The docstring of `rank_biased_precision` says "r_i is either 0 or 1, whether
#   the i-th ranked document is non-relevant or relevant"; the measure is at most 1, and
#   does not depend on the grades above the level at which a document is relevant.
#   `bpref` of a query whose relevant documents all come first is 1.
# Happens: The grade itself is summed: 3 documents of grade 3 give three times the
#   precision, 1.46 for p = 0.8. The level `-l2` drops the grades below 2, and the rest
#   count as 2, 3 and so on. `bpref` divides by the number of documents judged
#   irrelevant; where there are none it is 0 / 0, and one such query makes the mean NaN.
#   trec_eval has 1 for it.
# Versions: ranx 0.3.21, pytrec-eval-terrier 0.5.11, numba 0.68.1, numpy 2.4.6,
#   Python 3.11.
# Matters: A run that finds one excellent document is ahead of one that finds two good
#   ones, and the numbers cannot be compared with published ones. Many collections, the
#   ones with one answer for each query among them, judge no document irrelevant.
# Seen:
#   ranx 0.3.21
#   rbp.80: grades 1 0.488, by the formula 0.488
#   rbp.80: grades 3 1.464, by the formula 0.488
#   rbp.80-l2: grades 3 1.464, by the formula 0.488
#   grade 3 at rank 1 alone: 0.600 (by the formula 0.200)
#   grade 1 at ranks 1 and 2: 0.360 (by the formula 0.360)
#   bpref: judged 3 relevant, 1 irrelevant 1.0, 3 relevant alone nan (trec_eval 1.0)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'ranx==0.3.21' 'pytrec-eval-terrier==0.5.11' \
    'numba==0.68.1' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import math
import warnings
from importlib.metadata import version

import pytrec_eval

warnings.simplefilter("ignore")  # Numba's, on casts inside of ranx.
from ranx import Qrels, Run, evaluate  # noqa: E402

print("ranx", version("ranx"))
ranked = {"query": {"a": 0.9, "b": 0.8, "c": 0.7}}


def measure(judged, metric):
    return float(evaluate(Qrels({"query": judged}), Run(ranked), metric))


right = (1 - 0.8) * (1 + 0.8 + 0.8**2)
for grade, metric in ((1, "rbp.80"), (3, "rbp.80"), (3, "rbp.80-l2")):
    seen = measure(dict.fromkeys("abc", grade), metric)
    print(f"{metric}: grades {grade} {seen:.3f}, by the formula {right:.3f}")
    assert abs(seen - grade * right) < 1e-9
assert seen > 1

judged = Qrels({"query": {"excellent": 3, "good": 1, "fair": 1}})
one = Run({"query": {"excellent": 0.9, "wrong": 0.8, "other": 0.7}})
two = Run({"query": {"good": 0.9, "fair": 0.8, "other": 0.7}})
first, second = (float(evaluate(judged, run, "rbp.80")) for run in (one, two))
right = (1 - 0.8), (1 - 0.8) * (1 + 0.8)
print(f"grade 3 at rank 1 alone: {first:.3f} (by the formula {right[0]:.3f})")
print(f"grade 1 at ranks 1 and 2: {second:.3f} (by the formula {right[1]:.3f})")
assert first > second and right[0] < right[1]

relevant = dict.fromkeys("abc", 1)
both, alone = measure(relevant | {"d": 0}, "bpref"), measure(relevant, "bpref")
reference = pytrec_eval.RelevanceEvaluator({"query": relevant}, {"bpref"})
other = reference.evaluate(ranked)["query"]["bpref"]
print(
    f"bpref: judged 3 relevant, 1 irrelevant {both}, "
    f"3 relevant alone {alone} (trec_eval {other})"
)
assert both == 1 and math.isnan(alone) and other == 1
END
