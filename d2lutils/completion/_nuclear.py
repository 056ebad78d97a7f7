"""Nuclear-norm minimisation: Douglas-Rachford splitting, partial SVDs, a duality gap.

    exact fit    minimise |X|_*   subject to X = M on the observed entries
    penalised    minimise penalty |X|_* + 1/2 |X - M|^2   (squares of observed entries)

The iteration is Lions & Mercier (1979) with over-relaxation. What it reports does not
rest on its convergence theory: every answer comes with a feasible matrix, a feasible
dual matrix and the distance of their values.
"""

import contextlib

import numpy as np
import scipy.linalg

from d2lutils import _machine

RELAXATION = 1.7
# Step, as a share of the spectral norm of the zero-filled data; .1 to .5 serve alike.
THRESHOLD = 0.25
BALANCE_EVERY = 50
SPARE = 6  # singular directions followed beyond those above the threshold


def solve(observed, mask, penalty, tol, max_iterations, callback):
    """Return (matrix, primal value, dual value, iterations).

    `observed` is zero outside `mask`.
    """
    if not observed.any():
        return np.zeros_like(observed), 0.0, 0.0, 0
    if observed.shape[0] < observed.shape[1]:
        matrix, *rest = solve(
            observed.T, mask.T, penalty, tol, max_iterations, callback
        )
        return matrix.T, *rest
    # Below this size a second BLAS thread gains nothing, and on a busy machine it costs
    # a factor of several.
    small = observed.shape[1] < 700
    with _machine.one_blas_thread() if small else contextlib.nullcontext():
        return _iterate(observed, mask, penalty, tol, max_iterations, callback)


def _iterate(observed, mask, penalty, tol, max_iterations, callback):
    threshold = THRESHOLD * np.linalg.norm(observed, 2)
    shrink = _Shrinkage(observed.shape[1])
    z = observed.copy()
    best = (None, np.inf, -np.inf)
    next_look, last = 10, None
    for iteration in range(1, max_iterations + 1):
        x, nuclear = shrink(z, threshold)
        multiplier = np.where(mask, z - x, 0.0) * ((penalty or 1.0) / threshold)
        reflected = 2 * x - z
        # Proximal step of the data term on the observed entries:
        # v -> pull * M + (1 - pull) * v.
        pull = threshold / (threshold + penalty)
        step = np.where(mask, reflected + pull * (observed - reflected), reflected) - x
        # The certificate costs full SVDs: look when cheap estimates agree, and now and
        # then besides.
        residual = np.where(mask, x - observed, 0.0)
        estimate = (penalty or 1.0) * nuclear + bool(penalty) * 0.5 * np.sum(
            residual**2
        )
        guess = np.vdot(multiplier, observed) - bool(penalty) * 0.5 * np.sum(
            multiplier**2
        )
        settled = (
            np.linalg.norm(step) <= 10 * tol * np.linalg.norm(x)
            and abs(estimate - guess) <= 2 * tol * estimate
        )
        if (
            (settled and iteration >= next_look)
            or iteration >= 2 * next_look
            or iteration == max_iterations
        ):
            next_look = iteration + max(10, iteration // 8)
            best = _certify(best, x, residual, multiplier, observed, penalty)
            if callback is not None:
                callback(iteration, best[1] - best[2])
            if best[1] - best[2] <= tol * best[1]:
                break
        z += RELAXATION * step
        if iteration % BALANCE_EVERY == 0:
            if last is not None:
                fading = BALANCE_EVERY / (BALANCE_EVERY + 0.1 * iteration)
                factor = _balance(x, last[0], multiplier, last[1]) ** fading
                z = x + factor * (z - x)
                threshold *= factor
            last = x, multiplier
    return *best, iteration


def _balance(x, x_before, y, y_before):
    """By how much to enlarge the threshold.

    A larger one moves the matrix faster, a smaller one the multiplier. Residual
    balancing in relative terms (Wohlberg 2017), where one is far behind; ever weaker,
    so that it settles.
    """
    primal = np.linalg.norm(x - x_before) * np.linalg.norm(y)
    dual = np.linalg.norm(y - y_before) * np.linalg.norm(x)
    return 2.0 if primal > 30 * dual else 0.5 if dual > 30 * primal else 1.0


def _certify(best, x, residual, multiplier, observed, penalty):
    """Keep the better primal point and the better dual bound, both exactly feasible."""
    matrix, primal, dual = best
    candidate = x if penalty else x - residual
    value = np.linalg.norm(candidate, "nuc")
    if penalty:
        value = penalty * value + 0.5 * np.sum(residual**2)
    if value < primal:
        matrix, primal = candidate, value
    # Dual: maximise <Y, M> (- |Y|^2 / 2 with a penalty) over Y on the mask of spectral
    # norm <= 1 (<= penalty).
    scale = (penalty or 1.0) / np.linalg.norm(multiplier, 2)
    inner = np.vdot(multiplier, observed)
    if penalty:
        squared = np.sum(multiplier**2)
        scale = min(scale, inner / squared)
        bound = scale * inner - 0.5 * scale**2 * squared
    else:
        bound = scale * inner
    return matrix, primal, max(dual, bound)


class _Shrinkage:
    """Singular-value soft thresholding that follows the leading right singular space.

    One step of block subspace iteration a call: as the iterates settle, so does the
    space, and the fixed point is that of the exact operator. A dense SVD starts it and
    takes over when the rank is not small.
    """

    def __init__(self, num_columns):
        self.space = None
        self.fill = np.random.default_rng(0).standard_normal((num_columns, SPARE))

    def __call__(self, z, threshold):
        """Return (matrix, its nuclear norm)."""
        if self.space is None or 2 * self.space.shape[1] > z.shape[1]:
            u, s, vt = scipy.linalg.svd(z, full_matrices=False, check_finite=False)
            v = vt.T
        else:
            basis = np.linalg.qr(z @ self.space)[0]
            v, s, wt = scipy.linalg.svd(
                z.T @ basis, full_matrices=False, check_finite=False
            )
            u = basis @ wt.T
        rank = int(np.sum(s > threshold))
        self.space = v[:, : rank + SPARE]
        if self.space.shape[1] < min(rank + SPARE, z.shape[1]):
            self.space = np.linalg.qr(np.hstack([self.space, self.fill]))[0]
        s = s[:rank] - threshold
        return (u[:, :rank] * s) @ v[:, :rank].T, s.sum()
