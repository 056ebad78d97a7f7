"""What an objective is, so that a folder knows when it is asked for another one.

Its code counts, what it has kept from where it was made (closure, defaults, arguments
of a partial, fields of an object), and the constants and functions of its own module
that it uses. The same code gives the same fingerprint in every process: nothing here
depends on addresses, on hashes of text or on the order of a set. Bytecode differs
between versions of Python, so it is compared only where the version is the same.
"""

from __future__ import annotations

import dataclasses
import dis
import enum
import functools
import hashlib
import numbers
import pathlib
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

_PLAIN = (numbers.Number, str, bytes, type(None), type(...), range, slice, enum.Enum)
_CONSTANT = (*_PLAIN, tuple, frozenset, np.generic, np.ndarray, pathlib.PurePath)
_WRITTEN = ("__call__", "__post_init__")
_MADE = (types.FunctionType, types.MethodType, functools.partial, type)


def fingerprint(objective: Any) -> dict[str, Any]:
    """Its name, the version of Python, and digests of its code and what it holds."""
    reader = _Reader(_home(objective))
    values = {
        name: reader.token(value) for name, value in reader.parts(objective).items()
    }
    name = getattr(objective, "__qualname__", type(objective).__qualname__)
    version = f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}"
    return {
        "name": name,
        "python": version,
        "code": _digest(*sorted(set(reader.code))),
        "values": values,
    }


def difference(one: Any, other: dict[str, Any]) -> str:
    """What differs between two fingerprints, in words; "" if nothing does."""
    if not isinstance(one, dict) or set(one) != set(other):
        return "record"
    names = sorted(one["values"].keys() | other["values"].keys())
    differs = [n for n in names if one["values"].get(n) != other["values"].get(n)]
    if differs:
        return ", ".join(differs)
    same_python = one["python"] == other["python"]
    return "code" if same_python and one["code"] != other["code"] else ""


