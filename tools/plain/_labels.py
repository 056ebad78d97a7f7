"""What the labels of the book are called: "Figure 6.2", "Section 1.4", (3.1)."""

from __future__ import annotations

import collections
import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sources
import yaml

from plain._blocks import blocks

COUNTED = {"exercise-start": "Exercise", "prf:theorem": "Theorem"}


@dataclass(frozen=True)
class Label:
    """Where a label leads.

    Attributes
    ----------
    page : str
        Name of the source.
    kind : str
        "Chapter", "Section", "Figure", "Equation", "Exercise" or "Theorem".
    number : str
        As on the page; empty in a chapter without a number.
    title : str
        Heading of a section, title of an exercise or a theorem; may be empty.
    heading : str
        The heading of the notebook that it is below, as it stands there.
    """

    page: str
    kind: str
    number: str
    title: str
    heading: str

    @property
    def words(self) -> str:
        """How a text calls it."""
        if self.kind == "Equation":
            return f"({self.number})"
        if self.kind in ("Chapter", "Section"):
            return self.title
        return f"{self.kind} {self.number}".strip()


@dataclass(frozen=True)
class Labels:
    """All labels of the book, and the chapters in order.

    Attributes
    ----------
    found : mapping
        Name to `Label`.
    numbers : mapping
        Chapter to its number; "" for one without.
    """

    found: Mapping[str, Label]
    numbers: Mapping[str, str]


def scan(root: pathlib.Path, read: Mapping[str, tuple[sources.Cell, ...]]) -> Labels:
    """Number everything that Sphinx numbers.

    root : holds `_toc.yml`; read : the cells of the sources, by name.
    """
    numbers = dict.fromkeys(read, "") | _chapters(root)
    found: dict[str, Label] = {}
    for page, cells in read.items():
        found |= dict(_of_page(page, numbers[page], cells))
    return Labels(found, numbers)


def _chapters(root):
    """The numbered chapters of the table of contents."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf8"))
    numbered, default = {}, toc.get("defaults", {}).get("numbered", False)
    for part in toc.get("parts", ()):
        if part.get("numbered", default):
            for chapter in part["chapters"]:
                name = pathlib.PurePath(chapter["file"]).name
                numbered[name] = str(len(numbered) + 1)
    return numbered


def _of_page(page, number, cells) -> Iterator[tuple[str, Label]]:
    """The labels of one chapter."""
    counts: collections.Counter = collections.Counter()
    headings = Headings(number)
    heading, pending = "", []

    def label(kind, name=""):
        counts[kind] += 1
        shown = f"{number}.{counts[kind]}" if number else str(counts[kind])
        under = f"{kind} {shown} ({name})" if kind == "Exercise" else heading
        return Label(page, kind, shown, name, under)

    for cell in cells:
        if cell.kind == "code":
            if cell.figure.get("name"):
                yield cell.figure["name"], label("Figure")
            continue
        for block in blocks(cell.text):
            if block.kind == "label":
                pending.append(block.text)
            elif block.kind == "heading":
                shown = headings.next(int(block.argument))
                heading = f"{shown}. {block.text}" if shown else block.text
                kind = "Chapter" if block.argument == "1" else "Section"
                for name in pending:
                    yield name, Label(page, kind, shown, block.text, heading)
                pending = []
            elif block.kind == "equation":
                yield block.argument, label("Equation")
            elif block.kind in COUNTED:
                made = label(COUNTED[block.kind], block.argument)
                yield block.options["label"], made


class Headings:
    """Numbers of sections, as headings come."""

    def __init__(self, chapter: str):
        self.chapter, self.counts = chapter, [0, 0, 0, 0, 0]

    def next(self, level: int) -> str:
        """The number of the next heading; "" in a chapter without one."""
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (len(self.counts) - level)
        inner = [str(count) for count in self.counts[1:level]]
        return ".".join([self.chapter, *inner]) if self.chapter else ""
