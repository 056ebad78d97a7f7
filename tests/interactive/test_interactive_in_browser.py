"""The interactive figures in Chromium, from file:// as in the built book: their numbers
and their controls.
"""

import csv

import numpy as np
import pytest
from figures import FIGURES, result, samples_of_risk, spoken
from scipy import special

from d2lutils import interactive, landscapes, meanfield
from d2lutils.descent import descend
from d2lutils.interactive import _bundle, _figure

pytestmark = pytest.mark.browser
SAME = {"rtol": 1e-9, "atol": 1e-9}


class Recorded(np.random.Generator):
    """A generator that gives the figures' normals, so that `descend` can be run on the
    same noise.
    """

    def __new__(cls, values):
        return super().__new__(cls, np.random.PCG64(0))

    def __init__(self, values):
        super().__init__(np.random.PCG64(0))
        self.values = iter(values)

    def standard_normal(self, size):
        return np.array([next(self.values) for _ in range(np.prod(size))]).reshape(size)


@pytest.mark.parametrize(
    ("n", "sigma", "seed"),
    [(25, 1.0, 528), (1, 0.3, 2**32 - 1), (1000, 2.0, 7), (5, 0.0, 0)],
)
def test_risk_has_the_minima_of_the_landscapes(show, n, sigma, seed):
    got = result(show(interactive.risk(n, sigma, seed)))
    best = landscapes.risk()
    minimum = best.f(best.minima).min()
    excesses = []
    for back, (z, empirical, x, excess) in enumerate(samples_of_risk(n, sigma, seed)):
        excesses.append(excess)
        np.testing.assert_allclose(got["minimisers"][back], x[0], **SAME)
        if back == 0:
            np.testing.assert_allclose(
                [got["z_mean"], got["empirical_minimum"]], [z, empirical.f(x)], **SAME
            )
    np.testing.assert_allclose(
        [got["risk_minimiser"], got["risk_minimum"]],
        [best.minima[0, 0], minimum],
        **SAME,
    )
    np.testing.assert_allclose(got["excess_risk"], excesses[0], **SAME)
    np.testing.assert_allclose(got["mean_excess_risk"], np.mean(excesses), **SAME)
    assert got["predicted_excess_risk"] == pytest.approx(
        9.97324 * sigma**2 / n, rel=1e-6
    )  # the delta method


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"start": -0.8, "lr": 0.05}, "settled"),
        ({"start": 0.4, "lr": 0.05, "momentum": 0.9, "num_steps": 200}, "settled"),
        (
            {"start": 1.3, "lr": 0.28, "num_steps": 10},
            "moving",
        ),  # the global minimum is unstable: 2/12.09 < .28
        ({"start": -0.5, "lr": 0.05, "noise": 2.0, "seed": 4}, "noisy"),
        ({"landscape": "rastrigin", "start": [3.3, 2.4], "lr": 0.002}, "settled"),
        (
            {
                "landscape": "rastrigin",
                "start": [0.4, -0.3],
                "lr": 0.001,
                "noise": 10.0,
                "num_steps": 50,
            },
            "noisy",
        ),
        (
            {
                "landscape": "bowl",
                "start": [-4.0, 1.5],
                "lr": 0.9,
                "momentum": 0.3,
                "num_steps": 80,
            },
            "settled",
        ),
        ({"start": 1.9, "lr": 5.0, "num_steps": 1}, "left"),
    ],
)
def test_descent_walks_as_descend_does(show, settings, status):
    figure = interactive.descent(**settings)
    state = figure.state
    known = {"risk": landscapes.risk((-1, 2)), "rastrigin": landscapes.rastrigin(2)}
    known["bowl"] = landscapes.quadratic([2.0, 2.0])
    landscape = known[state["landscape"]]
    noise = interactive.normals(state["seed"], state["num_steps"] * landscape.dim)
    options = {name: state[name] for name in ("lr", "num_steps", "momentum", "noise")}
    expected = descend(landscape, [state["start"]], rng=Recorded(noise), **options)
    got = result(show(figure))
    np.testing.assert_allclose(got["points"], expected.points[:, 0], **SAME)
    np.testing.assert_allclose(got["values"], expected.values[:, 0], **SAME)
    assert got["status"] == status
    if status == "settled":
        nearest = landscape.minima[
            np.linalg.norm(landscape.minima - expected.points[-1], axis=-1).argmin()
        ]
        np.testing.assert_allclose(got["minimum"], nearest, **SAME)
        assert got["is_global"] == bool(
            landscape.f(nearest) == landscape.f(landscape.minima).min()
        )


def test_descent_that_overflows_is_called_divergence(show):
    page = show(
        interactive.descent("rastrigin", lr=5.0, momentum=0.9, num_steps=10_000)
    )
    assert result(page)["status"] == "diverged"
    assert "diverges" in spoken(page)


