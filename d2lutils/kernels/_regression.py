"""Regression with a kernel: the trained infinitely wide network, at the end and before.

Both solvers first ask how far the kernel can be trusted. Rounding of its entries moves
eigenvalues by at most the Frobenius norm of the errors (Weyl), so that small ones may
come out below zero or mean nothing; a kernel computed in float32 has lost them.
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2lutils import _checks

EPSILON = float(np.finfo(np.float64).eps)
COARSE = 1e-5  # relative errors that float32 arithmetic may leave in a kernel


class KernelRegression:
    """Kernel (ridge) regression by Cholesky factorisation in float64.

    Parameters
    ----------
    kernel : array of shape (n, n)
        Symmetric, positive definite.
    targets : array of shape (n,) or (n, k)
        Numbers; or, of shape (n,), integer labels 0, 1, ..., which become one-hot rows
        minus 1 / (number of classes).
    ridge : float
        At least 0; added to the diagonal.

    Attributes
    ----------
    weights : array of shape (n, k) or (n,)
        The solution of (kernel + ridge I) weights = targets.
    classes : int
        Number of classes, 0 unless the targets were labels.
    residual : float
        Relative size of what is left of that equation, max norm.
    condition : float
        An estimate of the condition number (1-norm).

    Raises
    ------
    ValueError
        For arrays that do not fit, NaN, a kernel that is not symmetric, or one that is
        not numerically positive definite (then with its smallest eigenvalue and a ridge
        that would help).

    Warns
    -----
    UserWarning
        Where the condition number leaves less than four digits; of a kernel that was
        rounded to float32, less than one.
    """

    def __init__(
        self, kernel: ArrayLike, targets: ArrayLike, ridge: float = 0.0
    ) -> None:
        kernel, epsilon = _symmetric(kernel), _epsilon(kernel)
        targets = _checks.array("targets", targets, dtype=None)
        ridge = _checks.real("ridge", ridge, 0)
        if (
            targets.ndim not in (1, 2)
            or len(targets) != len(kernel)
            or 0 in targets.shape
        ):
            raise ValueError(
                f"targets must be one for each of {len(kernel)} examples, got shape "
                f"{targets.shape}"
            )
        self.classes = 0
        if np.issubdtype(targets.dtype, np.integer) and targets.ndim == 1:
            targets, self.classes = _one_hot(targets)
        targets = targets.astype(np.float64)
        self._solve(kernel, targets, ridge)
        rounded = epsilon > EPSILON
        if self.condition * epsilon > (0.1 if rounded else 1e-4):
            digits = max(0, int(-np.log10(self.condition * epsilon)))
            warnings.warn(
                f"condition number {self.condition:.1g}: predictions keep about "
                f"{digits} digits; give a ridge"
                + (", or a kernel of float64 inputs" if rounded else ""),
                stacklevel=2,
            )

    def _solve(self, kernel: np.ndarray, targets: np.ndarray, ridge: float) -> None:
        from scipy import linalg

        matrix = kernel + ridge * np.eye(len(kernel))
        try:
            factor = linalg.cho_factor(matrix, lower=True)
        except linalg.LinAlgError:
            low, high = np.linalg.eigvalsh(kernel)[[0, -1]]
            help = max(-2 * low, len(kernel) * EPSILON * high)
            raise ValueError(
                "kernel must be positive definite, got a smallest eigenvalue of "
                f"{low + ridge:.3g}, a largest of {high:.3g} (equal or parallel "
                f"inputs?); a ridge of {help:.1g} would do"
            ) from None
        with np.errstate(over="ignore", invalid="ignore"):  # told below
            norm = np.abs(matrix).sum(0).max()
            inverse = linalg.lapack.dpocon(factor[0], norm, uplo=b"L")[0]
            self.condition = float(1 / max(inverse, 1e-300))
            weights = linalg.cho_solve(factor, targets)
            # One step of refinement.
            weights += linalg.cho_solve(
                factor, targets - matrix @ weights, check_finite=False
            )
            scale = norm * np.abs(weights).max() + np.abs(targets).max()
            left = np.abs(matrix @ weights - targets).max()
        if not np.isfinite([scale, left]).all():
            raise ValueError(
                "kernel and targets must be of moderate size: the equations overflow"
            )
        self.weights = weights
        self.residual = float(left / scale) if scale else 0.0
        if self.residual > len(kernel) * 100 * EPSILON:
            raise ValueError(
                "kernel must be better conditioned, or ridge larger: the equations "
                f"were solved to a relative residual of {self.residual:.1g} only"
            )

    def __repr__(self) -> str:
        return (
            f"KernelRegression({len(self.weights)} examples, "
            f"condition {self.condition:.2g})"
        )

    def predict(self, kernel: ArrayLike) -> np.ndarray:
        """Predictions (m,) or (m, k), float64.

        kernel: (m, n), between new and training inputs.
        """
        kernel = _checks.array("kernel", kernel)
        if kernel.ndim != 2 or kernel.shape[1] != len(self.weights):
            raise ValueError(
                f"kernel must have shape (m, {len(self.weights)}), got {kernel.shape}"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            return _finite("kernel", kernel @ self.weights)

    def classify(self, kernel: ArrayLike) -> np.ndarray:
        """Labels (m,) int64, only after integer labels.

        kernel: (m, n), between new and training inputs.
        """
        if not self.classes:
            raise ValueError("targets must be integer labels to classify, got vectors")
        return self.predict(kernel).argmax(1)


def gradient_flow(
    kernel: ArrayLike,
    targets: ArrayLike,
    times: ArrayLike,
    cross: ArrayLike | None = None,
    initial: ArrayLike | None = None,
    cross_initial: ArrayLike | None = None,
) -> np.ndarray:
    """Predictions along gradient flow with a frozen kernel.

    The loss is ``|f - y|^2 / 2`` summed over examples. The linearised network has
    f_t = y + exp(-K t) (f_0 - y) on training inputs, and
    f_0' + K' K^-1 (1 - exp(-K t)) (y - f_0) on others.

    Eigenvalues within rounding of 0 count as 0: what they belong to is not learnt.
    Rounding is that of the kernel's own type; where it has eigenvalues below 0, it is
    known no better than by their size.

    Parameters
    ----------
    kernel : array of shape (n, n)
        Symmetric, positive semidefinite.
    targets : array of shape (n,) or (n, k)
    times : array of shape (T,)
        Each at least 0.
    cross : array of shape (m, n), optional
        The kernel between other and training inputs.
    initial, cross_initial : arrays of shape (n, ...) and (m, ...), optional
        Outputs at time 0; by default 0.

    Returns
    -------
    array of shape (T, n, ...), or (T, m, ...) with `cross`

    Raises
    ------
    ValueError
        For arrays that do not fit, NaN, eigenvalues clearly below 0, and overflow.

    Warns
    -----
    UserWarning
        Where eigenvalues count as 0 because the kernel was rounded to float32.

    References
    ----------
    Jacot et al. 2018, arXiv:1806.07572; Lee et al. 2019, arXiv:1902.06720.
    """
    kernel, epsilon = _symmetric(kernel), _epsilon(kernel)
    times = np.atleast_1d(_checks.array("times", times))
    targets = _checks.array("targets", targets)
    if targets.ndim not in (1, 2) or len(targets) != len(kernel):
        raise ValueError(
            f"targets must be one for each of {len(kernel)} examples, got shape "
            f"{targets.shape}"
        )
    if times.ndim != 1 or not (times >= 0).all():
        raise ValueError(f"times must be a vector of numbers >= 0, got {times}")
    initial = _outputs("initial", initial, targets.shape)
    if cross is not None:
        cross = _checks.array("cross", cross, 2)
        if cross.shape[1] != len(kernel):
            raise ValueError(
                f"cross must have shape (m, {len(kernel)}), got {cross.shape}"
            )
        shape = (len(cross), *targets.shape[1:])
        cross_initial = _outputs("cross_initial", cross_initial, shape)
    eigenvalues, vectors = _spectrum(kernel, epsilon)
    with np.errstate(over="ignore", invalid="ignore"):  # told by _finite
        modes = vectors.T @ (targets - initial)
        exponents = np.outer(times, eigenvalues)
        shape = exponents.shape + (1,) * (targets.ndim - 1)
        shares = -np.expm1(-exponents)
        if cross is not None:
            # (1 - exp(-lambda t)) / lambda. A kernel that vanishes on a mode is 0
            # between it and all other inputs as well.
            shares = np.divide(
                shares, eigenvalues, out=np.zeros_like(shares), where=eigenvalues > 0
            )
            vectors, initial = cross @ vectors, cross_initial
        change = np.einsum("ij,tj...->ti...", vectors, shares.reshape(shape) * modes)
        return _finite("kernel, targets and initial", initial + change)


def _spectrum(kernel: np.ndarray, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, those within rounding of 0 set to 0, and eigenvectors."""
    values, vectors = np.linalg.eigh(kernel)
    if not np.isfinite(values).all():
        raise ValueError("kernel must be smaller: its eigenvalues overflow")
    high = np.abs(values).max()
    size = high * np.linalg.norm(values / high) if high else 0.0  # Frobenius norm
    if values[0] < -max(COARSE, epsilon) * size:
        raise ValueError(
            "kernel must be positive semidefinite, got eigenvalues from "
            f"{values[0]:.3g} to {values[-1]:.3g}"
        )
    rounding = max(EPSILON * size, len(values) * EPSILON * high)
    noise = max(rounding, epsilon * size, -values[0])
    small = np.abs(values) <= noise
    if small.any() and noise > rounding:
        warnings.warn(
            f"{small.sum()} of {len(values)} eigenvalues of the kernel are lost in its "
            "rounding and count as 0; compute it from float64 inputs to keep what is "
            "learnt late",
            stacklevel=3,
        )
    return np.where(small, 0.0, values), vectors


