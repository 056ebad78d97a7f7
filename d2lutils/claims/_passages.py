"""What the five sources state, passage by passage, and which claims of the book answer for each statement.

`sources.json` holds, for each source, its statements in the order of the text: {"where": how to find the passage
in the source, "statement": what it says, in our words, and either "claims": [names] or "reason": a key of `REASONS`},
with a "note" where a claim covers the statement in part or a reason needs a word, and with a "chapter" where a
chapter treats without a claim what no claim covers.
"""

import dataclasses
import json
from importlib import resources

REASONS = {
    "not yet done": "it could be measured with what the book has",
    "needs scale": "it needs data or hardware beyond the book's experiments",
    "theorem": "it is settled by a proof, and experiments show instances only",
    "not measurable": "the source says too little to repeat it, or speaks of something else than training",
    "matter of record": "it is history, or about what people do: a matter for references",
    "opinion": "it is a judgement, an outlook or advice",
}

FILE = "sources.json"
KEYS = {"where", "statement", "claims", "reason", "note", "chapter"}


@dataclasses.dataclass(frozen=True)
class Passage:
    """One statement of a source. number: its place among the source's statements, from 1. The rest as in the file."""

    source: str
    number: int
    where: str
    statement: str
    claims: tuple = ()
    reason: str = ""
    note: str = ""
    chapter: str = ""

    @property
    def anchor(self):
        """Where the passage stands on the page of the ledger."""
        return f"source-{self.source}-{self.number}"


def stored(sources, claims):
    """The passages of the file that ships with the library, as `read` returns them."""
    text = resources.files("d2lutils.claims").joinpath(FILE).read_text(encoding="utf8")
    return read(text, sources, claims)


def read(text, sources, claims):
    """The passages in a text like that of `sources.json`: a tuple of `Passage`, in the order of the file.

    sources: the numbers that there must be, in order. claims: dictionaries with the `name` and the `chapter` of each
    claim of the book. Raises ValueError, with the source and the place in it, for whatever is wrong.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{FILE} must be JSON, but {error}") from None
    if not isinstance(found, dict) or list(found) != list(sources):
        shown = (
            ", ".join(map(str, found))
            if isinstance(found, dict)
            else type(found).__name__
        )
        raise ValueError(
            f"{FILE} must hold an object with the sources {', '.join(sources)} in this order, got {shown}"
        )
    names, chapters = (
        {claim["name"] for claim in claims},
        {claim["chapter"] for claim in claims},
    )
    passages = []
    for source, entries in found.items():
        if not isinstance(entries, list) or not entries:
            raise ValueError(f"{FILE}, source {source}: needs a list of passages")
        for number, entry in enumerate(entries, 1):
            fault = _fault(entry, names, chapters)
            if fault:
                raise ValueError(f"{FILE}, source {source}, passage {number}: {fault}")
            passages.append(
                Passage(
                    source,
                    number,
                    **(entry | {"claims": tuple(entry.get("claims", ()))}),
                )
            )
    return tuple(passages)


def _fault(entry, names, chapters):
    """What is wrong with one entry of the file: the end of a sentence, or nothing."""
    if not isinstance(entry, dict):
        return f"needs an object, got {type(entry).__name__}"
    if unknown := sorted(entry.keys() - KEYS):
        return (
            f"has the unknown key {unknown[0]!r}; there are {', '.join(sorted(KEYS))}"
        )
    for key in sorted({"where", "statement"} | (entry.keys() - {"claims"})):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            return f"needs a text as {key!r}"
    if ("claims" in entry) == ("reason" in entry):
        return "needs either claims that cover it or the reason why none does"
    if "reason" in entry and entry["reason"] not in REASONS:
        return f"has the reason {entry['reason']!r}; there are {', '.join(REASONS)}"
    if "chapter" in entry and ("claims" in entry or entry["chapter"] not in chapters):
        return f"names the chapter {entry['chapter']!r}, which must have claims, and may stand only beside a reason"
    if "claims" in entry:
        listed = entry["claims"]
        if (
            not isinstance(listed, list)
            or not listed
            or not all(isinstance(name, str) for name in listed)
        ):
            return "needs a list of names as 'claims'"
        for name in listed:
            if name not in names or listed.count(name) > 1:
                return f"lists {name!r}, which is {'listed twice' if name in names else 'no claim of the book'}"
    return ""
