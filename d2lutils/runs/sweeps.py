"""Many seeds of one small network under several conditions, by `training.fit_many`.

The recorded runs behind the chapter on overfitting: `load("weight-decay")`, labels that
are true, partly or all random under penalties of several sizes;
`load("double-descent")`, networks of many widths on labels that are partly random; and
`load("grokking")`, a product of two signs learnt from small and large initial weights.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np

from d2lutils import datasets, networks, training
from d2lutils.datasets import Dataset
from d2lutils.runs import _records

SETTINGS: dict[str, dict[str, Any]] = {
    "weight-decay": {
        "data": {"name": "digits", "num_train": 1000},
        "training": {"lr": 0.1, "momentum": 0.9, "batch_size": 50, "width": 512},
        "num_seeds": 10,
        "conditions": [
            {"random_labels": share, "epochs": epochs} | regulariser
            for share, epochs in ((0.0, 40), (0.2, 60), (1.0, 120))
            for regulariser in (
                {"dropout": 0.2},
                *(
                    {"weight_decay": decay}
                    for decay in (0.0, 3e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2)
                ),
            )
        ],
    },
    "double-descent": {
        "data": {"name": "digits", "num_train": 300},
        "training": {"adam": 3e-3, "loss": "squared", "batch_size": 50, "epochs": 400},
        "num_seeds": 10,
        "evaluate_every": 40,
        "kept": ["train_error", "test_error"],
        "conditions": [
            {"random_labels": share, "width": width}
            for share in (0.0, 0.3)
            for width in (8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024)
        ],
    },
    "grokking": {
        "data": {"name": "product", "num_train": 400, "num_test": 1000, "dim": 30},
        "training": {"momentum": 0.9, "batch_size": 400, "width": 128},
        "num_seeds": 10,
        "evaluate_every": 40,
        "kept": ["train_error", "test_error"],
        "conditions": [
            {"gain": gain, "lr": lr, "weight_decay": decay, "epochs": epochs}
            for gain, lr in ((0.5, 0.1), (2.0, 0.025))
            for decay in (0.0, 1e-3)
            for epochs in (200, 4000)
        ],
    },
}
"""What is recorded.

A condition completes the settings of `training`; of the curves those in `kept`, else
all four, are stored. "product" has inputs in {-1, 1}^dim
and the sign of the product of the first two as its class.
"""

_DEFAULTS: dict[str, Any] = {
    "random_labels": 0.0,
    "gain": 1.0,
    "weight_decay": 0.0,
    "dropout": 0.0,
    "loss": "cross_entropy",
}
_CURVES = ("train_loss", "train_error", "test_loss", "test_error")


def measure(
    settings: dict[str, Any],
    folder: pathlib.Path | None = None,
    callback: Callable | None = None,
    root: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Run the experiment.

    Parameters
    ----------
    settings : dict
        Such as ``SETTINGS["grokking"]``.
    folder : pathlib.Path, optional
        Where to keep what is done, so that a run that was killed goes on.
    callback : function, optional
        Called as ``callback(condition, test_error)`` after each condition, with the
        mean over the seeds.
    root : path, optional
        Where the data are, see `datasets.load`.

    Returns
    -------
    dict
        The record, see `Run`. Its results are ``runs``, one a condition: the `epochs`
        that were evaluated, the curves, by seed and epoch, and ``first_two``,
        by seed the share that the weights of the first two inputs have in the sum of
        the squares of the first layer's.
    """
    train, test = _data(settings["data"], root)
    conditions = enumerate(settings["conditions"])
    found, seconds = _records.parts(
        folder,
        {f"condition-{number}": condition for number, condition in conditions},
        lambda condition: _measured(settings, condition, train, test),
        callback,
        lambda value: np.mean(value["test_error"], 0)[-1],
    )
    name = settings["data"]["name"]
    data = _records.described_sets(name, train, test, "test examples")
    results = {"runs": found}
    return _records.made(settings, data, "numpy, float32", results, seconds, ())


def _data(
    data: dict[str, Any], root: str | os.PathLike[str] | None
) -> tuple[Dataset, Dataset]:
    if data["name"] != "product":
        return datasets.load(data["name"], root=root, num_train=data["num_train"])
    rng = np.random.default_rng(0)
    number = data["num_train"] + data["num_test"]
    values = np.array([-1, 1], dtype=np.float32)
    signs = rng.choice(values, (number, data["dim"]))
    both = Dataset(signs, (signs[:, 0] * signs[:, 1] > 0).astype(np.int64))
    return both.take(slice(data["num_train"])), both.take(
        slice(data["num_train"], number)
    )


def _measured(
    settings: dict[str, Any], condition: dict[str, Any], train: Dataset, test: Dataset
) -> dict[str, Any]:
    """All seeds under one condition."""
    chosen = _DEFAULTS | settings["training"] | condition
    if chosen["random_labels"]:
        rng = np.random.default_rng(0)
        train = datasets.corrupt_labels(train, chosen["random_labels"], rng)
    num_classes = int(train.labels.max()) + 1
    network = networks.mlp(chosen["width"], num_classes)
    if rate := chosen["dropout"]:
        *body, last = network.layers
        network = networks.Network(*body, networks.Dropout(rate), last)
    optimizer: training.SGD | training.Adam
    if "adam" in chosen:
        optimizer = training.Adam(chosen["adam"])
    else:
        decay = chosen["weight_decay"]
        optimizer = training.SGD(chosen["lr"], chosen["momentum"], weight_decay=decay)
    histories = training.fit_many(
        network,
        train,
        test,
        seeds=range(settings["num_seeds"]),
        optimizer=optimizer,
        loss=chosen["loss"],
        gain=chosen["gain"],
        epochs=chosen["epochs"],
        batch_size=chosen["batch_size"],
        evaluate_every=settings.get("evaluate_every", chosen["epochs"]),
        progress=False,
    )
    curves = {
        name: _records.rounded([getattr(h, name) for h in histories])
        for name in settings.get("kept", _CURVES)
    }
    return {
        "epochs": histories[0].epochs.tolist(),
        **curves,
        "first_two": _records.rounded([_first_two(h.model) for h in histories]),
    }


def _first_two(model: Any) -> float:
    """The first two inputs' share of the squares of the first layer's weights."""
    arrays = networks.unflatten(model.network, model.input_shape, model.parameters)
    weights = next(iter(arrays.values()))
    return float((weights[:, :2] ** 2).sum() / (weights**2).sum())
