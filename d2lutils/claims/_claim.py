"""A claim: what a source says, what was measured, and whether the one carries the other."""

import dataclasses
import html
import json
import math
import re
from collections.abc import Mapping
from importlib import resources

from d2lutils import _checks
from d2lutils._html import rich
from d2lutils.claims import _passages
from d2lutils.claims._tables import SYMBOLS, Coverage, Ledger, Passages, Uncovered

MIME = "application/vnd.d2lutils.claim+json"
"""The MIME type of a claim's machine-readable output."""

VERDICTS = {
    "confirmed": "the statement holds as the source makes it",
    "corrected": "the statement holds after a correction, which is given",
    "refuted": "the evidence speaks against the statement",
    "outdated": "the statement held when it was made and no longer does",
}
"""Each verdict and its meaning."""

SOURCES = {
    "000": "Recht, The training-loss plots (blog post)",
    "001": "Arora, Is optimization a sufficient language for understanding deep learning? (blog post)",
    "002": "Zadeh, The hard thing about deep learning (article)",
    "003": "Recht, What's so hard about optimizing deep networks? (slides)",
    "004": "Dive into Deep Learning, Optimization and Deep Learning (section)",
}
"""The five source documents of the book, by the number under which claims cite them."""


REASONS = _passages.REASONS
"""Why no claim covers a statement of a source, and what that means."""


class ClaimError(AssertionError):
    """The evidence does not carry the verdict."""


@dataclasses.dataclass(frozen=True)
class Claim:
    """A checked claim, as `check` returns it.

    name: unique in the book; the anchor on the page is `claim-<name>`. statement: what the source says.
    source: a key of `SOURCES` or of the bibliography. verdict: a key of `VERDICTS`. finding: what we say
    instead, where the verdict is not "confirmed". measured: the measured value, rounded. condition: what
    the value had to meet.
    """

    name: str
    statement: str
    source: str
    verdict: str
    finding: str
    measured: str
    condition: str

    def _repr_mimebundle_(self, **kwargs):
        return {
            MIME: dataclasses.asdict(self),
            "text/html": self._html(),
            "text/plain": f"{self.verdict}: {self.statement} Measured: {self.measured} ({self.condition}).",
        }

    def _html(self):
        finding = (
            f'<p class="claim-finding"><strong>We find:</strong> {rich(self.finding)}</p>'
            if self.finding
            else ""
        )
        source = f"source {self.source}" if self.source in SOURCES else self.source
        return (
            f'<div class="claim claim-{self.verdict}" id="claim-{self.name}">'
            f'<p class="claim-verdict"><span aria-hidden="true">{SYMBOLS[self.verdict]}</span> '
            f"{self.verdict.capitalize()} "
            f'<span class="claim-source" title="{html.escape(SOURCES.get(self.source, ""))}">'
            f"{html.escape(source)}</span></p>"
            f'<p class="claim-statement">{rich(self.statement)}</p>{finding}'
            f'<p class="claim-measured">Measured: <strong>{html.escape(self.measured)}</strong>, '
            f"checked: {html.escape(self.condition)}.</p></div>"
        )


