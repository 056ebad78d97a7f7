#!/usr/bin/env bash
# A notebook that nbclient has just executed fails under nbval if a line ends in `;`.
#
# Expected: In IPython a semicolon after an expression suppresses its output. nbclient,
#   which Jupyter's own tools execute notebooks with, stores none; nbval executes the
#   same notebook again, with the same kernel, and finds what is stored.
# Happens: nbval executes cells without keeping a history, and IPython looks for the
#   semicolon in its history. So there is an output where none is stored, and the
#   comparison fails, for a line such as `plt.plot(x);`, a common idiom.
# Versions: nbval 0.11.0, nbclient 0.11.0, ipykernel 7.4.0, Python 3.11.
# Matters: The failure looks like an unstable cell, and the usual answer, to exempt it
#   from comparison, takes away the test. Binding the value to `_` helps.
# Seen:
#   nbval 0.11.0 nbclient 0.11.0
#   1 + 1: outputs stored 1, then nbval: 1 passed
#   1 + 1;: outputs stored 0, then nbval: 1 failed
#   _ = 1 + 1: outputs stored 0, then nbval: 1 passed
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'nbval==0.11.0' 'pytest==9.2.0' 'ipykernel==7.4.0' 'nbclient==0.11.0'
cd "$folder"
cat > cases.py <<'END'
import subprocess
import sys
from importlib.metadata import version

from nbclient import NotebookClient
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook

print("nbval", version("nbval"), "nbclient", version("nbclient"))
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
cases = {
    "1 + 1": (1, "1 passed"),
    "1 + 1;": (0, "1 failed"),
    "_ = 1 + 1": (0, "1 passed"),
}
for source, expected in cases.items():
    notebook = new_notebook(cells=[new_code_cell(source)])
    notebook.metadata["kernelspec"] = kernel
    NotebookClient(notebook).execute()
    stored = len(notebook.cells[0].outputs)
    write(notebook, "case.ipynb")
    pytest = [sys.executable, "-m", "pytest", "--nbval", "-q", "case.ipynb"]
    verdict = subprocess.run(pytest, capture_output=True, text=True).stdout
    last = verdict.strip().splitlines()[-1].split(" in ")[0]
    print(f"{source}: outputs stored {stored}, then nbval: {last}")
    assert (stored, last) == expected
END
"$python" cases.py
