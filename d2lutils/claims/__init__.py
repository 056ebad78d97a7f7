"""Claims: what a source says, what we measure, and whether the one carries the other.

A chapter calls `check` right after the evidence. The page shows the statement, the measured value, the
condition it had to meet and the verdict; the notebook keeps the same in a machine-readable output; and
when the evidence no longer carries the verdict the cell raises `ClaimError`, so that CI fails.
`ledger` gathers the claims of all chapters; `passages`, `coverage` and `uncovered` say what of the five
sources they cover.
"""

from d2lutils.claims._claim import (
    MIME,
    REASONS,
    SOURCES,
    VERDICTS,
    Claim,
    ClaimError,
    check,
    collect,
    coverage,
    ledger,
    passages,
    stored,
    uncovered,
)

__all__ = [
    "MIME",
    "REASONS",
    "SOURCES",
    "VERDICTS",
    "Claim",
    "ClaimError",
    "check",
    "collect",
    "coverage",
    "ledger",
    "passages",
    "stored",
    "uncovered",
]
