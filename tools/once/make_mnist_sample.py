#!/usr/bin/env python3
"""Draw the stratified sample of MNIST that the package carries.

    python tools/make_mnist_sample.py FOLDER

FOLDER holds the four files of MNIST. Writes d2lutils/data/mnist-sample.npz: 400
training and 100 test images of each digit, from the training and the test set
respectively, in random order. Same input, same bytes.
"""

import pathlib
import sys

import numpy as np

from d2lutils import datasets

TARGET = pathlib.Path(datasets.__file__).with_name("mnist-sample.npz")


def stratified(dataset, per_class, rng):
    """`per_class` images of each label as bytes, and the labels, shuffled."""
    chosen = [
        rng.choice(np.flatnonzero(dataset.labels == label), per_class, replace=False)
        for label in np.unique(dataset.labels)
    ]
    order = rng.permutation(np.concatenate(chosen))
    images = np.round(dataset.images[order, 0] * 255).astype(np.uint8)
    return images, dataset.labels[order].astype(np.uint8)


def main(folder):
    rng = np.random.default_rng(0)
    arrays = {}
    for split, dataset, per_class in zip(
        ("train", "test"), datasets.load("mnist", root=folder), (400, 100), strict=True
    ):
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = stratified(
            dataset, per_class, rng
        )
    np.savez_compressed(TARGET, **arrays)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(sys.argv[1])
