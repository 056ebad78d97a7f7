"""One protocol, two engines: MXNet ("mxnet", Gluon's compiled graphs) and PyTorch ("torch").

    model = engines.build(mlp([64, 64], 10), input_shape=(64,), seed=0)
    loss_and_gradient = model.objective(images, labels)      # a function of the flat parameters
    value, gradient = loss_and_gradient(model.parameters)

Only the modules of this package import a framework, and only when a model is built. Which one: the argument
`engine`, else the environment variable D2LUTILS_ENGINE, else what is installed, MXNet first. Both use all cores, or
as many threads as the environment variable OMP_NUM_THREADS says (MXNet's last digits depend on that number).
"""

import importlib
import importlib.util
import os
import sys
import warnings

import numpy as np

from d2lutils import _checks, networks
from d2lutils._machine import cores, quiet
from d2lutils.engines._model import LayerGradients, Model
from d2lutils.engines._optimizers import SGD as SGD
from d2lutils.engines._optimizers import Adam as Adam

__all__ = [
    "ENGINES",
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
_told: set[str] = set()


def available():
    """Names of the installed engines, a tuple; the first one is the default."""
    return tuple(name for name in ENGINES if importlib.util.find_spec(name) is not None)


def choose(engine=None):
    """Name of the engine to use: the argument, else D2LUTILS_ENGINE, else the first one installed.

    Raises ValueError for an unknown name, ImportError if the engine is not installed.
    """
    installed = available()
    name = (
        engine
        if engine is not None
        else os.environ.get("D2LUTILS_ENGINE") or (installed or ENGINES)[0]
    )
    _checks.choice("engine", name, ENGINES)
    if name not in installed:
        hint = (
            "pip install torch"
            if name == "torch"
            else "x86-64 Linux and Intel macOS only, else use 'torch'"
        )
        raise ImportError(
            f"engine {name!r} is not installed ({hint}); installed: {', '.join(installed) or 'none'}"
        )
    return name


def choose_device(engine=None, device=None):
    """The device to use, "gpu" or "cpu". Without `device`: the GPU if a tiny computation on it works, else the CPU.

    Says once a process which device it took (unless `quiet`), and warns once if a GPU is there that the engine
    cannot use. Raises ValueError for another name, RuntimeError if "gpu" was asked for and is not usable.
    """
    _checks.choice("device", device, (None, "cpu", "gpu"))
    name = choose(engine)
    if device == "cpu":
        return "cpu"
    trouble = _load(name).gpu_trouble()
    if device == "gpu" and trouble:
        raise RuntimeError(
            f"device='gpu' was asked for, but {name} cannot use one here: {trouble}"
        )
    if trouble and not trouble.startswith("no GPU") and name not in _told:
        warnings.warn(f"the GPU is not used: {trouble}", stacklevel=2)
    if name not in _told and not quiet():
        print(f"{name} computes on the {'CPU' if trouble else 'GPU'}", file=sys.stderr)
    _told.add(name)
    return "cpu" if trouble else "gpu"


def build(
    network,
    input_shape,
    *,
    parameters=None,
    seed=0,
    scheme="he",
    gain=1.0,
    engine=None,
    device=None,
    dtype="float32",
):
    """Make a `Model`: a network with parameters on a device.

    network: networks.Network. input_shape: shape of one input, (features,) or (channels, height, width).
    parameters: (P,), or None to draw them by networks.initial_parameters(..., seed, scheme, gain).
    engine, device: see `choose` and `choose_device`. dtype: "float32" or "float64".
    """
    _checks.choice("dtype", dtype, ("float32", "float64"))
    networks.output_shape(
        network, input_shape
    )  # a wrong shape is told before a framework is loaded
    _checks.fits("network", networks.num_parameters(network, input_shape))
    _checks.choice("scheme", scheme, networks.SCHEMES)
    gain, seed = _checks.real("gain", gain, 0), _checks.seed("seed", seed)
    if parameters is None:
        parameters = networks.initial_parameters(
            network, input_shape, seed, scheme, gain
        )
    parameters = _checks.array("parameters", parameters)
    with np.errstate(over="ignore"):  # what the check is about
        if not np.isfinite(parameters.astype(dtype)).all():
            raise ValueError(f"parameters must be finite in {dtype}, got larger ones")
    name = choose(engine)
    device = choose_device(name, device)
    backend = _load(name).Backend(network, tuple(input_shape), device, dtype)
    model = Model(network, tuple(input_shape), name, device, dtype, backend)
    model.parameters = parameters
    return model


def _load(name):
    # MXNet reads this once, when it is imported, and would take half of the cores.
    if name == "mxnet" and name not in sys.modules:
        os.environ.setdefault("OMP_NUM_THREADS", str(cores()))
    return importlib.import_module(f"d2lutils.engines._{name}")
