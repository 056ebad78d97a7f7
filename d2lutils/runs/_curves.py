"""Runs of recipes: the curves of a training."""

from __future__ import annotations

import pathlib
from typing import Any

from d2lutils import datasets
from d2lutils.runs import _records, recipes
from d2lutils.runs._records import Run
from d2lutils.training import CURVES, History


def live(
    name: str,
    *,
    engine: str | None = None,
    device: str | None = None,
    progress: bool | None = None,
) -> Run:
    """Run a recipe at scale "ci" now.

    Parameters
    ----------
    name : str
        One of ``recipes.RECIPES``.
    engine, device : str, optional
        See `engines.build`.
    progress : bool, optional
        Whether to show a bar; by default where a person is watching.

    Raises
    ------
    ValueError
        For an unknown recipe.
    """
    recipe = recipes.get(name, "ci")
    train, test = recipe.load()
    history = recipe.fit(train, test, engine=engine, device=device, progress=progress)
    settings = {"scale": "ci", **recipe.settings()}
    data = _described(recipe, train, test)
    return Run({"name": name, "settings": settings, "data": data}, history)


def measure(
    name: str,
    scale: str,
    folder: pathlib.Path,
    root: pathlib.Path | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Run a recipe and return the record.

    Its checkpoint lies in the folder; options are those of `training.fit`.
    """
    recipe = recipes.get(name, scale)
    train, test = recipe.load(root)
    data = _described(recipe, train, test, root)
    checkpoint = folder / "checkpoint.npz"
    history = recipe.fit(train, test, checkpoint=checkpoint, **options)
    curves = {name: _records.rounded(getattr(history, name)) for name in CURVES[1:]}
    record = _records.made(
        {"scale": scale, **recipe.settings()},
        data,
        history.engine,
        {"epochs": history.epochs.tolist(), **curves},
        history.seconds,
        (history.engine,),
    )
    return record | _gpu(history)


def _described(
    recipe: recipes.Recipe, train: datasets.Dataset, test: datasets.Dataset, root=None
) -> dict[str, dict[str, Any]]:
    words = f"{len(train)} training and {len(test)} test images of {recipe.data}"
    if share := recipe.random_labels:
        words += f", {share:.0%} of the training labels drawn at random"
    remark = datasets.remark(recipe.data, root)
    arrays = train.images, train.labels, test.images, test.labels
    return {recipe.data: _records.described(words, remark, *arrays)}


def _gpu(history: History) -> dict[str, Any]:
    """The entry of the record that names the GPU, where there was one."""
    if history.device != "gpu":
        return {}
    if history.engine != "torch":
        return {"device": "GPU"}
    import torch

    nvidia_or_amd = torch.cuda.is_available()
    name = torch.cuda.get_device_name() if nvidia_or_amd else "Apple"
    return {"device": f"GPU ({name})"}
