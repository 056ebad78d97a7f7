"""The settings with which notebooks are made and tests run."""

# What makes two machines give the same bytes: one thread, so that sums are taken in one
# order; the instruction set that all supported processors have, so that BLAS and oneDNN
# take the same kernels; hashing without salt.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "PYTHONHASHSEED": "0",
    "MXNET_SUBGRAPH_VERBOSE": "0",
    "D2LUTILS_PROGRESS": "0",
}
