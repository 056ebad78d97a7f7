#!/usr/bin/env bash
# nbval obeys its markers inside strings, and "raises an exception" passes when none is
# raised.
#
# Expected: `# NBVAL_SKIP` and its like are comments by which an author exempts a cell;
#   text that merely contains them (a tutorial on nbval, generated source) is data. A
#   cell marked NBVAL_RAISES_EXCEPTION has to raise one.
# Happens: The markers are looked for by line, without parsing: at the start of a line
#   of a triple-quoted string they count. The cell's stored output, right or wrong, is
#   then not compared. A cell marked as raising passes if it raises nothing.
# Versions: nbval 0.11.0, pytest 9.2.0, ipykernel 7.4.0, Python 3.11.
# Matters: A notebook about testing notebooks is not tested where it matters, and a
#   demonstration of an error that a new release has abolished goes unnoticed.
# Seen:
#   nbval 0.11.0
#   wrong output: 1 failed
#   marker in a comment: 1 skipped
#   marker in a string: 1 skipped
#   marker within a line: 1 failed
#   should raise, does not: 1 passed
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'nbval==0.11.0' 'pytest==9.2.0' 'ipykernel==7.4.0'
cd "$folder"
cat > cases.py <<'END'
import subprocess
import sys
from importlib.metadata import version

from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook, new_output

print("nbval", version("nbval"))
wrong = [new_output("stream", name="stdout", text="a wrong output\n")]
comment, string = "# NBVAL_SKIP\n", 's = """\n# NBVAL_SKIP\n"""\n'
cases = {
    "wrong output": ("print(1 + 1)", wrong, "1 failed"),
    "marker in a comment": (comment + "print(1 + 1)", wrong, "1 skipped"),
    "marker in a string": (string + "print(1 + 1)", wrong, "1 skipped"),
    "marker within a line": ("s = ' # NBVAL_SKIP'\nprint(2)", wrong, "1 failed"),
    "should raise, does not": ("# NBVAL_RAISES_EXCEPTION\nx = 1 / 1", [], "1 passed"),
}
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
for name, (source, outputs, expected) in cases.items():
    cell = new_code_cell(source, outputs=outputs, execution_count=1)
    write(new_notebook(cells=[cell], metadata={"kernelspec": kernel}), "case.ipynb")
    pytest = [sys.executable, "-m", "pytest", "--nbval", "-q", "case.ipynb"]
    verdict = subprocess.run(pytest, capture_output=True, text=True).stdout
    last = verdict.strip().splitlines()[-1].split(" in ")[0]
    print(f"{name}: {last}")
    assert last == expected
END
"$python" cases.py
