"""The built book in Firefox: figures, their addresses and files, phones, slides.

All of it is tested in Chromium; this finds what that browser alone forgives. No part of
`make test`, since not every machine has Firefox: `make test-firefox`.
"""

import shutil
import time
from xml.etree import ElementTree

import pytest
from marionette import Firefox
from test_figures_on_pages import CHAPTERS

pytestmark = pytest.mark.browser
FIGURE = "const figure = document.querySelectorAll('.d2lutils-figure')[arguments[0]];"
STATE = f"""{FIGURE} return JSON.stringify([figure.figureResult,
  ...[...figure.querySelectorAll("input, select")].map(e => [e.value, e.checked])]);"""
FOCUS = f"""{FIGURE} const control = figure.querySelector("input[type=range]") ??
  figure.querySelector(".fig-handle");
  control.scrollIntoView({{ block: "center" }}); control.focus();
  return control.matches("input") && control.value === control.max
    ? "ArrowLeft" : "ArrowRight";"""
FOLLOW = """const link = document.createElement("a");
  link.href = arguments[0]; link.click();"""
# What the console says of the book, without what Firefox says of itself: of markup that
# it has read to one half, and of a page that it does not know yet.
SAID = """const said = Services.console.getMessageArray().map(m => String(m.message));
  Services.console.reset();
  return said.filter(text => text.includes(arguments[0]) &&
    !/Incorrect number of children|JSWindowActorChild/.test(text));"""
# A window of Firefox is never narrower than 500 pixels: the page in it is.
SIZE = """const page = gBrowser.selectedBrowser.style;
  for (const [side, value] of [["width", arguments[0]], ["height", arguments[1]]])
    for (const end of ["min-", "max-"])
      page.setProperty(end + side, `${value}px`, "important");"""
# Heights on a phone: of the bar, and of the drawing when the figure lies above it.
STICKY = f"""{FIGURE} const top = e => e.getBoundingClientRect().top;
  scrollTo({{ top: scrollY + top(figure) + 50, behavior: "instant" }});
  return [document.querySelector(".bd-header-article").offsetHeight,
    top(figure.querySelector(".fig-stage"))];"""
# By how much a slide is too high, or a formula in it too wide.
BEYOND = """const slide = document.querySelector(".present-item");
  return Math.max(document.documentElement.scrollHeight - innerHeight,
    ...[...slide.querySelectorAll(".formula")].map(e => e.scrollWidth - e.clientWidth));"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    program = shutil.which("firefox") or shutil.which("firefox-esr")
    if program is None:
        pytest.skip("NOTHING IS TESTED IN FIREFOX: there is none (firefox-esr)")
    window = Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield window
    window.close()


@pytest.fixture
def visit(firefox, book):
    """visit(chapter, width, height) opens a page; its address."""

    def go(chapter, width, height):
        whole = {"width": max(width, 500), "height": height + 150}
        firefox.send("WebDriver:SetWindowRect", **whole)
        firefox.run(SIZE, width, height, context="chrome")
        firefox.wait("return innerWidth === arguments[0]", width)
        address = (book / "chapters" / f"{chapter}.html").as_uri()
        firefox.go(address)
        return address

    return go


def number_of_figures(firefox):
    return firefox.run("return document.querySelectorAll('.fig-alive').length")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_figures_move_by_keys_and_their_address_leads_back(firefox, visit, chapter):
    firefox.run(SAID, "", context="chrome")
    address = visit(chapter, 1100, 900)
    is_now = STATE.replace("return", "return arguments[1] ===")
    for k in range(number_of_figures(firefox)):
        first = firefox.run(STATE, k)
        firefox.press(firefox.run(FOCUS, k))
        firefox.wait("return location.hash.includes('?')")
        moved, link = firefox.run(STATE, k), firefox.run("return location.href")
        assert moved != first
        firefox.go(link)
        firefox.wait(is_now, k, moved)
        firefox.go(address)
        firefox.run(FOLLOW, link[link.index("#") :])
        firefox.wait(is_now, k, moved)
        firefox.send("WebDriver:Back")
        firefox.wait(is_now, k, first)
    assert firefox.run(SAID, address, context="chrome") == []


def test_files_are_saved(firefox, visit):
    visit("saddles", 1100, 900)
    click = "document.querySelector(`[aria-label='Save as ${arguments[0]}']`).click()"
    for kind, begins in (
        ("SVG", b"<svg"),
        ("PNG", b"\x89PNG"),
        ("CSV", b"panel,curve"),
    ):
        firefox.run(click, kind)
        file = firefox.folder / f"fig-saddles-interactive.{kind.lower()}"
        end = time.monotonic() + 10
        while not (file.exists() and file.stat().st_size):
            assert time.monotonic() < end, f"no {kind}"
            time.sleep(0.05)
        assert file.read_bytes().startswith(begins)
    drawing = ElementTree.parse(file.with_suffix(".svg"))
    assert len(drawing.findall(".//{*}circle")) > 50


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_on_a_phone_the_drawing_stays_below_the_bar(firefox, visit, chapter):
    visit(chapter, 390, 780)
    assert firefox.run("return document.documentElement.scrollWidth") <= 390
    for k in range(number_of_figures(firefox)):
        bar, stage = firefox.run(STICKY, k)
        assert stage == pytest.approx(bar, abs=2)


def test_each_slide_fits_its_screen(firefox, visit):
    visit("vanishing-gradients", 1920, 1080)
    firefox.run("startPresenting()")
    told = ".present-bar output"
    firefox.wait(f"return document.querySelector('{told}')?.textContent")
    firefox.press("Home")
    count = int(
        firefox.run(f"return document.querySelector('{told}').textContent").split("/")[
            1
        ]
    )
    for _ in range(count):
        assert firefox.run(BEYOND) <= 1
        firefox.press("PageDown")
    firefox.press("Escape")
    assert not firefox.run("return document.querySelector('.present')")
