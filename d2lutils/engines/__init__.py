"""One protocol, two engines: MXNet (Gluon's compiled graphs) and PyTorch.

::

    model = engines.build(mlp([64, 64], 10), input_shape=(64,), seed=0)
    loss_and_gradient = model.objective(images, labels)   # of the flat parameters
    value, gradient = loss_and_gradient(model.parameters)

Only the modules of this package import a framework, and only when a model is built.
Which one: the argument ``engine``, else the environment variable D2LUTILS_ENGINE, else
the framework that the notebook or program has imported, else what is installed, MXNet
first.

Both use all cores, or as many threads as the environment variable OMP_NUM_THREADS says.
MXNet's last digits depend on that number. PyTorch's threads wait for each other: on a
machine whose cores are busy with other things, two of them have been 8 times slower
than ``OMP_NUM_THREADS=1``. In a forked process PyTorch computes on one thread, since
those of its parent are not there.

A GPU is NVIDIA's for MXNet; NVIDIA's (CUDA), AMD's (ROCm) or Apple's (MPS) for PyTorch.
None of them was ever tried: all that the book shows was computed on CPUs. Apple's know
no float64, which stays on the CPU.

In float64 MXNet still takes some constants as float32. So `networks.BatchNorm`'s
running averages are off by up to 3e-7 of themselves, the slope of `networks.LeakyReLU`
by 2e-7, the factor of `networks.Dropout` and the ``epsilon`` of `networks.LayerNorm` by
6e-8. On PyTorch they are exact.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from d2lutils import _checks, networks
from d2lutils._machine import cores, quiet
from d2lutils.engines import _data
from d2lutils.engines._data import LOSSES
from d2lutils.engines._loading import load as _load
from d2lutils.engines._model import LayerGradients, Model
from d2lutils.engines._optimizers import SGD as SGD
from d2lutils.engines._optimizers import Adam as Adam
from d2lutils.engines._stack import Stack as Stack
from d2lutils.engines._stack import fresh_state as fresh_state
from d2lutils.engines._stack import stackable as stackable
from d2lutils.engines._stack_trainer import StackTrainer as StackTrainer

__all__ = [
    "ENGINES",
    "LOSSES",
    "LayerGradients",
    "Model",
    "available",
    "build",
    "choose",
    "choose_device",
    "cores",
    "quiet",
]

ENGINES = ("mxnet", "torch")
DTYPES = ("float32", "float64")
_told: set[str] = set()


def available() -> tuple[str, ...]:
    """Names of the installed engines; the first one is the default."""
    return tuple(name for name in ENGINES if importlib.util.find_spec(name) is not None)


def choose(engine: str | None = None) -> str:
    """Name of the engine to use.

    Parameters
    ----------
    engine : {"mxnet", "torch"}, optional
        By default what the environment variable D2LUTILS_ENGINE says, else the first
        one installed, and of these one whose framework is already imported.

    Raises
    ------
    ValueError
        For an unknown name.
    ImportError
        If the engine is not installed.
    """
    installed = available()
    name = engine
    if name is None:
        name = os.environ.get("D2LUTILS_ENGINE") or _nearest(installed)
    _checks.choice("engine", name, ENGINES)
    if name not in installed:
        hint = (
            "pip install torch"
            if name == "torch"
            else "x86-64 Linux and Intel macOS only, else use 'torch'"
        )
        raise ImportError(
            f"engine must be installed, {name!r} is not ({hint}); "
            f"installed: {', '.join(installed) or 'none'}"
        )
    return name


def _nearest(installed):
    """The first engine installed whose framework this process has imported already."""
    imported = [name for name in installed if name in sys.modules]
    return (imported or installed or ENGINES)[0]


def choose_device(
    engine: str | None = None, device: str | None = None, dtype: str = "float32"
) -> str:
    """The device to use, "gpu" or "cpu".

    Says once a process that it took the GPU (unless `quiet`), and warns once if one is
    there that the engine cannot use.

    Parameters
    ----------
    engine : str, optional
        See `choose`.
    device : str, optional
        Without it, the GPU if a tiny computation on it works, else the CPU.
    dtype : {"float32", "float64"}
        What is to be computed there: Apple's GPUs know no float64.

    Raises
    ------
    ValueError
        For another name.
    RuntimeError
        If "gpu" was asked for and is not usable.
    """
    _checks.choice("device", device, (None, "cpu", "gpu"))
    _checks.choice("dtype", dtype, DTYPES)
    name = choose(engine)
    if device == "cpu":
        return "cpu"
    trouble = _load(name).gpu_trouble(dtype)
    if device == "gpu" and trouble:
        raise RuntimeError(
            f"device='gpu' was asked for, but {name} cannot use one here: {trouble}"
        )
    if trouble and not trouble.startswith("no GPU") and name not in _told:
        warnings.warn(f"the GPU is not used: {trouble}", stacklevel=2)
    if not trouble and name not in _told and not quiet():
        print(f"{name} computes on the GPU", file=sys.stderr)
    _told.add(name)
    return "cpu" if trouble else "gpu"


def build(
    network: networks.Network,
    input_shape: Sequence[int],
    *,
    parameters: ArrayLike | None = None,
    seed: Any = 0,
    scheme: str = "he",
    gain: float = 1.0,
    engine: str | None = None,
    device: str | None = None,
    dtype: str = "float32",
) -> Model:
    """Make a `Model`: a network with parameters on a device.

    Parameters
    ----------
    network : networks.Network
        What to build.
    input_shape : sequence of int
        Shape of one input, (features,) or (channels, height, width).
    parameters : array of shape (P,), optional
        Initial ones; without them they are drawn.
    seed, scheme, gain
        How: see `networks.initial_parameters`.
    engine : str, optional
        See `choose`.
    device : str, optional
        See `choose_device`.
    dtype : str
        "float32" or "float64".

    Returns
    -------
    Model
        The network, ready to be evaluated and trained.

    Raises
    ------
    ValueError
        For shapes that do not fit, before a framework is loaded; for parameters that
        are not finite in `dtype`.
    """
    _checks.choice("dtype", dtype, DTYPES)
    layout = networks.layout(network, input_shape)
    _checks.fits("network", layout.size)
    _checks.choice("scheme", scheme, networks.SCHEMES)
    gain, seed = _checks.real("gain", gain, 0), _checks.seed("seed", seed)
    if parameters is None:
        parameters = networks.draw_parameters(layout, seed, scheme, gain)
    parameters = _checks.array("parameters", parameters)
    _data.finite_in(dtype, "parameters", parameters)
    name = choose(engine)
    device = choose_device(name, device, dtype)
    model = Model(layout, name, device, dtype, parameters)
    model.load()
    return model
