"""Text in MyST Markdown as plain Markdown: words and links instead of roles."""

from __future__ import annotations

import pathlib
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from plain import _citations
from plain._blocks import Block, blocks
from plain._labels import Headings, Labels

ROLE = re.compile(r"\{([a-z:]+)\}`([^`]+)`")
TARGET = re.compile(r"(.*\S)\s*<([^>]+)>", re.DOTALL)
REFERENCES = "References"
SKIPPABLE = "*(This can be skipped; it ends at the next line across.)*"
MARKS = ("label", "exercise-end", "solution-start", "solution-end", "bibliography")


def anchor(heading: str) -> str:
    """The end of a link to a heading; "" where readers of notebooks would differ."""
    plain = re.fullmatch(r"[^$`*_\\\[\]]+", heading)
    return f"#{heading.replace(' ', '-')}" if plain else ""


@dataclass
class Writer:
    """Writes the texts of one notebook and remembers which works they cite.

    Attributes
    ----------
    page : str
        Name of the source.
    labels : Labels
    bibliography : Path
    pages : mapping of str to str
        Titles of the book's pages that are no notebooks.
    site : str
        Address of the published pages; may be empty.
    chapters : str
        Where the chapters' notebooks are, from this one: "" or "../".
    """

    page: str
    labels: Labels
    bibliography: pathlib.Path
    pages: dict[str, str]
    site: str = ""
    chapters: str = ""
    verdicts: Callable[[], Mapping[str, int]] = dict
    cited: set[str] = field(default_factory=set)

    def __post_init__(self):
        self.headings = Headings(self.labels.numbers[self.page])

    def inline(self, text: str) -> str:
        """Roles as words and links."""
        return ROLE.sub(lambda role: self._role(role[1], role[2]), text)

    def _role(self, name, content):
        if name in ("cite", "cite:p", "cite:t"):
            self.cited |= {key.strip() for key in content.split(",")}
            textual = name == "cite:t"
            return _citations.cite(
                self.bibliography, content, textual, f"#{REFERENCES}"
            )
        named = TARGET.fullmatch(content)
        words, target = named.groups() if named else ("", content)
        if name in ("ref", "numref", "eq", "prf:ref"):
            return self._link(words, target)
        if name == "doc":
            return self._page(words, target)
        raise ValueError(f"{self.page}: the role {name} has no plain form")

    def _link(self, words, target):
        if target in self.pages:
            return self._page(words, target)
        if target not in self.labels.found:
            raise ValueError(f"{self.page}: nothing has the label {target}")
        label = self.labels.found[target]
        words = words or label.words
        file = (
            ""
            if label.page == self.page and not self.chapters
            else (f"{self.chapters}{label.page}.ipynb")
        )
        # Links end at headings: what shows notebooks drops other anchors.
        place = "" if label.kind == "Chapter" else anchor(label.heading)
        return f"[{words}]({file}{place})" if file or place else words

    def _page(self, words, target):
        """A link to a page of the book by its name."""
        if target in self.labels.numbers:
            title = next(
                label.title
                for label in self.labels.found.values()
                if label.page == target and label.kind == "Chapter"
            )
            return f"[{words or title}]({self.chapters}{target}.ipynb)"
        title = words or self.pages[target]
        return f"[{title}]({self.site}chapters/{target}.html)" if self.site else title

    def write(self, block: Block) -> str:
        """One block as plain Markdown; "" for one that only marks a place."""
        if block.kind == "heading":
            number = self.headings.next(int(block.argument))
            mark = "#" * int(block.argument)
            shown = f"{number}. " if number else ""
            return f"{mark} {shown}{self.inline(block.text)}"
        if block.kind == "equation":
            label = self.labels.found[block.argument]
            return f"$$\n{block.text}\n\\tag{{{label.number}}}\n$$"
        if block.kind == "text":
            return self.inline(block.text)
        if block.kind in MARKS:
            return ""
        if block.kind == "exercise-start":
            label = self.labels.found[block.options["label"]]
            return f"### {label.words} ({block.argument})"
        if block.kind == "prf:theorem":
            label = self.labels.found[block.options["label"]]
            return self._quote(f"{label.words} ({block.argument})", block.text)
        if block.kind == "admonition":
            return self._quote(block.argument, block.text)
        if block.kind == "beside-start":
            return f"***\n\n**{self.inline(block.argument)}** {SKIPPABLE}"
        if block.kind == "beside-end":
            return "***"
        if block.kind == "button-ref":
            return f"**{self._link(block.text.strip(), block.argument)}**"
        if block.kind == "grid":
            return "\n".join(self._cards(block.text))
        if block.kind == "claims-counts":
            return self._counts()
        raise ValueError(f"{self.page}: the directive {block.kind} has no plain form")

    def _counts(self):
        """How many claims have which verdict, as a table."""
        counts = {v: n for v, n in self.verdicts().items() if n}
        rows = [f"| {verdict} | {n} |" for verdict, n in counts.items()]
        all_of_them = f"| *all* | {sum(counts.values())} |"
        return "\n".join(["| verdict | claims |", "|---|---|", *rows, all_of_them])

    def _quote(self, title, text):
        inner = "\n\n".join(filter(None, (self.write(b) for b in blocks(text))))
        return textwrap.indent(
            f"**{title.strip()}**\n\n{inner}", "> ", lambda line: True
        ).replace("> \n", ">\n")

    def _cards(self, text):
        for card in blocks(text):
            if card.kind == "grid-item-card":
                title = self._link(card.argument, card.options["link"])
                lines = " ".join(self.inline(card.text).split())
                yield f"- **{title}**. {lines}"
