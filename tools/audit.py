"""What the book installs and what is known of it, as tables for the page on
reproducibility.

audit.json holds what was looked up: when each package was released, whether its makers
still mend it, and the known vulnerabilities of the locked versions. `make audit` asks
for new ones; who of us uses a package is read here.
"""

import ast
import functools
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
FACTS = pathlib.Path(__file__).with_name("audit.json")
# Under which name Python knows a package, where it is another one.
MODULES = {"scikit-learn": "sklearn", "ipython": "IPython", "fonttools": "fontTools"}
PLACES = {
    "library": "d2lutils/**/*.py",
    "chapters": "chapters/sources/*.md",
    "tools": "tools/**/*.py",
}


def facts():
    return json.loads(FACTS.read_text(encoding="utf8"))


def locked():
    """{package: version} of what the locks name."""
    text = "".join(
        path.read_text(encoding="utf8")
        for path in sorted(ROOT.glob("requirements*.lock"))
    )
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))


def asked_for():
    """The packages that requirements.txt and pyproject.toml name for a reader."""
    listed = (ROOT / "requirements.txt").read_text(encoding="utf8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf8")
    listed += re.search(
        r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL
    )[1]
    return set(re.findall(r'^\s*"?([a-z][\w.-]*)(?=[<>=!~;"])', listed, re.MULTILINE))


@functools.cache
def used():
    """{place: [the modules that a file of it imports, file by file]}."""
    found = {}
    for place, pattern in PLACES.items():
        texts = [path.read_text(encoding="utf8") for path in sorted(ROOT.glob(pattern))]
        found[place] = [set(imported(text)) for text in texts]
    return found


def imported(text):
    """The first parts of the names that code, or a chapter's cells, import."""
    try:
        nodes = ast.walk(ast.parse(text))
    except SyntaxError:
        yield from re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE)
        return
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def users(package):
    """Who imports a package: the library, chapters or tools."""
    module = MODULES.get(package, package.replace("-", "_"))
    places = [
        place
        for place, files in used().items()
        if any(module in names for names in files)
    ]
    return ", ".join(places) or "-"


def packages():
    """Head and rows: what is asked for, its locked version, what is known of it."""
    rows, versions = [], locked()
    for name, known in facts()["packages"].items():
        same = known["version"] == versions[name]
        told = (
            (known["released"], known["upkeep"]) if same else ("?", "to be looked up")
        )
        rows.append((name, versions[name], *told, users(name)))
    return ("Package", "Version", "Released", "Upkeep", "Imported by"), rows


def advisories():
    """Head and rows: the known vulnerabilities of the locked versions."""
    head = ("Advisory", "Package", "What", "Mended in", "Reached from the book")
    return head, [
        (
            f"{a['name']} ({a['id']})",
            a["package"],
            a["about"],
            a["mended"],
            a["reached"],
        )
        for a in facts()["advisories"]
    ]
