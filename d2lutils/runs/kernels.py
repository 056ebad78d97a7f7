"""The recorded run behind the chapter on infinitely wide networks: accuracy of kernels and of a network on few images.

    python -m d2lutils.runs.kernels [FOLDER]     run it again and store it in data/kernel-accuracy.json

FOLDER keeps what is done of a run, so that one that was stopped goes on from there.
"""

import itertools
import pathlib
import platform
import sys
import tempfile
import time

import numpy as np

from d2lutils import _checks, _machine, datasets, kernels, networks, training
from d2lutils.runs import _records

CONFIGURATION = {
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
}
"""What was recorded. A pool is as many training images as the largest size, equally many of each class, and num_test
test images; no two pools share an image. Images are averaged over squares of shrink x shrink pixels first. A pool
holds 1, 2, 4, ... disjoint training sets of the largest size, half of it, a quarter ... All kernels see each of them;
the network only `sets` of each size in the first pool. It is trained by Adam until its training loss is below `loss`,
at most `steps` steps."""

METHODS = ("NTK", "CNTK flatten", "CNTK GAP", "network")
BLOCK = 32  # images of a pool whose kernels are computed and kept at a time


def accuracy(configuration, folder=None, callback=None, root=None):
    """Run a configuration like `CONFIGURATION`; return it with what came out and how, as JSON values.

    accuracies[data set][method] is a list (size, set) of shares of right answers on the test images, fitted[data set]
    the same for the network on its training images (the kernels fit theirs). folder: where to keep what is done,
    by default a temporary one. callback: called as callback(data set, what, number). root: as in `datasets.load`.
    """
    c = configuration
    say = callback or (lambda *what: None)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        table: dict[str, dict[str, list]] = {
            name: {method: [[] for _ in c["sizes"]] for method in METHODS}
            for name in c["datasets"]
        }
        fitted: dict[str, list] = {
            name: [[] for _ in c["sizes"]] for name in c["datasets"]
        }
        for p, name in itertools.product(range(c["pools"]), c["datasets"]):
            pool, test = _pool(c, name, p, root)
            grams = _kernels(
                c,
                pool,
                test,
                folder / f"{name}-{p}",
                lambda i, name=name: say(name, "image", i),
            )
            for i, size in enumerate(c["sizes"]):
                for chosen, (method, (own, cross)) in itertools.product(
                    _sets(c, size), grams.items()
                ):
                    model = kernels.KernelRegression(
                        own[np.ix_(chosen, chosen)], pool.labels[chosen]
                    )
                    right = model.classify(cross[:, chosen]) == test.labels
                    table[name][method][i].append(round(float(right.mean()), 6))
        for k, name in itertools.product(range(c["net"]["sets"]), c["datasets"]):
            pool, test = _pool(c, name, 0, root)
            for i, size in enumerate(c["sizes"]):
                for chosen in _sets(c, size)[k : k + 1]:
                    file = folder / f"{name}-net-{size}-{k}.npz"
                    right, own = (
                        float(value)
                        for value in _kept(file, _train, c, pool.take(chosen), test, k)
                    )
                    table[name]["network"][i].append(right)
                    fitted[name][i].append(own)
                    say(name, f"network, {size} images", (right, own))
        seconds = sum(float(np.load(file)["seconds"]) for file in folder.rglob("*.npz"))
    return {
        "recipe": "kernel-accuracy",
        "configuration": c,
        "accuracies": table,
        "fitted": fitted,
        "data": {name: datasets.remark(name, root) for name in c["datasets"]},
        "engine": "kernels numba, float32; network torch",
        "device": f"CPU, {platform.machine()}",
        "threads": _machine.threads(),
        "seconds": round(seconds),
        **_records.stamp("numpy", "scipy", "numba", "torch"),
    }


def stored():
    """The recorded run as `accuracy` returned it."""
    return _records.load("kernel-accuracy")


def origin():
    """One sentence that says where the recorded numbers come from."""
    run = stored()
    versions = f"numba {run['versions']['numba']} and torch {run['versions']['torch']}"
    return _records.origin(run, versions, f"one {run['device']}")


def network(width=32, depth=3):
    """The network of `width` channels whose infinitely wide limit is cntk(depth=depth, pooling="gap"), ten outputs."""
    width, depth = _checks.whole("width", width), _checks.whole("depth", depth, 1, 1000)
    hidden = (networks.Conv(width, 3, padding=1), networks.ReLU()) * depth
    return networks.Network(*hidden, networks.GlobalAvgPool(), networks.Dense(10))


