"""Between and around trained networks: paths that join two, slices through one.

An `objective` is what `engines.Model.objective` returns: parameters (P,) -> (loss,
gradient (P,)). So nothing here needs a framework. network, input_shape: a
networks.Network and the shape of one of its inputs; parameters are flat vectors (P,),
in the order of `networks.parameter_shapes`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment, minimize

from d2lutils import _checks, networks

_Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


def segment(start: ArrayLike, end: ArrayLike, t: ArrayLike) -> np.ndarray:
    """Points (m, P) on the straight line between two points.

    start (P,) lies at t = 0, end (P,) at t = 1. t: (m,).
    """
    start, end = _vectors(start=start, end=end)
    t = _times(t, len(start))
    with np.errstate(over="ignore", invalid="ignore"):  # told by _finite
        return _finite((1 - t) * start + t * end)


def bezier(
    start: ArrayLike, bend: ArrayLike, end: ArrayLike, t: ArrayLike
) -> np.ndarray:
    """Points (m, P) on the quadratic Bezier curve between two points.

    (1-t)^2 start + 2t(1-t) bend + t^2 end, of start, bend and end (P,). t: (m,).
    """
    start, bend, end = _vectors(start=start, bend=bend, end=end)
    t = _times(t, len(start))
    with np.errstate(over="ignore", invalid="ignore"):  # told by _finite
        return _finite((1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end)


def losses_at(objective: _Objective, points: ArrayLike) -> np.ndarray:
    """The loss (m,) of `objective` at each of the points (m, P)."""
    _checks.function("objective", objective)
    return np.array(
        [objective(point)[0] for point in _checks.array("points", points, 2)]
    )


def fit_bend(
    objective: _Objective,
    start: ArrayLike,
    end: ArrayLike,
    *,
    num_nodes: int = 9,
    max_iterations: int = 100,
) -> np.ndarray:
    """The bend for which the mean loss along the Bezier curve is least.

    The mean over t is a Gauss-Legendre sum, the minimiser L-BFGS from the middle of the
    straight line. The curve's largest loss is for the caller to measure, on a grid
    finer than the nodes.

    Parameters
    ----------
    objective : callable
        Parameters (P,) -> (loss, gradient).
    start, end : arrays of shape (P,)
        The curve's ends, which stay.
    num_nodes : int
        Terms of the sum.
    max_iterations : int
        At most so many, of about num_nodes gradients each.

    Returns
    -------
    array of shape (P,)

    Raises
    ------
    ValueError
        If start and end have not the same shape (P,), or the loss is not finite on the
        straight line.

    References
    ----------
    Garipov et al. 2018, arXiv:1802.10026.
    """
    start, end = _vectors(start=start, end=end)
    num_nodes = _checks.whole("num_nodes", num_nodes, 1, 1000)
    max_iterations = _checks.whole("max_iterations", max_iterations, 1, np.inf)
    _checks.function("objective", objective)
    nodes, weights = np.polynomial.legendre.leggauss(num_nodes)
    t, weights = (nodes + 1) / 2, weights / 2

    def mean_loss(bend: np.ndarray) -> tuple[float, np.ndarray]:
        mean, gradient = 0.0, np.zeros_like(bend)
        for point, pull, weight in zip(
            bezier(start, bend, end, t), 2 * t * (1 - t), weights, strict=True
        ):
            value, slope = objective(point)
            mean += weight * value
            gradient += weight * pull * slope
        return mean, gradient

    middle = start / 2 + end / 2
    if not np.isfinite(mean_loss(middle)[0]):
        raise ValueError(
            "objective must be finite between start and end, got NaN or infinity"
        )
    options = {"maxiter": max_iterations}
    return minimize(mean_loss, middle, jac=True, method="L-BFGS-B", options=options).x


def permute_units(
    network: networks.Network,
    input_shape: tuple[int, ...],
    parameters: ArrayLike,
    order: ArrayLike,
) -> np.ndarray:
    """The parameters (P,) of a net with its hidden units renumbered: the same function.

    Parameters
    ----------
    network : Network
        Of two Dense layers and elementwise activations: one hidden layer.
    input_shape : tuple of int
    parameters : array of shape (P,)
    order : array of shape (m,)
        A permutation: unit i of the result is unit order[i] of the given net.

    Raises
    ------
    ValueError
        For another network, or an order that is no permutation of its hidden units.
    """
    arrays = _one_hidden_layer(network, input_shape, parameters)
    first, *_, last = [name for name in arrays if name.endswith("weight")]
    order = _checks.array("order", order, dtype=None)
    if order.ndim != 1 or sorted(order.tolist()) != list(range(len(arrays[first]))):
        raise ValueError(
            f"order must be a permutation of the {len(arrays[first])} hidden units, "
            f"got {_checks.shown(order)}"
        )
    order = order.astype(int)
    arrays = {
        name: array[order] if _same_layer(name, first) else array
        for name, array in arrays.items()
    }
    arrays[last] = arrays[last][:, order]
    return np.concatenate([array.ravel() for array in arrays.values()])


def match_units(
    network: networks.Network,
    input_shape: tuple[int, ...],
    parameters: ArrayLike,
    target: ArrayLike,
) -> np.ndarray:
    """The order of hidden units that brings the parameters nearest to target.

    An assignment problem, solved exactly (cf. Ainsworth et al. 2023, arXiv:2209.04836).

    Parameters
    ----------
    network, input_shape
        As in `permute_units`, and so are the errors.
    parameters, target : arrays of shape (P,)

    Returns
    -------
    array of shape (m,)
        For `permute_units`.
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
    units = [unit / _power(np.abs(unit).max()) for unit in units]
    return linear_sum_assignment(-units[0] @ units[1].T)[1]


