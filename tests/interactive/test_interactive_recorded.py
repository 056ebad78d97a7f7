"""The figures of recorded networks, grokking, deep double descent and transfer between
widths: in Chromium they show what the record holds, read by other means.
"""

import numpy as np
import pytest
from figures import (
    RATES,
    deep_double_descent,
    grokking,
    result,
    spoken,
    sweep,
    width_transfer,
)

from d2lutils import runs

WIDTHS = (16, 32, 64)


def recorded(gain, decay, epochs=4000):
    run = runs.load("grokking")
    wanted = {"gain": gain, "weight_decay": decay, "epochs": epochs}
    for condition, found in zip(
        run.settings["conditions"], run.results["runs"], strict=True
    ):
        if wanted.items() <= condition.items():
            return {name: np.array(values) for name, values in found.items()}
    raise LookupError(wanted)


def passed(steps, ok):
    """The first step at which each row is ok, infinite where none is."""
    return np.where(ok.any(1), steps[ok.argmax(1)], np.inf)


@pytest.mark.browser
@pytest.mark.parametrize("gain", [0.5, 2.0])
@pytest.mark.parametrize("decay", [0.0, 0.001])
def test_grokking_shows_its_record(show, gain, decay):
    run, threshold = recorded(gain, decay), 0.05
    shown = {"gain": gain, "weight_decay": decay, "threshold": threshold}
    got = result(show(grokking(step=777, **shown)))
    fits = passed(run["epochs"], run["train_error"] == 0)
    learns = passed(run["epochs"], run["test_error"] < threshold)
    np.testing.assert_array_equal(got["fits"], fits)
    np.testing.assert_array_equal(got["learns"], learns)
    np.testing.assert_array_equal(got["each"], run["test_error"])
    for name, key in (("train", "train_error"), ("test", "test_error")):
        np.testing.assert_allclose(got[name], np.median(run[key], 0), atol=1e-12)
    other = recorded(gain, 0.001 - decay)["test_error"]
    np.testing.assert_allclose(got["other"], np.median(other, 0), atol=1e-12)
    delays = sorted(learns / fits)
    assert got["delay"] == pytest.approx((delays[4] + delays[5]) / 2, rel=1e-12)
    assert run["epochs"][got["now"]] == 760
    early = recorded(gain, decay, 200)["first_two"]
    shares = [np.median(early), np.median(run["first_two"])]
    np.testing.assert_allclose(got["shares"], shares, rtol=1e-12)


@pytest.mark.browser
def test_one_network_and_another_measure_of_success(show):
    page, run = show(grokking()), recorded(2.0, 0.001)
    page.get_by_role("slider", name="network").press("End")
    page.get_by_role("slider", name="generalises below").press("Home")
    got = result(page)
    fits = run["epochs"][(run["train_error"][9] == 0).argmax()]
    learns = run["epochs"][(run["test_error"][9] < 0.01).argmax()]
    assert (got["fit"], got["learn"]) == (fits, learns)
    np.testing.assert_array_equal(got["test"], run["test_error"][9])
    told = f"network 10 of ten: fitted at step {fits}, test error below 1% at step "
    assert told + str(learns) in spoken(page)
    page.get_by_role("combobox", name="weight decay").select_option("none")
    assert result(page)["learn"] == np.inf
    assert "no test error below 1% within 4000 steps" in spoken(page)
    ring = page.get_by_role("slider", name="Step", exact=True)
    ring.press("ArrowRight")
    ring.press("Shift+ArrowLeft")
    assert run["epochs"][result(page)["now"]] == 1000 + 40 - 400


@pytest.mark.browser
def test_a_late_network_is_the_goal_and_the_delay_is_foretold(show):
    page, run = show(grokking(threshold=0.01)), recorded(2.0, 0.001)
    page.get_by_role("button", name="Predict").click()
    assert page.locator(".fig-stage polyline.fig-b").count() == 0
    page.get_by_role("button", name="at most twice").click()
    assert "You said: at most twice as many. It is: more than that." in spoken(page)
    fits = passed(run["epochs"], run["train_error"] == 0)
    late = passed(run["epochs"], run["test_error"] < 0.01) / fits > 30
    goal = page.locator(".fig-goals li")
    for network in range(1, 11):
        page.get_by_role("slider", name="network").press("ArrowRight")
        reached = goal.inner_text().startswith("✓")
        assert reached == late[:network].any()
    assert late.any()


def swept(share, width, key):
    """What was recorded of networks of a width, (networks, times)."""
    run, wanted = runs.load("double-descent"), {"random_labels": share, "width": width}
    place = run.settings["conditions"].index(wanted)
    return np.array(run.results["runs"][place][key])


UNITS = (8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024)


