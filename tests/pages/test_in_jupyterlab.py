"""The notebooks where readers open them: JupyterLab, in Chromium.

A fresh clone is not trusted: no script of it runs, no SVG of it is shown.
"""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import notebooks
import pytest

pytestmark = pytest.mark.browser

ALIVE = ".d2lutils-figure.fig-alive"
PICTURE = ".d2lutils-figure img[alt]"
IDLE = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A copy of the landing page and of one chapter, as notebooks."""
    root = tmp_path_factory.mktemp("book")
    (root / "chapters").mkdir()
    for name in ("index", "risk"):
        shutil.copy(notebooks.Book().notebook(name), root / "chapters")
    return root


@pytest.fixture(scope="module")
def lab(book):
    """The address of a running JupyterLab."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--IdentityProvider.token="]
    command += ["--LabApp.news_url=", "--notebook-dir", book / "chapters"]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=5)
            break
        except OSError:
            assert server.poll() is None
            time.sleep(0.2)
    yield address
    server.terminate()
    try:  # now and then it waits for a thread of its own that never ends
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@pytest.fixture
def page(chromium, lab):
    made = chromium.new_page(viewport={"width": 1280, "height": 1000})
    made.set_default_timeout(120_000)
    yield made
    made.close()


def open_notebook(page, lab, name):
    page.goto(f"{lab}/lab/tree/{name}.ipynb?reset")
    page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1")


def test_a_figure_is_a_picture_until_it_is_run_and_then_stays_alive(page, lab, book):
    path = book / "chapters" / "index.ipynb"
    before = notebooks.read(path)
    open_notebook(page, lab, "index")
    page.wait_for_selector(PICTURE)
    assert page.locator(ALIVE).count() == 0
    # Cells that one runs before the kernel is there are not run at all.
    page.wait_for_selector(IDLE)
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_selector(ALIVE)
    page.wait_for_selector(IDLE)
    assert page.locator(PICTURE).count() == 0
    with page.expect_response(lambda r: r.request.method == "PUT") as saved:
        page.keyboard.press("Control+s")
    assert saved.value.ok
    # What is saved is what was there, but for what each front end writes of itself.
    after = notebooks.read(path)
    assert after.cells == before.cells
    assert not notebooks.faults(path, before, notebooks.Book(book))
    page.reload()
    page.wait_for_selector(ALIVE)
    assert "model not found" not in page.locator("body").inner_text()


def test_an_untrusted_chapter_shows_its_figures_and_claims(page, lab):
    open_notebook(page, lab, "risk")
    picture = page.wait_for_selector('.jp-RenderedImage img[src^="data:image/png"]')
    assert picture.bounding_box()["width"] > 300
    claim = page.wait_for_selector(".claim")
    style = claim.evaluate("e => getComputedStyle(e).borderLeftWidth")
    assert style == "5px"
    text = page.locator(".jp-Notebook").inner_text()
    assert not notebooks.MYST.search(text)
    # A link within the notebook arrives.
    page.get_by_role("link", name="Figure 1.2").first.click()
    heading = page.locator("h2", has_text="1.1. Two functions")
    heading.wait_for()
    assert -50 < heading.bounding_box()["y"] < 1000
