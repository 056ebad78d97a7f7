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
    "undecided": "the data do not decide: the interval reaches to both sides",
}
"""Each verdict and its meaning."""

SYMBOLS = {
    "confirmed": "✓",
    "corrected": "✎",
    "refuted": "✗",
    "outdated": "↺",
    "undecided": "≈",
}
"""Each verdict and the sign that stands before it."""

KINDS = {
    "evidence": "a measurement that could have come out otherwise",
    "identity": "a theorem or a formula, checked by numbers",
    "record": "what somebody published, looked up and compared",
}
"""Each kind of claim and its meaning."""

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


# Colours with a contrast of 4.5:1 on white and 4:1 on the dark themes of notebooks.
_COLORS = {
    "confirmed": "#00875f",
    "corrected": "#b36b00",
    "refuted": "#d9483b",
    "outdated": "#7f6fb0",
    "undecided": "#6b7785",
}
_LINE = "margin:0 0 4px;"


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
    interval, over : str
        The interval around the value, and over what it was taken; may be empty.
    rival, rival_is : str
        The value under the rival hypothesis, which the check rejects, and what that
        hypothesis is; may be empty.
    kind : str
        A key of `KINDS`.
    """

    name: str
    statement: str
    source: str
    verdict: str
    finding: str
    measured: str
    condition: str
    interval: str = ""
    over: str = ""
    rival: str = ""
    rival_is: str = ""
    kind: str = "evidence"

    def stored(self) -> dict[str, str]:
        """The fields as a notebook keeps them: what may be empty, only if it is not."""
        defaults = {f.name: f.default for f in dataclasses.fields(self)}
        fields = dataclasses.asdict(self)
        return {name: text for name, text in fields.items() if text != defaults[name]}

    def told(self) -> list[tuple[str, str, str]]:
        """What the box says below the statement: (class, before, what) of each line."""
        lines = [("claim-finding", "We find", self.finding)] if self.finding else []
        if self.rival_is:
            value = f": {self.rival}" if self.rival not in ("", "no") else ""
            told = f"{self.rival_is}{value}."
            lines.append(("claim-rival", "Would have failed", told))
        return lines

    def result(self) -> tuple[str, str]:
        """The measured value with its interval, and what it had to meet."""
        shown = self.measured
        if self.interval:
            shown += f" ({self.interval})"
        if self.over:
            shown += f" over {self.over}"
        return shown, self.condition

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        said = f"{self.verdict}: {self.statement}"
        return {
            MIME: self.stored(),
            "text/html": self._html(),
            "text/plain": f"{said} Measured: {self.result()[0]} ({self.condition}).",
        }

    def _html(self) -> str:
        """The box for a notebook; that of the book's pages is made when it is built.

        Its style stands in it, and fits light and dark pages.
        """
        lines = "".join(
            f'<p style="{_LINE}"><strong>{before}:</strong> {rich(text)}</p>'
            for _, before, text in self.told()
        )
        color, (shown, condition) = _COLORS[self.verdict], self.result()
        word = "" if self.kind == "evidence" else f" ({self.kind})"
        source = html.escape(SOURCES.get(self.source, self.source))
        if self.source not in SOURCES:  # the list of works at the notebook's end has it
            source = f'<a href="#References">{_in_words(source)}</a>'
        edge = "solid" if self.kind == "evidence" else "dashed"
        return (
            f'<div class="claim claim-{self.verdict}" id="claim-{self.name}" '
            f'style="border:1px {edge} {color};border-left:5px {edge} {color};'
            'border-radius:4px;padding:8px 14px;margin:4px 0">'
            f'<p style="{_LINE}color:{color};font-weight:600">'
            f'<span aria-hidden="true">{SYMBOLS[self.verdict]}</span> '
            f"{self.verdict.capitalize()}{word} "
            f'<span style="font-weight:400">· {source}</span></p>'
            f'<p style="{_LINE}">{rich(self.statement)}</p>{lines}'
            f'<p style="{_LINE}font-size:90%">'
            f"Measured: <strong>{html.escape(shown)}</strong>, "
            f"checked: {html.escape(condition)}.</p></div>"
        )


def _in_words(key: str) -> str:
    """A work by its key: "shalev-shwartz2017failures" is Shalev-Shwartz 2017."""
    found = re.match(r"([a-z-]+)(\d{4})", key)
    return f"{found[1].title()} {found[2]}" if found else key


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
    interval: tuple[float, float] | None = None,
    over: str = "",
    rival: ArrayLike | None = None,
    rival_is: str = "",
    kind: str = "evidence",
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
    interval : tuple of two floats, optional
        A 95% interval around the measured value. Then all of it must meet the
        condition; with the verdict "undecided", part of it must and part must not.
    over : str
        Over what the value was taken: "20 seeds", "7 data sets".
    rival : float or bool, optional
        What would have been measured if the statement were false, or the next best
        explanation true. The condition must reject it.
    rival_is : str
        What the rival is, a noun phrase: needed with `rival`.
    kind : str
        A key of `KINDS`.

    Returns
    -------
    Claim

    Raises
    ------
    ClaimError
        When the measured value is not finite or does not meet the condition, or the
        rival meets it, too.
    ValueError
        When the claim itself is incomplete.
    """
    _check_texts(name, statement, source, verdict, finding)
    _checks.whole("digits", digits, 1, 17)
    _checks.choice("kind", kind, KINDS)
    bounds = _bounds(name, expected, tolerance, at_least, at_most)
    holds, shown = _judge("measured", measured, bounds, digits, name)
    condition = _condition(expected, tolerance, at_least, at_most)
    ends, told = _interval(name, interval, bounds, digits)
    if verdict == "undecided":
        if len(set(ends)) != 2:
            raise ClaimError(
                f'The claim "{statement}" ({name}) cannot be undecided: the interval '
                f"must reach to both sides of {condition}, got {told or 'none'}."
            )
    elif not (holds and all(ends)):
        between = f" ({told})" if told else ""
        raise ClaimError(
            f'The claim "{statement}" ({name}) cannot be {verdict}: '
            f"measured {shown}{between}, needed {condition}."
        )
    other = _rival(name, rival, rival_is, bounds, digits)
    return Claim(
        name,
        statement,
        str(source),
        verdict,
        finding,
        shown,
        condition,
        told,
        over,
        other,
        rival_is,
        kind,
    )


