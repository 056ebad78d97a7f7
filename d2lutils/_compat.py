"""MXNet 1.9.1 on a newer NumPy: put back the names that NumPy has dropped since 1.23.

MXNet re-exports about fifty functions of NumPy by attribute while it is imported, so each must exist by
then. Names with a successor get it; the others get a stub that raises when called.
"""

import importlib.util
import pathlib
import re
import types
import warnings

import numpy as np

_TYPES = {
    "bool": bool,
    "int": int,
    "float": float,
    "object": object,
    "str": str,
    "complex": complex,
}
_SUCCESSORS = {
    "PZERO": 0.0,
    "NZERO": -0.0,
    "PINF": np.inf,
    "NINF": -np.inf,
    "Inf": np.inf,
    "Infinity": np.inf,
    "infty": np.inf,
    "NaN": np.nan,
    "NAN": np.nan,
    "product": np.prod,
    "cumproduct": np.cumprod,
    "sometrue": np.any,
    "alltrue": np.all,
    "in1d": np.isin,
    "row_stack": np.vstack,
    "round_": np.round,
    "float_": np.float64,
    "unicode_": np.str_,
    "string_": np.bytes_,
}


def restore_numpy_names():
    """Make ``import mxnet`` work on the installed NumPy. Does nothing on NumPy < 1.24 or without MXNet."""
    spec = importlib.util.find_spec("mxnet")
    if (
        np.lib.NumpyVersion(np.__version__) < "1.24.0"
        or spec is None
        or spec.origin is None
    ):
        return
    successors = _SUCCESSORS | {"trapz": getattr(np, "trapezoid", None) or np.trapz}
    for name, value in (_TYPES | successors).items():
        if name not in vars(np):
            setattr(np, name, value)
    root = pathlib.Path(spec.origin).parent / "numpy"
    for file in ("fallback.py", "utils.py", "fallback_linalg.py"):
        path = root / file
        source = path.read_text(encoding="utf8") if path.exists() else ""
        for linalg, name in re.findall(r"\bonp\.(linalg\.)?([A-Za-z_]\w*)", source):
            _stub(np.linalg if linalg else np, name)
    if "compat" not in vars(np):
        np.compat = types.SimpleNamespace(basestring=str, long=int, unicode=str)  # type: ignore[attr-defined]


def _stub(module, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # asking a newer NumPy for an old name warns
        if hasattr(module, name):
            return

    def gone(*args, **kwargs):
        raise AttributeError(
            f"numpy.{name} was removed in NumPy 1.24 or later; this is NumPy {np.__version__}"
        )

    gone.__name__ = name
    setattr(module, name, gone)
