"""The figures of the chapters on overfitting and hyperparameters: in Chromium they
compute what the library does.
"""

import re

import numpy as np
import pytest
from figures import result, run, spoken, training_curves
from scipy import optimize, special

from d2lutils import interactive, linear, search

SAME = {"rtol": 1e-9, "atol": 1e-9}


@pytest.mark.parametrize(
    ("make", "bad"),
    [
        (interactive.double_descent, {"n": 101}),
        (interactive.double_descent, {"D": 1000}),
        (interactive.hyperband, {"bracket": 5}),
        (interactive.random_grid, {"num_trials": 10}),
        (interactive.random_grid, {"angle": 90}),
        (interactive.random_grid, {"optimum": 0.5}),
        (interactive.random_grid, {"optimum": [0.5, 1.5]}),
    ],
)
def test_what_a_figure_cannot_show_is_refused_by_name(make, bad):
    with pytest.raises(ValueError, match=f"^{next(iter(bad))} "):
        make(**bad)


def truth(state):
    beta = (
        1 / np.arange(1, state["D"] + 1)
        if state["coefficients"] == "falling"
        else np.ones(state["D"])
    )
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
        variances = (
            linear.ridge_risk(state["n"], p, 0.0, noise, state["penalty"]) - noise
        )
    else:
        expected = linear.double_descent_risk(
            state["n"], p, state["D"], state["sigma"], beta
        )
        variances = linear.isotropic_risk(state["n"], p, 0.0, noise) - noise
        apart = np.abs(p - state["n"]) > 1
        np.testing.assert_allclose(
            np.array(got["biases"])[apart],
            expected[apart] - variances[apart] - noise[apart],
            **SAME,
        )
    np.testing.assert_allclose(got["risks"], expected, **SAME)
    np.testing.assert_allclose(got["variances"], variances, **SAME)
    chosen = state["p"] - 1
    assert got["chosen"]["risk"] == got["risks"][chosen]
    if noise[chosen] > 0.05:

        def risk(log_penalty):
            return linear.ridge_risk(
                state["n"], state["p"], seen[chosen], noise[chosen], np.exp(log_penalty)
            )

        found = optimize.minimize_scalar(
            risk, bounds=(-5, 10), method="bounded", options={"xatol": 1e-10}
        )
        assert got["chosen"]["best"] == pytest.approx(found.fun, abs=1e-9)
        assert np.log(got["chosen"]["best_penalty"]) == pytest.approx(found.x, abs=1e-3)


@pytest.mark.browser
@pytest.mark.parametrize(
    "settings",
    [
        {"seed": 5},
        {"n": 90, "p": 30, "sigma": 1.5, "coefficients": "falling"},
        {"n": 9, "p": 12, "D": 30, "penalty": 3, "seed": 2**32 - 1},
    ],
)
def test_the_fits_to_a_sample_are_those_of_least_squares(show, settings):
    figure = interactive.double_descent(**settings)
    got, state = result(show(figure))["fits"], figure.state
    n, D = state["n"], state["D"]
    draws, beta = interactive.normals(state["seed"], D * D + D), truth(state)[0]
    X = draws[: n * D].reshape(n, D)
    y = X @ beta + state["sigma"] * draws[D * D : D * D + n]
    assert {1, state["p"], D} <= {p for p, _ in got}
    for p, risk in got:
        penalty = np.sqrt(state["penalty"]) * np.eye(p)
        rows, values = np.vstack([X[:, :p], penalty]), np.append(y, np.zeros(p))
        fit = np.zeros(D)
        fit[:p] = np.linalg.lstsq(rows, values, rcond=None)[0]
        expected = state["sigma"] ** 2 + ((fit - beta) ** 2).sum()
        assert risk == pytest.approx(expected, rel=1e-9)


@pytest.mark.browser
def test_the_number_of_examples_is_dragged_at_its_line(show):
    page = show(interactive.double_descent(n=40, p=70))
    beside = page.locator(".fig-label").filter(has_text="p = n").bounding_box()
    x, y = beside["x"] - 12, beside["y"] + 40
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=4)
    page.mouse.up()
    examples = page.get_by_role("slider", name="examples n").get_attribute(
        "aria-valuetext"
    )
    assert 50 < int(examples) < 70
    assert result(page)["chosen"]["p"] == 70
    page.get_by_role("slider", name="Number of features p").press("ArrowLeft")
    assert result(page)["chosen"]["p"] == 69


