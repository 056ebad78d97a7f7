#!/usr/bin/env bash
# NumPy 1.23.5 takes an AMD processor of 2024 for one of 2007, and its matrix products
# are four times as slow as they could be.
#
# Expected: A product of matrices uses the instructions that the processor has.
# Happens: OpenBLAS 0.3.20, which comes with NumPy 1.23.5, goes by the number of the
#   processor's family. It does not know Zen 5 (family 26), and does not look which
#   instructions there are: it takes its code for the Barcelona, without AVX. MXNet
#   1.9.1 has an OpenBLAS of its own and does the same in mx.np.dot. NumPy 1.24.4 and
#   later find the right code.
# Versions: numpy 1.23.5 (OpenBLAS 0.3.20) and 1.24.4 (0.3.21), threadpoolctl 3.6.0,
#   Python 3.11. Only on such a processor: elsewhere the script says so and ends with 2.
# Matters: d2l 1.0.3 pins NumPy 1.23.5. OPENBLAS_CORETYPE=SkylakeX (or Haswell), set
#   before Python starts, mends it. The last digits of results change with the code,
#   too.
# Seen: (Gflop/s in products of 1000 x 1000 matrices, one thread)
#   numpy 1.23.5: code for Barcelona, float32 58, float64 28
#   numpy 1.23.5: code for SkylakeX, float32 252, float64 106 (told)
#   numpy 1.24.4: code for Cooperlake, float32 224, float64 104
set -euo pipefail
if ! { grep -q AuthenticAMD /proc/cpuinfo && grep -q 'cpu family.*: 26$' /proc/cpuinfo; }; then
    echo "needs an AMD processor of family 26 (Zen 5); this is another one"
    exit 2
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
export OPENBLAS_NUM_THREADS=1
cat > products.py <<'END'
import statistics
import sys
import time

import numpy as np
from threadpoolctl import threadpool_info

(blas,) = [one for one in threadpool_info() if one["internal_api"] == "openblas"]
rates = []
for dtype in (np.float32, np.float64):
    a = np.random.default_rng(0).random((1000, 1000)).astype(dtype)
    out, found = a @ a, []
    for _ in range(7):
        start = time.perf_counter()
        np.matmul(a, a, out=out)
        found.append(2e9 / (time.perf_counter() - start) / 1e9)
    rates.append(statistics.median(found))
told = " (told)" if len(sys.argv) > 1 else ""
print(
    f"numpy {np.__version__}: code for {blas['architecture']}, "
    f"float32 {rates[0]:.0f}, float64 {rates[1]:.0f}{told}",
    file=sys.stderr,
)
print(blas["architecture"], *rates)
END
for release in 1.23.5 1.24.4; do
    "${PYTHON:-python3}" -m venv "$folder/$release"
    "$folder/$release/bin/python" -m pip install --quiet "numpy==$release" 'threadpoolctl==3.6.0'
done
old=$(1.23.5/bin/python products.py)
told=$(OPENBLAS_CORETYPE=SkylakeX 1.23.5/bin/python products.py told)
new=$(1.24.4/bin/python products.py)
1.23.5/bin/python - $old $told $new <<'END'
import sys

old, told, new = (sys.argv[i : i + 3] for i in (1, 4, 7))
assert old[0] == "Barcelona" and new[0] != "Barcelona", (old[0], new[0])
for column in (1, 2):
    assert float(told[column]) > 2.5 * float(old[column]), (told, old)
END
