"""What an argument may be, by its name: in d2lutils one name means one thing, and who
deviates says so in the table.
"""

import numpy as np
from bad_inputs import (
    INF,
    NAN,
    Argument,
    array,
    fixed,
    function,
    input_shape,
    made,
    name,
    number,
    other,
    positive,
    rng,
    seed,
    share,
    size,
    truths,
)

from d2lutils import datasets, landscapes, networks, search

X = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, -1.0]])
Y = np.array([0.5, -1.0, 2.0])
LABELS = np.array([0, 1, 1])
SYMMETRIC = np.array([[2.0, 0.5, 0.1], [0.5, 1.5, 0.2], [0.1, 0.2, 1.0]])
TRIANGLE = np.array([[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 1], [0, 0, 1, 0]])
MATRIX = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 1.0]])
OBSERVED, MASK = (
    np.outer([1.0, 2.0, -1.0], [1.0, 0.5, 2.0]),
    np.array([[1, 1, 0], [1, 0, 1], [1, 1, 1]], bool),
)
SMALL = networks.mlp(3, 2)
FLAT = networks.initial_parameters(SMALL, (2,), 0)
SPACE = {"lr": search.log_uniform(1e-3, 1.0)}

INTERVAL = other(
    (0.5, 1.5),
    (1.0,),
    (1.5, 0.5),
    (NAN, 1.0),
    (0.0, INF),
    (1.0, 1.0),
    (1j, 2.0),
    doubtful=((10.0, 12.0),),
)
FOLDER = Argument(None, (3, NAN, []))
FLAG = fixed(True)
NOT_NEGATIVE = number(0.1, (-1.0, INF))


def data():
    return datasets.Dataset(X.astype(np.float32), LABELS)


def trial(config, resource, state=None):
    return float(config["lr"])


def axes():
    import matplotlib.figure

    return matplotlib.figure.Figure().subplots()


NAMES = {
    # landscapes and descent
    "landscape": made(landscapes.double_well),
    "domain": INTERVAL,
    "dim": size(1),
    "starts": array([[0.2, 0.3], [1.0, 0.5]]),
    "start": array([0.0, 1.0]),
    "end": array([1.0, 0.0]),
    "t": array([0.1, 0.5]),
    "x": array([0.6, 1.0]),
    "z": array([0.1, 0.2]),
    "lr": positive(0.1),
    "num_steps": size(3, 0),
    "max_steps": size(3, 0),
    "momentum": share(0.5),
    "tolerance": positive(1e-3),
    "function": function(lambda x: 2 * x),
    "point": array([0.5, 1.0, 2.0]),
    "eps": positive(1e-5),
    "tol": number(1e-3, (-1.0, INF), (0.0,)),
    # data and random numbers
    "rng": rng(),
    "seed": seed(),
    "sigma": NOT_NEGATIVE,
    "noise": NOT_NEGATIVE,
    "signal": NOT_NEGATIVE,
    "X": array(X),
    "Z": array(X),
    "y": truths(np.array([1, -1, 1])),
    "n": size(3),
    "d": size(2),
    "images": array(X),
    "labels": truths(LABELS),
    "root": FOLDER,
    # linear models, hardness
    "w0": array([0.1, 0.2]),
    "weights": array([0.1, 0.2]),
    "penalty": positive(0.1),
    "bias": FLAG,
    "num_inputs": size(2),
    "num_elements": size(3),
    "output": name("either", "and", "or"),
    "Q": array(SYMMETRIC),
    "adjacency": array(TRIANGLE),
    "s": number(0.6, (-0.1, 1.0, INF), (0.0,)),
    # matrices and kernels
    "matrix": array(MATRIX),
    "target": array(MATRIX),
    "observed": array(OBSERVED),
    "mask": truths(MASK),
    "rank": size(1),
    "u": array([0.1, 0.5]),
    "kernel": array(SYMMETRIC),
    "targets": array(Y),
    # networks
    "network": made(lambda: SMALL),
    "input_shape": input_shape((2,)),
    "shape": input_shape((2,)),
    "parameters": array(FLAT),
    "depth": size(3),
    "width": size(4),
    "hidden": size(2),
    "num_outputs": size(10),
    "padding": size(0, 0),
    "stride": size(2),
    "activation": name("relu", "tanh"),
    "residual": number(1.0, (-1.0, INF)),
    "affine": FLAG,
    "epsilon": number(1e-5, (-1.0, INF)),
    "scheme": name("he", "zeros"),
    "gain": number(1.0, (-1.0, INF)),
    "loss": name("cross_entropy", "squared"),
    "training": FLAG,
    "weight_decay": number(0.0, (-1.0, INF)),
    "engine": Argument(None, ("text", 3, NAN, [])),
    "device": Argument("cpu", ("text", 3, NAN, [])),
    "dtype": Argument("float32", (None, "text", 3, []), ("float64",)),
    "progress": fixed(False),
    "callback": function(lambda *what: None),
    # searches
    "objective": function(trial),
    "space": made(lambda: dict(SPACE), {"lr": 3}, {"lr": (0.1, 1.0)}, {}),
    "max_resource": size(3),
    "resource": size(1),
    "eta": size(3, 2),
    "num_configs": size(2),
    "n_jobs": Argument(1, ("text", 0, 2.5, NAN, [], True)),
    "timeout": Argument(None, ("text", 0, -1.0, NAN, INF, [], True)),
    "trust_state": FLAG,
    "folder": FOLDER,
    "high": number(1.0, (INF, -1.0), ()),
    "value": name("loss"),
    # pictures
    "ax": made(axes),
    "color": fixed(None),
    "label": fixed(None),
    "alt": Argument(None, (3, "", "  ")),
}
