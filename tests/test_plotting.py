"""The drawing helpers draw what they are given and say what they need."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from d2lutils import landscapes, plotting

matplotlib.use("agg")


@pytest.fixture
def ax():
    figure, ax = plotting.figure()
    yield ax
    plt.close(figure)


def test_contour_draws_the_values_of_the_landscape(ax):
    filled = plotting.contour(
        ax, landscapes.quadratic([2.0, -2.0]), levels=[-0.5, 0.0, 0.5]
    )
    assert list(filled.levels) == [-0.5, 0.0, 0.5]
    assert (filled.zmin, filled.zmax) == (-1, 1)


def test_contour_needs_two_dimensions(ax):
    with pytest.raises(ValueError, match="two-dimensional"):
        plotting.contour(ax, landscapes.risk())


def test_contour_says_where_a_landscape_overflows(ax):
    wide = [(-1e200, 1e200)] * 2
    with pytest.raises(ValueError, match="domain must be smaller"):
        plotting.contour(ax, landscapes.double_well(), domain=wide)


def test_bands_draw_the_median_and_the_quartiles(ax):
    samples = np.arange(5.0)[:, None] + np.array([0.0, 10.0])
    plotting.bands(ax, [1, 2], samples)
    assert ax.lines[0].get_ydata() == pytest.approx([2, 12])
    assert ax.collections[0].get_paths()[0].get_extents().y0 == pytest.approx(1)
    with pytest.raises(ValueError, match=r"\(repeats, 3\)"):
        plotting.bands(ax, [1, 2, 3], samples)


def test_path_needs_points_in_the_plane(ax):
    plotting.path(ax, np.zeros((4, 2)))
    with pytest.raises(ValueError, match=r"\(T \+ 1, 2\)"):
        plotting.path(ax, np.zeros((4, 3)))


def test_log_axes_names_its_axes(ax):
    plotting.log_axes(ax, "y")
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    with pytest.raises(ValueError, match="axes"):
        plotting.log_axes(ax, "z")


def luminance(color):
    """Relative luminance of WCAG 2.1."""
    channels = np.array(matplotlib.colors.to_rgb(color))
    linear = np.where(
        channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
    )
    return linear @ [0.2126, 0.7152, 0.0722]


def test_line_colours_stand_out_from_white():
    for name in ("blue", "red", "green", "grey", "black"):
        assert 1.05 / (luminance(plotting.COLORS[name]) + 0.05) >= 3, name
