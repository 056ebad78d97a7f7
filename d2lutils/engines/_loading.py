"""Frameworks are imported here, by name, when they are first needed."""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType

from d2lutils import networks
from d2lutils._machine import cores
from d2lutils.engines._protocol import Backend


def load(name: str) -> ModuleType:
    """The module of an engine."""
    # MXNet reads this once, when it is imported, and would take half of the cores.
    if name == "mxnet" and name not in sys.modules:
        os.environ.setdefault("OMP_NUM_THREADS", str(cores()))
    return importlib.import_module(f"d2lutils.engines._{name}")


def make_backend(
    engine: str, layout: networks.Layout, device: str, dtype: str
) -> Backend:
    """A network's arrays on a device of an engine."""
    return load(engine).Backend(layout, device, dtype)
