"""Sphinx extension of this book: plots to download, under the names of their figures.

Beside the pages of the interactive figures, `figures/NAME.svg` is a plot of the book as
it is drawn, and `figures/NAME.csv` the points of its curves, where it has such. Links
to them close the caption; a page loads neither.
"""

import re
from pathlib import Path

from light_extension import shorten_svg
from plot_data import table

FIGURE = re.compile(
    r'<figure[^>]* id="([\w-]+)"[^>]*>(?:(?!</figure>).)*?</figure>', re.DOTALL
)
IMAGE = re.compile(r'<img [^>]*src="[^"]*_images/([^"/]+(?<!-dark)\.svg)"')
END = re.compile(r"</span>(?=\s*(?:<a class=\"headerlink\"[^>]*>[^<]*</a>\s*)?</p>)")
TITLES = {"svg": "The figure as a file", "csv": "The points of its curves as a table"}


def add_links(app, pagename, templatename, context, doctree):
    """Write the files of a page's plots, and link to them in the captions."""
    if app.builder.format != "html" or doctree is None:
        return
    sources = {name: path for path, name in app.builder.images.items()}
    folder = Path(app.outdir, "figures")

    def linked(match):
        images = IMAGE.findall(match[0])
        if len(images) != 1:
            return match[0]
        svg = Path(app.srcdir, sources[images[0]]).read_text(encoding="utf8")
        files = {"svg": shorten_svg(svg), "csv": table(svg)}
        folder.mkdir(exist_ok=True)
        links = ""
        for kind, text in files.items():
            if text:
                name = f"{match[1]}.{kind}"
                folder.joinpath(name).write_text(text, encoding="utf8")
                address = "../" * pagename.count("/") + f"figures/{name}"
                links += (
                    f' <a href="{address}" download title="{TITLES[kind]}">'
                    f"{kind.upper()}</a>"
                )
        place = [found.start() for found in END.finditer(match[0])][-1]
        files = f'<span class="figure-code">{links}</span>'
        return match[0][:place] + files + match[0][place:]

    context["body"] = FIGURE.sub(linked, context.get("body", ""))


def setup(app):
    app.connect("html-page-context", add_links, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
