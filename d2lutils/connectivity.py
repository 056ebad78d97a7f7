"""Between and around trained networks: paths that join two of them, and slices of the loss through one.

An `objective` is what `engines.Model.objective` returns: parameters (P,) -> (loss, gradient (P,)). So nothing here
needs a framework. network, input_shape: a networks.Network and the shape of one of its inputs; parameters are flat
vectors (P,), in the order of `networks.parameter_shapes`.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment, minimize

from d2lutils import _checks, networks


def segment(start, end, t):
    """Points on the straight line from start (P,), at t = 0, to end (P,), at t = 1. t: (m,). Returns (m, P)."""
    start, end = _vectors(start=start, end=end)
    t = _times(t, len(start))
    return (1 - t) * start + t * end


def bezier(start, bend, end, t):
    """Points on the quadratic Bezier curve (1-t)^2 start + 2t(1-t) bend + t^2 end. t: (m,). Returns (m, P)."""
    start, bend, end = _vectors(start=start, bend=bend, end=end)
    t = _times(t, len(start))
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end


def losses_at(objective, points):
    """The loss at each of the points (m, P). Returns (m,)."""
    _checks.function("objective", objective)
    return np.array(
        [objective(point)[0] for point in _checks.array("points", points, 2)]
    )


def fit_bend(objective, start, end, *, num_nodes=9, max_iterations=100):
    """The bend for which the mean loss along the Bezier curve from start to end is least (Garipov et al. 2018).

    start, end: (P,), both kept fixed. The mean over t is a Gauss-Legendre sum of num_nodes terms, the minimiser
    L-BFGS from the middle of the straight line, at most max_iterations; each costs about num_nodes gradients.
    Returns (P,). The curve's largest loss is for the caller to measure, on a grid finer than the nodes.
    Raises ValueError if start and end have not the same shape (P,).
    """
    start, end = _vectors(start=start, end=end)
    num_nodes = _checks.whole("num_nodes", num_nodes, 1, 1000)
    max_iterations = _checks.whole("max_iterations", max_iterations, 1, np.inf)
    _checks.function("objective", objective)
    nodes, weights = np.polynomial.legendre.leggauss(num_nodes)
    t, weights = (nodes + 1) / 2, weights / 2

    def mean_loss(bend):
        mean, gradient = 0.0, np.zeros_like(bend)
        for point, pull, weight in zip(
            bezier(start, bend, end, t), 2 * t * (1 - t), weights, strict=True
        ):
            value, slope = objective(point)
            mean += weight * value
            gradient += weight * pull * slope
        return mean, gradient

    options = {"maxiter": max_iterations}
    return minimize(
        mean_loss, (start + end) / 2, jac=True, method="L-BFGS-B", options=options
    ).x


def permute_units(network, input_shape, parameters, order):
    """The parameters (P,) of a net with one hidden layer, its hidden units renumbered: the same function.

    order: (m,), a permutation; unit i of the result is unit order[i] of the given net.
    Raises ValueError if the network is not two Dense layers and elementwise activations, or order is no
    permutation of its hidden units.
    """
    arrays = _one_hidden_layer(network, input_shape, parameters)
    first, *_, last = [name for name in arrays if name.endswith("weight")]
    order = _checks.array("order", order, dtype=None)
    if order.ndim != 1 or sorted(order.tolist()) != list(range(len(arrays[first]))):
        raise ValueError(
            f"order must be a permutation of the {len(arrays[first])} hidden units"
        )
    order = order.astype(int)
    arrays = {
        name: array[order] if _same_layer(name, first) else array
        for name, array in arrays.items()
    }
    arrays[last] = arrays[last][:, order]
    return np.concatenate([array.ravel() for array in arrays.values()])


def match_units(network, input_shape, parameters, target):
    """The order of hidden units (m,), for `permute_units`, that brings the parameters nearest to target.

    Both (P,) of a net with one hidden layer. An assignment problem, solved exactly (cf. Ainsworth et al. 2023,
    arXiv:2209.04836). Raises ValueError as `permute_units` does.
    """
    units = []
    for name, flat in (("target", target), ("parameters", parameters)):
        arrays = _one_hidden_layer(network, input_shape, flat, name)
        first, *_, last = [name for name in arrays if name.endswith("weight")]
        own = [
            array.reshape(len(array), -1)
            for name, array in arrays.items()
            if _same_layer(name, first)
        ]
        units.append(np.hstack([*own, arrays[last].T]))
    return linear_sum_assignment(-units[0] @ units[1].T)[1]


def filter_normalised(network, input_shape, parameters, direction):
    """A direction (P,) whose filters are as long as those of the parameters (Li et al. 2018, arXiv:1712.09913).

    A filter is the incoming weights of one unit or channel. Biases and the scales and shifts of normalisation
    layers are left out: the direction is 0 there.
    """
    parameters, direction = _vectors(parameters=parameters, direction=direction)
    given = networks.unflatten(network, input_shape, parameters)
    drawn = networks.unflatten(network, input_shape, direction)
    pieces = []
    for name, array in given.items():
        if not name.endswith("weight"):
            pieces.append(np.zeros(array.size))
            continue
        filters, raw = (
            array.reshape(len(array), -1),
            drawn[name].reshape(len(array), -1),
        )
        lengths = np.linalg.norm(raw, axis=1, keepdims=True)
        scales = np.linalg.norm(filters, axis=1, keepdims=True) / np.where(
            lengths > 0, lengths, 1
        )
        pieces.append((scales * raw).ravel())
    return np.concatenate(pieces)


def _times(t, dim):
    t = _checks.array("t", t, 1)[:, None]
    _checks.fits("t", len(t), dim)
    if np.abs(t).max(initial=0) > 1e100:
        raise ValueError("t must be below 1e100 in size: its square overflows")
    return t


def _vectors(**given):
    arrays = {name: _checks.array(name, vector, 1) for name, vector in given.items()}
    sizes = [array.size for array in arrays.values()]
    if len(set(sizes)) > 1 or not sizes[0]:
        raise ValueError(
            f"{', '.join(arrays)} must have the same length, not 0, got {', '.join(map(str, sizes))}"
        )
    return arrays.values()


def _same_layer(name, other):
    return name.rsplit(".", 1)[0] == other.rsplit(".", 1)[0]


def _one_hidden_layer(network, input_shape, flat, name="parameters"):
    elementwise = (networks.ReLU, networks.LeakyReLU, networks.Tanh, networks.Sigmoid)
    _checks.instance("network", network, networks.Network)
    rest = [
        layer
        for layer in network.layers
        if not isinstance(layer, (*elementwise, networks.Flatten))
    ]
    if len(rest) != 2 or not all(isinstance(layer, networks.Dense) for layer in rest):
        raise ValueError(
            "need a network of two Dense layers and elementwise activations"
        )
    return networks.unflatten(network, input_shape, _checks.array(name, flat))