@pytest.mark.browser
def test_double_descent_is_worked_by_its_marker(show):
    page = show(interactive.double_descent(p=42))
    marker = page.get_by_role("slider", name="Number of features p")
    assert marker.get_attribute("aria-valuetext").startswith("p = 42, risk ")
    marker.press("ArrowLeft")
    assert marker.get_attribute("aria-valuetext") == "p = 41, risk infinite"
    assert "infinite where p is within 1 of n" in spoken(page)
    page.get_by_role("button", name="Best penalty").click()
    assert result(page)["chosen"]["risk"] == pytest.approx(
        result(page)["chosen"]["best"], rel=1e-12
    )
    assert "ridge regression" in spoken(page)
    box = marker.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2000, y, steps=3)
    page.mouse.up()
    assert result(page)["chosen"]["p"] == 100


def test_training_curves_keep_what_matters_in_few_points():
    figure = training_curves(epoch=98)
    assert len(figure.html()) < 60 * (150 + 60)  # five numbers a point
    for short, whole in zip(figure.state["runs"], (run(), run(60, 1)), strict=True):
        assert len(short["epochs"]) <= 150
        kept = np.isin(whole.epochs, short["epochs"])
        for name in ("train_loss", "train_error", "test_loss", "test_error"):
            np.testing.assert_allclose(
                short[name], getattr(whole, name)[kept], rtol=5e-4
            )
        stops = [short["epochs"][i] for i in short["stops"]]
        assert stops == [whole.test_loss.argmin() + 1, whole.test_error.argmin() + 1]
        assert short["epochs"][-1] == whole.epochs[-1]
    assert 98 in figure.state["runs"][0]["epochs"]


@pytest.mark.parametrize(
    "bad", [{"run": "no labels"}, {"epoch": 401}, {"run": "random labels", "epoch": 61}]
)
def test_a_run_and_an_epoch_are_among_those_recorded(bad):
    with pytest.raises(ValueError, match=f"^{list(bad)[-1]} must be "):
        training_curves(**bad)


@pytest.mark.browser
def test_training_curves_open_where_they_are_told(show):
    page = show(training_curves(run="random labels", epoch=30))
    assert page.get_by_role("combobox", name="run").input_value() == "random labels"
    assert spoken(page).startswith("random labels, epoch 30 of 60: ")
    alone = show(interactive.training_curves({"one run": run()}))
    assert alone.get_by_role("combobox").count() == 0
    assert spoken(alone).startswith("Epoch 400 of 400: ")


@pytest.mark.parametrize(
    "bad",
    [
        {},
        [run()],
        {"a": run(train_loss=np.full(400, np.nan))},
        {"a": run(test_error=np.full(400, 6.1))},
        {"a": run(test_loss=np.ones(3))},
        {"a": run(epochs=np.zeros(400))},
    ],
)
def test_curves_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match="runs"):
        interactive.training_curves(bad)


@pytest.mark.browser
def test_training_curves_tell_what_stopping_would_have_given(show):
    page, whole = show(training_curves()), run()
    for button, i in (
        ("Least test loss", whole.test_loss.argmin()),
        ("Least test error", whole.test_error.argmin()),
        ("Last epoch", 399),
    ):
        page.get_by_role("button", name=button).click()
        got = result(page)["chosen"]
        assert got["epoch"] == i + 1
        assert got["test_error"] == pytest.approx(whole.test_error[i], rel=5e-4)
        assert got["train_loss"] == pytest.approx(whole.train_loss[i], rel=5e-4)
    assert result(page)["least_loss"]["epoch"] == whole.test_loss.argmin() + 1
    assert result(page)["least_error"]["test_loss"] == pytest.approx(
        whole.test_loss[whole.test_error.argmin()], rel=5e-4
    )
    marker = page.get_by_role("slider", name="Chosen epoch")
    marker.press("ArrowLeft")
    assert 390 < result(page)["chosen"]["epoch"] < 400
    assert marker.get_attribute("aria-valuetext").startswith(
        f"epoch {result(page)['chosen']['epoch']}, test loss "
    )
    page.get_by_role("combobox", name="run").select_option("random labels")
    assert result(page)["chosen"]["epoch"] == 60
    assert spoken(page).startswith("random labels, epoch 60 of 60: ")


