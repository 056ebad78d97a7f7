"""Infinite-width kernels against neural-tangents and matrix products.

    python benchmarks/kernels.py [--reference PYTHON] [--quick]

All ratios are measured in turn, in one run.

1. cntk at 28 x 28, depth 5, global average pooling, float32: time a pair of images
   against neural-tangents, which runs in an environment of its own
   (tools/once/make_ntk_reference.py says how to make it), here as an idle process that
   is asked for one batch in turn with ours. PYTHON is its interpreter, else the
   variable NTK_REFERENCE_PYTHON; without one this part is skipped. Batches of 1 x 1,
   2 x 2 and 4 x 4 images are tried, and its best is taken.
2. The arithmetic of that kernel against the flops of a float32 matrix product on the
   same threads.
3. How cntk's time grows with the number of images, the side of an image and the depth.
4. ntk on 5000 x 100 float64 inputs against the product X X^T.
5. cntk of 128 images by blocks in two processes of one thread each, against one process
   with one thread. Each time is that of the whole call; the processes have been started
   before, and the two matrices must be the same.

Uses NUMBA_NUM_THREADS (default: all cores) for ours and the same cores for
neural-tangents.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import time

import numpy as np

from d2lutils.kernels import cntk, ntk

# By position and layer: two sums over windows (8), correlation (2), polynomial and
# square root (21), k0 and k1 (5), S and T from them (6).
FLOPS = 42

WORKER = """
import json, sys, time
import jax, numpy as np
from neural_tangents import stax
depth, size = 5, 28
layers = []
for layer in range(depth):
    width = 2 ** 0.5 if layer else 1.0
    layers.append(stax.Conv(1, (3, 3), padding="SAME", W_std=width, b_std=None))
    layers.append(stax.Relu())
top = stax.Dense(1, W_std=2 ** 0.5, b_std=None)
kernel = stax.serial(*layers, stax.GlobalAvgPool(), top)[2]
compiled = jax.jit(lambda x, z: kernel(x, z, "ntk"))
for line in sys.stdin:
    batch = int(line)
    shape = (2 * batch, 1, size, size)
    images = np.random.default_rng(0).random(shape, dtype=np.float32)
    images = images.transpose(0, 2, 3, 1)
    x, z = images[:batch], images[batch:]
    compiled(x, z).block_until_ready()
    start = time.perf_counter()
    result = np.array(compiled(x, z))
    elapsed = (time.perf_counter() - start) / batch ** 2
    print(json.dumps({"seconds": elapsed, "kernel": (9 * result).tolist()}), flush=True)
