"""The figure of random Hessians: in Chromium it computes what the library does."""

import numpy as np
import pytest
from figures import result, spoken
from scipy import integrate

from d2lutils import interactive, spectra

SAME = {"rtol": 1e-9, "atol": 1e-9}


@pytest.mark.parametrize("bad", [{"n": 101}, {"level": -1.1}, {"level": 1.3}])
def test_what_a_figure_cannot_show_is_refused_by_name(bad):
    with pytest.raises(ValueError, match=f"^{next(iter(bad))} "):
        interactive.random_hessian(**bad)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("n", "level", "seed"),
    [(50, 0.0, 0), (1, 0.3, 5), (2, -1.0, 2**32 - 1), (100, 1.25, 7), (30, 0.9, 1)],
)
def test_random_hessians_have_the_library_s_eigenvalues(show, n, level, seed):
    got = result(show(interactive.random_hessian(n, level, seed)))
    entries = interactive.normals(seed, n * n).reshape(n, n)
    matrix = (entries + entries.T) / 2 / np.sqrt(2 * n) + level * np.eye(n)
    values = np.linalg.eigvalsh(matrix)
    np.testing.assert_allclose(got["values"], values, **SAME)
    assert got["index"] == spectra.index(values)
    semicircle = integrate.quad(
        lambda x: 2 / np.pi * np.sqrt(1 - x**2), -1, np.clip(-level, -1, 1)
    )
    np.testing.assert_allclose(got["expected"], semicircle[0], **SAME)
    positive = spectra.log_positive_probability(n, level * np.sqrt(2 * n))
    np.testing.assert_allclose(got["log10_positive"], positive / np.log(10), **SAME)


@pytest.mark.browser
def test_random_hessians_are_shifted_by_hand_and_drawn_again(show):
    page = show(interactive.random_hessian(n=10))
    assert "All are positive with probability 2.27 × 10⁻¹⁴" in spoken(page)
    assert "independent signs it would be 9.77 × 10⁻⁴" in spoken(page)
    level = page.get_by_role("slider", name="Level", exact=True)
    before = np.array(result(page)["values"])
    for key, moved in (("ArrowRight", 0.05), ("Shift+ArrowUp", 0.55)):
        level.press(key)
        np.testing.assert_allclose(result(page)["values"], before + moved, **SAME)
    box = level.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2000, y, steps=3)
    page.mouse.up()
    assert level.get_attribute("aria-valuetext") == "level 1.25, 0 of 10 negative"
    page.get_by_role("button", name="Draw again").click()
    again = result(show(interactive.random_hessian(n=10, level=1.25, seed=1)))
    assert result(page) == again
