"""Matrix completion: by least nuclear norm, and by descent on a product of matrices.

What to complete: `problem`, `two_by_two`. Two ways to complete it: `nuclear_norm`,
`deep_factorization`. Why depth matters: `balanced_factors`, `singular_value_flow`. How
good and how simple an answer is: `relative_error`, `effective_rank`, `schatten_norm`.
What the data cannot tell: `unidentified`. Error against the number of observed entries:
`phase_curve`.

Matrices are (m, n) float64; a mask of the same shape is True where an entry is
observed.
"""

from d2lutils.completion._deep import (
    balanced_factors,
    deep_factorization,
    singular_value_flow,
)
from d2lutils.completion._phase_curve import PhaseCurve, phase_curve
from d2lutils.completion._problems import (
    Problem,
    effective_rank,
    problem,
    relative_error,
    schatten_norm,
    two_by_two,
    unidentified,
)
from d2lutils.completion._results import Completion, History, nuclear_norm

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
