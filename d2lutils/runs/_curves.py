"""Runs of recipes: curves and where they came from."""

import argparse
import hashlib
import json
import pathlib
import platform
from dataclasses import dataclass

import numpy as np

from d2lutils import _checks, _files, _machine, datasets
from d2lutils.runs import _records, recipes

FOLDER = pathlib.Path(__file__).with_name("records")
_CURVES = ("epochs", "train_loss", "train_error", "test_loss", "test_error")


@dataclass(frozen=True, eq=False)
class Run:
    """The curves of one run and their origin.

    epochs, train_loss, train_error, test_loss, test_error: as in training.History. record: the rest of the stored
    JSON, a dict: recipe, scale, settings, data (description and checksum), engine, device, versions, seconds,
    date. For a live run (`live`) it holds only what does not change from one machine or day to the next.
    """

    epochs: np.ndarray
    train_loss: np.ndarray
    train_error: np.ndarray
    test_loss: np.ndarray
    test_error: np.ndarray
    record: dict

    @property
    def title(self):
        """What the experiment is, for captions."""
        return self.record["settings"]["title"]

    @property
    def origin(self):
        """One sentence that says whether these numbers were recorded or computed now, and on what."""
        data = f"{self.record['data']['description']}, {self.epochs[-1]} epochs"
        if "date" not in self.record:
            return f"Computed while this page ran: {data}."
        minutes = max(1, round(self.record["seconds"] / 60))
        where = f"{self.record['engine']} {self.record['versions'][self.record['engine']]}, {self.record['device']}"
        return f"Recorded on {self.record['date']}: {data}, with {where}, in {minutes} min."

    def __repr__(self):
        return f"Run({self.title!r}, {self.epochs[-1]} epochs, {'recorded' if 'date' in self.record else 'live'})"


def load(name, folder=FOLDER):
    """The recorded `Run` of the recipe of that name. folder: where the records lie.

    Raises ValueError for an unknown recipe, FileNotFoundError if it was never recorded.
    """
    path = _checks.path("folder", folder) / f"{recipes.recorded_as(name)}.json"
    if not path.exists():
        raise FileNotFoundError(
            f"{name} was never recorded: python -m d2lutils.runs record {name}"
        )
    record = json.loads(path.read_text())
    curves = record.pop("curves")
    return Run(**{curve: np.array(curves[curve]) for curve in _CURVES}, record=record)


def live(name, *, engine=None, device=None, progress=None):
    """Run the recipe of that name at scale "ci" now; returns a `Run`.

    engine, device: see engines.build. progress: show a bar (default: unless engines.quiet()).
    """
    recipe = recipes.get(name, "ci")
    train, test = recipe.load()
    history = recipe.fit(train, test, engine=engine, device=device, progress=progress)
    record = {
        "recipe": name,
        "scale": "ci",
        "settings": recipe.settings(),
        "data": _data(recipe, train, test),
    }
    return Run(**{curve: getattr(history, curve) for curve in _CURVES}, record=record)


def record(
    name,
    *,
    scale="full",
    engine=None,
    device=None,
    root=None,
    folder=FOLDER,
    progress=None,
):
    """Run the recipe of that name, store it as FOLDER/NAME.json and return its path.

    scale: of the recipe. engine, device, progress: as in `live`. root: folder with the data, see datasets.load. A run
    that was killed goes on where it was: its checkpoint lies in the cache folder until the run is complete. The file
    holds everything in `Run`, numbers to six digits.
    """
    name, recipe = (
        recipes.recorded_as(name) if scale == "full" else name,
        recipes.get(name, scale),
    )
    train, test = recipe.load(root)
    data = _data(recipe, train, test, root)
    checkpoint = datasets.cache_folder() / "checkpoints" / f"{name}-{scale}.npz"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    history = recipe.fit(
        train,
        test,
        engine=engine,
        device=device,
        progress=progress,
        checkpoint=checkpoint,
    )
    curves = {curve: _records.rounded(getattr(history, curve)) for curve in _CURVES[1:]}
    stored = {
        "recipe": name,
        "scale": scale,
        "settings": recipe.settings(),
        "data": data,
        "engine": history.engine,
        "device": _device(history),
        "seconds": round(history.seconds, 1),
        **_records.stamp("d2lutils", history.engine, "numpy"),
        "curves": {"epochs": history.epochs.tolist()} | curves,
    }
    path = pathlib.Path(folder) / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    _files.write(path, _records.dumps(stored, "curves"))
    checkpoint.unlink()
    return path


def _data(recipe, train, test, root=None):
    digest = hashlib.blake2b(digest_size=8)
    for array in (train.images, train.labels, test.images, test.labels):
        digest.update(np.ascontiguousarray(array).data)
    description = f"{len(train)} training and {len(test)} test images of {recipe.data}"
    if recipe.random_labels:
        description += (
            f", {recipe.random_labels:.0%} of the training labels drawn at random"
        )
    if remark := datasets.remark(recipe.data, root):
        description += f" ({remark})"
    return {"description": description, "checksum": digest.hexdigest()}


def _device(history):
    if history.device == "gpu":
        import torch

        return (
            f"GPU ({torch.cuda.get_device_name()})"
            if history.engine == "torch"
            else "GPU"
        )
    threads = _machine.threads()
    return f"{threads} CPU thread{'s' if threads > 1 else ''} ({platform.machine()})"


def main(arguments=None):
    """The command line: list the recipes, or record one. arguments: a list of words, by default those of the shell."""
    parser = argparse.ArgumentParser(
        prog="python -m d2lutils.runs", description="Recorded runs."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "list", help="the recipes, how long they take, and which are recorded"
    )
    recorder = commands.add_parser(
        "record", help="run a recipe at full scale and keep its numbers"
    )
    recorder.add_argument("name", choices=sorted(recipes.RECIPES))
    recorder.add_argument("--engine", help="mxnet or torch")
    recorder.add_argument("--device", help="cpu or gpu")
    recorder.add_argument(
        "--root",
        help="folder with the data; else D2LUTILS_DATA, the cache, or a download",
    )
    recorder.add_argument("--scale", default="full", choices=recipes.SCALES)
    recorder.add_argument("--folder", default=FOLDER, help="where to put the file")
    given = vars(parser.parse_args(arguments))
    if given.pop("command") == "record":
        print(record(given.pop("name"), **given))
        return
    for name in recipes.RECIPES:
        path = FOLDER / f"{recipes.recorded_as(name)}.json"
        state = (
            load(name).origin
            if path.exists()
            else f"not recorded (about {recipes.get(name, 'full').minutes} min)"
        )
        print(f"{name:28} {state}")
