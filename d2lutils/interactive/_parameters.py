"""What can be set in a figure: one table for Python, its documentation and the browser.

A figure's function annotates each parameter with one entry, `whole`, `real`, `choice`,
`seed`, `special` or `data`. From these come the checks (`checked`), the docstring's
sections (`documented`) and the controls in the browser (`controls`).

What limits a parameter may depend on the figure's data: then the entry has the name
that the function gives it, and the figure's script says it again.
"""

import inspect
import textwrap
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from d2lutils import _checks

Function = TypeVar("Function", bound=Callable[..., Any])

TABLES: dict[str, dict[str, "Parameter"]] = {}
"""The parameters of each figure, by its kind."""

_SECTIONS = """\
alt : str, optional
    The sentence for readers who cannot see the figure; by default its own.

Raises
------
TypeError, ValueError
    For a parameter that is out of range; the message names it.
"""


@dataclass(frozen=True)
class Parameter:
    """An entry of the table.

    Attributes
    ----------
    type : str
        "int", "float", "str", or what else the documentation calls it.
    says : str
        A sentence for the documentation.
    low, high : float or str, optional
        Its range; a string is the parameter that limits it, or a name of the function.
    open : bool
        Whether `low` itself is out of range.
    options : dict or str, optional
        The values that it can have, and what the browser calls them; or a name of the
        function.
    label : str, optional
        Of its control; without one there is none.
    values : sequence of numbers or str, optional
        Those of its slider, or a name of the function.
    only : bool
        Whether it has to be one of these.
    slider : tuple of three numbers, optional
        Least and greatest value and step of its slider.
    shown : bool
        Whether it is what the figure shows: then nobody sets it in the browser.
    """

    type: str
    says: str
    low: Any = None
    high: Any = None
    open: bool = False
    options: Mapping[Any, str] | str | None = None
    label: str | None = None
    values: Sequence[float] | str | None = None
    only: bool = False
    slider: tuple[float, Any, float] | None = None
    shown: bool = False

    def told(self, look: Callable[[str], Any]) -> "Parameter":
        """The same with what `look` says in place of names."""
        names = {
            key: look(value)
            for key in ("low", "high", "options", "values")
            if isinstance(value := getattr(self, key), str)
        }
        return replace(self, **names)

    def check(self, name: str, value: Any) -> Any:
        """The value as it is used from there on."""
        if self.type == "str":
            return _checks.choice(name, value, tuple(self.options or ()))
        if self.type == "int":
            value = _checks.whole(name, value, self.low, self.high)
        elif self.open:
            value = _checks.real(name, value, most=self.high, above=self.low)
        else:
            value = _checks.real(name, value, self.low, self.high)
        known = self.values if self.only else self.options
        if known and value not in known:
            *most, last = map(str, known)
            raise ValueError(
                f"{name} must be {', '.join(most)} or {last}, got {value!r}"
            )
        return value

    def control(self, key: str) -> dict[str, Any]:
        """What the browser has to know of it."""
        entry: dict[str, Any] = {"key": key, "label": self.label}
        if isinstance(self.options, str) or isinstance(self.values, str):
            return entry  # the script says the rest
        least, most, step = self.slider or (self.low, self.high, 1)
        entry |= {"low": self.low, "high": self.high}
        if self.options:
            names = [[value, name] for value, name in self.options.items()]
            entry |= {"options": names}
        elif self.values:
            entry |= {"values": list(self.values)}
        elif self.label:
            entry |= {"min": least, "max": most, "step": step}
            for end, bound in (("low", "min"), ("high", "max")):
                if entry[end] == entry[bound]:  # then the browser takes one for both
                    del entry[end]
        if self.type == "int":
            entry |= {"whole": 1}
        if isinstance(self.values, Nice):
            entry |= {"values": None, "nice": self.values.asked}
        return {name: value for name, value in entry.items() if value is not None}


def whole(
    low: int | str, high: int | str, says: str, label: str | None = None, **control: Any
) -> Parameter:
    """A whole number from low to high."""
    return Parameter("int", says, low, high, label=label, **control)


