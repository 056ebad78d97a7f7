"""The figure `random_hessian`: eigenvalues of a random symmetric matrix."""

from typing import Annotated

from d2lutils.interactive import _parameters as table
from d2lutils.interactive._figure import Figure, figure

_ROWS = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 50, 70, 100]


@table.documented
def random_hessian(
    n: Annotated[
        int, table.whole(1, 100, "Rows of the matrix.", "rows n", values=_ROWS)
    ] = 50,
    level: Annotated[
        float,
        table.real(
            -1, 1.25, "Added to all eigenvalues.", "level", slider=(-1, 1.25, 0.05)
        ),
    ] = 0.0,
    seed: Annotated[int, table.seed("Of ``normals(seed, n * n)``, the rows of A.")] = 0,
    *,
    alt: str | None = None,
) -> Figure:
    """Eigenvalues of a matrix of the GOE, shifted, against the semicircle.

    The matrix is (A + A^T) / 2 / sqrt(2 n) + level I, where A has standard normal
    entries: the limit of its spectrum for large n is the semicircle of radius 1 around
    the level. What the figure says of all eigenvalues together is
    ``spectra.log_positive_probability(n, level * sqrt(2 * n))``.
    """
    return figure(
        "random_hessian",
        table.checked(random_hessian, locals()),
        alt,
        "The eigenvalues of a random symmetric matrix as a histogram, near a "
        "semicircle; those left of zero are negative. The number of rows and a shift "
        "of all eigenvalues can be changed and the matrix drawn again.",
    )
