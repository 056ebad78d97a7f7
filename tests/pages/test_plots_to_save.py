"""The plots of the pages as files under the names of their figures, with their data."""

import csv
import io
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from xml.etree import ElementTree

import numpy as np
import plot_data
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from soup import parse

from d2lutils import landscapes

SVG = "{http://www.w3.org/2000/svg}"


def rows(text, curve=None):
    found = csv.DictReader(io.StringIO(text))
    return [row for row in found if curve in (None, row["curve"])]


def columns(found, *names):
    return [np.array([float(row[name]) for row in found]) for name in names]


@pytest.fixture
def drawn():
    """drawn(figure) is the figure as SVG, as notebooks keep it."""

    def draw(figure):
        file = io.StringIO()
        FigureCanvasSVG(figure).print_svg(file)
        return file.getvalue()

    return draw


def test_curves_marks_and_bars_are_read_on_all_kinds_of_axes(drawn):
    rng = np.random.default_rng(0)
    x, counts = np.geomspace(0.3, 2000, 40), np.array([3.0, 1, 4])
    waves, cloud = np.sin(np.log(x)), rng.normal(1e5, 2e4, (30, 2))
    figure = Figure(figsize=(9, 6))
    axes = figure.subplots(2, 2)
    axes[0, 0].loglog(x, 2 + waves, "C1--", label="wave")
    axes[0, 0].loglog(x, x, "C2", label="line")
    axes[0, 0].legend()
    axes[0, 0].set(xlabel="size", ylabel="height")
    axes[0, 1].scatter(*cloud.T, label="cloud")
    axes[0, 1].set(xlabel="far", ylabel="off")
    axes[1, 0].bar([1, 2, 3], counts)
    axes[1, 0].set(xlabel="number", ylabel="count")
    axes[1, 1].barh(["one", "two", "three"], counts)
    axes[1, 1].set(xlabel="length", ylabel="bar")
    text = plot_data.table(drawn(figure))
    size, height = columns(rows(text, "wave"), "x", "y")
    np.testing.assert_allclose(size, x, rtol=1e-5)
    np.testing.assert_allclose(height, 2 + waves, rtol=1e-5)
    assert {row["panel"] for row in rows(text, "wave")} == {"height"}
    points = [row for row in rows(text) if row["panel"] == "off"]
    got = np.transpose(columns(points, "x", "y"))
    np.testing.assert_allclose(got, cloud, rtol=1e-6)
    bars = [row for row in rows(text) if row["panel"] == "count"]
    np.testing.assert_allclose(columns(bars, "x", "y"), [[1, 2, 3], counts], rtol=1e-6)
    lying = [(r["y"], float(r["x"])) for r in rows(text) if r["panel"] == "bar"]
    assert lying == [("one", 3.0), ("two", 1.0), ("three", 4.0)]


def test_what_has_no_curves_has_no_table(drawn):
    figure = Figure()
    figure.subplots().imshow(np.eye(3))
    assert plot_data.table(drawn(figure)) == ""


def plots(book):
    """(path of the page, figure) of each plot of the book."""
    for path in [book / "index.html", *sorted(book.glob("chapters/*.html"))]:
        for figure in parse(path).select("figure[id]:has(img.only-light)"):
            yield path, figure


def test_each_plot_has_its_files_and_nearly_all_have_tables(book):
    tables = 0
    for path, figure in plots(book):
        links = figure.select("figcaption .figure-code a[download]")
        files = {link.get_text(): path.parent / link["href"] for link in links}
        name = figure["id"]
        assert ElementTree.parse(files.pop("SVG")).getroot().tag == SVG + "svg"
        for file in files.values():
            assert file.name == f"{name}.csv"
            found = rows(file.read_text(encoding="utf8"))
            assert all(row["curve"] and row["x"] and row["y"] for row in found)
            tables += len(found) > 2
    assert tables >= 80


def test_a_table_has_the_numbers_of_what_is_drawn(book):
    text = (book / "figures" / "fig-risk-curves.csv").read_text(encoding="utf8")
    x, y = columns(rows(text, "risk f"), "x", "y")
    assert len(x) > 50
    np.testing.assert_allclose(y, landscapes.risk().f(x[:, None]), atol=2e-6)
    np.testing.assert_allclose(y, x * np.cos(np.pi * x), atol=2e-6)


@pytest.fixture
def served(book):
    """The address of the book on a server."""
    handler = partial(QuietHandler, directory=book)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.mark.browser
def test_a_click_saves_the_file_and_opens_it_where_there_is_no_server(
    chromium, book, served
):
    page = chromium.new_page(accept_downloads=True)
    page.goto(f"{served}/chapters/risk.html")
    links = page.locator("#fig-risk-curves .figure-code")
    for kind in ("SVG", "CSV"):
        with page.expect_download() as download:
            links.get_by_role("link", name=kind).click()
        assert download.value.suggested_filename == f"fig-risk-curves.{kind.lower()}"
    page.goto((book / "chapters" / "risk.html").as_uri())
    links.get_by_role("link", name="SVG").click()
    page.wait_for_url((book / "figures" / "fig-risk-curves.svg").as_uri())
    page.close()


@pytest.mark.browser
def test_the_letters_of_plots_are_legible_on_a_phone(chromium, book):
    page = chromium.new_page(viewport={"width": 390, "height": 780})
    sizes = {}
    for path in sorted(book.glob("chapters/*.html")):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for figure in page.locator("figure:has(img.only-light)").all():
            name = figure.get_attribute("id")
            svg = (book / "figures" / f"{name}.svg").read_text(encoding="utf8")
            image = figure.locator("img.only-light")
            image.scroll_into_view_if_needed()
            width = float(ElementTree.fromstring(svg).get("viewBox").split()[2])
            points = plot_data.letters(svg)
            sizes[name] = points * image.bounding_box()["width"] / width
    page.close()
    assert len(sizes) > 80
    assert {name: size for name, size in sizes.items() if size < 9.95} == {}
