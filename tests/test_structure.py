"""The library reads like a book: no circle of imports, small modules, frameworks in
their place, names explained.
"""

import ast
import functools
import graphlib
import importlib
import pathlib
import re

import d2lutils

ROOT = pathlib.Path(d2lutils.__file__).parent
REPOSITORY = ROOT.parent
LONGEST = 345  # lines of a module, not counting docstrings
MOST_ROOMS, MOST_ARROWS = 36, 80
FRAMEWORKS = {
    "mxnet": {"engines._mxnet", "engines._mxnet_operators"},
    "torch": {
        "engines._torch",
        "engines._torch_dense",
        "engines._torch_gpu",
        "engines._torch_operators",
        "engines._torch_plain",
        "kernels._torch",  # the engine of `cntk` on a GPU
        "runs._curves",  # asks PyTorch for the GPU's name
    },
}
# What a chapter or a recorded run is made of; the engines know nothing of it.
CHAPTERS = {"runs", "tuning", "exercises", "claims", "interactive"}


@functools.cache
def _modules():
    """{"engines.mxnet": its syntax tree, ...}; a package goes by its own name, the
    library itself by "".
    """
    trees = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        trees[".".join(part for part in parts if part != "__init__")] = ast.parse(
            path.read_text(encoding="utf8")
        )
    return trees


def _imports(tree):
    """Full names of all that a module imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, (
                "write imports in full: relative ones are not followed here"
            )
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _used(tree):
    """Modules of the library that a module imports."""
    for name in _imports(tree):
        first, *rest = name.split(".")
        if first == "d2lutils":
            while ".".join(rest) not in _modules():
                rest.pop()
            yield ".".join(rest)


def _room(module):
    """What stands at the library's top level: a package with all that is in it, or a
    module.
    """
    return module.split(".")[0]


def _arrows():
    """{(importing, imported)} between rooms."""
    pairs = {
        (_room(name), _room(used))
        for name, tree in _modules().items()
        for used in _used(tree)
    }
    return {(user, used) for user, used in pairs if user != used and user and used}


def test_a_stranger_can_take_in_the_plan(capsys):
    rooms, arrows = {_room(name) for name in _modules() if name}, _arrows()
    with capsys.disabled():
        print(f"\nd2lutils: {len(rooms)} rooms, {len(arrows)} imports between them")
    assert len(rooms) <= MOST_ROOMS
    assert len(arrows) <= MOST_ARROWS


def test_no_room_leads_back_to_itself():
    graph = {}
    for user, used in _arrows():
        graph.setdefault(user, set()).add(used)
    graphlib.TopologicalSorter(
        graph
    ).prepare()  # raises CycleError and names the circle


def test_no_two_test_files_have_one_name():
    """Pytest tells the modules of tests apart by their names alone."""
    names = [path.name for path in (REPOSITORY / "tests").rglob("test_*.py")]
    assert {name for name in names if names.count(name) > 1} == set()


def test_what_is_private_stays_in_its_package():
    """Underscore modules of a package are imported in that package only, and by the
    tests that mirror it.
    """
    foreign = []
    for folder in ("d2lutils", "tools", "benchmarks", "tests"):
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            place = path.relative_to(REPOSITORY).parts
            for full in _imports(ast.parse(path.read_text(encoding="utf8"))):
                parts = full.split(".")
                private = [
                    k
                    for k in range(2, len(parts))
                    if parts[k].startswith("_") and not parts[k].startswith("__")
                ]
                if (
                    parts[0] == "d2lutils"
                    and private
                    and ".".join(parts[1 : private[0] + 1]) in _modules()
                ) and parts[1] not in place[1:2]:
                    foreign.append(f"{'/'.join(place)} imports {full}")
    assert foreign == []


def test_no_module_imports_itself_by_a_detour():
    graph = {
        name: {used for used in _used(tree) if used not in ("", name)}
        for name, tree in _modules().items()
        if name
    }
    graphlib.TopologicalSorter(
        graph
    ).prepare()  # raises CycleError and names the circle


def test_frameworks_stay_in_the_engines():
    for framework, allowed in FRAMEWORKS.items():
        users = {
            name
            for name, tree in _modules().items()
            if framework in {full.split(".")[0] for full in _imports(tree)}
        }
        assert users <= allowed


def test_engines_know_nothing_of_chapters():
    assert not {used for user, used in _arrows() if user == "engines"} & CHAPTERS


def _docstring_lines(tree):
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    documented = (
        n for n in ast.walk(tree) if isinstance(n, kinds) and ast.get_docstring(n)
    )
    return sum(n.body[0].end_lineno - n.body[0].lineno + 1 for n in documented)


def test_what_compiled_functions_call_has_no_second_copy():
    """Else a process that reads compiled code from the cache has other bits than the
    one that compiled it (findings/numba-compiled-or-from-the-cache.sh).
    """
    from numba.core.caching import NullCache
    from numba.core.dispatcher import Dispatcher

    compiling = [n for n, tree in _modules().items() if "numba.njit" in _imports(tree)]
    called = {
        f"{name}.{key}": found
        for name in compiling
        for key, found in vars(importlib.import_module(f"d2lutils.{name}")).items()
        if isinstance(found, Dispatcher) and isinstance(found._cache, NullCache)
    }
    assert len({key.rpartition(".")[0] for key in called}) == 3
    assert [
        k for k, v in called.items() if not v.targetoptions.get("forceinline")
    ] == []


def test_modules_are_short():
    long = {}
    for path in ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf8")
        length = len(text.splitlines()) - _docstring_lines(ast.parse(text))
        if length > LONGEST:
            long[path.relative_to(ROOT).as_posix()] = length
    assert long == {}


def _listed(tree):
    """The names in a module's __all__, or None where it has none."""
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", None) == "__all__"
        ):
            return ast.literal_eval(node.value)
    return None