"""


def seconds(function, repeats=1):
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        best = min(best, time.perf_counter() - start)
    return best


def images(n, size=28, seed=0):
    return np.random.default_rng(seed).random((n, 1, size, size), dtype=np.float32)


def against_neural_tangents(python, repeats):
    worker = subprocess.Popen(
        [python, "-c", WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    def theirs(batch):
        worker.stdin.write(f"{batch}\n")
        worker.stdin.flush()
        return json.loads(worker.stdout.readline())

    batches = {batch: theirs(batch) for batch in (1, 2, 4)}
    batch = min(batches, key=lambda size: batches[size]["seconds"])
    pair = images(2 * batch)
    difference = np.abs(
        cntk(pair[:batch], pair[batch:], depth=5) / batches[batch]["kernel"] - 1
    ).max()
    print(
        f"largest relative difference of the two float32 kernels: {difference:.1e} "
        "(tests compare in float64)"
    )
    ratios = []
    for _ in range(repeats):
        other = theirs(batch)["seconds"]
        own = (
            seconds(
                lambda: cntk(images(8), images(32, seed=1), depth=5, progress=False)
            )
            / 256
        )
        ratios.append(other / own)
        print(
            f"  a pair: neural-tangents {1e3 * other:.0f} ms ({batch} x {batch} at "
            f"once), cntk {1e3 * own:.2f} ms"
        )
    worker.stdin.close()
    worker.wait()
    median = statistics.median(ratios)
    print(
        f"cntk faster than neural-tangents: {median:.0f} times (from "
        f"{min(ratios):.0f} to {max(ratios):.0f}, {repeats} runs)   "
        f"bar 250: {'met' if median >= 250 else 'MISSED'}"
    )


def share_of_arithmetic(repeats):
    a = np.random.default_rng(0).random((2000, 2000), dtype=np.float32)
    shares = []
    for _ in range(repeats):
        product = 2 * 2000**3 / seconds(lambda: a @ a, 2)
        kernel = (
            FLOPS
            * 256
            * 5
            * 28**4
            / seconds(
                lambda: cntk(images(8), images(32, seed=1), depth=5, progress=False)
            )
        )
        shares.append(kernel / product)
    print(
        f"cntk: {kernel / 1e9:.0f} Gflop/s (counting {FLOPS} by position and layer), "
        f"{statistics.median(shares):.2f} of the rate of a float32 matrix product "
        f"({product / 1e9:.0f} Gflop/s)"
    )


def exponent(sizes, times):
    return np.polyfit(np.log(sizes), np.log(times), 1)[0]


def growth(repeats):
    counts, sides, depths = (16, 32, 64), (14, 20, 28), (2, 4, 8, 16)

    def taken(n=16, size=28, depth=5):
        return seconds(
            lambda: cntk(
                images(n, size), images(16, size, 1), depth=depth, progress=False
            ),
            repeats,
        )

    def between(n):
        return seconds(
            lambda: cntk(images(n, 14), images(n, 14, 1), depth=5, progress=False),
            repeats,
        )

    by_count = exponent(counts, [between(n) for n in counts])
    by_side = exponent(sides, [taken(size=size) for size in sides])
    by_depth = exponent(depths, [taken(size=14, depth=depth) for depth in depths])
    print(
        f"cntk's time grows like images^{by_count:.2f}, side^{by_side:.2f}, "
        f"depth^{by_depth:.2f}"
    )


def against_products(repeats):
    X = np.random.default_rng(0).standard_normal((5000, 100))
    for depth in (1, 3, 5):
        ntk(X[:10], depth=depth)
        ratios = [
            seconds(lambda d=depth: ntk(X, depth=d)) / seconds(lambda: X @ X.T)
            for _ in range(repeats + 1)
        ][1:]
        median = statistics.median(ratios)
        print(
            f"ntk, 5000 x 100, depth {depth}: {median:.2f} times the product X X^T   "
            f"bar 3: {'met' if median <= 3 else 'MISSED'}"
        )


@contextlib.contextmanager
def one_thread():
    before = os.environ.get("NUMBA_NUM_THREADS")
    os.environ["NUMBA_NUM_THREADS"] = "1"
    try:
        yield
    finally:
        del os.environ["NUMBA_NUM_THREADS"]
        if before is not None:
            os.environ["NUMBA_NUM_THREADS"] = before


def two_processes(repeats, number=160):
    """A call long enough (ten seconds) for the half second that a process starts in."""
    some, found, ratios = images(number), {}, []

    def work(n_jobs):
        found[n_jobs] = cntk(some, depth=5, progress=False, n_jobs=n_jobs)

    with one_thread():
        work(2)
        for _ in range(repeats):
            ratios.append(seconds(lambda: work(1)) / seconds(lambda: work(2)))
    assert np.array_equal(found[1], found[2])
    median = statistics.median(ratios)
    print(
        f"cntk of {number} images, two processes: {median:.2f} times as fast as one "
        f"(from {min(ratios):.2f} to {max(ratios):.2f}, {repeats} runs)   "
        f"bar 1.8: {'met' if median >= 1.8 else 'MISSED'}"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--reference", default=os.environ.get("NTK_REFERENCE_PYTHON"))
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    repeats = 3 if arguments.quick else 5
    if hasattr(os, "getloadavg"):
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    cntk(images(1), images(1), depth=1)  # compiles
    if arguments.reference:
        against_neural_tangents(arguments.reference, repeats)
    else:
        print("no --reference: comparison with neural-tangents skipped")
    share_of_arithmetic(repeats)
    growth(1 if arguments.quick else 3)
    against_products(repeats)
    two_processes(repeats)


if __name__ == "__main__":
    main()
