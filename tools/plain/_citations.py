"""Citations as words, and the list of the works that a notebook cites."""

from __future__ import annotations

import functools
import pathlib

from pybtex.database import Entry, parse_file
from pybtex.plugin import find_plugin
from pybtex.richtext import Text


@functools.cache
def _works(path: pathlib.Path):
    return parse_file(str(path), bib_format="bibtex").entries


def authors(entry: Entry) -> str:
    """The family names: all of two, the first of more."""
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join([*p.prelast_names, *p.last_names]) for p in people]
    names = [str(Text.from_latex(name)) for name in names]
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names) or entry.fields.get("title", "")


def cite(path: pathlib.Path, keys: str, textual: bool, target: str) -> str:
    """The words of a citation, each with a link to the list of works.

    keys : of the works, with commas; textual : whether it is part of the sentence.
    """
    works = _works(path)
    told = []
    for key in (key.strip() for key in keys.split(",")):
        if key not in works:
            raise ValueError(f"{path.name} must have what is cited, got {key!r}")
        name, year = authors(works[key]), works[key].fields.get("year", "")
        words = f"{name} ({year})" if textual else f"{name}, {year}"
        told.append(f"[{words}]({target})")
    return " and ".join(told) if textual else f"({'; '.join(told)})"


@functools.cache
def _format():
    style = find_plugin("pybtex.style.formatting", "plain")
    return style(), find_plugin("pybtex.backends", "markdown")()


def listed(path: pathlib.Path, keys: set[str]) -> str:
    """The works, as a list in Markdown, by their authors."""
    style, backend = _format()
    works = _works(path)
    entries = sorted(
        (works[key] for key in keys),
        key=lambda e: (authors(e).lower(), e.fields.get("year", ""), e.key),
    )
    made = style.format_entries(entries)
    texts = [" ".join(entry.text.render(backend).split()) for entry in made]
    # Boxes of claims give the key.
    return "\n".join(
        f"- `{entry.key}`: {text}" for entry, text in zip(entries, texts, strict=True)
    )
