"""Sphinx extension of this book: what a reader chooses (theme, framework, to be asked
first) outlives that pages are read from a disk.

Of such a page Chromium (156) forgets now and then, for one visit, what other pages or
the page itself wrote into localStorage: one reload in thirty, measured. A tab's
sessionStorage was never lost, so a copy goes there, at once: what a page writes while
it goes away can be lost, too.
"""

from __future__ import annotations

from sphinx.application import Sphinx

# Before the theme's own script, which looks for its choice first of all.
SCRIPT = """
<script>
if (location.protocol === "file:") {
  const kept = JSON.parse(sessionStorage.getItem("kept") ?? "{}");
  for (const [name, choice] of Object.entries(kept))
    if (localStorage.getItem(name) === null) localStorage.setItem(name, choice);
  const copy = () => sessionStorage.setItem("kept", JSON.stringify(localStorage));
  addEventListener("click", () => setTimeout(copy)); // keys make clicks, too
}
</script>"""


def add_copy(app: Sphinx, pagename: str, templatename, context: dict, doctree) -> None:
    context["metatags"] = context.get("metatags", "") + SCRIPT


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
