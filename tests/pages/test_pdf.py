"""The book as one PDF: everything of the pages is in it, in order, at the numbers it
says, and nothing is cut off.
"""

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

pypdf = pytest.importorskip("pypdf")
pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
MARGIN = 20 / 25.4 * 72  # 20 mm

# Texts and pictures of the page that Chromium prints which reach beyond its sides.
BEYOND = """() => {
  const wrong = [], width = document.documentElement.clientWidth, range = document.createRange();
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const look = (rects, what) => {
    for (const r of rects) if (r.width > 0 && (r.left < -1 || r.right > width + 1)) wrong.push(what.slice(0, 80));
  };
  while (texts.nextNode()) {
    if (!texts.currentNode.data.trim()) continue;
    range.selectNodeContents(texts.currentNode);
    look(range.getClientRects(), texts.currentNode.data);
  }
  const pictures = document.querySelectorAll("main :is(img, .fig-stage > svg)");
  for (const picture of pictures) look([picture.getBoundingClientRect()], picture.outerHTML);
  return wrong;
}"""


def plain(text):
    """A text, or that of an element, with single blanks and without ligatures."""
    text = text if isinstance(text, str) else text.text
    return " ".join(
        text.replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff").split()
    )


@pytest.fixture(scope="module")
def pdf(book, tmp_path_factory):
    """The path of the PDF: `$BOOK_PDF` if set, else made here. The page it was printed
    from lies beside it.
    """
    if path := os.environ.get("BOOK_PDF"):
        return Path(path)
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    subprocess.run(
        [sys.executable, ROOT / "tools" / "make_pdf.py", book, path], check=True
    )
    return path


@pytest.fixture(scope="module")
def reader(pdf):
    return pypdf.PdfReader(pdf)


@pytest.fixture(scope="module")
def found(reader):
    """Each page's text with single blanks, and its pieces: (text, x, y) in points."""
    pages = []
    for page in reader.pages:
        pieces = []

        def look(text, to_page, to_line, font, size, pieces=pieces):
            x = to_page[0] * to_line[4] + to_page[2] * to_line[5] + to_page[4]
            y = to_page[1] * to_line[4] + to_page[3] * to_line[5] + to_page[5]
            pieces.append((text, x, y))

        pages.append((plain(page.extract_text(visitor_text=look)), pieces))
    return pages


@pytest.fixture(scope="module")
def texts(found):
    return [text for text, _ in found]


