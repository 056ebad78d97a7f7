"""The recorded accuracies of kernels: made as their settings say, and plausible."""

import functools
import types

import numpy as np
import pytest

from d2lutils import datasets, kernels, runs
from d2lutils.datasets import Dataset
from d2lutils.runs import kernels as recorded

SMALL = {
    "datasets": {"mnist": {"shrink": 4, "num_test": 30}},
    "sizes": [10, 20],
    "pools": 1,
    "depth": 1,
    "seed": 3,
    "net": {
        "width": 2,
        "steps": 2,
        "loss": 0.1,
        "batch_size": 10,
        "lr": 1e-3,
        "sets": 1,
    },
}


@pytest.fixture
def sample(monkeypatch):
    """The data set "mnist" is the sample that comes with the package."""
    load, found = datasets.load, datasets.load("mnist-sample")
    monkeypatch.setattr(
        datasets,
        "load",
        lambda name, **settings: found if name == "mnist" else load(name),
    )
    return found


def test_a_run_holds_the_accuracies_of_its_kernels(sample, tmp_path):
    pytest.importorskip(
        "torch"
    )  # the recorded networks are trained by the PyTorch engine
    run = recorded.measure(SMALL, tmp_path)
    run |= run.pop("results")
    pool, test = recorded._pool(SMALL, "mnist", 0, *sample)
    assert np.bincount(pool.labels[:10]).tolist() == [1] * 10
    vectors, others = (
        images.reshape(len(images), -1) for images in (pool.images, test.images)
    )
    gap = functools.partial(kernels.cntk, depth=1, progress=False)
    for k in range(2):
        part = slice(10 * k, 10 * k + 10)
        for method, own, cross in (
            (
                "NTK",
                kernels.ntk(vectors[part], depth=1),
                kernels.ntk(others, vectors[part], depth=1),
            ),
            (
                "CNTK GAP",
                gap(pool.images[part], pool.images[part]),
                gap(test.images, pool.images[part]),
            ),
        ):
            right = (
                kernels.KernelRegression(own, pool.labels[part]).classify(cross)
                == test.labels
            )
            assert run["accuracies"]["mnist"][method][0][k] == pytest.approx(
                right.mean(), abs=1e-6
            )
    assert [len(row) for row in run["accuracies"]["mnist"]["network"]] == [1, 1]
    assert {
        "settings",
        "data",
        "engine",
        "device",
        "threads",
        "versions",
        "seconds",
        "date",
    } <= run.keys()
    again = recorded.measure(SMALL, tmp_path)
    again |= again.pop("results")
    assert again == run | {"date": again["date"]}


def test_pools_share_no_image(sample):
    pools = [recorded._pool(SMALL | {"pools": 2}, "mnist", p, *sample) for p in (0, 1)]
    for kind in range(2):
        images = np.concatenate([pool[kind].images for pool in pools])
        assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


@pytest.mark.parametrize("name", recorded.SETTINGS)
def test_the_stored_run_is_that_of_the_configuration(name):
    run, c = runs.load(name), recorded.SETTINGS[name]
    assert run.settings == c
    assert run.origin.startswith(f"Recorded on {run.record['date']}")
    methods = {*(recorded.METHODS[:-1] if "depth" in c else ())}
    methods |= {"network"} if "net" in c else set()
    for table in run.results["accuracies"].values():
        assert table.keys() == methods
        for method in methods:
            for size, row in zip(c["sizes"], table[method], strict=True):
                sets = max(c["sizes"]) // size
                assert len(row) == (
                    min(sets, c["net"]["sets"])
                    if method == "network"
                    else sets * c["pools"]
                )
            # Thirty-two times the images, or more, must help.
            assert np.mean(table[method][-1]) > np.mean(table[method][0])


def test_the_two_runs_of_deep_kernels_and_tuned_networks_share_their_images():
    both = [runs.load(name) for name in ("kernel-scale", "kernel-scale-network")]
    assert both[0].settings["sizes"] == both[1].settings["sizes"]
    rng = np.random.default_rng(0)

    def images(n):
        pixels = rng.random((n, 1, 4, 4), dtype=np.float32)
        return Dataset(pixels, np.arange(n) % 10)

    sets = images(2000), images(1200)
    kernel, network = (
        recorded._pool(run.settings, "cifar10", 0, *sets) for run in both
    )
    for one, other in zip(kernel, network, strict=True):
        assert np.array_equal(one.images, other.images)
        assert np.array_equal(one.labels, other.labels)


def test_a_network_is_tuned_on_images_that_it_does_not_see(sample, monkeypatch):
    net = {"depths": [3, 6], "lrs": [1e-3, 3e-3], "held_out": 0.2}
    pool, _ = recorded._pool(SMALL | {"sizes": [50]}, "mnist", 0, *sample)
    judged = {(3, 1e-3): (0.5, 1), (3, 3e-3): (0.2, 3), (6, 1e-3): (0.2, 2)}
    seen = []

    def fit(net, depth, lr, train, test, seed):
        seen.append((train, test))
        error, loss = judged.get((depth, lr), (1, 0))
        return types.SimpleNamespace(test_error=[9, error], test_loss=[9, loss])

    monkeypatch.setattr(recorded, "_fit", fit)
    assert recorded._chosen({"net": net}, pool, 0) == (6, 1e-3)
    assert len(seen) == 4
    for train, held_out in seen:
        assert np.bincount(held_out.labels).tolist() == [1] * 10
        both = np.concatenate([train.images, held_out.images])
        assert np.array_equal(both, pool.images)
