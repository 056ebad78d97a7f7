"""The table behind test_bad_inputs.py: each public name of d2lutils with arguments that work, or why it has no row."""

import numpy as np
from bad_inputs import (
    INF,
    NAN,
    Argument,
    array,
    budget,
    drawn,
    fixed,
    function,
    input_shape,
    made,
    name,
    number,
    optional,
    positive,
    rng,
    seed,
    share,
    size,
    truths,
)

from d2lutils import datasets, descent, engines, kernels, landscapes, networks, search, training
from d2lutils.recipes import Recipe

X = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, -1.0]])
Y = np.array([0.5, -1.0, 2.0])
SIGNS = np.array([1, -1, 1])
SYMMETRIC = np.array([[2.0, 0.5, 0.1], [0.5, 1.5, 0.2], [0.1, 0.2, 1.0]])
TRIANGLE = np.array([[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 1], [0, 0, 1, 0]])
MATRIX = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 1.0]])
OBSERVED, MASK = np.outer([1.0, 2.0, -1.0], [1.0, 0.5, 2.0]), np.array([[1, 1, 0], [1, 0, 1], [1, 1, 1]], bool)
SMALL = networks.mlp(3, 2)
FLAT = networks.initial_parameters(SMALL, (2,), 0)
IMAGES = np.linspace(0, 1, 2 * 1 * 3 * 3, dtype=np.float32).reshape(2, 1, 3, 3)
LABELS = np.array([0, 1, 1])


def data():
    return datasets.Dataset(X.astype(np.float32), LABELS)


def images_data():
    return datasets.Dataset(IMAGES.copy(), np.array([0, 1]))


def model():
    return engines.build(SMALL, (2,), parameters=FLAT, device="cpu")


def bowl(flat):
    return float(flat @ flat), 2 * flat


def trial(config, resource, state=None):
    return float(config["lr"])


def trajectory():
    return descent.descend(landscapes.double_well(), [[0.1, 0.5]], lr=0.1, num_steps=5)


def axes():
    import matplotlib.figure

    return matplotlib.figure.Figure().subplots()


def study():
    return search.random_search(trial, SPACE, 3, 1, progress=False)


def gate(network=None):
    return made(lambda: SMALL if network is None else network)


SPACE = {"lr": search.log_uniform(1e-3, 1.0)}
DOMAIN = Argument(((-1.0, 2.0),), (3,))
INTERVAL = Argument(
    (0.5, 1.5), (None, "text", 3, (1.0,), (1.5, 0.5), (NAN, 1.0), (0.0, INF), (1.0, 1.0), (1j, 2.0)), ((10.0, 12.0),)
)
SQUARE = Argument(((-1.0, 1.0), (-1.0, 1.0)), (None, "text", 3, (0.0, 1.0), ((1.0, -1.0), (0.0, 1.0)), ((NAN, 1),) * 2))
PLANE = made(landscapes.double_well)
LINE = made(landscapes.risk)
ENGINE = Argument(None, ("text", 3, NAN, []))
DEVICE = Argument("cpu", ("text", 3, NAN, []))
DTYPE = Argument("float32", (None, "text", 3, []), ("float64",))
LOSS = name("cross_entropy", "squared")
FLAG = fixed(True)
QUIET = fixed(False)
ALT = Argument(None, (3, "", "  "))
POINTS_2D = array([[0.2, 0.3], [1.0, 0.5]])
SCHEME = name("he", "zeros")
NET_SHAPE = input_shape((2,))
PARAMETERS = array(FLAT)
ACTIVATION = name("relu", "tanh")
FIGURE_SEED = Argument(0, ("text", None, NAN, -1, 2.5, 1j, 2**32, HUGE := 10**12))
GRAPH = array(TRIANGLE)
OBJECTIVE = function(trial)
SEARCH = {"n_jobs": fixed(1), "progress": QUIET, "seed": seed()}
SPACE_ARGUMENT = made(lambda: dict(SPACE), {"lr": 3}, {"lr": (0.1, 1.0)}, {})