def _pool(c, name, p, root):
    """Pool p of a data set: training and test `Dataset`, channels standardised by the whole training set."""
    train, test = datasets.load(name, root=root)
    rng, size = (
        np.random.default_rng([c["seed"], list(c["datasets"]).index(name)]),
        max(c["sizes"]),
    )
    shrink, num_test = (c["datasets"][name][key] for key in ("shrink", "num_test"))
    classes = [
        rng.permutation(np.flatnonzero(train.labels == label)) for label in range(10)
    ]
    # One image of each class after the other, so that any slice of ten is balanced.
    order = np.stack(
        [members[: size // 10 * c["pools"]] for members in classes], 1
    ).ravel()
    others = rng.permutation(len(test))
    pool, part = (
        order[p * size : (p + 1) * size],
        others[p * num_test : (p + 1) * num_test],
    )
    images, others = _shrunk(train.images, shrink), _shrunk(test.images[part], shrink)
    mean, spread = (
        f(images, axis=(0, 2, 3), keepdims=True, dtype=np.float64)
        for f in (np.mean, np.std)
    )
    return tuple(
        datasets.Dataset(((pixels - mean) / spread).astype(np.float32), labels)
        for pixels, labels in (
            (images[pool], train.labels[pool]),
            (others, test.labels[part]),
        )
    )


def _shrunk(images, factor):
    """Images (n, channels, H, W) averaged over squares of factor x factor pixels."""
    n, channels, height, width = images.shape
    return images.reshape(
        n, channels, height // factor, factor, width // factor, factor
    ).mean((3, 5))


def _sets(c, size):
    """The disjoint training sets of a pool, indices."""
    return [
        np.arange(start, start + size)
        for start in range(0, max(c["sizes"]) - size + 1, size)
    ]


def _kernels(c, pool, test, folder, say):
    """{method: (kernel of the pool (n, n), kernel between test images and the pool (m, n))}."""
    folder.mkdir(exist_ok=True)
    n, images = len(pool), np.concatenate([pool.images, test.images])
    vectors = images.reshape(len(images), -1)
    full = kernels.ntk(vectors[:n], vectors, depth=c["depth"])
    grams = {"NTK": (full[:, :n], full[:, n:].T)}
    for method, pooling in (("CNTK flatten", "flatten"), ("CNTK GAP", "gap")):
        full = np.zeros((n, len(images)))
        for i in range(0, n, BLOCK):
            file, rows = folder / f"{pooling}-{i}.npz", slice(i, min(i + BLOCK, n))
            full[rows, i:] = _kept(
                file, _cntk, images[rows], images[i:], c["depth"], pooling
            )
            say(i)
        own = np.triu(full[:, :n])
        grams[method] = (own + np.triu(own, 1).T, full[:, n:].T)
    return grams


def _train(c, train, test, seed):
    """Accuracy of the finite network after training on a set: on the test images and on the set."""
    net = c["net"]
    batch_size = min(net["batch_size"], len(train))
    epochs = -(-net["steps"] * batch_size // len(train))
    history = training.fit(
        network(net["width"], c["depth"]),
        train,
        test,
        optimizer=training.Adam(net["lr"]),
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        evaluate_every=-(-epochs // 40),
        stop_below=net["loss"],
        engine="torch",
        device="cpu",
        progress=False,
    )
    return [
        round(1 - float(error[-1]), 6)
        for error in (history.test_error, history.train_error)
    ]


def _cntk(images, others, depth, pooling):
    return kernels.cntk(images, others, depth=depth, pooling=pooling, progress=False)


def _kept(file, compute, *arguments):
    """What `compute` gave, now or in a run before this one, from a file that also says how many seconds it took."""
    if not file.exists():
        start = time.perf_counter()
        value = compute(*arguments)
        np.savez(file, value=value, seconds=time.perf_counter() - start)
    return np.load(file)["value"]


if __name__ == "__main__":
    kept = sys.argv[1] if len(sys.argv) > 1 else None
    _records.save(
        "kernel-accuracy",
        accuracy(CONFIGURATION, kept, lambda *what: print(*what, flush=True)),
    )
