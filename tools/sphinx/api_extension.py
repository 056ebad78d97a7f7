"""Sphinx extension of this book: the reference of the library, and its source code.

Packages are documented by their faces. NumPy docstrings become pages through napoleon,
`names` in single backticks links to their entries, and every entry gets a link to its
definition, in a page of the book that shows the module with line numbers.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from functools import cache, partial, partialmethod
from importlib import util
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext import autodoc
from sphinx.ext.napoleon import Config, NumpyDocstring
from sphinx.ext.viewcode import OUTPUT_DIRNAME
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

LIBRARY = "d2lutils"
# Types in docstrings are words, not names that would have to be found.
STYLE = Config(
    napoleon_use_param=False,
    napoleon_use_rtype=False,
    napoleon_custom_sections=[
        (section, "params_style") for section in ("Attributes", "Raises", "Warns")
    ],
)
LONGEST = 60  # signs of a constant's value


@cache
def syntax(module: str) -> tuple[str, ast.Module] | None:
    """Source and syntax tree of a module of the library, None for any other name."""
    try:
        found = util.find_spec(module) if module.split(".")[0] == LIBRARY else None
    except ModuleNotFoundError:  # a part of its name is no package
        return None
    if found is None or not found.origin:
        return None
    code = Path(found.origin).read_text(encoding="utf8")
    return code, ast.parse(code)


def definitions(body: list[ast.stmt], owner: str = "") -> Iterator[tuple]:
    """(name, kind, first line, last line) of what a module and its classes define."""
    for node in body:
        names = []
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if hasattr(target, "id")]
        elif isinstance(node, ast.AnnAssign):
            names = [node.target.id] if hasattr(node.target, "id") else []
        kind = "class" if isinstance(node, ast.ClassDef) else "def"
        start = min([d.lineno for d in getattr(node, "decorator_list", [])], default=0)
        for name in names:
            yield owner + name, kind, start or node.lineno, node.end_lineno
        if isinstance(node, ast.ClassDef):
            yield from definitions(node.body, f"{owner}{node.name}.")


def source_of(app: Sphinx, module: str) -> tuple[str, dict[str, tuple]] | None:
    """For viewcode: a module's code, and the lines of all that it defines."""
    if (found := syntax(module)) is None:
        return None
    code, tree = found
    return code, {name: tuple(where) for name, *where in definitions(tree.body)}


def home(module: str, name: str) -> str:
    """The module in which a name is defined that a module offers."""
    found, first = syntax(module), name.split(".")[0]
    for node in found[1].body if found else []:
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {alias.asname or alias.name for alias in node.names}
            if first in names and node.module != module:
                return home(node.module, name)
    return module


def home_of_member(app: Sphinx, module: str, name: str) -> str:
    """For viewcode: where to look for a member of a module."""
    return home(module, name)


def know_constants(analyze, analyzer: ModuleAnalyzer) -> None:
    """After `analyze`, a face knows what its private modules say of its constants."""
    analyze(analyzer)
    for name in exported(analyzer.modname):
        module = home(analyzer.modname, name)
        if module not in (analyzer.modname, ""):
            docs = ModuleAnalyzer.for_module(module)
            docs.analyze()
            if ("", name) in docs.attr_docs:
                analyzer.attr_docs["", name] = docs.attr_docs["", name]


def exported(module: str) -> list[str]:
    """What `__all__` of a module of the library lists."""
    found = syntax(module)
    for node in found[1].body if found else []:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return []


