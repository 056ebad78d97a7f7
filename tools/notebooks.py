"""Execute the chapters' text sources into the notebooks that are shipped, and check
that the two are in step.

    python tools/notebooks.py sync [NAME ...] [--all]   execute the named ones, else
    what changed, or all python tools/notebooks.py check                     fail when a
    notebook is stale or holds anything volatile

People edit `chapters/sources/NAME.md` (MyST Markdown); readers, nbval and the book use
`chapters/NAME.ipynb`.
"""

import argparse
import json
import os
import pathlib
import re
import sys

import gate
import nbformat

from d2lutils import _files, claims

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What makes two machines give the same bytes: one thread, so that sums are taken in one
# order; the instruction set that all supported processors have, so that BLAS and oneDNN
# take the same kernels; hashing without salt.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "PYTHONHASHSEED": "0",
    "MXNET_SUBGRAPH_VERBOSE": "0",
    "D2LUTILS_ENGINE": "mxnet",
    "D2LUTILS_PROGRESS": "0",
}

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_METADATA = ("tags", "mystnb")
LONGEST_CELL = 15  # lines that are not empty: one idea, which fits on a screen
RUNS_CODE = re.compile(r"<script|<[^>]+\son[a-z]+\s*=|javascript:", re.I)
VOLATILE = {
    "a path of this machine": re.compile(r"(/home/|/root/|/Users/|/tmp/|[A-Z]:\\\\)\w"),
    "a memory address": re.compile(r"\bat 0x[0-9a-f]{6,}"),
    "a date": re.compile(r"<dc:date>"),
    "a progress bar": re.compile(r"\d+%\|"),
}


class Book:
    """The folders of one book: the repository's own, or a copy that a test breaks."""

    def __init__(self, root=ROOT):
        self.chapters = pathlib.Path(root) / "chapters"
        self.sources = self.chapters / "sources"

    def names(self):
        return sorted(path.stem for path in self.sources.glob("*.md"))

    def notebook(self, name):
        return self.chapters / f"{name}.ipynb"


def from_source(path):
    """The notebook without outputs that a text source stands for, with stable cell ids
    and metadata.
    """
    import jupytext  # here, so that a test of the notebooks alone does without it

    notebook = jupytext.read(path)
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{path.stem}-{number:03d}"
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in CELL_METADATA}
        )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def clean(notebook):
    """Remove from an executed notebook what changes from run to run: times, widget ids,
    versions, counters.
    """
    notebook = nbformat.from_dict(notebook)
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    count = 0
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in CELL_METADATA}
        )
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return notebook


def execute(notebook, folder):
    """Run a notebook in a fresh kernel and return it cleaned. An error in a cell is
    raised.
    """
    from nbclient import NotebookClient

    os.environ.update(ENVIRONMENT)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        # Else the timing of prints decides into how many outputs they fall.
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    return clean(client.execute())


