"""What the recorded runs have in common: what they came from, where they are kept, how their files read."""

import datetime
import importlib.util
import json
import pathlib
import platform
from importlib import metadata

import numpy as np

from d2lutils import _files


def stamp(*packages):
    """Versions of Python and of those packages that are installed, and today's date: entries of a record."""
    versions = {
        name: metadata.version(name)
        for name in packages
        if importlib.util.find_spec(name)
    }
    return {
        "versions": {"python": platform.python_version(), **versions},
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
    }


def file(name):
    """The file of the package that keeps the record of that name."""
    return pathlib.Path(__file__).with_name("records") / f"{name}.json"


def load(name):
    """The stored record of that name."""
    return json.loads(file(name).read_text(encoding="utf8"))


def rounded(values):
    """Numbers to six digits, in lists nested as they were: what a record keeps of arrays."""
    return (
        float(f"{values:.6g}")
        if np.ndim(values) == 0
        else [rounded(part) for part in values]
    )


def save(name, record):
    """Store a record, JSON values, under that name."""
    _files.write(file(name), json.dumps(record, indent=1, sort_keys=True) + "\n")


def origin(record, libraries, place):
    """One sentence that says where recorded numbers come from."""
    minutes = max(1, round(record["seconds"] / 60))
    return (
        f"Recorded on {record['date']} with {libraries}, on {place}, in {minutes} min."
    )


def dumps(record, key):
    """JSON with a line for each entry of record[key], a dict or list, so that files and differences can be read."""
    entries = record[key]
    opening, closing = "{}" if isinstance(entries, dict) else "[]"
    if isinstance(entries, dict):
        lines = [
            f"{json.dumps(name)}: {json.dumps(value)}"
            for name, value in entries.items()
        ]
    else:
        lines = [json.dumps(entry) for entry in entries]
    others = json.dumps(
        {name: value for name, value in record.items() if name != key}, indent=1
    )
    body = ",\n  ".join(lines)
    return (
        others.removesuffix("\n}")
        + f",\n {json.dumps(key)}: {opening}\n  {body}\n {closing}\n}}\n"
    )
