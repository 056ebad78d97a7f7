"""The built pages in Chromium, from file:// and without network: as a reader on a
laptop and on a phone sees them.
"""

import re
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python
import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PAGES = re.findall(
    r"chapters/([\w-]+)", ROOT.joinpath("_toc.yml").read_text(encoding="utf8")
)
CHAPTER = "saddles"
LIGHT = {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}}
DARK_PHONE = {"color_scheme": "dark", "viewport": {"width": 390, "height": 800}}
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
WEIGHT = 1_300_000  # bytes of a page with all that it loads, uncompressed
FIRST_PAINT = 1000  # milliseconds
SHIFT = 0.002  # of the layout, as Chromium sums it up; from 0.1 on people complain

# Collects what moves on a page without its reader's doing.
OBSERVE = """window.shifts = []; new PerformanceObserver(list => {
  for (const { value, sources } of list.getEntries())
    window.shifts.push([value, ...sources.map(s => s.node?.parentElement?.outerHTML.slice(0, 100))]);
}).observe({ type: "layout-shift", buffered: true });"""
SCROLL = """async () => {
  const height = document.documentElement.scrollHeight;
  for (let y = 0; y < height; y += Math.max(700, height / 80)) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
  await new Promise(done => setTimeout(done, 200));
  return shifts;
}"""
# Code that scrolls sideways although it has no long line.
LONG_LINES = """[...document.querySelectorAll(".cell_input pre")]
  .filter(pre => pre.checkVisibility() && pre.scrollWidth > pre.clientWidth)
  .map(pre => pre.textContent).filter(text => text.split("\\n").every(line => line.length <= 88))"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
# Formulas have no colours of their own, and the rows of the ledger and the entries of
# the reference are all alike. Contrast takes most of the time, for it looks at the
# whole page; it is a matter of colours, sizes and weights, of which a page has few: what
# is left of it for that has three texts of each. On a phone its elements are the same.
RUN_AXE = """async narrow => {
  const COLORS = ["color-contrast", "link-in-text-block"];
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes = ["violations"];
  const rules = Object.fromEntries(COLORS.map(rule => [rule, { enabled: false }]));
  const behind = e => {
    const color = e && getComputedStyle(e).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" ? behind(e.parentElement) : color;
  };
  document.querySelectorAll("math").forEach(formula => formula.replaceChildren());
  for (const alike of [".claims-ledger tr", "dl.py dl.py", "dl.py"])
    [...document.querySelectorAll(alike)].slice(30).forEach(element => element.remove());
  const found = [await axe.run(narrow ? { exclude: "article" } : document, { runOnly: tags, rules, resultTypes })];

  const looks = new Map(), kept = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const { color, fontSize, fontWeight, opacity } = getComputedStyle(element);
    const look = [element.localName, element.className, color, fontSize, fontWeight, opacity, behind(element)].join();
    looks.set(look, (looks.get(look) ?? 0) + 1);
    if (looks.get(look) > 3) continue;
    element.querySelectorAll("*").forEach(part => kept.add(part));
    for (let e = element; e; e = e.parentElement) kept.add(e);
  }
  for (const element of document.querySelectorAll("body *")) if (!kept.has(element)) element.remove();
  found.push(await axe.run(document, { runOnly: { type: "rule", values: COLORS }, resultTypes }));
  return found.flatMap(({ violations }) => violations)
    .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary}`));
}"""


@pytest.fixture
def read(book, chromium):
    """`with read(name, **options) as page` opens a page; `page.asked` holds every
    address that it asked for.
    """

    @contextmanager
    def open_page(name, query="", **options):
        context = chromium.new_context(reduced_motion="reduce", **options)
        context.add_init_script(OBSERVE)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.asked, page.errors = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on(
            "requestfailed",
            lambda request: page.errors.append(f"not found: {request.url}"),
        )
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console",
            lambda said: (
                page.errors.append(said.text) if said.type == "error" else None
            ),
        )
        page.goto((book / f"{name}.html").as_uri() + query)
        yield page
        context.close()

    return open_page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_offline_at_all_widths_and_soon_and_is_accessible(read, name):
    with read(f"chapters/{name}", **LIGHT) as page:
        elsewhere = [
            address
            for address in page.asked
            if not address.startswith(("file:", "data:", "blob:"))
        ]
        assert elsewhere == []
        assert page.errors == []

        shifts = page.evaluate(SCROLL)
        assert sum(shift[0] for shift in shifts) <= SHIFT, shifts

        files = {
            Path(address.removeprefix("file://").split("?")[0].split("#")[0])
            for address in page.asked
        }
        assert sum(file.stat().st_size for file in files) <= WEIGHT

        figures = page.locator(".d2lutils-figure")
        for i in range(figures.count()):
            assert figures.nth(i).locator("svg, canvas").count() > 0, (
                "an interactive figure shows its fallback"
            )

        long = page.evaluate(LONG_LINES)
        assert long == []

        for width in (
            640,
            390,
            320,
        ):  # the first one is a screen of 1280 pixels at 200%
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width

        times = [page.evaluate(PAINTED)]
        while times[-1] >= FIRST_PAINT and len(times) < 5:  # other work was in the way
            page.reload()
            page.wait_for_function(f"{PAINTED} > 0")
            times.append(page.evaluate(PAINTED))
        assert min(times) < FIRST_PAINT, times

        page.set_viewport_size(LIGHT["viewport"])
        assert violations(page, "light", narrow=False) == []


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_in_the_dark_a_page_is_accessible_and_stays_where_it_is(read, name):
    with read(f"chapters/{name}", **DARK_PHONE) as page:
        shifts = page.evaluate(SCROLL)
        assert sum(shift[0] for shift in shifts) <= SHIFT, shifts
        assert violations(page, "dark", narrow=True) == []


def violations(page, theme, *, narrow):
    """What axe finds, which is the end of the page: see RUN_AXE."""
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    page.add_script_tag(path=AXE)
    return page.evaluate(RUN_AXE, narrow)


def test_outputs_follow_the_theme(read):
    visible = "[...document.querySelectorAll('.cell_output img')].filter(i => i.checkVisibility()).map(i => i.className)"
    behind = "[...document.querySelectorAll('.cell_output .text_html')].map(e => getComputedStyle(e).backgroundColor)"
    for reader in (LIGHT, DARK_PHONE):
        with read(f"chapters/{CHAPTER}", **reader) as page:
            assert set(page.evaluate(visible)) == {f"only-{reader['color_scheme']}"}
            assert set(page.evaluate(behind)) <= {"rgba(0, 0, 0, 0)"}
            captions = page.locator("figcaption:not(details *)")
            assert all(captions.nth(i).is_visible() for i in range(captions.count()))


def test_the_theme_is_chosen_by_keyboard_and_kept(read):
    with read("chapters/index", **LIGHT) as page:
        theme = "document.documentElement.dataset.theme"
        button = page.locator(".theme-switch-button").first
        button.focus()
        for _ in range(3):
            if page.evaluate(theme) == "dark":
                break
            page.keyboard.press("Enter")
        assert page.evaluate(theme) == "dark"
        page.reload()
        assert page.evaluate(theme) == "dark"


def test_a_choice_outlives_a_browser_that_forgets(read):
    with read(f"chapters/{CHAPTER}", **LIGHT) as page:
        page.get_by_label("Ask me what I believe").check()
        page.add_init_script("localStorage.clear()")
        for visit in (page.reload, lambda: page.goto(page.url.split("#")[0])):
            visit()
            assert page.get_by_label("Ask me what I believe").is_checked()


def test_solutions_are_closed_and_open_by_keyboard(read):
    with read(f"chapters/{CHAPTER}", **LIGHT) as page:
        solutions = page.locator(".solution.dropdown, details.sd-dropdown")
        assert solutions.count() > 0
        for i in range(solutions.count()):
            solution = solutions.nth(i)
            content = solution.locator("section, .sd-summary-content").first
            assert not content.is_visible()
            handle = solution.locator("summary, button").first
            handle.focus()
            page.keyboard.press("Enter")
            assert content.is_visible()


def test_what_scrolls_sideways_is_reached_by_keyboard(read):
    stuck = """[...document.querySelectorAll(".formula, pre, .pst-scrollable-table-container")]
      .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth && e.tabIndex < 0).length"""
    with read(f"chapters/{CHAPTER}", **DARK_PHONE) as page:
        assert page.evaluate(stuck) == 0


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("uniform convergence", "risk"),
        ("Motzkin-Straus", "flat-points"),
        ("Rastrigin", "local-minima"),
        ("strict saddle", "saddles"),
        ("Glorot", "vanishing-gradients"),
        ("weight decay", "overfitting"),
        ("arc-cosine", "ntk"),
        ("nuclear norm", "matrix-completion"),
        ("successive halving", "hyperband"),
        ("NTK", "glossary"),
    ],
)
def test_the_search_finds_names_and_terms_without_a_server(read, words, name):
    with read("search", query=f"?q={words}", **LIGHT) as page:
        hits = page.locator("#search-results li a")
        hits.first.wait_for()
        page.wait_for_function(
            "/found/.test(document.querySelector('.search-summary')?.textContent)"
        )
        first = [link.get_attribute("href") for link in hits.all()[:5]]
        assert any(f"{name}.html" in address for address in first), first
        assert page.errors == []


def test_the_first_page_leads_into_the_book(read):
    with read("index", **LIGHT) as page:
        page.wait_for_url("**/chapters/index.html")
        card = page.locator(".sd-card", has_text="Saddle points")
        card.get_by_role("link", name="A saddle between two valleys").click()
        page.wait_for_url("**/chapters/saddles.html#fig-saddles-interactive")
        page.go_back()
        card.click(position={"x": 5, "y": 5})
        page.wait_for_url("**/chapters/saddles.html#saddles")
