"""What the names of arguments do not say: functions of d2lutils that deviate from
bad_inputs_names.py, and how.
"""

from types import SimpleNamespace

import numpy as np
from bad_inputs import (
    HUGE,
    INF,
    NAN,
    Argument,
    array,
    budget,
    drawn,
    fixed,
    function,
    made,
    name,
    needed,
    number,
    other,
    positive,
    rng,
    seed,
    share,
    size,
    truths,
)
from bad_inputs_names import (
    FLAG,
    FLAT,
    FOLDER,
    LABELS,
    MASK,
    MATRIX,
    NOT_NEGATIVE,
    OBSERVED,
    SMALL,
    SPACE,
    SYMMETRIC,
    TRIANGLE,
    X,
    Y,
    data,
    trial,
)

import d2lutils
from d2lutils import (
    datasets,
    descent,
    engines,
    kernels,
    landscapes,
    networks,
    runs,
    search,
    training,
)
from d2lutils.runs.recipes import Recipe

IMAGES = np.linspace(0, 1, 2 * 1 * 3 * 3, dtype=np.float32).reshape(2, 1, 3, 3)
SQUARE = other(
    ((-1.0, 1.0), (-1.0, 1.0)),
    (0.0, 1.0),
    ((1.0, -1.0), (0.0, 1.0)),
    ((NAN, 1), (NAN, 1)),
)
SETS = ([(0, 1), (1, 2)], [3], [(0, 7)], [(-1, 0)], [(NAN, 1)], [("a",)])
WIDTHS = ((12,), (0,), (NAN,))


def study():
    return search.random_search(trial, SPACE, 3, 1, progress=False)


def trajectory():
    return descent.descend(landscapes.double_well(), [[0.1, 0.5]], lr=0.1, num_steps=5)


def images_data():
    return datasets.Dataset(IMAGES.copy(), np.array([0, 1]))


def bowl(flat):
    return float(flat @ flat), 2 * flat


def curves():
    names = ("train_loss", "train_error", "test_loss", "test_error")
    return SimpleNamespace(
        epochs=np.arange(1, 4), **dict.fromkeys(names, np.array([0.5, 0.3, 0.4]))
    )


SELVES = {
    "engines.Model": lambda: engines.build(SMALL, (2,), parameters=FLAT, device="cpu"),
    "kernels.KernelRegression": lambda: kernels.KernelRegression(SYMMETRIC, LABELS),
    "datasets.Dataset": data,
    "runs.recipes.Recipe": lambda: Recipe(
        "small", SMALL, "mnist-sample", training.SGD(0.1), 1
    ),
    "search.Study": study,
}
"""How to make the object whose methods have rows."""

