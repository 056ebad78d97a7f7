"""The figures on the built pages, worked from the keyboard, show the numbers that the
library computes.
"""

import numpy as np
import pytest

from d2lutils import interactive, kernels, landscapes, linear, meanfield, runs, search
from d2lutils.descent import descend

pytestmark = pytest.mark.browser
CHAPTERS = [
    "risk",
    "hardness",
    "flat-points",
    "local-minima",
    "saddles",
    "random-landscapes",
    "vanishing-gradients",
    "overfitting",
    "implicit-bias",
    "ntk",
]
CHAPTERS += ["cntk", "matrix-completion", "hyperparameters", "hyperband"]
SAME = {"rtol": 1e-9, "atol": 1e-9}


@pytest.fixture(scope="module")
def tab(chromium):
    return chromium.new_page(viewport={"width": 1100, "height": 900})


@pytest.fixture
def play(tab, book):
    """play(chapter, kind, slider, key) presses a key on a slider of the page's figure;
    returns its new numbers.
    """

    def pressed(chapter, kind, slider, key):
        tab.goto(f"{(book / 'chapters' / chapter).as_uri()}.html")
        figure = tab.locator(f".d2lutils-figure[data-figure={kind}]").first
        before = figure.evaluate("el => JSON.stringify(el.figureResult)")
        figure.get_by_role("slider", name=slider).press(key)
        tab.wait_for_function(
            "([el, before]) => JSON.stringify(el.figureResult) !== before",
            arg=[figure.element_handle(), before],
        )
        return figure.evaluate("el => el.figureResult")

    return pressed


def test_risk(play):
    got = play("risk", "risk", "sample size", "End")
    mean = interactive.normals(528, 1000).mean()  # End is 1000 examples
    empirical = landscapes.empirical_risk(mean)
    best = empirical.minima[empirical.f(empirical.minima).argmin(), 0]
    np.testing.assert_allclose(
        [got["z_mean"], got["minimisers"][0]], [mean, best], **SAME
    )


def test_descent(play):
    got = play(
        "local-minima", "descent", "learning rate", "ArrowLeft"
    )  # 0.28 becomes 0.24
    run = descend(
        landscapes.risk((-1, 2)), [[0.9]], lr=0.24, num_steps=20
    )  # later it is chaotic
    np.testing.assert_allclose(got["points"][:21], run.points[:, 0], **SAME)


def test_saddle(play):
    got = play("saddles", "saddle", "distance", "ArrowRight")  # 0.001 becomes 0.002
    run = descend(
        landscapes.double_well(),
        [[0.002, 0.9]],
        lr=0.05,
        num_steps=len(got["points"]) - 1,
    ).points[:, 0]
    np.testing.assert_allclose(got["points"], run, **SAME)
    assert got["steps"] == (np.abs(run[:, 0]) > 0.5).argmax()


def test_gradients(play):
    got = play(
        "vanishing-gradients", "gradients", "depth", "ArrowLeft"
    )  # 50 becomes 49
    np.testing.assert_allclose(
        got["norms"], meanfield.gradient_norms(49, "relu", 1.0), **SAME
    )


def test_double_descent(play):
    got = play(
        "implicit-bias", "double_descent", "examples n", "ArrowRight"
    )  # 40 becomes 41
    risks = linear.double_descent_risk(41, np.arange(1, 101), 100, 0.2)
    shown = np.array(
        [np.inf if risk is None else risk for risk in got["risks"]], dtype=float
    )
    finite = np.isfinite(risks)
    np.testing.assert_allclose(shown[finite], risks[finite], **SAME)


def test_training_curves(play):
    got = play("overfitting", "training_curves", "Chosen epoch", "ArrowLeft")
    run = runs.load("convnet-cifar10-all-seed-0")
    best, kept = run.test_loss.argmin(), run.test_error.argmin()
    epochs = [
        got[which]["epoch"] for which in ("chosen", "least_loss", "least_error", "last")
    ]
    assert epochs == [*run.epochs[[-2, best, kept, -1]]]


