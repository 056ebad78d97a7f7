"""How much weight decay suits the convolutional network: a grid, on held-out images.

The recorded run behind the regularised training of the chapter on overfitting,
`load("convnet-penalties")`.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from d2lutils import datasets, engines
from d2lutils.runs import _records, recipes
from d2lutils.training import CURVES

SETTINGS: dict[str, dict[str, Any]] = {
    "convnet-penalties": {
        "recipe": "convnet-cifar10-regularized",
        "num_train": 10000,
        "num_validation": 5000,
        "weight_decays": [0.002, 0.006, 0.02],
        "evaluate_every": 10,
    }
}
"""What is recorded.

The recipe at scale "full" with each weight decay. The images for validation follow
those for training in the training set; the test images are not looked at.
"""


def measure(
    settings: dict[str, Any],
    folder: pathlib.Path | None = None,
    callback: Callable | None = None,
    root: str | os.PathLike[str] | None = None,
    scale: str = "full",
) -> dict[str, Any]:
    """Run the experiment.

    Parameters
    ----------
    settings : dict
        Such as ``SETTINGS["convnet-penalties"]``.
    folder : pathlib.Path, optional
        Where to keep what is done, so that a run that was killed goes on.
    callback : function, optional
        Called as ``callback(weight_decay, validation_error)`` after each training.
    root : path, optional
        Where the data are, see `datasets.load`.
    scale : {"full", "ci"}
        Of the recipe.

    Returns
    -------
    dict
        The record, see `Run`. Its results are ``curves``, with the ``epochs`` and by
        weight decay and epoch ``train_loss``, ``train_error``, ``validation_loss``,
        ``validation_error``.
    """
    recipe = recipes.get(settings["recipe"], scale)
    recipe = replace(recipe, evaluate_every=settings["evaluate_every"])
    train, validation = _data(recipe, settings, root)
    engine = engines.choose(None)
    found, seconds = _records.parts(
        folder,
        {f"weight-decay-{decay}": decay for decay in settings["weight_decays"]},
        lambda decay: _measured(recipe, decay, train, validation, engine, folder),
        callback,
        lambda value: value["validation_error"][-1],
    )
    curves = {name: [value[name] for value in found] for name in found[0]}
    curves["epochs"] = curves["epochs"][0]
    remark = datasets.remark(recipe.data, root)
    data = _records.described_sets(
        recipe.data, train, validation, "other images", remark
    )
    return _records.made(settings, data, engine, {"curves": curves}, seconds, (engine,))


def _data(
    recipe: recipes.Recipe,
    settings: dict[str, Any],
    root: str | os.PathLike[str] | None,
) -> tuple[datasets.Dataset, datasets.Dataset]:
    """The first images of the training set, and the next ones."""
    number = settings["num_train"]
    total = number + settings["num_validation"]
    both, _ = datasets.load(recipe.data, root=root, num_train=total)
    train, validation = both.take(slice(number)), both.take(slice(number, total))
    if recipe.standardized:
        return datasets.standardize(train, validation)
    return train, validation


def _measured(
    recipe: recipes.Recipe,
    decay: float,
    train: datasets.Dataset,
    validation: datasets.Dataset,
    engine: str,
    folder: pathlib.Path | None,
) -> dict[str, Any]:
    """One training: its curves."""
    optimizer = replace(recipe.optimizer, weight_decay=decay)
    checkpoint = None if folder is None else folder / f"weight-decay-{decay}.npz"
    history = replace(recipe, optimizer=optimizer).fit(
        train, validation, engine=engine, progress=False, checkpoint=checkpoint
    )
    curves = {
        name.replace("test", "validation"): _records.rounded(getattr(history, name))
        for name in CURVES[1:]
    }
    return {"epochs": history.epochs.tolist(), **curves}
