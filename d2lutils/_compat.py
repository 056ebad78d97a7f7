"""MXNet 1.9.1 on a newer NumPy: put back the names that NumPy has dropped since 1.23.

MXNet re-exports about fifty functions of NumPy by attribute while it is imported, so
each must exist by then. Names with a successor get it; the others get a stub that
raises when called. All this happens when MXNet is imported, never to who does not.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import pathlib
import re
import sys
import types
import warnings
from collections.abc import Sequence

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


def prepare() -> None:
    """Make a later ``import mxnet`` work on a NumPy newer than 1.23."""
    newer = np.lib.NumpyVersion(np.__version__) >= "1.24.0"
    if newer and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
    """Finds MXNet where the others find it, and has NumPy's names put back first.

    First when it is executed, for looking whether it is installed is no import.
    """

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != "mxnet":
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is None or spec.loader is None or spec.origin is None:
            return spec
        loader, folder = spec.loader, pathlib.Path(spec.origin).parent
        execute = loader.exec_module

        def exec_module(module: types.ModuleType) -> None:
            _restore_names(folder)
            execute(module)

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _restore_names(mxnet: pathlib.Path) -> None:
    """Give NumPy each name that MXNet's sources in this folder ask it for."""
    successors = _SUCCESSORS | {"trapz": getattr(np, "trapezoid", None) or np.trapz}
    for name, value in (_TYPES | successors).items():
        if name not in vars(np):
            setattr(np, name, value)
    for file in ("fallback.py", "utils.py", "fallback_linalg.py"):
        path = mxnet / "numpy" / file
        source = path.read_text(encoding="utf8") if path.exists() else ""
        for linalg, name in re.findall(r"\bonp\.(linalg\.)?([A-Za-z_]\w*)", source):
            _stub(np.linalg if linalg else np, name)
    if "compat" not in vars(np):
        np.compat = types.SimpleNamespace(  # type: ignore[attr-defined]
            basestring=str, long=int, unicode=str
        )


def _stub(module: types.ModuleType, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # asking a newer NumPy for an old name warns
        if hasattr(module, name):
            return

    def gone(*args: object, **kwargs: object) -> None:
        raise AttributeError(
            f"numpy.{name} was removed in NumPy 1.24 or later; "
            f"this is NumPy {np.__version__}"
        )

    gone.__name__ = name
    setattr(module, name, gone)