@pytest.fixture(scope="module")
def chapters(book):
    """Name to parsed article, in the order of _toc.yml."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8"))
    names = [
        toc["root"],
        *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"]),
    ]
    pages = {
        name: BeautifulSoup(
            (book / f"{name}.html").read_text(encoding="utf8"), "html.parser"
        )
        for name in names
    }
    for page in pages.values():
        for mark in page.select(".headerlink"):
            mark.decompose()
    return {name: page.select_one("article.bd-article") for name, page in pages.items()}


@pytest.fixture(scope="module")
def printed(pdf, chromium):
    """The HTML page that was printed, drawn as for printing."""
    tab = chromium.new_page(
        color_scheme="light", viewport={"width": 643, "height": 970}
    )
    tab.set_default_timeout(300_000)
    tab.emulate_media(media="print")
    tab.goto(pdf.with_suffix(".html").resolve().as_uri())
    tab.evaluate("prepare()")
    return tab


@pytest.fixture(scope="module")
def starts(reader):
    """Title of each chapter in the outline to the index of its first page."""
    top = [entry for entry in reader.outline if not isinstance(entry, list)]
    return {
        plain(entry.title): reader.get_destination_page_number(entry) for entry in top
    }


@pytest.fixture(scope="module")
def spans(starts, texts, chapters):
    """Name of each chapter to the text of its pages."""
    pages = pairwise([*starts.values(), len(texts)])
    return {
        name: " ".join(texts[a:b]) for name, (a, b) in zip(chapters, pages, strict=True)
    }


def test_the_outline_holds_every_chapter_where_it_begins(starts, chapters, texts):
    assert list(starts) == [plain(article.h1) for article in chapters.values()]
    assert all(a < b for a, b in pairwise(starts.values()))
    for title, number in starts.items():
        assert title in texts[number]


def test_the_outline_holds_every_section(reader, chapters):
    def titles(entries):
        for entry in entries:
            yield from (
                titles(entry) if isinstance(entry, list) else [plain(entry.title)]
            )

    found = set(titles(reader.outline))
    for name, article in chapters.items():
        for heading in article.select("section > h2"):
            if not heading.select_one(".math"):
                assert plain(heading) in found, name


def test_the_contents_tell_the_pages(starts, texts):
    contents = " ".join(texts[: min(starts.values())])
    for title, number in starts.items():
        assert f"{title} {number + 1} " in f"{contents} "


def test_links_arrive(reader):
    names, inside, outside = reader.named_destinations, 0, 0
    for page in reader.pages:
        for note in page.get("/Annots") or []:
            link = note.get_object()
            if "/Dest" in link:
                assert link["/Dest"] in names
                inside += 1
            else:
                assert re.match("https?://", link["/A"]["/URI"])
                outside += 1
    assert inside > outside > 0


def test_pages_are_a4_and_numbered(reader, texts):
    assert 10 < len(texts) < 1000
    for number, (page, text) in enumerate(zip(reader.pages, texts, strict=True), 1):
        assert [round(float(size) / 72 * 25.4) for size in page.cropbox[2:]] == [
            210,
            297,
        ]
        assert len(text) > 30, f"page {number} is empty"
        assert number == 1 or str(number) in text.split()


def test_figures_equations_and_exercises_are_all_there_with_their_numbers(
    spans, chapters
):
    for name, article in chapters.items():
        labels = [plain(label) for label in article.select(".caption-number")]
        labels += [plain(label) for label in article.select(".eqno")]
        missing = [label for label in labels if label not in spans[name]]
        assert missing == [], name


def test_solutions_are_shown(spans, chapters):
    for name, article in chapters.items():
        for title in article.select(".solution > .admonition-title"):
            if not title.select_one(".math"):
                assert plain(title) in spans[name]


def test_nothing_stays_in_a_fold_or_behind_a_tab(printed, chapters):
    code = "main :is(.cell_input, .cell_output) pre"
    parts = f"{code}, main .beside p:not(summary p), main .beside figure, main .claim p"
    missing = """parts => [...document.querySelectorAll(parts)]
      .filter(e => !e.checkVisibility()).map(e => e.textContent.slice(0, 80))"""
    assert printed.evaluate(missing, parts) == []
    inputs = sum(len(a.select(".cell_input")) for a in chapters.values())
    assert printed.locator("main .cell_input pre").count() == inputs > 0


def test_interactive_figures_are_drawn(printed, spans, chapters):
    drawn = 0
    for name, article in chapters.items():
        figures = printed.locator(
            f"[id='{name.replace('/', '-')}'] .d2lutils-figure"
        ).all()
        assert len(figures) == len(article.select(".d2lutils-figure"))
        for figure in figures:
            labels = figure.locator(".fig-stage svg text").all_text_contents()
            assert len(labels) > 1
            assert [label for label in labels if plain(label) not in spans[name]] == []
            assert figure.locator("input, button, select").count() == 0
            drawn += 1
        assert spans[name].count("Interactive in the book:") == len(figures)
    assert drawn > 0


def test_nothing_reaches_beyond_the_sides(printed, reader, found):
    assert printed.evaluate(BEYOND) == []
    wrong = []
    for number, (page, (_, pieces)) in enumerate(
        zip(reader.pages, found, strict=True), 1
    ):
        for text, x, y in pieces:
            # Wide braces are long strokes of the font of the formulas, of which the
            # page shows a part.
            inside = (
                MARGIN - 1 < x < page.cropbox.width - MARGIN + 1
                and 0 < y < page.cropbox.height
            )
            if text.strip() and not inside and not "\ue000" <= text.strip() <= "\uf8ff":
                wrong.append((number, text, x, y))
    assert wrong == []