def test_the_goal_of_the_training_curves_is_an_epoch_in_between(tab, book):
    run = runs.load("convnet-cifar10-all-seed-0")
    least = run.test_loss.argmin()
    worse = run.test_error >= run.test_error[least] + 0.02
    (late,) = (worse & (run.epochs > run.epochs[least])).nonzero()
    tab.goto(f"{(book / 'chapters' / 'overfitting').as_uri()}.html")
    figure = tab.locator(".d2lutils-figure[data-figure=training_curves]").first
    for _ in range(len(run.epochs) - 1 - late[-1]):
        assert figure.locator(".fig-goals .fig-reached").count() == 0
        figure.get_by_role("slider", name="Chosen epoch").press("ArrowLeft")
    figure.locator(".fig-goals .fig-reached").wait_for()
    assert figure.evaluate("el => el.figureResult.chosen.epoch") == run.epochs[late[-1]]


def test_grokking(play):
    got = play("implicit-bias", "grokking", "network", "ArrowRight")  # the first one
    record = runs.load("grokking")
    kept = {"gain": 2.0, "lr": 0.025, "weight_decay": 1e-3, "epochs": 4000}
    run = record.results["runs"][record.settings["conditions"].index(kept)]
    assert got["test"] == run["test_error"][0]
    good = np.array(run["test_error"][0]) < 0.05
    assert got["learn"] == run["epochs"][good.argmax()]


def test_width_transfer(play):
    got = play("ntk", "width_transfer", "learning rate", "ArrowRight")
    assert got["rate"] == 4  # 2 ** 1.5 becomes 2 ** 2
    assert got["shift"] == pytest.approx(1, abs=0.3)  # of the claim `ntk-mup`
    assert got["losses"][2] > got["losses"][1] < got["losses"][0]


def test_infinite_net(play):
    got = play("ntk", "infinite_net", "hidden layers", "ArrowRight")  # 2 becomes 3
    points = np.array(interactive.infinite_net().state["points"])
    grid = np.linspace(-2, 2, 81)
    lifted = [
        np.stack([x, np.ones_like(x)], axis=1)
        for x in (grid[np.array(got["on"])], grid)
    ]
    own, cross = (
        kernels.ntk(lifted[0], depth=3),
        kernels.ntk(lifted[1], lifted[0], depth=3),
    )
    np.testing.assert_allclose(
        got["mean"], cross @ np.linalg.solve(own, points[:, 1]), rtol=1e-7, atol=1e-7
    )


def test_hyperband(play):
    got = play("hyperband", "hyperband", "keep one in", "ArrowRight")  # 3 becomes 4
    expected = [
        (b.s, [[r.number, r.resource] for r in b.rungs], b.budget)
        for b in search.brackets(81, 4)
    ]
    assert [(b["s"], b["rungs"], b["budget"]) for b in got["brackets"]] == expected


def test_from_a_link_to_settings_one_goes_back_to_the_first(tab, book):
    tab.goto((book / "chapters" / "saddles.html").as_uri())
    start = "document.querySelector('.d2lutils-figure').figureResult.points[0]"
    first = tab.evaluate(start)
    follow = (
        "hash => { const a = document.createElement('a'); a.href = hash; a.click(); }"
    )
    tab.evaluate(follow, "#fig-saddles-interactive?eps=0.1")
    tab.wait_for_function(f"{start}[0] === 0.1")
    tab.go_back()
    tab.wait_for_function(f"first => {start}.join() === first.join()", arg=first)
    tab.wait_for_timeout(400)  # the address stays as it was
    assert tab.evaluate("location.hash") == ""


