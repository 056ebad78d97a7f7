"""The interactive figures' own pages, to be shown in other sites."""

import axe_playwright_python
import pytest
from soup import parse

TITLE = "What Makes Deep Learning Hard?"
pytestmark = pytest.mark.browser


def test_each_figure_of_the_book_has_a_page_that_leads_back(book):
    for path in sorted(book.glob("chapters/*.html")):
        for figure in parse(path).select("figure[id]:has(.d2lutils-figure)"):
            own = parse(book / "figures" / f"{figure['id']}.html")
            kind, state = "data-figure", "data-state"
            here, there = (f.select_one(".d2lutils-figure") for f in (figure, own))
            assert (here[kind], here[state]) == (there[kind], there[state])
            back = f"../chapters/{path.name}#{figure['id']}"
            link = own.select_one("figcaption a")
            assert link["href"] == back
            assert link.get_text().startswith(f"{TITLE}: ")
            assert "JavaScript" not in own.select_one("figcaption").get_text()
            said = own.select_one("figcaption").get_text()
            assert (
                said.split()[:6]
                == (figure.select_one(".caption-text").get_text().split()[:6])
            )


def test_a_page_of_a_figure_is_one_file_and_takes_settings(book, chromium):
    paths = sorted(book.glob("figures/*.html"))
    assert len(paths) >= 13
    page = chromium.new_page(viewport={"width": 390, "height": 780})
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in paths:
        page.goto(path.as_uri())
        page.locator(".fig-alive svg").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.set_viewport_size({"width": 800, "height": 780})
        # as the page for lecturers says, once the figure has been drawn for this width
        page.wait_for_function(
            "document.querySelector('main').offsetHeight + 24 <= 60 * 16"
        )
        page.set_viewport_size({"width": 390, "height": 780})
    page.add_script_tag(path=f"{axe_playwright_python.__path__[0]}/axe.min.js")
    found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
    assert [rule for rule in found if rule != "page-has-heading-one"] == []
    assert errors == []
    pages = [url for url in asked if not url.startswith(("data:", "blob:"))]
    assert pages == [path.as_uri() for path in paths]

    own = (book / "figures" / "fig-saddles-interactive.html").as_uri()
    page.goto(own + "#fig-saddles-interactive?eps=0.1")
    start = "document.querySelector('.d2lutils-figure').figureResult.points[0][0]"
    assert page.evaluate(start) == 0.1
    page.close()


def test_a_frame_leaves_the_page_around_it_alone(book, chromium, tmp_path):
    own = (book / "figures" / "fig-saddles-interactive.html").as_uri()
    address = f"{own}?theme=light#fig-saddles-interactive?eps=0.1"
    course = tmp_path / "course.html"
    course.write_text(
        f"<p style='height: 2000px'></p><iframe src='{address}'></iframe>"
    )
    page = chromium.new_page(color_scheme="dark")
    page.goto(course.as_uri())
    page.frame_locator("iframe").locator(".fig-alive").wait_for()
    page.wait_for_timeout(100)
    assert page.evaluate("scrollY") == 0
    frame = page.frames[1]
    assert frame.evaluate("document.documentElement.dataset.theme") == "light"
    frame.locator("figcaption a").click()
    page.wait_for_url("**/chapters/saddles.html#fig-saddles-interactive")
    page.close()