@pytest.mark.browser
def test_the_test_error_is_drawn_before_it_is_shown(show):
    page = show(training_curves())
    page.get_by_role("button", name="Predict").click()
    assert "Draw the error on test data" in spoken(page)
    lines = page.locator(".fig-stage polyline.fig-b")
    assert lines.count() == 0
    ring = page.get_by_role("slider", name="Chosen epoch")
    before = ring.get_attribute("aria-valuetext")
    assert before.startswith("your curve at epoch 1: ")
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown"):
        ring.press(key)
    drawn = [float(before.split(": ")[1].rstrip("%"))] * 8
    drawn[0], drawn[1] = drawn[0] - 1, drawn[1] - 2
    epochs = np.unique(
        interactive.training_curves({"a": run()}).state["runs"][0]["epochs"]
    )
    box, height = ring.bounding_box(), page.locator(".fig-stage").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, height["y"] + height["height"] - 42, steps=4)  # to the axis
    page.mouse.up()
    drawn[1] = 0
    at = ring.get_attribute("aria-valuetext")
    assert at.endswith(": 0%")
    page.get_by_role("button", name="Show the answer").click()
    assert lines.count() == 2
    knots = epochs[[round(k) for k in np.linspace(0, len(epochs) - 1, 8)]]
    off = np.abs(np.array(drawn) - 100 * run().test_error[knots - 1]).mean()
    least = run().test_error.argmin() + 1
    said = spoken(page)
    told = float(re.search(r"off by ([\d.]+) percentage", said)[1])
    assert told == pytest.approx(off, abs=0.02 * off)
    assert f"it is least at epoch {knots[1]}, the test error at epoch {least}." in said
    curve = page.locator(".fig-stage polyline.fig-c:not(.fig-dash)")
    assert curve.count() == 1
    page.get_by_role("button", name="Reset").click()
    assert curve.count() == 0


def halved(state, seed):
    """[(loss of the one that is left, least loss of the sample, rung at which that one
    was cut)], one a bracket.
    """
    schedule, R = (
        search.brackets(state["max_resource"], state["eta"]),
        state["max_resource"],
    )
    u = iter(
        interactive.uniforms(
            seed, 2 * sum(bracket.rungs[0].number for bracket in schedule)
        ).reshape(-1, 2)
    )
    for bracket in schedule:
        q, v = np.array([next(u) for _ in range(bracket.rungs[0].number)]).T
        q = np.sqrt(q)
        final, a = 10 ** (2 * q - 2), 8 ** (state["crossing"] * (1 + v - 3 * q) / 2)
        alive = np.arange(len(q))
        cut = np.zeros(len(q), int)
        for i, rung in enumerate(bracket.rungs):
            assert len(alive) == rung.number
            cut[alive] = i
            loss = final ** (((1 + np.log(rung.resource)) / (1 + np.log(R))) ** a)
            kept = bracket.rungs[i + 1].number if i + 1 < len(bracket.rungs) else 1
            alive = alive[np.argsort(loss[alive])][:kept]
        yield final[alive[0]], final.min(), cut[final.argmin()]


@pytest.mark.browser
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"crossing": 0.0, "bracket": 2},
        {"max_resource": 128, "eta": 2, "crossing": 1.0},
        {"max_resource": 100, "eta": 4, "seed": 9},
    ],
)
def test_hyperband_halves_as_its_brackets_say(show, settings):
    figure = interactive.hyperband(**settings)
    got, state = result(show(figure)), figure.state
    schedule = search.brackets(state["max_resource"], state["eta"])
    assert [b["s"] for b in got["brackets"]] == [b.s for b in schedule]
    assert [b["rungs"] for b in got["brackets"]] == [
        [[r.number, r.resource] for r in b.rungs] for b in schedule
    ]
    assert [b["budget"] for b in got["brackets"]] == [b.budget for b in schedule]
    assert got["budget"] == sum(b.budget for b in schedule)
    expected = list(halved(state, state["seed"]))
    np.testing.assert_allclose(
        [(b["found"], b["truly"], b["cut"]) for b in got["brackets"]], expected, **SAME
    )
    assert got["best"] == min(b["found"] for b in got["brackets"])
    samples = np.array([list(halved(state, seed)) for seed in range(51)])
    np.testing.assert_allclose(
        [b["median"] for b in got["brackets"]], np.median(samples[..., 0], 0), **SAME
    )


