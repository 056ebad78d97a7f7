"""Infinitely wide networks: accuracy of kernels and of a network on few images.

The recorded runs behind the chapter, `load("kernel-accuracy")`, and for deep kernels
and more images `load("kernel-scale")` and `load("kernel-scale-network")`: kernels in
float32 compiled by numba, networks trained by the PyTorch engine.
"""

from __future__ import annotations

import functools
import itertools
import os
import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np

from d2lutils import _checks, datasets, kernels, networks, training
from d2lutils.datasets import Dataset
from d2lutils.runs import _records

_SCALE: dict[str, Any] = {
    "datasets": {"cifar10": {"shrink": 1, "num_test": 1000}},
    "sizes": [10, 20, 40, 80, 160, 320, 640, 1280],
    "pools": 1,
    "seed": 0,
}

SETTINGS: dict[str, dict[str, Any]] = {
    "kernel-accuracy": {
        "datasets": {
            "mnist": {"shrink": 1, "num_test": 250},
            "cifar10": {"shrink": 1, "num_test": 750},
        },
        "sizes": [10, 20, 40, 80, 160, 320],
        "pools": 1,
        "depth": 3,
        "net": {
            "width": 32,
            "steps": 3000,
            "loss": 0.05,
            "batch_size": 16,
            "lr": 3e-3,
            "sets": 2,
        },
        "seed": 0,
    },
    "kernel-scale": _SCALE | {"depth": 10, "n_jobs": -1},
    "kernel-scale-network": _SCALE
    | {
        "net": {
            "width": 32,
            "steps": 3000,
            "loss": 0.05,
            "batch_size": 16,
            "depths": [3, 6],
            "lrs": [1e-3, 3e-3],
            "held_out": 0.2,
            "sets": 2,
        },
    },
}
"""What is recorded.

A pool is as many training images as the largest size, equally many of each class, and
num_test test images; no two pools share an image. Images are averaged over squares of
shrink x shrink pixels first. A pool holds 1, 2, 4, ... disjoint training sets of the
largest size, half of it, a quarter ... All kernels see each of them; the network only
`sets` of each size in the first pool. It is trained by Adam until its training loss is
below `loss`, on at most `steps` full batches. Where there are several depths or
learning rates, each pair is trained without the last images of the set, a share
`held_out` of it; the one with most of those right (of several, with the least loss on
them) is trained on the whole set.
"""

METHODS = ("NTK", "CNTK flatten", "CNTK GAP", "network")
BLOCK = 32  # images of a pool whose kernels are computed and kept at a time