def _outputs(name: str, values: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Outputs at time 0."""
    if values is None:
        return np.zeros(shape)
    values = _checks.array(name, values)
    if values.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {values.shape}")
    return values


def _one_hot(labels: np.ndarray) -> tuple[np.ndarray, int]:
    if labels.min() < 0:
        raise ValueError(
            f"targets must be labels counted from 0, got the label {labels.min()}"
        )
    classes = int(labels.max()) + 1
    _checks.fits("targets", classes, max(classes, len(labels)))
    return np.eye(classes)[labels] - 1 / classes, classes


def _finite(name: str, values: np.ndarray) -> np.ndarray:
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be smaller: the predictions overflow")
    return values


def _epsilon(kernel: Any) -> float:
    """Relative rounding of a kernel's entries, by the type in which it is given."""
    if not isinstance(kernel, np.ndarray):
        kernel = _checks.array("kernel", kernel, dtype=None)
    if kernel.dtype.kind != "f":
        return EPSILON
    return max(EPSILON, float(np.finfo(kernel.dtype).eps))


def _symmetric(kernel: ArrayLike) -> np.ndarray:
    kernel = _checks.array("kernel", kernel)
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1] or not len(kernel):
        raise ValueError(f"kernel must have shape (n, n), got {kernel.shape}")
    half = kernel / 2  # of numbers near the largest, sums would overflow
    if np.abs(half - half.T).max() > COARSE * np.abs(half).max():
        raise ValueError(
            "kernel must be symmetric, got one that is not symmetric: regression needs "
            "that of the training inputs with themselves"
        )
    return half + half.T