@pytest.mark.browser
def test_hyperband_with_the_paper_s_numbers_and_by_the_keyboard(show):
    page = show(interactive.hyperband())
    got = result(page)
    assert [b["rungs"][0][0] for b in got["brackets"]] == [81, 34, 15, 8, 5]
    assert [b["budget"] for b in got["brackets"]] == [405, 363, 351, 378, 405]
    assert (got["settings"], got["budget"]) == (143, 1902)
    bracket, eta = (
        page.get_by_role("slider", name="bracket"),
        page.get_by_role("slider", name="keep one in"),
    )
    bracket.press("Home")
    assert result(page)["chosen"] == 0
    assert spoken(page).startswith(
        "Bracket 0 starts 5 settings with resource 81; budget 405."
    )
    bracket.press("End")
    assert result(page)["chosen"] == 4
    eta.press("ArrowRight")  # 4: then 64 <= 81 < 256
    assert (
        result(page)["chosen"],
        bracket.get_attribute("max"),
        bracket.get_attribute("aria-valuetext"),
    ) == (
        3,
        "3",
        "3",
    )
    page.get_by_role("button", name="Another sample").click()
    assert (
        result(page)["brackets"]
        == result(show(interactive.hyperband(eta=4, seed=1)))["brackets"]
    )


@pytest.mark.browser
def test_hyperband_plays_its_brackets_rung_by_rung(show, page):
    """In the order of the paper, from the bracket with most settings to the last."""
    rungs = [(b.s, b.rungs, k) for b in search.brackets(81, 3) for k in range(b.s + 1)]
    page.emulate_media(reduced_motion="reduce")
    show(interactive.hyperband(bracket=2))
    assert page.get_by_role("button", name="Play").count() == 0
    step = page.get_by_role("button", name="Step")
    step.click()
    for number, (s, schedule, k) in enumerate(rungs[:-1], start=1):
        step.click()
        said = page.locator(".fig-sentence").inner_text()
        now, later = schedule[k], schedule[k + 1 : k + 2]
        kept = later[0].number if later else 1
        assert said == (
            f"Step {number} of {len(rungs)}. Bracket {s}, up to resource "
            f"{now.resource}: keeps {kept} of {now.number}."
        )
        dots = page.locator(".fig-stage circle.fig-dot:not([class*='fig-c'])").count()
        assert dots == schedule[0].number - (later[0].number if later else now.number)
    step.click()
    assert result(page)["chosen"] == 0
    assert spoken(page).startswith("Bracket 0 starts 5 settings with resource 81")
    page.emulate_media(reduced_motion="no-preference")


@pytest.mark.browser
def test_hyperband_plays_by_itself(show):
    page = show(interactive.hyperband(max_resource=9))
    page.clock.install()
    page.get_by_role("button", name="Play").click()
    heard = []
    for _ in range(26):
        page.clock.run_for(500)
        heard.append(page.locator(".fig-sentence").inner_text())
    brackets = [re.match(r"Bracket (\d)", said)[1] for said in heard]
    assert "".join(dict.fromkeys(brackets)) == "210"
    assert brackets == sorted(brackets, reverse=True)
    assert heard[-1].startswith("Bracket 0 starts 3 settings with resource 9")
    assert result(page)["chosen"] == 0


