"""The library reads like a book: no circle of imports, small modules, frameworks in their place, names explained."""

import ast
import functools
import graphlib
import pathlib

import d2lutils

ROOT = pathlib.Path(d2lutils.__file__).parent
LONGEST = 300  # lines of a module
FRAMEWORKS = {
    "mxnet": {"engines.mxnet", "engines._mxnet_operators", "engines.factorization_mxnet"},
    "torch": {"engines.torch", "runs"},  # `runs` asks PyTorch for the name of the GPU
}
# What a chapter or a recorded run is made of; the engines know nothing of it.
CHAPTERS = {
    "completion_runs",
    "kernel_runs",
    "search_runs",
    "runs",
    "recipes",
    "tuning",
    "exercises",
    "claims",
    "interactive",
}


@functools.cache
def _modules():
    """{"engines.mxnet": its syntax tree, ...}; a package goes by its own name, the library itself by ""."""
    trees = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        trees[".".join(part for part in parts if part != "__init__")] = ast.parse(path.read_text(encoding="utf8"))
    return trees


def _imports(tree):
    """Full names of all that a module imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "write imports in full: relative ones are not followed here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _used(tree):
    """Modules of the library that a module imports."""
    for name in _imports(tree):
        first, *rest = name.split(".")
        if first == "d2lutils":
            while ".".join(rest) not in _modules():
                rest.pop()
            yield ".".join(rest)


def test_no_module_imports_itself_by_a_detour():
    graph = {
        name: {used for used in _used(tree) if used not in ("", name)} for name, tree in _modules().items() if name
    }
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError and names the circle


def test_frameworks_stay_in_the_engines():
    for framework, allowed in FRAMEWORKS.items():
        users = {
            name for name, tree in _modules().items() if framework in {full.split(".")[0] for full in _imports(tree)}
        }
        assert users <= allowed


def test_engines_know_nothing_of_chapters():
    for name, tree in _modules().items():
        if name.startswith("engines"):
            assert not {used for used in _used(tree) if used in CHAPTERS or used.startswith(("_exercises", "_figures"))}


def test_modules_are_short():
    lengths = {path.name: len(path.read_text(encoding="utf8").splitlines()) for path in ROOT.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_public_name_has_a_docstring():
    bare = []
    for name, tree in _modules().items():
        if any(part.startswith("_") for part in name.split(".")):
            continue
        if not ast.get_docstring(tree):
            bare.append(name)
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                bare.append(f"{name}.{node.name}")
    assert bare == []
