"""The figures of the chapters on overfitting and hyperparameters: in Chromium they compute what the library does."""

import numpy as np
import pytest
from scipy import optimize
from test_interactive_in_browser import chromium, page, result, show, spoken

from d2lutils import interactive, linear

__all__ = ["chromium", "page", "show"]
SAME = {"rtol": 1e-9, "atol": 1e-9}


@pytest.mark.parametrize(
    ("make", "bad"),
    [
        (interactive.double_descent, {"n": 1}),
        (interactive.double_descent, {"n": 101}),
        (interactive.double_descent, {"p": 0}),
        (interactive.double_descent, {"D": 1000}),
        (interactive.double_descent, {"sigma": -0.1}),
        (interactive.double_descent, {"penalty": float("inf")}),
        (interactive.double_descent, {"coefficients": "sparse"}),
    ],
)
def test_bad_parameters_are_refused_by_name(make, bad):
    with pytest.raises(ValueError, match=f"^{next(iter(bad))} "):
        make(**bad)


def truth(state):
    beta = 1 / np.arange(1, state["D"] + 1) if state["coefficients"] == "falling" else np.ones(state["D"])
    beta = beta / np.linalg.norm(beta)
    seen = np.cumsum(beta**2)
    return beta, np.arange(1, state["D"] + 1), seen, 1 - seen + state["sigma"] ** 2


@pytest.mark.browser
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"n": 7, "p": 7, "D": 12, "sigma": 0.0, "coefficients": "falling"},
        {"n": 100, "p": 30, "sigma": 1.5},
        {"penalty": 0.01},
        {"n": 60, "p": 100, "sigma": 0.5, "penalty": 300, "coefficients": "falling"},
    ],
)
def test_double_descent_is_the_library_s(show, settings):
    figure = interactive.double_descent(**settings)
    got, state = result(show(figure)), figure.state
    beta, p, seen, noise = truth(state)
    if state["penalty"]:
        expected = linear.ridge_risk(state["n"], p, seen, noise, state["penalty"])
        variances = linear.ridge_risk(state["n"], p, 0.0, noise, state["penalty"]) - noise
    else:
        expected = linear.double_descent_risk(state["n"], p, state["D"], state["sigma"], beta)
        variances = linear.isotropic_risk(state["n"], p, 0.0, noise) - noise
        apart = np.abs(p - state["n"]) > 1
        np.testing.assert_allclose(
            np.array(got["biases"])[apart], expected[apart] - variances[apart] - noise[apart], **SAME
        )
    np.testing.assert_allclose(got["risks"], expected, **SAME)
    np.testing.assert_allclose(got["variances"], variances, **SAME)
    chosen = state["p"] - 1
    assert got["chosen"]["risk"] == got["risks"][chosen]
    if noise[chosen] > 0.05:

        def risk(log_penalty):
            return linear.ridge_risk(state["n"], state["p"], seen[chosen], noise[chosen], np.exp(log_penalty))

        found = optimize.minimize_scalar(risk, bounds=(-5, 10), method="bounded", options={"xatol": 1e-10})
        assert got["chosen"]["best"] == pytest.approx(found.fun, abs=1e-9)
        assert np.log(got["chosen"]["best_penalty"]) == pytest.approx(found.x, abs=1e-3)


@pytest.mark.browser
def test_double_descent_is_worked_by_its_marker(show):
    page = show(interactive.double_descent(p=42))
    marker = page.get_by_role("slider", name="Number of features p")
    assert marker.get_attribute("aria-valuetext").startswith("p = 42, risk ")
    marker.press("ArrowLeft")
    assert marker.get_attribute("aria-valuetext") == "p = 41, risk infinite"
    assert "infinite where p is within 1 of n" in spoken(page)
    page.get_by_role("button", name="Best penalty").click()
    assert result(page)["chosen"]["risk"] == pytest.approx(result(page)["chosen"]["best"], rel=1e-12)
    assert "ridge regression" in spoken(page)
    box = marker.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2000, y, steps=3)
    page.mouse.up()
    assert result(page)["chosen"]["p"] == 100
