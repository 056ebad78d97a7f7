"""The figures on the built pages, worked from the keyboard, show the numbers that the library computes."""

import numpy as np
import pytest

from d2lutils import interactive, landscapes, meanfield
from d2lutils.descent import descend

pytestmark = pytest.mark.browser
SAME = {"rtol": 1e-9, "atol": 1e-9}


@pytest.fixture(scope="module")
def tab(chromium):
    return chromium.new_page(viewport={"width": 1100, "height": 900})


@pytest.fixture
def play(tab, book):
    """play(chapter, kind, slider, key) presses a key on a slider of the page's figure; returns its new numbers."""

    def pressed(chapter, kind, slider, key):
        tab.goto(f"{(book / 'chapters' / chapter).as_uri()}.html")
        figure = tab.locator(f".d2lutils-figure[data-figure={kind}]").first
        before = figure.evaluate("el => JSON.stringify(el.figureResult)")
        figure.get_by_role("slider", name=slider).press(key)
        tab.wait_for_function(
            "([el, before]) => JSON.stringify(el.figureResult) !== before", arg=[figure.element_handle(), before]
        )
        return figure.evaluate("el => el.figureResult")

    return pressed


def test_risk(play):
    got = play("risk", "risk", "sample size", "End")
    mean = interactive.normals(528, 1000).mean()  # End is 1000 examples
    empirical = landscapes.empirical_risk(mean)
    best = empirical.minima[empirical.f(empirical.minima).argmin(), 0]
    np.testing.assert_allclose([got["z_mean"], got["minimisers"][0]], [mean, best], **SAME)


def test_descent(play):
    got = play("local-minima", "descent", "learning rate", "ArrowLeft")  # 0.28 becomes 0.24
    run = descend(landscapes.risk((-1, 2)), [[0.9]], lr=0.24, num_steps=20)  # later it is chaotic
    np.testing.assert_allclose(got["points"][:21], run.points[:, 0], **SAME)


def test_saddle(play):
    got = play("saddles", "saddle", "distance", "ArrowRight")  # 0.001 becomes 0.002
    run = descend(landscapes.double_well(), [[0.002, 0.9]], lr=0.05, num_steps=len(got["points"]) - 1).points[:, 0]
    np.testing.assert_allclose(got["points"], run, **SAME)
    assert got["steps"] == (np.abs(run[:, 0]) > 0.5).argmax()


def test_gradients(play):
    got = play("vanishing-gradients", "gradients", "depth", "ArrowLeft")  # 50 becomes 49
    np.testing.assert_allclose(got["norms"], meanfield.gradient_norms(49, "relu", 1.0), **SAME)
