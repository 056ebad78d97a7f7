"""Matrix completion: by least nuclear norm, and by gradient descent on a product of matrices.

    problem, two_by_two                             what to complete
    nuclear_norm, deep_factorization                two ways to complete it
    balanced_factors, singular_value_flow           why depth matters
    relative_error, effective_rank, schatten_norm   how good, how simple the answer is
    unidentified                                    what the data cannot tell
    phase_curve                                     error against the number of observed entries

Matrices are (m, n) float64; a mask of the same shape is True where an entry is observed.
"""

from d2lutils.completion._problems import (
    Problem,
    effective_rank,
    problem,
    relative_error,
    schatten_norm,
    two_by_two,
    unidentified,
)
from d2lutils.completion._solvers import (
    Completion,
    History,
    PhaseCurve,
    balanced_factors,
    deep_factorization,
    nuclear_norm,
    phase_curve,
    singular_value_flow,
)

__all__ = [
    "Completion",
    "History",
    "PhaseCurve",
    "Problem",
    "balanced_factors",
    "deep_factorization",
    "effective_rank",
    "nuclear_norm",
    "phase_curve",
    "problem",
    "relative_error",
    "schatten_norm",
    "singular_value_flow",
    "two_by_two",
    "unidentified",
]
