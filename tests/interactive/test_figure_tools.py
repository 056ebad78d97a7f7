"""What every interactive figure offers beside its controls, in Chromium from file://:
address, Reset, Step, Pin, full screen, files.
"""

import csv
import io
import re
from xml.etree import ElementTree

import axe_playwright_python
import numpy as np
import pytest
from figures import FIGURES, grokking, result, spoken
from PIL import Image

from d2lutils import interactive

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def reopen(page):
    """reopen(hash) goes to the same page with another address, as from elsewhere."""

    def open_at(fragment):
        address = page.url.split("#")[0] + fragment
        page.goto("about:blank")
        page.goto(address)
        return page

    return open_at


def wait_for_address(page):
    page.wait_for_function("location.hash.includes('?')")
    page.wait_for_timeout(400)  # it is written once the reader has stopped
    return page.evaluate("location.hash")


def saved(page, kind, tmp_path):
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Save as {kind}").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == f"fig-tried.{kind.lower()}"
    return path


def state(page):
    return page.evaluate("document.querySelector('.fig-controls').innerText") + str(
        page.eval_on_selector_all(
            ".d2lutils-figure :is(input, select)",
            "all => all.map(e => [e.value, e.checked])",
        )
    )


@pytest.mark.parametrize("make", FIGURES)
def test_the_address_leads_back_to_the_settings(show, reopen, make):
    page = show(make(), figure="fig-tried", before=2000)
    first = result(page)
    for slider in page.locator("input[type=range]").all()[:1]:
        slider.press("Home")
    for slider in page.locator("input[type=range]").all()[1:]:
        slider.press("ArrowLeft")
    for handle in page.get_by_role("slider").all():
        if handle.get_attribute("tabindex"):
            handle.press("ArrowRight")
    set_, fragment, inputs = result(page), wait_for_address(page), state(page)
    assert fragment.startswith("#fig-tried?")
    assert set_ != first

    reopen(fragment)
    assert result(page) == set_
    assert state(page) == inputs
    top = page.locator("figure").bounding_box()["y"]
    assert abs(top) < 40, "the link does not scroll to the figure"

    page.get_by_role("button", name="Reset").click()
    assert result(page) == first


def test_links_in_a_page_and_the_way_back(show):
    page = show(interactive.saddle(), figure="fig-tried")
    first = result(page)["points"][0]
    follow = (
        "hash => { const a = document.createElement('a'); a.href = hash; a.click(); }"
    )
    for hash_, start in (("?eps=0.1", 0.1), ("?eps=0.01&along=-0.5", 0.01)):
        page.evaluate(follow, "#fig-tried" + hash_)
        page.wait_for_function(
            "start => document.querySelector('.d2lutils-figure')"
            ".figureResult.points[0][0] === start",
            arg=start,
        )
    page.go_back()
    page.wait_for_timeout(100)
    assert result(page)["points"][0] == [0.1, 0.9]
    page.go_back()
    page.wait_for_timeout(100)
    assert result(page)["points"][0] == first
    page.evaluate(follow, "#elsewhere")  # an ordinary anchor leaves the figure alone
    page.get_by_role("slider", name="distance").press("ArrowRight")
    assert result(page)["points"][0] != first
    page.evaluate(follow, "#fig-tried")
    page.wait_for_timeout(100)
    assert result(page)["points"][0] != first


def test_an_address_has_what_can_be_set_and_no_data(show):
    page = show(grokking(), figure="fig-tried")
    page.get_by_role("slider", name="network").press("ArrowRight")
    settings = "gain=2&weight_decay=0.001&network=1&threshold=0.05&step=1000"
    assert wait_for_address(page) == "#fig-tried?" + settings


@pytest.mark.parametrize(
    "query",
    ["lr=", "lr=fast", "lr=NaN", "start=0.1,x", "landscape=moon", "landscape", "x=1"],
)
def test_nonsense_in_the_address_is_passed_over(show, reopen, query):
    first = result(show(interactive.descent(), figure="fig-tried"))
    assert result(reopen("#fig-tried?" + query)) == first


