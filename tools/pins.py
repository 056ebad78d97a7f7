"""The settings with which notebooks are made and tests run."""

import importlib.metadata
import pathlib

# What makes two machines give the same bytes: one thread, so that sums are taken in one
# order; the instruction set that all supported processors have, so that BLAS and oneDNN
# take the same kernels; hashing without salt. MKL, PyTorch's BLAS, cuts its matrices by
# the sizes of the processor's caches unless it is told a branch, and this one is the
# only one that it takes on AMD's, too.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "MKL_CBWR": "COMPATIBLE",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "PYTHONHASHSEED": "0",
    "MXNET_SUBGRAPH_VERBOSE": "0",
    "D2LUTILS_PROGRESS": "0",
}


def _flags():
    """What the processor can do, in Linux's words."""
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf8")
    except OSError:
        return set()
    lines = [line for line in text.splitlines() if line.startswith("flags")]
    return set(lines[0].split(":")[1].split()) if lines else set()


def _numpy():
    """NumPy's release, without importing it: it reads these settings once."""
    try:
        release = importlib.metadata.version("numpy")
    except importlib.metadata.PackageNotFoundError:
        return (0, 0)
    return tuple(int(number) for number in release.split(".")[:2])


FLAGS = _flags()

# Numba compiles for the processor that it finds.
if {"avx2", "fma"} <= FLAGS:
    ENVIRONMENT |= {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2"}

# NumPy takes exp, log and tanh from another library where there is AVX512. It warns
# when it is told to do without what is not there, or by a name of another release.
if {f"avx512{part}" for part in ("f", "cd", "bw", "dq", "vl")} <= FLAGS:
    features = "X86_V4" if _numpy() >= (2, 4) else "AVX512F AVX512CD AVX512_SKX"
    ENVIRONMENT["NPY_DISABLE_CPU_FEATURES"] = features