def filter_normalised(
    network: networks.Network,
    input_shape: tuple[int, ...],
    parameters: ArrayLike,
    direction: ArrayLike,
) -> np.ndarray:
    """A direction (P,) whose filters are as long as those of the parameters.

    A filter is the incoming weights of one unit or channel. Biases and the scales and
    shifts of normalisation layers are left out: the direction is 0 there.

    Parameters
    ----------
    network : Network
    input_shape : tuple of int
    parameters, direction : arrays of shape (P,)

    References
    ----------
    Li et al. 2018, arXiv:1712.09913.
    """
    parameters, direction = _vectors(parameters=parameters, direction=direction)
    given = networks.unflatten(network, input_shape, parameters)
    drawn = networks.unflatten(network, input_shape, direction)
    pieces = []
    for name, array in given.items():
        if not name.endswith("weight"):
            pieces.append(np.zeros(array.size))
            continue
        filters = array.reshape(len(array), -1)
        raw = drawn[name].reshape(len(array), -1)
        raw = raw / _power(np.abs(raw).max(1, keepdims=True))
        lengths = np.linalg.norm(raw, axis=1, keepdims=True)
        size = _power(np.abs(filters).max(1, keepdims=True))
        scales = np.linalg.norm(filters / size, axis=1, keepdims=True) / np.where(
            lengths > 0, lengths, 1
        )
        pieces.append((scales * raw * size).ravel())
    return np.concatenate(pieces)


def _power(size: Any) -> Any:
    """The power of two below a size: dividing by it changes no digit."""
    return np.ldexp(0.5, np.where(size > 0, np.frexp(size)[1], 1))


def _times(t: ArrayLike, dim: int) -> np.ndarray:
    t = _checks.array("t", t, 1)[:, None]
    _checks.fits("t", len(t), dim)
    if np.abs(t).max(initial=0) > 1e100:
        raise ValueError(
            f"t must be below 1e100 in size, got {np.abs(t).max():.3g}: its square "
            "overflows"
        )
    return t


def _finite(points: np.ndarray) -> np.ndarray:
    if not np.isfinite(points).all():
        raise ValueError("points must be smaller, or t: their sums overflow")
    return points


def _vectors(**given: ArrayLike) -> Any:
    arrays = {name: _checks.array(name, vector, 1) for name, vector in given.items()}
    sizes = [array.size for array in arrays.values()]
    if len(set(sizes)) > 1 or not sizes[0]:
        raise ValueError(
            f"{', '.join(arrays)} must have the same length, not 0, got "
            f"{', '.join(map(str, sizes))}"
        )
    return arrays.values()


def _same_layer(name: str, other: str) -> bool:
    return name.rsplit(".", 1)[0] == other.rsplit(".", 1)[0]


def _one_hidden_layer(
    network: networks.Network,
    input_shape: tuple[int, ...],
    flat: ArrayLike,
    name: str = "parameters",
) -> dict[str, np.ndarray]:
    elementwise = (networks.ReLU, networks.LeakyReLU, networks.Tanh, networks.Sigmoid)
    _checks.instance("network", network, networks.Network)
    rest = [
        layer
        for layer in network.layers
        if not isinstance(layer, (*elementwise, networks.Flatten))
    ]
    if len(rest) != 2 or not all(isinstance(layer, networks.Dense) for layer in rest):
        raise ValueError(
            "network must be of two Dense layers and elementwise activations, got "
            f"{_checks.shown(network)}"
        )
    return networks.unflatten(network, input_shape, _checks.array(name, flat))