ROWS = {
    # landscapes, descent, depth, saddles, estimation
    "landscapes.Landscape": {
        "name": fixed("bowl"),
        "dim": size(1),
        "f": function(lambda x: x[..., 0] ** 2),
        "grad": function(lambda x: 2 * x),
        "hess": function(lambda x: 2 + 0 * x[..., None]),
        "domain": array([[-1.0, 1.0]]),
        "minima": array([[0.0]]),
    },
    "landscapes.risk": {"domain": INTERVAL},
    "landscapes.empirical_risk": {"z": number(0.2), "domain": INTERVAL},
    "landscapes.cubic": {"domain": INTERVAL},
    "landscapes.tanh": {"domain": INTERVAL},
    "landscapes.deep_scalar": {"depth": size(3), "domain": INTERVAL},
    "landscapes.quadratic": {"a": array([1.0, 2.0])},
    "landscapes.hyperbolic": {"domain": SQUARE},
    "landscapes.double_well": {"domain": SQUARE},
    "landscapes.rastrigin": {"dim": size(1)},
    "landscapes.stationary_points": {"landscape": LINE, "num_grid": size(2001, 2)},
    "descent.descend": {
        "landscape": PLANE,
        "starts": POINTS_2D,
        "lr": positive(0.1),
        "num_steps": size(3, 0),
        "momentum": share(0.5),
        "noise": number(0.1, (-1.0,)),
        "optimizer": name("sgd", "nesterov"),
        "rng": rng(),
        "record_every": size(1),
    },
    "descent.basin_share": {
        "landscape": PLANE,
        "starts": POINTS_2D,
        "lr": positive(0.1),
        "num_steps": size(3, 0),
        "momentum": share(0.5),
        "noise": number(0.1, (-1.0,)),
        "optimizer": name("sgd"),
        "rng": rng(),
        "tolerance": positive(1e-3),
    },
    "descent.basin": {
        "landscape": PLANE,
        "starts": POINTS_2D,
        "lr": positive(0.1),
        "num_steps": size(3, 0),
        "noise": number(0.1, (-1.0,)),
        "rng": rng(),
        "tolerance": positive(1e-3),
        "momentum": share(0.5),
    },
    "descent.escape_steps": {"trajectory": made(trajectory), "center": array([0.0, 0.0]), "radius": positive(0.2)},
    "depth.escape_time": {"depth": size(3, 2), "eps": number(0.1, (0.0, -1.0, NAN, INF), ()), "level": share(0.5)},
    "depth.escape_asymptote": {"depth": size(3, 2), "eps": number(0.1, (0.0, -1.0, INF), ())},
    "depth.plateau_time": {"start": array([0.5, 1.0])},
    "saddles.saddle_chain": {"dim": size(2), "ratio": positive(1.0)},
    "estimation.asymptotics": {},
    "estimation.sample_means": {
        "sigma": number(1.0, (-1.0, INF)),
        "num_samples": budget(3),
        "repeats": size(2),
        "rng": rng(),
    },
    "estimation.empirical_minimizers": {"z": array([0.1, -0.2]), "num_grid": size(401, 8), "chunk": size(4096)},
    "estimation.excess_risk": {"x": array([0.6, 1.0])},
    "estimation.training_minimum": {"x": array([0.6, 1.0]), "z": array([0.1, 0.2])},
    "estimation.optimism": {"x": array([0.6, 1.0]), "z": array([0.1, 0.2])},
    # spectra, linear networks
    "spectra.goe": {"n": size(3), "rng": rng(), "size": Argument(2, ("text", NAN, -1, 2.5, HUGE, 1j), ((2, 0), ()))},
    "spectra.positive_probability": {"n": size(3)},
    "spectra.hessian_eigenvalues": {
        "function": function(lambda x: 2 * x),
        "point": array([0.5, 1.0]),
        "eps": optional(positive(1e-5)),
    },
    "spectra.sharpness": {
        "function": function(lambda x: 2 * x),
        "point": array([0.5, 1.0, 2.0]),
        "eps": optional(positive(1e-5)),
        "tol": number(1e-3, (-1.0, INF), (0.0,)),
        "seed": seed(),
    },
    "spectra.extreme_eigenvalues": {
        "function": function(lambda x: 2 * x),
        "point": array([0.5, 1.0, 2.0]),
        "eps": optional(positive(1e-5)),
        "tol": number(1e-3, (-1.0, INF), (0.0,)),
        "seed": seed(),
    },
    "spectra.index": {"eigenvalues": array([-1.0, 2.0]), "tolerance": number(1e-8, (-1.0, INF))},
    "linear_networks.linear_network": {"target": array(MATRIX), "hidden": size(2)},
    "linear_networks.linear_net_critical_points": {"target": array(MATRIX), "hidden": size(2)},
    "linear_networks.linear_net_weights": {
        "target": array(MATRIX),
        "hidden": size(2),
        "subset": Argument((0,), (None, "text", 3, (7,), (0, 0), (-1,), (NAN,), (0.5,)), ((),)),
    },
    "meanfield.propagate": {
        "depth": size(5),
        "activation": ACTIVATION,
        "gain": number(1.0, (-1.0, INF)),
        "residual": optional(number(1.0, (-1.0, INF))),
    },
    "meanfield.gradient_norms": {
        "depth": size(5),
        "activation": ACTIVATION,
        "gain": number(1.0, (-1.0, INF)),
        "residual": optional(number(1.0, (-1.0, INF))),
    },
    # linear
    "linear.min_norm": {"X": array(X), "y": array(Y), "w0": optional(array([0.1, 0.2]))},
    "linear.gradient_descent": {
        "X": array(X),
        "y": array(Y),
        "w0": optional(array([0.1, 0.2])),
        "lr": optional(positive(0.1)),
        "num_steps": size(3, 0),
    },
    "linear.ridge": {"X": array(X), "y": array(Y), "penalty": positive(0.1)},
    "linear.basis_pursuit": {"X": array(X[:1]), "y": array(Y[:1])},
    "linear.smoothest": {"X": array(X[:1]), "y": array(Y[:1]), "order": size(1)},
    "linear.sign_solution": {"X": array([[1.0, 0.0], [0.0, 1.0]]), "y": array([1.0, 1.0])},
    "linear.optimizer_trap": {"n": size(3), "rng": rng(), "positive": share(0.75), "num_test": optional(size(2, 0))},
    "linear.double_descent_risk": {
        "n": size(4),
        "p": size(2, 0),
        "D": size(9),
        "sigma": number(0.1, (-1.0, INF)),
        "signal": optional(array(np.ones(9))),
    },
    "linear.isotropic_risk": {
        "n": number(4, (0.5, -1.0)),
        "p": number(2, (-1.0,)),
        "signal": number(1.0, (-1.0, INF)),
        "noise": number(0.1, (-1.0, INF)),
    },
    "linear.ridge_risk": {
        "n": number(4, (0.5, -1.0)),
        "p": number(2.0, (0.0, -1.0)),
        "signal": number(1.0, (-1.0, INF)),
        "noise": number(0.1, (-1.0, INF)),
        "penalty": positive(0.5),
    },
    # hardness
    "separability.check_points": {"X": array(X), "y": truths(SIGNS)},
    "separability.separate": {"X": array(X), "y": truths(SIGNS), "bias": FLAG},
    "separability.proves_separation": {
        "X": array(X),
        "y": truths(SIGNS),
        "weights": array([0.1, 1.0]),
        "bias": number(0.0),
    },
    "separability.rational_certificate": {
        "X": array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]),
        "y": truths(np.array([1, 1, -1, -1])),
        "certificate": array([0.25] * 4),
        "bias": FLAG,
    },
    "separability.cover_probability": {"n": size(4), "d": size(2)},
    "separability.cover_frequency": {"n": size(4), "d": size(2), "num_draws": size(2), "rng": rng()},
    "separability.boolean_inputs": {"num_inputs": size(2)},
    "separability.xor": {},
    "separability.separable_functions": {"num_inputs": size(2)},
    "separability.one_against_rest": {"X": array(X), "labels": truths(LABELS)},
    "duality_gaps.logistic_gap": {
        "weights": array([0.1, 0.2]),
        "X": array(X),
        "y": truths(SIGNS),
        "penalty": positive(0.1),
    },
    "duality_gaps.svm_gap": {
        "a": array([0.1, 0.2, 0.3]),
        "X": array(X),
        "y": truths(SIGNS),
        "penalty": positive(0.1),
        "weights": optional(array([0.1, 0.2])),
    },
    "duality_gaps.logistic_path": {
        "X": array(X),
        "y": truths(SIGNS),
        "penalty": positive(0.1),
        "num_steps": size(2, 0),
        "lr": optional(positive(0.1)),
    },
    "duality_gaps.svm_path": {
        "X": array(X),
        "y": truths(SIGNS),
        "penalty": positive(0.1),
        "epochs": size(2, 0),
        "rng": rng(),
    },
    "threshold_networks.exhaustive_search": {"X": array(X), "y": truths(SIGNS), "output": name("either", "and", "or")},
    "threshold_networks.branch_and_bound": {
        "X": array(X),
        "y": truths(SIGNS),
        "output": name("either", "and", "or"),
        "max_nodes": budget(100),
    },
    "threshold_networks.set_splitting": {
        "sets": Argument(
            [(0, 1), (1, 2)], (None, "text", 3, [3], [()], [(0, 7)], [(-1, 0)], [(NAN, 1)], [("a",)]), ([],)
        ),
        "num_elements": size(3),
        "force_and": FLAG,
    },
    "threshold_networks.splitting": {
        "sets": Argument([(0, 1), (1, 2)], (None, "text", 3, [3], [(0, 7)], [(-1, 0)], [(NAN, 1)], [("a",)]), ([],)),
        "num_elements": size(3),
    },
    "threshold_networks.random_sets": {"num_elements": size(7), "num_sets": size(3, 0), "rng": rng(), "size": size(3)},
    "threshold_networks.fano_plane": {},
    "quartic.quartic": {"Q": array(SYMMETRIC), "x": array([0.1, 0.2, 0.3])},
    "quartic.descent_direction": {"Q": array(SYMMETRIC)},
    "quartic.clique_form": {"adjacency": GRAPH, "s": number(0.6, (-0.1, 1.0, INF), (0.0,))},
    "quartic.slide_form": {"adjacency": GRAPH, "s": number(0.6, (-0.1, 1.0, INF), (0.0,))},
    "quartic.failed_threshold_tests": {
        "form": function(lambda A, s: s - A),
        "graphs": array(TRIANGLE[None]),
        "thresholds": array([0.3, 0.6]),
    },
    "quartic.motzkin_straus": {"adjacency": GRAPH},
    "quartic.is_copositive": {"Q": array(SYMMETRIC)},
    "quartic.all_graphs": {"num_vertices": size(3)},
    "quartic.maximum_clique": {"adjacency": GRAPH},
    "quartic.clique_number": {"adjacency": GRAPH},
    "quartic.planted_clique": {"num_vertices": size(5), "size": size(3, 0), "rng": rng(), "p": share(0.5)},
    "quartic.replicator": {
        "payoff": array(TRIANGLE + np.eye(4) / 2),
        "start": array([0.4, 0.3, 0.2, 0.1]),
        "num_steps": size(3, 0),
    },
    # completion
    "completion.problem": {
        "n": size(3),
        "rank": size(1),
        "num_observed": size(5),
        "rng": rng(),
        "num_columns": optional(size(4)),
        "noise": number(0.1, (-1.0, INF)),
    },
    "completion.two_by_two": {},
    "completion.relative_error": {
        "matrix": array(OBSERVED),
        "truth": array(OBSERVED + 1),
        "mask": optional(truths(MASK)),
    },
    "completion.effective_rank": {"matrix": array(MATRIX)},
    "completion.schatten_norm": {"matrix": array(MATRIX), "p": number(1.0, (0.0, -1.0), (INF, 1e300))},
    "completion.unidentified": {
        "mask": Argument(MASK, ("text", 1j, None, 2 * MASK.astype(int), [], [NAN], 3, MASK[None]))
    },
    "completion.nuclear_norm": {
        "observed": array(OBSERVED),
        "mask": optional(truths(MASK)),
        "penalty": number(0.1, (-1.0, INF)),
        "tol": positive(1e-3),
        "max_iterations": budget(20),
    },
    "completion.balanced_factors": {"matrix": array(MATRIX), "depth": size(2)},
    "completion.singular_value_flow": {"matrix": array(MATRIX), "gradient": array(MATRIX), "depth": size(2)},
    "completion.deep_factorization": {
        "observed": array(OBSERVED),
        "mask": optional(truths(MASK)),
        "depth": size(2),
        "init_scale": positive(1e-2),
        "width": optional(size(2)),
        "init": name("normal", "identity"),
        "optimizer": name("gd", "adam"),
        "lr": optional(positive(0.1)),
        "momentum": share(0.5),
        "max_steps": size(3, 0),
        "tol": number(1e-3, (-1.0,)),
        "gradient_tol": number(1e-3, (-1.0,)),
        "record": Argument((0, 2), ("text", NAN, 1j, ["a"], -1, (0.5,)), ((), 2)),
        "keep_matrices": FLAG,
        "rng": seed(),
        "engine": name("numpy"),
    },
    "completion.phase_curve": {
        "counts": Argument((12,), (None, "text", 3, (0,), (NAN,), (10**12,), (2.5,)), ((),)),
        "n": size(4),
        "rank": size(1),
        "depths": Argument((2,), (None, "text", 3, (0,), (NAN,), (2.5,)), ((),)),
        "num_instances": size(1),
        "seed": seed(),
        "max_steps": size(3, 0),
        "engine": name("numpy"),
    },
    # kernels
    "kernels.k0": {"u": array([0.1, 0.5])},
    "kernels.k1": {"u": array([0.1, 0.5])},
    "kernels.ntk": {"X": array(X), "Z": optional(array(X)), "depth": size(2, 0)},
    "kernels.nngp": {"X": array(X), "Z": optional(array(X)), "depth": size(2, 0)},
    "kernels.cntk": {
        "images": array(IMAGES),
        "other": optional(array(IMAGES)),
        "depth": size(1),
        "pooling": name("gap", "flatten"),
        "kernel": size(3),
        "progress": QUIET,
    },
    "kernels.of": {
        "network": gate(networks.mlp(3, 1)),
        "X": array(X),
        "Z": optional(array(X)),
        "kind": name("ntk", "nngp"),
        "progress": QUIET,
    },
    "kernels.empirical_ntk": {
        "network": gate(),
        "X": array(X),
        "Z": optional(array(X)),
        "parameters": optional(PARAMETERS),
        "seed": seed(),
        "engine": ENGINE,
        "device": DEVICE,
        "dtype": DTYPE,
    },
    "kernels.ntk_parameters": {"network": gate(), "input_shape": NET_SHAPE, "seed": seed()},
    "kernels.ntk_scales": {"network": gate(), "input_shape": NET_SHAPE},
    "kernels.gradient_flow": {
        "kernel": array(SYMMETRIC),
        "targets": array(Y),
        "times": array([0.0, 1.0]),
        "cross": optional(array(X @ np.ones((2, 3)))),
        "initial": optional(array(Y)),
        "cross_initial": optional(array(Y)),
    },
    "kernels.KernelRegression": {"kernel": array(SYMMETRIC), "targets": array(Y), "ridge": number(0.1, (-1.0, INF))},
    "kernels.KernelRegression.predict": {"kernel": array(SYMMETRIC)},
    "kernels.KernelRegression.classify": {"kernel": array(SYMMETRIC)},
    # networks
    "networks.activation_layers": {"name": ACTIVATION},
    "networks.mlp": {
        "num_hiddens": Argument((3, 4), (None, "text", NAN, 0, -1, 2.5, (2.5,), ("a",), 1j), (3, ())),
        "num_outputs": size(2),
        "activation": ACTIVATION,
    },
    "networks.lenet5": {
        "num_outputs": size(10),
        "channels": Argument((6, 16), (None, "text", 3, (1,), (0, 1), (NAN, 1)), ()),
        "hidden": Argument((12,), (None, "text", 3, (0,), (NAN,)), ((),)),
        "padding": size(2, 0),
        "activation": ACTIVATION,
        "pooling": name("max"),
    },
    "networks.cuda_convnet": {"num_outputs": size(10), "width": size(4)},
    "networks.resnet": {"num_outputs": size(10), "blocks": size(1), "width": size(4)},
    "networks.deep": {
        "depth": size(3),
        "width": size(4),
        "activation": ACTIVATION,
        "normalization": Argument(None, ("text", 3, []), ("batch",)),
        "residual": FLAG,
        "scale": number(0.5),
        "num_outputs": optional(size(2)),
    },
    "networks.output_shape": {"network": gate(), "input_shape": NET_SHAPE},
    "networks.parameter_shapes": {"network": gate(), "input_shape": NET_SHAPE},
    "networks.num_parameters": {"network": gate(), "input_shape": NET_SHAPE},
    "networks.layer_parameter_shapes": {"layer": gate(networks.Dense(3)), "shape": input_shape((2,))},
    "networks.walk": {"layers": Argument(SMALL.layers, (None, "text", 3, (3,))), "shape": input_shape((2,))},
    "networks.unflatten": {
        "network": gate(),
        "input_shape": NET_SHAPE,
        "flat": Argument(FLAT, ("text", 1j, None, FLAT[:-1], FLAT[None], FLAT.astype(str))),
    },
    "networks.initial_parameters": {
        "network": gate(),
        "input_shape": NET_SHAPE,
        "seed": seed(),
        "scheme": SCHEME,
        "gain": number(1.0, (-1.0, INF)),
    },
    "networks.Network": {"layer": Argument(networks.ReLU(), (None, "text", 3, networks.ReLU, []))},
    "networks.Residual": {"layer": Argument(networks.ReLU(), (None, "text", 3, [])), "scale": number(1.0)},
    "networks.Dense": {"units": size(3)},
    "networks.Conv": {"channels": size(3), "kernel": size(3), "stride": size(1), "padding": size(0, 0)},
    "networks.MaxPool": {"size": size(2), "stride": optional(size(2)), "padding": size(0, 0)},
    "networks.AvgPool": {"size": size(2), "stride": optional(size(2)), "padding": size(0, 0)},
    "networks.LeakyReLU": {"slope": number(0.1)},
    "networks.Scale": {"factor": number(0.1)},
    "networks.BatchNorm": {"epsilon": number(1e-5, (-1.0, INF)), "momentum": share(0.9)},
    "networks.LayerNorm": {"epsilon": number(1e-5, (-1.0, INF))},
    "networks.Dropout": {"rate": number(0.5, (1.0, -0.1))},
    # engines, training, data
    "engines.available": {},
    "engines.choose": {"engine": ENGINE},
    "engines.choose_device": {"engine": ENGINE, "device": DEVICE},
    "engines.build": {
        "network": gate(),
        "input_shape": NET_SHAPE,
        "parameters": optional(PARAMETERS),
        "seed": seed(),
        "scheme": SCHEME,
        "gain": number(1.0, (-1.0, INF)),
        "engine": ENGINE,
        "device": DEVICE,
        "dtype": DTYPE,
    },
    "engines.quiet": {},
    "engines.cores": {},
    "engines.Model.predict": {"images": array(X)},
    "engines.Model.evaluate": {"images": array(X), "labels": truths(LABELS), "loss": LOSS},
    "engines.Model.loss": {"images": array(X), "labels": truths(LABELS), "loss": LOSS},
    "engines.Model.gradient": {"images": array(X), "labels": truths(LABELS), "loss": LOSS},
    "engines.Model.objective": {"images": array(X), "labels": truths(LABELS), "loss": LOSS},
    "engines.Model.sharpness": {"images": array(X), "labels": truths(LABELS), "loss": LOSS, "tol": positive(1e-2)},
    "engines.Model.activations": {"images": array(X)},
    "engines.Model.layer_gradients": {"images": array(X), "labels": truths(LABELS), "loss": LOSS},
    "engines.Model.example_gradients": {"images": array(X), "labels": truths(LABELS), "loss": LOSS},
    "engines.Model.jacobian": {"images": array(X)},
    "engines.Model.check_images": {"images": array(X)},
    "engines.Model.check_labels": {"labels": truths(LABELS), "num_examples": fixed(3), "loss": LOSS},
    "engines.Model.train": {
        "images": array(X),
        "labels": truths(LABELS),
        "batches": Argument([[0, 1], [2, 0]], (None, "text", 3, [[0.5]], [[7]], [[-1]], [[NAN]], [], [["a"]])),
        "optimizer": made(lambda: training.SGD(0.1)),
        "loss": LOSS,
    },
    "training.SGD": {"lr": positive(0.1), "momentum": share(0.5), "weight_decay": number(0.0, (-1.0, INF))},
    "training.Adam": {
        "lr": positive(0.1),
        "beta1": share(0.5),
        "beta2": share(0.5),
        "epsilon": positive(1e-8),
        "weight_decay": number(0.0, (-1.0, INF)),
    },
    "training.step_schedule": {
        "factors": Argument({2: 0.1}, (None, "text", 3, {"a": 1.0}, {1: NAN}, {1: -1.0}, {1: "a"}), ({},))
    },
    "training.cosine_schedule": {"epochs": size(3), "warmup": size(1, 0)},
    "training.fit": {
        "network": gate(),
        "train": made(data),
        "test": Argument(data(), ("text", 3)),
        "loss": LOSS,
        "optimizer": Argument(training.SGD(0.1), ("text", 3)),
        "epochs": size(1),
        "batch_size": budget(2),
        "schedule": Argument(None, ("text", 3, lambda epoch: NAN, lambda epoch: -1.0)),
        "parameters": optional(PARAMETERS),
        "scheme": SCHEME,
        "gain": number(1.0, (-1.0, INF), ()),
        "seed": seed(),
        "running": FLAG,
        "evaluate_every": budget(1),
        "stop_below": optional(number(0.1, ())),
        "engine": ENGINE,
        "device": DEVICE,
        "dtype": DTYPE,
        "progress": QUIET,
        "checkpoint": Argument(None, (3, NAN, [])),
        "checkpoint_every": budget(1),
    },
    "datasets.Dataset": {
        "images": Argument(X, (None, "text", 3, 1j, X.astype(str), X[0], X[:-1])),
        "labels": Argument(LABELS, (None, "text", 3, 1j, LABELS[:-1])),
    },
    "datasets.Dataset.take": {"indices": Argument([0, 2], (None, "text", [7], [NAN], [0.5], 1j), ([], slice(2)))},
    "datasets.load": {
        "name": name("mnist-sample", "digits"),
        "root": Argument(None, (3, NAN, [])),
        "num_train": optional(size(5)),
        "num_test": optional(size(5)),
    },
    "datasets.corrupt_labels": {"dataset": made(data), "fraction": share(0.5), "rng": rng()},
    "datasets.standardize": {"train": made(images_data), "test": made(images_data)},
    "datasets.remark": {"name": name("digits", "mnist-sample"), "root": Argument(None, (3, NAN, []))},
    "datasets.cache_folder": {},
    "recipes.get": {"name": name("lenet-mnist"), "scale": name("ci", "full")},
    "recipes.recorded_as": {"name": name("lenet-mnist")},
    "recipes.Recipe.load": {"root": Argument(None, (3, NAN, []))},
    "recipes.Recipe.settings": {},
    "runs.load": {"name": name("lenet-mnist")},
    "seeding.generator": {"seed": Argument(0, ("text", None, NAN, -1, 2.5, 1j)), "name": fixed("data")},
    "seeding.seed_all": {"seed": Argument(0, ("text", None, NAN, -1, 2.5, 1j, HUGE))},
    # connectivity
    "connectivity.segment": {"start": array([0.0, 1.0]), "end": array([1.0, 0.0]), "t": array([0.1, 0.5])},
    "connectivity.bezier": {
        "start": array([0.0, 1.0]),
        "bend": array([1.0, 1.0]),
        "end": array([1.0, 0.0]),
        "t": array([0.1, 0.5]),
    },
    "connectivity.losses_at": {"objective": function(bowl), "points": array(X)},
    "connectivity.fit_bend": {
        "objective": function(bowl),
        "start": array([0.0, 1.0]),
        "end": array([1.0, 0.0]),
        "num_nodes": size(3),
        "max_iterations": budget(3),
    },
    "connectivity.permute_units": {
        "network": gate(),
        "input_shape": NET_SHAPE,
        "parameters": PARAMETERS,
        "order": Argument([2, 0, 1], (None, "text", 3, [0, 1], [0, 0, 1], [0, 1, NAN], [0, 1, 3], ["a", "b", "c"], [])),
    },
    "connectivity.match_units": {
        "network": gate(),
        "input_shape": NET_SHAPE,
        "parameters": PARAMETERS,
        "target": PARAMETERS,
    },
    "connectivity.filter_normalised": {
        "network": gate(),
        "input_shape": NET_SHAPE,
        "parameters": PARAMETERS,
        "direction": PARAMETERS,
    },
    # claims, exercises, search
    "claims.check": {
        "name": Argument("a-claim", (None, 3, "", "A b", NAN)),
        "statement": Argument("It holds.", (None, 3, "", NAN)),
        "source": Argument("004", (None, "", NAN)),
        "verdict": name("confirmed"),
        "measured": number(1.0, (), ()),
        "expected": number(1.0, (INF,), ()),
        "tolerance": number(0.1, (-1.0,), ()),
        "digits": size(4),
    },
    "claims.collect": {"notebook": Argument({"cells": []}, (None, "text", 3, {}))},
    "claims.stored": {},
    "claims.ledger": {"chapter": Argument(None, ("text", 3, NAN, []))},
    "claims.passages": {"source": name("004")},
    "claims.coverage": {},
    "claims.uncovered": {},
    "exercises.names": {},
    "exercises.check": {
        "name": name("minima-separatrix"),
        "answer": Argument(0.5, (), (None, "text", NAN, INF, [], 1j, object(), np.ones((2, 2)))),
    },
    "search.brackets": {"max_resource": budget(9), "eta": size(3, 2)},
    "search.uniform": {"low": number(0.0, (INF, 1e300)), "high": number(1.0, (INF, -1.0), ())},
    "search.log_uniform": {"low": number(0.1, (INF, 0.0, -1.0), ()), "high": number(1.0, (INF, -1.0), ())},
    "search.integer": {"low": number(0, (INF, 0.5), ()), "high": number(3, (INF, -1, 2.5), ())},
    "search.log_integer": {"low": number(1, (INF, 0, 1.5), ()), "high": number(3, (INF, -1, 2.5), ())},
    "search.choice": {"value": Argument("a", ([], {}, object()))},
    "search.sample": {"space": SPACE_ARGUMENT, "rng": rng()},
    "search.hyperband": {
        "objective": OBJECTIVE,
        "space": SPACE_ARGUMENT,
        "max_resource": size(3),
        "eta": size(3, 2),
        "repeats": size(1),
        **SEARCH,
    },
    "search.successive_halving": {
        "objective": OBJECTIVE,
        "space": SPACE_ARGUMENT,
        "num_configs": size(3),
        "max_resource": size(3),
        "eta": size(3, 2),
        "min_resource": size(1),
        **SEARCH,
    },
    "search.random_search": {
        "objective": OBJECTIVE,
        "space": SPACE_ARGUMENT,
        "num_configs": size(2),
        "resource": size(1),
        **SEARCH,
    },
    "search.bayesian_search": {
        "objective": OBJECTIVE,
        "space": SPACE_ARGUMENT,
        "num_configs": size(2),
        "resource": size(1),
        "num_initial": size(2),
        "batch": size(1),
        "sampler": name("tpe"),
        **SEARCH,
    },
    "search.plot_incumbents": {
        "studies": Argument({"random": study()}, (None, "text", 3, {}, {"a": 3})),
        "ax": optional(made(axes)),
        "value": name("loss"),
        "num": size(20, 2),
    },
    "search.Study.after": {"spent": number(2.0, (), (-1.0,)), "value": name("loss")},
    "tuning.DigitsMLP": {
        "data": name("mnist-sample"),
        "num_train": size(20),
        "num_validation": size(20),
        "num_test": optional(size(20)),
        "pool": size(2),
        "batch_size": budget(10),
        "momentum": share(0.5),
        "seed": seed(),
    },
    # plotting, figures
    "plotting.figure": {
        "nrows": size(1),
        "ncols": size(1),
        "size": Argument(None, ("text", 3, (1.0,), (0, 1), (-1, 2), (NAN, 1))),
    },
    "plotting.annotate": {
        "text": fixed("here"),
        "xy": array([0.1, 0.2]),
        "xytext": array([0.1, 0.2]),
        "ax": optional(made(axes)),
    },
    "plotting.contour": {
        "ax": made(axes),
        "landscape": PLANE,
        "levels": Argument(4, ("text", None, NAN, -1, 2.5, [2.0, 1.0], [])),
        "num": size(5, 2),
        "domain": optional(SQUARE),
    },
    "plotting.path": {"ax": made(axes), "points": drawn(X)},
    "plotting.bands": {
        "ax": made(axes),
        "x": drawn([0.0, 1.0]),
        "samples": drawn(np.ones((3, 2))),
        "quantiles": Argument((0.1, 0.9), (None, "text", 3, (0.5,), (-1, 2), (NAN, 1))),
    },
    "plotting.log_axes": {"ax": made(axes), "axes": name("x", "xy")},
    "interactive.risk": {"num_samples": size(5), "sigma": number(1.0, (-1.0, INF)), "seed": FIGURE_SEED, "alt": ALT},
    "interactive.descent": {
        "landscape": name("risk", "bowl"),
        "start": optional(array([0.5])),
        "lr": positive(0.1),
        "momentum": share(0.5),
        "noise": number(0.1, (-1.0, INF)),
        "num_steps": size(5),
        "seed": FIGURE_SEED,
        "alt": ALT,
    },
    "interactive.saddle": {
        "landscape": name("double_well"),
        "eps": number(0.1, (INF,)),
        "along": number(0.5, (INF,)),
        "lr": positive(0.1),
        "alt": ALT,
    },
    "interactive.gradients": {
        "depth": size(5),
        "activation": name("relu", "tanh"),
        "gain": positive(1.0),
        "skip": name("none", "1"),
        "alt": ALT,
    },
    "interactive.separator": {
        "points": optional(array([[1, 2], [3, 4]])),
        "labels": optional(truths(np.array([1, -1]))),
        "alt": ALT,
    },
    "interactive.clique": {
        "edges": Argument(
            ((1, 2), (2, 3)), (None, "text", 3, ((1, 7),), ((1, 1),), (("a", 1),), ((NAN, 1),), (3,)), ((),)
        ),
        "num_vertices": size(5, 3),
        "s": number(0.6, (-1.0, 1.0)),
        "alt": ALT,
    },
    "interactive.completion": {
        "depth": size(3),
        "init_scale": positive(1e-3),
        "num_observed": size(40, 12),
        "seed": FIGURE_SEED,
        "alt": ALT,
    },
    "interactive.infinite_net": {
        "points": optional(array([[0.1, 0.2], [1.0, 0.5]])),
        "depth": size(2),
        "kernel": name("ntk", "nngp"),
        "time": number(1.0, (-1.0,), (INF,)),
        "num_nets": size(3, 0),
        "seed": FIGURE_SEED,
        "alt": ALT,
    },
    "interactive.kernel_width": {
        "width": size(64, 8),
        "init": name("plain"),
        "steps": size(200, 10),
        "scale": positive(1.0),
        "seed": FIGURE_SEED,
        "alt": ALT,
    },
    "interactive.double_descent": {
        "n": size(5, 2),
        "p": size(5),
        "D": size(10, 4),
        "sigma": number(0.1, (-1.0, INF)),
        "penalty": number(0.1, (-1.0, INF)),
        "coefficients": name("equal", "falling"),
        "alt": ALT,
    },
    "interactive.training_curves": {
        "runs": made(lambda: {"a": curves()}, {}, {"a": 3}, {1: None}),
        "epoch": Argument(None, ("text", NAN, -1, 2.5, 10**12)),
        "alt": ALT,
    },
    "interactive.hyperband": {
        "max_resource": size(81, 4),
        "eta": size(3, 2),
        "bracket": Argument(None, ("text", NAN, -1, 2.5, 99)),
        "crossing": share(0.5),
        "seed": FIGURE_SEED,
        "alt": ALT,
    },
    "interactive.random_grid": {
        "num_trials": size(9, 4),
        "importance": share(0.1),
        "angle": number(10, (-1.0, INF)),
        "optimum": array([0.5, 0.5]),
        "seed": FIGURE_SEED,
        "alt": ALT,
    },
    "interactive.normals": {"seed": FIGURE_SEED, "n": size(5, 0)},
    "interactive.uniforms": {"seed": FIGURE_SEED, "n": size(5, 0)},
    # what the recorded runs tell
    "completion_runs.stored": {},
    "completion_runs.origin": {},
    "completion_runs.phase_curve": {},
}