@pytest.mark.parametrize(
    ("name", "eps", "lr", "curvature"),
    [
        ("double_well", 1e-3, 0.05, 4),
        ("double_well", -1e-10, 0.02, 4),
        ("hyperbolic", 1e-6, 0.05, 2),
    ],
)
def test_saddle_escapes_when_descend_does(show, name, eps, lr, curvature):
    got = result(show(interactive.saddle(name, eps=eps, along=0.9, lr=lr)))
    away = 0 if name == "double_well" else 1
    start = [eps, 0.9] if away == 0 else [0.9, eps]
    hyperbolic = landscapes.quadratic([2.0, -2.0])  # x1^2 - x2^2
    landscape = landscapes.double_well() if name == "double_well" else hyperbolic
    run = descend(landscape, [start], lr=lr, num_steps=len(got["points"]) - 1).points[
        :, 0
    ]
    np.testing.assert_allclose(got["points"], run, **SAME)
    assert got["steps"] == int((np.abs(run[:, away]) > 0.5).argmax())
    assert got["predicted"] == pytest.approx(
        np.log(0.5 / abs(eps)) / np.log(1 + curvature * lr), rel=1e-12
    )
    assert abs(got["steps"] - got["predicted"]) < 2
    assert got["status"] == ("minimum" if name == "double_well" else "unbounded")


def test_saddle_exactly_on_the_ridge_and_far_out(show):
    assert result(show(interactive.saddle(eps=0, lr=0.05)))["status"] == "saddle"
    # x1 runs away beyond sqrt((2 + 4 lr) / (4 lr)), which is 1.99 for lr = 0.1689.
    assert result(show(interactive.saddle(eps=1.99, lr=0.16)))["status"] == "minimum"
    assert result(show(interactive.saddle(eps=1.99, lr=0.18)))["status"] == "diverged"


def test_gradients_follow_the_mean_field_recursion(show):
    page = show(interactive.gradients(depth=37))
    for activation in meanfield.ACTIVATIONS:
        for skip, residual in (("none", None), ("1", 1.0), ("1/sqrt(L)", 37**-0.5)):
            page.get_by_role("combobox", name="activation", exact=True).select_option(
                activation
            )
            page.get_by_role(
                "combobox", name="skip connections", exact=True
            ).select_option(skip)
            expected = meanfield.gradient_norms(37, activation, 1.0, residual)
            np.testing.assert_allclose(result(page)["norms"], expected, rtol=1e-9)


