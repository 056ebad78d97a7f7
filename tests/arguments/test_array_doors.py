"""Arrays come in many forms: each function gives the same answer, or refuses a mask."""

import numpy as np
import pytest
from bad_inputs_rows import ROWS
from test_bad_inputs import SLOW, _call, _numbers, _quiet  # noqa: F401  # a fixture

pytestmark = pytest.mark.filterwarnings("ignore")

ARRAYS = [
    (name, argument)
    for name, row in ROWS.items()
    if not name.startswith(SLOW)
    for argument, kind in row.items()
    if isinstance(kind.good, np.ndarray) and kind.good.size and kind.good.ndim
]

MASKED_MEANS_UNSEEN = {
    ("completion.nuclear_norm", "observed"),
    ("completion.deep_factorization", "observed"),
}


def read_only(array):
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def big_endian(array):
    return array.astype(array.dtype.newbyteorder(">"))


def every_second(array):
    """The same numbers with gaps between them in memory."""
    return np.repeat(array, 2, axis=-1)[..., ::2]


def column_by_column(array):
    return np.asfortranarray(array)


def pandas_table(array):
    pandas = pytest.importorskip("pandas")
    kinds = {1: pandas.Series, 2: pandas.DataFrame}
    return kinds[array.ndim](array) if array.ndim in kinds else array


def torch_tensor(array):
    torch = pytest.importorskip("torch")
    floating = array.dtype.kind == "f"
    return torch.tensor(array, requires_grad=floating)


def mxnet_array(array):
    mxnet = pytest.importorskip("mxnet")
    return mxnet.nd.array(array, dtype=array.dtype) if array.dtype != bool else array


FORMS = (
    read_only,
    big_endian,
    every_second,
    column_by_column,
    pandas_table,
    torch_tensor,
    mxnet_array,
)


def _answer(name, argument=None, given=None):
    values = {key: kind.value() for key, kind in ROWS[name].items()}
    if argument is not None:
        values[argument] = given
    return list(_numbers(_call(name, values)))


@pytest.mark.parametrize(("name", "argument"), ARRAYS)
def test_the_form_of_an_array_does_not_matter(name, argument):
    plain = ROWS[name][argument].good
    expected = _answer(name, argument, plain.copy())
    for form in FORMS:
        given = form(plain)
        got = _answer(name, argument, given)
        assert len(got) == len(expected), form.__name__
        for a, b in zip(got, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6, err_msg=form.__name__)
        left = given.detach() if hasattr(given, "detach") else given
        if hasattr(given, "asnumpy"):
            left = given.asnumpy()
        assert (np.asarray(left) == plain).all(), f"{form.__name__} was changed"


@pytest.mark.parametrize(("name", "argument"), ARRAYS)
def test_a_mask_is_not_forgotten(name, argument):
    plain = ROWS[name][argument].good
    masked = np.ma.masked_array(plain, np.arange(plain.size).reshape(plain.shape) == 0)
    if (name, argument) in MASKED_MEANS_UNSEEN:
        _answer(name, argument, masked)
        return
    with pytest.raises(TypeError, match=rf"\b{argument}\b.* mask"):
        _answer(name, argument, masked)


NO_LONGER_EXACT = {("hardness.replicator", "start")}
"""Numbers that have to sum to 1, and do not when they are rounded."""

HALF = [
    (name, argument)
    for name, argument in ARRAYS
    if ROWS[name][argument].good.dtype.kind == "f"
]


@pytest.mark.parametrize(("name", "argument"), HALF)
def test_half_precision_is_computed_in_more(name, argument):
    """float16 overflows at 65504: what comes in it is no reason to compute in it."""
    half = ROWS[name][argument].good.astype(np.float16)
    if (name, argument) in NO_LONGER_EXACT:
        half = np.array([0.5, 0.25, 0.125, 0.125], np.float16)
    for a, b in zip(
        _answer(name, argument, half),
        _answer(name, argument, half.astype(np.float64)),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
