"""The figures of the chapter on the neural tangent kernel: their numbers are those of
d2lutils.kernels, in Chromium.
"""

import numpy as np
import pytest
from figures import result, spoken

from d2lutils import interactive, kernels
from d2lutils.networks import Dense, Network, ReLU

SAME = {"rtol": 0, "atol": 1e-9}
GRID = np.arange(-40, 41) / 20


@pytest.mark.parametrize(
    ("make", "bad"),
    [
        (interactive.infinite_net, {"points": [0, 1]}),
        (interactive.infinite_net, {"points": np.zeros((13, 2))}),
        (interactive.infinite_net, {"points": [[2.1, 0]]}),
        (interactive.infinite_net, {"depth": 6}),
        (interactive.infinite_net, {"num_nets": 6}),
        (interactive.kernel_width, {"width": 48}),
        (interactive.kernel_width, {"width": 2048}),
        (interactive.kernel_width, {"steps": 30}),
        (interactive.kernel_width, {"scale": 3}),
    ],
)
def test_what_a_figure_cannot_show_is_refused_by_name(make, bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        make(**bad)


def ensemble(state):
    """Mean and covariance of the linearised nets on the grid, and the figure's nets,
    all from the library.
    """
    x, y = np.array(state["points"]).T
    inputs, grid = (np.column_stack([v, np.ones_like(v)]) for v in (x, GRID))
    trained = getattr(kernels, state["kernel"])

    def at_time(targets):
        gram, cross = (
            trained(inputs, depth=state["depth"]),
            trained(grid, inputs, depth=state["depth"]),
        )
        if state["time"] > 1e9:
            return kernels.KernelRegression(gram, targets).predict(cross)
        return kernels.gradient_flow(gram, targets, [state["time"]], cross)[0]

    both = np.concatenate([grid, inputs])
    K = kernels.nngp(both, depth=state["depth"])
    change = np.hstack(
        [np.eye(81), -at_time(np.eye(len(x)))]
    )  # of the outputs before training, by training
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
        {
            "points": [[-0.5, 2], [-0.4, -2], [1.3, 3], [2, -3], [0, 0], [0.1, 0]],
            "depth": 4,
        },
        {"points": [[1, 1]], "time": 0, "num_nets": 1},
    ],
)
def test_infinite_nets_have_the_library_s_mean_and_variance(show, settings):
    figure = interactive.infinite_net(**settings)
    mean, covariance, nets = ensemble(figure.state)
    got = result(show(figure))
    np.testing.assert_allclose(got["mean"], mean, **SAME)
    np.testing.assert_allclose(got["variance"], covariance.diagonal(), **SAME)
    np.testing.assert_allclose(
        got["nets"], nets, rtol=0, atol=1e-6
    )  # the Cholesky factor has lost some digits


@pytest.mark.browser
def test_the_last_layer_alone_ends_in_the_bayesian_posterior(show):
    figure = interactive.infinite_net(kernel="nngp", depth=3)
    x, y = np.array(figure.state["points"]).T
    grid, inputs = (
        np.column_stack([GRID, np.ones(81)]),
        np.column_stack([x, np.ones_like(x)]),
    )
    gram, cross = kernels.nngp(inputs, depth=3), kernels.nngp(grid, inputs, depth=3)
    page = show(figure)
    np.testing.assert_allclose(
        result(page)["mean"], cross @ np.linalg.solve(gram, y), **SAME
    )
    posterior = (
        1 + GRID**2 - np.einsum("gi,ig->g", cross, np.linalg.solve(gram, cross.T))
    )
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
    assert (
        result(page)["mean"]
        == result(show(interactive.infinite_net([[0.05, 0.5], [1, -1]])))["mean"]
    )
    page.get_by_role(
        "button", name="Add a point"
    ).click()  # in the middle of the widest gap, from -2 to 0.05
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
    for kind, dy in (
        ("touchStart", 0),
        ("touchMove", 30),
        ("touchMove", 60),
        ("touchEnd", 0),
    ):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y + dy}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(50)  # the browser hands on one movement a frame
    assert result(page)["mean"] != before["mean"]
    assert result(page)["on"] == before["on"]
    assert page.evaluate("scrollY") == scrolled


def on_circle(degrees):
    return np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=1)


ANGLES, TARGETS = np.array([-150, -80, 0, 60, 120]), np.array([1, -1, 0.5, 1, -0.5])
POINTS, CIRCLE = on_circle(ANGLES), on_circle(np.linspace(-180, 180, 73))


def tangent_kernel(W, a, X, Z):
    """Products of the derivatives of sqrt(2 / m) sum_j a_j relu(w_j . x)."""

    def jacobian(X):
        hidden = X @ W.T
        by_w = (a * (hidden > 0))[:, :, None] * X[:, None]
        return np.sqrt(2 / len(a)) * np.hstack(
            [by_w.reshape(len(X), -1), np.maximum(hidden, 0)]
        )

    return jacobian(X) @ jacobian(Z).T


