"""Random numbers that are the same on every run."""

import math
import random
import sys
import zlib

import numpy as np

from d2lutils import _checks


def generator(seed, *names):
    """A numpy.random.Generator of its own for each seed and tuple of names.

    generator(0, "data") and generator(0, "noise") are independent, and neither changes when the other is used
    more. seed: integer >= 0. names: strings or integers. Raises ValueError for a negative seed.
    """
    keys = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.default_rng([_checks.whole("seed", seed, 0, math.inf), *keys])


def seed_all(seed):
    """Seed what cannot be handed a generator: `random` (d2l's loaders shuffle with it), NumPy's global state,
    and MXNet and PyTorch if they are already imported.

    seed: integer from 0 to 2^31 - 1. Raises ValueError otherwise.
    """
    seed = _checks.whole("seed", seed, 0, 2**31 - 1)
    random.seed(seed)
    np.random.seed(seed)
    if mxnet := sys.modules.get("mxnet"):
        mxnet.random.seed(seed)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)
