"""What is provably easy, what is provably hard: the public face of four small modules.

* `separability`: one threshold unit, by linear programming with certificates; Cover's count.
* `duality_gaps`: what convexity buys, a proof of how far training can still improve.
* `threshold_networks`: the 3-node network, trained exactly, at exponential cost.
* `quartic`: flat points, copositive forms and cliques.
"""

from d2lutils.duality_gaps import Gap, GapPath, logistic_gap, logistic_path, svm_gap, svm_path
from d2lutils.quartic import (
    Copositivity,
    Extremum,
    all_graphs,
    clique_form,
    clique_number,
    descent_direction,
    failed_threshold_tests,
    is_copositive,
    maximum_clique,
    motzkin_straus,
    planted_clique,
    quartic,
    replicator,
    slide_form,
)
from d2lutils.separability import (
    Separation,
    boolean_inputs,
    cover_frequency,
    cover_probability,
    one_against_rest,
    rational_certificate,
    separable_functions,
    separate,
    xor,
)
from d2lutils.threshold_networks import (
    Search,
    ThresholdNetwork,
    branch_and_bound,
    exhaustive_search,
    fano_plane,
    random_sets,
    set_splitting,
    splitting,
)

__all__ = [
    "Copositivity", "Extremum", "Gap", "GapPath", "Search", "Separation", "ThresholdNetwork", "all_graphs",
    "boolean_inputs", "branch_and_bound", "clique_form", "clique_number", "cover_frequency", "cover_probability",
    "descent_direction", "exhaustive_search", "failed_threshold_tests", "fano_plane", "is_copositive",
    "logistic_gap", "logistic_path", "maximum_clique", "motzkin_straus", "one_against_rest", "planted_clique",
    "quartic", "random_sets", "rational_certificate", "replicator", "separable_functions", "separate",
    "set_splitting", "slide_form", "splitting", "svm_gap", "svm_path", "xor",
]  # fmt: skip
