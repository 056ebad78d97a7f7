"""Confidence: LeNet-5 on 1000 images from many seeds, and what a temperature repairs.

The recorded run behind the chapter, `load("lenet-seeds")`.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import optimize

from d2lutils import datasets, engines
from d2lutils.runs import _records, recipes

SETTINGS: dict[str, dict[str, Any]] = {
    "lenet-seeds": {
        "recipe": "lenet-mnist",
        "num_seeds": 12,
        "epochs": 24,
        "evaluate_every": 2,
        "num_bins": 15,
    }
}
"""What is recorded.

The recipe at scale "ci", from seeds 0, 1, ... Temperature and biases are fitted to the
first half of the test images, and judged on the others.
"""


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
        Such as ``SETTINGS["lenet-seeds"]``.
    folder : pathlib.Path, optional
        Where to keep what is done, so that a run that was killed goes on.
    callback : function, optional
        Called as ``callback(seed, test_loss)`` after each seed.
    root : path, optional
        Where the data are, see `datasets.load`.

    Returns
    -------
    dict
        The record, see `Run`. Its results are ``curves``, with the ``epochs`` and by
        seed and epoch ``train_loss``, ``train_error``, ``test_loss``, ``test_error``;
        and under ``least`` (the epoch of the least test loss) and ``last`` the measures
        of `_confidence`, by seed.
    """
    recipe = recipes.get(settings["recipe"])
    train, test = recipe.load(root)
    values, seconds = _records.parts(
        folder,
        {f"seed-{seed}": seed for seed in range(settings["num_seeds"])},
        lambda seed: _measured(settings, recipe, (train, test), seed),
        callback,
        lambda value: value["test_loss"][-1],
    )
    every = settings["evaluate_every"]
    curves = {"epochs": list(range(every, settings["epochs"] + 1, every))}
    for name in ("train_loss", "train_error", "test_loss", "test_error"):
        curves[name] = _records.rounded([value[name] for value in values])
    results: dict[str, Any] = {"curves": curves}
    for name in ("least", "last"):
        results[name] = {
            key: _records.rounded([value[name][key] for value in values])
            for key in values[0][name]
        }
    remark = datasets.remark(recipe.data, root)
    data = _records.described_sets(recipe.data, train, test, remark=remark)
    engine = engines.choose(None)
    return _records.made(settings, data, engine, results, seconds, (engine, "scipy"))


def _measured(
    settings: dict[str, Any],
    recipe: recipes.Recipe,
    data: tuple[datasets.Dataset, datasets.Dataset],
    seed: int,
) -> dict[str, Any]:
    """One training: its curves, and the confidence at two of its epochs."""
    train, test = data
    model = engines.build(recipe.network, train.images.shape[1:], seed=seed)
    curves: dict[str, list[float]] = {}
    outputs = []
    for epoch in range(settings["epochs"]):
        order = np.random.default_rng([seed, epoch]).permutation(len(train))
        batches = order.reshape(-1, recipe.batch_size)
        model.train(train.images, train.labels, batches, recipe.optimizer)
        if (epoch + 1) % settings["evaluate_every"]:
            continue
        for name, part in (("train", train), ("test", test)):
            loss, error = model.evaluate(part.images, part.labels)
            curves.setdefault(f"{name}_loss", []).append(loss)
            curves.setdefault(f"{name}_error", []).append(error)
        outputs.append(model.predict(test.images))
    num_bins, least = settings["num_bins"], int(np.argmin(curves["test_loss"]))
    return curves | {
        "least": _confidence(outputs[least], test.labels, num_bins),
        "last": _confidence(outputs[-1], test.labels, num_bins),
    }


def _confidence(
    outputs: np.ndarray, labels: np.ndarray, num_bins: int
) -> dict[str, float]:
    """Accuracy, mean confidence and calibration error of a network's outputs.

    A calibrated network with the same confidences would have the error ``calibrated``
    on so many images, the mean of 100 draws. Further the parts of the loss that come
    from the images that are classified wrongly and rightly; and of the second half of
    the images the loss ``raw``, ``cooled`` by the ``temperature`` that suits the first
    half, and ``biased`` by ten numbers, one added to each output, that suit the first
    half.
    """
    log_p = _log_softmax(outputs)
    each = -log_p[np.arange(len(labels)), labels]
    right, top = outputs.argmax(1) == labels, np.exp(log_p.max(1))
    draws = np.random.default_rng(0).random((100, len(top))) < top
    half = len(labels) // 2
    tune = outputs[:half], labels[:half]
    judge = outputs[half:], labels[half:]
    by_scale = optimize.minimize_scalar(
        lambda t: _loss(tune[0] / np.exp(t), tune[1]), bounds=(-3, 3), method="bounded"
    )
    temperature = float(np.exp(by_scale.x))
    biases = optimize.minimize(
        lambda b: _loss(tune[0] + b, tune[1]), np.zeros(outputs.shape[1])
    ).x
    return {
        "accuracy": float(right.mean()),
        "confidence": float(top.mean()),
        "calibration_error": _calibration_error(top, right, num_bins),
        "calibrated": float(
            np.mean([_calibration_error(top, draw, num_bins) for draw in draws])
        ),
        "wrong_part": float(each[~right].sum() / len(labels)),
        "right_part": float(each[right].sum() / len(labels)),
        "temperature": temperature,
        "raw": _loss(*judge),
        "cooled": _loss(judge[0] / temperature, judge[1]),
        "biased": _loss(judge[0] + biases, judge[1]),
    }


def _calibration_error(
    confidence: np.ndarray, right: np.ndarray, num_bins: int
) -> float:
    """The mean distance between confidence and accuracy, in bins by the confidence."""
    bins = np.minimum((confidence * num_bins).astype(int), num_bins - 1)
    gaps = [abs((right - confidence)[bins == b].sum()) for b in range(num_bins)]
    return float(sum(gaps) / len(right))


def _loss(outputs: np.ndarray, labels: np.ndarray) -> float:
    """The mean softmax loss."""
    return float(-_log_softmax(outputs)[np.arange(len(labels)), labels].mean())


def _log_softmax(outputs: np.ndarray) -> np.ndarray:
    shifted = outputs - outputs.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