@pytest.mark.browser
def test_one_setting_of_a_bracket_is_marked_and_told_of(show):
    page = show(interactive.hyperband())
    ring = page.get_by_role("slider", name="Setting", exact=True)
    draws = interactive.uniforms(0, 2 * 81).reshape(-1, 2)
    final = 10 ** (2 * np.sqrt(draws[:, 0]) - 2)
    a = 8 ** (0.4 * (1 + draws[:, 1] - 3 * np.sqrt(draws[:, 0])) / 2)
    for key, number in (("ArrowRight", 1), ("ArrowUp", 2), ("Shift+ArrowRight", 12)):
        ring.press(key)
        got, rungs = result(page)["setting"], [1, 3, 9, 27, 81]
        t = rungs[got["cut"]]
        loss = final[number] ** (((1 + np.log(t)) / (1 + np.log(81))) ** a[number])
        np.testing.assert_allclose(got["final"], final[number], **SAME)
        np.testing.assert_allclose(got["stopped"], loss, **SAME)
        told = f"Setting {number + 1} (ring) "
        assert told in spoken(page)
        assert ring.get_attribute("aria-valuetext").startswith(told)
    page.get_by_role("button", name="Next bracket").click()
    assert result(page)["chosen"] == 3
    for _ in range(4):
        page.get_by_role("button", name="Next bracket").click()
    assert result(page)["chosen"] == 4


def at_best(points, optimum, state):
    angle = np.deg2rad(state["angle"])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    losses = 1 - np.exp(
        -(((points - np.asarray(optimum)[..., None, :]) @ turn) ** 2) / 0.02
    )
    return (losses @ [1, state["importance"]]).min(-1) / (1 + state["importance"])


@pytest.mark.browser
@pytest.mark.parametrize(
    ("settings", "values"),
    [
        ({}, [3, 9]),
        ({"num_trials": 16, "importance": 1.0, "seed": 3}, [4, 16]),
        (
            {"num_trials": 25, "importance": 0.0, "angle": 45, "optimum": [0.0, 1.0]},
            [9, 25],
        ),
        ({"num_trials": 4, "importance": 0.35, "angle": 20}, [4, 4]),
    ],
)
def test_random_and_grid_search_find_what_python_finds(show, settings, values):
    figure = interactive.random_grid(**settings)
    got, state = result(show(figure)), figure.state
    n, side = state["num_trials"], round(state["num_trials"] ** 0.5)
    centres = (np.arange(side) + 0.5) / side
    grid = np.array([(x, y) for y in centres for x in centres])
    points = interactive.uniforms(state["seed"], 2 * n).reshape(n, 2)
    np.testing.assert_allclose(got["grid"], grid, **SAME)
    np.testing.assert_array_equal(got["random"], points)
    bests = [
        at_best(grid, state["optimum"], state),
        at_best(points, state["optimum"], state),
    ]
    np.testing.assert_allclose([got["grid_best"], got["random_best"]], bests, **SAME)
    assert got["values"] == values
    u = np.array(
        [interactive.uniforms(seed, 2 * n + 2) for seed in range(1000)]
    ).reshape(1000, n + 1, 2)
    of_grid, of_random = (
        at_best(grid, u[:, n], state),
        at_best(u[:, :n], u[:, n], state),
    )
    np.testing.assert_allclose(
        [got["mean_grid"], got["mean_random"]],
        [of_grid.mean(), of_random.mean()],
        **SAME,
    )
    assert got["wins"] == pytest.approx(np.mean(of_random < of_grid), abs=1e-9)
    if not state["angle"]:
        # Along an axis the optimum is uniform between a grid line and half way to the
        # next, whatever the importance.
        h = 0.5 / side
        exact = 1 - 0.1 * np.sqrt(np.pi / 2) * special.erf(h / 0.1 / np.sqrt(2)) / h
        assert got["mean_grid"] == pytest.approx(
            exact, abs=4 * of_grid.std() / np.sqrt(1000)
        )


@pytest.mark.browser
def test_the_optimum_can_be_moved(show):
    page = show(interactive.random_grid(importance=0))
    before = result(page)
    handle = page.get_by_role("slider", name="Optimum")
    handle.press("Shift+ArrowLeft")
    handle.press("ArrowLeft")
    handle.press("ArrowLeft")
    assert handle.get_attribute("aria-valuetext") == "optimum at 0.5, 0.4"
    assert result(page)["grid_best"] == pytest.approx(
        0, abs=1e-12
    )  # the grid's middle column is at 0.5
    assert result(page)["mean_grid"] == before["mean_grid"]
    assert "the grid tries 3 values, random search 9" in spoken(page)
    page.get_by_role("combobox", name="trials").select_option("4")
    assert len(result(page)["random"]) == 4
