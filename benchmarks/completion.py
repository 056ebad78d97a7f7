"""Matrix completion against what a reader would use instead, in turn and in one run.

    python benchmarks/completion.py [--quick] [--jax PYTHON]

1. nuclear_norm against cvxpy with SCS. The accuracy is SCS's own: a long run of
   nuclear_norm brackets the optimum, SCS's objective is compared with it, and
   nuclear_norm is then timed to a *proved* gap no larger.
2. deep_factorization (n = 100, depth 3) against the same loop through PyTorch's
   autograd, against JAX's jit of it, in float64 and in float32, and against the eight
   n x n products of the naive loop, which bound its speed. JAX runs in an environment
   of its own (`pip install jax`), an idle process that is asked in turn with ours;
   PYTHON is its interpreter, else the variable JAX_PYTHON; without one JAX is left out.
3. The errors on unobserved entries at n = 100, rank 5, 2000 observations, three
   instances.

Uses as many threads as OMP_NUM_THREADS says, else all cores. Needs
`pip install cvxpy torch`; skips what is missing. --quick leaves out the cvxpy run at
n = 300, which takes half a minute.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import os
import statistics
import subprocess
import time

import numpy as np

from d2lutils.completion import (
    deep_factorization,
    nuclear_norm,
    problem,
    relative_error,
)

REPEATS = 7

JAX = """
import io, json, sys, time
import jax, numpy as np
dtype = sys.argv[1]
jax.config.update("jax_enable_x64", dtype == "float64")
size = int(sys.stdin.buffer.readline())
given = np.load(io.BytesIO(sys.stdin.buffer.read(size)))
mask, observed = (jax.numpy.array(given[k], dtype) for k in ("mask", "observed"))
lr, count = float(given["lr"]), int(given["mask"].sum())
start = [jax.numpy.array(given[f"arr_{k}"], dtype) for k in range(len(given) - 3)]

def loss(weights):
    product = weights[0]
    for weight in weights[1:]:
        product = weight @ product
    return ((mask * (product - observed)) ** 2).sum() / count

def step(_, weights):
    slopes = jax.grad(loss)(weights)
    return [w - lr * g for w, g in zip(weights, slopes)]

advance = jax.jit(lambda weights, n: jax.lax.fori_loop(0, n, step, weights))
jax.block_until_ready(advance(start, 1))
for line in sys.stdin.buffer:
    begun = time.perf_counter()
    weights = jax.block_until_ready(advance(start, int(line)))
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "last": weights[-1].tolist()}), flush=True)
"""


def seconds(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def show(label, ratios, bar=None):
    median, low, high = statistics.median(ratios), min(ratios), max(ratios)
    verdict = (
        "" if bar is None else f"   bar {bar:g}: {'met' if median >= bar else 'MISSED'}"
    )
    print(
        f"{label}: {median:.3g} times (from {low:.3g} to {high:.3g}, "
        f"{len(ratios)} runs){verdict}",
        flush=True,
    )


def against_cvxpy(n, num_observed, repeats, bar):
    if importlib.util.find_spec("cvxpy") is None:
        print("cvxpy is not installed (pip install cvxpy): comparison skipped")
        return
    import cvxpy as cp

    task = problem(n, 5, num_observed, np.random.default_rng(0))
    best = nuclear_norm(task.observed, task.mask, tol=1e-9)

    def scs():
        x = cp.Variable((n, n))
        cp.Problem(
            cp.Minimize(cp.normNuc(x)), [cp.multiply(task.mask, x) == task.observed]
        ).solve(solver=cp.SCS)
        return x.value

    ratios = []
    for _ in range(repeats):
        theirs, x = seconds(scs)
        # Judged as a feasible completion, as ours is: observed entries put in exactly.
        reached = (
            np.linalg.norm(np.where(task.mask, task.observed, x), "nuc")
            / best.lower_bound
            - 1
        )
        accuracy = max(reached, 1e-9)
        ours, done = seconds(
            lambda tol=accuracy: nuclear_norm(task.observed, task.mask, tol=tol)
        )
        proved = done.gap / done.objective
        print(
            f"  n={n}, {num_observed} entries: cvxpy+SCS {theirs:.2f} s, "
            f"off by {reached:.1e}; nuclear_norm {ours:.3f} s, "
            f"proved within {proved:.1e}, {done.iterations} iterations"
        )
        ratios.append(theirs / ours)
    show(f"nuclear_norm faster than cvxpy+SCS at n={n}", ratios, bar)


def torch_loop(factors, task, lr):
    import torch

    if os.environ.get("OMP_NUM_THREADS", "").isdigit():
        torch.set_num_threads(
            int(os.environ["OMP_NUM_THREADS"])
        )  # recent versions overlook the variable
    weights = [torch.tensor(factor, requires_grad=True) for factor in factors]
    mask, observed = (
        torch.tensor(task.mask, dtype=torch.float64),
        torch.tensor(task.observed),
    )
    count = int(task.mask.sum())
    sgd = torch.optim.SGD(weights, lr=lr)

    def advance(num_steps):
        for _ in range(num_steps):
            sgd.zero_grad()
            end_to_end = weights[0]
            for weight in weights[1:]:
                end_to_end = weight @ end_to_end
            loss = ((mask * (end_to_end - observed)) ** 2).sum() / count
            loss.backward()
            sgd.step()
        return [weight.detach().numpy() for weight in weights]

    return advance


@contextlib.contextmanager
def jax_loop(python, start, task, dtype):
    """The same loop by JAX, in its own process: a function from steps to its answer."""
    worker = subprocess.Popen(
        [python, "-c", JAX, dtype],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    content = io.BytesIO()
    np.savez(
        content, *start.factors, mask=task.mask, observed=task.observed, lr=start.lr
    )
    worker.stdin.write(b"%d\n" % content.tell() + content.getvalue())

    def advance(num_steps):
        worker.stdin.write(b"%d\n" % num_steps)
        worker.stdin.flush()
        return json.loads(worker.stdout.readline())

    yield advance
    worker.stdin.close()
    worker.wait()


def products(n):
    """Eight n x n products a step by NumPy's BLAS: the faster of one thread and all."""
    from threadpoolctl import threadpool_limits

    a, b, out = np.random.default_rng(0).standard_normal((3, n, n))

    def advance(num_steps):
        for _ in range(8 * num_steps):
            np.dot(a, b, out=out)

    def single(num_steps):
        with threadpool_limits(1, user_api="blas"):
            advance(num_steps)

    return lambda num_steps: min(
        seconds(lambda: single(num_steps))[0], seconds(lambda: advance(num_steps))[0]
    )


