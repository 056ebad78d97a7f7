"""Sphinx extension of this book: ways from a page to the code behind it.

In the code cells, each name of the library links to its entry on the reference page.
Under an interactive figure stand links to its Python and its JavaScript, which the book
shows: the Python in pages by sphinx.ext.viewcode, the JavaScript in pages of our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import sources
from docutils import nodes
from library_names import LIBRARY, Reader, Use
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.viewcode import OUTPUT_DIRNAME
from sphinx.transforms.post_transforms import SphinxPostTransform

FIGURES = Path(__file__).resolve().parents[2] / LIBRARY / "interactive"
FIGURE_PAGES = f"{OUTPUT_DIRNAME}/{LIBRARY}/interactive"


class linked_code(nodes.literal_block):
    """A block of code with `links`: (line, start, end, address) of pieces of it."""


def visit_linked_code(self, node) -> None:
    try:
        self.visit_literal_block(node)
    except nodes.SkipNode:
        self.body[-1] = with_links(self.body[-1], node["links"])
        raise


def with_links(highlighted: str, links: list[tuple]) -> str:
    """Put links into highlighted code, around whole elements."""
    opens = {(line, start): (end, address) for line, start, end, address in links}
    around, begin, code = highlighted.partition("<pre>")
    written, line, column, end, depth = [around, begin], 0, 0, None, 0
    for piece in re.findall(r"<[^>]*>|&[^;]*;|.", code, re.DOTALL):
        if end is not None and column == end and depth == 0:
            written.append("</a>")
            end = None
        closes = piece.startswith("</")
        if end is None and not closes and (line, column) in opens:
            end, address = opens.pop((line, column))
            written.append(f'<a href="{escape(address)}">')
            depth = 0
        written.append(piece)
        if piece.startswith("<"):
            depth += -1 if closes else 1
        elif piece == "\n":
            line, column = line + 1, 0
        else:
            column += 1
    return "".join(written)


def place_of(env: BuildEnvironment, path: str) -> tuple[str, str] | None:
    """Page and anchor of the entry of a full name, or of what it is a part of."""
    domain = env.get_domain("py")
    while path:
        if path in domain.data["objects"]:
            found = domain.data["objects"][path]
            return found.docname, found.node_id
        path = path.rpartition(".")[0]
    return None


class LinkCode(SphinxPostTransform):
    """Links in the code cells of a page.

    What a name stands for is known from the cells before, in each edition by itself.
    """

    default_priority = 400

    def run(self, **kwargs: Any) -> None:
        readers = {edition.name: Reader() for edition in sources.EDITIONS}
        for block in list(self.document.findall(nodes.literal_block)):
            in_cell = block.parent.get("nb_element") == "cell_code_source"
            chosen = [block["edition"]] if "edition" in block else list(readers)
            if not in_cell and "edition" not in block:
                continue
            code = block.astext()
            uses = [readers[name].read(code) for name in chosen]
            if links := list(self.links(uses[0])):
                linked = linked_code(block.rawsource, "", *block.children)
                linked.attributes = block.attributes | {"links": links}
                block.replace_self(linked)

    def links(self, uses: list[Use]) -> Iterator[tuple]:
        page, builder = self.env.docname, self.app.builder
        for line, start, end, path in uses:
            if place := place_of(self.env, path):
                target, anchor = place
                address = builder.get_relative_uri(page, target)
                yield line, start, end, f"{address}#{anchor}"


def kind_of(figure: nodes.figure) -> str | None:
    """The kind of an interactive figure, None for any other one."""
    for output in figure.findall(nodes.raw):
        if found := re.search(r'data-figure="(\w+)"', output.astext()):
            return found[1]
    return None


class LinkFigures(SphinxPostTransform):
    """Links to an interactive figure's code, at the end of its caption."""

    default_priority = 400

    def run(self, **kwargs: Any) -> None:
        modules = getattr(self.env, "_viewcode_modules", {})
        for figure in self.document.findall(nodes.figure):
            kind = kind_of(figure)
            if kind and f"{LIBRARY}.interactive._{kind}" in modules:
                links = nodes.inline("", "", classes=["figure-code"])
                links += [
                    nodes.Text(" "),
                    self.link("Python", f"_{kind}", kind),
                    nodes.Text(" "),
                    self.link("JavaScript", f"{kind}.js"),
                ]
                for caption in figure.findall(nodes.caption):
                    caption += links

    def link(self, text: str, name: str, anchor: str = "") -> nodes.reference:
        page = f"{FIGURE_PAGES}/{name}"
        address = self.app.builder.get_relative_uri(self.env.docname, page)
        address += f"#{anchor}" if anchor else ""
        title = f"The figure’s {text}"
        return nodes.reference("", text, internal=True, refuri=address, reftitle=title)


def uses(script: Path) -> str:
    """Links from a figure's script to its other parts, and to what all figures use."""
    kind = script.name.removesuffix(".js")
    if kind.startswith("_") or "." in kind:
        return ""
    parts = [*sorted(FIGURES.glob(f"{kind}.*.js")), *sorted(FIGURES.glob("_*.js"))]
    links = [f'<a href="{p.name}.html"><code>{p.name}</code></a>' for p in parts]
    return f"<p>It uses {', '.join(links)}.</p>"


def show_scripts(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Pages with the JavaScript of the interactive figures."""
    shown = getattr(app.env, "_viewcode_modules", {})
    if not any(name.startswith(f"{LIBRARY}.interactive.") for name in shown):
        return
    for path in sorted(FIGURES.glob("*.js")):
        code = path.read_text(encoding="utf8")
        highlight = app.builder.highlighter.highlight_block  # type: ignore[attr-defined]
        shown = highlight(code, "javascript", linenos="inline")
        body = f"<h1>Source code for {path.name}</h1>{uses(path)}{shown}"
        context = {"parents": [], "title": path.name, "body": body}
        yield f"{FIGURE_PAGES}/{path.name}", context, "page.html"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(linked_code, html=(visit_linked_code, None))
    app.add_post_transform(LinkCode)
    app.add_post_transform(LinkFigures)
    app.connect("html-collect-pages", show_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
