"""Sphinx extension of this book, loaded through `_config.yml`.

It makes every page work without the network and from `file://`: icons come from the
theme's own fonts, a page's interactive figures from one classic script. It warns (and
the build runs with warnings as errors) about figures that lack a caption or an alt
text.
"""

import gc
import re
from pathlib import Path

from docutils import nodes
from html_nodes import add_renderer
from plot_data import letters
from pybtex.plugin import find_plugin, register_plugin
from sphinx.util import logging

from d2lutils.interactive import bundle

FIGURE = '<div class="d2lutils-figure"'
LEGIBLE = 10  # pixels: the least size of letters

logger = logging.getLogger(__name__)


def write_assets(app):
    """Write the style of the interactive figures into the built book's `_static`."""
    if app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    static.joinpath("interactive.css").write_text(bundle()[1], encoding="utf8")
    app.add_css_file("interactive.css")
    app.add_css_file("book.css", priority=900)
    app.add_js_file("book.js", loading_method="defer")


def add_script(app, pagename, templatename, context, doctree):
    """Give a page the script of the interactive figures on it."""
    kinds = sorted(set(re.findall(r'data-figure="(\w+)"', context.get("body", ""))))
    if kinds:
        name = f"interactive-{'-'.join(kinds)}.js"
        Path(app.outdir, "_static", name).write_text(bundle(kinds)[0], encoding="utf8")
        app.add_js_file(name, loading_method="defer")


def drop_thebe(app, pagename, templatename, context, doctree):
    """Thebe would fetch its code from a CDN; the launch buttons do its work."""
    for key in ("script_files", "css_files"):
        context[key] = [
            file
            for file in context.get(key, [])
            if "thebe" not in repr(vars(file)).lower()
        ]


class FigureRenderer:
    """A plug-in of MyST-NB: of a figure, the element alone.

    The page loads one script for all of its figures.
    """

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type == "text/html" and data.string.startswith(FIGURE):
            element = re.sub(r"<img[^>]*>|<style>.*", "", data.string, flags=re.DOTALL)
            return [nodes.raw("", element, format="html", classes=["output"])]
        return None


def is_output(node):
    """Whether a node is one of the forms in which a cell displays its result."""
    return isinstance(node.parent, nodes.container) and "mime_type" in node.parent


def add_dark_figures(app, doctree):
    """Beside each plot, its copy for the dark theme; the theme shows the one that fits.

    A filter in the style sheet would not do: inverting changes which curve is called
    blue or orange.
    """
    for image in list(doctree.findall(nodes.image)):
        if is_output(image) and image["uri"].endswith(".svg"):
            path = Path(app.env.relfn2path(image["uri"], app.env.docname)[1])
            dark = image.deepcopy()
            dark["uri"] = image["uri"].removesuffix(".svg") + "-dark.svg"
            path.with_name(path.stem + "-dark.svg").write_text(
                darken(path.read_text(encoding="utf8")), encoding="utf8"
            )
            image["classes"].append("only-light")
            dark["classes"].append("only-dark")
            image.parent.insert(image.parent.index(image) + 1, dark)


def darken(svg):
    """A plot drawn on white, for a dark page.

    Greys change sides, colours stay and the darkest get lighter.
    """

    def recolour(match):
        red, green, blue = channels = [int(match[1][i : i + 2], 16) for i in (0, 2, 4)]
        if (
            max(channels) - min(channels) < 30
        ):  # white becomes the theme's #121212, black almost white
            channels = [round(18 + (255 - channel) * 0.87) for channel in channels]
        elif 0.3 * red + 0.59 * green + 0.11 * blue < 100:
            channels = [round(channel + (255 - channel) * 0.25) for channel in channels]
        return "#{:02x}{:02x}{:02x}".format(*channels)

    # What names no fill is black.
    return re.sub(
        r"#([0-9a-fA-F]{6})\b",
        recolour,
        svg.replace("<svg ", '<svg fill="#000000" ', 1),
    )


def mend_body(app, pagename, templatename, context, doctree):
    """Small repairs of the written HTML that no option reaches."""
    if "body" in context:
        # A reader of the light theme need not load the dark theme's figures.
        body = context["body"].replace(
            'class="only-dark', 'loading="lazy" class="only-dark'
        )
        # A plot that comes late finds its place waiting.
        sources = {
            name: Path(app.srcdir, path) for path, name in app.builder.images.items()
        }
        body = re.sub(
            r'(?<=<img )(?=[^>]*src="[^"]*_images/([^"]+\.svg)")',
            lambda m: size(sources[m[1]]),
            body,
        )
        # Who listens hears what a link mark does, and not its sign.
        body = re.sub(
            r'(<a class="headerlink"[^>]* title="([^"]*)")', r'\1 aria-label="\2"', body
        )
        # docutils writes a role that WAI-ARIA has given up since, within role="list".
        body = body.replace('role="doc-biblioentry"', 'role="listitem"')
        # A quarter of a chapter would be markup of names and punctuation in the colour
        # that code has anyway.
        body = re.sub(r'<span class="[npw]">([^<]*)</span>', r"\1", body)
        # Sphinx marks each word of code, so that no line breaks within; here it may.
        context["body"] = re.sub(r'<span class="pre">([^<]*)</span>', r"\1", body)


def size(plot):
    """Width and height of a plot by Matplotlib, as attributes of its <img>, and for the
    style sheet the width at which its smallest letters are legible.
    """
    svg = plot.read_text(encoding="utf8")
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    width, height = (round(float(points) * 4 / 3) for points in box.groups())
    legible = round(width * LEGIBLE / (letters(svg) * 4 / 3))
    return f'width="{width}" height="{height}" style="--legible: {legible}px" '


def check_figures(app, doctree):
    """Warn about computed figures without a caption and images without an alt text."""

    def warn(node, message):
        logger.warning(message, location=node, type="book", subtype="figure")

    def in_captioned_figure(node):
        while node is not None and not isinstance(node, nodes.figure):
            node = node.parent
        return node is not None and any(
            isinstance(child, nodes.caption) for child in node
        )

    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            warn(
                image,
                "image without alt text: say what is seen in the cell metadata "
                "mystnb.image.alt",
            )
        if is_output(image) and not in_captioned_figure(image):
            warn(
                image,
                "computed figure without caption: write one in the cell metadata "
                "mystnb.figure.caption",
            )
    for raw in doctree.findall(nodes.raw):
        if 'class="d2lutils-figure"' in raw.astext() and not in_captioned_figure(raw):
            warn(
                raw,
                "interactive figure without caption: write one in the cell metadata "
                "mystnb.figure.caption",
            )


def keep_garbage(app):
    """Do not look for garbage while the book is built.

    Nearly all of its million nodes live to the end, and looking takes a third of the
    time.
    """
    if gc.isenabled():
        gc.disable()
        app.connect("build-finished", lambda app, exception: gc.enable())


def remember_plain_text():
    """Each of the citations asks for this part of pybtex, which looks it up anew among
    all installed packages: an eighth of the build.
    """
    asked = "pybtex.backends", "plaintext"
    register_plugin(*asked, find_plugin(*asked), force=True)


def setup(app):
    add_renderer(app, FigureRenderer)
    keep_garbage(app)
    remember_plain_text()
    app.connect("builder-inited", write_assets)
    app.connect("doctree-read", check_figures)
    app.connect(
        "doctree-read", add_dark_figures, priority=400
    )  # before Sphinx collects the images
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("html-page-context", mend_body)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