def library_loop(start, task, engine, dtype="float64"):
    """num_steps from the start, as a reader would take them: with all looks."""

    def advance(num_steps):
        return deep_factorization(
            task.observed,
            task.mask,
            init=start.factors,
            lr=start.lr,
            max_steps=num_steps,
            tol=0,
            gradient_tol=0,
            engine=engine,
            dtype=dtype,
        ).factors

    return advance


def against_autograd(n=100, num_observed=2000, num_steps=400):
    task = problem(n, 5, num_observed, np.random.default_rng(0))
    start = deep_factorization(task.observed, task.mask, depth=3, max_steps=0)
    ours, plain = (library_loop(start, task, engine) for engine in ("numba", "numpy"))
    theirs = (
        torch_loop(start.factors, task, start.lr)
        if importlib.util.find_spec("torch")
        else None
    )
    bound = products(n)
    if theirs is None:
        print("PyTorch is not installed (pip install torch): comparison skipped")
    else:
        theirs(50)
    ours(50)
    rates = {"ours": [], "NumPy loop": [], "8 products": [], "PyTorch": []}
    for _ in range(REPEATS):
        rates["ours"].append(num_steps / seconds(lambda: ours(num_steps))[0])
        if theirs is not None:
            rates["PyTorch"].append(num_steps / seconds(lambda: theirs(num_steps))[0])
        rates["NumPy loop"].append(num_steps / seconds(lambda: plain(num_steps))[0])
        rates["8 products"].append(num_steps / bound(num_steps))
    print(
        "  steps a second: "
        + ", ".join(f"{k} {statistics.median(v):.0f}" for k, v in rates.items() if v)
    )
    for name, bar in (("PyTorch", 2.5), ("NumPy loop", None), ("8 products", None)):
        if rates[name]:
            ratios = [a / b for a, b in zip(rates["ours"], rates[name], strict=True)]
            show(f"deep_factorization, n={n}, depth 3, against {name}", ratios, bar)
    if theirs is not None:
        one, other = ours(300)[-1], torch_loop(start.factors, task, start.lr)(300)[-1]
        print(
            "  after 300 steps the last factors differ by "
            f"{np.abs(one - other).max():.1e}"
        )


def against_jax(python, n=100, num_observed=2000, num_steps=400):
    """Each precision with itself, and how far the answers of all four are apart."""
    task = problem(n, 5, num_observed, np.random.default_rng(0))
    start = deep_factorization(task.observed, task.mask, depth=3, max_steps=0)
    exact = library_loop(start, task, "numba")(num_steps)[-1]
    for dtype, bar in (("float64", None), ("float32", 1.2)):
        ours, ratios = library_loop(start, task, "numba", dtype), []
        last = ours(num_steps)[-1]
        with jax_loop(python, start, task, dtype) as theirs:
            theirs(50)
            for _ in range(REPEATS):
                own = seconds(lambda ours=ours: ours(num_steps))[0]
                other = theirs(num_steps)
                ratios.append(other["seconds"] / own)
        print(
            f"  {dtype}: {num_steps / own:.0f} steps a second, JAX "
            f"{num_steps / other['seconds']:.0f}; after {num_steps} steps the last "
            "factor is off our float64's by "
            f"{np.abs(last - exact).max():.1e}, JAX's by "
            f"{np.abs(np.array(other['last']) - exact).max():.1e}"
        )
        show(f"deep_factorization in {dtype}, n={n}, depth 3, against JAX", ratios, bar)


def errors():
    rows = []
    for seed in range(3):
        task = problem(100, 5, 2000, np.random.default_rng(seed))
        convex = nuclear_norm(task.observed, task.mask, tol=1e-5)
        deep = deep_factorization(task.observed, task.mask, depth=3, rng=seed)
        rows.append(
            [
                relative_error(done.matrix, task.truth, task.mask)
                for done in (convex, deep)
            ]
        )
    convex, deep = np.median(rows, axis=0)
    print(
        "median error on unobserved entries, n=100, rank 5, 2000 seen: nuclear norm "
        f"{convex:.3f} (bar > .1), depth 3 {deep:.4f} (bar < .05)"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jax", default=os.environ.get("JAX_PYTHON"))
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    errors()
    against_autograd()
    if arguments.jax:
        against_jax(arguments.jax)
    else:
        print("no --jax: comparison with JAX skipped")
    against_cvxpy(100, 2000, 3, 1)
    if not arguments.quick:
        against_cvxpy(300, 18_000, 1, 10)


if __name__ == "__main__":
    main()
