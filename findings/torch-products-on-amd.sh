#!/usr/bin/env bash
# On AMD's processors with AVX-512 a dense layer of PyTorch takes twice as long as the
# same arithmetic by the other library that PyTorch has on board.
#
# Expected: torch.nn.functional.linear is about the fastest way to a product of matrices.
# Happens: It calls MKL, which takes its code for AVX2 on processors that are not
#   Intel's, also where they have AVX-512. Convolutions call oneDNN, which looks for the
#   instructions alone: the layer written as a convolution of 1 x 1 pixels takes about 0.6
#   of the time (two threads; with one PyTorch sends it to MKL, too), oneDNN's own product
#   half, with one thread and with two. Small products (below some 4 Mflop) are better off
#   with MKL.
# Versions: torch 2.14.1 (x86-64, MKL 2024.2, oneDNN 3.12), numpy 2.4.6, Python 3.11.
#   Only on such a processor: elsewhere the script says so and ends with 2.
# Matters: A multilayer perceptron trains at little more than half its speed, and a
#   comparison of frameworks on such a machine compares the maker of the processor. JAX,
#   whose products go through other libraries, looks up to twice as fast.
# Documented: get_cpu_capability says "AVX512" all the same.
# Seen (on Zen 5; microseconds, 128 examples, 784 inputs, 512 outputs, float32):
#   torch 2.14.1, capability AVX512
#   1 thread: linear 945, oneDNN's product 447
#   2 threads: linear 499, oneDNN's product 237, convolution 303
set -euo pipefail
if ! grep -q AuthenticAMD /proc/cpuinfo || ! grep -qw avx512f /proc/cpuinfo; then
    echo "needs an AMD processor with AVX-512; this is another one"
    exit 2
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.14.1' 'numpy==2.4.6'
cd "$folder"
unset MKL_CBWR DNNL_MAX_CPU_ISA ONEDNN_MAX_CPU_ISA ATEN_CPU_CAPABILITY OMP_NUM_THREADS
OMP_WAIT_POLICY=active "$python" - <<'END'
import time

import torch
from torch.nn import functional

print(f"torch {torch.__version__.split('+')[0]}, capability", end=" ")
print(torch.backends.cpu.get_cpu_capability())
n, inputs, outputs = 128, 784, 512
x, weight, bias = torch.randn(n, inputs), torch.randn(outputs, inputs), torch.randn(512)
pixels = x.view(1, n, 1, inputs).permute(0, 3, 1, 2)  # channels last


def linear():
    return functional.linear(x, weight, bias)


def product():
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")


def convolution():
    return functional.conv2d(pixels, weight.view(outputs, inputs, 1, 1), bias)


def microseconds(ways):
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(9):
        for way in ways:
            start = time.perf_counter()
            for _ in range(100):
                way()
            best[way] = min(best[way], 1e4 * (time.perf_counter() - start))
    return best


with torch.no_grad():
    wanted = linear().double()
    same = convolution().permute(0, 2, 3, 1).view(n, outputs)
    for other in (product(), same):
        assert (other - wanted).abs().max() < 1e-3
    for threads, ways in ((1, [linear, product]), (2, [linear, product, convolution])):
        torch.set_num_threads(threads)
        took = microseconds(ways)
        names = {"linear": "linear", "product": "oneDNN's product"}
        told = (f"{names.get(w.__name__, w.__name__)} {took[w]:.0f}" for w in ways)
        print(f"{threads} thread{'s' * (threads > 1)}: {', '.join(told)}")
        assert took[linear] > 1.5 * took[product]
    assert took[linear] > 1.2 * took[convolution]
END