class _Reader:
    """Walks through what an objective consists of and notes the code on its way."""

    def __init__(self, home: str):
        self.home = home
        self.code: list[str] = []
        self.known: dict[int, str] = {}

    def token(self, value: Any) -> str:
        """A short text that tells the value from others, in any process."""
        if isinstance(value, np.ndarray | np.generic) and value.dtype != object:
            content = np.ascontiguousarray(value).tobytes()
            return _digest("array", value.dtype.str, value.shape, content)
        if isinstance(value, (*_PLAIN, np.dtype, pathlib.PurePath)):
            return _digest(type(value).__qualname__, repr(value))
        if id(value) not in self.known:
            self.known[id(value)] = "itself"  # what leads back to where it began
            self.known[id(value)] = self._token(value)
        return self.known[id(value)]

    def _token(self, value: Any) -> str:
        if type(value) in (list, tuple):
            return _digest(type(value).__name__, *map(self.token, value))
        if type(value) in (set, frozenset):
            return _digest("set", *sorted(map(self.token, value)))
        if type(value) is dict:
            pairs = ((self.token(k), self.token(v)) for k, v in value.items())
            return _digest("dict", *sorted(pairs))
        parts = self.parts(value)
        return _digest(_kind(value), *((n, self.token(v)) for n, v in parts.items()))

    def parts(self, value: Any) -> dict[str, Any]:
        """What a function or object holds, by name; its code goes to `self.code`."""
        if isinstance(value, functools.partial):
            given = {f"argument {i}": v for i, v in enumerate(value.args)}
            return {"function": value.func, **given, **value.keywords}
        if isinstance(value, types.MethodType):
            return {"function": value.__func__, "self": value.__self__}
        if isinstance(value, types.FunctionType):
            self.code.append(_digest(_code(value.__code__, value.__doc__)))
            return dict(sorted(self._held(value), key=_name))
        if hasattr(value, "__wrapped__"):  # functools.lru_cache and the like
            return {"function": value.__wrapped__}
        if isinstance(value, type):
            return dict(sorted(self._members(value), key=_name))
        ours = type(value).__module__ == self.home
        if dataclasses.is_dataclass(value):
            names = [part.name for part in dataclasses.fields(value)]
            fields = {name: getattr(value, name, None) for name in names}
        else:
            held = getattr(value, "__dict__", {}) if ours else {}
            fields = dict(sorted(held.items(), key=_name))
        return fields | ({"class": type(value)} if ours else {})

    def _held(self, function: types.FunctionType) -> Iterator[tuple[str, Any]]:
        """Closure, defaults, and what it uses of its module; not what it counts up."""
        code = function.__code__
        changed = set(_names(code, ("STORE_DEREF", "STORE_GLOBAL")))
        for name, cell in zip(
            code.co_freevars, function.__closure__ or (), strict=True
        ):
            if name not in changed and name != "__class__":
                yield name, _content(cell)
        given = function.__defaults__ or ()
        positional = code.co_varnames[: code.co_argcount]
        yield from zip(positional[len(positional) - len(given) :], given, strict=True)
        yield from (function.__kwdefaults__ or {}).items()
        for name in set(_names(code, ("LOAD_GLOBAL", "LOAD_NAME"))) - changed:
            value = function.__globals__.get(name)
            if isinstance(value, _CONSTANT) or self._ours(value):
                yield f"global {name}", value

    def _ours(self, value: Any) -> bool:
        """Whether it is a dataclass's, or was made in the objective's module."""
        inner = getattr(value, "__wrapped__", value)
        if isinstance(inner, _MADE):
            return _home(inner) == self.home
        return dataclasses.is_dataclass(inner)

    def _members(self, kind: type) -> Iterator[tuple[str, Any]]:
        """Methods and constants of a class and of its bases in the same module."""
        for base in kind.__mro__:
            for name, member in (
                vars(base).items() if base.__module__ == self.home else ()
            ):
                member = getattr(member, "__func__", getattr(member, "fget", member))
                written = not (name.startswith("__") and name.endswith("__"))
                if isinstance(member, types.FunctionType):
                    # What dataclasses generate is another thing in each Python.
                    written |= name in _WRITTEN or not dataclasses.is_dataclass(base)
                elif not isinstance(member, _CONSTANT):
                    continue
                if written:
                    yield f"{base.__name__}.{name}", member


def _home(value: Any) -> str:
    """The module in which a function was written, or an object's class."""
    while isinstance(value, functools.partial):
        value = value.func
    return getattr(value, "__module__", None) or type(value).__module__


def _name(pair: tuple[str, Any]) -> str:
    return pair[0]


def _kind(value: Any) -> str:
    """The type of a value, and the name of what a library offers."""
    if isinstance(value, types.FunctionType | types.MethodType):
        return "function"
    name = getattr(value, "__name__", "")
    return f"{type(value).__module__}.{type(value).__qualname__} {name}"


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None


def _names(code: types.CodeType, operations: tuple[str, ...]) -> Iterator[str]:
    """Variables on which code, or a function within it, does one of the operations."""
    for step in dis.get_instructions(code):
        if step.opname in operations:
            yield step.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant, operations)


def _code(code: types.CodeType, doc: str | None) -> tuple:
    """What code does, without the lines where it stands and its docstring."""
    constants = [
        _code(c, None) if isinstance(c, types.CodeType) else _constant(c)
        for c in code.co_consts
        if not (doc is not None and c == doc)
    ]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return code.co_code, tuple(constants), names


def _constant(value: Any) -> str:
    if isinstance(value, frozenset):
        return f"frozenset {sorted(map(_constant, value))}"
    if isinstance(value, tuple):
        return f"tuple {[_constant(part) for part in value]}"
    return f"{type(value).__name__} {value!r}"


def _digest(*parts: Any) -> str:
    """Eight bytes of a hash of the parts, bytes as they are and all else as text."""
    total = hashlib.blake2b(digest_size=8)
    for part in parts:
        content = (
            part if isinstance(part, bytes) else repr(part).encode("utf8", "replace")
        )
        total.update(len(content).to_bytes(8, "little"))
        total.update(content)
    return total.hexdigest()
