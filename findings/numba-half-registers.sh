#!/usr/bin/env bash
# On Intel's servers Numba fills half of a 512-bit register; on AMD's all of it.
#
# Expected: Numba compiles for the processor at hand, so a loop over float32 adds sixteen
#   numbers at a time where the processor has AVX-512.
# Happens: Told (or finding out) that it is a Skylake, Ice Lake, Sapphire, Emerald or
#   Granite Rapids, it adds eight at a time, as LLVM's tables prefer; told the same
#   instructions and another name, Zen 4 or even Haswell, which has no such registers,
#   sixteen. With "-prefer-256-bit" among NUMBA_CPU_FEATURES it is sixteen for all.
# Versions: numba 0.68.1, llvmlite 0.50.0, numpy 2.4.6, Python 3.11. Nothing is run but
#   the compiler, so that any x86-64 machine shows it.
# Matters: On an Emerald Rapids, one thread, arrays of 4096 numbers in the cache,
#   additions took 0.7 ns for sixteen numbers under NUMBA_CPU_NAME=haswell and 1.6 ns
#   without, a polynomial of twenty multiplications and additions 6.9 and 11 ns. Only a
#   whole process can be told, before Numba is imported.
# Discussed: github.com/numba/numba/pull/5757 (its tests say so to LLVM),
#   github.com/llvm/llvm-project/issues/47680 (wide registers slowed the clock).
# Seen:
#   skylake-avx512   8 at a time, 16 if told
#   icelake-server   8 at a time, 16 if told
#   emeraldrapids    8 at a time, 16 if told
#   graniterapids    8 at a time, 16 if told
#   znver4          16 at a time, 16 if told
#   haswell         16 at a time, 16 if told
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
cd "$folder"
"$python" -m pip install --quiet 'numba==0.68.1' 'llvmlite==0.50.0' 'numpy==2.4.6'
instructions=+avx,+avx2,+fma,+avx512f,+avx512bw,+avx512cd,+avx512dq,+avx512vl
cat > width.py <<'END'
import re

from numba import njit


@njit("void(float32[::1], float32[::1])")
def add(x, y):
    for i in range(len(x)):
        x[i] += y[i]


(code,) = add.inspect_asm().values()
print({"xmm": 4, "ymm": 8, "zmm": 16}[max(re.findall(r"vaddps\s.*%([xyz]mm)", code))])
END
for name in skylake-avx512 icelake-server emeraldrapids graniterapids znver4 haswell; do
    export NUMBA_CPU_NAME=$name
    width=$(NUMBA_CPU_FEATURES=$instructions "$python" width.py)
    told=$(NUMBA_CPU_FEATURES=$instructions,-prefer-256-bit "$python" width.py)
    printf '%-15s %2s at a time, %s if told\n' "$name" "$width" "$told"
    expected=8
    [[ $name == znver4 || $name == haswell ]] && expected=16
    "$python" -c "assert ($width, $told) == ($expected, 16)"
done
