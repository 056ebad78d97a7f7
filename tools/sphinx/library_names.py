"""Which names of the library the code of a chapter uses, and where.

Cells are read one after the other, not run: imports, assignments and the types that
functions say they return tell what a name stands for.
"""

from __future__ import annotations

import ast
import re
import typing
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

LIBRARY = "d2lutils"


class Thing(NamedTuple):
    """What a name in a chapter stands for.

    path: its full name, or that of its class if it is an object that was computed.
    """

    path: str
    computed: bool = False


class Use(NamedTuple):
    """A piece of code that is a name of the library: its place, and its full name."""

    line: int
    start: int
    end: int
    path: str


@cache
def lookup(path: str) -> Any:
    """The object of a full name, or None."""
    module = path
    rest: list[str] = []
    while module:
        try:
            found = import_module(module)
        except ImportError:
            module, _, name = module.rpartition(".")
            rest.insert(0, name)
        else:
            for name in rest:
                found = getattr(found, name, None)
            return found
    return None


def result_of(path: str) -> Thing | None:
    """What a call of a function of the library returns, if that is of its classes."""
    function = lookup(path)
    if isinstance(function, type):
        return Thing(path, computed=True)
    return Thing(found, computed=True) if (found := class_name(function)) else None


@cache
def class_name(function: Any) -> str | None:
    """The full name of the class of the library that a function says it returns."""
    try:
        kind = typing.get_type_hints(function).get("return")
    except (NameError, TypeError):
        return None
    if not isinstance(kind, type) or not kind.__module__.startswith(f"{LIBRARY}."):
        return None
    # A class is documented where the parts of its module's name are all public.
    parts = [part for part in kind.__module__.split(".") if part[0] != "_"]
    return ".".join([*parts, kind.__name__])


class Reader(ast.NodeVisitor):
    """Reads cells one after the other and notes where they use the library.

    names: what the variables stand for, from cell to cell. uses: those of the last one.
    """

    def __init__(self) -> None:
        self.names: dict[str, Thing] = {}
        self.uses: list[Use] = []
        self.lines: list[str] = []

    def read(self, code: str) -> list[Use]:
        self.uses, self.lines = [], code.split("\n")
        with suppress(SyntaxError):  # a command of IPython
            self.visit(ast.parse(code))
        return sorted(set(self.uses))

    def note(self, node: ast.AST, text: str, path: str) -> None:
        """Note a use whose code is `text`, where the syntax tree says it stands.

        Before Python 3.12 the tree does not say where in an f-string.
        """
        line = node.lineno - 1  # type: ignore[attr-defined]
        written = self.lines[line]
        start = len(written.encode()[: node.col_offset].decode())  # type: ignore[attr-defined]
        if not written.startswith(text, start):
            start = written.find(text)
        if start >= 0:
            self.uses.append(Use(line, start, start + len(text), path))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.names.pop(alias.asname or alias.name.split(".")[0], None)
            if alias.name.split(".")[0] == LIBRARY:
                path = alias.name if alias.asname else LIBRARY
                self.names[alias.asname or LIBRARY] = Thing(path)
                self.note(alias, ast.unparse(alias), alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        ours = (node.module or "").split(".")[0] == LIBRARY
        for alias in node.names:
            self.names.pop(alias.asname or alias.name, None)
            if ours:
                path = f"{node.module}.{alias.name}"
                self.names[alias.asname or alias.name] = Thing(path)
                self.note(alias, ast.unparse(alias), path)

    def thing(self, node: ast.expr) -> Thing | None:
        """What an expression stands for, where that is of the library."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute):
            whole = self.thing(node.value)
            return whole and Thing(f"{whole.path}.{node.attr}")
        if isinstance(node, ast.Call):
            function = self.thing(node.func)
            return function and result_of(function.path)
        return None

    def visit_Attribute(self, node: ast.Attribute) -> None:
        text = ast.unparse(node)
        if re.fullmatch(r"[\w.]+", text) and (found := self.thing(node)):
            self.note(node, text, found.path)
        else:
            self.visit(node.value)

    def visit_Name(self, node: ast.Name) -> None:
        found = self.names.get(node.id)
        if isinstance(node.ctx, ast.Load):
            if found and not found.computed:
                self.note(node, node.id, found.path)
        else:
            self.names.pop(node.id, None)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        found = self.thing(node.value)
        for target in node.targets:
            self.visit(target)
            if found and isinstance(target, ast.Name):
                self.names[target.id] = found

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_scope(node, [node.args])
        self.names.pop(node.name, None)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_scope(node, [node.args])

    def _visit_comprehension(self, node: Any) -> None:
        self._visit_scope(node, [part.target for part in node.generators])

    visit_ListComp = visit_SetComp = visit_GeneratorExp = _visit_comprehension
    visit_DictComp = _visit_comprehension

    def _visit_scope(self, node: ast.AST, own: list) -> None:
        """Names of a scope's own hide those around it, and are forgotten after it."""
        outside = dict(self.names)
        for part in own:
            for name in ast.walk(part):
                self.names.pop(getattr(name, "arg", getattr(name, "id", "")), None)
        self.generic_visit(node)
        self.names = outside
