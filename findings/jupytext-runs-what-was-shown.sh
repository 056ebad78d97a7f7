#!/usr/bin/env bash
# Through MyST Markdown, jupytext turns code that a text cell shows into a code cell
# that runs.
#
# Expected: `jupytext --to md:myst` and back gives the same cells; the format is meant
#   for lossless round trips.
# Happens: A Markdown cell that shows how to write a `{code-cell}` comes back as a real
#   code cell, executed with the notebook; a line `+++` in a Markdown cell splits it in
#   two; an empty Markdown cell disappears; blank lines at the start of a code cell lose
#   one at each round trip, and the line separator U+2028 inside a string becomes a line
#   break, which makes the cell a syntax error and leaves a stray text cell behind it.
#   No warning is given.
# Versions: jupytext 1.19.6, nbformat 5.11.1, Python 3.11.
# Matters: Chapters about notebooks, and contributors' guides, are the place for such
#   examples; what was text runs at the reader's.
# Seen:
#   jupytext 1.19.6
#   text that shows a code cell: [('code', "print('ran')")]
#   text with a line +++: [('markdown', 'a'), ('markdown', 'b')]
#   text, empty text, code: [('markdown', 'a'), ('code', 'x')]
#   code after two blank lines: [('code', '\nx = 1')]
#   string with U+2028: [('code', "s = 'a\nb'"), ('markdown', '```')]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'jupytext==1.19.6' 'nbformat==5.11.1'
cd "$folder"
"$python" - <<'END'
import jupytext
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

print("jupytext", jupytext.__version__)


def round_trip(*cells):
    notebook = new_notebook(cells=list(cells))
    back = jupytext.reads(jupytext.writes(notebook, "md:myst"), "md:myst")
    return [(cell.cell_type, cell.source) for cell in back.cells]


shown = round_trip(new_markdown_cell("```{code-cell} ipython3\nprint('ran')\n```"))
print("text that shows a code cell:", shown)
assert shown == [("code", "print('ran')")]
split = round_trip(new_markdown_cell("a\n+++\nb"))
print("text with a line +++:", split)
assert len(split) == 2
empty = round_trip(new_markdown_cell("a"), new_markdown_cell(""), new_code_cell("x"))
print("text, empty text, code:", empty)
assert len(empty) == 2
blank = round_trip(new_code_cell("\n\nx = 1"))
print("code after two blank lines:", blank)
assert blank == [("code", "\nx = 1")]
separator = round_trip(new_code_cell("s = 'a\u2028b'"))
print("string with U+2028:", separator)
assert separator[0] == ("code", "s = 'a\nb'")
END
