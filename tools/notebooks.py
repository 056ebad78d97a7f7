"""Execute the chapters' text sources into the notebooks that are shipped, and check
that they are in step.

    python tools/notebooks.py sync [NAME ...] [--all]   execute the named chapters, else
    what changed, or all
    python tools/notebooks.py worksheets FOLDER         the notebooks without outputs
    and solutions, for a class
    python tools/notebooks.py check                     fail when a notebook is stale or
    holds anything volatile, or when the editions differ

People edit `chapters/sources/NAME.md` (MyST Markdown). From it come, for each edition
(sources.py), the notebook `chapters/NAME.ipynb` for readers, and
`chapters/solutions/NAME.ipynb`. The pages show the sources' text and the outputs of
MXNet's notebooks.
"""

import argparse
import concurrent.futures
import functools
import json
import os
import pathlib
import re
import sys

import folding
import gate
import nbformat
import plain
import sources
import yaml
from pins import ENVIRONMENT

from d2lutils import _files, claims

ROOT = pathlib.Path(__file__).resolve().parent.parent

LONGEST_CELL = 15  # lines that are not empty: one idea, which fits on a screen
DIFFERS = "editions-differ"  # the tag of a cell whose output the page explains
RUNS_CODE = re.compile(r"<script|<[^>]+\son[a-z]+\s*=|javascript:", re.I)
MYST = re.compile(r"^ *[`:]{3,}\{|\{[a-z:]+\}`|^\([a-z0-9-]+\)=|\(eq-[a-z]", re.M)
VOLATILE = {
    "a path of this machine": re.compile(r"(/home/|/root/|/Users/|/tmp/|[A-Z]:\\\\)\w"),
    "a memory address": re.compile(r"\bat 0x[0-9a-f]{6,}"),
    "a date": re.compile(r"<dc:date>"),
    "a progress bar": re.compile(r"\d+%\|"),
}


class Book:
    """The folders of one book: the repository's own, or a copy that a test breaks."""

    def __init__(self, root=ROOT):
        self.root = pathlib.Path(root)
        self.chapters = self.root / "chapters"
        self.sources = self.chapters / "sources"

    def names(self):
        return sorted(path.stem for path in self.sources.glob("*.md"))

    def notebook(self, name, edition=sources.MXNET):
        return self.chapters / edition.folder / f"{name}.ipynb"

    def solutions(self, name, edition=sources.MXNET):
        return self.chapters / edition.folder / "solutions" / f"{name}.ipynb"

    def cells(self, name):
        """The cells of a source, which is read once as long as it stays the same."""
        path = self.sources / f"{name}.md"
        return _cells(path, path.stat().st_mtime_ns)

    def made(self):
        """{path: notebook without outputs} of all that the sources stand for."""
        read = {name: self.cells(name) for name in self.names()}
        shared = plain.Book(
            labels=plain.scan(self.root, read),
            bibliography=self.chapters / "references.bib",
            pages=_pages(self.chapters),
            site=_setting(self.root, "html", "baseurl"),
            repository=_setting(self.root, "repository", "url"),
            verdicts=functools.partial(_verdicts, self),
        )
        made = {}
        for name, cells in read.items():
            for edition in sources.EDITIONS:
                if sources.has_edition(cells, edition):
                    chapter, solutions = plain.make(name, cells, edition, shared)
                    made[self.notebook(name, edition)] = chapter
                    if solutions is not None:
                        made[self.solutions(name, edition)] = solutions
        return made


@functools.lru_cache(maxsize=64)
def _cells(path, changed):
    return sources.read(path)


def _pages(chapters):
    """The titles of the pages that are no notebooks, by name."""
    found = {}
    for path in chapters.glob("*.md"):
        title = re.search(r"^# (.+)", path.read_text(encoding="utf8"), re.MULTILINE)
        found[path.stem] = title[1] if title else path.stem
    return found


def _setting(root, *keys):
    """A setting of the book, "" where it is not set."""
    path = root / "_config.yml"
    value = yaml.safe_load(path.read_text(encoding="utf8")) if path.exists() else {}
    for key in keys:
        value = (value or {}).get(key)
    return value or ""


def _claims(book):
    """{name: claim} of all chapters and solutions."""
    return {
        claim["name"]: claim
        for name in book.names()
        for path in (book.solutions(name), book.notebook(name))
        if (notebook := _readable(path)) is not None
        for claim in claims.collect(notebook)
    }


def _verdicts(book):
    """How many claims have which verdict, in the order of `claims.VERDICTS`."""
    found = [claim["verdict"] for claim in _claims(book).values()]
    return {verdict: found.count(verdict) for verdict in claims.VERDICTS}


