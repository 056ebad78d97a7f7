"""Every public function refuses what it cannot use in one clear sentence: never a
crash, a hang or a silent NaN.
"""

import dataclasses
import functools
import inspect
import pkgutil
import re
import signal
from collections.abc import Mapping

import numpy as np
import pytest
from bad_inputs_rows import EXCLUDED, ROWS
from bad_inputs_table import INFINITE, OWN, POSITIONAL, SELVES, UNDEFINED
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import d2lutils

SLOW = (
    "engines.",
    "training.fit",
    "plotting.",
    "search.",
    "kernels.empirical",
    "datasets.load",
    "runs.recipes.Recipe",
    "runs.",
)
"""Ten milliseconds and more for each call: only the table is tried."""

SECONDS = 20  # for one call on a busy machine; most take less than a millisecond
FOREIGN = re.compile(
    r"unsupported operand|not subscriptable|has no attribute|unhashable|could not "
    r"convert|ufunc|broadcast together|"
    r"is not iterable|cannot be interpreted|has no len|NoneType|must be real "
    r"number|not supported between|missing \d|"
    r"index out of|index \d+ is out|core dimension|cannot convert|must be "
    r"non-zero|zero-size|positional argument",
)
"""What Python and NumPy say when nobody has checked the arguments."""


pytestmark = pytest.mark.filterwarnings("ignore")  # a NaN is found in the result


class TooLongError(BaseException):
    pass


@pytest.fixture(autouse=True, scope="module")
def _quiet(tmp_path_factory):
    """No progress bars, no data but what comes with the package, all compiled that is
    timed; a text that is taken for a path names one in a folder of its own.
    """
    patch = pytest.MonkeyPatch()
    patch.chdir(tmp_path_factory.mktemp("here"))
    patch.setenv("CI", "1")
    patch.setenv("D2LUTILS_DATA", str(tmp_path_factory.mktemp("data")))
    for make in (
        SELVES.values()
    ):  # what is imported and compiled at the first call is not to be timed
        make()
    _call("kernels.ntk", {"X": np.eye(2), "depth": 1})
    for pooling in ("gap", "flatten"):
        images = np.ones((2, 1, 3, 3))
        _call("kernels.cntk", {"images": images, "depth": 1, "pooling": pooling})
    before = signal.signal(signal.SIGALRM, _too_long)
    yield
    signal.signal(signal.SIGALRM, before)
    patch.undo()


def _too_long(*_):
    raise TooLongError


def _function(name):
    owner, _, key = name.rpartition(".")
    if owner in SELVES:
        return getattr(SELVES[owner](), key)
    return pkgutil.resolve_name(f"d2lutils.{name}")


def _call(name, values):
    function = _function(name)
    if name in POSITIONAL:
        first, *rest = values
        by_name = {
            key: values[key]
            for key in rest
            if key in inspect.signature(function).parameters
        }
        return function(
            values[first],
            *(values[key] for key in rest if key not in by_name),
            **by_name,
        )
    result = function(**values)
    return list(result) if inspect.isgenerator(result) else result


def _numbers(result, seen=()):
    """All numbers in a result, as arrays."""
    if isinstance(result, float | complex | np.ndarray | np.generic):
        array = np.asarray(result)
        if array.dtype.names:
            for field in array.dtype.names:
                yield from _numbers(array[field])
        elif array.dtype.kind in "fc":
            yield array
    elif isinstance(result, Mapping):
        for part in result.values():
            yield from _numbers(part)
    elif isinstance(result, list | tuple):
        for part in result:
            yield from _numbers(part)
    elif dataclasses.is_dataclass(result) and not isinstance(result, type):
        for field in dataclasses.fields(result):
            yield from _numbers(getattr(result, field.name))


CASES = [
    pytest.param(name, argument, id=f"{name}-{argument}")
    for name, row in ROWS.items()
    for argument in row
]


@pytest.mark.parametrize("name", ROWS)
def test_the_arguments_of_the_table_work(name):
    result = _call(
        name, {key: argument.value() for key, argument in ROWS[name].items()}
    )
    for array in _numbers(result):
        assert np.isfinite(array).all()


