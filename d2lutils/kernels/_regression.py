"""Regression with a kernel: the trained infinitely wide network, at the end of training and on the way."""

import warnings

import numpy as np

from d2lutils import _checks

EPSILON = np.finfo(np.float64).eps


class KernelRegression:
    """Kernel (ridge) regression by Cholesky factorisation in float64.

    kernel (n, n): symmetric, positive definite. targets: (n,) or (n, k) numbers, or (n,) integer labels 0, 1, ...,
    which become one-hot rows minus 1 / (number of classes). ridge >= 0 is added to the diagonal.

    Attributes: weights (n, k) or (n,), the solution of (kernel + ridge I) weights = targets; residual, the relative
    size of what is left of that equation, max norm; condition, an estimate of the condition number (1-norm).
    Raises ValueError for arrays that do not fit, NaN, a kernel that is not symmetric, or one that is not numerically
    positive definite (then with its smallest eigenvalue and a ridge that would help). Warns where the condition
    number leaves less than four digits.
    """

    def __init__(self, kernel, targets, ridge=0.0):
        from scipy import linalg

        kernel = _symmetric(kernel)
        targets, ridge = (
            _checks.array("targets", targets, dtype=None),
            _checks.real("ridge", ridge, 0),
        )
        if (
            targets.ndim not in (1, 2)
            or len(targets) != len(kernel)
            or 0 in targets.shape
        ):
            raise ValueError(
                f"got targets of shape {targets.shape} for {len(kernel)} examples; need one each"
            )
        self.classes = (
            int(targets.max()) + 1
            if np.issubdtype(targets.dtype, np.integer) and targets.ndim == 1
            else 0
        )
        if self.classes:
            if targets.min() < 0:
                raise ValueError(
                    f"got the label {targets.min()}; integer labels count from 0"
                )
            _checks.fits("targets", self.classes, max(self.classes, len(targets)))
            targets = np.eye(self.classes)[targets] - 1 / self.classes
        targets = targets.astype(np.float64)
        matrix = kernel + ridge * np.eye(len(kernel))
        try:
            factor = linalg.cho_factor(matrix, lower=True)
        except linalg.LinAlgError:
            low, high = np.linalg.eigvalsh(kernel)[[0, -1]]
            raise ValueError(
                f"the kernel is not positive definite: smallest eigenvalue {low + ridge:.3g}, largest {high:.3g} "
                f"(equal or parallel inputs?); a ridge of {max(-2 * low, len(kernel) * EPSILON * high):.1g} would do"
            ) from None
        norm = np.abs(matrix).sum(0).max()
        self.condition = float(
            1 / max(linalg.lapack.dpocon(factor[0], norm, uplo=b"L")[0], 1e-300)
        )
        self.weights = linalg.cho_solve(factor, targets)
        self.weights += linalg.cho_solve(
            factor, targets - matrix @ self.weights
        )  # one step of refinement
        scale = norm * np.abs(self.weights).max() + np.abs(targets).max()
        self.residual = (
            float(np.abs(matrix @ self.weights - targets).max() / scale)
            if scale
            else 0.0
        )
        if self.residual > len(kernel) * 100 * EPSILON:
            raise ValueError(
                f"the linear system was not solved: relative residual {self.residual:.1g}; give a ridge"
            )
        if self.condition * EPSILON > 1e-4:
            warnings.warn(
                f"condition number {self.condition:.1g}: predictions keep about "
                f"{max(0, int(-np.log10(self.condition * EPSILON)))} digits; give a ridge",
                stacklevel=2,
            )

    def __repr__(self):
        return f"KernelRegression({len(self.weights)} examples, condition {self.condition:.2g})"

    def predict(self, kernel):
        """Predictions (m,) or (m, k), float64, from the kernel (m, n) between new and training inputs."""
        kernel = _checks.array("kernel", kernel)
        if kernel.ndim != 2 or kernel.shape[1] != len(self.weights):
            raise ValueError(
                f"got a kernel of shape {kernel.shape}, need (m, {len(self.weights)})"
            )
        return kernel @ self.weights

    def classify(self, kernel):
        """Labels (m,) int64 from the kernel (m, n) between new and training inputs; only after integer labels."""
        if not self.classes:
            raise ValueError("classify needs a model made from integer labels")
        return self.predict(kernel).argmax(1)


def gradient_flow(kernel, targets, times, cross=None, initial=None, cross_initial=None):
    """Predictions along gradient flow on |f - y|^2 / 2 summed over examples, with a frozen kernel.

    The linearised network (Jacot et al. 2018; Lee et al. 2019, arXiv 1902.06720):
    f_t = y + exp(-K t) (f_0 - y) on training inputs, f_0' + K' K^-1 (1 - exp(-K t)) (y - f_0) on others.
    kernel (n, n); targets (n,) or (n, k); times (T,) >= 0; cross (m, n): kernel between other and training inputs.
    initial (n, ...), cross_initial (m, ...): outputs at time 0 (default 0).
    Returns (T, n, ...) without `cross`, (T, m, ...) with it. Raises ValueError for arrays that do not fit.
    """
    kernel, times = _symmetric(kernel), np.atleast_1d(_checks.array("times", times))
    targets = _checks.array("targets", targets)
    if (
        targets.ndim not in (1, 2)
        or len(targets) != len(kernel)
        or times.ndim != 1
        or not (times >= 0).all()
    ):
        raise ValueError(
            f"got targets {targets.shape} for {len(kernel)} examples, times {times}; need as many, >= 0"
        )
    initial = (
        np.zeros_like(targets) if initial is None else _checks.array("initial", initial)
    )
    cross = None if cross is None else _checks.array("cross", cross, 2)
    if initial.shape != targets.shape or (
        cross is not None and cross.shape[1] != len(kernel)
    ):
        raise ValueError(
            f"initial must have the shape {targets.shape} of targets, cross be (m, {len(kernel)})"
        )
    eigenvalues, vectors = np.linalg.eigh(kernel)
    modes = vectors.T @ (targets - initial)
    shape = (len(times), len(kernel)) + (1,) * (targets.ndim - 1)
    if cross is None:
        shares = -np.expm1(-np.outer(times, eigenvalues)).reshape(shape)
        return initial + np.einsum("ij,tj...->ti...", vectors, shares * modes)
    exponents = np.outer(times, eigenvalues)
    # (1 - exp(-lambda t)) / lambda, which is t where lambda vanishes
    safe = np.where(np.abs(exponents) > 1e-12, exponents, 1)
    shares = times[:, None] * np.where(
        np.abs(exponents) > 1e-12, -np.expm1(-safe) / safe, 1
    )
    change = np.einsum(
        "ij,tj...->ti...", cross @ vectors, shares.reshape(shape) * modes
    )
    if cross_initial is None:
        return change
    cross_initial = _checks.array("cross_initial", cross_initial)
    if cross_initial.shape != change.shape[1:]:
        raise ValueError(
            f"cross_initial must have shape {change.shape[1:]}, got {cross_initial.shape}"
        )
    return cross_initial + change


def _symmetric(kernel):
    kernel = _checks.array("kernel", kernel)
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1] or not len(kernel):
        raise ValueError(f"got a kernel of shape {kernel.shape}, need (n, n)")
    if np.abs(kernel - kernel.T).max() > 1e-5 * np.abs(kernel).max():
        raise ValueError(
            "the kernel is not symmetric; regression needs that of the training inputs with themselves"
        )
    return (kernel + kernel.T) / 2
