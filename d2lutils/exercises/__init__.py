"""Exercises that check themselves: whether an answer is right, and if not, a hint.

    exercises.check("minima-separatrix", 0.5)

says in a notebook "right" or "not yet" with a hint. The hint depends on the kind of
mistake, and each further try with a mistake of the same kind gets a more explicit one;
the answer itself is never told. The right answers are computed when asked for, by the
library or from a closed form, in one private module a chapter. Nothing is stored: a new
session begins with the first hint.
"""

from d2lutils.exercises._answers import UnreadableError
from d2lutils.exercises._judge import CHAPTERS, Exercise, Result, check

__all__ = [
    "CHAPTERS",
    "Exercise",
    "Result",
    "UnreadableError",
    "check",
]
