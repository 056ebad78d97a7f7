"""The doors of the library: what arrays and numbers may come as."""

import fractions

import numpy as np
import pytest

from d2lutils import _checks


@pytest.mark.parametrize("kind", ["f2", ">f4", ">f8", ">i2", "u1", "?"])
def test_numbers_arrive_in_the_machines_own_types(kind):
    given = np.array([0, 1, 1], dtype=kind)
    for dtype in (np.float64, None):
        got = _checks.array("x", given, dtype=dtype)
        assert got.tolist() == [0, 1, 1]
        assert got.dtype.isnative
        assert got.dtype.kind != "f" or got.dtype.itemsize >= 4


def test_a_mask_is_refused_not_forgotten():
    masked = np.ma.masked_equal([1.0, 0.0], 0)
    with pytest.raises(TypeError, match=r"x must be an array without a mask"):
        _checks.array("x", masked)


def test_a_pandas_column_and_a_list_are_read_alike():
    pandas = pytest.importorskip("pandas")
    column = pandas.Series([1, 2.5], index=[7, 3])
    assert _checks.array("x", column).tolist() == [1, 2.5]
    # What is missing is an object of its own or NaN, as releases have it.
    said = "x must (be finite|hold real numbers)"
    with pytest.raises((TypeError, ValueError), match=said):
        _checks.array("x", pandas.Series([1, None], dtype="Int64"))


def test_arrays_of_frameworks_are_read():
    mxnet = pytest.importorskip("mxnet")
    assert _checks.array("x", mxnet.nd.array([1, 2])).tolist() == [1, 2]
    torch = pytest.importorskip("torch")
    weight = torch.tensor([1.0, 2.0], requires_grad=True)
    assert _checks.array("x", weight).tolist() == [1, 2]


def test_huge_integers_are_whole_numbers_and_no_floats():
    assert _checks.whole("seed", 10**400, 0, np.inf) == 10**400
    with pytest.raises(ValueError, match="x must be a finite number"):
        _checks.real("x", 10**400)
    assert _checks.array("x", [fractions.Fraction(1, 2), 10**30]).tolist() == [
        0.5,
        1e30,
    ]


@pytest.mark.parametrize(
    "number", [np.int8(3), np.uint64(3), np.float32(3), np.array(3)]
)
def test_numpys_numbers_count_as_pythons(number):
    assert _checks.whole("n", number) == 3
    assert _checks.seed("seed", number) == 3
    assert _checks.real("x", number) == 3.0


def test_several_seeds_may_come_as_an_array():
    assert _checks.seed("seed", np.array([1, 2])) == [1, 2]
