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
BOX, STILL, PLAY = 12.0, 20.0, 180.0  # seconds a claim, a static and a living figure
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

    @property
    def whole(self) -> float:
        """With the code read and the figures played, without exercises."""
        return self.text + self.code + self.play


def estimate(cells: tuple[sources.Cell, ...]) -> Reading:
    """Count what a chapter has, outside of exercises and solutions."""
    words = inline = displayed = boxes = stills = plays = lines = exercises = 0
    apart = False
    for cell in cells:
        if cell.kind == "code":
            if apart:
                continue
            boxes += cell.text.count("claims.check(")
            lively = re.search(r"^interactive\.", cell.text, re.MULTILINE)
            plays += bool(lively)
            stills += bool(cell.figure) and not lively
            if not folding.part(cell.text, bool(cell.figure)):
                lines += sum(bool(line.strip()) for line in cell.text.splitlines())
            continue
        for block in blocks(cell.text):
            if block.kind in ("exercise-start", "solution-start"):
                apart = True
                exercises += block.kind == "exercise-start"
            elif block.kind in ("exercise-end", "solution-end"):
                apart = False
            elif not apart:
                if block.kind == "equation" or block.text.startswith("$$"):
                    displayed += 1
                    continue
                inline += len(re.findall(r"(?<!\$)\$[^$]+\$(?!\$)", block.text))
                prose = re.sub(r"\$+[^$]+\$+|\{[a-z:]+\}`[^`]*`", " ", block.text)
                words += len(re.findall(r"[^\W\d_]+", prose))
    seconds = INLINE * inline + DISPLAYED * displayed + BOX * boxes + STILL * stills
    return Reading(
        words / WORDS + seconds / 60, lines / LINES, PLAY / 60 * plays, exercises
    )


def five(minutes: float) -> int:
    """A time as one says it: to five minutes."""
    return max(5, 5 * round(minutes / 5))


def told(reading: Reading, run: str) -> str:
    """The line of a chapter's box; run : what it says of the time to run."""
    hours = round(reading.exercises * EXERCISE / 60 * 2) / 2
    return (
        f"*Time*: about {five(reading.text)} minutes for the text, "
        f"{five(reading.whole)} with its code and figures, "
        f"{hours:g} hours more for the exercises; about {run}."
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
