"""Random numbers that repeat, and streams that do not disturb each other."""

import random

import numpy as np
import pytest

from d2lutils.seeding import generator, seed_all


def test_streams_repeat_and_differ():
    draw = {names: generator(3, *names).random(4) for names in [(), ("data",), ("noise",), ("data", 1)]}
    assert len({tuple(values) for values in draw.values()}) == 4
    assert (generator(3, "data").random(4) == draw["data",]).all()
    assert (generator(4, "data").random(4) != draw["data",]).all()


def test_large_seeds_keep_their_last_digit():
    seed = 2**60 + 1  # float64 would round it
    draws = [generator(number).random() for number in (seed, np.int64(seed), np.uint64(seed))]
    assert len(set(draws)) == 1
    assert generator(seed - 1).random() != draws[0]


def test_everything_global_repeats():
    mx = pytest.importorskip("mxnet")
    torch = pytest.importorskip("torch")

    def draws():
        seed_all(5)
        return (
            random.random(),
            np.random.random(),
            mx.np.random.uniform().item(),
            mx.nd.random.uniform().asscalar(),
            torch.rand(()).item(),
        )

    assert draws() == draws()


@pytest.mark.parametrize("seed", [-1, 1.5, 2**31])
def test_wrong_seeds_are_named(seed):
    with pytest.raises(ValueError, match="seed must be"):
        seed_all(seed)