Pair = tuple[Dataset, Dataset]
Pools = list[Pair]
Table = dict[str, list[list[float]]]  # of shares: by method, size and set


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
        Such as ``SETTINGS["kernel-accuracy"]``.
    folder : pathlib.Path, optional
        Where to keep what is done, so that a run that was killed goes on.
    callback : function, optional
        Called as ``callback(data set, what, number)``.
    root : path, optional
        The folder with the data, see `datasets.load`.

    Returns
    -------
    dict
        The record, see `Run`. In its results ``accuracies[data set][method]`` is a list
        (size, set) of shares of right answers on the test images,
        ``fitted[data set]`` the same for the network on its training images (the
        kernels fit theirs), and ``chosen[data set]`` its depth and learning rate.
        Kernels without a "depth" among the settings, and networks without a "net", are
        left out.
    """
    import joblib

    do = functools.partial(_records.part, folder)
    seconds = 0.0
    accuracies: dict[str, Table] = {}
    results: dict[str, Any] = {"accuracies": accuracies}
    data: dict[str, dict[str, Any]] = {}
    for name in settings["datasets"]:
        say = functools.partial(callback or _nothing, name)
        sets = datasets.load(name, root=root)
        data[name] = _described(settings, name, sets, datasets.remark(name, root))
        pools = [_pool(settings, name, p, *sets) for p in range(settings["pools"])]
        accuracies[name] = {}
        if "depth" in settings:
            table, spent = _kernel_accuracies(settings, name, pools, do, say)
            accuracies[name] |= table
            seconds += spent
        if "net" in settings:
            found, spent = _networks(settings, name, pools[0], do, say)
            accuracies[name]["network"] = _nested(found, "right")
            for what in ("fitted", "chosen"):
                results.setdefault(what, {})[name] = _nested(found, what)
            seconds += spent
    engines = [e for e, of in (("numba", "depth"), ("torch", "net")) if of in settings]
    return _records.made(
        settings,
        data,
        " and ".join(engines),
        results,
        seconds,
        ("scipy", *engines),
        joblib.effective_n_jobs(settings.get("n_jobs")),
    )


def network(width: int = 32, depth: int = 3) -> networks.Network:
    """The network that the kernels are compared with: CNTK GAP's, of finite width.

    Parameters
    ----------
    width : int
        Number of channels.
    depth : int
        Number of convolutions.

    Returns
    -------
    networks.Network
        With ten outputs. It has biases, which ``cntk(depth=depth, pooling="gap")`` has
        not: only without them would that be its limit of infinite width.
    """
    width, depth = _checks.whole("width", width), _checks.whole("depth", depth, 1, 1000)
    hidden = (networks.Conv(width, 3, padding=1), networks.ReLU()) * depth
    return networks.Network(*hidden, networks.GlobalAvgPool(), networks.Dense(10))


def _nothing(*what: Any) -> None:
    pass


def _described(
    settings: dict[str, Any], name: str, sets: tuple[Dataset, Dataset], remark: str
) -> dict[str, Any]:
    """What the record says of a data set: how many images, a checksum of all."""
    number = max(settings["sizes"]) * settings["pools"]
    tested = settings["datasets"][name]["num_test"] * settings["pools"]
    words = f"{number} training and {tested} test images of {name}"
    arrays = [array for part in sets for array in (part.images, part.labels)]
    return _records.described(words, remark, *arrays)


def _kernel_accuracies(
    settings: dict[str, Any], name: str, pools: Pools, do: Callable, say: Callable
) -> tuple[Table, float]:
    """The accuracies of kernel regression, and the seconds that the kernels took."""
    table: Table = {method: [[] for _ in settings["sizes"]] for method in METHODS[:-1]}
    seconds = 0.0
    for p, (pool, test) in enumerate(pools):
        grams, spent = _kernels(settings, pool, test, f"{name}-{p}", do, say)
        seconds += spent
        for i, size in enumerate(settings["sizes"]):
            for chosen, (method, (own, cross)) in itertools.product(
                _sets(settings, size), grams.items()
            ):
                model = kernels.KernelRegression(
                    own[np.ix_(chosen, chosen)], pool.labels[chosen]
                )
                right = model.classify(cross[:, chosen]) == test.labels
                table[method][i].append(round(float(right.mean()), 6))
    return table, seconds


def _networks(
    settings: dict[str, Any], name: str, sets: Pair, do: Callable, say: Callable
) -> tuple[list[list[dict[str, Any]]], float]:
    """What `_train` gives by size and set, and the seconds."""
    networks: list[list[dict[str, Any]]] = [[] for _ in settings["sizes"]]
    seconds = 0.0
    pool, test = sets
    for k, (i, size) in itertools.product(
        range(settings["net"]["sets"]), enumerate(settings["sizes"])
    ):
        for chosen in _sets(settings, size)[k : k + 1]:
            train = pool.take(chosen)
            found, spent = do(
                f"{name}-net-{size}-{k}", _train, settings, train, test, k
            )
            networks[i].append(found)
            seconds += spent
            say(f"network, {size} images", found)
    return networks, seconds


def _nested(networks: list[list[dict[str, Any]]], what: str) -> list[list[Any]]:
    """One of the results of each network, by size and set."""
    return [[network[what] for network in row] for row in networks]


def _pool(
    settings: dict[str, Any], name: str, p: int, train: Dataset, test: Dataset
) -> Pair:
    """Pool p of a data set: channels standardised by the whole training set."""
    rng = np.random.default_rng(
        [settings["seed"], list(settings["datasets"]).index(name)]
    )
    size, pools = max(settings["sizes"]), settings["pools"]
    shrink, num_test = (
        settings["datasets"][name][key] for key in ("shrink", "num_test")
    )
    classes = [
        rng.permutation(np.flatnonzero(train.labels == label)) for label in range(10)
    ]
    # One image of each class after the other, so that any slice of ten is balanced.
    order = np.stack([members[: size // 10 * pools] for members in classes], 1).ravel()
    pool = order[p * size : (p + 1) * size]
    part = rng.permutation(len(test))[p * num_test : (p + 1) * num_test]
    images, others = _shrunk(train.images, shrink), _shrunk(test.images[part], shrink)
    mean, spread = (
        f(images, axis=(0, 2, 3), keepdims=True, dtype=np.float64)
        for f in (np.mean, np.std)
    )

    def standard(pixels: np.ndarray, labels: np.ndarray) -> Dataset:
        return Dataset(((pixels - mean) / spread).astype(np.float32), labels)

    return standard(images[pool], train.labels[pool]), standard(
        others, test.labels[part]
    )


def _shrunk(images: np.ndarray, factor: int) -> np.ndarray:
    """Images (n, channels, H, W) averaged over squares of factor x factor pixels."""
    n, channels, height, width = images.shape
    squares = (n, channels, height // factor, factor, width // factor, factor)
    return images.reshape(squares).mean((3, 5))


def _sets(settings: dict[str, Any], size: int) -> list[np.ndarray]:
    """The disjoint training sets of a pool, indices."""
    starts = range(0, max(settings["sizes"]) - size + 1, size)
    return [np.arange(start, start + size) for start in starts]


def _kernels(
    settings: dict[str, Any],
    pool: Dataset,
    test: Dataset,
    place: str,
    do: Callable,
    say: Callable,
) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], float]:
    """Kernels of the pool (n, n), and between the test images and it (m, n)."""
    depth, n_jobs = settings["depth"], settings.get("n_jobs")
    n, images = len(pool), np.concatenate([pool.images, test.images])
    vectors = images.reshape(len(images), -1)
    full = kernels.ntk(vectors[:n], vectors, depth=depth)
    grams, seconds = {"NTK": (full[:, :n], full[:, n:].T)}, 0.0
    for method, pooling in (("CNTK flatten", "flatten"), ("CNTK GAP", "gap")):
        full = np.zeros((n, len(images)))
        for i in range(0, n, BLOCK):
            rows = slice(i, min(i + BLOCK, n))
            full[rows, i:], spent = do(
                f"{place}-{pooling}-{i}",
                _cntk,
                images[rows],
                images[i:],
                depth,
                pooling,
                n_jobs,
            )
            seconds += spent
            say("image", i)
        own = np.triu(full[:, :n])
        grams[method] = (own + np.triu(own, 1).T, full[:, n:].T)
    return grams, seconds


def _cntk(
    images: np.ndarray,
    others: np.ndarray,
    depth: int,
    pooling: str,
    n_jobs: int | None,
) -> list[list[float]]:
    settings: dict[str, Any] = {"depth": depth, "pooling": pooling, "n_jobs": n_jobs}
    return kernels.cntk(images, others, progress=False, **settings).tolist()


def _train(
    settings: dict[str, Any], train: Dataset, test: Dataset, seed: int
) -> dict[str, Any]:
    """The network's share of right answers on test and training images, its choice."""
    net = settings["net"]
    depth, lr = _chosen(settings, train, seed)
    history = _fit(net, depth, lr, train, test, seed)
    return {
        "right": _share(history.test_error[-1]),
        "fitted": _share(history.train_error[-1]),
        "chosen": [depth, lr],
    }


