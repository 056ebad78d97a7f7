"""What a page asks of its reader: `python tools/reading.py [FOLDER OF THE BUILT PAGES]`
prints a table of all pages with a number.

Screens are of 1280 by 900 pixels, in Chromium.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import notebooks
import plain
import times

LAPTOP = {"width": 1280, "height": 900}
MEASURE = """() => {
  const top = element => element ? element.getBoundingClientRect().top + scrollY : null;
  const seen = [...document.querySelectorAll(".bd-article .cell_input pre")]
    .filter(pre => pre.checkVisibility()).map(pre => pre.textContent).join(" ");
  const code = seen.replace(/["\\s]+/g, " ");
  const claims = [...document.querySelectorAll(".bd-article .claim")];
  const said = claims.map(
    c => c.querySelector(".claim-statement, summary").textContent);
  return {
    height: document.querySelector(".bd-article").scrollHeight,
    figure: top(document.querySelector(".bd-article .d2lutils-figure")),
    claim: top(claims[0]),
    boxes: document.querySelectorAll(".bd-article div.claim").length,
    lines: document.querySelectorAll(".bd-article details.claim").length,
    twice: said.map(s => s.replace(/^.*?#\\s*/, "").replace(/\\s+/g, " ").trim())
      .filter(s => s && code.includes(s)).join(" ").split(" ").filter(Boolean).length,
  };
}"""


@dataclass(frozen=True)
class Page:
    """What a page asks.

    Attributes
    ----------
    name : str
    reading : times.Reading
        Minutes.
    screens : float
        Height of the page, everything that folds being folded.
    figure : float
        The screen on which the first interactive figure begins, from 0.
    first : bool
        Whether that figure stands before any claim.
    boxes, lines : int
        Claims shown as a box, and as a line that unfolds.
    twice : int
        Words of claims that open code says, too.
    """

    name: str
    reading: times.Reading
    screens: float
    figure: float
    first: bool
    boxes: int
    lines: int
    twice: int


def measure(tab, folder: Path, name: str, book: notebooks.Book) -> Page:
    """Measure a built page in a tab of Chromium, which has the size of a laptop."""
    tab.goto((folder / "chapters" / f"{name}.html").as_uri())
    found = tab.evaluate(MEASURE)
    figure = found["figure"] if found["figure"] is not None else float("inf")
    return Page(
        name,
        times.estimate(book.cells(name)),
        found["height"] / LAPTOP["height"],
        figure / LAPTOP["height"],
        found["claim"] is None or figure < found["claim"],
        found["boxes"],
        found["lines"],
        found["twice"],
    )


def numbered(book: notebooks.Book) -> list[str]:
    """The pages that are lectures, in order."""
    numbers = plain.scan(book.root, {}).numbers
    return [name for name, number in numbers.items() if number]


def table(pages: list[Page]) -> str:
    """The table, in Markdown."""
    heads = (
        "page",
        "text",
        "with code and figures",
        "folded",
        "screens",
        "first figure",
        "boxes",
        "lines",
        "words twice",
    )
    rows = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for p in pages:
        minutes = (p.reading.text, p.reading.whole, p.reading.folded)
        cells = [p.name, *(f"{m:.0f} min" for m in minutes), f"{p.screens:.0f}"]
        cells += [f"{p.figure:.1f}", str(p.boxes), str(p.lines), str(p.twice)]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def main(folder: str = "_build/html") -> None:
    from make_pdf import chromium
    from playwright.sync_api import sync_playwright

    book = notebooks.Book()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox"]
        )
        tab = browser.new_page(viewport=LAPTOP)
        path = Path(folder).resolve()
        print(table([measure(tab, path, name, book) for name in numbered(book)]))
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
