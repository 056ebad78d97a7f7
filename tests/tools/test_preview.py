"""A page follows its source: text at once, code after it has run; nothing of it touches
the book's own notebooks.
"""

import os
import shutil
import time
import urllib.request

import notebooks
import preview
import pytest

SOURCE = """---
kernelspec:
  name: python3
  display_name: Python 3
---

(page)=
# A page

The text of {cite:t}`lee2016gradient`.

```{code-cell} ipython3
print("twice", 2 * 21)
```

```{bibliography}
```
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The preview of a book of one page, whose cell has run."""
    root = tmp_path_factory.mktemp("book")
    (root / "chapters" / "sources").mkdir(parents=True)
    shutil.copy(notebooks.ROOT / "_config.yml", root)
    shutil.copy(notebooks.ROOT / "chapters" / "references.bib", root / "chapters")
    for name in ("_static", "_templates"):
        shutil.copytree(notebooks.ROOT / "chapters" / name, root / "chapters" / name)
    (root / "tools").symlink_to(notebooks.ROOT / "tools")
    (root / "_toc.yml").write_text("format: jb-book\nroot: chapters/page\n")
    (root / "chapters" / "sources" / "page.md").write_text(SOURCE)
    notebooks.sync(notebooks.Book(root))
    made, before = preview.Copy(root), os.getcwd()
    os.chdir(root)
    assert made.build()
    yield made
    os.chdir(before)


def save(copy, old, new):
    """Change the source as a writer would, and let the preview follow; the page
    afterwards, and the seconds.
    """
    source = copy.book.sources / "page.md"
    before = copy.seen()
    source.write_text(source.read_text().replace(old, new))
    now = copy.seen()
    changed = [path for path in now if now[path] != before.get(path)]
    assert changed == [source]
    start = time.monotonic()
    copy.follow(changed)
    return (copy.html / "chapters" / "page.html").read_text(), time.monotonic() - start


def test_text_is_seen_without_running_anything(copy, monkeypatch, capsys):
    stored = copy.book.notebook("page").read_text()
    assert "twice 42" in (copy.html / "chapters" / "page.html").read_text()
    monkeypatch.setattr(notebooks, "execute", lambda *_: pytest.fail("executed"))
    page, seconds = save(copy, "The text of", "A new text of")
    assert "A new text of" in page
    assert "twice 42" in page
    assert copy.book.notebook("page").read_text() == stored
    with capsys.disabled():
        print(f" from saving to the page: {seconds:.1f} s ", end="")


def test_code_is_run_and_a_cell_that_fails_is_told(copy):
    page, _ = save(copy, "2 * 21", "3 * 14 + 1")
    assert "twice 43" in page
    with pytest.raises(Exception, match="ZeroDivisionError"):
        save(copy, "3 * 14 + 1", "1 / 0")
    page, _ = save(copy, "1 / 0", "3 * 14 + 1")
    assert "twice 43" in page


def test_an_open_page_asks_for_newer_ones(copy):
    server = preview.serve(copy, 0)
    address = f"http://127.0.0.1:{server.server_port}"

    def get(path):
        with urllib.request.urlopen(address + path, timeout=10) as reply:
            return reply.read().decode()

    assert "location.reload()" in get("/chapters/page.html")
    assert "location.reload()" not in get("/_static/book.js")
    before = get("/version")
    copy.build()
    assert int(get("/version")) > int(before)
    server.shutdown()
