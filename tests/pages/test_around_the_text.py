"""What stands around the text of a page: licence, citation, copied formulas, paper."""

import pytest

pytestmark = pytest.mark.browser
CHAPTER = "risk"


@pytest.fixture
def page(book, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.goto((book / "chapters" / f"{CHAPTER}.html").as_uri())
    yield made
    context.close()


def test_each_page_says_its_licence_and_how_to_cite_it(page):
    footer = page.locator(".about-page")
    assert "CC BY-SA 4.0" in footer.inner_text()
    footer.locator("summary").click()
    entry = footer.locator("pre").inner_text()
    assert "title = {Empirical risk and risk}" in entry
    assert "booktitle = {What Makes Deep Learning Hard?}" in entry


COPY = """([from, to]) => {
  const range = document.createRange();
  range.setStartBefore(from);
  range.setEndAfter(to);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  const data = new DataTransfer();
  const copy = new ClipboardEvent("copy", { clipboardData: data, cancelable: true, bubbles: true });
  from.dispatchEvent(copy);
  return data.getData("text/plain");
}"""


def test_a_copied_formula_is_its_tex(page):
    formula = page.locator("div.math").first.element_handle()
    tex = formula.get_attribute("data-tex").strip()
    assert page.evaluate(COPY, [formula, formula]).strip() == f"$${tex}$$"
    text = page.locator("p:has(span.math)").first.element_handle()
    inline = text.query_selector("span.math").get_attribute("data-tex")
    copied = page.evaluate(COPY, [text, text])
    assert f"${inline}$" in copied
    assert "#" not in copied


def test_text_of_twice_the_size_stays_on_the_screen(page):
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.add_style_tag(content=":root { font-size: 200% }")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for button in ("Search", "Download"):
            found = page.get_by_role("button", name=button).locator("visible=true")
            for i in range(found.count()):
                box = found.nth(i).bounding_box()
                assert 0 <= box["x"] <= width - box["width"]


def test_on_paper_boxes_and_figures_stay_whole_and_asides_are_open(page):
    page.emulate_media(media="print")
    broken = """[...document.querySelectorAll(".claim, .bd-article figure")]
      .filter(e => getComputedStyle(e).breakInside !== "avoid").length"""
    assert page.evaluate(broken) == 0
    hidden = """[...document.querySelectorAll("details.beside > div > p")]
      .filter(e => !e.checkVisibility({ contentVisibilityAuto: true })).length"""
    assert page.evaluate(hidden) == 0
    solutions = page.locator(".solution.dropdown section")
    assert not any(s.is_visible() for s in solutions.all())


def test_the_ledger_is_filtered_by_words_page_and_verdict(page, book):
    page.goto((book / "chapters" / "claims.html").as_uri())
    rows = page.locator(".claims-ledger tbody tr")
    whole = rows.count()
    page.get_by_label("Verdict").select_option("refuted")
    visible = rows.locator("visible=true")
    assert 0 < visible.count() < whole
    assert all("refuted" in text for text in visible.all_inner_texts())
    page.get_by_label("Verdict").select_option("")
    page.get_by_label("Words").fill("dropout")
    assert all("dropout" in text.lower() for text in visible.all_text_contents())
    assert (
        f"{visible.count()} of {whole}" in page.locator(".ledger-filter").inner_text()
    )
