"""Sphinx extension of this book: ways from a page to its repository, once it has one.

As soon as `repository.url` in _config.yml is an address on GitHub, a page with cells
can be launched elsewhere, every page edited where its text is, and an error reported
with the page, or the claim, filled in. Before, there is no button that leads nowhere.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlencode

from docutils import nodes
from html_nodes import element, html
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform


def address(config: Config) -> str:
    """The repository's address without a slash at its end; "" where none is set."""
    return (config.html_theme_options.get("repository_url") or "").rstrip("/")


def hide_launch_buttons(app: Sphinx, config: Config) -> None:
    if not address(config):
        config.html_theme_options["launch_buttons"] = {}


def edit_url(app: Sphinx, page: str) -> str | None:
    """Where the text of a page is edited; None for a page that nobody writes."""
    if page not in app.env.found_docs:
        return None
    path = Path(app.env.doc2path(page, base=False))
    if path.suffix == ".ipynb":  # executed from its source
        path = path.parent / "sources" / f"{path.stem}.md"
    branch = app.config.html_theme_options.get("repository_branch") or "main"
    return f"{address(app.config)}/edit/{branch}/{quote(path.as_posix())}"


def report_url(config: Config, **fields: str) -> str:
    """A form on GitHub for a report, with some of its fields filled in."""
    return f"{address(config)}/issues/new?{urlencode(fields, quote_via=quote)}"


def add_buttons(app: Sphinx, pagename: str, templatename, context, doctree) -> None:
    """At the top of a page: edit it, or report an error in it."""
    if not address(app.config) or not (edit := edit_url(app, pagename)):
        return
    title = f"{app.env.titles[pagename].astext()}: "
    report = report_url(app.config, title=title, body=f"Page: {pagename}\n\n")
    buttons = [
        ("Edit this page", "fas fa-pencil-alt", edit),
        ("Report an error", "fas fa-lightbulb", report),
    ]
    links = [
        {"type": "link", "text": text, "tooltip": text, "icon": icon, "url": url}
        for text, icon, url in buttons
    ]
    named = {"tooltip": "Improve this page", "label": "improve"}
    group = {"type": "group", "icon": "fas fa-pencil-alt", "buttons": links, **named}
    context["header_buttons"].append(group)


class AddReports(SphinxPostTransform):
    """In the box of each claim, a link to the form for a claim that is wrong."""

    default_priority = 400

    def run(self, **kwargs) -> None:
        if not address(self.config):
            return
        page = self.env.titles[self.env.docname].astext()
        for box in self.document.findall(element):
            name = "".join(box["ids"]).removeprefix("claim-")
            if box["tag"] in ("div", "details") and name != "".join(box["ids"]):
                title = f"Claim: {name} ({page})"
                url = report_url(
                    self.config, template="claim.yml", title=title, where=name
                )
                link = html("a", "Report an error", href=url, Class="claim-report")
                box[-1] += [nodes.Text(" "), link]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", hide_launch_buttons)
    app.connect("html-page-context", add_buttons, priority=800)
    app.add_post_transform(AddReports)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
