"""Sphinx extension of this book: what a reader may skip unfolds by a click.

A proof or an aside stands between two directives, so that cells of code fit within:

    ```{beside-start} Proof: what it proves
    ```
    ...
    ```{beside-end}
    ```

No heading may stand between them. A fold that is not closed is a warning.
"""

from __future__ import annotations

from docutils import nodes
from html_nodes import element, html
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)


class beside_start(nodes.General, nodes.Element):
    """The place where a fold begins."""


class beside_end(nodes.General, nodes.Element):
    """The place where it ends."""


class BesideStart(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        title, messages = self.parse_inline(self.arguments[0])
        start = beside_start("", *title)
        self.set_source_info(start)
        return [start, *messages]


class BesideEnd(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [beside_end()]


class FoldBesides(SphinxTransform):
    """What stands between the marks goes into an element that unfolds."""

    default_priority = 300

    def apply(self, **kwargs) -> None:
        for start in list(self.document.findall(beside_start)):
            parent, first = start.parent, start.parent.index(start)
            inside: list[nodes.Node] = []
            for node in parent[first + 1 :]:
                if isinstance(node, (beside_end, beside_start)):
                    break
                inside.append(node)
            else:
                node = None
            if not isinstance(node, beside_end):
                logger.warning(
                    "a fold that is not closed before the next heading or fold: write "
                    "`beside-end` where it ends",
                    location=start,
                    type="book",
                    subtype="fold",
                )
                start.parent.remove(start)
                continue
            for moved in (*inside, node):
                parent.remove(moved)
            parent.replace(start, fold(start.children, inside))
        for end in list(self.document.findall(beside_end)):
            end.parent.remove(end)


def fold(title: list[nodes.Node], inside: list[nodes.Node]) -> element:
    said = html("summary", *title)
    return html("details", said, html("div", *inside), Class="beside")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(beside_start)
    app.add_node(beside_end)
    app.add_directive("beside-start", BesideStart)
    app.add_directive("beside-end", BesideEnd)
    app.add_transform(FoldBesides)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
