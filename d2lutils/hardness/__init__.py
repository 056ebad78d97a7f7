"""What is provably easy, what is provably hard.

One threshold unit: linear programming with certificates, and Cover's count. What
convexity buys: duality gaps, a proof of how far training can still improve. The 3-node
network: trained exactly, at exponential cost. Flat points: quartics, copositive forms
and cliques, where Q is symmetric (n, n) and a graph its adjacency matrix (n, n),
symmetric, of 0 and 1 with a zero diagonal.
"""

from d2lutils.hardness._certificates import proves_separation, rational_certificate
from d2lutils.hardness._counting import (
    boolean_inputs,
    cover_frequency,
    cover_probability,
    separable_functions,
    xor,
)
from d2lutils.hardness._duality_gaps import (
    Gap,
    GapPath,
    logistic_gap,
    logistic_path,
    svm_gap,
    svm_path,
)
from d2lutils.hardness._quartic import (
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
from d2lutils.hardness._separability import Separation, one_against_rest, separate
from d2lutils.hardness._threshold_networks import (
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
    "Copositivity",
    "Extremum",
    "Gap",
    "GapPath",
    "Search",
    "Separation",
    "ThresholdNetwork",
    "all_graphs",
    "boolean_inputs",
    "branch_and_bound",
    "clique_form",
    "clique_number",
    "cover_frequency",
    "cover_probability",
    "descent_direction",
    "exhaustive_search",
    "failed_threshold_tests",
    "fano_plane",
    "is_copositive",
    "logistic_gap",
    "logistic_path",
    "maximum_clique",
    "motzkin_straus",
    "one_against_rest",
    "planted_clique",
    "proves_separation",
    "quartic",
    "random_sets",
    "rational_certificate",
    "replicator",
    "separable_functions",
    "separate",
    "set_splitting",
    "slide_form",
    "splitting",
    "svm_gap",
    "svm_path",
    "xor",
]
