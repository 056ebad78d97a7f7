"""Sphinx extension of this book: ways from a page to the code behind it.

In the code cells, each name of the library links to its entry on the reference page.
Under an interactive figure stand links to its Python and its JavaScript, which the book
shows: the Python in pages by sphinx.ext.viewcode, the JavaScript in pages of our own.
"""

from __future__ import annotations

import ast
import re
import typing
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.viewcode import OUTPUT_DIRNAME
from sphinx.transforms.post_transforms import SphinxPostTransform

LIBRARY = "d2lutils"
FIGURES = Path(__file__).resolve().parents[2] / LIBRARY / "interactive"
FIGURE_PAGES = f"{OUTPUT_DIRNAME}/{LIBRARY}/interactive"


class Thing(NamedTuple):
    """What a name in a chapter stands for.

    path: its full name, or that of its class if it is an object that was computed.
    """

    path: str
    computed: bool = False


class Use(NamedTuple):
    """A piece of code that is a name of the library: its place, and its full name."""

    line: int
    start: int
    end: int
    path: str


@cache
def lookup(path: str) -> Any:
    """The object of a full name, or None."""
    module, rest = path, []
    while module:
        try:
            found = import_module(module)
        except ImportError:
            module, _, name = module.rpartition(".")
            rest.insert(0, name)
        else:
            for name in rest:
                found = getattr(found, name, None)
            return found
    return None


def result_of(path: str) -> Thing | None:
    """What a call of a function of the library returns, if that is of its classes."""
    function = lookup(path)
    if isinstance(function, type):
        return Thing(path, computed=True)
    return Thing(found, computed=True) if (found := class_name(function)) else None


@cache
def class_name(function: Any) -> str | None:
    """The full name of the class of the library that a function says it returns."""
    try:
        kind = typing.get_type_hints(function).get("return")
    except (NameError, TypeError):
        return None
    if not isinstance(kind, type) or not kind.__module__.startswith(f"{LIBRARY}."):
        return None
    # A class is documented where the parts of its module's name are all public.
    parts = [part for part in kind.__module__.split(".") if part[0] != "_"]
    return ".".join([*parts, kind.__name__])


class Reader(ast.NodeVisitor):
    """Reads cells one after the other and notes where they use the library.

    names: what the variables stand for, from cell to cell. uses: those of the last one.
    """

    def __init__(self) -> None:
        self.names: dict[str, Thing] = {}
        self.uses: list[Use] = []
        self.lines: list[str] = []

    def read(self, code: str) -> list[Use]:
        self.uses, self.lines = [], code.split("\n")
        with suppress(SyntaxError):  # a command of IPython
            self.visit(ast.parse(code))
        return sorted(set(self.uses))

    def note(self, node: ast.AST, text: str, path: str) -> None:
        """Note a use whose code is `text`, where the syntax tree says it stands.

        Before Python 3.12 the tree does not say where in an f-string.
        """
        line = node.lineno - 1  # type: ignore[attr-defined]
        written = self.lines[line]
        start = len(written.encode()[: node.col_offset].decode())  # type: ignore[attr-defined]
        if not written.startswith(text, start):
            start = written.find(text)
        if start >= 0:
            self.uses.append(Use(line, start, start + len(text), path))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.names.pop(alias.asname or alias.name.split(".")[0], None)
            if alias.name.split(".")[0] == LIBRARY:
                path = alias.name if alias.asname else LIBRARY
                self.names[alias.asname or LIBRARY] = Thing(path)
                self.note(alias, ast.unparse(alias), alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        ours = (node.module or "").split(".")[0] == LIBRARY
        for alias in node.names:
            self.names.pop(alias.asname or alias.name, None)
            if ours:
                path = f"{node.module}.{alias.name}"
                self.names[alias.asname or alias.name] = Thing(path)
                self.note(alias, ast.unparse(alias), path)

    def thing(self, node: ast.expr) -> Thing | None:
        """What an expression stands for, where that is of the library."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute):
            whole = self.thing(node.value)
            return whole and Thing(f"{whole.path}.{node.attr}")
        if isinstance(node, ast.Call):
            function = self.thing(node.func)
            return function and result_of(function.path)
        return None

    def visit_Attribute(self, node: ast.Attribute) -> None:
        text = ast.unparse(node)
        if re.fullmatch(r"[\w.]+", text) and (found := self.thing(node)):
            self.note(node, text, found.path)
        else:
            self.visit(node.value)

    def visit_Name(self, node: ast.Name) -> None:
        found = self.names.get(node.id)
        if isinstance(node.ctx, ast.Load):
            if found and not found.computed:
                self.note(node, node.id, found.path)
        else:
            self.names.pop(node.id, None)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        found = self.thing(node.value)
        for target in node.targets:
            self.visit(target)
            if found and isinstance(target, ast.Name):
                self.names[target.id] = found

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_scope(node, [node.args])
        self.names.pop(node.name, None)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_scope(node, [node.args])

    def _visit_comprehension(self, node: ast.ListComp) -> None:
        self._visit_scope(node, [part.target for part in node.generators])

    visit_ListComp = visit_SetComp = visit_GeneratorExp = _visit_comprehension
    visit_DictComp = _visit_comprehension  # type: ignore[assignment]

    def _visit_scope(self, node: ast.AST, own: list) -> None:
        """Names of a scope's own hide those around it, and are forgotten after it."""
        outside = dict(self.names)
        for part in own:
            for name in ast.walk(part):
                self.names.pop(getattr(name, "arg", getattr(name, "id", "")), None)
        self.generic_visit(node)
        self.names = outside


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
    """Links in the code cells of a page."""

    default_priority = 400

    def run(self, **kwargs: Any) -> None:
        reader = Reader()
        for block in list(self.document.findall(nodes.literal_block)):
            if block.parent.get("nb_element") == "cell_code_source":
                links = list(self.links(reader.read(block.astext())))
                if links:
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


def show_scripts(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Pages with the JavaScript of the interactive figures."""
    shown = getattr(app.env, "_viewcode_modules", {})
    if not any(name.startswith(f"{LIBRARY}.interactive.") for name in shown):
        return
    for path in sorted(FIGURES.glob("*.js")):
        code = path.read_text(encoding="utf8")
        highlight = app.builder.highlighter.highlight_block  # type: ignore[attr-defined]
        shown = highlight(code, "javascript", linenos="inline")
        shared = '<p>It uses <a href="_common.js.html"><code>_common.js</code></a>.</p>'
        shared = "" if path.name == "_common.js" else shared
        body = f"<h1>Source code for {path.name}</h1>{shared}{shown}"
        context = {"parents": [], "title": path.name, "body": body}
        yield f"{FIGURE_PAGES}/{path.name}", context, "page.html"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(linked_code, html=(visit_linked_code, None))
    app.add_post_transform(LinkCode)
    app.add_post_transform(LinkFigures)
    app.connect("html-collect-pages", show_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