def page(name, book):
    """The notebook that a page is built from: the text of the source in MyST, and the
    outputs that are stored for its cells, where these have the same code.
    """
    stored = {}
    for path in (book.solutions(name), book.notebook(name)):
        notebook = _readable(path) if path.exists() else None
        stored |= {c.id: c for c in (notebook.cells if notebook else ())}
    cells = []
    for cell in book.cells(name):
        if cell.kind == "markdown":
            cells.append(sources.text_cell(cell.id, cell.text))
            continue
        made = sources.code_cell(cell.id, cell.text)
        made.metadata = nbformat.from_dict(_on_the_page(cell))
        if cell.id in stored and stored[cell.id].source == cell.text:
            made.outputs = stored[cell.id].outputs
            made.execution_count = stored[cell.id].execution_count
        cells.append(made)
    return sources.notebook(cells)


def _on_the_page(cell):
    """The metadata that a cell has on its page: also its twin, and how it is folded."""
    metadata = {**cell.metadata} | ({"twin": cell.twin} if cell.twin else {})
    tags = list(metadata.get("tags", ()))
    if (
        what := folding.part(cell.text, bool(cell.figure))
    ) and "remove-input" not in tags:
        keys = ("code_prompt_show", "code_prompt_hide")
        prompts = dict.fromkeys(keys, folding.PROMPTS[what])
        metadata["tags"] = [*tags, "hide-input", what]
        metadata["mystnb"] = {**metadata.get("mystnb", {}), **prompts}
    return metadata


def clean(notebook):
    """Remove from an executed notebook what changes from run to run: times, widget ids,
    versions, counters.
    """
    notebook = nbformat.from_dict(notebook)
    notebook.metadata = sources.notebook([]).metadata
    count = 0
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k == "tags"}
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


def differs(fresh, stored):
    """Whether a stored notebook has other cells, ids or metadata than it should."""

    def key(notebook):
        return [
            (c.cell_type, c.id, c.source, json.dumps(c.metadata, sort_keys=True))
            for c in notebook.cells
        ]

    return key(fresh) != key(stored)


def faults(path, fresh, book):
    """What is wrong with a stored notebook: a list of sentences, empty when it is in
    step with its source, which gives `fresh`, and clean.
    """
    shown = path.relative_to(book.chapters).as_posix()
    mend = (
        "run `make notebooks` (it executes what changed; "
        f"`make notebooks NAMES={path.stem}` forces this one)"
    )
    if not path.exists():
        return [f"{shown} is missing: {mend}."]
    try:
        stored = read(path)
    except ValueError as error:
        return [f"{error}; {mend}."]
    found = []
    widgets = "widgets" in stored.metadata
    if differs(fresh, stored):
        found.append(f"{shown} is stale, its source has changed: {mend}.")
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    found += [
        f"{shown}, cell {cell.id}: the text holds {what}; {remedy}."
        for cell in stored.cells
        if cell.cell_type == "markdown"
        for pattern, what, remedy in (
            (RUNS_CODE, "HTML that runs code", "remove it"),
            (MYST, "MyST that Jupyter shows raw", "tools/plain has to write it"),
        )
        if pattern.search(cell.source)
    ]
    for cell in code[1:]:  # the first one installs
        length = sum(bool(line.strip()) for line in cell.source.splitlines())
        if length > LONGEST_CELL:
            found.append(
                f"{shown}, cell {cell.id}: {length} lines of code, need at most "
                f"{LONGEST_CELL}; split it or move plumbing into the library."
            )
    if not any(cell.outputs for cell in code):
        found.append(f"{shown} has no outputs: {mend}.")
    stored.metadata = sources.notebook([]).metadata  # each front end writes its own
    if widgets or dumps(clean(stored)) != dumps(stored):
        found.append(
            f"{shown} has volatile metadata or was saved by another tool: {mend}."
        )
    for cell in code:
        found += [
            f"{shown}, cell {cell.id}: {what} keeps nbval from comparing it; remove it."
            for what in gate.refused(cell)
        ]
        printed = json.dumps(cell.outputs)
        found += [
            f"{shown}, cell {cell.id}: the output holds {what}; mend the cell, "
            f"then {mend}."
            for what, pattern in VOLATILE.items()
            if pattern.search(printed)
        ]
        if any(output.output_type == "error" for output in cell.outputs):
            found.append(
                f"{shown}, cell {cell.id}: the output is an error; mend the cell, "
                f"then {mend}."
            )
    return found + live_faults(shown, code)


def live_faults(filename, code):
    """Cells whose output nbval must not compare need a claim behind them: the next
    claim in the notebook. In the setup of solutions it stands in the chapter.
    """
    found = []
    for position, cell in enumerate(code):
        if "solutions/" in filename or gate.LIVE_TAG not in cell.metadata.get(
            "tags", []
        ):
            continue
        if not (
            position + 1 < len(code) and claims.collect({"cells": [code[position + 1]]})
        ):
            found.append(
                f"{filename}, cell {cell.id}: its output is exempt from comparison "
                f"({gate.LIVE_TAG}), "
                "so the next code cell must check a claim about it."
            )
    return found


