"""A claim: what a source says, what was measured, and whether the one carries it."""

from __future__ import annotations

import dataclasses
import html
import math
import re
from collections.abc import Mapping
from typing import Any

from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils._html import rich

MIME = "application/vnd.d2lutils.claim+json"
"""The MIME type of a claim's machine-readable output."""

VERDICTS = {
    "confirmed": "the statement holds as the source makes it",
    "corrected": "the statement holds after a correction, which is given",
    "refuted": "the evidence speaks against the statement",
    "outdated": "the statement held when it was made and no longer does",
}
"""Each verdict and its meaning."""

SYMBOLS = {"confirmed": "✓", "corrected": "✎", "refuted": "✗", "outdated": "↺"}
"""Each verdict and the sign that stands before it."""

SOURCES = {
    "000": "Recht, The training-loss plots (blog post)",
    "001": (
        "Arora, Is optimization a sufficient language for understanding deep learning? "
        "(blog post)"
    ),
    "002": "Zadeh, The hard thing about deep learning (article)",
    "003": "Recht, What's so hard about optimizing deep networks? (slides)",
    "004": "Dive into Deep Learning, Optimization and Deep Learning (section)",
}
"""The five source documents of the book, by the number under which claims cite them."""


class ClaimError(AssertionError):
    """The evidence does not carry the verdict."""


@dataclasses.dataclass(frozen=True)
class Claim:
    """A checked claim, as `check` returns it.

    Attributes
    ----------
    name : str
        Unique in the book; the anchor on the page is ``claim-NAME``.
    statement : str
        What the source says.
    source : str
        A key of `SOURCES` or of the bibliography.
    verdict : str
        A key of `VERDICTS`.
    finding : str
        What we say instead, where the verdict is not "confirmed".
    measured : str
        The measured value, rounded.
    condition : str
        What the value had to meet.
    """

    name: str
    statement: str
    source: str
    verdict: str
    finding: str
    measured: str
    condition: str

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        said = f"{self.verdict}: {self.statement}"
        return {
            MIME: dataclasses.asdict(self),
            "text/html": self._html(),
            "text/plain": f"{said} Measured: {self.measured} ({self.condition}).",
        }

    def _html(self) -> str:
        """The box for a notebook; that of the book's pages is made when it is built."""
        finding = (
            '<p class="claim-finding"><strong>We find:</strong> '
            f"{rich(self.finding)}</p>"
            if self.finding
            else ""
        )
        source = f"source {self.source}" if self.source in SOURCES else self.source
        return (
            f'<div class="claim claim-{self.verdict}" id="claim-{self.name}">'
            '<p class="claim-verdict">'
            f'<span aria-hidden="true">{SYMBOLS[self.verdict]}</span> '
            f"{self.verdict.capitalize()} "
            '<span class="claim-source" '
            f'title="{html.escape(SOURCES.get(self.source, ""))}">'
            f"{html.escape(source)}</span></p>"
            f'<p class="claim-statement">{rich(self.statement)}</p>{finding}'
            '<p class="claim-measured">'
            f"Measured: <strong>{html.escape(self.measured)}</strong>, "
            f"checked: {html.escape(self.condition)}.</p></div>"
        )


