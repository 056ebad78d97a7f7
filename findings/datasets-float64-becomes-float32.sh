#!/usr/bin/env bash
# Hugging Face datasets stores float64 and hands it out as float32 NumPy arrays.
#
# Expected: `Dataset.from_dict({"x": float64 array}).with_format("numpy")` gives the
#   numbers that were put in, as the stored type, float64, is shown by `features`.
# Happens: The NumPy format turns every floating type into float32 and every integer
#   type into int64: float64 loses half its digits, float16 and uint8 grow to two and
#   eight times their size. Without a format (lists of Python's floats) all digits are
#   there, and `with_format("numpy", dtype=np.float64)` keeps them.
# Versions: datasets 5.2.0, pyarrow 26.0.1, pandas 3.1.1, numpy 2.4.6, Python 3.11.
# Matters: Times in seconds since 1970 are rounded to 128 s, and 8-bit images take eight
#   times the memory.
# Seen:
#   datasets 5.2.0
#   float64 comes back as float32
#   float16 comes back as float32
#   uint8 comes back as int64
#   int16 comes back as int64
#   format numpy: two times a second apart differ by 0
#   format numpy, dtype: two times a second apart differ by 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'datasets==5.2.0' 'pyarrow==26.0.1' 'pandas==3.1.1' 'numpy==2.4.6'
cd "$folder"
HF_HUB_OFFLINE=1 "$python" - <<'END'
import datasets
import numpy as np

print("datasets", datasets.__version__)
for stored, handed_out in (
    ("float64", "float32"),
    ("float16", "float32"),
    ("uint8", "int64"),
    ("int16", "int64"),
):
    data = datasets.Dataset.from_dict({"x": np.arange(3).astype(stored)})
    array = data.with_format("numpy")[:]["x"]
    print(f"{data.features['x'].dtype} comes back as {array.dtype}")
    assert data.features["x"].dtype == stored and array.dtype == handed_out

times = np.array([1_700_000_000.0, 1_700_000_001.0])
data = datasets.Dataset.from_dict({"x": times})
for name, options in (("numpy", {}), ("numpy, dtype", {"dtype": np.float64})):
    array = data.with_format("numpy", **options)[:]["x"]
    print(f"format {name}: two times a second apart differ by {np.diff(array)[0]:g}")
    assert np.diff(array)[0] == (1 if options else 0)
assert list(data[:]["x"]) == list(times)
END
