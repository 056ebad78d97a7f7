"""A row for each public function, class and method of d2lutils: its arguments by name,
each with its kind.
"""

import dataclasses
import importlib
import inspect
import pkgutil

from bad_inputs import optional
from bad_inputs_names import NAMES
from bad_inputs_table import OWN, SELVES

import d2lutils

EXCLUDED = {
    "engines.Model": "made by engines.build",
    "networks.Step": "made by networks.layout",
    "runs.recipes.Recipe.fit": "training.fit with settings of its own",
    "plotting.use_style": "no arguments, changes global settings; test_plotting.py",
    "interactive.bundle": "for those who build pages; a kind that is none raises",
    "interactive.shorten": "for those who build pages; any text is a script",
    "plotting.show": "no arguments, shows the open figures; test_plotting.py",
    "runs.live": "trains for seconds with the arguments of recipes.get and "
    "engines.build; test_runs.py",
    "runs.record": "trains for minutes with the arguments of recipes.get and "
    "engines.build; test_runs.py",
    "runs.main": "a command line: argparse checks it; test_runs.py",
    "runs.calibration.measure": "takes hours; its settings are a constant of the "
    "module; test_overfitting_runs.py",
    "runs.sweeps.measure": "takes hours; its settings are a constant of the module; "
    "test_overfitting_runs.py",
    "runs.penalties.measure": "takes an hour; its settings are a constant of the "
    "module; test_overfitting_runs.py",
    "runs.completion.measure": "takes minutes; its settings are a constant of the "
    "module; test_completion_runs.py",
    "runs.kernels.measure": "takes hours; its settings are a constant of the module; "
    "test_kernel_runs.py",
    "runs.search.measure": "takes minutes; its settings are a constant of the module; "
    "test_search_runs.py",
}
"""Public names without a row, and why."""

_MODULES = [
    info.name.removeprefix("d2lutils.")
    for info in pkgutil.walk_packages(d2lutils.__path__, "d2lutils.")
    if "._" not in info.name
]


def _checks_nothing(value):
    """Whether a class is an exception, or holds without a look what a function of the
    library made.
    """
    plain = dataclasses.is_dataclass(value) and not {"__init__", "__post_init__"} & set(
        _own(value)
    )
    return inspect.isclass(value) and (issubclass(value, BaseException) or plain)


def _own(value):
    """The functions in a class's source, without those that `dataclass` writes."""
    functions = {
        name: part for name, part in vars(value).items() if inspect.isfunction(part)
    }
    return [
        name
        for name, part in functions.items()
        if not part.__code__.co_filename.startswith("<")
    ]


def _public():
    """{"module.name": function or class}, each in the public module that defines it, or
    else lists it.
    """
    for module in _MODULES:
        found = importlib.import_module(f"d2lutils.{module}")
        for name, value in vars(found).items():
            if name.startswith("_") or not (
                inspect.isfunction(value) or inspect.isclass(value)
            ):
                continue
            home = value.__module__.removeprefix("d2lutils.")
            if home == module or (
                home not in _MODULES and name in getattr(found, "__all__", ())
            ):
                yield f"{module}.{name}", value
                methods = _own(value) if f"{module}.{name}" in SELVES else ()
                for method in methods:
                    if not method.startswith("_"):
                        yield (
                            f"{module}.{name}.{method}",
                            inspect.getattr_static(value, method),
                        )


def _row(name, value):
    module = name[: -len(value.__qualname__) - 1]
    own = OWN.get(module, {}) | OWN.get(name, {})
    parameters = {
        p.name: p
        for p in inspect.signature(value).parameters.values()
        if p.name != "self"
    }
    row = {}
    for key, parameter in parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            row |= {
                key: kind
                for key, kind in OWN.get(name, {}).items()
                if key not in parameters
            }
        elif key not in own and key not in NAMES:
            raise LookupError(
                f"what may {key} of {name} be? say so in bad_inputs_names.py or "
                "bad_inputs_table.py"
            )
        else:
            kind = own.get(key, NAMES.get(key))
            row[key] = (
                optional(kind)
                if parameter.default is None and not kind.needed
                else kind
            )
    return row


ROWS = {
    name: _row(name, value)
    for name, value in _public()
    if name not in EXCLUDED and not _checks_nothing(value)
}
