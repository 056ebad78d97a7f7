"""How long a chapter takes: counted, not guessed.

    python tools/times.py write    put the times into the chapters' boxes, and their sum
                                   on the first page
    python tools/times.py check    fail when one of them is not what is counted

The rates are those of a slow and careful reader: estimates, no measurements of people.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass

import folding
import notebooks
import sources
from plain import blocks

WORDS = 180  # a minute
INLINE, DISPLAYED = 2.5, 20.0  # seconds a formula
BOX, FOLDED_BOX = 12.0, 6.0  # seconds a claim, shown whole and as one line
STILL, PLAY = 20.0, 180.0  # seconds a static and a living figure
LINES = 12  # of code that is not folded, a minute
EXERCISE = 15  # minutes
LINE = re.compile(r"\*Time\*: .*?(?:about )?(\d+ (?:seconds|minutes?) to run)\.")
TOTAL = re.compile(r"(?<=take )about \d+ hours(?= with)")


@dataclass(frozen=True)
class Reading:
    """Minutes that the parts of a chapter take, and its number of exercises."""

    text: float
    code: float
    play: float
    exercises: int
    folded: float = 0.0

    @property
    def whole(self) -> float:
        """With the code read and the figures played, without exercises and folds."""
        return self.text + self.code + self.play


def estimate(cells: tuple[sources.Cell, ...]) -> Reading:
    """Count what a chapter has, outside of exercises and solutions."""
    text, code, play = (dict.fromkeys((False, True), 0.0) for _ in range(3))
    apart = folded = False
    exercises = 0
    for cell in cells:
        if cell.kind == "code":
            if not apart:
                text[folded] += _outputs(cell)
                code[folded] += _lines(cell) / LINES
                play[folded] += PLAY / 60 * _lives(cell)
            continue
        for block in blocks(cell.text):
            if block.kind in ("exercise-start", "solution-start"):
                apart = True
                exercises += block.kind == "exercise-start"
            elif block.kind in ("exercise-end", "solution-end"):
                apart = False
            elif block.kind in ("beside-start", "beside-end"):
                folded = block.kind == "beside-start"
            elif not apart:
                text[folded] += _reading(block)
    parts = (text, code, play)
    open_ones = (part[False] for part in parts)
    return Reading(*open_ones, exercises, sum(part[True] for part in parts))


def _reading(block):
    """Minutes for a block of text."""
    if block.kind == "equation" or block.text.startswith("$$"):
        return DISPLAYED / 60
    inline = len(re.findall(r"(?<!\$)\$[^$]+\$(?!\$)", block.text))
    prose = re.sub(r"\$+[^$]+\$+|\{[a-z:]+\}`[^`]*`", " ", block.text)
    words = len(re.findall(r"[^\W\d_]+", prose))
    return words / WORDS + INLINE * inline / 60


def _lives(cell):
    return bool(re.search(r"^interactive\.", cell.text, re.MULTILINE))


def _outputs(cell):
    """Minutes for the claims and the static figure that a cell shows."""
    key = sources.KEY in cell.metadata.get("tags", ())
    claims = (BOX if key else FOLDED_BOX) * cell.text.count("claims.check(")
    still = STILL * (bool(cell.figure) and not _lives(cell))
    return (claims + still) / 60


def _lines(cell):
    """Lines of code that are not folded."""
    if folding.part(cell.text, bool(cell.figure)):
        return 0
    return sum(bool(line.strip()) for line in cell.text.splitlines())


def five(minutes: float) -> int:
    """A time as one says it: to five minutes."""
    return max(5, 5 * round(minutes / 5))


def told(reading: Reading, run: str) -> str:
    """The line of a chapter's box; run : what it says of the time to run."""
    hours = round(reading.exercises * EXERCISE / 60 * 2) / 2
    more = f"{five(reading.folded)} more for what is folded, " if reading.folded else ""
    return (
        f"*Time*: about {five(reading.text)} minutes for the text, "
        f"{five(reading.whole)} with its code and figures, {more}"
        f"{hours:g} hour{'s' * (hours != 1)} more for the exercises; about {run}."
    )


def written(book: notebooks.Book) -> dict:
    """{path: text} of the sources as they should be."""
    readings, texts = {}, {}
    for name in book.names():
        path = book.sources / f"{name}.md"
        texts[path] = path.read_text(encoding="utf8")
        if found := LINE.search(texts[path]):
            readings[name] = estimate(book.cells(name))
            line = told(readings[name], found[1])
            texts[path] = texts[path].replace(found[0], line)
    hours = round(sum(reading.whole for reading in readings.values()) / 60)
    front = book.sources / "index.md"
    texts[front] = TOTAL.sub(f"about {hours} hours", texts[front])
    return texts


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("command", choices=("write", "check"))
    command = parser.parse_args(arguments).command
    stale = {
        path: text
        for path, text in written(notebooks.Book()).items()
        if path.read_text(encoding="utf8") != text
    }
    if command == "write":
        for path, text in stale.items():
            path.write_text(text, encoding="utf8")
        return 0
    for path in stale:
        print(
            f"{path.name} says another time than is counted: run `python tools/times.py"
            " write`, then `make notebooks`.",
            file=sys.stderr,
        )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
