"""Error against the number of observed entries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks
from d2lutils.completion._deep import deep_factorization
from d2lutils.completion._problems import effective_rank, problem, relative_error
from d2lutils.completion._results import nuclear_norm


@dataclass(frozen=True)
class PhaseCurve:
    """What each method made of num_instances problems of each number of entries.

    Attributes
    ----------
    counts : array of shape (c,)
        Numbers of observed entries.
    methods : tuple
        Their k names.
    errors : array of shape (k, c, num_instances)
        Relative ones, over the unobserved entries.
    effective_ranks : array of shape (k, c, num_instances)
        Of the completions.
    losses : array of shape (k, c, num_instances)
        Mean squared errors over the observed entries.
    """

    counts: np.ndarray
    methods: tuple[str, ...]
    errors: np.ndarray
    effective_ranks: np.ndarray
    losses: np.ndarray


def phase_curve(
    counts: ArrayLike,
    *,
    n: int = 100,
    rank: int = 5,
    depths: ArrayLike = (2, 3),
    num_instances: int = 3,
    seed: int = 0,
    callback: Callable[[str, int, int, float], Any] | None = None,
    **settings: Any,
) -> PhaseCurve:
    """Error of least nuclear norm and of deep factorizations by observed entries.

    Instance i has the generator ``default_rng([seed, i])`` for all counts and methods,
    so that its observed sets are nested, and ``rng=i`` for its factors.

    Parameters
    ----------
    counts : sequence of int
        Numbers of observed entries to try.
    n, rank : int
        Of each problem.
    depths : sequence of int
        Numbers of factors to try.
    num_instances : int
        Problems for each number of entries.
    seed : int
    callback : function
        Called as ``callback(method, count, instance, error)``.
    **settings
        Further arguments of `deep_factorization`.

    Returns
    -------
    PhaseCurve
        Its methods are "nuclear norm", "depth 2", ...

    Raises
    ------
    ValueError
        For settings that do not fit.
    """
    callback = None if callback is None else _checks.function("callback", callback)
    counts = _whole_numbers("counts", counts)
    depths = _whole_numbers("depths", depths)
    num_instances = _checks.whole("num_instances", num_instances)
    seed = _checks.whole("seed", seed, 0, np.inf)
    methods = ("nuclear norm", *(f"depth {depth}" for depth in depths))
    measured = np.empty((3, len(methods), len(counts), num_instances))
    for i in range(num_instances):
        for c, count in enumerate(counts):
            task = problem(n, rank, count, np.random.default_rng([seed, i]))
            for k, method in enumerate(methods):
                if k == 0:
                    done = nuclear_norm(task.observed, task.mask, tol=1e-5)
                else:
                    done = deep_factorization(
                        task.observed, task.mask, depth=depths[k - 1], rng=i, **settings
                    )
                error = relative_error(done.matrix, task.truth, task.mask)
                loss = np.mean((done.matrix - task.observed)[task.mask] ** 2)
                measured[:, k, c, i] = error, effective_rank(done.matrix), loss
                if callback is not None:
                    callback(method, count, i, error)
    return PhaseCurve(np.asarray(counts), methods, *measured)


def _whole_numbers(name: str, values: ArrayLike) -> list[int]:
    given = _checks.array(name, values, 1, dtype=None)
    return [_checks.whole(name, value) for value in given.tolist()]
