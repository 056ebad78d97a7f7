#!/usr/bin/env bash
# The Delta filter of numcodecs and Zarr returns NaN for each number of the chunk after
# a NaN, and other numbers after a large one.
#
# Expected: A filter that stores differences returns what was stored, up to rounding
#   of the size of each number, as it does for integers.
# Happens: Differences of floating-point numbers are rounded, and reading adds them up.
#   A sum with NaN in it is NaN, and so is infinity minus infinity, so all that follows
#   in the chunk is lost. After 1e8 in float32 the numbers 1, 2, 3 come back as 0, 1, 2:
#   the rounding of the large difference stays until the next chunk begins.
# Versions: zarr 3.1.6, numcodecs 0.16.6, numpy 2.4.6, Python 3.11.
# Matters: A series of losses with one NaN or one spike is stored without a warning and
#   is gone or shifted from there on; how much of it depends on the size of the chunks.
#   The numbers before and in the next chunk look right. Use the filter for integers.
# Documented: the docstring of Delta warns of integer types too small, not of
#   floating-point ones.
# Discussed: https://github.com/zarr-developers/numcodecs/issues/765 (of NaN, open).
# Seen:
#   zarr 3.1.6 numcodecs 0.16.6
#   NaN, chunks of 6: 1 nan 2 3 4 5 -> 1 nan nan nan nan nan
#   NaN, chunks of 3: 1 nan 2 3 4 5 -> 1 nan nan 3 4 5
#   infinity, chunks of 6: 1 inf 2 3 4 5 -> 1 inf nan nan nan nan
#   1e8, chunks of 6: 1e+08 1 2 3 4 5 -> 1e+08 0 1 2 3 4
#   1e8, chunks of 3: 1e+08 1 2 3 4 5 -> 1e+08 0 1 3 4 5
#   integers, chunks of 6: 1e+08 1 2 3 4 5 -> 1e+08 1 2 3 4 5
#   10000 losses, 1 NaN, chunks of 1000: 1000 NaN
#   10000 losses, 1 NaN, chunks of 10000: 8000 NaN
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'zarr==3.1.6' 'numcodecs==0.16.6' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import numcodecs
import numpy as np
import zarr

print("zarr", zarr.__version__, "numcodecs", numcodecs.__version__)


def stored(values, chunk, filters):
    array = zarr.create_array(
        store={}, shape=values.shape, chunks=(chunk,), dtype=values.dtype,
        filters=filters, zarr_format=2,
    )
    array[:] = values
    return array[:]


def text(values):
    return " ".join(f"{value:g}" for value in values)


cases = (
    ("NaN", [1, np.nan, 2, 3, 4, 5], 6, [1] + 5 * [np.nan]),
    ("NaN", [1, np.nan, 2, 3, 4, 5], 3, [1, np.nan, np.nan, 3, 4, 5]),
    ("infinity", [1, np.inf, 2, 3, 4, 5], 6, [1, np.inf] + 4 * [np.nan]),
    ("1e8", [1e8, 1, 2, 3, 4, 5], 6, [1e8, 0, 1, 2, 3, 4]),
    ("1e8", [1e8, 1, 2, 3, 4, 5], 3, [1e8, 0, 1, 3, 4, 5]),
)
for name, values, chunk, expected in cases:
    values = np.array(values, np.float32)
    with np.errstate(invalid="ignore"):
        found = stored(values, chunk, [numcodecs.Delta(dtype="<f4")])
    print(f"{name}, chunks of {chunk}: {text(values)} -> {text(found)}")
    np.testing.assert_array_equal(found, np.array(expected, np.float32))
    np.testing.assert_array_equal(stored(values, chunk, None), values)
integers = np.array([100_000_000, 1, 2, 3, 4, 5], np.int32)
found = stored(integers, 6, [numcodecs.Delta(dtype="<i4")])
print(f"integers, chunks of 6: {text(integers)} -> {text(found)}")
np.testing.assert_array_equal(found, integers)

rng = np.random.default_rng(0)
losses = (1 + 0.1 * rng.random(10_000)).astype(np.float32)
losses[2_000] = np.nan
for chunk in (1_000, 10_000):
    found = stored(losses, chunk, [numcodecs.Delta(dtype="<f4")])
    print(f"10000 losses, 1 NaN, chunks of {chunk}: {np.isnan(found).sum()} NaN")
    assert np.isnan(found).sum() == (1_000 if chunk == 1_000 else 8_000)
END