def check(
    name: str,
    statement: str,
    *,
    source: str,
    verdict: str,
    measured: ArrayLike,
    expected: float | None = None,
    tolerance: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    finding: str = "",
    digits: int = 4,
) -> Claim:
    """Check a claim against its evidence and return it for display.

    Parameters
    ----------
    name : str
        Lower-case letters, digits and hyphens, unique in the book.
    statement : str
        What the source says, one sentence.
    source : str
        A key of `SOURCES` or of the bibliography.
    verdict : str
        A key of `VERDICTS`. It says what the measurement means for the statement.
    measured : float or bool
        A number, or a truth value when the evidence is a yes or no (then no bounds
        are given, and it has to be true).
    expected, tolerance : float, optional
        The measured value must differ from ``expected`` by at most ``tolerance``.
    at_least, at_most : float, optional
        Bounds on the measured value, alone or together, instead of ``expected``.
    finding : str
        One sentence that says what holds instead: needed with every verdict other
        than "confirmed".
    digits : int
        Significant digits shown, 1 to 17.

    Returns
    -------
    Claim

    Raises
    ------
    ClaimError
        When the measured value is not finite or does not meet the condition.
    ValueError
        When the claim itself is incomplete.
    """
    _check_texts(name, statement, source, verdict, finding)
    _checks.whole("digits", digits, 1, 17)
    low, high = _bounds(name, expected, tolerance, at_least, at_most)
    if low is None and high is None:
        if type(measured).__name__ not in ("bool", "bool_"):
            raise ValueError(
                f"measured must be a truth value where the claim {name} states no "
                "bounds (a number needs expected and tolerance, or bounds), "
                f"got {_checks.shown(measured)}"
            )
        holds, shown = bool(measured), "yes" if measured else "no"
        condition = "must hold"
    else:
        value = float(_checks.array("measured", measured, 0, finite=False))
        above = low is None or value >= low
        below = high is None or value <= high
        holds, shown = math.isfinite(value) and above and below, _number(value, digits)
        condition = _condition(expected, tolerance, at_least, at_most)
    if not holds:
        raise ClaimError(
            f'The claim "{statement}" ({name}) cannot be {verdict}: '
            f"measured {shown}, needed {condition}."
        )
    return Claim(name, statement, str(source), verdict, finding, shown, condition)


def _check_texts(name, statement, source, verdict, finding):
    """Raise ValueError unless a claim says what it is about and what holds."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(
            "name must be lower-case letters, digits and hyphens, "
            f"got {_checks.shown(name)}"
        )
    for what, text in (("statement", statement), ("source", source)):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(
                f"{what} must be a text, got {_checks.shown(text)} (claim {name})"
            )
    _checks.choice("verdict", verdict, VERDICTS)
    if verdict != "confirmed" and not finding:
        raise ValueError(
            f"finding must be a sentence that says what holds, got {finding!r}: "
            f"the claim {name} is {verdict} and needs a finding"
        )


def _bounds(name, expected, tolerance, at_least, at_most):
    """The least and the largest value that a claim accepts, or None for no bound."""
    for what, bound in (
        ("expected", expected),
        ("tolerance", tolerance),
        ("at_least", at_least),
        ("at_most", at_most),
    ):
        if bound is not None:
            _checks.real(what, bound, 0 if what == "tolerance" else -math.inf)
    if (expected is None) != (tolerance is None):
        lacking = "expected" if expected is None else "tolerance"
        raise ValueError(
            f"{lacking} must be given too, got None: the claim {name} needs both "
            "expected and tolerance, or neither"
        )
    if expected is None:
        return at_least, at_most
    if at_least is not None or at_most is not None:
        raise ValueError(
            f"at_least and at_most must be None beside expected, got {at_least} and "
            f"{at_most}: the claim {name} needs the ones or the other, not both"
        )
    return expected - tolerance, expected + tolerance


def _condition(expected, tolerance, at_least, at_most):
    """What a measured number has to meet, as the page says it."""
    if expected is not None:
        return f"{_number(expected, 8)} ± {_number(tolerance, 3)}"
    bounds = [("at least", at_least), ("at most", at_most)]
    return " and ".join(
        f"{word} {_number(bound, 8)}" for word, bound in bounds if bound is not None
    )


def collect(notebook: Mapping[str, Any]) -> list[dict[str, str]]:
    """The claims in the stored outputs of a notebook, in order.

    Parameters
    ----------
    notebook : dict
        As nbformat reads it (version 4), or as JSON has it.

    Returns
    -------
    list of dict
        The fields of `Claim`, for each of them.

    Raises
    ------
    TypeError
        When ``notebook`` has no cells.

    Examples
    --------
    >>> import nbformat
    >>> collect(nbformat.read("chapters/risk.ipynb", as_version=4))  # doctest: +SKIP
    """
    if not isinstance(notebook, Mapping) or "cells" not in notebook:
        raise TypeError(
            "notebook must be a dict with cells, as nbformat reads it, "
            f"got {_checks.shown(notebook)}"
        )
    return [
        output["data"][MIME]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]


def _number(value, digits):
    text = f"{float(value):.{digits}g}"
    if "e+" in text and abs(value) < 1e7:  # 3000 to one digit is 3000, not 3e+03
        return f"{float(text):.0f}"
    return text.replace("e-0", "e-").replace("e+0", "e")