def _judge(what, value, bounds, digits, name):
    """Whether a number lies within the bounds, or a truth value holds; and its text."""
    low, high = bounds
    if low is None and high is None:
        if type(value).__name__ not in ("bool", "bool_"):
            raise ValueError(
                f"{what} must be a truth value where the claim {name} states no "
                "bounds (a number needs expected and tolerance, or bounds), "
                f"got {_checks.shown(value)}"
            )
        return bool(value), "yes" if value else "no"
    number = float(_checks.array(what, value, 0, finite=False))
    above, below = low is None or number >= low, high is None or number <= high
    return math.isfinite(number) and above and below, _number(number, digits)


def _interval(name, interval, bounds, digits):
    """Whether each end of the interval meets the condition, and the interval's text."""
    if interval is None:
        return (), ""
    ends = _checks.array("interval", interval)
    if ends.shape != (2,) or ends[0] > ends[1] or bounds == (None, None):
        raise ValueError(
            "interval must be two rising numbers beside bounds, got "
            f"{_checks.shown(interval)} (claim {name})"
        )
    judged = [_judge("interval", end, bounds, digits, name) for end in ends]
    return tuple(holds for holds, _ in judged), " to ".join(text for _, text in judged)


def _rival(name, rival, rival_is, bounds, digits):
    """The rival's value as a text, "" without a rival; it must fail the check."""
    _checks.instance("rival_is", rival_is, str)
    if (rival is None) != (not rival_is):
        raise ValueError(
            f"rival and rival_is must be given together, got {_checks.shown(rival)} "
            f"and {rival_is!r} (claim {name})"
        )
    if rival is None:
        return ""
    accepted, shown = _judge("rival", rival, bounds, digits, name)
    if shown == "nan":  # fails every check, and says nothing
        raise ValueError(f"rival must be a number, got NaN (claim {name})")
    if accepted:
        raise ClaimError(
            f"The claim {name} cannot tell its evidence from its rival: "
            f"{rival_is} gives {shown}, which the check accepts."
        )
    return shown


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
    if at_least is None and at_most is None:
        return "must hold"
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