def test_escapes_from_a_saddle_are_collected(show, tmp_path):
    page = show(interactive.saddle())
    slider = page.get_by_role("slider", name="distance ε")
    starts = [1e-3]
    for _ in range(3):
        slider.press("ArrowRight")
        starts.append(float(slider.get_attribute("aria-valuetext")))
    assert spoken(page).endswith("4 escapes are collected.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    download.value.save_as(tmp_path / "shown.csv")
    rows = csv.DictReader((tmp_path / "shown.csv").open(encoding="utf8"))
    found = [(float(r["x"]), int(r["y"])) for r in rows if r["curve"] == "escapes"]
    np.testing.assert_allclose([eps for eps, _ in found], starts, **SAME)
    for eps, steps in found:
        run = descend(landscapes.double_well(), [[eps, 0.9]], lr=0.05, num_steps=steps)
        away = np.abs(run.points[:, 0, 0])
        assert away[steps] > 0.5 >= away[:steps].max()


@pytest.mark.parametrize("activation", ["linear", "relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("skip", ["none", "1/sqrt(L)"])
def test_one_net_s_gradient_is_that_of_its_matrices(show, activation, skip):
    depth, width, gain = 12, 16, 1.5
    draws = interactive.normals(3, width * (2 + depth * width))
    z, gradient = draws[:width], draws[width : 2 * width]
    scale, kept = (gain, 0) if skip == "none" else (gain / np.sqrt(depth), 1)
    apply, slope = {
        "linear": (lambda v: v, np.ones_like),
        "relu": (lambda v: np.maximum(v, 0), lambda v: v > 0),
        "tanh": (np.tanh, lambda v: np.cosh(v) ** -2.0),
        "sigmoid": (special.expit, lambda v: special.expit(v) * special.expit(-v)),
    }[activation]
    weights = draws[2 * width :].reshape(depth, width, width) / np.sqrt(width) * scale
    jacobians = []
    for w in weights:
        jacobians.append(kept * np.eye(width) + w * slope(z))
        z = kept * z + w @ apply(z)
    sizes = [np.linalg.norm(gradient)]
    for jacobian in reversed(jacobians):
        gradient = jacobian.T @ gradient
        sizes.insert(0, np.linalg.norm(gradient))
    page = show(interactive.gradients(depth, activation, gain, skip, width, 3))
    np.testing.assert_allclose(
        result(page)["drawn"], np.array(sizes) / sizes[-1], rtol=1e-9
    )
    assert "in one net of width 16 it is " in spoken(page)


def test_the_random_numbers_are_those_of_python(page):
    source = _bundle.common()
    for seed in (0, 2**32 - 1, 20_260_101):
        got = page.evaluate(
            f"(() => {{ {source}; "
            f"return [uniforms({seed}, 101), normals({seed}, 101)]; }})()"
        )
        assert got[0] == interactive.uniforms(seed, 101).tolist()
        np.testing.assert_allclose(
            got[1], interactive.normals(seed, 101), rtol=1e-12, atol=1e-14
        )


@pytest.mark.parametrize("make", FIGURES)
def test_every_input_has_a_name_and_answers_to_the_keyboard(show, make):
    page = show(make())
    inputs = page.locator("input, select, button, [role=slider]")
    assert inputs.count() >= 3
    for i in range(inputs.count()):
        first_line = inputs.nth(i).aria_snapshot().splitlines()[0]
        assert '"' in first_line, f"no accessible name: {first_line}"
    for i in range(page.locator("input[type=range]").count()):
        before, slider = result(page), page.locator("input[type=range]").nth(i)
        said = slider.get_attribute("aria-valuetext")
        slider.press(
            "ArrowLeft" if slider.evaluate("e => e.value === e.max") else "ArrowRight"
        )
        assert slider.get_attribute("aria-valuetext") != said
        assert result(page) != before


@pytest.mark.parametrize("make", FIGURES)
@pytest.mark.parametrize("width", [360, 1100])
def test_text_is_readable_and_nothing_overflows(show, make, width):
    page = show(make(), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.eval_on_selector_all(
        "svg text",
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize) * "
        "e.getScreenCTM().a)",
    )
    assert min(sizes) >= 11
    outside = page.evaluate(
        """() => { const box = document.querySelector('.fig-stage > svg').getBoundingClientRect();
        return [...document.querySelectorAll('.fig-stage > svg > g > text')].filter(e => {
          const b = e.getBoundingClientRect(); return b.left < box.left - 1 || b.right > box.right + 1;
        }).map(e => e.textContent); }"""
    )
    assert outside == []


def test_the_start_can_be_dragged_and_moved_by_arrow_keys(show):
    page = show(interactive.descent(start=-0.8))
    handle = page.get_by_role("slider", name="Start of the descent")
    handle.press("ArrowRight")
    assert result(page)["points"][0] == pytest.approx([-0.78])
    assert "local minimum" in spoken(page)
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y, steps=4)
    page.mouse.up()
    assert result(page)["points"][0][0] > 0.28
    assert "the global minimum" in spoken(page)
    assert handle.get_attribute("aria-valuetext").startswith("x = ")


def test_the_start_follows_a_finger_without_scrolling_the_page(show):
    page = show(interactive.saddle(eps=0.5), width=390)
    box = page.get_by_role("slider", name="Start of the descent").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, dy in (
        ("touchStart", 0),
        ("touchMove", 20),
        ("touchMove", 60),
        ("touchEnd", 0),
    ):
        points = [] if kind == "touchEnd" else [{"x": x - dy, "y": y + dy}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(50)  # the browser hands on one movement a frame
    x1, x2 = result(page)["points"][0]
    assert x1 < 0 < 0.9 - x2
    assert page.evaluate("scrollY") == 0


def test_another_function_brings_its_own_start(show):
    page = show(interactive.descent())
    page.get_by_role("combobox", name="function", exact=True).select_option("rastrigin")
    assert len(result(page)["points"][0]) == 2
    assert "x = " not in spoken(page)


def test_draw_again_takes_the_next_seed(show):
    page = show(interactive.risk(seed=10))
    page.get_by_role("button", name="Draw again").click()
    again = result(page)
    assert again == result(show(interactive.risk(seed=11)))


def test_play_ends_where_it_began_and_respects_reduced_motion(show):
    page = show(interactive.descent())
    whole = page.locator("circle.fig-dot").count()
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        f"document.querySelectorAll('circle.fig-dot').length < {whole}"
    )
    page.get_by_role("slider", name="momentum").press(
        "ArrowRight"
    )  # a new setting is shown whole at once
    assert page.locator("circle.fig-dot").count() == whole
    page.emulate_media(reduced_motion="reduce")
    assert show(interactive.descent()).get_by_role("button", name="Play").count() == 0
    page.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize("make", FIGURES)
def test_the_widget_module_renders_and_cleans_up(page, make):
    figure = make()
    page.goto("about:blank")
    left, shown = page.evaluate(
        """async ([code, state]) => {
          const module = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
          const listeners = new Set(), el = document.createElement("div");
          document.body.append(el);
          const model = { get: k => state[k], set: (k, v) => { state[k] = v; }, save_changes() {},
            on: (e, f) => listeners.add(f), off: (e, f) => listeners.delete(f) };
          const dispose = module.default.render({ model, el });
          // Without this attribute JupyterLab's shortcuts take the arrow keys away from a focused slider.
          const free = [...el.querySelectorAll("input, select, button, [tabindex]")];
          const shown = el.figureResult && free.every(e => e.hasAttribute("data-lm-suppress-shortcuts"));
          dispose();
          return [listeners.size, shown];
        }""",
        [_figure._script(figure.kind), dict(figure.state)],
    )
    assert shown
    assert left == 0
