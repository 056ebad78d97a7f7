"""Claims: what a source says, what we measure, and whether the one carries the other.

A chapter calls `check` right after the evidence. The page shows the statement, the
measured value, the condition it had to meet and the verdict. The notebook keeps the
same in a machine-readable output, which `collect` reads and from which the book's
ledger of claims is made. When the evidence no longer carries the verdict the cell
raises `ClaimError`, so that continuous integration fails. `bootstrap` and `proportion`
give the interval around what was measured over several seeds or data sets.
"""

from d2lutils.claims._claim import (
    KINDS,
    MIME,
    SOURCES,
    SYMBOLS,
    VERDICTS,
    Claim,
    ClaimError,
    check,
    collect,
)
from d2lutils.claims._interval import bootstrap, proportion

__all__ = [
    "KINDS",
    "MIME",
    "SOURCES",
    "SYMBOLS",
    "VERDICTS",
    "Claim",
    "ClaimError",
    "bootstrap",
    "check",
    "collect",
    "proportion",
]
