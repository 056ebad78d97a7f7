"""The figure `random_hessian`: eigenvalues of a random symmetric matrix."""

from d2lutils._checks import real, whole
from d2lutils.interactive._figure import Figure, figure


def random_hessian(
    n: int = 50,
    level: float = 0.0,
    seed: int = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Eigenvalues of a matrix of the GOE, shifted, against the semicircle.

    The matrix is (A + A^T) / 2 / sqrt(2 n) + level I, where A has standard normal
    entries: the limit of its spectrum for large n is the semicircle of radius 1 around
    the level. What the figure says of all eigenvalues together is
    ``spectra.log_positive_probability(n, level * sqrt(2 * n))``.

    Parameters
    ----------
    n : int
        Rows of the matrix, at most 100.
    level : float
        From -1 to 1.25.
    seed : int
        Of ``normals(seed, n * n)``, the rows of A.
    alt : str, optional
        The sentence for readers who cannot see the figure; by default its own.

    Raises
    ------
    TypeError, ValueError
        For a parameter that is out of range; the message names it.
    """
    state = {
        "n": whole("n", n, 1, 100),
        "level": real("level", level, -1, 1.25),
        "seed": whole("seed", seed, 0, 2**32 - 1),
    }
    return figure(
        "random_hessian",
        state,
        alt,
        "The eigenvalues of a random symmetric matrix as a histogram, near a "
        "semicircle; those left of zero are negative. The number of rows and a shift "
        "of all eigenvalues can be changed and the matrix drawn again.",
    )
