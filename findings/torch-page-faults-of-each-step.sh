#!/usr/bin/env bash
# A training step of a small convolutional network in PyTorch takes seven thousand
# page faults on the CPU, or hardly any, depending on two numbers of the C library.
#
# Expected: A loop whose steps are all alike has its memory after the first of them.
# Happens: PyTorch's CPU allocator is malloc. GNU's gives large pieces back to the system
#   as soon as they are free and more than twice its mmap threshold (which follows the
#   largest piece freed so far, up to 32 MiB) lies free at the end of its heap; a step
#   asks for the same pieces again, and the system fills every page with zeros. With
#   both thresholds raised by mallopt, a fiftieth of the faults is left.
# Versions: torch 2.14.0 (CPU), numpy 2.4.6, Python 3.11, glibc 2.36.
# Matters: In this loop the faults took a quarter of the time (2100 against 2900 images a
#   second on two cores). Benchmarks of CPUs depend on what was freed before they began.
# Source: mallopt(3), M_TRIM_THRESHOLD and M_MMAP_THRESHOLD; PyTorch's tuning guide names
#   other allocators (jemalloc, TCMalloc) without this reason.
# Seen:
#   torch 2.14.0
#   page faults a step: as installed 6995, thresholds raised 154 (and 10932, 102)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet 'torch==2.14.0' 'numpy==2.4.6'
cd "$folder"
cat >step.py <<'END'
import ctypes
import resource
import sys

if sys.argv[1] == "raised":
    library = ctypes.CDLL(None)
    assert library.mallopt(-3, 2**25)  # M_MMAP_THRESHOLD
    assert library.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD
import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)
network = nn.Sequential(
    *(nn.Conv2d(3, 32, 5, padding=2), nn.MaxPool2d(3, 2, 1), nn.ReLU()),
    *(nn.Conv2d(32, 32, 5, padding=2), nn.ReLU(), nn.AvgPool2d(3, 2, 1)),
    *(nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.AvgPool2d(3, 2, 1)),
    *(nn.Flatten(), nn.Linear(1024, 10)),
)
images = torch.rand(128, 3, 32, 32).contiguous(memory_format=torch.channels_last)
labels = torch.randint(10, (128,))
optimizer = torch.optim.SGD(network.parameters(), 0.01)


def train(steps):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(images), labels).backward()
        optimizer.step()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    return (after - before) / steps


train(3)
print(round(train(10)))
END
installed=$("$python" step.py installed)
raised=$("$python" step.py raised)
"$python" - "$installed" "$raised" <<'END'
import sys

import torch

installed, raised = map(int, sys.argv[1:])
print("torch", torch.__version__.partition("+")[0])
print(f"page faults a step: as installed {installed}, thresholds raised {raised}")
assert installed > 1000
assert raised < installed / 10
END
