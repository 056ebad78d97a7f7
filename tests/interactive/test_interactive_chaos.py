"""The figure of order and chaos: in Chromium it computes what the library does."""

import numpy as np
import pytest
from figures import result, spoken

from d2lutils import interactive, meanfield

SAME = {"rtol": 1e-9, "atol": 1e-9}


@pytest.mark.parametrize("bad", [{"gain": 0.4}, {"gain": 3.1}, {"bias_scale": 1.1}])
def test_what_a_figure_cannot_show_is_refused_by_name(bad):
    with pytest.raises(ValueError, match=f"^{next(iter(bad))} "):
        interactive.edge_of_chaos(**bad)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("gain", "bias_scale"),
    [(2.0, 0.3), (0.5, 1.0), (3.0, 1.0), (3.0, 0.0), (1.45, 0.3), (0.8, 0.0)],
)
def test_order_and_chaos_are_the_library_s(show, gain, bias_scale):
    got = result(show(interactive.edge_of_chaos(gain, bias_scale)))
    place = meanfield.phase(gain, bias_scale)
    for name in (
        "variance",
        "chi",
        "cosine",
        "slope",
        "gradient_scale",
        "signal_scale",
    ):
        np.testing.assert_allclose(got[name], getattr(place, name), **SAME)
    for start, cosines in zip((0.0, 0.95), got["cosines"], strict=True):
        expected = meanfield.cosines(30, gain, bias_scale, start)
        np.testing.assert_allclose(cosines, expected, **SAME)


@pytest.mark.browser
def test_the_point_is_moved_and_finds_the_edge(show):
    page = show(interactive.edge_of_chaos())
    assert spoken(page).startswith("Chaos: the squared gradient is multiplied by χ = 1")
    point = page.get_by_role("slider", name="Scales of weights and biases")
    point.press("ArrowLeft")
    point.press("Shift+ArrowUp")
    assert point.get_attribute("aria-valuetext").startswith("σ_w = 1.95, σ_b = 0.8, ")
    page.get_by_role("button", name="To the edge").click()
    assert result(page)["chi"] == pytest.approx(1, abs=1e-12)
    assert "more than 10⁴ layers" in spoken(page)
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 1000, y + 1000, steps=3)
    page.mouse.up()
    assert result(page)["chi"] == pytest.approx(0.25)
    assert "the signal itself dies" in spoken(page)