def read(path):
    """A stored notebook. ValueError names one that is cut off or something else."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf8"), as_version=4)
        nbformat.validate(notebook)
    except OSError:
        raise ValueError(f"{path.name} cannot be read") from None
    except Exception as error:  # of nbformat, json or jsonschema, of many kinds
        reason = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise ValueError(f"{path.name} is no notebook ({reason})") from None
    return notebook


def dumps(notebook):
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def differs(source, stored):
    """Whether a stored notebook has other cells, ids or metadata than its source."""

    def key(notebook):
        return [
            (c.cell_type, c.id, c.source, json.dumps(c.metadata, sort_keys=True))
            for c in notebook.cells
        ]

    return key(source) != key(stored)


def faults(name, book):
    """What is wrong with a stored notebook: a list of sentences, empty when it is in
    step with its source and clean.
    """
    path = book.notebook(name)
    mend = (
        "run `make notebooks` (it executes what changed; "
        f"`make notebooks NAMES={name}` forces this one)"
    )
    if not path.exists():
        return [f"{path.name} is missing: {mend}."]
    try:
        stored = read(path)
    except ValueError as error:
        return [f"{error}; {mend}."]
    text = path.read_text(encoding="utf8")
    found = []
    if differs(from_source(book.sources / f"{name}.md"), stored):
        found.append(f"{path.name} is stale, its source has changed: {mend}.")
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    found += [
        f"{path.name}, cell {cell.id}: the text holds HTML that runs code; remove it."
        for cell in stored.cells
        if cell.cell_type == "markdown" and RUNS_CODE.search(cell.source)
    ]
    for cell in code:
        length = sum(bool(line.strip()) for line in cell.source.splitlines())
        if length > LONGEST_CELL:
            found.append(
                f"{path.name}, cell {cell.id}: {length} lines of code, need at most "
                f"{LONGEST_CELL}; split it or move plumbing into the library."
            )
    if not any(cell.outputs for cell in code):
        found.append(f"{path.name} has no outputs: {mend}.")
    if dumps(clean(stored)) != text:
        found.append(
            f"{path.name} has volatile metadata or was saved by another tool: {mend}."
        )
    for cell in code:
        found += [
            f"{path.name}, cell {cell.id}: {what} keeps nbval from comparing it; "
            "remove it."
            for what in gate.refused(cell)
        ]
        printed = json.dumps(cell.outputs)
        found += [
            f"{path.name}, cell {cell.id}: the output holds {what}; mend the cell, "
            f"then {mend}."
            for what, pattern in VOLATILE.items()
            if pattern.search(printed)
        ]
        if any(output.output_type == "error" for output in cell.outputs):
            found.append(
                f"{path.name}, cell {cell.id}: the output is an error; mend the cell, "
                f"then {mend}."
            )
    return found + live_faults(path.name, code)


def live_faults(filename, code):
    """Cells whose output nbval must not compare need a claim behind them: the next
    claim in the notebook.
    """
    found = []
    for position, cell in enumerate(code):
        if gate.LIVE_TAG in cell.metadata.get("tags", []) and not (
            position + 1 < len(code) and claims.collect({"cells": [code[position + 1]]})
        ):
            found.append(
                f"{filename}, cell {cell.id}: its output is exempt from comparison "
                f"({gate.LIVE_TAG}), "
                "so the next code cell must check a claim about it."
            )
    return found


def live_cells(book):
    """The exempted cells of all notebooks, as (notebook, cell id)."""
    return [
        (name, cell.id)
        for name in book.names()
        if (notebook := _readable(book.notebook(name))) is not None
        for cell in notebook.cells
        if gate.LIVE_TAG in cell.metadata.get("tags", [])
    ]


def claim_faults(book):
    """The names that more than one claim of the book has."""
    names = [
        claim["name"]
        for name in book.names()
        if (notebook := _readable(book.notebook(name))) is not None
        for claim in claims.collect(notebook)
    ]
    return [
        f"The claim name {name} is used more than once; give each claim its own."
        for name in sorted({name for name in names if names.count(name) > 1})
    ]


def sync(book, names=(), everything=False):
    """Execute the named notebooks, else those that changed, else all."""
    if unknown := sorted(set(names) - set(book.names())):
        raise SystemExit(
            f"No source for {', '.join(unknown)}; there are {', '.join(book.names())}."
        )
    force = everything or bool(names)
    chosen = [name for name in book.names() if not names or name in names]
    return [name for name in chosen if _sync_one(name, book, force)]


def _sync_one(name, book, force):
    """Whether the notebook was written anew; outputs are kept where no code changed."""
    source, path = book.sources / f"{name}.md", book.notebook(name)
    fresh = from_source(source)
    stored = None if force else _readable(path)
    if stored is not None:
        if not differs(fresh, stored):
            return False
        if _keep_outputs(fresh, stored):
            print(f"new text around the outputs of {name}", flush=True)
            _files.write(path, dumps(clean(fresh)))
            return True
    print(f"executing {name} ...", flush=True)
    text = dumps(execute(fresh, book.chapters))
    # A notebook is replaced only when the whole of it ran.
    _files.write(path, text)
    return True


def _readable(path):
    """The stored notebook, or None where there is none, or one cut off."""
    try:
        return read(path)
    except ValueError:
        return None


def _keep_outputs(fresh, stored):
    """Give fresh the outputs of stored if both have the same code, cell by cell."""
    pairs = [
        [cell for cell in notebook.cells if cell.cell_type == "code"]
        for notebook in (fresh, stored)
    ]
    if [cell.source for cell in pairs[0]] != [cell.source for cell in pairs[1]]:
        return False
    for new, old in zip(*pairs, strict=True):
        new.outputs = old.outputs
    return True


def check(book):
    found = [
        fault for name in book.names() for fault in faults(name, book)
    ] + claim_faults(book)
    sourced = set(book.names())
    found += [
        f"{path.name} has no source in {book.sources.name}/: people edit the source, "
        "not the notebook."
        for path in sorted(book.chapters.glob("*.ipynb"))
        if path.stem not in sourced
    ]
    for name, cell in live_cells(book):
        print(
            f"exempt from comparison, a claim stands behind it: {name}.ipynb, cell "
            f"{cell}"
        )
    for fault in found:
        print(fault, file=sys.stderr)
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("command", choices=("sync", "check"))
    parser.add_argument("names", nargs="*")
    parser.add_argument(
        "--all", action="store_true", help="execute every notebook, changed or not"
    )
    parser.add_argument(
        "--root",
        type=pathlib.Path,
        default=ROOT,
        help="the repository (default: this one)",
    )
    options = parser.parse_args(arguments)
    book = Book(options.root)
    if options.command == "check":
        return 1 if check(book) else 0
    done = sync(book, options.names, options.all)
    print(
        f"executed: {', '.join(done)}"
        if done
        else "every notebook is in step with its source"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
