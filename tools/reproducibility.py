"""Write the page that says what the book's numbers came from:
chapters/reproducibility.md.

    python tools/reproducibility.py write    from requirements.lock, the recorded runs
    and the measured times python tools/reproducibility.py time     execute every
    chapter again and keep its CPU seconds, then write python tools/reproducibility.py
    check    fail when the page is not in step with them

The text around the tables is tools/reproducibility.md.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import resource
import sys

import audit
import notebooks

from d2lutils import runs

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORDS = ROOT / "d2lutils" / "runs" / "records"
PAGE = ROOT / "chapters" / "reproducibility.md"
TEMPLATE = pathlib.Path(__file__).with_name("reproducibility.md")
TIMES = ROOT / "tools" / "execution.json"

SHOWN = (
    "mxnet",
    "d2l",
    "numpy",
    "scipy",
    "matplotlib",
    "numba",
    "scikit-learn",
    "optuna",
    "joblib",
    "jupyter-book",
)
SHOWN += ("nbval", "distributed")


def versions():
    """The locked versions of what decides the numbers, as rows of a table."""
    return table(
        ("Package", "Version"), [(name, audit.locked()[name]) for name in SHOWN]
    )


def recorded():
    """The recorded runs as rows: what, where, how long, when."""
    rows = []
    for name in runs.names():
        same = runs.recipes.recorded_as(name) if name in runs.recipes.RECIPES else name
        path = RECORDS / f"{same}.json"
        if same != name:
            rows.append((f"`{name}`", f"the same experiment as `{same}`", "", ""))
        elif path.exists():
            run = json.loads(path.read_text(encoding="utf8"))
            minutes = f"{max(1, round(run['seconds'] / 60))} min"
            where = f"{run['engine']}, {run['device']}"
            rows.append((f"`{name}`", where, minutes, run["date"]))
    return table(("Run", "Where", "Time", "Date"), rows)


def times():
    """CPU seconds of each chapter, in the order of the table of contents."""
    if not TIMES.exists():
        return "Not measured yet."
    kept = json.loads(TIMES.read_text(encoding="utf8"))
    rows = [
        (f"{{ref}}`{name}`", f"{seconds:.0f} s")
        for name, seconds in kept["seconds"].items()
    ]
    return (
        table(("Chapter", "CPU time"), rows)
        + f"\n\nMeasured with one thread on {kept['machine']}."
    )


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def page():
    text = TEMPLATE.read_text(encoding="utf8")
    parts = {"versions": versions(), "recorded": recorded(), "times": times()}
    parts["packages"], parts["advisories"] = (
        table(*audit.packages()),
        table(*audit.advisories()),
    )
    parts["looked_up"] = audit.facts()["looked_up"]
    for name, part in parts.items():
        text = text.replace(f"<<{name}>>", part)
    return text


def measure():
    """Execute every chapter in a fresh kernel; keep the CPU seconds that its process
    took.
    """
    book, seconds = notebooks.Book(ROOT), {}
    toc = re.findall(
        r"chapters/([\w-]+)", (ROOT / "_toc.yml").read_text(encoding="utf8")
    )
    for name in (name for name in toc if name in book.names() and name != "index"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        notebooks.execute(notebooks.page(name, book), book.chapters)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds[name] = round(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1
        )
        print(f"{name}: {seconds[name]} CPU seconds", flush=True)
    machine = f"a machine with {os.cpu_count()} cores ({platform.machine()})"
    TIMES.write_text(
        json.dumps({"machine": machine, "seconds": seconds}, indent=1) + "\n",
        encoding="utf8",
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("command", choices=("write", "time", "check"))
    command = parser.parse_args(arguments).command
    if command == "check":
        if not PAGE.exists() or PAGE.read_text(encoding="utf8") != page():
            print(
                f"{PAGE.name} is not in step: run `python tools/reproducibility.py "
                "write`.",
                file=sys.stderr,
            )
            return 1
        return 0
    if command == "time":
        measure()
    PAGE.write_text(page(), encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
