"""Compiled code where it cannot be cached, in forked processes and under joblib."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numba import types

from d2lutils import _machine, kernels
from d2lutils.kernels import _dense, _slices

READ_ONLY = """
import os
import tempfile

import numba


def refuse(*args, **kwargs):
    raise PermissionError("read-only file system")


os.environ.pop("NUMBA_CACHE_DIR", None)
tempfile.TemporaryFile = refuse  # by which Numba tries whether a folder can be written
try:
    numba.njit(cache=True)(lambda: 0)
except RuntimeError as error:
    assert "cannot cache" in str(error)
else:
    raise AssertionError("Numba has found a folder")

from d2lutils import kernels

assert abs(kernels.ntk([[3.0, 4.0]], depth=1)[0, 0] - 50) < 1e-9
import d2lutils.kernels._convolution  # all of whose functions ask for a cache
"""

WORKERS = """
import multiprocessing

import numpy as np
from joblib import Parallel, delayed

from d2lutils.kernels import KernelRegression, cntk, ntk

X = np.random.default_rng(0).standard_normal((40, 18))
IMAGES = X.reshape(40, 2, 3, 3)[:17]


def work(_):
    K = ntk(X, depth=2)
    return cntk(IMAGES, depth=2), K, KernelRegression(K, X[:, 0]).predict(K)


def check(results):
    assert len(results) == 3
    for result in results:
        for ours, theirs in zip(expected, result):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)


fork = multiprocessing.get_context("fork")
with fork.Pool(2) as pool:  # compiled, or read from the cache, in the children
    first = pool.map_async(work, range(3)).get(90)
expected = work(0)
check(first)
with fork.Pool(2) as pool:  # compiled, and threads started, in the parent
    check(pool.map_async(work, range(3)).get(90))
for backend in ("threading", "loky", "multiprocessing"):
    check(Parallel(2, backend=backend)(delayed(work)(i) for i in range(3)))
"""


def run(script, tmp_path):
    """Run a script as a reader does, who lets libraries use all cores."""
    path = tmp_path / "script.py"
    path.write_text(script)
    pinned = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    environment = {k: v for k, v in os.environ.items() if k not in pinned}
    done = subprocess.run(
        [sys.executable, path],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_without_a_folder_for_the_cache(tmp_path):
    run(READ_ONLY, tmp_path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_in_forked_processes_and_under_joblib(tmp_path):
    run(WORKERS, tmp_path)


def test_cached_code_knows_no_class_of_ours():
    """A cache that names a class cannot be read once the class has another name."""
    kernels.cntk(np.ones((1, 1, 3, 3)), depth=1)
    for entry in (_slices.pooled, _dense.dense):
        for signature in entry.signatures:
            assert not [t for t in signature if isinstance(t, types.BaseNamedTuple)]


def test_arc_cosine_is_for_compiled_code():
    with pytest.raises(NotImplementedError, match="njit"):
        _dense.arc_cosine(0.5)


@pytest.mark.parametrize(
    ("told", "count"), [("3", 3), ("4,2", 4), ("", None), ("0", None), ("all", None)]
)
def test_threads_that_the_environment_asks_for(monkeypatch, told, count):
    monkeypatch.setenv("NUMBA_NUM_THREADS", told)
    assert _machine.threads("NUMBA_NUM_THREADS") == (count or _machine.cores())
