"""What the recorded runs have in common: one format, one folder, and how they go on."""

from __future__ import annotations

import datetime
import hashlib
import importlib.util
import json
import pathlib
import platform
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

from d2lutils import _files, _machine, datasets
from d2lutils.training import CURVES, Curves

FOLDER = pathlib.Path(__file__).with_name("records")
"""The folder with the runs that come with the package."""

FORMAT: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "settings": (dict,),
    "data": (dict,),
    "engine": (str,),
    "device": (str,),
    "threads": (int, type(None)),
    "seconds": (int, float),
    "versions": (dict,),
    "date": (str,),
    "results": (dict,),
}
"""The entries of a record, each with its types."""


@dataclass(frozen=True, eq=False)
class Run:
    """What came out of an experiment, and where it came from.

    Attributes
    ----------
    record : dict
        What is stored: `name`, `settings` (all that decides the experiment), `data`
        (description, remark and checksum of each data set by its name), `engine`,
        `device`, `threads` (None where nobody noted them), `seconds`, `versions`,
        `date` and `results`. A live run (`live`) has its name, settings and data only:
        what does not change from one machine or day to the next.
    history : training.Curves or None
        The curves, if the experiment is a training. They are attributes of the run as
        well: ``run.epochs``, ``run.test_loss`` and so on.
    """

    record: dict[str, Any]
    history: Curves | None = None

    def __getattr__(self, name: str) -> np.ndarray:
        if name in CURVES and self.history is not None:
            return getattr(self.history, name)
        raise AttributeError(f"this run has no {name}")

    @property
    def name(self) -> str:
        """The name of the experiment."""
        return self.record["name"]

    @property
    def settings(self) -> dict[str, Any]:
        """All that decides the experiment."""
        return self.record["settings"]

    @property
    def data(self) -> dict[str, dict[str, Any]]:
        """Description, remark and checksum of each data set, by its name."""
        return self.record["data"]

    @property
    def results(self) -> dict[str, Any]:
        """What came out, JSON values; nothing for a live run, which has its history."""
        return self.record.get("results", {})

    @property
    def title(self) -> str:
        """What the experiment is, for captions."""
        return self.settings.get("title", self.name)

    @property
    def description(self) -> str:
        """The data in a phrase."""
        phrases = [
            part["description"] + (f" ({part['remark']})" if part["remark"] else "")
            for part in self.data.values()
        ]
        return "; ".join(phrases)

    @property
    def origin(self) -> str:
        """One sentence: whether the numbers were recorded, and what ran where."""
        length = "" if self.history is None else f", {self.epochs[-1]} epochs"
        if "date" not in self.record:
            return f"Computed while this page ran: {self.description}{length}."
        day, place = self.record["date"], self.record["device"]
        engine = _with_versions(self.record["engine"], self.record["versions"])
        time = f"in {max(1, round(self.record['seconds'] / 60))} min"
        if self.history is None:
            return f"Recorded on {day} with {engine}, on {place}, {time}."
        what = self.description + length
        return f"Recorded on {day}: {what}, with {engine}, {place}, {time}."

    def __repr__(self) -> str:
        length = "" if self.history is None else f"{self.epochs[-1]} epochs, "
        kind = "recorded" if "date" in self.record else "live"
        return f"Run({self.title!r}, {length}{kind})"


def _with_versions(text: str, versions: dict[str, str]) -> str:
    """A text in which each package that has a version is followed by it."""
    known = {name.lower(): version for name, version in versions.items()}
    return re.sub(
        r"\w+",
        lambda word: " ".join(filter(None, [word[0], known.get(word[0].lower())])),
        text,
    )


def load(name: str, folder: pathlib.Path = FOLDER) -> Run:
    """The run that is stored under that name."""
    path = folder / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(
            f"{name} was never recorded: python -m d2lutils.runs record {name}"
        )
    try:
        if not path.is_file():
            raise ValueError("no file")  # a pipe would keep us waiting
        record = json.loads(path.read_text(encoding="utf8"))
        return Run(_checked(record), _curves(record["results"]))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} must be a recorded run, got something damaged ({error}); "
            f"record it again: python -m d2lutils.runs record {name}"
        ) from None


def _checked(record: Any) -> dict[str, Any]:
    for name, kinds in FORMAT.items():
        if not isinstance(record, dict) or not isinstance(record.get(name), kinds):
            raise ValueError(f"no {name}")
    for part in record["data"].values():
        if not isinstance(part, dict) or not {"description", "remark"} <= part.keys():
            raise ValueError("no data")
    return record


def _curves(results: dict[str, Any]) -> Curves | None:
    """The curves among the results, or None where there are none."""
    if not results.keys() & set(CURVES):
        return None
    try:
        curves = [np.array(results[name]) for name in CURVES]
    except KeyError as error:
        raise ValueError(f"no {error}") from None
    shapes = {curve.shape for curve in curves}
    kinds = {curve.dtype.kind for curve in curves}
    if len(shapes) > 1 or curves[0].ndim != 1 or not curves[0].size or kinds - {*"if"}:
        raise ValueError("no curves of one length")
    return Curves(*curves)


