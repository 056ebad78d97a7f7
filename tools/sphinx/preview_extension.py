"""Sphinx extension of this book: what search engines and other sites show of a page.

That is its first paragraph and a picture.
"""

from html import escape
from urllib.parse import urljoin

from docutils import nodes

IMAGE = "_static/preview.png"  # tools/once/make_preview.py
LENGTH = 200


def describe(doctree, length=LENGTH):
    """The first sentences of a page outside boxes and lists, as many as fit, or ""."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        if isinstance(paragraph.parent, nodes.section):
            text = " ".join(paragraph.astext().split())
            end = text.rfind(". ", 0, length) + 1
            return (
                text
                if len(text) <= length
                else (end > length / 4 and text[:end])
                or text[: text.rfind(" ", 0, length)] + " …"
            )
    return ""


def add_tags(app, pagename, templatename, context, doctree):
    book, address = app.config.html_title or app.config.project, app.config.html_baseurl
    title = app.env.titles[pagename].astext() if pagename in app.env.titles else book
    description = describe(doctree) or f"{title}, in the book {book}"
    if address:
        image, page = (
            urljoin(address, IMAGE),
            urljoin(address, app.builder.get_target_uri(pagename)),
        )
    else:
        image, page = context["pathto"](IMAGE, resource=True), ""
    tags = {
        "description": description,
        "og:title": title,
        "og:description": description,
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:site_name": book,
        "og:url": page,
        "og:image": image,
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": (
            f"{book} Beside the title, gradient descent leaves a saddle point."
        ),
        "twitter:card": "summary_large_image",
    }
    context["metatags"] = context.get("metatags", "") + "".join(
        f'\n<meta {key_of(name)}="{name}" content="{escape(content)}"/>'
        for name, content in tags.items()
        if content
    )


def key_of(name):
    """The attribute in which a tag has its name: OpenGraph has one of its own."""
    return "property" if name.startswith("og:") else "name"


def setup(app):
    app.connect("html-page-context", add_tags)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