def edition_faults(name, book):
    """Where the editions of a chapter print different things, cell by cell.

    Compared are texts and claims, not figures. Of a claim about a live cell only the
    statement and the verdict have to agree; a cell with the tag `DIFFERS` may differ.
    """
    found = []
    for place in (book.notebook, book.solutions):
        pair = [_readable(place(name, edition)) for edition in sources.EDITIONS]
        if None in pair:
            continue
        pair = [{c.id: c for c in n.cells if c.cell_type == "code"} for n in pair]
        live = False
        for identity in [i for i in pair[0] if i in pair[1]]:
            cells = [cells[identity] for cells in pair]
            tags = cells[0].metadata.get("tags", [])
            exempt = {gate.LIVE_TAG, DIFFERS} & set(tags)
            texts = [_printed(cell, live) for cell in cells]
            if texts[0] != texts[1] and not exempt:
                found.append(
                    f"{name}, cell {identity}: MXNet's edition has "
                    f"{gate.short(*texts)}: mend the twin, or print fewer digits."
                )
            live = gate.LIVE_TAG in tags
    return found


def _printed(cell, after_live):
    """The texts that a cell shows, and its claims."""
    texts = []
    for output in cell.outputs:
        data = output.get("data", {})
        claim = data.get(claims.MIME)
        if claim is not None:
            keys = ("name", "statement", "verdict") if after_live else sorted(claim)
            texts.append(json.dumps({key: claim.get(key) for key in keys}))
        elif output.get("name") != "stderr":
            texts.append(output.get("text") or data.get("text/plain", ""))
    return "".join(texts)


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


def sync(book, names=(), everything=False, jobs=1):
    """Execute the notebooks of the named chapters, else those that changed, else all.

    Returns the paths of those written anew, below `chapters`.
    """
    if unknown := sorted(set(names) - set(book.names())):
        raise SystemExit(
            f"No source for {', '.join(unknown)}; there are {', '.join(book.names())}."
        )
    force = everything or bool(names)
    done = []
    for turn in range(2):  # the second for what shows the others' claims

        def one(made, force=force and not turn):
            return made[0] if _sync_one(*made, book, force) else None

        chosen = [m for m in book.made().items() if not names or m[0].stem in names]
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            written = list(filter(None, pool.map(one, chosen)))
        done += [path.relative_to(book.chapters).as_posix() for path in written]
        if not done:
            break
    return list(dict.fromkeys(done))


def _sync_one(path, fresh, book, force):
    """Whether the notebook was written anew; outputs are kept where no code changed."""
    shown = path.relative_to(book.chapters).as_posix()
    stored = None if force or not path.exists() else _readable(path)
    if stored is not None:
        if not differs(fresh, stored):
            return False
        if _keep_outputs(fresh, stored):
            print(f"new text around the outputs of {shown}", flush=True)
            _files.write(path, dumps(clean(fresh)))
            return True
    print(f"executing {shown} ...", flush=True)
    text = dumps(execute(fresh, book.chapters))
    path.parent.mkdir(parents=True, exist_ok=True)
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


def worksheets(book, folder):
    """Write the chapters' notebooks without outputs; solutions are not in them."""
    for path, fresh in book.made().items():
        if path.parent.name != "solutions":
            target = folder / path.relative_to(book.chapters)
            target.parent.mkdir(parents=True, exist_ok=True)
            _files.write(target, dumps(clean(fresh)))
            yield target


def check(book):
    made = book.made()
    found = [f for path, fresh in made.items() for f in faults(path, fresh, book)]
    found += claim_faults(book)
    found += [fault for name in book.names() for fault in edition_faults(name, book)]
    found += [
        f"{path.relative_to(book.chapters)} has no source in {book.sources.name}/: "
        "people edit the source, not the notebook."
        for path in sorted(book.chapters.rglob("*.ipynb"))
        if path not in made and ".ipynb_checkpoints" not in path.parts
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
    parser.add_argument("command", choices=("sync", "check", "worksheets"))
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
    parser.add_argument(
        "--jobs", type=int, default=1, help="how many notebooks run at a time"
    )
    options = parser.parse_args(arguments)
    book = Book(options.root)
    if options.command == "check":
        return 1 if check(book) else 0
    if options.command == "worksheets":
        for path in worksheets(book, pathlib.Path(*options.names)):
            print(path)
        return 0
    done = sync(book, options.names, options.all, options.jobs)
    print(
        f"written: {', '.join(done)}"
        if done
        else "every notebook is in step with its source"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
