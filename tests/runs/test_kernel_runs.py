"""The recorded accuracies of kernels: made as their settings say, and plausible."""

import functools

import numpy as np
import pytest

from d2lutils import datasets, kernels, runs
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


def test_the_stored_run_is_that_of_the_configuration():
    run, c = runs.load("kernel-accuracy"), recorded.SETTINGS["kernel-accuracy"]
    assert run.settings == c
    assert run.origin.startswith(f"Recorded on {run.record['date']}")
    for table in run.results["accuracies"].values():
        for method in recorded.METHODS:
            for size, row in zip(c["sizes"], table[method], strict=True):
                sets = max(c["sizes"]) // size
                assert len(row) == (
                    min(sets, c["net"]["sets"])
                    if method == "network"
                    else sets * c["pools"]
                )
            # Thirty-two times the images must help.
            assert np.mean(table[method][-1]) > np.mean(table[method][0])
