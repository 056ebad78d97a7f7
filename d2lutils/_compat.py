"""What is done around the import of other packages, never to who does not import them.

MXNet 1.9.1 on a newer NumPy: MXNet re-exports about fifty functions of NumPy by
attribute while it is imported, so each must exist by then. Names that NumPy has dropped
since 1.23 are put back; those with a successor get it, the others a stub that raises
when called.

d2l without torchvision and pandas: they serve a few of its functions only, and
torchvision takes as long as all the rest (it loads PyTorch's compiler). So they are
imported when one of these functions asks for them.

MXNet without scikit-learn: for the base class of an estimator that MXNet gave up long
ago (``mxnet.model.FeedForward``) it imports all of it, a quarter of its time.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import pathlib
import re
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Sequence

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
    """Make later imports of ``mxnet`` and ``d2l`` do what is said above."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path[:0] = [
        _Finder("d2l.mxnet", _d2l),
        _Finder("d2l.torch", _d2l),
        _Finder("mxnet", _mxnet),
    ]


class _Finder(importlib.abc.MetaPathFinder):
    """Finds a module where the others find it, and enters a context to execute it.

    Only when it is executed, for looking whether it is installed is no import.
    """

    def __init__(
        self,
        name: str,
        around: Callable[[str], contextlib.AbstractContextManager[None]],
    ):
        self.name, self.around = name, around

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is None or spec.loader is None or spec.origin is None:
            return spec
        loader, origin = spec.loader, spec.origin
        execute = loader.exec_module

        def exec_module(module: types.ModuleType) -> None:
            with self.around(origin):
                execute(module)

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


class _Later(types.ModuleType):
    """Stands for a module that is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # whoever goes through all modules asks for such
            raise AttributeError(name)
        _remove_stand_ins()
        return getattr(importlib.import_module(self.__name__), name)


def _remove_stand_ins() -> None:
    for name, module in list(sys.modules.items()):
        if isinstance(module, _Later):
            del sys.modules[name]


@contextlib.contextmanager
def _d2l(origin: str) -> Iterator[None]:
    """Within, modules of this name stand for what is imported; others never see them.

    origin: the file, of the name of a framework.
    """
    framework = pathlib.Path(origin).stem
    importlib.import_module(framework)  # has no business with stand-ins
    if "pandas" not in sys.modules:
        sys.modules["pandas"] = _Later("pandas")
    if framework == "torch" and "torchvision" not in sys.modules:
        package, transforms = _Later("torchvision"), _Later("torchvision.transforms")
        package.transforms = transforms  # type: ignore[attr-defined]
        sys.modules |= {module.__name__: module for module in (package, transforms)}
    try:
        yield
    finally:
        _remove_stand_ins()


@contextlib.contextmanager
def _mxnet(origin: str) -> Iterator[None]:
    """With the names that MXNet, whose ``__init__.py`` this is, asks NumPy for; as if
    scikit-learn were not installed.
    """
    if np.lib.NumpyVersion(np.__version__) >= "1.24.0":
        _restore_names(pathlib.Path(origin).parent)
    sys.modules.setdefault("sklearn.base", None)  # type: ignore[arg-type]
    try:
        yield
    finally:
        if sys.modules.get("sklearn.base") is None:
            sys.modules.pop("sklearn.base", None)


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
