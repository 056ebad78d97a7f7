"""What the five sources state, passage by passage, and which claims answer for it.

`chapters/passages.json` holds, for each source, its statements in the order of the
text: {"where": how to find the passage in the source, "statement": what it says, in
our words, and either "claims": [names] or "reason": a key of `REASONS`}, with a "note"
where a claim covers the statement in part or a reason needs a word, and with a
"chapter" where a chapter treats without a claim what no claim covers.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

REASONS = {
    "not yet done": "it could be measured with what the book has",
    "needs scale": "it needs data or hardware beyond the book's experiments",
    "theorem": "it is settled by a proof, and experiments show instances only",
    "not measurable": (
        "the source says too little to repeat it, or speaks of something else than "
        "training"
    ),
    "matter of record": (
        "it is history, or about what people do: a matter for references"
    ),
    "opinion": "it is a judgement, an outlook or advice",
}
"""Why no claim covers a statement of a source, and what that means."""

FILE = "passages.json"
KEYS = {"where", "statement", "claims", "reason", "note", "chapter"}


@dataclasses.dataclass(frozen=True)
class Passage:
    """One statement of a source.

    Attributes
    ----------
    source, number : str, int
        The source, and the statement's place among the source's statements, from 1.
    where, statement, claims, reason, note, chapter
        As in the file.
    """

    source: str
    number: int
    where: str
    statement: str
    claims: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""
    chapter: str = ""

    @property
    def anchor(self) -> str:
        """The name of the passage's place on the page that lists it."""
        return f"source-{self.source}-{self.number}"


def read(
    text: str, sources: Iterable[str], chapters: dict[str, str]
) -> tuple[Passage, ...]:
    """Read the text of `chapters/passages.json`.

    Parameters
    ----------
    text : str
    sources : iterable of str
        The numbers that there must be, in order.
    chapters : dict
        The name of each claim of the book, to the chapter it stands in.

    Returns
    -------
    tuple of Passage
        In the order of the file.

    Raises
    ------
    ValueError
        With the source and the place in it, for whatever is wrong.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{FILE} must be JSON, but {error}") from None
    sources = list(sources)
    if not isinstance(found, dict) or list(found) != sources:
        is_object = isinstance(found, dict)
        shown = ", ".join(map(str, found)) if is_object else type(found).__name__
        raise ValueError(
            f"{FILE} must be an object with the sources {', '.join(sources)} in this "
            f"order, got {shown}"
        )
    passages = []
    for source, entries in found.items():
        if not isinstance(entries, list) or not entries:
            raise ValueError(f"{FILE}, source {source}: needs a list of passages")
        for number, entry in enumerate(entries, 1):
            if fault := _fault(entry, chapters):
                raise ValueError(f"{FILE}, source {source}, passage {number}: {fault}")
            entry["claims"] = tuple(entry.get("claims", ()))
            passages.append(Passage(source, number, **entry))
    return tuple(passages)


def _fault(entry: object, chapters: dict[str, str]) -> str:
    """What is wrong with one entry of the file: the end of a sentence, or nothing."""
    if not isinstance(entry, dict):
        return f"needs an object, got {type(entry).__name__}"
    if unknown := sorted(entry.keys() - KEYS):
        known = ", ".join(sorted(KEYS))
        return f"has the unknown key {unknown[0]!r}; there are {known}"
    for key in sorted({"where", "statement"} | (entry.keys() - {"claims"})):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            return f"needs a text as {key!r}"
    if ("claims" in entry) == ("reason" in entry):
        return "needs either claims that cover it or the reason why none does"
    if "claims" in entry:
        return _fault_of_claims(entry, chapters)
    if entry["reason"] not in REASONS:
        return f"has the reason {entry['reason']!r}; there are {', '.join(REASONS)}"
    if "chapter" in entry and entry["chapter"] not in chapters.values():
        return f"names the chapter {entry['chapter']!r}, which has no claims"
    return ""


def _fault_of_claims(entry: dict, chapters: dict[str, str]) -> str:
    """What is wrong with an entry that lists claims."""
    listed = entry["claims"]
    is_list = isinstance(listed, list) and listed
    if not is_list or not all(isinstance(name, str) for name in listed):
        return "needs a list of names as 'claims'"
    for name in listed:
        if name not in chapters:
            return f"lists {name!r}, which is no claim of the book"
        if listed.count(name) > 1:
            return f"lists {name!r}, which is listed twice"
    if "chapter" in entry:
        return "names a chapter, which may stand only beside a reason"
    return ""