def curves():
    from types import SimpleNamespace

    values = np.array([0.5, 0.3, 0.4])
    names = ("train_loss", "train_error", "test_loss", "test_error")
    return SimpleNamespace(epochs=np.arange(1, 4), **dict.fromkeys(names, values))


SELVES = {
    "engines.Model": model,
    "kernels.KernelRegression": lambda: kernels.KernelRegression(SYMMETRIC, LABELS),
    "datasets.Dataset": data,
    "recipes.Recipe": lambda: Recipe("small", SMALL, "mnist-sample", training.SGD(0.1), 1),
    "search.Study": study,
}
"""How to make the object whose method a row is about."""

POSITIONAL = {"networks.Network", "networks.Residual", "seeding.generator", "search.choice"}
"""Names that take their first arguments by position only."""

INFINITE = {
    "descent.escape_steps",
    "linear.double_descent_risk",
    "linear.isotropic_risk",
    "separability.separate",
    "separability.one_against_rest",
}
"""Functions whose docstring says that infinity may come back."""

UNDEFINED = {"completion.effective_rank", "search.Study.after"}
"""Functions whose docstring says when NaN comes back."""

RECORD = "holds the results of a function of this library"
EXCLUDED = {
    "claims.ClaimError": "an exception",
    "datasets.DataError": "an exception",
    "training.TrainingDiverged": "an exception",
    **dict.fromkeys(
        (
            "claims.Claim",
            "claims.Ledger",
            "completion.History",
            "completion.Completion",
            "completion.PhaseCurve",
            "completion.Problem",
            "descent.Trajectory",
            "duality_gaps.Gap",
            "duality_gaps.GapPath",
            "estimation.Asymptotics",
            "exercises.Result",
            "linear_networks.CriticalPoints",
            "quartic.Extremum",
            "quartic.Copositivity",
            "separability.Separation",
            "threshold_networks.Search",
            "threshold_networks.ThresholdNetwork",
            "engines.LayerGradients",
            "engines.Model",
            "runs.Run",
            "search.Study",
            "search.Trial",
            "search.Bracket",
            "search.Rung",
            "interactive.Figure",
            "training.History",
        ),
        RECORD,
    ),
    "exercises.Exercise": "written by the library alone, and tested by test_exercises.py",
    "recipes.Recipe": "settings of `training.fit`, which checks them",
    "compat.restore_numpy_names": "no arguments; test_install.py",
    "plotting.use_style": "no arguments, changes global settings; test_plotting.py",
    "plotting.show": "no arguments, shows the open figures; test_plotting.py",
    "runs.live": "trains for seconds with the arguments of recipes.get and engines.build; test_runs.py",
    "runs.record": "trains for minutes with the arguments of recipes.get and engines.build; test_runs.py",
    "runs.main": "a command line: argparse checks it; test_runs.py",
    "completion_runs.phase": "records a run: its configuration is a constant of the module; test_completion_runs.py",
    "kernel_runs.accuracy": "records a run: its configuration is a constant of the module",
    "kernel_runs.network": "arguments of networks.Conv; test_kernel_runs.py",
    "kernel_runs.stored": "no arguments",
    "kernel_runs.origin": "no arguments",
    "search_runs.compare": "records a run: its configuration is a constant of the module; test_search_runs.py",
    "search_runs.stored": "no arguments; test_search_runs.py",
    "search_runs.origin": "no arguments; test_search_runs.py",
    "search_runs.after": "test_search_runs.py",
    "search_runs.final": "test_search_runs.py",
    **dict.fromkeys(
        (
            "networks.ReLU",
            "networks.Tanh",
            "networks.Sigmoid",
            "networks.Flatten",
            "networks.GlobalAvgPool",
            "separability.xor",
        ),
        "no arguments",
    ),
}
"""Public names without a row, and why."""