def check(
    name,
    statement,
    *,
    source,
    verdict,
    measured,
    expected=None,
    tolerance=None,
    at_least=None,
    at_most=None,
    finding="",
    digits=4,
):
    """Check a claim against its evidence and return it for display.

    name: letters, digits and hyphens, unique in the book.
    statement: what the source says, one sentence. source: a key of `SOURCES` or of the bibliography.
    verdict: a key of `VERDICTS`. It says what the measurement means for the statement; a verdict other
        than "confirmed" needs a `finding`, one sentence that says what holds instead.
    measured: a number, or a truth value when the evidence is a yes or no (then no bounds are given, and it
        has to be true).
    expected, tolerance: the measured value must differ from `expected` by at most `tolerance`.
    at_least, at_most: bounds on the measured value, alone or together, instead of `expected`.
    digits: significant digits shown.

    Raises ClaimError when the measured value is not finite or does not meet the condition, ValueError when
    the claim itself is incomplete.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(
            f"A claim's name needs lower-case letters, digits and hyphens, but got {name!r}."
        )
    for what, text in (("statement", statement), ("source", source)):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(
                f"The claim {name} needs a {what}, a text, but got {text!r}."
            )
    _checks.choice("verdict", verdict, VERDICTS)
    _checks.whole("digits", digits, 1, 17)
    for what, bound in (
        ("expected", expected),
        ("tolerance", tolerance),
        ("at_least", at_least),
        ("at_most", at_most),
    ):
        if bound is not None:
            _checks.real(what, bound, 0 if what == "tolerance" else -math.inf)
    if verdict != "confirmed" and not finding:
        raise ValueError(
            f"The claim {name} is {verdict}: it needs a finding that says what holds instead."
        )
    if (expected is None) != (tolerance is None):
        raise ValueError(
            f"The claim {name} needs both expected and tolerance, or neither."
        )
    bounded = expected is not None or at_least is not None or at_most is not None
    if expected is not None and (at_least is not None or at_most is not None):
        raise ValueError(
            f"The claim {name} needs either expected and tolerance or at_least and at_most, not both."
        )

    if not bounded:
        if type(measured).__name__ not in ("bool", "bool_"):
            raise ValueError(
                f"The claim {name} measures a number, so it needs expected and tolerance, or bounds."
            )
        holds, shown, condition = (
            bool(measured),
            "yes" if measured else "no",
            "must hold",
        )
    else:
        value = float(_checks.array("measured", measured, 0, finite=False))
        low = expected - tolerance if expected is not None else at_least
        high = expected + tolerance if expected is not None else at_most
        holds = (
            math.isfinite(value)
            and (low is None or value >= low)
            and (high is None or value <= high)
        )
        shown = _number(value, digits)
        if expected is not None:
            condition = f"{_number(expected, 8)} ± {_number(tolerance, 3)}"
        else:
            bounds = [("at least", at_least), ("at most", at_most)]
            condition = " and ".join(
                f"{word} {_number(bound, 8)}"
                for word, bound in bounds
                if bound is not None
            )
    if not holds:
        raise ClaimError(
            f'The claim "{statement}" ({name}) cannot be {verdict}: measured {shown}, needed {condition}.'
        )
    return Claim(name, statement, str(source), verdict, finding, shown, condition)


def collect(notebook):
    """The claims in the stored outputs of a notebook (nbformat 4), in order: a list of dictionaries."""
    if not isinstance(notebook, Mapping) or "cells" not in notebook:
        raise TypeError(
            f"notebook must be a dict with cells, as nbformat reads it, got {_checks.shown(notebook)}"
        )
    return [
        output["data"][MIME]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]


def stored():
    """The claims of all chapters: a list of dictionaries, the fields of `Claim` and the `chapter` each stands in.

    They come from the file that `make notebooks` writes from the chapters' outputs and that ships with the library.
    """
    return json.loads(
        resources.files("d2lutils.claims")
        .joinpath("claims.json")
        .read_text(encoding="utf8")
    )


def ledger(chapter=None):
    """All stored claims as a table, or those of one chapter. Raises ValueError for a chapter without claims."""
    claims = stored()
    chapters = list(dict.fromkeys(c["chapter"] for c in claims))
    if chapter is not None and (
        not isinstance(chapter, str) or chapter not in chapters
    ):
        raise ValueError(
            f"No claims from a chapter {chapter!r}; there are {', '.join(chapters)}."
        )
    found = tuple(c for c in claims if chapter in (None, c["chapter"]))
    return Ledger(found, _passages.stored(SOURCES, claims))


def passages(source):
    """What one of the five sources states, as a table that links each statement to the claims that cover it.

    source: a key of `SOURCES`. Raises ValueError for another one, and where the stored file is not what it should be.
    """
    _checks.choice("source", source, SOURCES)
    claims = stored()
    found = tuple(p for p in _passages.stored(SOURCES, claims) if p.source == source)
    return Passages(source, SOURCES[source], found, tuple(claims))


def coverage():
    """How many statements of each source the claims cover, as a table."""
    return Coverage(SOURCES, _passages.stored(SOURCES, stored()))


def uncovered():
    """The statements of the sources that no claim covers, each with a key of `REASONS`, as a table."""
    found = _passages.stored(SOURCES, stored())
    return Uncovered(SOURCES, tuple(p for p in found if not p.claims))


def _number(value, digits):
    text = f"{float(value):.{digits}g}"
    if "e+" in text and abs(value) < 1e7:  # 3000 to one digit is 3000, not 3e+03
        return f"{float(text):.0f}"
    return text.replace("e-0", "e-").replace("e+0", "e")