def real(
    low: float | str,
    high: float | str,
    says: str,
    label: str | None = None,
    **control: Any,
) -> Parameter:
    """A number from low to high."""
    return Parameter("float", says, low, high, label=label, **control)


def choice(options: Mapping[str, str] | str, says: str, label: str | None) -> Parameter:
    """One of some words; `options` has what the browser calls each."""
    return Parameter("str", says, options=options, label=label)


def seed(says: str) -> Parameter:
    """A seed of `normals` and `uniforms`."""
    return Parameter("int", says, 0, 2**32 - 1)


def special(type: str, says: str, **control: Any) -> Parameter:
    """What the figure's function checks itself."""
    return Parameter(type, says, **control)


def data(type: str, says: str) -> Parameter:
    """What the figure shows; its function checks it."""
    return Parameter(type, says, shown=True)


class Nice(list[float]):
    """Round values, and what they were asked by: the browser makes them anew."""

    def __init__(self, values: Sequence[float], asked: list[Any]) -> None:
        super().__init__(values)
        self.asked = asked


def nice(
    low: float, high: float, mantissas: Sequence[float], *, zero: bool = False
) -> Nice:
    """Round values for a logarithmic slider: mantissas times powers of ten.

    With `zero`, 0 is the first one.
    """
    values = [float(f"{m}e{k}") for k in range(-17, 10) for m in mantissas]
    kept = [v for v in values if low * (1 - 1e-9) <= v <= high * (1 + 1e-9)]
    return Nice([0, *kept] if zero else kept, [low, high, list(mantissas), int(zero)])


def documented(function: Function) -> Function:
    """Enter a figure's function into the table, and write its docstring from that."""
    hints = typing.get_type_hints(function, include_extras=True)
    table = {
        name: part.__metadata__[0]
        for name, hint in hints.items()
        # Python 3.10 wraps the hint of what is None by default into an Optional.
        for part in (hint, *typing.get_args(hint))
        if hasattr(part, "__metadata__")
    }
    defaults = inspect.signature(function).parameters
    kind = function.__name__
    TABLES[kind] = table
    function.__annotations__ = typing.get_type_hints(function)
    about, *references = inspect.cleandoc(function.__doc__ or "").partition(
        "\n\nReferences\n"
    )
    entries = [
        f"{name} : {_type(parameter, defaults[name].default)}\n"
        + textwrap.indent(textwrap.fill(_says(parameter), 80), "    ")
        for name, parameter in table.items()
    ]
    sections = "\n".join(["Parameters", "----------", *entries, _SECTIONS])
    function.__doc__ = f"{about}\n\n{sections}" + "".join(references)
    return function


def _type(parameter, default):
    known = parameter.values if parameter.only else parameter.options
    if not known or isinstance(known, str):
        optional = default is None and "optional" not in parameter.type
        return parameter.type + ", optional" * optional
    return "{" + ", ".join(map(repr, known)).replace("'", '"') + "}"


def _says(parameter):
    low, high = parameter.low, parameter.high
    named = low is None or isinstance(low, str)
    if named or parameter.options or parameter.only or high == 2**32 - 1:
        return parameter.says
    bounds = (
        f"Above {low:g} and at most {high:g}."
        if parameter.open
        else f"From {low:g} to {high if isinstance(high, str) else f'{high:,.7g}'}."
    )
    return f"{parameter.says} {bounds}".strip()


def checked(function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The checked values of all parameters but the special ones; given : its locals."""
    table = TABLES[function.__name__]
    plain = [n for n, p in table.items() if p.low is not None or p.options]

    def look(name):
        return value(name) if name in plain else given[name]

    def value(name):
        return table[name].told(look).check(name, given[name])

    return {name: value(name) for name in plain}


def controls(kind: str) -> list[dict[str, Any]]:
    """The table as the browser gets it; empty for a figure that has none."""
    table = TABLES.get(kind, {})
    return [p.control(key) for key, p in table.items() if not p.shown]
