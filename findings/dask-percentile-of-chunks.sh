#!/usr/bin/env bash
# dask.array's 99th percentile is 20 where NumPy's is 11: percentiles of chunks are
# merged.
#
# Expected: `da.percentile` of data that fit into memory agrees with `np.percentile` to
#   a digit or two; `method="linear"` is the definition that both name.
# Happens: Each chunk returns a few percentiles of its own, which are merged by
#   interpolation. With ten chunks of 100 heavy-tailed numbers the result is off by 80%;
#   it depends on the chunk size and on which other percentiles are asked for in the
#   same call, and is exact for one chunk.
# Versions: dask 2026.8.0, numpy 2.4.6, Python 3.11.
# Matters: Clipping gradients or outliers "at the 99th percentile" uses a threshold that
#   depends on how the data were cut into pieces.
# Source: "approximate" in the documentation, without a size:
#   https://docs.dask.org/en/stable/generated/dask.array.percentile.html
# Seen:
#   dask 2026.8.0 numpy 2.4.6
#   numpy: 11.06
#   dask, chunks of 1000: 11.06
#   dask, chunks of 500: 11.06
#   dask, chunks of 100: 20.50
#   dask, chunks of 50: 22.48
#   dask, chunks of 100, asked for together with the median: 19.97
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'dask[array]==2026.8.0' 'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
import dask
import dask.array as da
import numpy as np

print("dask", dask.__version__, "numpy", np.__version__)
data = np.random.default_rng(0).standard_normal(1000) ** 3
exact = np.percentile(data, 99)
print(f"numpy: {exact:.2f}")
found = {}
for chunk in (1000, 500, 100, 50):
    array = da.from_array(data, chunks=chunk)
    found[chunk] = float(da.percentile(array, [99]).compute()[0])
    print(f"dask, chunks of {chunk}: {found[chunk]:.2f}")
beside = float(da.percentile(da.from_array(data, chunks=100), [50, 99]).compute()[1])
print(f"dask, chunks of 100, asked for together with the median: {beside:.2f}")
assert beside != found[100]
assert found[1000] == exact
assert found[100] > 1.5 * exact
END