@pytest.mark.browser
@pytest.mark.parametrize("share", [0.0, 0.3])
@pytest.mark.parametrize("epochs", [40, 400])
def test_errors_by_width_and_time_are_the_record_s(show, share, epochs):
    shown = {"random_labels": share, "width": 48, "epochs": epochs}
    got, t = result(show(deep_double_descent(**shown))), epochs // 40 - 1
    for name, of, key, summary in (
        ("train", share, "train_error", np.mean),
        ("test", share, "test_error", np.mean),
        ("least", share, "test_error", np.min),
        ("most", share, "test_error", np.max),
        ("other", 0.3 - share, "test_error", np.mean),
    ):
        expected = [summary(swept(of, width, key)[:, t]) for width in UNITS]
        np.testing.assert_allclose(got[name], expected, atol=5.1e-5)
    for name, key in (("path", "test_error"), ("trained", "train_error")):
        expected = swept(share, 48, key).mean(0)
        np.testing.assert_allclose(got[name], expected, atol=5.1e-5)
    fitted = [w for w in UNITS if swept(share, w, "train_error")[:, t].mean() < 0.01]
    assert got["fits"] == fitted[0]


@pytest.mark.browser
def test_the_second_descent_is_foretold_and_stopping_early_is_the_goal(show):
    page, goal = show(deep_double_descent()), ".fig-goals li"
    page.get_by_role("button", name="Predict").click()
    assert page.locator(".fig-stage polyline.fig-d").count() == 0
    page.get_by_role("button", name="it rises", exact=True).click()
    error = swept(0.3, 128, "test_error").mean(0)
    assert spoken(page).startswith("You said: it rises. It is: it rises, then falls. ")
    assert f"and test error {100 * error[-1]:.3g}% (" in spoken(page)
    time = page.get_by_role("slider", name="epochs")
    time.press("Home")
    assert error[0] < 0.17 < error[1]
    assert page.locator(goal).inner_text().startswith("✓")
    ring = page.get_by_role("slider", name="Chosen width")
    ring.press("ArrowLeft")
    assert ring.get_attribute("aria-valuetext").startswith("96 units, test error ")
    page.get_by_role("combobox", name="random labels").select_option("none")
    page.get_by_role("button", name="Predict").click()
    page.get_by_role("button", name="it falls, or stays").click()
    assert spoken(page).startswith("As you said: it falls, or stays. True labels, 40 ")


@pytest.mark.browser
@pytest.mark.parametrize(("scaling", "fall"), [("one rate", 0.9), ("scaled rates", 0)])
def test_the_best_rates_are_those_of_the_losses(show, scaling, fall):
    losses, rate = sweep(fall), RATES[5]
    got = result(show(width_transfer(scaling=scaling, width=32, rate=1.05 * rate)))
    medians = np.median(losses, 0)
    finite = np.isfinite(medians)
    curves = np.array(got["curves"])
    assert (np.isfinite(curves) == finite).all()
    np.testing.assert_allclose(curves[finite], medians[finite], rtol=5e-3)
    best = np.log2(RATES)[losses.argmin(2)].mean(0)
    np.testing.assert_allclose(got["means"], best, rtol=1e-12)
    # Rates are half an octave apart: the best one on them is as far off as a quarter.
    assert got["shift"] == pytest.approx(2 * fall, abs=0.5)
    assert got["rate"] == rate
    np.testing.assert_array_equal(got["losses"], curves[:, 5])
    tuned = medians[0].argmin()
    assert got["tuned"] == RATES[tuned]
    price = medians[2, tuned] / medians[2].min()
    assert got["price"] == pytest.approx(price, rel=1e-2)


@pytest.mark.browser
def test_a_rate_is_dragged_and_carried_to_the_widest(show):
    page = show(width_transfer())
    page.get_by_role("button", name="Predict").click()
    assert page.locator(".fig-stage polyline.fig-c").count() == 0
    page.get_by_role("button", name="lower").click()
    assert spoken(page).startswith("As you said: lower. Learning rate 2, one rate: ")
    assert "width 64 diverges." in spoken(page)
    goal = page.locator(".fig-goals li")
    assert not goal.inner_text().startswith("✓")
    page.get_by_role("combobox", name="scaling").select_option("scaled rates")
    ring = page.get_by_role("slider", name="Chosen rate")
    for _ in range(2):
        ring.press("ArrowRight")
    assert result(page)["rate"] == 4
    ring.press("ArrowLeft")
    tuned = sweep(0)
    medians = np.median(tuned, 0)
    within = (medians <= 1.1 * medians.min(1, keepdims=True)).all(0)
    assert within[list(RATES).index(result(page)["rate"])]
    assert goal.inner_text().startswith("✓")
    assert "does, too." in spoken(page)
    page.get_by_role("combobox", name="width").select_option("16")
    assert ring.get_attribute("aria-valuetext").startswith("rate 2.83, width 16: loss ")
    box = ring.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2000, y, steps=3)
    page.mouse.up()
    assert result(page)["rate"] == RATES[-1]


@pytest.mark.parametrize(
    "bad",
    [
        {"scaling": "none"},
        {"width": 48},
        {"rate": 16.0},
        {"rate": 0.25},
    ],
)
def test_what_was_not_tried_is_refused_by_name(bad):
    with pytest.raises(ValueError, match=f"^{next(iter(bad))} must be "):
        width_transfer(**bad)


@pytest.mark.parametrize("bad", [{"width": 100}, {"epochs": 50}])
def test_what_was_not_recorded_is_refused_by_name(bad):
    with pytest.raises(ValueError, match=f"^{next(iter(bad))} must be "):
        deep_double_descent(**bad)
