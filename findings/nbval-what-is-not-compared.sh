#!/usr/bin/env bash
# nbval passes other pictures and another order of outputs, and fails what Jupyter
# stores after clear_output.
#
# Expected: nbval compares what a cell puts out now with what is stored; a notebook just
#   saved by Jupyter passes.
# Happens: PNG images are not compared, not even whether there is one; printed text
#   before or after a displayed object is the same to it; a display that is updated
#   later is compared with the text of its first version. A cell that prints, calls
#   `clear_output()` and prints again fails, although the stored output is what Jupyter
#   keeps: the last text alone.
# Versions: nbval 0.11.0, pytest 9.2.0, ipykernel 7.4.0, nbclient 0.11.0, Python 3.11.
# Matters: A wrong or missing figure passes; a notebook with a progress line cannot
#   pass. (SVG, HTML, LaTeX and text are compared.)
# Source: images: "skip_compare" of the plugin, https://nbval.readthedocs.io/
# Seen:
#   nbval 0.11.0
#   another PNG: 1 passed
#   a PNG that is gone: 1 passed
#   other order: 1 passed
#   text before the update: 1 passed
#   stored after clear_output: ['2\n']
#   the same notebook under nbval: 1 failed
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'nbval==0.11.0' 'pytest==9.2.0' 'ipykernel==7.4.0' \
    'nbclient==0.11.0'
cd "$folder"
cat > cases.py <<'END'
import subprocess
import sys
from importlib.metadata import version

from nbclient import NotebookClient
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook, new_output

print("nbval", version("nbval"))
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook(source, outputs=()):
    cell = new_code_cell(source, outputs=list(outputs), execution_count=1)
    return new_notebook(cells=[cell], metadata={"kernelspec": kernel})


def verdict(case):
    write(case, "case.ipynb")
    pytest = [sys.executable, "-m", "pytest", "--nbval", "-q", "case.ipynb"]
    output = subprocess.run(pytest, capture_output=True, text=True).stdout
    return output.strip().splitlines()[-1].split(" in ")[0]


def shown(**data):
    data = {key.replace("_", "/"): value for key, value in data.items()}
    return new_output("display_data", data=data)


bundle = "from IPython.display import display\ndisplay({}, raw=True)"
picture = bundle.format({"image/png": "AAAA", "text/plain": "figure"})
bare = bundle.format({"text/plain": "figure"})
text = new_output("stream", name="stdout", text="first\n")
update = "h = display('a', display_id=True)\nh.update('b')"
cases = {
    "another PNG": (picture, [shown(text_plain="figure", image_png="BBBB")]),
    "a PNG that is gone": (bare, [shown(text_plain="figure", image_png="BBBB")]),
    "other order": ("print('first')\n" + bare, [shown(text_plain="figure"), text]),
    "text before the update": (update, [shown(text_plain="'a'")]),
}
for name, (source, outputs) in cases.items():
    result = verdict(notebook(source, outputs))
    print(f"{name}: {result}")
    assert result == "1 passed"
source = "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)"
executed = NotebookClient(notebook(source)).execute()
texts = [output.text for output in executed.cells[0].outputs]
print("stored after clear_output:", texts)
print("the same notebook under nbval:", verdict(executed))
assert verdict(executed) == "1 failed"
END
"$python" cases.py
