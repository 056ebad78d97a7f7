"""The interactive figures on a phone of 390 x 780 pixels: what belongs together is in
sight together, and a finger can scroll.
"""

import pytest
from figures import FIGURES, result

from d2lutils import interactive

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 780}
# Above the pages stands a bar.
BAR = 56
PLACES = """slider => {
  slider.scrollIntoView({ block: "end" });
  const figure = slider.closest(".d2lutils-figure"), box = e => {
    const { top, bottom } = e.getBoundingClientRect();
    return [top, bottom];
  };
  const { left, top, width, height } = slider.getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  return {
    plot: box(figure.querySelector(".fig-stage")),
    sentence: box(figure.querySelector(".fig-sentence")),
    slider: box(slider),
    free: hit === slider,
  };
}"""


@pytest.mark.parametrize("make", FIGURES)
def test_plot_sentence_and_the_slider_one_moves_are_in_sight_together(show, make):
    page = show(make(), figure="fig-tried", before=1500, **PHONE)
    page.add_style_tag(content=f".d2lutils-figure {{ --above: {BAR}px; }}")
    for slider in page.locator("input[type=range]").all():
        seen = slider.evaluate(PLACES)
        assert seen.pop("free"), "the slider lies under the drawing"
        for what, (top, bottom) in seen.items():
            assert top >= BAR - 0.5, (what, seen)
            assert bottom <= PHONE["height"] + 0.5, (what, seen)


@pytest.mark.parametrize("make", FIGURES)
def test_every_panel_can_be_seen_on_a_phone(show, make):
    page = show(make(), **PHONE)
    tabs = page.get_by_role("group", name="Panel").get_by_role("button").all()
    drawings = set()
    for tab in tabs:
        tab.click()
        assert tab.get_attribute("aria-pressed") == "true"
        box = page.locator(".fig-stage").bounding_box()
        assert box["height"] <= 400
        drawings.add(page.locator(".fig-stage > svg > g").first.inner_html())
    assert len(drawings) == len(tabs)
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_timeout(100)
    assert page.get_by_role("group", name="Panel").count() == 0


def test_a_scroll_that_begins_on_a_slider_scrolls(show):
    page = show(interactive.gradients(), figure="fig-tried", before=300, **PHONE)
    page.evaluate("document.body.style.paddingBottom = '1500px'")
    before = result(page)
    slider = page.get_by_role("slider", name="gain")

    def place():
        slider.evaluate("slider => slider.scrollIntoView({ block: 'end' })")
        box = slider.bounding_box()
        return box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2

    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def send(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(40)

    def swipe(*moves):
        x, y = place()
        send("touchStart", (x, y))
        for dx, dy in moves:
            send("touchMove", (x + dx, y + dy))
        send("touchEnd")
        page.wait_for_timeout(200)

    place()
    top = page.evaluate("scrollY")
    swipe(*[(0, -30 * k) for k in range(1, 7)])
    assert page.evaluate("scrollY") > top + 50
    assert result(page) == before
    swipe(*[(25 * k, 0) for k in range(1, 5)])  # along the slider it moves it
    assert result(page) != before
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
