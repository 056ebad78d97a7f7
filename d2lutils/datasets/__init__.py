"""Image classification data as NumPy arrays.

MNIST, Fashion-MNIST, CIFAR-10, digits, MNIST-1D, and a sample of MNIST.

.. code-block:: python

    train, test = load("mnist")
    train.images.shape, train.labels.shape      # (60000, 1, 28, 28), (60000,)

A data set is looked for in `root`, else in the folder named by the environment variable
D2LUTILS_DATA, else in the cache; what is in none of them is downloaded into the cache,
and checked before it is put there. Files may lie in the folder itself, in one with the
data set's name, in one with the file's name, or where torchvision puts them; gzipped or
not. CIFAR-10 may be the folder with the batches or the archive, which is read as it is.
"""

from d2lutils.datasets._dataset import Dataset, corrupt_labels, standardize
from d2lutils.datasets._files import DataError
from d2lutils.datasets._load import NAMES, load, remark
from d2lutils.datasets._places import cache_folder

__all__ = [
    "NAMES",
    "DataError",
    "Dataset",
    "cache_folder",
    "corrupt_labels",
    "load",
    "remark",
    "standardize",
]