def test_a_part_of_the_settings_brings_what_it_implies(show, reopen):
    show(interactive.descent(), figure="fig-tried")
    page = reopen("#fig-tried?landscape=rastrigin&lr=0.003")
    assert result(page)["points"][0] == [3.3, 2.4]
    assert (
        page.get_by_role("slider", name="rate").get_attribute("aria-valuetext")
        == "0.003"
    )


def test_the_link_is_copied(show, page):
    show(interactive.risk(), figure="fig-tried")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("status").filter(has_text="link").wait_for()
    link = page.evaluate("navigator.clipboard.readText().catch(() => location.href)")
    assert link.endswith("#fig-tried?num_samples=25&sigma=1&seed=528")


def test_without_a_page_of_the_book_there_is_no_link(show):
    page = show(interactive.risk())
    assert page.get_by_role("button", name="Copy link").count() == 0
    page.get_by_role("slider", name="noise").press("Home")
    page.wait_for_timeout(400)
    assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize(
    "make", [interactive.descent, interactive.saddle, interactive.completion]
)
def test_step_shows_one_step_at_a_time_without_motion(show, page, make):
    page.emulate_media(reduced_motion="reduce")
    show(make())
    page.get_by_role("button", name="Step").click()
    assert "Step 0 of " in spoken(page)
    drawings = []
    for _ in range(3):
        page.get_by_role("button", name="Step").click()
        drawings.append(page.locator(".fig-stage > svg > g").first.inner_html())
    assert len(set(drawings)) == 3
    assert "Step 3 of " in spoken(page)
    page.emulate_media(reduced_motion="no-preference")


def test_pinned_curves_stay_and_go(show):
    page = show(interactive.gradients(), figure="fig-tried")
    pin = page.get_by_role("button", name="Pin")
    pin.click()
    assert pin.get_attribute("aria-pressed") == "true"
    pinned = page.locator(".fig-pinned").inner_text()
    assert pinned.startswith("Pinned (dotted): At depth 50")
    page.get_by_role("combobox", name="activation").select_option("tanh")
    ghost = page.locator(".fig-pin").first.get_attribute("points")
    lines = page.locator("polyline:not(.fig-pin)").all()
    assert ghost not in [line.get_attribute("points") for line in lines]
    page.get_by_role("combobox", name="activation").select_option("relu")
    ghost = page.locator(".fig-pin").first.get_attribute("points")
    assert ghost in [line.get_attribute("points") for line in lines]
    pin.click()
    assert page.locator(".fig-pin").count() == 0
    assert page.locator(".fig-pinned").is_hidden()


@pytest.mark.parametrize("make", FIGURES)
def test_full_screen_is_readable_from_the_last_row(show, page, make):
    show(make(), width=1920, height=1080)
    button = page.get_by_role("button", name="Full screen")
    button.press("Enter")
    page.wait_for_function("document.querySelector('.fig-full')")
    page.wait_for_timeout(100)
    assert button.get_attribute("aria-pressed") == "true"
    box = page.locator(".fig-stage").bounding_box()
    assert box["height"] > 500
    assert box["y"] + box["height"] <= 1080
    text, line = page.evaluate(
        "[13, 2.2].map(size => "
        "size * document.querySelector('.fig-stage > svg').getScreenCTM().a)"
    )
    assert text >= 1080 / 50
    assert line >= 3.5
    for element in page.locator(".fig-controls, .fig-sentence, .fig-tools").all():
        place = element.bounding_box()
        assert place["x"] >= box["x"] + box["width"]
        assert place["y"] + place["height"] <= 1080
    assert (
        page.locator(".fig-sentence").evaluate(
            "e => parseFloat(getComputedStyle(e).fontSize)"
        )
        >= 20
    )
    page.keyboard.press("Escape")
    page.evaluate("document.fullscreenElement && document.exitFullscreen()")
    page.wait_for_function("!document.querySelector('.fig-full')")


