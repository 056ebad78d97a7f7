"""A Sphinx extension for the reference of the library: plain docstrings, as d2lutils writes them, become pages.

The docstrings are meant to be read in a terminal: paragraphs, `names` in backticks, examples indented by four
spaces. Here they turn into reStructuredText for sphinx.ext.autodoc, which would take |x| for a substitution.
"""

import re
import warnings
from functools import partial

from sphinx.ext import autodoc


def setup(app):
    warnings.filterwarnings("ignore", module="mxnet")
    app.setup_extension("sphinx.ext.autodoc")
    app.config.autodoc_typehints = "none"
    app.config.autodoc_preserve_defaults = True
    app.config.autodoc_member_order = "bysource"
    app.config.autodoc_default_options = {"members": True}
    app.config.add_module_names = False
    app.connect("autodoc-process-docstring", to_rst)
    # No option of autodoc's shortens the value of a constant; it writes all of it, or none.
    autodoc.object_description = partial(beginning, autodoc.object_description)
    return {"parallel_read_safe": True}


def beginning(describe, value, length=60):
    """What `describe` says of a value, cut off where it gets long."""
    text = describe(value)
    return text if len(text) <= length else f"{text[:length]} …"


def to_rst(app, what, name, obj, options, lines):
    """Rewrite the lines of a docstring in place: paragraph by paragraph, indented ones as code."""
    blocks = re.split(r"\n\s*\n", "\n".join(lines).strip("\n"))
    lines[:] = [
        *"\n\n".join(
            f"::\n\n{b}" if b.startswith("    ") else _text(b) for b in blocks
        ).split("\n"),
        "",
    ]


def _text(paragraph):
    """A paragraph in which `code` stays code and all else is text and nothing but text.

    A directive, such as a formula, stays as it is.
    """
    if paragraph.startswith(".. "):
        return paragraph
    parts = re.split(r"`+([^`]+)`+", re.sub(r"\s*\n\s*", " ", paragraph))
    return "".join(
        rf"\ ``{p}``\ " if i % 2 else re.sub(r"([\\*|_])", r"\\\1", p)
        for i, p in enumerate(parts)
    )
