"""Pictures of the interactive figures in the notebooks: `python tools/stills.py`.

A notebook that Jupyter does not trust, and one that was converted, shows the picture in
place of the living figure. Chromium draws each figure once, as it is when a reader
first sees it; then the stored outputs hold the pictures, and nothing is executed.
"""

import html
import io
import json
import pathlib
import re

import make_pdf
import notebooks
from PIL import Image, ImageOps

from d2lutils.interactive import Figure, bundle

FOLDER = pathlib.Path(notebooks.ROOT, "d2lutils", "interactive", "stills")
ELEMENT = re.compile(
    r'<div class="d2lutils-figure" data-figure="(\w+)" data-state="([^"]*)">'
    r"(?:<img[^>]*>)?<p>(.*?) \(Interactive"
)
WIDTH = 672  # pixels, as in a notebook
COLORS = 32


def figures(notebook):
    """(data of the output, figure) of each interactive figure in a notebook."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if found := ELEMENT.match(data.get("text/html", "")):
                kind, state, alt = map(html.unescape, found.groups())
                yield data, Figure(kind, json.loads(state), alt)


def drawn(figure, page):
    """A figure as the bytes of a PNG."""
    script, style = bundle([figure.kind])
    element = re.sub(r"<img[^>]*>", "", figure.html())
    page.set_content(
        f"<!doctype html><style>{style}.fig-tools.fig-tools{{display:none}}</style>"
        '<body style="margin:0;background:#fff;'
        f'font-family:sans-serif"><div style="width:{WIDTH}px">{element}</div>'
    )
    page.add_script_tag(content=script)
    shot = page.locator(".fig-alive").screenshot(animations="disabled")
    small = io.BytesIO()
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    below = ImageOps.invert(picture).getbbox()[3]  # of it, the page keeps room for more
    picture = picture.crop((0, 0, picture.width, below + 8)).quantize(COLORS)
    picture.save(small, "png", optimize=True)
    return small.getvalue()


def differs(target, new):
    """Whether a picture (bytes) shows anything else than the one that is stored."""
    if not target.exists():
        return True
    stored, drawn = (
        Image.open(source).convert("RGB") for source in (target, io.BytesIO(new))
    )
    return stored.size != drawn.size or stored.tobytes() != drawn.tobytes()


def update(book, page):
    """Draw what looks different now, forget what nobody shows; the paths changed."""
    FOLDER.mkdir(exist_ok=True)
    used, changed = set(), []
    for path in sorted(filter(pathlib.Path.exists, book.made())):
        notebook = notebooks.read(path)
        for data, figure in figures(notebook):
            target = FOLDER / figure.still()
            if target.name not in used and differs(target, new := drawn(figure, page)):
                target.write_bytes(new)
                changed.append(target)
            used.add(target.name)
            data["text/html"] = figure._repr_mimebundle_()[0]["text/html"]
        text = notebooks.dumps(notebook)
        if text != path.read_text(encoding="utf8"):
            path.write_text(text, encoding="utf8")
            changed.append(path)
    for path in FOLDER.glob("*.png"):
        if path.name not in used:
            path.unlink()
            changed.append(path)
    return changed


def main():
    from playwright.sync_api import sync_playwright

    path = make_pdf.chromium()
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for changed in update(notebooks.Book(), browser.new_page()):
            print(changed.name)
        browser.close()


if __name__ == "__main__":
    main()