def save(record: dict[str, Any], path: pathlib.Path) -> None:
    """Store a record."""
    _files.write(path, dumps({name: record[name] for name in FORMAT}) + "\n")


def dumps(value: Any, indent: int = 0) -> str:
    """JSON whose lists of numbers have a line each, so that differences can be read."""
    flat = json.dumps(value)
    parts = list(value.values()) if isinstance(value, dict) else value
    if len(flat) + indent <= 88 or not isinstance(value, dict | list):
        return flat
    if isinstance(value, list) and not any(isinstance(p, dict | list) for p in parts):
        return flat
    lines = [dumps(part, indent + 1) for part in parts]
    if isinstance(value, dict):
        lines = [f"{json.dumps(k)}: {v}" for k, v in zip(value, lines, strict=True)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    start, between = "\n" + " " * (indent + 1), ",\n" + " " * (indent + 1)
    return f"{opening}{start}{between.join(lines)}\n{' ' * indent}{closing}"


def made(
    settings: dict[str, Any],
    data: dict[str, dict[str, Any]],
    engine: str,
    results: dict[str, Any],
    seconds: float,
    packages: tuple[str, ...],
    processes: int = 1,
) -> dict[str, Any]:
    """A record of what was just measured on this machine's CPU, without its name.

    Parameters
    ----------
    settings, data, engine, results, seconds
        See `Run`.
    packages : tuple of str
        Those whose versions count, besides Python, NumPy and this one.
    processes : int
        How many shared the work, each with the threads of this one.
    """
    threads = _machine.threads()
    device = f"{threads} CPU thread{'s' * (threads > 1)} ({platform.machine()})"
    names = [n for n in ("d2lutils", "numpy", *packages) if importlib.util.find_spec(n)]
    versions = {name: metadata.version(name) for name in names}
    return {
        "settings": settings,
        "data": data,
        "engine": engine,
        "device": f"{processes} processes of {device}" if processes > 1 else device,
        "threads": threads * processes,
        "seconds": round(seconds, 1),
        "versions": {"python": platform.python_version(), **versions},
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "results": results,
    }


def described(description: str, remark: str, *arrays: np.ndarray) -> dict[str, Any]:
    """What a record says of a data set: in words, and a checksum of its arrays."""
    digest = hashlib.blake2b(digest_size=8)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    checksum = digest.hexdigest()
    return {"description": description, "remark": remark, "checksum": checksum}


def described_sets(
    name: str,
    train: datasets.Dataset,
    other: datasets.Dataset,
    others: str = "test images",
    remark: str = "",
) -> dict[str, dict[str, Any]]:
    """What a record says of a training set and another one of the same name."""
    words = f"{len(train)} training and {len(other)} {others} of {name}"
    arrays = train.images, train.labels, other.images, other.labels
    return {name: described(words, remark, *arrays)}


def rounded(values: Any) -> Any:
    """Numbers to six digits, in lists nested as they were: what is kept of arrays."""
    if np.ndim(values) == 0:
        return float(f"{values:.6g}")
    return [rounded(part) for part in values]


def part(
    folder: pathlib.Path | None, name: str, compute: Callable, *arguments: Any
) -> tuple[Any, float]:
    """A part of a long run, JSON values, and the seconds that it took.

    It is read from its file in the folder if it was computed before, so that a run that
    was killed goes on. Without a folder nothing is kept.
    """
    file = None if folder is None else folder / f"{name}.json"
    if file is not None and (done := _kept(file)) is not None:
        return done
    start = time.perf_counter()
    value = compute(*arguments)
    seconds = time.perf_counter() - start
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        _files.write(file, json.dumps([value, seconds]))
    return value, seconds


def parts(
    folder: pathlib.Path | None,
    over: dict[str, Any],
    compute: Callable,
    callback: Callable | None = None,
    told: Callable = lambda value: value,
) -> tuple[list[Any], float]:
    """The parts of a long run, and the seconds that they took together.

    Parameters
    ----------
    folder : pathlib.Path or None
        See `part`.
    over : dict
        Name of each part, and what `compute` gets for it.
    compute : function
        Of one argument; gives the part.
    callback : function, optional
        Called as ``callback(argument, told(part))`` after each part.
    told : function, optional
        What the callback is told of a part; by default all of it.
    """
    found = []
    for name, argument in over.items():
        found.append(part(folder, name, compute, argument))
        if callback is not None:
            callback(argument, told(found[-1][0]))
    return [value for value, _ in found], sum(seconds for _, seconds in found)


def _kept(file: pathlib.Path) -> tuple[Any, float] | None:
    """What a part's file holds; None if there is none, or it is damaged."""
    if not file.is_file():
        return None
    try:
        value, seconds = json.loads(file.read_text(encoding="utf8"))
        return value, float(seconds)
    except (OSError, ValueError, TypeError):
        return None