def _fault(name, argument, bad, must_refuse):
    """What is wrong with the function's answer to a bad value, or None."""
    values = {
        key: other.value() for key, other in ROWS[name].items() if key != argument
    }
    values = {key: bad if key == argument else values[key] for key in ROWS[name]}
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        result = _call(name, values)
    except (ValueError, TypeError) as error:
        message = str(error)
        # A value that is wrong in itself is named; one that does not fit the others
        # need not be the culprit.
        relation = "" if must_refuse else "|need|must|give|did you mean"
        says_what = re.search(rf"\b{argument}\b{relation}", message)
        return (
            None
            if says_what and not FOREIGN.search(message)
            else f"unclear {type(error).__name__}: {message}"
        )
    except TooLongError:
        return f"no answer after {SECONDS} s"
    except Exception as error:
        documented = type(error).__name__ in (_function(name).__doc__ or "")
        return None if documented else f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if must_refuse:
        return "accepted"
    may_overflow = name in INFINITE or _is_extreme(bad)
    for array in _numbers(result):
        if (np.isnan(array).any() and name not in UNDEFINED) or not (
            may_overflow or np.isfinite(array[~np.isnan(array)]).all()
        ):
            return "a result that is not finite"
    return None


def _is_extreme(bad):
    """Whether a value lies so near the ends of float64 that infinity is what arithmetic
    gives.
    """
    return any(
        (np.abs(array) > 1e290).any() or ((array != 0) & (np.abs(array) < 1e-290)).any()
        for array in _numbers(bad)
    )


@pytest.mark.parametrize(("name", "argument"), CASES)
def test_bad_values_are_refused_in_one_clear_sentence(name, argument):
    kind = ROWS[name][argument]
    faults = {}
    for must_refuse, values in ((True, kind.refused), (False, kind.doubtful)):
        for i, bad in enumerate(values):
            fault = _fault(name, argument, bad, must_refuse)
            if fault is not None:
                faults[
                    f"{'refused' if must_refuse else 'doubtful'} {i}: {bad!r:.80}"
                ] = fault
    assert not faults, f"{name} {argument}\n" + "\n".join(
        f"{bad} -> {fault[:200]}" for bad, fault in faults.items()
    )


CHEAP = [
    (name, argument)
    for name, row in ROWS.items()
    for argument, kind in row.items()
    if kind.refused and not name.startswith(SLOW)
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=3),
    st.integers(-3, 3),
    st.floats(width=16),
    st.complex_numbers(max_magnitude=9),
    st.lists(st.integers(-2, 4), max_size=3),
    npst.arrays(
        np.float64,
        npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
        elements=st.floats(width=16),
    ),
    npst.arrays(
        np.int64,
        npst.array_shapes(max_dims=3, min_side=0, max_side=4),
        elements=st.integers(-2, 3),
    ),
    npst.arrays(bool, npst.array_shapes(max_dims=2, min_side=0, max_side=4)),
    npst.arrays("U1", npst.array_shapes(max_dims=2, max_side=2)),
)


@settings(max_examples=1500, deadline=None, derandomize=True, database=None)
@given(case=st.sampled_from(CHEAP), bad=ODD)
def test_whatever_is_given_there_is_an_answer_or_a_clear_sentence(case, bad):
    name, argument = case
    fault = _fault(name, argument, bad, must_refuse=False)
    assert fault is None, f"{name}, {argument} = {bad!r}: {fault}"


def test_the_table_speaks_of_what_there_is():
    """A function without a row cannot be: bad_inputs_rows.py makes one, or says which
    argument it does not know.
    """
    modules = {name[: i.start()] for name in ROWS for i in re.finditer(r"\.", name)}
    for names in (OWN.keys() - modules, INFINITE, UNDEFINED, POSITIONAL):
        assert names <= ROWS.keys()
    for name in EXCLUDED:
        assert callable(functools.reduce(getattr, name.split("."), d2lutils))
    for name, own in OWN.items():
        assert own.keys() <= {
            key for row in ROWS if f"{row}.".startswith(f"{name}.") for key in ROWS[row]
        }, name
