"""A book of one page with one plot, to break in one place or to build with a change."""

import shutil
from pathlib import Path

import nbformat
from jupyter_book.sphinx import build_sphinx
from nbformat import v4

ROOT = Path(__file__).parents[2]

TEXT = """\
# A small book

We see a line in {numref}`fig-line`, and read {cite:t}`lee2016gradient`.

```{bibliography}
```
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    '<path d="M1 8 L8 1" style="stroke: #000000"/></svg>'
)
DESCRIPTION = {
    "image": {"alt": "A rising line."},
    "figure": {"caption": "A line.", "name": "fig-line"},
}
PLOT = v4.new_code_cell(
    "plot()",
    outputs=[v4.new_output("display_data", data={"image/svg+xml": SVG})],
    metadata={"mystnb": DESCRIPTION},
)


def prepare(folder, toc="format: jb-book\nroot: chapters/small\n"):
    """Lay what every book needs into an empty folder."""
    (folder / "chapters").mkdir()
    for name in ("_config.yml", "chapters/references.bib"):
        shutil.copyfile(ROOT / name, folder / name)
    for name in ("tools/sphinx", "chapters/_static", "chapters/_templates"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "_toc.yml").write_text(toc)


def write(folder, text=TEXT, *cells):
    """Write the page: a text and code cells with their outputs."""
    language = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    page = v4.new_notebook(cells=[v4.new_markdown_cell(text), *cells])
    page.metadata = language
    nbformat.write(page, folder / "chapters" / "small.ipynb")


def build(folder, strict=True):
    """Build as `jupyter-book build` does, without its imports; the exit code."""
    return build_sphinx(
        folder,
        folder / "_build" / "html",
        noconfig=True,
        path_config=folder / "_config.yml",
        confoverrides={
            "external_toc_path": str(folder / "_toc.yml"),
            "latex_individualpages": False,
            "nitpicky": strict,
        },
        warningiserror=strict,
        keep_going=True,
    )
