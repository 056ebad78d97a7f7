"""Sphinx extension of this book: a page of its own for each interactive figure.

`figures/NAME.html` is one file with all that it needs, to be shown in a frame of
another site: the figure, its caption, and a link to where it stands in the book. It
takes its settings from its address, as the figure in the book does; `?theme=light` or
`?theme=dark` before them suits the page around it, whatever a reader's system prefers.
"""

import re
from pathlib import Path

from d2lutils.interactive import bundle

FIGURE = re.compile(
    r'<figure[^>]* id="([\w-]+)"[^>]*>(?:(?!</figure>).)*?'
    r'(<div class="d2lutils-figure" data-figure="(\w+)".*?</div>)(.*?)</figure>',
    re.DOTALL,
)
CAPTION = re.compile(
    r'<span class="caption-text">(.*?)</span>\s*(?:<a|</p>)', re.DOTALL
)

PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
html {{ --pst-color-text-base: #222832; --pst-color-background: #fff; }}
html[data-theme="dark"] {{
  --pst-color-text-base: #ced6dd; --pst-color-background: #121212;
  color-scheme: dark;
}}
body {{
  color: var(--pst-color-text-base); background: var(--pst-color-background);
  font-family: system-ui, sans-serif; margin: 0.75rem auto; max-width: 46rem;
  padding: 0 0.75rem;
}}
main, figure {{ margin: 0; }}
figcaption {{ font-size: 0.9rem; line-height: 1.5; margin-top: 0.75rem; }}
figcaption a {{ color: inherit; }}
{style}
</style>
<script>
document.documentElement.dataset.theme =
  new URLSearchParams(location.search).get("theme") ||
  (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
</script>
<main>
<figure id="{name}">
{element}
<figcaption>
{caption} <a href="{page}#{name}" target="_top">{book}: {title}</a>
</figcaption>
</figure>
</main>
<script>{script}</script>
</html>
"""


def write_figures(app, pagename, templatename, context, doctree):
    """Write a page for each interactive figure of a page of the book."""
    if app.builder.format != "html" or doctree is None:
        return
    folder = Path(app.outdir, "figures")
    for name, element, kind, rest in FIGURE.findall(context.get("body", "")):
        script, style = bundle([kind])
        caption = CAPTION.search(rest)
        folder.mkdir(exist_ok=True)
        page = PAGE.format(
            title=re.sub(r"<[^>]*>", "", context.get("title", "")),
            book=app.config.html_title or app.config.project,
            page=f"../{pagename}.html",
            name=name,
            element=element,
            caption=alone(caption[1]) if caption else "",
            script=script,
            style=style,
        )
        folder.joinpath(f"{name}.html").write_text(page, encoding="utf8")


def alone(caption):
    """A caption without links to the book's pages: they are elsewhere from here."""
    code = r'<span class="figure-code">.*?</span>'
    return re.sub(r"</?a\b[^>]*>", "", re.sub(code, "", caption, flags=re.DOTALL))


def setup(app):
    app.connect("html-page-context", write_figures, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
