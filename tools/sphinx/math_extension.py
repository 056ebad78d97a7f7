"""Sphinx extension of this book: formulas are typeset when it is built, as MathML.

A page so needs no script for its formulas, and nothing moves while it opens. Their font
is in chapters/_static (tools/once/make_math_font.py) and goes into a style sheet as
data: a file of its own would come after the first paint.
"""

import base64
import html
import re
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

FONT = Path(__file__).resolve().parents[2] / "chapters" / "_static" / "math.woff2"
CONVERTER = LatexToMathML(fancy_error=False)

# A short formula with what is written to it without a blank: a browser would break the
# line between them.
TOGETHER = re.compile(
    r"([^\s<>]*)"
    r'(<span class="math notranslate nohighlight"[^>]*>(?:(?!</?span).){,1500}</span>)'
    r"([^\s<>]*)",
    re.DOTALL,
)
SHORT = 40  # signs; a longer formula may need a line of its own

logger = logging.getLogger(__name__)


def to_mathml(tex, display=False):
    """A formula as a MathML element.

    Raises
    ------
    LatexError
        Where it is not TeX that math-core knows.
    """
    # Rows that no environment holds together are aligned, as in Sphinx.
    if r"\\" in tex and r"\begin" not in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    written = CONVERTER.convert_with_local_state(tex, displaystyle=display).replace(
        "&ApplyFunction;", "\u2061"
    )
    formula = ElementTree.fromstring(written)
    for element in formula.iter():
        # Browsers raise and shrink the prime of a superscript, which the font has
        # raised already.
        if (
            element.tag == "msup"
            and element[1].tag == "mo"
            and element[1].text in ("′", "″", "‴")
        ):
            element.tag = "mrow"
        if element.tag == "mover" and element[1].text == "˙":
            element[1].set("class", "dot")
        # A row that goes on with a sign adds or subtracts.
        if (
            "padding-left" in element.get("style", "")
            and len(element) > 1
            and element[0].text in ("+", "−")
        ):
            element[0].set("form", "infix")
    return ElementTree.tostring(formula, encoding="unicode")


def convert(tex, display=False, location=None):
    """A formula as MathML; a warning, and its TeX, where it is none."""
    try:
        return to_mathml(tex, display)
    except LatexError as error:
        logger.warning(
            "formula not understood: %s in %s",
            error,
            tex.strip(),
            location=location,
            type="book",
        )
        return html.escape(tex)


def visit_math(self, node):
    marks = {"CLASS": "math notranslate nohighlight", "data-tex": node.astext()}
    self.body.append(self.starttag(node, "span", "", **marks))
    self.body.append(convert(node.astext(), location=node) + "</span>")
    raise nodes.SkipNode


def visit_displaymath(self, node):
    marks = {"CLASS": "math notranslate nohighlight", "data-tex": node.astext()}
    self.body.append(self.starttag(node, "div", **marks))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(
        f'<div class="formula">{convert(node.astext(), True, node)}</div></div>\n'
    )
    raise nodes.SkipNode


def keep_together(body):
    """Formulas in a page, none of them parted from its brackets and its punctuation."""

    def wrap(found):
        before, formula, after = found.groups()
        if not before + after or len(re.sub("<[^>]*>", "", formula)) > SHORT:
            return found[0]
        return f'<span class="together">{before}{formula}{after}</span>'

    return TOGETHER.sub(wrap, body)


def add_style(app, pagename, templatename, context, doctree):
    """The style sheet to pages with formulas."""
    body = context.get("body", "")
    if "<math" in body:
        context["body"] = keep_together(body)
        app.add_css_file("math.css")


def write_style(app):
    if app.builder.format == "html":
        font = base64.b64encode(FONT.read_bytes()).decode()
        data = f'url("data:font/woff2;base64,{font}") format("woff2")'
        style = f"@font-face{{font-family:BookMath;src:{data}}}\n"
        sheet = Path(app.outdir, "_static", "math.css")
        sheet.parent.mkdir(parents=True, exist_ok=True)
        sheet.write_text(style, encoding="utf8")


def setup(app):
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
    app.connect("builder-inited", write_style)
    app.connect("html-page-context", add_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
