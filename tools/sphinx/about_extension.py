"""Sphinx extension of this book: below each page its licence, its version and how to
cite it, as CITATION.cff says.
"""

from __future__ import annotations

import datetime
import functools
import html
import subprocess
from pathlib import Path

import yaml
from sphinx.application import Sphinx

LICENCES = (
    'Text and figures: <a href="https://creativecommons.org/licenses/by-sa/4.0/">'
    'CC BY-SA 4.0</a>; code: <a href="https://opensource.org/license/mit">MIT</a>.'
)


def bibtex(book: dict, page: str, title: str, address: str) -> str:
    """An entry for a page of the book; address may be empty."""
    released: datetime.date = book["date-released"]
    fields = {
        "author": "{" + " and ".join(a["name"] for a in book["authors"]) + "}",
        "title": title,
        "booktitle": book["title"],
        "year": str(released.year),
        "note": f"Version {book['version']}",
    }
    if address:
        fields["url"] = address
    name = f"wmdlh-{page}"
    lines = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items())
    return f"@incollection{{{name},\n{lines}\n}}"


def git(folder: Path, *arguments: str) -> str:
    """What git prints in a folder; "" where there is none, or no repository."""
    try:
        return subprocess.run(
            ["git", "-C", folder, *arguments],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


@functools.cache
def knows_days(folder: Path) -> bool:
    """Whether git has the whole history; asked once for all pages."""
    return git(folder, "rev-parse", "--is-shallow-repository") == "false"


def changed(path: Path) -> str:
    """The day on which a file was last changed; "" where git does not know."""
    if not knows_days(path.parent):
        return ""
    return git(path.parent, "log", "-1", "--format=%cs", "--", path.name)


def day(date: datetime.date) -> str:
    return f"{date.day} {date:%B %Y}"


def add_footer(app: Sphinx, pagename: str, templatename, context, doctree) -> None:
    """Below the text of a page that people wrote."""
    path = Path(app.srcdir, "CITATION.cff")
    if doctree is None or "body" not in context or not path.exists():
        return
    book = yaml.safe_load(path.read_text(encoding="utf8"))
    source = Path(app.env.doc2path(pagename))
    if source.suffix == ".ipynb":
        source = source.parent / "sources" / f"{source.stem}.md"
    when = changed(source)
    last = f", this page of {day(datetime.date.fromisoformat(when))}" if when else ""
    title = app.env.titles[pagename].astext()
    site = app.config.html_baseurl
    address = f"{site}{pagename}.html" if site else ""
    entry = html.escape(bibtex(book, Path(pagename).name, title, address))
    context["body"] += (
        f'<footer class="about-page"><p>{LICENCES} '
        f"Version {book['version']} of {day(book['date-released'])}{last}.</p>"
        f"<details><summary>Cite this page</summary><pre>{entry}</pre></details>"
        "</footer>"
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_footer, priority=850)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
