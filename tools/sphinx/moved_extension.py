"""Sphinx extension of this book: old addresses lead to what has moved to other pages.

`moved_pages` in _config.yml names, for a page that was split, the pages that took parts
of it. A link to a place that the page no longer has goes on to the page that has it.
"""

from __future__ import annotations

import json

from docutils import nodes
from sphinx.application import Sphinx


def places(app: Sphinx, page: str) -> set[str]:
    """All ids of a page."""
    doctree = app.env.get_doctree(page)
    return {name for node in doctree.findall(nodes.Element) for name in node["ids"]}


def add_way(app: Sphinx, pagename: str, templatename, context, doctree) -> None:
    """Let a page know where the places are that it had once."""
    if not (others := app.config.moved_pages.get(pagename)) or "body" not in context:
        return
    here = places(app, pagename)
    moved = {
        context["pathto"](other): sorted(places(app, other) - here)
        for other in others
        if other in app.env.found_docs
    }
    data = json.dumps(moved, separators=(",", ":"))
    context["body"] += f'<script type="application/json" id="moved">{data}</script>'


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("moved_pages", {}, "html")
    app.connect("html-page-context", add_way)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
