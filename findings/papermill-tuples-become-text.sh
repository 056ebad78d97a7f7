#!/usr/bin/env bash
# papermill hands a notebook the text "(64, 32)" for the tuple (64, 32), whose length is
# 8.
#
# Expected: `execute_notebook(..., parameters={"widths": (64, 32)})` sets widths to the
#   tuple, as it sets it to the list [64, 32], or refuses.
# Happens: What is no number, text, list, dictionary or None is written into the
#   notebook as text: a tuple arrives as a string, and a loop over it goes over "(",
#   "6", "4" and so on. Keys of dictionaries become text too: {1: 0.1, 10: 0.01} arrives
#   as {"1": 0.1, "10": 0.01}, so that looking up epoch 10 finds nothing.
# Versions: papermill 2.7.0, ipykernel 7.4.0, nbformat 5.11.1, Python 3.11.
# Matters: Layer widths, betas of Adam and ranges are written as tuples, schedules as
#   dictionaries by epoch; a notebook that only counts or looks up with a default runs
#   to its end with wrong numbers.
# Seen:
#   papermill 2.7.0
#   widths=[64, 32], rates={1: 0.1, 10: 0.01}: 2 layers, rate 0.1 at epoch 10
#   widths=(64, 32), rates={1: 0.1, 10: 0.01}: 8 layers, rate 0.1 at epoch 10
#   the notebook by itself: 2 layers, rate 0.01 at epoch 10
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'papermill==2.7.0' 'ipykernel==7.4.0' 'nbformat==5.11.1'
cd "$folder"
"$python" - <<'END'
import warnings

import nbformat
import papermill
from nbformat.v4 import new_code_cell, new_notebook

warnings.simplefilter("ignore")
print("papermill", papermill.__version__)
parameters = new_code_cell("widths = (64, 32)\nrates = {1: 0.1, 10: 0.01}")
parameters.metadata["tags"] = ["parameters"]
use = 'print(len(widths), "layers, rate", rates.get(10, 0.1), "at epoch 10")'
notebook = new_notebook(cells=[parameters, new_code_cell(use)])
notebook.metadata["kernelspec"] = {
    "name": "python3", "display_name": "Python 3", "language": "python",
}
nbformat.write(notebook, "before.ipynb")


def seen(**given):
    papermill.execute_notebook(
        "before.ipynb", "after.ipynb", parameters=given, progress_bar=False
    )
    outputs = nbformat.read("after.ipynb", as_version=4).cells[-1].outputs
    return "".join(output.text for output in outputs).strip()


rates = {1: 0.1, 10: 0.01}
for widths, layers in (([64, 32], 2), ((64, 32), 8)):
    found = seen(widths=widths, rates=rates)
    print(f"widths={widths}, rates={rates}: {found}")
    assert found == f"{layers} layers, rate 0.1 at epoch 10"
found = seen()
print("the notebook by itself:", found)
assert found == "2 layers, rate 0.01 at epoch 10"
END