def train(width, init, steps, scale, seed):
    """The finite net in NumPy: kernels of the start and the end, outputs step by step,
    and on the circle at the end.
    """
    rows = interactive.normals(seed, 3 * 1024).reshape(-1, 3)[
        : width if init == "plain" else width // 2
    ]
    if init == "antisymmetric":
        rows = np.concatenate([rows, rows * [1, 1, -1]])
    W, a = rows[:, :2].copy(), rows[:, 2].copy()
    factor = scale * np.sqrt(2 / width)

    def f(X):
        return factor * np.maximum(X @ W.T, 0) @ a

    before, first, path = tangent_kernel(W, a, POINTS, POINTS), f(CIRCLE), [f(POINTS)]
    for _ in range(steps):
        hidden, rates = POINTS @ W.T, 0.1 / scale**2 * factor * (path[-1] - TARGETS)
        change = (rates[:, None] * (hidden > 0)).T @ POINTS * a[:, None]
        a = a - np.maximum(hidden, 0).T @ rates
        W = W - change
        path.append(f(POINTS))
    return (
        before,
        first,
        np.array(path),
        f(CIRCLE),
        tangent_kernel(W, a, POINTS, POINTS),
    )


def test_the_net_is_the_library_s():
    rows = interactive.normals(3, 3 * 64).reshape(-1, 3)
    network = Network(Dense(64, bias=False), ReLU(), Dense(1, bias=False))
    parameters = kernels.ntk_scales(network, (2,)) * np.concatenate(
        [rows[:, :2].ravel(), rows[:, 2]]
    )
    library = kernels.empirical_ntk(
        network, POINTS, CIRCLE, parameters=parameters, dtype="float64"
    )
    np.testing.assert_allclose(
        tangent_kernel(rows[:, :2], rows[:, 2], POINTS, CIRCLE), library, **SAME
    )
    before, _, path, _, _ = train(
        64, "antisymmetric", 1, 1e6, 3
    )  # so lazy that one step is linear
    np.testing.assert_allclose(
        path[1] - path[0], -0.1 * before @ (path[0] - TARGETS), rtol=1e-4
    )


@pytest.mark.browser
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"width": 8, "init": "plain", "seed": 2**32 - 1},
        {"width": 1024, "init": "plain", "steps": 50, "scale": 4, "seed": 6},
        {"width": 128, "scale": 0.25, "steps": 100, "seed": 1},
    ],
)
def test_a_finite_net_has_its_kernel_and_trains_as_in_numpy(show, settings):
    figure = interactive.kernel_width(**settings)
    state = figure.state
    before, first, path, curve, after = train(**state)
    got = result(show(figure))
    np.testing.assert_allclose(got["before"], before, **SAME)
    np.testing.assert_allclose(got["after"], after, **SAME)
    np.testing.assert_allclose(got["path"], path, **SAME)
    np.testing.assert_allclose(got["curve"], curve, **SAME)

    limit, cross = kernels.ntk(POINTS, depth=1), kernels.ntk(CIRCLE, POINTS, depth=1)
    left = [
        np.linalg.matrix_power(np.eye(5) - 0.1 * limit, k)
        for k in range(state["steps"] + 1)
    ]
    frozen = TARGETS + np.array([power @ (path[0] - TARGETS) for power in left])
    np.testing.assert_allclose(got["frozen_path"], frozen, **SAME)
    frozen_curve = first + cross @ np.linalg.solve(
        limit, (np.eye(5) - left[-1]) @ (TARGETS - path[0])
    )
    np.testing.assert_allclose(got["frozen_curve"], frozen_curve, **SAME)

    def distance(A, B):
        return np.linalg.norm(A - B) / np.linalg.norm(B)

    expected = [
        distance(before, limit),
        distance(after, before),
        distance(curve, frozen_curve),
    ]
    np.testing.assert_allclose(
        [got["distance"], got["drift"], got["gap"]], expected, **SAME
    )
    np.testing.assert_allclose(got["line"], tangent_kernel_line(state), **SAME)
    if state["init"] == "antisymmetric":
        np.testing.assert_allclose(got["path"][0], 0, **SAME)


def tangent_kernel_line(state):
    rows = interactive.normals(state["seed"], 3 * 1024).reshape(-1, 3)
    rows = rows[
        : state["width"] // (1 if state["init"] == "plain" else 2)
    ]  # mirrored units have the same kernel
    return tangent_kernel(rows[:, :2], rows[:, 2], on_circle(np.zeros(1)), CIRCLE)[0]


@pytest.mark.browser
def test_errors_fall_with_the_width_and_drift_with_the_scale(show):
    page = show(interactive.kernel_width(width=8))
    runs = [result(page)]
    for _ in range(15):
        page.get_by_role("button", name="Another draw").click()
        runs.append(result(page))
    slopes = {}
    for name in ("distances", "gaps", "drifts"):
        sizes = np.sqrt(np.mean(np.square([run[name] for run in runs]), axis=0))
        slopes[name] = np.polyfit(
            np.log(2.0 ** np.arange(4, 11)), np.log(sizes[1:]), 1
        )[0]
    assert slopes["distances"] == pytest.approx(-0.5, abs=0.1)
    assert -0.6 < slopes["gaps"] < -0.25
    assert slopes["drifts"] < -0.65  # faster: the start is antisymmetric
    lazy = result(page)["drifts"]
    page.get_by_role("slider", name="output scale α").press("Home")
    assert np.all(np.array(result(page)["drifts"]) > 2 * np.array(lazy))
    assert spoken(page).startswith(
        "Width 8, output scale 0.25: at the start, the net's kernel"
    )


@pytest.mark.browser
def test_play_trains_the_net_step_by_step(show):
    page = show(interactive.kernel_width(steps=50))
    last = result(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "document.querySelector('.d2lutils-figure').figureResult.path.length < 50"
    )
    page.wait_for_function(
        "document.querySelector('.d2lutils-figure').figureResult.path.length === 51"
    )
    assert result(page) == last
