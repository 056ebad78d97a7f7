#!/usr/bin/env bash
# Where Jupyter is installed, each process that imports nbformat builds 39 parsers first.
#
# Expected: A validator of JSON is imported in a moment, and a check of one format (IRIs,
#   which no notebook has) costs nothing until it is asked for.
# Happens: jupyter_events asks for jsonschema with the extra "format-nongpl", and that
#   brings rfc3987-syntax since jsonschema 4.25. jsonschema imports it whenever it is
#   imported, and at import it builds a Lark parser for each of its rules, 39 in all,
#   from one grammar. With jsonschema 4.24.1 there is none, and importing nbformat takes
#   a fifth of the time.
# Versions: jsonschema 4.26.0 and 4.24.1, rfc3987-syntax 1.1.0, lark 1.3.1, nbformat
#   5.10.4, jupyter_events 0.12.1, Python 3.11.
# Matters: pytest with nbval, each of its workers, Jupyter's server, jupyter-book and
#   papermill import nbformat: a second each of a slow processor, before they do
#   anything. A test run of a book has dozens of them.
# Discussed: github.com/python-jsonschema/jsonschema/issues/1428 (closed, not changed).
# Seen:
#   jsonschema 4.26.0: 39 parsers
#   jsonschema 4.24.1: 0 parsers
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
cd "$folder"
"$python" -m pip install --quiet 'jsonschema==4.26.0' 'nbformat==5.10.4' \
    'jupyter_events==0.12.1' 'rfc3987-syntax==1.1.0' 'lark==1.3.1'
for version in 4.26.0 4.24.1; do
    "$python" -m pip install --quiet "jsonschema==$version"
    # What the older one never asked for would otherwise stay.
    [ "$version" = 4.26.0 ] || "$python" -m pip uninstall --quiet --yes rfc3987-syntax
    "$python" - <<'END'
from importlib.metadata import version

import lark

built = []
make = lark.Lark.__init__
lark.Lark.__init__ = lambda self, *args, **kwargs: (
    built.append(self),
    make(self, *args, **kwargs),
)[1]

import nbformat  # noqa: E402

known = version("jsonschema")
print(f"jsonschema {known}: {len(built)} parsers")
assert len(built) == {"4.26.0": 39, "4.24.1": 0}[known]
END
done