def _definitions(tree):
    """{name: function or class} that a module defines and does not hide."""
    defined = (
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    )
    return {node.name: node for node in defined if not node.name.startswith("_")}


def _public_modules():
    return {
        name: tree
        for name, tree in _modules().items()
        if not any(p.startswith("_") for p in name.split("."))
    }


@functools.cache
def _public():
    """(module, "name" or "Class.method", its definition, its class or None) of all that
    a reader may call.

    What an engine's backend does is said in `engines._protocol`, and test_engines.py
    holds it to that.
    """
    everything = []
    for name, tree in _public_modules().items():
        found = _definitions(tree)
        for full in _imports(tree):
            module, _, key = full.removeprefix("d2lutils.").rpartition(".")
            theirs = (
                _definitions(_modules()[module])
                if "_" in {part[:1] for part in module.split(".")}
                and module in _modules()
                else {}
            )
            if (
                key in (_listed(tree) or ()) and key in theirs
            ):  # made in a private module, to be public here
                found[key] = theirs[key]
        for key, node in found.items():
            everything.append((name, key, node, None))
            methods = node.body if isinstance(node, ast.ClassDef) else []
            for method in methods:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith(
                    "_"
                ):
                    everything.append((name, f"{key}.{method.name}", method, node))
    return everything


def test_what_a_module_lists_is_what_it_offers():
    for name, tree in _public_modules().items():
        listed = _listed(tree)
        if listed is not None:
            bound = {full.rpartition(".")[2] for full in _imports(tree)}
            bound |= {
                part.id
                for node in tree.body
                for part in ast.walk(node)
                if isinstance(part, ast.Name)
            }
            assert set(listed) <= bound | set(_definitions(tree)), name
            assert set(_definitions(tree)) <= set(listed), name


def test_every_public_name_has_a_docstring():
    bare = [
        name for name, tree in _public_modules().items() if not ast.get_docstring(tree)
    ]
    bare += [
        f"{module}.{name}"
        for module, name, node, owner in _public()
        if not (owner or ast.get_docstring(node))
    ]
    assert bare == []


def _docstring(node):
    """A docstring; that of an interactive figure is written from its annotations."""
    text = ast.get_docstring(node) or ""
    decorators = map(ast.unparse, getattr(node, "decorator_list", []))
    if "table.documented" not in decorators:
        return text
    told = [f"{a.arg} : {ast.unparse(a.annotation)}" for a in _arguments(node)]
    return "\n".join([text, "", "Parameters", "----------", *told])