def _chosen(settings: dict[str, Any], train: Dataset, seed: int) -> tuple[int, float]:
    """Depth and learning rate: given, or those that do best on images held out."""
    net = settings["net"]
    if "lr" in net:
        return settings["depth"], net["lr"]
    # Its classes take turns, so that the end of a set of fifty or more is balanced.
    number = len(train) - round(net["held_out"] * len(train))
    kept, held_out = train.take(slice(number)), train.take(slice(number, None))

    def judged(pair: tuple[int, float]) -> tuple[float, float]:
        history = _fit(net, *pair, kept, held_out, seed)
        return history.test_error[-1], history.test_loss[-1]

    return min(itertools.product(net["depths"], net["lrs"]), key=judged)


def _fit(
    net: dict[str, Any],
    depth: int,
    lr: float,
    train: Dataset,
    test: Dataset,
    seed: int,
) -> training.History:
    batch_size = min(net["batch_size"], len(train))
    epochs = -(-net["steps"] * batch_size // len(train))
    return training.fit(
        network(net["width"], depth),
        train,
        test,
        optimizer=training.Adam(lr),
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        evaluate_every=-(-epochs // 40),
        stop_below=net["loss"],
        engine="torch",
        device="cpu",
        progress=False,
    )


def _share(error: float) -> float:
    return round(1 - float(error), 6)