OWN: dict[str, dict[str, Argument]] = {
    "landscapes.Landscape": {
        "name": fixed("bowl"),
        "formula": fixed(""),
        "f": function(lambda x: x[..., 0] ** 2),
        "grad": function(lambda x: 2 * x),
        "hess": function(lambda x: 2 + 0 * x[..., None]),
        "domain": array([[-1.0, 1.0]]),
        "minima": array([[0.0]]),
    },
    "landscapes.empirical_risk": {"z": number(0.2)},
    "landscapes.quadratic": {"a": array([1.0, 2.0]), "domain": SQUARE},
    "landscapes.double_well": {"domain": SQUARE},
    "landscapes.tanh_network": {
        "inputs": array([[1.0, 0.5], [1.0, -2.0]]),
        "targets": array([1.0, -1.0]),
        "penalty": NOT_NEGATIVE,
    },
    "landscapes.stationary_points": {
        "landscape": made(landscapes.risk),
        "num_grid": size(2001, 2),
    },
    "descent": {
        "rng": needed(rng()),
        "noise": number(0.1, (-1.0,)),
        "optimizer": name("sgd", "nesterov"),
        "record_every": size(1),
    },
    "descent.basin": {"momentum": share(0.5)},
    "descent.escape_steps": {
        "trajectory": made(trajectory),
        "center": array([0.0, 0.0]),
        "radius": positive(0.2),
    },
    "saddles": {
        "depth": size(3, 2),
        "eps": number(0.1, (0.0, -1.0, INF), ()),
        "level": share(0.5),
    },
    "saddles.plateau_time": {"start": array([0.5, 1.0])},
    "saddles.saddle_chain": {"ratio": positive(1.0)},
    "estimation.sample_means": {"num_samples": budget(3), "repeats": size(2)},
    "estimation.empirical_minimizers": {"num_grid": size(401, 8), "chunk": size(4096)},
    "spectra.goe": {
        "size": Argument(2, ("text", NAN, -1, 2.5, HUGE, 1j), ((2, 0), ()))
    },
    "meanfield": {"bias_scale": NOT_NEGATIVE},
    "meanfield.cosines": {"start": number(0.5, (-1.5, INF))},
    "spectra.log_positive_probability": {"shift": number(0.5, (-9.0, INF))},
    "spectra.index": {
        "eigenvalues": array([-1.0, 2.0]),
        "tolerance": number(1e-8, (-1.0, INF)),
    },
    "linear_networks.linear_net_weights": {
        "subset": other((0,), (7,), (0, 0), (-1,), (NAN,), (0.5,), doubtful=((),))
    },
    "linear": {"y": array(Y)},
    "linear.basis_pursuit": {"X": array(X[:1]), "y": array(Y[:1])},
    "linear.smoothest": {"X": array(X[:1]), "y": array(Y[:1]), "order": size(1)},
    "linear.sign_solution": {
        "X": array([[1.0, 0.0], [0.0, 1.0]]),
        "y": array([1.0, 1.0]),
    },
    "linear.optimizer_trap": {"positive": share(0.75), "num_test": size(2, 0)},
    "linear.double_descent_risk": {
        "n": size(4),
        "p": size(2, 0),
        "D": size(9),
        "signal": array(np.ones(9)),
    },
    "linear.isotropic_risk": {"n": number(4, (0.5, -1.0)), "p": number(2, (-1.0,))},
    "linear.ridge_risk": {"n": number(4, (0.5, -1.0)), "p": number(2.0, (0.0, -1.0))},
    # hardness
    "hardness.proves_separation": {
        "weights": array([0.1, 1.0]),
        "bias": number(0.0),
    },
    "hardness.rational_certificate": {
        "X": array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]),
        "y": truths(np.array([1, 1, -1, -1])),
        "certificate": array([0.25] * 4),
    },
    "hardness.cover_frequency": {"num_draws": size(2)},
    "hardness.svm_gap": {"a": array([0.1, 0.2, 0.3])},
    "hardness.svm_path": {"epochs": size(2, 0)},
    "hardness.branch_and_bound": {"max_nodes": budget(100)},
    "hardness.set_splitting": {
        "sets": other(*SETS, [()], doubtful=([],)),
        "force_and": FLAG,
    },
    "hardness.splitting": {"sets": other(*SETS, doubtful=([],))},
    "hardness.random_sets": {"num_sets": size(1, 0), "size": size(2)},
    "hardness.quartic": {"x": array([0.1, 0.2, 0.3])},
    "hardness.failed_threshold_tests": {
        "form": function(lambda A, s: s - A),
        "graphs": array(TRIANGLE[None]),
        "thresholds": array([0.3, 0.6]),
    },
    "hardness.all_graphs": {"num_vertices": size(3)},
    "hardness.planted_clique": {
        "num_vertices": size(5),
        "size": size(3, 0),
        "p": share(0.5),
    },
    "hardness.replicator": {
        "payoff": array(TRIANGLE + np.eye(4) / 2),
        "start": array([0.4, 0.3, 0.2, 0.1]),
    },
    # completion and kernels
    "completion": {"num_observed": size(5), "num_columns": size(4)},
    "completion.relative_error": {
        "matrix": array(OBSERVED),
        "truth": array(OBSERVED + 1),
    },
    "completion.effective_rank": {
        "matrix": needed(array(MATRIX)),
        "singular_values": fixed(None),
    },
    "completion.schatten_norm": {"p": number(1.0, (0.0, -1.0), (INF, 1e300))},
    "completion.unidentified": {
        "mask": other(MASK, 1j, 2 * MASK.astype(int), [], [NAN], MASK[None])
    },
    "completion.nuclear_norm": {
        "penalty": NOT_NEGATIVE,
        "tol": positive(1e-3),
        "max_iterations": budget(20),
    },
    "completion.singular_value_flow": {"gradient": array(MATRIX)},
    "completion.deep_factorization": {
        "width": size(2),
        "init_scale": positive(1e-2),
        "init": name("normal", "identity"),
        "optimizer": name("gd", "adam"),
        "epsilon": positive(1e-4),
        "tol": number(1e-3, (-1.0,)),
        "gradient_tol": number(1e-3, (-1.0,)),
        "record": Argument((0, 2), ("text", NAN, 1j, ["a"], -1, (0.5,)), ((), 2)),
        "keep_matrices": FLAG,
        "rng": seed(),
        "engine": name("numpy"),
    },
    "completion.phase_curve": {
        "counts": other((12,), (0,), (NAN,), (10**12,), (2.5,), doubtful=((),)),
        "n": size(4),
        "depths": other((2,), (0,), (NAN,), (2.5,), doubtful=((),)),
        "num_instances": size(1),
        "max_steps": size(3, 0),
        "engine": name("numpy"),
    },
    "kernels.ntk": {"depth": size(2, 0)},
    "kernels.nngp": {"depth": size(2, 0)},
    "kernels.cntk": {
        "images": array(IMAGES),
        "other": array(IMAGES),
        "depth": size(1),
        "pooling": name("gap", "flatten"),
        "kernel": size(3),
        "device": name("cpu"),
    },
    "kernels.of": {
        "network": made(lambda: networks.mlp(3, 1)),
        "kind": name("ntk", "nngp"),
    },
    "kernels.gradient_flow": {
        "times": array([0.0, 1.0]),
        "cross": array(X @ np.ones((2, 3))),
        "initial": array(Y),
        "cross_initial": array(Y),
    },
    "kernels.KernelRegression": {"ridge": NOT_NEGATIVE},
    "kernels.learning_curve": {
        "eigenvalues": array([1.0, 0.5, 0.2]),
        "coefficients": array(Y),
        "n": array([0.5, 2.0]),
        "ridge": NOT_NEGATIVE,
    },
    # networks, engines, training
    "networks": {
        "scale": number(0.5),
        "size": size(2),
        "units": size(3),
        "channels": size(3),
    },
    "networks.mlp": {
        "num_hiddens": Argument(
            (3, 4), (None, "text", NAN, 0, -1, 2.5, (2.5,), ("a",), 1j), (3, ())
        )
    },
    "networks.lenet5": {
        "channels": other((6, 16), (1,), (0, 1), (NAN, 1)),
        "hidden": other(*WIDTHS, doubtful=((),)),
        "padding": size(2, 0),
        "pooling": name("max"),
    },
    "networks.deep": {
        "normalization": Argument(None, ("text", 3, []), ("batch",)),
        "residual": FLAG,
        "pre_activation": FLAG,
    },
    "networks.layer_parameter_shapes": {"layer": made(lambda: networks.Dense(3))},
    "networks.draw_parameters": {"layout": made(lambda: networks.layout(SMALL, (2,)))},
    "networks.walk": {"layers": other(SMALL.layers, (3,)), "prefix": fixed("")},
    "networks.unflatten": {
        "flat": Argument(
            FLAT, ("text", 1j, None, FLAT[:-1], FLAT[None], FLAT.astype(str))
        )
    },
    "networks.Network": {"layer": other(networks.ReLU(), networks.ReLU, [])},
    "networks.Residual": {
        "layer": other(networks.ReLU(), []),
        "shortcut": other((), (3,)),
    },
    "networks.Conv": {"kernel": size(3), "stride": size(1)},
    "networks.LeakyReLU": {"slope": number(0.1)},
    "networks.Scale": {"factor": number(0.1)},
    "networks.Dropout": {"rate": number(0.5, (1.0, -0.1))},
    "engines.Model.layer_gradients": {
        "labels": needed(truths(LABELS)),
        "output_gradient": fixed(None),
    },
    "engines.Model.check_labels": {"num_examples": fixed(3)},
    "engines.Model.check_batch_size": {
        "num_examples": fixed(4),
        "batch_size": fixed(2),
    },
    "engines.Model.train": {
        "batches": other(
            [[0, 1], [2, 0]], [[0.5]], [[7]], [[-1]], [[NAN]], [], [["a"]]
        ),
        "optimizer": made(lambda: training.SGD(0.1)),
    },
    "training.Adam": {
        "beta1": share(0.5),
        "beta2": share(0.5),
        "epsilon": positive(1e-8),
    },
    "training.step_schedule": {
        "factors": other(
            {2: 0.1}, {"a": 1.0}, {1: NAN}, {1: -1.0}, {1: "a"}, doubtful=({},)
        )
    },
    "training.fit": {
        "train": made(data),
        "test": other(data()),
        "optimizer": other(training.SGD(0.1)),
        "epochs": size(1),
        "batch_size": budget(2),
        "schedule": Argument(None, ("text", 3, lambda epoch: NAN, lambda epoch: -1.0)),
        "gain": number(1.0, (-1.0, INF), ()),
        "running": FLAG,
        "evaluate_every": budget(1),
        "stop_below": number(0.1, ()),
        "raise_on_divergence": FLAG,
        "checkpoint": FOLDER,
        "checkpoint_every": budget(1),
    },
    "training.fit_many": {
        "train": made(data),
        "test": other(data()),
        "seeds": other([0, 1], [], [-1], [0.5], ["a"], [NAN]),
        "optimizer": other(training.SGD(0.1), [training.SGD(0.1)]),
        "epochs": size(1),
        "batch_size": budget(2),
        "schedule": Argument(None, ("text", 3, lambda epoch: NAN, lambda epoch: -1.0)),
        "gain": number(1.0, (-1.0, INF, [1.0]), ()),
        "running": FLAG,
        "evaluate_every": budget(1),
        "stop_below": number(0.1, ()),
        "raise_on_divergence": FLAG,
        "checkpoint": FOLDER,
        "checkpoint_every": budget(1),
    },
    # data and records
    "datasets.Dataset": {
        "images": other(X, 1j, X.astype(str), X[0], X[:-1]),
        "labels": other(LABELS, 1j, LABELS[:-1]),
    },
    "datasets.Dataset.take": {
        "indices": Argument(
            [0, 2], (None, "text", [7], [NAN], [0.5], 1j), ([], slice(2))
        )
    },
    "datasets": {"name": name("mnist-sample", "digits")},
    "datasets.load": {"num_train": size(5), "num_test": size(5)},
    "datasets.corrupt_labels": {"dataset": made(data), "fraction": share(0.5)},
    "datasets.standardize": {"train": made(images_data), "test": made(images_data)},
    "runs.recipes": {"name": name("lenet-mnist"), "scale": name("ci", "full")},
    "runs.load": {
        "name": name("lenet-mnist", "completion-phase"),
        "folder": fixed(d2lutils.__path__[0] + "/runs/records"),
    },
    "connectivity": {
        "objective": function(bowl),
        "bend": array([1.0, 1.0]),
        "points": array(X),
    },
    "connectivity.fit_bend": {"num_nodes": size(3), "max_iterations": budget(3)},
    "connectivity.permute_units": {
        "order": other(
            [2, 0, 1], [0, 1], [0, 0, 1], [0, 1, NAN], [0, 1, 3], ["a", "b", "c"], []
        ),
    },
    "connectivity.match_units": {"target": array(FLAT)},
    "connectivity.filter_normalised": {"direction": array(FLAT)},
    # claims, exercises, searches
    "claims.check": {
        "name": Argument("a-claim", (None, 3, "", "A b", NAN)),
        "statement": Argument("It holds.", (None, 3, "", NAN)),
        "source": Argument("004", (None, "", NAN)),
        "verdict": name("confirmed"),
        "measured": number(1.0, (), ()),
        "expected": needed(number(1.0, (INF,), ())),
        "tolerance": needed(number(0.1, (-1.0,), ())),
        "at_least": fixed(None),
        "at_most": fixed(None),
        "finding": fixed(""),
        "digits": size(4),
        "interval": other((0.95, 1.05), (1.05, 0.95), (NAN, 1.0), (1.0,)),
        "over": fixed("20 seeds"),
        "rival": number(2.0, (), ()),
        "rival_is": Argument("twice as much", ("",)),
        "kind": name("evidence", "identity", "record"),
    },
    "claims.collect": {"notebook": other({"cells": []}, {})},
    "claims.bootstrap": {
        "values": array([1.0, 2.0, 4.0]),
        "statistic": function(np.median),
        "level": number(0.95, (0.0, 1.0, INF), (0.5,)),
    },
    "claims.proportion": {
        "hits": size(3, 0),
        "trials": size(4),
        "level": number(0.95, (0.0, 1.0, INF), (0.5,)),
    },
    "exercises.check": {
        "name": name("minima-separatrix"),
        "answer": Argument(
            0.5, (), (None, "text", NAN, INF, [], 1j, object(), np.ones((2, 2)))
        ),
    },
    "runs.completion.phase_curve": {"run": made(lambda: runs.load("completion-phase"))},
    "runs.search": {
        "method": name("Hyperband", "random search"),
        "run": made(lambda: runs.load("search-comparison-wide")),
    },
    "runs.search.after": {"spent": array([20.0, 99.0], infinite=True)},
    "search.brackets": {"max_resource": budget(9)},
    "search.uniform": {"low": number(0.0, (INF, 1e300))},
    "search.log_uniform": {"low": number(0.1, (INF, 0.0, -1.0), ())},
    "search.integer": {
        "low": number(0, (INF, 0.5), ()),
        "high": number(3, (INF, -1, 2.5), ()),
    },
    "search.log_integer": {
        "low": number(1, (INF, 0, 1.5), ()),
        "high": number(3, (INF, -1, 2.5), ()),
    },
    "search.choice": {"value": Argument("a", ([], {}, object()))},
    "search.hyperband": {"repeats": size(1)},
    "search.successive_halving": {"num_configs": size(3), "min_resource": size(1)},
    "search.bayesian_search": {
        "num_initial": size(2),
        "batch": size(1),
        "sampler": name("tpe"),
    },
    "search.Study.after": {"spent": number(2.0, (), (-1.0,))},
    "tuning.DigitsMLP": {
        "data": name("mnist-sample"),
        "num_train": size(20),
        "num_validation": size(20),
        "num_test": size(20),
        "pool": size(2),
        "batch_size": budget(10),
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
    },
    "plotting.contour": {
        "levels": Argument(4, ("text", None, NAN, -1, 2.5, [2.0, 1.0], [])),
        "num": size(5, 2),
        "domain": SQUARE,
        "transform": fixed(None),
    },
    "plotting.path": {
        "points": drawn(X),
        "marker": fixed("o"),
        "markersize": fixed(2.5),
    },
    "plotting.bands": {
        "x": drawn([0.0, 1.0]),
        "samples": drawn(np.ones((3, 2))),
        "quantiles": other((0.1, 0.9), (0.5,), (-1, 2), (NAN, 1)),
    },
    "plotting.log_axes": {"axes": name("x", "xy")},
    "interactive": {
        "seed": Argument(0, ("text", None, NAN, -1, 2.5, 1j, 2**32, HUGE)),
        "n": size(5, 0),
    },
    "interactive.risk": {"num_samples": size(5)},
    "interactive.descent": {
        "landscape": name("risk", "bowl"),
        "start": array([0.5]),
        "num_steps": size(5),
    },
    "interactive.saddle": {
        "landscape": name("double_well"),
        "eps": number(0.1, (INF,)),
        "along": number(0.5, (INF,)),
    },
    "interactive.gradients": {
        "gain": positive(1.0),
        "skip": name("none", "1"),
        "width": size(32),
    },
    "interactive.separator": {
        "points": array([[1, 2], [3, 4]]),
        "labels": truths(np.array([1, -1])),
    },
    "interactive.clique": {
        "edges": other(
            ((1, 2), (2, 3)),
            ((1, 7),),
            ((1, 1),),
            (("a", 1),),
            ((NAN, 1),),
            (3,),
            np.array(0.0),
            doubtful=((),),
        ),
        "num_vertices": size(5, 3),
        "s": number(0.6, (-1.0, 1.0)),
    },
    "interactive.completion": {
        "init_scale": positive(1e-3),
        "num_observed": size(40, 12),
        "flipped": other(((1, 2), (8, 8)), ((0, 1),), ((1, 9),), (("a", 1),), (3,)),
        "cell": size(5, 0),
    },
    "interactive.infinite_net": {
        "points": array([[0.1, 0.2], [1.0, 0.5]]),
        "kernel": name("ntk", "nngp"),
        "time": number(1.0, (-1.0,), (INF,)),
        "num_nets": size(3, 0),
    },
    "interactive.kernel_width": {
        "width": size(64, 8),
        "init": name("plain"),
        "steps": size(200, 10),
        "scale": positive(1.0),
    },
    "interactive.double_descent": {
        "n": size(5, 2),
        "p": size(5),
        "D": size(10, 4),
        "penalty": NOT_NEGATIVE,
        "coefficients": name("equal", "falling"),
    },
    "interactive.training_curves": {
        "runs": made(lambda: {"a": curves()}, {}, {"a": 3}, {1: None}),
        "run": Argument(None, ("text", 3, NAN, [], ["a"])),
        "epoch": Argument(None, ("text", NAN, -1, 2.5, 10**12)),
    },
    "interactive.hyperband": {
        "max_resource": size(81, 4),
        "bracket": Argument(None, ("text", NAN, -1, 2.5, 99)),
        "setting": size(5, 0),
        "crossing": share(0.5),
    },
    "interactive.random_grid": {
        "num_trials": size(9, 4),
        "importance": share(0.1),
        "angle": number(10, (-1.0, INF)),
        "optimum": array([0.5, 0.5]),
    },
    "interactive.edge_of_chaos": {
        "gain": number(1.5, (0.4, INF)),
        "bias_scale": NOT_NEGATIVE,
    },
    "interactive.learning_curves": {
        "spectrum_decay": number(1.5, (-1.0, INF)),
        "target_decay": number(1.5, (-1.0, INF)),
        "ridge": NOT_NEGATIVE,
    },
    "interactive.deep_double_descent": {
        "run": made(lambda: runs.load("double-descent"), runs.load("weight-decay"), {}),
        "random_labels": number(0.0, (INF, 0.1)),
        "width": size(64, 8),
        "epochs": size(80, 40),
    },
    "interactive.grokking": {
        "run": made(lambda: runs.load("grokking"), runs.load("weight-decay"), {}),
        "gain": number(0.5, (INF, 1.0)),
        "weight_decay": number(0.001, (INF, 0.1)),
        "network": size(5, 0),
        "threshold": number(0.05, (INF, 0.0, 0.3)),
        "step": size(80, 40),
    },
    "interactive.width_transfer": {
        "losses": other(
            {"a": np.ones((2, 2, 3)), "b": np.ones((1, 2, 3))},
            {"a": np.ones((2, 2, 3))},
            {"a": np.ones((2, 2)), "b": np.ones((2, 2, 3))},
            {"a": -np.ones((2, 2, 3)), "b": np.ones((2, 2, 3))},
        ),
        "widths": array([8, 16]),
        "rates": array([0.1, 0.2, 0.4]),
        "scaling": Argument(None, ("text", 3, NAN, [], ["a"])),
        "width": Argument(None, ("text", NAN, -1, 2.5, 12)),
        "rate": Argument(None, ("text", NAN, INF, -1.0, 0.0, 9.0)),
    },
    "interactive.random_hessian": {
        "n": size(5),
        "level": number(0.5, (-2.0, INF)),
    },
}
"""What the names of arguments do not say: of a function, or of all in a module. Here
alone stand *arguments.
"""

POSITIONAL = {"networks.Network", "networks.Residual", "search.choice"}
"""Names that take their first arguments by position only."""

INFINITE = {
    "descent.escape_steps",
    "linear.double_descent_risk",
    "linear.isotropic_risk",
    "hardness.separate",
    "hardness.one_against_rest",
}
"""Functions whose docstring says that infinity may come back."""

UNDEFINED = {
    "completion.effective_rank",
    "search.Study.after",
    "runs.search.after",
    "runs.search.final",
}
"""Functions whose docstring says when NaN comes back."""