def _parameters(node):
    """Names of a function's parameters, or of what a class is made from."""
    if isinstance(node, ast.ClassDef):
        made = [
            part
            for part in node.body
            if isinstance(part, ast.FunctionDef) and part.name == "__init__"
        ]
        if not made:
            return [
                part.target.id for part in node.body if isinstance(part, ast.AnnAssign)
            ]
        node = made[0]
    arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    return [argument.arg for argument in arguments if argument.arg != "self"]


@functools.cache
def _docstrings():
    """{name without module or class: the docstrings of all that are called so}."""
    found = {}
    for _, name, node, _ in _public():
        found.setdefault(name.split(".")[-1], []).append(_docstring(node))
    return found


def _told(module, node, owner):
    """All that is said about a definition: in its docstring and where that points to
    (`like_this`), or around it.
    """
    texts, waiting = [], [_docstring(node)]
    while waiting:
        texts.append(waiting.pop())
        for name in re.findall(r"`([\w.]+)`", texts[-1]):
            waiting += [
                other
                for other in _docstrings().get(name.split(".")[-1], [])
                if other not in texts + waiting
            ]
    return " ".join(
        [
            *texts,
            *(
                ast.get_docstring(around) or ""
                for around in (owner, _modules()[module])
                if around
            ),
        ]
    )


def test_docstrings_say_what_goes_in():
    """Each parameter is named; "factor" says what `factors` are."""
    unsaid = {}
    for module, name, node, owner in _public():
        if isinstance(node, ast.ClassDef) and any(
            "Error" in ast.unparse(base) for base in node.bases
        ):
            continue
        told = _told(module, node, owner)
        missing = [
            p
            for p in _parameters(node)
            if not re.search(rf"\b({p}|{p.removesuffix('s')})\b", told)
        ]
        if missing:
            unsaid[f"{module}.{name}"] = missing
    assert unsaid == {}, "\n".join(
        f"{name}: {missing}" for name, missing in unsaid.items()
    )


def _arguments(node):
    args = node.args
    named = args.posonlyargs + args.args + args.kwonlyargs
    extra = [argument for argument in (args.vararg, args.kwarg) if argument]
    return [a for a in (*named, *extra) if a.arg not in ("self", "cls")]


def test_every_public_signature_has_types():
    bare = []
    for module, name, node, _ in _public():
        if isinstance(node, ast.FunctionDef):
            types = [argument.annotation for argument in _arguments(node)]
            bare += [f"{module}.{name}"] * (None in (*types, node.returns))
    assert bare == []


def test_docstrings_name_parameters_in_sections():
    """Where there is more to say than a line, it stands where one looks for it."""
    without = []
    for module, name, node, owner in _public():
        text = _docstring(node)
        if isinstance(node, ast.FunctionDef) and not owner and _arguments(node):
            long = len(text.splitlines()) > 8 and " those of `" not in text
            without += [f"{module}.{name}"] * (long and "Parameters\n---" not in text)
    assert without == []


def _sentence(node):
    """What an error says, with {} for what varies."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_sentence(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _sentence(node.left) + _sentence(node.right)
    return "{}"


OTHER_ERRORS = {
    "datasets._files": "what a file holds is told as a fact about the file",
    "kernels._blocks": "likewise of a kernel's folder",
    "runs._records": "likewise of a record",
    "search._states": "likewise of a stored state",
    "search._study": "what all trials said",
    "search._store": "likewise of a search's folder",
    "search._trials": "likewise",
    "training._checkpoints": "likewise of a checkpoint",
}
"""Modules whose errors are about what was found, not about what was asked for."""


def test_errors_speak_one_grammar():
    """X must be ..., got ...: what is needed, then what was given, or why it fails."""
    found, others = 0, []
    for name, tree in _modules().items():
        for node in ast.walk(tree):
            call = node.exc if isinstance(node, ast.Raise) else None
            kind = getattr(getattr(call, "func", None), "id", "")
            if kind in ("ValueError", "TypeError") and call.args:
                found += 1
                text = _sentence(call.args[0])
                if text == "{}":  # made elsewhere in the module
                    continue
                if not re.search(r"\bmust\b.*(\bgot\b|: )|: .*\bmust\b", text, re.S):
                    others += [f"{name}: {text}"] * (name not in OTHER_ERRORS)
    assert found > 100
    assert others == []
