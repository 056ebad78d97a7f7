"""Which cells of a chapter its solutions need, so that they run alone."""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections.abc import Sequence
from typing import Any

WIDTH = 88  # columns of a line of code


def setup(chapter: Sequence[Any], solved: Sequence[Any]) -> list[Any]:
    """The chapter's cells that define, or change, a name that the solutions use.

    Backwards from the solutions: a cell is needed if it binds a needed name or changes
    what one refers to, and then what it uses is needed, too. Of the imports those stay
    that are used: most solutions need no framework.
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
            taken = [chapter[position] for position in sorted(kept)]
            return _with_used_imports(taken, solved)


def _with_used_imports(taken, solved):
    """The cells of the setup, without imports of what neither they nor the solutions
    use. `np` brings `npx.set_np()` along: a module's settings stay where something else
    of its package is used.
    """
    trees = [ast.parse(_plain(cell.source)) for cell in (*taken, *solved)]
    imports = [s for tree in trees for s in tree.body if _is_import(s)]
    package = {bound: _package(s) for s in imports for bound in _bound(s).values()}
    settings = {
        id(statement): statement.value.func.value.id
        for tree in trees
        for statement in tree.body
        if _is_setting(statement, package)
    }
    used = {
        node.id
        for tree in trees
        for statement in tree.body
        if id(statement) not in settings
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
    }
    packages = {package[name] for name in used & package.keys()}
    used |= {name for name in settings.values() if package[name] in packages}
    kept = []
    for cell, tree in zip(taken, trees, strict=False):
        lines = cell.source.split("\n")
        for statement in reversed(tree.body):
            place = slice(statement.lineno - 1, statement.end_lineno)
            if _is_import(statement):
                lines[place] = _importing(statement, used, lines[place])
            elif id(statement) in settings and settings[id(statement)] not in used:
                lines[place] = []
        trimmed = copy.deepcopy(cell)
        text = "\n".join(_joined(lines)).strip("\n")
        trimmed.source = re.sub(r"\n{3,}", "\n\n", text)
        if trimmed.source:
            kept.append(trimmed)
    return kept


def _is_import(statement):
    return isinstance(statement, (ast.Import, ast.ImportFrom))


def _is_setting(statement, package):
    """Whether it is a call such as `plotting.use_style()`, without arguments."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and not call.args
        and not call.keywords
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in package
    )


def _bound(statement):
    """{what is imported: the name that it gets}."""
    return {a.name: (a.asname or a.name).split(".")[0] for a in statement.names}


def _package(statement):
    if isinstance(statement, ast.ImportFrom):
        return statement.module.split(".")[0]
    return statement.names[0].name.split(".")[0]


def _importing(statement, used, lines):
    """The lines of an import, of the names that are used."""
    bound = _bound(statement)
    names = [a for a in statement.names if bound[a.name] in used]
    if len(names) == len(bound):
        return lines
    made: list[str] = []
    for name in names:
        alone = copy.copy(statement)
        alone.names = [name]
        last = f"{made[-1]}, {ast.unparse(name)}" if made else ""
        if made and len(last) <= WIDTH:
            made[-1] = last
        else:
            made.append(ast.unparse(alone))
    return made


def _joined(lines):
    """Two imports from one module in one line, where they have become short enough."""
    made: list[str] = []
    for line in lines:
        start, found, names = line.partition(" import ")
        again = made and found and made[-1].startswith(f"{start}{found}")
        if again and len(f"{made[-1]}, {names}") <= WIDTH:
            made[-1] += f", {names}"
        else:
            made.append(line)
    return made


def _plain(source):
    """The code without the lines that only Jupyter understands."""
    return "\n".join(
        "" if line.lstrip().startswith(("%", "!")) else line
        for line in source.split("\n")
    )


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
        for statement in ast.parse(_plain(source)).body:
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
