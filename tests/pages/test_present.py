"""A page as slides, worked by keys."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def slides(book, chromium):
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto((book / "chapters" / "saddles.html").as_uri())
    page.get_by_role("button", name="Show as slides").click()
    page.wait_for_selector(".present-bar")
    yield page
    assert page.faults == []
    page.close()


SHOWN = """() => [...document.querySelectorAll(".bd-article :is(h1, h2, p, figure)")]
  .filter(e => e.checkVisibility()).map(e => e.tagName)"""


def test_one_thing_to_a_screen(slides):
    assert slides.evaluate(SHOWN) == ["H1"]
    slides.keyboard.press("PageDown")
    assert "FIGURE" in slides.evaluate(SHOWN)
    figure = slides.locator(".present-item .d2lutils-figure svg").first
    assert figure.bounding_box()["height"] > 500
    before = slides.locator(".d2lutils-figure").first
    result = "e => JSON.stringify(e.figureResult)"
    shown = before.evaluate(result)
    slides.get_by_role("slider", name="learning rate").press("ArrowLeft")
    assert before.evaluate(result) != shown  # the figure is alive, the slide stays
    assert slides.locator(".present-bar output").inner_text().startswith("2 /")
    slides.keyboard.press("Escape")
    assert slides.evaluate("document.querySelectorAll('.fig-full').length") == 0
    assert len(slides.evaluate(SHOWN)) > 20


# What of a slide is not seen: below the window or the bar, or beside its formula.
HIDDEN = """() => {
  const slide = document.querySelector(".present-item");
  const formulas = [...slide.querySelectorAll(".formula")];
  const under = document.querySelector(".present-bar").getBoundingClientRect().top;
  return [
    document.documentElement.scrollHeight - innerHeight,
    ...(slide.querySelector(".fig-full") ? [] : [slide.getBoundingClientRect().bottom - under]),
    ...formulas.map(formula => formula.scrollWidth - formula.clientWidth),
  ].some(more => more > 1) && slide.textContent.slice(0, 60);
}"""


@pytest.mark.parametrize("height", [720, 1080])
def test_each_slide_fits_its_screen(book, chromium, height):
    page = chromium.new_page(viewport={"width": height * 16 // 9, "height": height})
    page.goto((book / "chapters" / "vanishing-gradients.html").as_uri())
    page.get_by_role("button", name="Show as slides").click()
    page.wait_for_selector(".present-bar")
    total = int(page.locator(".present-bar output").inner_text().split("/")[1])
    page.keyboard.press("Home")
    for _ in range(total):
        assert page.evaluate(HIDDEN) is False
        page.keyboard.press("PageDown")
    page.close()


def test_slides_print_one_to_a_page(slides, tmp_path):
    import pikepdf

    total = int(slides.locator(".present-bar output").inner_text().split("/")[1])
    slides.pdf(path=tmp_path / "slides.pdf", landscape=True)
    with pikepdf.open(tmp_path / "slides.pdf") as pdf:
        assert total <= len(pdf.pages) <= 1.2 * total


def test_who_wants_it_is_asked_before_a_verdict_is_shown(book, chromium):
    page = chromium.new_page()
    page.goto((book / "chapters" / "saddles.html").as_uri())
    page.get_by_label("Ask me what I believe").check()
    box = page.locator("div.claim").first
    verdict = box.locator(".claim-verdict")
    assert box.locator(".claim-statement").is_visible()
    assert not verdict.is_visible()
    box.get_by_role("button", name="Only in part").click()
    assert verdict.is_visible()
    assert "You said: only in part." in box.inner_text()
    page.reload()  # the choice is remembered, the answer is not
    assert not page.locator("div.claim .claim-verdict").first.is_visible()
    page.get_by_label("Ask me what I believe").uncheck()
    assert page.locator("div.claim .claim-verdict").first.is_visible()
    page.close()
