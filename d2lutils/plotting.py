"""The look of the book's figures, and the drawing helpers that several chapters share.

Colours are those of Okabe and Ito ("Color Universal Design", 2008), which readers with
any of the common colour-vision deficiencies can tell apart. Curves that are compared
also differ in line style. ax is an axes of Matplotlib; color, label and marker are
those of its lines, by default the next colour and none.
"""

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from PIL import Image

from d2lutils import _checks

COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "black": "#000000",
    "grey": "#6B6B6B",
    "yellow": "#F0E442",
}
"""Name to hex code. Yellow is for areas only: it is too light for lines."""

ONE_PANEL = (5.6, 3.2)  # width and height in inches
PANEL = (3.6, 2.9)  # of each of several, side by side
WIDEST = 9.5  # inches: what a page has room for

_CYCLE = [
    COLORS[name]
    for name in ("blue", "red", "green", "purple", "orange", "sky", "black", "grey")
]

_STYLE = {
    "axes.prop_cycle": mpl.cycler(color=_CYCLE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "figure.figsize": ONE_PANEL,
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "legend.fontsize": 9,
    "legend.frameon": True,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "none",
    "lines.linewidth": 1.8,
    "image.cmap": "cividis",
    "svg.fonttype": "path",
    # Element ids in an SVG are hashes; with a fixed salt the same figure has the same
    # bytes.
    "svg.hashsalt": "d2lutils",
}


def use_style() -> None:
    """Give the figures of a notebook the look of the book.

    Call it once, after the imports. Sets Matplotlib's defaults and, in Jupyter, makes
    figures SVG without a date, so that a notebook run twice gives the same bytes.
    """
    mpl.rcParams.update(_STYLE)
    shell = _notebook()
    if shell is None:
        return
    shell.run_line_magic("matplotlib", "inline")
    _display(shell)


def _display(shell):
    """Let a notebook keep each figure as SVG, and as a small PNG.

    Jupyter shows no SVG of a notebook that it does not trust yet, and GitHub none at
    all in some views.
    """
    from matplotlib_inline.backend_inline import set_matplotlib_formats
    from matplotlib_inline.config import InlineBackend

    # d2l.plot asks for SVG again on every call and passes on only what stands in the
    # configuration.
    InlineBackend.instance().print_figure_kwargs = {
        "bbox_inches": "tight",
        "metadata": {"Date": None},
    }
    set_matplotlib_formats("svg")
    shell.display_formatter.formatters["image/png"].for_type(Figure, _png)


def _notebook():
    """The running notebook's shell, or None outside of one."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    return shell if hasattr(shell, "kernel") else None


def _png(figure):
    """A small picture of a figure: few colours are enough for lines and letters."""
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", bbox_inches="tight", metadata={"Software": ""})
    picture = Image.open(drawn).convert("RGB").quantize(48, dither=Image.Dither.NONE)
    picture.save(small, "png", optimize=True)
    return small.getvalue()


def figure(
    nrows: int = 1, ncols: int = 1, size: ArrayLike | None = None, **kwargs: Any
) -> tuple[Figure, Any]:
    """A new figure and its axes, as `matplotlib.pyplot.subplots` gives them.

    Parameters
    ----------
    nrows, ncols : int
        Of panels.
    size : (width, height), optional
        In inches; by default 5.6 by 3.2 for one panel, 3.6 by 2.9 for each of several.
    **kwargs
        Go to `subplots`.
    """
    nrows = _checks.whole("nrows", nrows, 1, 100)
    ncols = _checks.whole("ncols", ncols, 1, 100)
    if size is not None:
        size = _checks.array("size", size, 1)
        if size.shape != (2,) or (size <= 0).any() or (size > 600).any():
            raise ValueError(
                "size must be (width, height) in inches, from 0 to 600, got "
                f"{size.tolist()}"
            )
    elif nrows * ncols == 1:
        size = ONE_PANEL
    else:
        size = (min(PANEL[0] * ncols, WIDEST), PANEL[1] * nrows)
    return plt.subplots(nrows, ncols, figsize=size, **kwargs)


def show() -> None:
    """Draw the open figures.

    The last line of a plotting cell, so that the cell prints nothing else.
    """
    if (shell := _notebook()) is not None:
        _display(shell)  # d2l.plot has asked for SVG alone
    plt.show()


def annotate(
    text: str, xy: ArrayLike, xytext: ArrayLike, ax: Axes | None = None
) -> None:
    """Write a text into a figure, with an arrow to a point.

    Parameters
    ----------
    text : str
    xy : (x, y)
        The arrow's head, in data coordinates.
    xytext : (x, y)
        The middle of the text.
    ax : Axes, optional
        By default the current axes.
    """
    ax = plt.gca() if ax is None else _checks.has("ax", ax, "annotate")
    xy, xytext = _pair("xy", xy), _pair("xytext", xytext)
    ax.annotate(
        text,
        xy=xy,
        xytext=xytext,
        arrowprops={"arrowstyle": "->", "color": "#333333", "linewidth": 1},
        bbox={
            "boxstyle": "round,pad=0.2",
            "facecolor": "white",
            "edgecolor": "none",
            "alpha": 0.85,
        },
        fontsize=9,
        ha="center",
        va="center",
    )


def contour(
    ax: Axes,
    landscape: Any,
    levels: ArrayLike = 16,
    num: int = 161,
    domain: ArrayLike | None = None,
    transform: Callable[[np.ndarray], np.ndarray] | None = None,
) -> QuadContourSet:
    """Draw a two-dimensional landscape as filled contours.

    Parameters
    ----------
    ax : Axes
    landscape : Landscape
        Anything with `f`, mapping (..., 2) to (...), and `domain` (2, 2).
    levels : int or array
        A number of levels, or their increasing values.
    num : int
        Grid points a side.
    domain : ((x_min, x_max), (y_min, y_max)), optional
        By default the landscape's.
    transform : callable, optional
        Applied to the values first, such as `numpy.log1p` where they span decades.

    Returns
    -------
    QuadContourSet
        The filled contours.

    Raises
    ------
    ValueError
        If the landscape is not two-dimensional, or overflows on the domain.
    """
    _checks.has("ax", ax, "contourf")
    num = _checks.whole("num", num, 2, 10_000)
    if _checks.has("landscape", landscape, "dim", "f", "domain").dim != 2:
        raise ValueError(
            f"landscape must be two-dimensional, got one of dim {landscape.dim}"
        )
    domain = _checks.array("domain", landscape.domain if domain is None else domain)
    if domain.shape != (2, 2) or (np.diff(domain) <= 0).any():
        raise ValueError(
            f"domain must hold two pairs (low, high), got {domain.tolist()}"
        )
    levels = _levels(levels)
    (x_min, x_max), (y_min, y_max) = domain
    x, y = np.meshgrid(np.linspace(x_min, x_max, num), np.linspace(y_min, y_max, num))
    with np.errstate(over="ignore", invalid="ignore"):  # told below
        values = landscape.f(np.stack([x, y], axis=-1))
        values = values if transform is None else transform(values)
    if np.isinf(values).any():
        raise ValueError("domain must be smaller: the landscape overflows on it")
    filled = ax.contourf(x, y, values, levels=levels, cmap="cividis", alpha=0.75)
    ax.contour(x, y, values, levels=levels, colors="white", linewidths=0.4)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(False)
    return filled


def _levels(levels: ArrayLike) -> Any:
    if not np.ndim(levels):
        return _checks.whole("levels", levels, 1, 10_000)
    levels = _checks.array("levels", levels, 1)
    if not len(levels) or (np.diff(levels) <= 0).any():
        raise ValueError(f"levels must rise, got {levels.tolist()}")
    return levels


def path(
    ax: Axes,
    points: ArrayLike,
    color: Any = None,
    label: str | None = None,
    marker: str | None = "o",
    markersize: float = 2.5,
) -> None:
    """Draw the way of one optimisation run: a line, a dot at each point, a ring first.

    Parameters
    ----------
    ax : Axes
    points : array of shape (T + 1, 2)
    color, label, marker, markersize
        As Matplotlib's lines have them; sizes in points.

    Raises
    ------
    ValueError
        For points of another shape.
    """
    _checks.has("ax", ax, "plot")
    points = _checks.array("points", points, finite=False)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"points must have shape (T + 1, 2), got {points.shape}")
    (line,) = ax.plot(
        *points.T,
        color=color,
        label=label,
        marker=marker,
        markersize=markersize,
        linewidth=1.2,
    )
    ax.plot(
        *points[0],
        marker="o",
        markersize=7,
        markerfacecolor="none",
        color=line.get_color(),
        linestyle="none",
    )


def bands(
    ax: Axes,
    x: ArrayLike,
    samples: ArrayLike,
    color: Any = None,
    label: str | None = None,
    quantiles: ArrayLike = (0.25, 0.75),
    **line: Any,
) -> None:
    """Draw the median of repeated measurements, and a band between two quantiles.

    Parameters
    ----------
    ax : Axes
    x : array of shape (m,)
    samples : array of shape (repeats, m)
        One row a repetition.
    color, label
        As Matplotlib's lines have them.
    quantiles : two numbers
        Shares, from 0 to 1.
    **line
        Goes to `Axes.plot`.

    Raises
    ------
    ValueError
        Where the shapes do not match.
    """
    _checks.has("ax", ax, "plot", "fill_between")
    x = _checks.array("x", x, finite=False)
    samples = _checks.array("samples", samples, finite=False)
    quantiles = _checks.array("quantiles", quantiles, 1)
    if quantiles.shape != (2,) or (quantiles < 0).any() or (quantiles > 1).any():
        raise ValueError(
            f"quantiles must be two numbers in [0, 1], got {quantiles.tolist()}"
        )
    if samples.ndim != 2 or samples.shape[1:] != x.shape or not len(samples):
        raise ValueError(
            f"samples must have shape (repeats, {x.size}), got {samples.shape}"
        )
    (drawn,) = ax.plot(x, np.median(samples, axis=0), color=color, label=label, **line)
    low, high = np.quantile(samples, quantiles, axis=0)
    ax.fill_between(x, low, high, color=drawn.get_color(), alpha=0.2, linewidth=0)


def log_axes(ax: Axes, axes: str = "xy") -> None:
    """Make axes of a plot logarithmic, with a grid at the decades only.

    Parameters
    ----------
    ax : Axes
    axes : {"xy", "x", "y"}
        Which of them.
    """
    _checks.choice("axes", axes, ("x", "y", "xy"))
    _checks.has("ax", ax, "set_xscale", "set_yscale", "grid")
    for axis in axes:
        getattr(ax, f"set_{axis}scale")("log")
    ax.grid(True, which="major")
    ax.grid(False, which="minor")


def _pair(name: str, values: ArrayLike) -> np.ndarray:
    values = _checks.array(name, values)
    if values.shape != (2,):
        raise ValueError(f"{name} must be two numbers, got shape {values.shape}")
    return values
