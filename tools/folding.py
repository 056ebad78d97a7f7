"""Which code of a page is folded: what a reader need not see to follow the argument.

The code of a claim says again what its box says; imports and the drawing of figures are
not the subject. Everything stays open in the notebooks, and on a page unfolds by itself
or, with one switch, altogether.
"""

from __future__ import annotations

import ast

SETUP = {"npx.set_np", "plotting.use_style"}
PROMPTS = {
    "claim": "Code of the check",
    "figure": "Code of the figure",
    "setup": "Imports",
}


def part(code: str, figure: bool = False) -> str:
    """What a cell is for: a key of `PROMPTS`, or "" for code that is the subject.

    figure : whether the cell draws one.
    """
    statements = ast.parse(code).body
    calls = [_called(statement) for statement in statements]
    if calls and calls[-1] == "claims.check":
        lines = [(s.end_lineno or 0) - s.lineno + 1 for s in statements]
        return "claim" if lines[-1] >= sum(lines[:-1]) else ""
    if figure:
        return "" if any(map(_works, statements)) else "figure"
    imports = (ast.Import, ast.ImportFrom)
    if any(isinstance(s, imports) for s in statements) and all(
        isinstance(s, imports) or call in SETUP
        for s, call in zip(statements, calls, strict=True)
    ):
        return "setup"
    return ""


def _called(statement):
    """The function that a statement does nothing but call, as it is written."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func)
    return ""


def _works(statement):
    """Whether a statement of a plotting cell is more than plotting: a function, or a
    loop that computes something step by step.
    """
    if isinstance(statement, (ast.FunctionDef, ast.While)):
        return True
    return isinstance(statement, ast.For) and any(
        isinstance(inner, ast.AugAssign) for inner in ast.walk(statement)
    )
