"""Sphinx extension of this book: pages from the sources' text and the stored outputs.

The notebooks in `chapters` are for readers, in plain Markdown. Sphinx reads one where
it finds the page; here it gets the source instead, with the notebook's outputs and
those of the worked solutions. Where a cell has a twin in PyTorch, the page shows both
as tabs, above the one output: the editions have to agree in it.
"""

from __future__ import annotations

import pathlib
import shutil
import sys

from docutils import nodes
from sphinx.application import Sphinx
from sphinx_design.shared import create_component

# Sphinx finds the extensions, but not the tools beside their folder.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))

import notebooks
import sources


def read_source(app: Sphinx, page: str, content: list[str]) -> None:
    """Give Sphinx the page's notebook in place of the reader's."""
    book = notebooks.Book(app.srcdir)
    path = pathlib.Path(app.env.doc2path(page))
    source = book.sources / f"{path.stem}.md"
    if path.suffix != ".ipynb" or not source.exists():
        return
    for used in (source, book.solutions(path.stem)):
        app.env.note_dependency(str(used))
    content[0] = notebooks.dumps(notebooks.page(path.stem, book))


def add_tabs(app: Sphinx, doctree: nodes.document) -> None:
    """Both codes of a cell that has a twin."""
    for cell in list(doctree.findall(nodes.container)):
        twin = cell.get("cell_metadata", {}).get("twin")
        if twin and cell.get("nb_element") == "cell_code":
            block = next(iter(cell.findall(nodes.literal_block)))
            block.parent.replace(block, tabs(block, twin))


def tabs(block: nodes.literal_block, twin: str) -> nodes.Element:
    """A set of two tabs; all sets of the book show the same framework."""
    other = block.deepcopy()
    other.rawsource, other.children = twin, []
    other += nodes.Text(twin)
    tab_set = create_component("tab-set", classes=["sd-tab-set", "editions"])
    for edition, code in zip(sources.EDITIONS, (block.deepcopy(), other), strict=True):
        item = create_component("tab-item", classes=["sd-tab-item"], selected=False)
        item += nodes.rubric(
            edition.name,
            "",
            nodes.Text(edition.name),
            classes=["sd-tab-label"],
            sync_id=edition.name.lower(),
            sync_group="framework",
        )
        content = create_component("tab-content", classes=["sd-tab-content"])
        code["edition"] = edition.name
        content += code
        item += content
        tab_set += item
    return tab_set


def offer_notebooks(app: Sphinx, page: str, template, context: dict, doctree) -> None:
    """Downloads of the editions that there are and of the solutions; Colab, which has
    no MXNet, gets PyTorch's.
    """
    name, book = pathlib.PurePath(page).name, notebooks.Book(app.srcdir)
    if not page.startswith("chapters/") or name not in book.names():
        return
    offered = []
    for what, place in (("notebook", book.notebook), ("solutions", book.solutions)):
        there = {e.name: place(name, e) for e in sources.EDITIONS}
        there = {named: path for named, path in there.items() if path.exists()}
        for named, path in there.items():
            text = f"{named} {what}" if len(there) > 1 else what.capitalize()
            offered.append(_download(app, context, text, path))
    twin = book.notebook(name, sources.PYTORCH)
    for group in context["header_buttons"]:
        if group.get("label") == "download-buttons":
            others = [b for b in group["buttons"] if b.get("type") != "link"]
            group["buttons"] = offered + others
        for button in group.get("buttons", ()):
            if button["text"] == "Colab" and twin.exists():
                old, new = (
                    p.relative_to(app.srcdir) for p in (book.notebook(name), twin)
                )
                button["url"] = button["url"].replace(old.as_posix(), new.as_posix())


def _download(app, context, text, path):
    """A button that hands out a notebook, which is copied beside the pages."""
    place = pathlib.PurePosixPath("_sources") / path.relative_to(app.srcdir).as_posix()
    target = pathlib.Path(app.outdir, place)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    return {
        "type": "link",
        "url": context["pathto"](str(place), resource=True),
        "text": text,
        "tooltip": f"Download: {text}",
        "icon": "fas fa-code",
    }


def offer_code(app: Sphinx, page: str, template, context: dict, doctree) -> None:
    """Switches of a page with cells: all folded code, and the page as slides."""
    if '<details class="admonition hide' in context.get("body", ""):
        context["header_buttons"][:0] = [
            _button("toggleCode()", "Show or fold all code", "show-code", "code"),
            _button("startPresenting()", "Show as slides", "present", "display"),
        ]


def _button(call, tooltip, name, icon):
    return {
        "type": "javascript",
        "javascript": call,
        "tooltip": tooltip,
        "icon": f"fas fa-{icon}",
        "label": f"{name}-button",
        "classes": "pst-navbar-icon",
    }


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", read_source)
    app.connect("doctree-read", add_tabs)
    app.connect("html-page-context", offer_code, priority=900)
    app.connect("html-page-context", offer_notebooks, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
