"""The notebooks of a chapter: what it says, and the worked solutions apart."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sources

from plain import _citations, _slices
from plain._blocks import Block, blocks
from plain._labels import Labels
from plain._text import REFERENCES, Writer

# A claim about a work of the bibliography, not about one of the five sources.
SOURCE = re.compile(r'source="([a-z]\w+)"')
SETUP = "From the chapter"


@dataclass(frozen=True)
class Book:
    """What the notebooks of all chapters share.

    Attributes
    ----------
    labels : Labels
    bibliography : Path
    pages : mapping
        Titles of the pages that are no notebooks, by name.
    site, repository : str
        Addresses of the published pages and of the repository, or "".
    verdicts : callable
        How many claims have which verdict, by verdict.
    """

    labels: Labels
    bibliography: pathlib.Path
    pages: dict[str, str]
    site: str
    repository: str
    verdicts: Callable[[], Mapping[str, int]]


class _Pages:
    """A notebook in the making: texts and cells in turn."""

    def __init__(self, writer: Writer):
        self.writer = writer
        self.cells: list[Any] = []
        self.texts: list[str] = []
        self.used: dict[str, int] = {}
        self.at = ""  # the id of the cell of the source

    def text(self, text):
        if text:
            self.texts.append(text)

    def flush(self):
        if self.texts:
            self.cells.append(sources.text_cell(self._id(), "\n\n".join(self.texts)))
            self.texts = []

    def code(self, cell):
        self.flush()
        self.cells.append(cell)

    def _id(self):
        """The source cell's id; a number behind it where a cell was taken apart."""
        self.used[self.at] = self.used.get(self.at, 0) + 1
        more = self.used[self.at]
        return f"{self.at}-{more}" if more > 1 else self.at


def make(
    name: str, cells: tuple[sources.Cell, ...], edition: sources.Edition, book: Book
) -> tuple[Any, Any]:
    """The notebooks of a chapter in an edition, without outputs.

    Returns
    -------
    tuple
        The chapter, and its solutions; None for these where it has no exercises, and
        where they need no framework: then they are those of the MXNet edition.
    """

    def pages(chapters):
        return _Pages(
            Writer(
                name,
                book.labels,
                book.bibliography,
                book.pages,
                book.site,
                chapters,
                book.verdicts,
            )
        )

    chapter, solutions = pages(""), pages("../")
    solved: list[sources.Cell] = []
    exercises: dict[str, list[Block]] = {}
    into, label, written = chapter, "", []
    for cell in cells:
        chapter.at = solutions.at = cell.id
        if cell.kind == "code":
            made = _code(cell, edition)
            into.writer.cited |= set(SOURCE.findall(made.source))
            if into is solutions:
                solved.append(cell)
            into.code(made)
            if cell.figure:
                into.at = f"{cell.id}-caption"
                into.text(_caption(cell, into.writer))
                into.flush()
                into.at = cell.id
            continue
        for block in blocks(cell.text):
            if block.kind == "solution-start":
                into, label = solutions, block.argument
                into.text(_exercise(label, exercises[label], book, solutions.writer))
            elif block.kind == "solution-end":
                into.flush()
                into = chapter
            else:
                if block.kind == "exercise-start":
                    label = block.options["label"]
                    written = exercises.setdefault(label, [block])
                elif block.kind == "exercise-end":
                    label = ""
                elif label and into is chapter:
                    written.append(block)
                into.text(into.writer.write(block))
        if into is chapter or into.texts:
            into.flush()
    _add_references(chapter, book)
    framed = sources.has_edition(cells, sources.PYTORCH)
    first = _installing(name, edition, book, framed)
    opened = sources.notebook([chapter.cells[0], first, *chapter.cells[1:]])
    if not solved:
        return opened, None
    _add_references(solutions, book)
    setup, other = (
        _slices.setup(
            [_code(cell, one) for cell in _before_solutions(cells)],
            [_code(cell, one) for cell in solved],
        )
        for one in (edition, *(e for e in sources.EDITIONS if e is not edition))
    )
    framed = sources.has_edition(solved, sources.PYTORCH) or setup != other
    if not framed and edition is not sources.MXNET:
        return opened, None
    title = _title(name, edition, solutions.writer)
    return opened, sources.notebook(
        [
            sources.text_cell(f"{name}-title", title),
            _installing(name, edition, book, framed),
            sources.text_cell(
                f"{name}-setup",
                f"## {SETUP}\n\nWhat the solutions take from the chapter.",
            ),
            *setup,
            *solutions.cells,
        ]
    )


INSTALL = """\
# Installs what is missing (on Colab, Kaggle, a bare machine), else does nothing.
import importlib.util, pathlib, subprocess, sys

if not all(map(importlib.util.find_spec, ({packages}))):
    here = pathlib.Path.cwd()
    near = [p for p in (here, *here.parents) if (p / "tools/install.py").exists()]
    book = near[0] if near else here / "book"{clone}
    tool = book / "tools" / "install.py"
    subprocess.run([sys.executable, {arguments}], check=True)
    sys.path.insert(0, str(book))"""
CLONE = """
    if not near:
        command = ["git", "clone", "--depth", "1", "{repository}", book]
        subprocess.run(command, check=True)"""


def _installing(name, edition, book, framed):
    """A notebook's first cell. Where the notebook needs no framework, any will do."""
    packages, arguments = '"d2lutils", "d2l"', 'tool, "--here"'
    if framed:
        package = "torch" if edition is sources.PYTORCH else "mxnet"
        packages += f', "{package}"'
        arguments += f', "--{edition.name.lower()}"'
    clone = CLONE.format(repository=book.repository) if book.repository else ""
    code = INSTALL.format(packages=packages, arguments=arguments, clone=clone)
    return sources.code_cell(f"{name}-install", code)


def _code(cell, edition):
    tags = [tag for tag in cell.metadata.get("tags", ()) if tag != sources.KEY]
    return sources.code_cell(cell.id, cell.code(edition), tuple(tags))


def _before_solutions(cells):
    """The code cells of the chapter itself."""
    inside = False
    for cell in cells:
        if cell.kind == "code":
            if not inside:
                yield cell
            continue
        for block in blocks(cell.text):
            if block.kind in ("solution-start", "solution-end"):
                inside = block.kind == "solution-start"


def _caption(cell, writer):
    label = writer.labels.found.get(cell.figure.get("name", ""))
    words = f"**{label.words}.** " if label else ""
    return f"{words}{writer.inline(cell.figure['caption'])}"


def _exercise(label, written: list[Block], book, writer):
    """An exercise's heading and text, before its solution."""
    title = f"## {book.labels.found[label].words} ({written[0].argument})"
    texts = [title, *(writer.write(block) for block in written[1:])]
    return "\n\n".join(filter(None, [*texts, "**Solution**"]))


def _title(name, edition, writer):
    chapter = writer.labels.numbers[name]
    link = writer._page("", name)
    number = f"{chapter}. " if chapter else ""
    return (
        f"# Solutions to {number}{link}\n\n"
        f"Try the exercises of the chapter first. This notebook runs alone."
    )


def _add_references(pages, book):
    if pages.writer.cited:
        pages.at = f"{pages.writer.page}-references"
        works = _citations.listed(book.bibliography, pages.writer.cited)
        pages.text(f"## {REFERENCES}\n\n{works}")
        pages.flush()
