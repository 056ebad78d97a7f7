"""Sphinx extension of this book: a search that finds sections, also from file://.

Each section, exercise, term, function and cited work becomes an entry: address, title,
and its prose, sentence by sentence. All entries go into one classic script, which the
search page alone loads; ``search.js`` beside this file ranks them there. Code, its
outputs and solutions are left out.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from math_core import LatexError
from math_extension import to_mathml
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node

from d2lutils.interactive import shorten

SCRIPT = Path(__file__).with_name("search.js")
FOLDER = "_static/search"
SILENT = (
    nodes.literal_block,
    nodes.math_block,
    nodes.raw,
    nodes.comment,
    nodes.image,
    nodes.title,
    nodes.label,
    nodes.field_list,
    addnodes.toctree,
    addnodes.desc_signature,
    addnodes.index,
    solution_node,
)
PARTS = ("attribute", "property")  # told of with the class that has them
# Elements by their HTML name that hold paragraphs and not words.
BOXES = ("div", "details", "section", "ul", "ol", "dl", "aside", "figure")
EXERCISES = (exercise_node, exercise_enumerable_node)
RAISED = str.maketrans("0123456789+−-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
LOWERED = str.maketrans("0123456789+−-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
BRACES = str.maketrans("", "", "{}$\\")
SPACED = set("=<>≤≥≈∼+−→∈×≪≫≠∝⊂")


def plain(formula: ElementTree.Element) -> str:
    """A MathML formula in a line of text."""
    tag, parts = formula.tag.split("}")[-1], [plain(child) for child in formula]
    if tag == "mo" and formula.text in SPACED:
        return f" {formula.text} "
    if tag == "mspace":
        return " "
    if tag == "annotation":
        return ""
    if tag == "mfrac":
        return "/".join(p if len(p) < 2 or p.isalnum() else f"({p})" for p in parts)
    if tag == "msqrt":
        return f"√({''.join(parts)})"
    if tag in ("msup", "mover"):
        return parts[0] + moved(parts[1], RAISED, "^")
    if tag in ("msub", "munder"):
        return parts[0] + moved(parts[1], LOWERED, "_")
    if tag in ("msubsup", "munderover"):
        return parts[0] + moved(parts[1], LOWERED, "_") + moved(parts[2], RAISED, "^")
    return (formula.text or "").strip() + "".join(parts)


def moved(text: str, signs: dict[int, int], mark: str) -> str:
    """A superscript or subscript, by small signs where there are such."""
    text = text.replace(" ", "")
    if all(ord(sign) in signs for sign in text):
        return text.translate(signs)
    return mark + (text if len(text) == 1 else f"({text})")


def words(node: nodes.Node) -> str:
    """The text of a paragraph, formulas within; a line for each sentence."""
    if isinstance(node, nodes.math):
        try:
            formula = ElementTree.fromstring(to_mathml(node.astext()))
        except LatexError:
            return node.astext()
        text = re.sub(r"\s+", " ", plain(formula)).strip()
        return re.sub(r"(^|[(\[{,=<>≤≥→∈] ?)([−+]) ", r"\1\2", text)
    if isinstance(node, nodes.Text):
        return str(node)
    if isinstance(node, SILENT):
        return ""
    return "".join(map(words, node.children))


def sentences(node: nodes.Node) -> list[str]:
    """The lines of a paragraph, each with those that go on with its sentence."""
    found = [""]
    for line in words(node).split("\n"):
        if found[-1].endswith((".", "?", "!", ":")):
            found.append("")
        found[-1] = re.sub(r"\s+", " ", f"{found[-1]} {line}").strip()
    return [line for line in found if line not in ("", "#")]


class Collector:
    """The entries of a page: [anchor, number, title, kind, sentences]."""

    def __init__(
        self, numbers: dict[str, tuple[int, ...]], works: dict[str, str]
    ) -> None:
        self.entries: list[list] = []
        self.numbers, self.works = numbers, works

    def open(self, anchor: str, title: str, kind: str, number: str = "") -> list[str]:
        title = re.sub(r"\s+", " ", title).strip()
        self.entries.append([anchor, number, title, kind, []])
        return self.entries[-1][-1]

    def read(self, node: nodes.Node, text: list[str]) -> None:
        """What stands in `node` goes to `text`, or to an entry of its own."""
        if isinstance(node, SILENT) or not isinstance(node, nodes.Element):
            return
        if node.get("tag") == "table":  # the ledger says again what the chapters say
            return
        if isinstance(node, nodes.section) and node.next_node(nodes.title):
            self.section(node)
        elif isinstance(node, EXERCISES):
            title = words_of(node.next_node(nodes.title)).strip("()# ")
            self.children(node, self.open(node["ids"][0], title, "exercise"))
        elif isinstance(node, nodes.definition_list_item) and in_glossary(node):
            *terms, definition = node
            title = ", ".join(term.astext() for term in terms)
            self.read(definition, self.open(terms[0]["ids"][0], title, "term"))
        elif isinstance(node, addnodes.desc) and node["objtype"] not in PARTS:
            name = node[0]["ids"][0]
            title = name.removeprefix("d2lutils.")
            self.children(node, self.open(name, title, "function"))
        elif isinstance(node, nodes.citation):
            title = self.works.get(node["ids"][0], "")
            self.children(node, self.open(node["ids"][0], title, "work"))
        elif isinstance(node, nodes.TextElement) and node.get("tag") not in BOXES:
            text += sentences(node)
        else:
            self.children(node, text)

    def section(self, node: nodes.section) -> None:
        title, anchor = words_of(node.next_node(nodes.title)), node["ids"][0]
        if self.entries:
            number = ".".join(map(str, self.numbers.get("#" + anchor) or ()))
            text = self.open(anchor, title, "section", number)
        else:
            text = self.open("", title, "page")
        # What a page begins with is a box; its first paragraph says more of it.
        lead = [child for child in node if isinstance(child, nodes.paragraph)][:1]
        for child in [*lead, *node]:
            if child not in lead or not text:
                self.read(child, text)

    def children(self, node: nodes.Element, text: list[str]) -> None:
        for child in node.children:
            self.read(child, text)


def words_of(title: nodes.Element | None) -> str:
    return "".join(map(words, title.children)) if title else ""


def in_glossary(node: nodes.Node) -> bool:
    return isinstance(node.parent.parent, addnodes.glossary)


def collect(app: Sphinx, pagename: str, templatename, context, doctree) -> None:
    """Write down the entries of a page that is written."""
    if doctree is None or app.builder.name != "html":
        return
    cited: Any = app.env.get_domain("cite")
    works = {
        citation.citation_id: citation.entry.fields["title"].translate(BRACES)
        for citation in cited.citations
    }
    collector = Collector(app.env.toc_secnumbers.get(pagename, {}), works)
    collector.children(doctree, [])
    path = kept(app, pagename)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(collector.entries), encoding="utf8")


def kept(app: Sphinx, pagename: str) -> Path:
    """Where the entries of a page are kept until it is written again."""
    return Path(app.doctreedir, "entries", f"{pagename}.json")


def write(app: Sphinx, exception: Exception | None) -> None:
    """One script of all entries, and what ranks them."""
    if exception or app.builder.name != "html":
        return
    pages = []
    for name in sorted(app.env.found_docs):
        if kept(app, name).exists():
            entries = json.loads(kept(app, name).read_text(encoding="utf8"))
            number = ".".join(
                map(str, app.env.toc_secnumbers.get(name, {}).get("", ()))
            )
            pages.append([app.builder.get_target_uri(name), number, entries])
    folder, data = Path(app.outdir, FOLDER), json.dumps(pages, ensure_ascii=False)
    folder.mkdir(exist_ok=True)
    script = f"window.bookEntries = {data};\n"
    (folder / "entries.js").write_text(script, encoding="utf8")
    ranking = shorten(SCRIPT.read_text(encoding="utf8"))
    (folder / SCRIPT.name).write_text(ranking, encoding="utf8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", collect)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
