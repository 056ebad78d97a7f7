"""All experiments by name: loading, recording, and the command line."""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import pathlib
import shutil
from collections.abc import Sequence
from typing import Any

from d2lutils import _checks, _files, _machine, datasets
from d2lutils.runs import _curves, _records, recipes
from d2lutils.runs._records import FOLDER, Run

# Those that are no recipes: the module that measures them, imported when they are run
# since each pulls in its subject, and roughly the minutes that it takes on two cores.
_MEASURED = {
    "lenet-seeds": ("calibration", 2),
    "weight-decay": ("sweeps", 3),
    "double-descent": ("sweeps", 2),
    "grokking": ("sweeps", 3),
    "convnet-penalties": ("penalties", 50),
    "completion-phase": ("completion", 32),
    "kernel-accuracy": ("kernels", 28),
    "kernel-scale": ("kernels", 90),
    "kernel-scale-network": ("kernels", 91),
    "search-comparison": ("search", 45),
    "search-comparison-wide": ("search", 24),
}


def names() -> tuple[str, ...]:
    """The names of all experiments that can be recorded."""
    return (*recipes.RECIPES, *_MEASURED)


def _recorded_as(name: str) -> str:
    """The name of the record: the experiment's own, or that of one that is the same."""
    _checks.choice("name", name, names())
    return recipes.recorded_as(name) if name in recipes.RECIPES else name


def load(name: str, folder: str | os.PathLike[str] = FOLDER) -> Run:
    """The recorded run of an experiment.

    Parameters
    ----------
    name : str
        One of `names`.
    folder : path
        The folder with the records, by default the one of this package.

    Raises
    ------
    ValueError
        For an unknown name, or a record that is damaged.
    FileNotFoundError
        If the experiment was never recorded.
    """
    folder = _checks.path("folder", folder)
    run = _records.load(_recorded_as(name), folder)
    if name in recipes.RECIPES and run.history is None:
        raise ValueError(
            f"{folder / name}.json must be the run of {name}, got no curves"
        )
    return run


def record(
    name: str,
    *,
    scale: str = "full",
    engine: str | None = None,
    device: str | None = None,
    root: str | os.PathLike[str] | None = None,
    folder: str | os.PathLike[str] = FOLDER,
    progress: bool | None = None,
) -> pathlib.Path:
    """Run an experiment and store its record, numbers to six digits, as NAME.json.

    A run that was killed goes on where it was: what is done lies in the cache folder
    until the run is complete.

    Parameters
    ----------
    name : str
        One of `names`.
    scale : {"full", "ci"}
        Of a recipe.
    engine, device : str, optional
        For a recipe, see `engines.build`.
    root : path, optional
        The folder with the data, see `datasets.load`.
    folder : path
        Where to put the record, by default among those of this package.
    progress : bool, optional
        Whether to show how far it is; by default where a person is watching.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        For an unknown name, or an option that this experiment has not.
    OSError
        If nothing can be written into one of the two folders.
    """
    _checks.choice("name", name, names())
    _checks.choice("scale", scale, recipes.SCALES)
    kept_as = _recorded_as(name) if scale == "full" else name
    path = _files.ready("folder", _checks.path("folder", folder) / f"{kept_as}.json")
    root = None if root is None else _checks.path("root", root)
    unfinished = _files.folder("cache", datasets.cache_folder() / "checkpoints")
    if name in recipes.RECIPES:
        unfinished /= f"{kept_as}-{scale}"
        options = {"engine": engine, "device": device, "progress": progress}
        measured = _curves.measure(kept_as, scale, unfinished, root, **options)
    else:
        for option, value in (("engine", engine), ("device", device)):
            if value is not None:
                raise ValueError(f"{option} must be None for {name}, got {value!r}")
        _checks.choice("scale", scale, ("full",))
        module = importlib.import_module(f"d2lutils.runs.{_MEASURED[name][0]}")
        settings = module.SETTINGS[name]
        unfinished /= f"{name}-{_digest(settings)}"
        shown = not _machine.quiet() if progress is None else progress
        callback = _print if shown else None
        measured = module.measure(settings, unfinished, callback, root)
    _records.save({"name": kept_as, **measured}, path)
    shutil.rmtree(unfinished, ignore_errors=True)
    return path


def _digest(settings: dict[str, Any]) -> str:
    """A short name for settings, so that no run goes on with parts of another one."""
    text = json.dumps(settings, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def _print(*what: Any) -> None:
    print(*what, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line: list the experiments, or record one.

    Parameters
    ----------
    arguments : list of str, optional
        The words, by default those of the shell.
    """
    parser = argparse.ArgumentParser(
        prog="python -m d2lutils.runs", description="Recorded runs."
    )
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("list", help="all experiments, and when each was recorded")
    recorder = commands.add_parser(
        "record", help="run an experiment at full scale and keep its numbers"
    )
    recorder.add_argument("name", choices=names(), metavar="name")
    recorder.add_argument("--engine", help="mxnet or torch")
    recorder.add_argument("--device", help="cpu or gpu")
    recorder.add_argument(
        "--root", help="folder with the data (else D2LUTILS_DATA, cache, download)"
    )
    recorder.add_argument("--scale", default="full", choices=recipes.SCALES)
    recorder.add_argument("--folder", default=FOLDER, help="where to put the file")
    given = vars(parser.parse_args(arguments))
    if given.pop("command") == "record":
        print(record(given.pop("name"), **given))
        return
    for name in names():
        print(f"{name:28} {_state(name)}")


def _state(name: str) -> str:
    if (same := _recorded_as(name)) != name:
        return f"the same experiment as {same}"
    if (FOLDER / f"{name}.json").exists():
        return load(name).origin
    is_recipe = name in recipes.RECIPES
    minutes = recipes.get(name, "full").minutes if is_recipe else _MEASURED[name][1]
    return f"not recorded (about {minutes} min)"
