"""The figures of random Hessians and of learning curves from a spectrum: in Chromium
they compute what the library does.
"""

import numpy as np
import pytest
from figures import foretold, result, spoken
from scipy import integrate, optimize

from d2lutils import interactive, spectra

SAME = {"rtol": 1e-9, "atol": 1e-9}


@pytest.mark.parametrize(
    ("make", "bad"),
    [
        (interactive.random_hessian, {"n": 101}),
        (interactive.random_hessian, {"level": -1.1}),
        (interactive.random_hessian, {"level": 1.3}),
        (interactive.learning_curves, {"n": 301}),
        (interactive.learning_curves, {"target_decay": 4.1}),
        (interactive.learning_curves, {"ridge": 11}),
    ],
)
def test_what_a_figure_cannot_show_is_refused_by_name(make, bad):
    with pytest.raises(ValueError, match=f"^{next(iter(bad))} "):
        make(**bad)


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


@pytest.mark.browser
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"n": 1, "spectrum_decay": 0.0, "sigma": 0.0},
        {"n": 300, "spectrum_decay": 4.0, "target_decay": 0.5, "ridge": 1e-5},
        {
            "n": 17,
            "spectrum_decay": 1.0,
            "target_decay": 4.0,
            "sigma": 2.0,
            "ridge": 10,
        },
    ],
)
def test_learning_curves_are_the_library_s(show, settings):
    figure = interactive.learning_curves(**settings)
    page, state = show(figure), figure.state
    got = result(page)
    n, errors = np.transpose(got["curve"])
    np.testing.assert_allclose(n, np.geomspace(300, 1, 61), **SAME)
    curve, squares = foretold(state, n)
    np.testing.assert_allclose(errors, curve.errors, **SAME)
    np.testing.assert_allclose(got["target"], np.cumsum(squares), **SAME)
    here = foretold(state, state["n"] * np.exp([0, 1e-3, -1e-3]))[0]
    np.testing.assert_allclose(got["error"], here.errors[0], **SAME)
    np.testing.assert_allclose(got["learnt"], here.learnt[0], **SAME)
    slope = np.log(here.errors[1] / here.errors[2]) / 2e-3
    np.testing.assert_allclose(got["exponent"], slope, **SAME)

    def by_ridge(log):
        return foretold(state, state["n"], ridge=np.exp(log))[0].errors[0]

    page.get_by_role("button", name="Best ridge").click()
    best = optimize.minimize_scalar(by_ridge, bounds=(-20, 2.3), method="bounded")
    none = foretold(state, state["n"], ridge=0.0)[0].errors[0]
    assert result(page)["error"] == pytest.approx(min(best.fun, none), rel=1e-7)


@pytest.mark.browser
def test_learning_curves_are_worked_by_their_marker(show):
    page = show(interactive.learning_curves(n=10))
    assert spoken(page).startswith("From 10 examples the predicted error is ")
    marker = page.get_by_role("slider", name="Number of examples")
    marker.press("ArrowRight")
    assert marker.get_attribute("aria-valuetext").startswith("n = 11, predicted error ")
    marker.press("Shift+ArrowUp")
    assert marker.get_attribute("aria-valuetext").startswith("n = 21, ")
    box = marker.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 2000, y, steps=3)
    page.mouse.up()
    assert spoken(page).startswith("From 1 example the predicted error is ")