class LibraryName(SphinxRole):
    """The default role: a name of the library, or just code."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        code = nodes.literal(self.rawtext, self.text)
        node = pending_xref(
            "",
            code,
            refdomain="",
            reftype="library",
            reftarget=self.text,
            refdoc=self.env.docname,
            module=self.env.ref_context.get("py:module"),
            owner=self.env.ref_context.get("py:class"),
        )
        return [node], []


def entry(env: BuildEnvironment, *names: str) -> tuple[str, str] | None:
    """Page and anchor of the first of several full names that has an entry."""
    objects = env.get_domain("py").data["objects"]
    found = [objects[name] for name in names if name in objects]
    return (found[0].docname, found[0].node_id) if found else None


def resolve_name(app: Sphinx, env: BuildEnvironment, node, contnode):
    """Link a name in backticks to its entry; without one it is code."""
    if node["reftype"] != "library":
        return None
    name = node["reftarget"].removesuffix("()")
    module, owner = node["module"], node["owner"]
    names = [f"{module}.{owner}.{name}", f"{module}.{name}", f"{LIBRARY}.{name}", name]
    if (found := entry(env, *names)) is None:
        return contnode
    return make_refnode(app.builder, node["refdoc"], *found, contnode)


def link_back(app: Sphinx, pagename: str, templatename, context, doctree) -> None:
    """From a definition back to its entry: viewcode knows one face of a module."""
    if not pagename.startswith(f"{OUTPUT_DIRNAME}/{LIBRARY}"):
        return
    module = pagename.removeprefix(f"{OUTPUT_DIRNAME}/").replace("/", ".")
    entries = {}
    for path, found in app.env.get_domain("py").data["objects"].items():
        face = next((p for p in parents(path) if syntax(p)), None)
        name = path.removeprefix(f"{face}.")
        if found.objtype != "module" and face and home(face, name) == module:
            page = app.builder.get_relative_uri(pagename, found.docname)
            entries[name] = f'<a class="viewcode-back" href="{page}#{found.node_id}"'
    context["body"] = re.sub(
        r'(<div class="viewcode-block" id="([^"]*)">\s*)'
        r'<a class="viewcode-back" href="[^"]*"',
        lambda match: match[1] + entries[match[2]],
        context["body"],
    )


def parents(path: str) -> Iterator[str]:
    """The modules that a full name may begin with, the longest first."""
    while path := path.rpartition(".")[0]:
        yield path


def beginning(describe, value, length=LONGEST):
    """What `describe` says of a value, cut off where it gets long."""
    text = describe(value)
    return text if len(text) <= length else f"{text[:length]} …"


def to_rst(app, what, name, obj, options, lines) -> None:
    """Turn the sections of a NumPy docstring into reStructuredText, in place.

    Napoleon's own hook would take a constant's sentence up to its colon for a type.
    """
    if any(re.fullmatch(r"\s*-{3,}\s*", line) for line in lines):
        config: Any = STYLE  # Napoleon's own
        lines[:] = NumpyDocstring(lines, config, app, what, name, obj, options).lines()


def setup(app: Sphinx) -> dict[str, bool]:
    warnings.filterwarnings("ignore", module="mxnet")
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.viewcode")
    app.config.autodoc_typehints = "none"
    app.config.autodoc_preserve_defaults = True
    app.config.autodoc_member_order = "bysource"
    app.config.autodoc_default_options = {"members": True}
    app.config.add_module_names = False
    app.config.viewcode_line_numbers = True
    app.config.default_role = "library"
    app.add_role("library", LibraryName())
    app.connect("missing-reference", resolve_name)
    app.connect("autodoc-process-docstring", to_rst)
    app.connect("viewcode-find-source", source_of)
    app.connect("html-page-context", link_back)
    app.connect("viewcode-follow-imported", home_of_member)
    # No option of autodoc's shortens the value of a constant; it writes all of it, or
    # none. Nor does one make it follow a constant to the module that documents it.
    if not isinstance(autodoc.object_description, partial):
        autodoc.object_description = partial(beginning, autodoc.object_description)
        analyze = partial(know_constants, ModuleAnalyzer.analyze)
        setattr(ModuleAnalyzer, "analyze", partialmethod(analyze))  # noqa: B010
    return {"parallel_read_safe": True}