# Where drawing and figure stand when the figure's top is at a height of the window.
PLACES = """([figure, height]) => {
  const top = element => element.getBoundingClientRect().top;
  scrollTo({ top: scrollY + top(figure) - height, behavior: "instant" });
  return [top(figure), top(figure.querySelector(".fig-stage"))];
}"""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_on_a_phone_the_drawing_stays_below_the_bar(chromium, book, chapter):
    page = chromium.new_page(viewport={"width": 390, "height": 780})
    page.goto(f"{(book / 'chapters' / chapter).as_uri()}.html")
    bar = page.locator(".bd-header-article").bounding_box()["height"]
    for figure in page.locator(".d2lutils-figure").element_handles():
        top, stage = page.evaluate(PLACES, [figure, 200])
        assert stage == pytest.approx(top, abs=1)
        top, stage = page.evaluate(PLACES, [figure, -50])
        assert (top, stage) == (pytest.approx(-50, abs=1), pytest.approx(bar, abs=2))
    page.close()


CONTROLS = "input, select, button, [tabindex='0']"
# What the reader of a focused control sees: the ring around it, and the figure with its
# numbers and sentence.
RING = """element => {
  const ring = element.querySelector(".fig-hit") ?? element, style = getComputedStyle(ring);
  return ring === element ? style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    : style.stroke !== "none" && parseFloat(style.strokeWidth) >= 2;
}"""
SEEN = """figure => {
  const inputs = [...figure.querySelectorAll("input, select")];
  const parts = [...figure.children].filter(part => !part.matches(".fig-spoken"));  // late
  return [figure.className, ...parts.map(part => part.outerHTML), ...inputs.map(input => input.value + input.checked)].join();
}"""
# Whether it changes from now on, be it for a moment between two looks.
WATCH = f"""figure => {{
  figure.querySelector(".fig-tools output")?.replaceChildren();  // of the button before
  const seen = {SEEN}, before = seen(figure);
  let changed = false;
  figure.watch?.disconnect();
  figure.watch = new MutationObserver(() => {{ changed ||= seen(figure) !== before; }});
  figure.watch.observe(figure, {{ subtree: true, childList: true, attributes: true, characterData: true }});
  figure.changed = () => changed || seen(figure) !== before;
}}"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
KEYS = {
    "range": ("ArrowRight", "ArrowLeft"),
    "number": ("ArrowUp", "ArrowDown"),
    "checkbox": ("Space",),
}
KEYS |= {"select-one": ("ArrowDown", "ArrowUp"), "button": ("Enter",)}
ARROWS = ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_control_is_reached_and_worked_by_keyboard(chromium, book, chapter):
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    page.goto(f"{(book / 'chapters' / chapter).as_uri()}.html")
    figures = page.locator(".d2lutils-figure").all()
    assert figures
    for figure in figures:
        figure.evaluate("figure => { figure.tabIndex = -1; figure.focus(); }")
        number = figure.locator(CONTROLS).count()
        assert number > 1
        for i in range(number):
            page.keyboard.press("Tab")
            control = figure.locator(CONTROLS).nth(i)
            name = control.evaluate(
                "c => c === document.activeElement && (c.type ?? "
                "c.getAttribute('role'))"
            )
            assert name, f"Tab does not reach control {i}"
            assert control.evaluate(RING), f"no ring around control {i}"
            page.evaluate(PAINTED)  # what the key before it changed
            figure.evaluate(WATCH)
            for key in KEYS.get(name, ARROWS):
                page.keyboard.press(key)
                for _ in range(3 if name != "button" else 200):  # a file takes a while
                    page.wait_for_timeout(50)
                    if changed := figure.evaluate("figure => figure.changed()"):
                        break
                if changed:
                    break
            assert changed, f"{name} {i} ({control.inner_text()}) does nothing"
            for answer in figure.locator(".fig-ask button").all()[:1]:
                answer.click()  # what was asked is answered
                control.focus()
            if figure.evaluate("figure => figure.matches('.fig-full')"):
                page.wait_for_timeout(500)  # until the full screen is there
                page.keyboard.press("Enter")
                page.wait_for_function(
                    "!document.fullscreenElement && !document.querySelector('.fig-full')"
                )
                page.wait_for_timeout(300)
                control.focus()
        page.keyboard.press("Tab")
        assert not figure.evaluate("figure => figure.contains(document.activeElement)")
    page.close()
