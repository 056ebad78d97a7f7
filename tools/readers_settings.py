"""Run the chapters with settings that a reader may have, and tell what does not hold.

    python tools/readers_settings.py [NAME ...] [--settings SETTING ...]

The stored notebooks are made with one thread and one instruction set, so that their
bytes can be compared (`ENVIRONMENT` in pins.py). A reader has neither. Here each
notebook is run to its end without them, and listed are the claims that fail, other
errors, and text on stderr. Printed digits may differ.
"""

import argparse
import os
import pathlib
import re
import sys
import time

import notebooks
from nbclient import NotebookClient

SETTINGS = {
    "one-thread": {"OMP_NUM_THREADS": "1"},
    "two-threads": {"OMP_NUM_THREADS": "2"},
    # Neither AVX nor fused multiplication and addition, as on processors before 2011.
    "old-processor": {
        "OPENBLAS_CORETYPE": "Nehalem",
        "DNNL_MAX_CPU_ISA": "SSE41",
        "ATEN_CPU_CAPABILITY": "default",
    },
}

PINNED = {*notebooks.ENVIRONMENT, "CI", *(k for s in SETTINGS.values() for k in s)}
BAR = re.compile(r".*\r", re.DOTALL)  # a progress bar writes over itself
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def run(notebook, folder, setting):
    """Run a notebook with a setting, in place, past what fails."""
    free = {name: value for name, value in os.environ.items() if name not in PINNED}
    client = NotebookClient(
        notebook,
        timeout=1800,
        kernel_name="python3",
        allow_errors=True,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env=free | SETTINGS[setting])


def complaints(notebook):
    """What a reader would stumble over: (cell, one line) for each."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                told = f"{output.ename}: {output.evalue}"
            elif output.get("name") == "stderr":
                told = "\n".join(BAR.sub("", line) for line in output.text.split("\n"))
            else:
                continue
            if told := " ".join(COLOURS.sub("", told).split()):
                found.append((cell.id, told))
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help="of chapters; all without")
    parser.add_argument(
        "--settings", nargs="+", choices=tuple(SETTINGS), default=tuple(SETTINGS)
    )
    parser.add_argument("--root", type=pathlib.Path, default=notebooks.ROOT)
    options = parser.parse_args(arguments)
    book = notebooks.Book(options.root)
    if unknown := sorted(set(options.names) - set(book.names())):
        parser.error(f"no chapter {', '.join(unknown)}; there are {book.names()}")
    failed = 0
    for setting in options.settings:
        for path, notebook in book.made().items():
            if options.names and path.stem not in options.names:
                continue
            start = time.monotonic()
            run(notebook, book.chapters, setting)
            found = complaints(notebook)
            failed += len(found)
            shown = path.relative_to(book.chapters)
            seconds = time.monotonic() - start
            print(f"{setting}, {shown}, {seconds:.0f} s: {len(found)}", flush=True)
            for cell, told in found:
                print(f"    {cell}: {told[:400]}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
