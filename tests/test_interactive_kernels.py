"""The figures of the chapter on the neural tangent kernel: their numbers are those of d2lutils.kernels, in Chromium."""

import numpy as np
import pytest
from test_interactive_in_browser import chromium, page, result, show, spoken

from d2lutils import interactive, kernels

__all__ = ["chromium", "page", "show"]
SAME = {"rtol": 0, "atol": 1e-9}
GRID = np.arange(-40, 41) / 20


@pytest.mark.parametrize(
    ("make", "bad"),
    [
        (interactive.infinite_net, {"points": [0, 1]}),
        (interactive.infinite_net, {"points": np.zeros((13, 2))}),
        (interactive.infinite_net, {"points": [[2.1, 0]]}),
        (interactive.infinite_net, {"points": [[0, np.nan]]}),
        (interactive.infinite_net, {"depth": 6}),
        (interactive.infinite_net, {"kernel": "rbf"}),
        (interactive.infinite_net, {"time": -1}),
        (interactive.infinite_net, {"time": np.nan}),
        (interactive.infinite_net, {"num_nets": 6}),
        (interactive.infinite_net, {"seed": 0.5}),
    ],
)
def test_bad_parameters_are_refused_by_name(make, bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        make(**bad)


def ensemble(state):
    """Mean and covariance of the linearised nets on the grid, and the figure's nets, all from the library."""
    x, y = np.array(state["points"]).T
    inputs, grid = (np.column_stack([v, np.ones_like(v)]) for v in (x, GRID))
    trained = getattr(kernels, state["kernel"])

    def at_time(targets):
        gram, cross = trained(inputs, depth=state["depth"]), trained(grid, inputs, depth=state["depth"])
        if state["time"] > 1e9:
            return kernels.KernelRegression(gram, targets).predict(cross)
        return kernels.gradient_flow(gram, targets, [state["time"]], cross)[0]

    both = np.concatenate([grid, inputs])
    K = kernels.nngp(both, depth=state["depth"])
    change = np.hstack([np.eye(81), -at_time(np.eye(len(x)))])  # of the outputs before training, by training
    draws = interactive.normals(state["seed"], 81 * state["num_nets"]).reshape(-1, 81)
    start = draws @ np.linalg.cholesky(K[:81, :81]).T
    on = np.searchsorted(GRID, x)
    return at_time(y), change @ K @ change.T, [f + at_time(y - f[on]) for f in start]


@pytest.mark.browser
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"time": 0.3, "depth": 1, "num_nets": 5, "seed": 2**32 - 1},
        {"time": 20, "depth": 5},
        {"kernel": "nngp"},
        {"kernel": "nngp", "time": 5, "depth": 3, "seed": 4},
        {"points": [[-0.5, 2], [-0.4, -2], [1.3, 3], [2, -3], [0, 0], [0.1, 0]], "depth": 4},
        {"points": [[1, 1]], "time": 0, "num_nets": 1},
    ],
)
def test_infinite_nets_have_the_library_s_mean_and_variance(show, settings):
    figure = interactive.infinite_net(**settings)
    mean, covariance, nets = ensemble(figure.state)
    got = result(show(figure))
    np.testing.assert_allclose(got["mean"], mean, **SAME)
    np.testing.assert_allclose(got["variance"], covariance.diagonal(), **SAME)
    np.testing.assert_allclose(got["nets"], nets, rtol=0, atol=1e-6)  # the Cholesky factor has lost some digits


@pytest.mark.browser
def test_the_last_layer_alone_ends_in_the_bayesian_posterior(show):
    figure = interactive.infinite_net(kernel="nngp", depth=3)
    x, y = np.array(figure.state["points"]).T
    grid, inputs = np.column_stack([GRID, np.ones(81)]), np.column_stack([x, np.ones_like(x)])
    gram, cross = kernels.nngp(inputs, depth=3), kernels.nngp(grid, inputs, depth=3)
    page = show(figure)
    np.testing.assert_allclose(result(page)["mean"], cross @ np.linalg.solve(gram, y), **SAME)
    posterior = 1 + GRID**2 - np.einsum("gi,ig->g", cross, np.linalg.solve(gram, cross.T))
    np.testing.assert_allclose(result(page)["variance"], posterior, **SAME)
    assert "which gives the Bayesian posterior" in spoken(page)


@pytest.mark.browser
def test_points_above_each_other_get_their_mean(show):
    once = result(show(interactive.infinite_net([[0.5, 1.5], [-1, 0]], depth=1)))
    page = show(interactive.infinite_net([[0.5, 1], [0.5, 2], [-1, 0]], depth=1))
    np.testing.assert_allclose(result(page)["mean"], once["mean"], **SAME)
    np.testing.assert_allclose(result(page)["variance"], once["variance"], **SAME)
    assert "misses the points by 0.408" in spoken(page)  # sqrt((1/4 + 1/4) / 3)


@pytest.mark.browser
def test_points_are_moved_added_and_removed_by_keyboard_mouse_and_finger(show):
    page = show(interactive.infinite_net([[0, 1], [1, -1]]), width=390)
    point = page.get_by_role("slider", name="Selected point")
    point.press("Shift+ArrowDown")
    point.press("ArrowRight")
    assert result(page)["mean"] == result(show(interactive.infinite_net([[0.05, 0.5], [1, -1]])))["mean"]
    page.get_by_role("button", name="Add a point").click()  # in the middle of the widest gap, from -2 to 0.05
    assert point.get_attribute("aria-valuetext") == "point 3 of 3: −0.95, 0"
    point.press("ArrowUp")
    page.get_by_role("button", name="Next point").click()
    page.get_by_role("button", name="Remove point").click()
    assert point.get_attribute("aria-valuetext") == "point 1 of 2: 1, −1"
    box = page.locator(".fig-stage > svg").bounding_box()
    page.mouse.click(box["x"] + 120, box["y"] + 100)
    assert point.get_attribute("aria-valuetext").startswith("point 3 of 3: ")
    before, scrolled = result(page), page.evaluate("scrollY")
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, dy in (("touchStart", 0), ("touchMove", 30), ("touchMove", 60), ("touchEnd", 0)):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y + dy}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(50)  # the browser hands on one movement a frame
    assert result(page)["mean"] != before["mean"]
    assert result(page)["on"] == before["on"]
    assert page.evaluate("scrollY") == scrolled
