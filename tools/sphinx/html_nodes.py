"""HTML in which citations, references and formulas resolve: elements as docutils nodes.

docutils has no node for a table whose rows have headers and ids, or for a box of our
own classes. An `element` is one by its HTML name; what it holds may be usual nodes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from docutils import nodes
from myst_nb.core.render import MimeRenderPlugin, load_mime_renders
from sphinx.application import Sphinx


class element(nodes.General, nodes.Inline, nodes.TextElement):
    """An HTML element by its name and attributes."""


def html(
    tag: str, *children: nodes.Node | str, ids: Sequence[str] = (), **attributes: str
) -> element:
    """An `element`.

    Parameters
    ----------
    tag : str
    *children : nodes or texts
    ids : list of str
        Its names, to which links may lead.
    **attributes : str
        Of any case, so that ``Class`` may be among them.
    """
    written = {name.lower(): value for name, value in attributes.items()}
    node = element("", "", tag=tag, attributes=written, ids=list(ids))
    node += [nodes.Text(c) if isinstance(c, str) else c for c in children]
    return node


def rich(text: str) -> list[nodes.Node]:
    """A short text of the book: ``code`` and mathematics between dollar signs."""
    found: list[nodes.Node] = []
    for part in re.split(r"(`[^`]+`|\$[^$]+\$)", text):
        if part.startswith("`"):
            found.append(nodes.literal("", part[1:-1]))
        elif part.startswith("$"):
            found.append(nodes.math("", part[1:-1]))
        elif part:
            found.append(nodes.Text(part))
    return found


def mark(name: str, what: str) -> element:
    """The mark beside a thing of the book that holds the link to it."""
    title = f"Link to this {what}"
    return html("a", "#", Class="headerlink", href=f"#{name}", title=title)


def parsed(text: str) -> element:
    r"""HTML that d2lutils writes; ``<span class="math">\(..\)</span>`` is a formula."""
    return _converted(ElementTree.fromstring(text))


def _converted(tree: ElementTree.Element) -> nodes.Element:
    if "math" in tree.get("class", "").split():
        tex = (tree.text or "").removeprefix(r"\(").removesuffix(r"\)")
        return nodes.math("", tex)
    node = html(tree.tag, tree.text or "", **tree.attrib)
    for child in tree:
        node += [_converted(child), nodes.Text(child.tail or "")]
    return node


def visit_element(self, node):
    self.body.append(self.starttag(node, node["tag"], "", **node["attributes"]))


def depart_element(self, node):
    if node["tag"] != "br":
        self.body.append(f"</{node['tag']}>")


def add_renderer(app: Sphinx, renderer: type[MimeRenderPlugin]) -> None:
    """Let a plug-in of MyST-NB turn outputs of cells into nodes with `element` in them.

    MyST-NB finds plug-ins by the entry points of installed packages, of which the
    book's extensions are none; so they join the list of what has been found.
    """
    if renderer not in load_mime_renders():
        load_mime_renders().append(renderer)
    app.add_node(element, override=True, html=(visit_element, depart_element))
