#!/usr/bin/env bash
# Which instructions PyTorch computes with on a CPU is decided in two places: sigmoid and
# softmax hear PyTorch's variable, exp, tanh and all products of matrices do not.
#
# Expected: ATEN_CPU_CAPABILITY and oneDNN's ONEDNN_MAX_CPU_ISA set the instructions; with
#   the lowest of both, one thread and `torch.use_deterministic_algorithms(True)` two
#   x86-64 processors give the same bits.
# Happens: exp, log, tanh, erf, products and factorisations of matrices go through MKL,
#   which hears neither and takes its code by the processor's maker, instructions and
#   cache sizes. Under the lowest two they keep their bits, and sigmoid, GELU, softmax and
#   softplus change theirs; under MKL_CBWR=COMPATIBLE, MKL's only branch for processors of
#   all makers, it is the other way round.
# Versions: torch 2.14.1 (x86-64, MKL 2024.2), numpy 2.4.6, Python 3.11.
# Matters: A training that is seeded and deterministic ends elsewhere on another machine
#   although everything that PyTorch's own pages name was pinned; stored outputs of a
#   notebook then fail there.
# Documented: MKL's guide, "Obtaining Numerically Reproducible Results", has MKL_CBWR;
#   PyTorch's page on reproducibility promises nothing across platforms and names neither.
# Seen (on a processor with AVX512):
#   torch 2.14.1
#   lowest instructions for ATen and oneDNN change: sigmoid gelu softmax softplus
#   MKL_CBWR=COMPATIBLE changes: exp log tanh erf product eigenvalues
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.14.1' 'numpy==2.4.6'
cd "$folder"
cat > bits.py <<'END'
import hashlib

import numpy as np
import torch
from torch.nn import functional

torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)
a, b = torch.tensor(np.random.default_rng(0).random((2, 200, 200), np.float32))
for name, values in {
    "exp": a.exp(),
    "log": a.log(),
    "tanh": a.tanh(),
    "erf": a.erf(),
    "product": a @ b,
    "eigenvalues": torch.linalg.eigvalsh(a + a.T),
    "sigmoid": a.sigmoid(),
    "gelu": functional.gelu(a),
    "softmax": a.softmax(1),
    "softplus": functional.softplus(a),
}.items():
    print(name, hashlib.sha256(values.numpy().tobytes()).hexdigest())
END
"$python" - <<'END'
import os
import subprocess
import sys
from importlib.metadata import version

print("torch", version("torch").split("+")[0])


def bits(**settings):
    command = [sys.executable, "bits.py"]
    environment = os.environ | settings
    done = subprocess.run(
        command, env=environment, capture_output=True, check=True, text=True
    )
    return dict(line.split() for line in done.stdout.splitlines())


def changed(**settings):
    found = bits(**settings)
    return [name for name in plain if found[name] != plain[name]]


plain = bits()
assert bits() == plain
ours = changed(ATEN_CPU_CAPABILITY="default", ONEDNN_MAX_CPU_ISA="SSE41")
print("lowest instructions for ATen and oneDNN change:", *ours)
mkls = changed(MKL_CBWR="COMPATIBLE")
print("MKL_CBWR=COMPATIBLE changes:", *mkls)
assert {"sigmoid", "softmax"} <= set(ours) and not {"tanh", "product"} & set(ours)
assert {"exp", "tanh", "product"} <= set(mkls) and not {"sigmoid", "softmax"} & set(mkls)
END