def test_a_link_opens_the_figure_on_the_whole_window(show, reopen, page):
    show(interactive.saddle(), 1920, 1080, figure="fig-tried", before=900)
    page.set_viewport_size({"width": 1280, "height": 500})  # a low projector
    page = reopen("#fig-tried?eps=1e-6&full=1")
    whole = page.locator(".fig-full").bounding_box()
    assert whole == {"x": 0, "y": 0, "width": 1280, "height": 500}
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert result(page)["points"][0][0] == 1e-6
    box = page.locator(".fig-stage").bounding_box()
    assert box["height"] > 500
    assert box["y"] >= 0
    button = page.get_by_role("button", name="Full screen")
    assert button.get_attribute("aria-pressed") == "true"
    page.get_by_role("slider", name="learning rate").press("ArrowRight")
    assert "full=1" in wait_for_address(page)
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    assert page.locator(".fig-full").count() == 0
    assert "full" not in page.evaluate("location.hash")
    assert button.get_attribute("aria-pressed") == "false"


def test_a_link_asks_before_the_figure_answers(show, reopen):
    show(interactive.saddle(), figure="fig-tried")
    page = reopen("#fig-tried?eps=1e-6&ask=1")
    sentence = page.locator(".fig-sentence")
    assert sentence.inner_text().endswith("After how many steps is the run 0.5 away?")
    dots = page.locator(".fig-stage circle.fig-dot")
    assert dots.count() < 5  # the path is not shown
    page.get_by_role("slider", name="learning rate").press("ArrowRight")
    assert "ask=1" in wait_for_address(page)
    page.get_by_role("button", name="under 20").click()
    assert sentence.inner_text().startswith("You said: under 20. It is: ")
    assert dots.count() > 50
    page.wait_for_timeout(500)
    assert "ask" not in page.evaluate("location.hash")


@pytest.mark.parametrize("make", FIGURES)
def test_what_is_shown_is_saved_as_drawing_picture_and_table(show, make, tmp_path):
    page = show(make(), figure="fig-tried")
    drawing = ElementTree.parse(saved(page, "SVG", tmp_path)).getroot()
    shown = page.evaluate(
        "[...document.querySelectorAll('.fig-stage > svg > g:first-of-type text')]"
        ".map(e => e.textContent)"
    )
    texts = [e.text or "" for e in drawing.iter(SVG + "text")]
    assert set(shown) <= set(texts)
    assert drawing.find(SVG + "desc").text == spoken(page)
    lines = list(drawing.iter(SVG + "polyline"))
    assert all(re.search(r"stroke: (rgb\(|none)", line.get("style")) for line in lines)

    picture = Image.open(saved(page, "PNG", tmp_path))
    view = [float(v) for v in drawing.get("viewBox").split()]
    assert picture.size == (round(3 * view[2]), round(3 * view[3]))
    assert len(picture.convert("RGB").getcolors(10**7)) > 50

    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV", tmp_path).read_text())))
    assert all(np.isfinite([float(row["x"]), float(row["y"])]).all() for row in rows)
    assert all(row["panel"] is not None and row["curve"] for row in rows)


def test_the_table_has_the_numbers_of_the_curves(show, tmp_path):
    page = show(interactive.gradients(depth=12, gain=1.1), figure="fig-tried")
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV", tmp_path).read_text())))
    values = [float(row["y"]) for row in rows if row["curve"] == "gradient"]
    np.testing.assert_allclose(values, result(page)["norms"], rtol=1e-9)


@pytest.mark.parametrize("make", FIGURES)
@pytest.mark.parametrize("reader", ["light", "dark"])
def test_no_accessibility_violation(show, page, make, reader):
    show(make(), figure="fig-tried", width=390 if reader == "dark" else 1000)
    page.evaluate("theme => document.documentElement.dataset.theme = theme", reader)
    if reader == "dark":
        page.add_style_tag(
            content="html { background: #121212; color: #eee; }"
            "html { --pst-color-text-base: #ced6dd; --pst-color-background: #121212; }"
        )
    page.get_by_role("button", name="Pin").click()
    folder = axe_playwright_python.__path__[0]
    page.add_script_tag(path=f"{folder}/axe.min.js")
    found = page.evaluate(
        """async () => (await axe.run('.d2lutils-figure', { resultTypes: ['violations'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })).violations
        .flatMap(v => v.nodes.map(n => v.id + ': ' + n.failureSummary))"""
    )
    assert found == []
