"""A browser, and a page that shows a figure from file://, as in the built book."""

import shutil

import pytest

from d2lutils.interactive import bundle


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    # The first one has no windows, and takes three quarters of the time.
    names = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("no Chromium found: install the package chromium")
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def show(page, tmp_path):
    """show(figure, width, height) opens a file that holds the figure alone and returns
    the page. `figure` is the id of the figure that it stands in, as in the book;
    `before` is the height of what stands before it.
    """
    errors = []

    def on_error(error):
        errors.append(str(error))

    def on_request(request):
        if request.url[:5] not in ("file:", "data:", "blob:"):
            errors.append(request.url)

    script, style = bundle()

    def open_file(made, width=1000, height=900, figure="", before=0):
        element = made.html()
        if figure:
            element = (
                f'<div style="height:{before}px" id="elsewhere"></div>'
                f'<figure id="{figure}">{element}</figure>'
                '<div style="height:900px"></div>'
            )
        file = tmp_path / "figure.html"
        file.write_text(
            "<!doctype html><html lang=en><meta charset=utf8><meta name=viewport "
            "content='width=device-width'>"
            f"<title>figure</title><style>{style}</style>{element}<script>{script}</script></html>",
            encoding="utf8",
        )
        page.set_viewport_size({"width": width, "height": height})
        page.goto(file.as_uri())
        return page

    page.on("pageerror", on_error)
    page.on("request", on_request)
    yield open_file
    page.remove_listener("pageerror", on_error)
    page.remove_listener("request", on_request)
    assert errors == []
