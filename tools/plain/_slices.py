"""Which cells of a chapter its solutions need, so that they run alone."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from typing import Any


def setup(chapter: Sequence[Any], solved: Sequence[Any]) -> list[Any]:
    """The chapter's cells that define, or change, a name that the solutions use.

    Backwards from the solutions: a cell is needed if it binds a needed name or changes
    what one refers to, and then what it uses is needed, too.
    """
    needed: set[str] = set()
    bound: set[str] = set()
    for cell in solved:
        found = _names(cell.source)
        needed |= found.free - bound
        bound |= found.binds
    needed -= set(dir(builtins))
    kept: set[int] = set()
    names = [_names(cell.source) for cell in chapter]
    modules = set().union(*(found.modules for found in names))
    while True:
        wanted, added = set(needed), False
        for position in reversed(range(len(chapter))):
            found = names[position]
            if position in kept or (found.binds | found.changes - modules) & wanted:
                added |= position not in kept
                kept.add(position)
                # What a function uses may be bound below it, before it is called.
                needed |= found.inside
                wanted = (wanted - found.binds) | found.free
        if not added:
            return [chapter[position] for position in sorted(kept)]


class _names(ast.NodeVisitor):
    """The names that a cell binds, changes, and uses before it has bound them.

    Attributes
    ----------
    binds, changes : set of str
        Assigned, and altered in place.
    free, inside : set of str
        Used from outside: all, and those within functions.
    modules : set of str
        Imported; a call of one of their functions changes no name.
    """

    def __init__(self, source: str):
        self.binds: set[str] = set()
        self.changes: set[str] = set()
        self.free: set[str] = set()
        self.inside: set[str] = set()
        self.modules: set[str] = set()
        self.depth = 0
        plain = "\n".join(
            "" if line.lstrip().startswith(("%", "!")) else line
            for line in source.split("\n")
        )
        for statement in ast.parse(plain).body:
            self.visit(statement)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.binds:
                self.free.add(node.id)
            if self.depth:
                self.inside.add(node.id)
        elif not self.depth:
            self.binds.add(node.id)

    def visit_Assign(self, node):
        if [ast.unparse(target) for target in node.targets] == ["_"]:
            self._called(node.value)  # only what it does counts
        self.visit(node.value)  # before its targets are bound
        for target in node.targets:
            self._changed(target)
            self.visit(target)

    def visit_AugAssign(self, node):
        self.visit(node.value)
        self._changed(node.target)
        if isinstance(node.target, ast.Name):
            self.changes.add(node.target.id)
            if node.target.id not in self.binds:
                self.free.add(node.target.id)
        else:
            self.visit(node.target)

    def visit_For(self, node):
        self.visit(node.iter)
        self.visit(node.target)
        for part in (*node.body, *node.orelse):
            self.visit(part)

    def visit_Expr(self, node):
        self._called(node.value)
        self.visit(node.value)

    def _called(self, call):
        """A method that is called for what it does to its object."""
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            self._changed(call.func)

    def visit_FunctionDef(self, node):
        for part in (*node.decorator_list, *node.args.defaults):
            self.visit(part)
        self.binds.add(node.name) if not self.depth else None
        self._inner(node, node.body)

    def visit_Lambda(self, node):
        self._inner(node, [node.body])

    def visit_ClassDef(self, node):
        for part in (*node.bases, *node.decorator_list):
            self.visit(part)
        self.binds.add(node.name) if not self.depth else None
        self._inner(node, node.body)

    def visit_ListComp(self, node):
        self._comprehension(node)

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def _comprehension(self, node):
        before = set(self.binds)
        for part in node.generators:
            self.visit(part.iter)
            self.visit(part.target)
            for test in part.ifs:
                self.visit(test)
        for part in ("key", "value", "elt"):
            if hasattr(node, part):
                self.visit(getattr(node, part))
        self.binds = before

    def visit_Import(self, node):
        for name in node.names:
            if not self.depth:
                self.modules.add((name.asname or name.name).split(".")[0])
        self.binds |= self.modules

    visit_ImportFrom = visit_Import

    def _inner(self, node, body):
        """A function's body: its own names are none of the cell's."""
        local = {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
        local |= {
            n.id
            for n in ast.walk(node)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        free, inside = set(self.free), set(self.inside)
        self.depth += 1
        for part in body:
            self.visit(part)
        self.depth -= 1
        self.free = free | (self.free - free - local)
        self.inside = inside | (self.inside - inside - local)

    def _changed(self, target):
        """The name behind `name[...]` or `name.attribute`."""
        while isinstance(target, (ast.Subscript, ast.Attribute)):
            target = target.value
            if isinstance(target, ast.Name) and not self.depth:
                self.changes.add(target.id)
