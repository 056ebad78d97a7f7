"""The figure of the chapter on matrix completion: in Chromium it walks as
d2lutils.completion does.
"""

import numpy as np
import pytest
from figures import result
from playwright.sync_api import expect

from d2lutils import completion, interactive

SAME = {"rtol": 0, "atol": 1e-9}


def twin(state):
    """The same problem, solved by the library: (Completion, truth, mask)."""
    draws = interactive.normals(state["seed"], 32 + 4 * 64)
    truth = draws[:16].reshape(8, 2) @ draws[16:32].reshape(2, 8)
    truth *= 8 / np.linalg.norm(truth)
    lots = interactive.uniforms(state["seed"], 288 + 64)[288:]
    mask = (np.argsort(np.argsort(lots)) < state["num_observed"]).reshape(8, 8)
    for row, column in state["flipped"].split():
        mask[int(row) - 1, int(column) - 1] ^= True
    depth = state["depth"]
    start = (
        state["init_scale"] ** (1 / depth)
        / 8**0.5
        * draws[32:].reshape(4, 8, 8)[:depth]
    )
    observed = np.where(mask, truth, 0)
    lr = completion.deep_factorization(observed, mask, depth=depth, max_steps=0).lr * (
        1 if depth == 1 else 2
    )
    run = completion.deep_factorization(
        observed,
        mask,
        depth=depth,
        init=start,
        lr=lr,
        max_steps=8000,
        record=10,
        keep_matrices=True,
        engine="numpy",
    )
    return run, truth, mask


@pytest.mark.parametrize("bad", [{"depth": 5}, {"num_observed": 64}])
def test_what_a_figure_cannot_show_is_refused_by_name(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        interactive.completion(**bad)


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore:the data cannot identify")
@pytest.mark.parametrize(
    ("settings", "fitted"),
    [
        ({"depth": 1, "num_observed": 30}, True),
        ({"depth": 2, "init_scale": 1e-5, "num_observed": 45, "seed": 7}, True),
        ({"depth": 3}, True),
        ({"depth": 3, "init_scale": 1.0, "num_observed": 60, "seed": 2**32 - 1}, True),
        ({"depth": 2, "flipped": ((1, 1), (3, 5), (8, 8))}, True),
        ({"depth": 4, "init_scale": 1e-2, "num_observed": 36, "seed": 5}, True),
        ({"depth": 4, "init_scale": 1e-6, "num_observed": 12, "seed": 4}, False),
    ],
)
def test_the_descent_is_the_library_s(show, settings, fitted):
    figure = interactive.completion(**settings)
    run, truth, mask = twin(figure.state)
    got = result(show(figure))
    np.testing.assert_allclose(got["truth"], truth.ravel(), **SAME)
    assert got["seen"] == mask.ravel().astype(int).tolist()
    assert got["lr"] == pytest.approx(run.lr, rel=1e-12)
    assert got["steps"] == run.history.steps.tolist()
    assert got["fitted"] == (run.stopped == "loss") == fitted
    np.testing.assert_allclose(got["losses"], run.history.losses, **SAME)
    np.testing.assert_allclose(
        got["singular_values"], run.history.singular_values, **SAME
    )
    np.testing.assert_allclose(got["matrix"], run.matrix.ravel(), **SAME)
    errors = [
        completion.relative_error(matrix, truth, mask)
        for matrix in run.history.matrices
    ]
    np.testing.assert_allclose(got["errors"], errors, **SAME)
    assert got["effective_rank"] == pytest.approx(
        completion.effective_rank(run.matrix), abs=1e-9
    )


@pytest.mark.browser
def test_controls_change_the_run_and_the_sentence(show):
    page = show(interactive.completion(num_observed=45))
    deep = result(page)
    said = page.locator("[aria-live=polite]")
    # The run is computed beside the page, and comes when it is there.
    page.get_by_role("slider", name="depth").press("ArrowLeft")
    expect(said).to_contain_text("Depth 2, initial scale 0.001, 45 of 64 entries")
    assert len(result(page)["losses"]) != len(deep["losses"])
    page.get_by_role("slider", name="depth").press("ArrowRight")
    expect(said).to_contain_text("Depth 3, initial scale")
    assert result(page) == deep
    page.get_by_role("button", name="Another matrix").click()
    changed = "deep => document.querySelector('.d2lutils-figure').figureResult.truth[0]"
    page.wait_for_function(f"{changed} + '' !== deep.truth[0] + ''", arg=deep)
    assert result(page)["truth"] != deep["truth"]
    assert result(page) == result(show(interactive.completion(num_observed=45, seed=1)))


@pytest.mark.browser
def test_an_entry_is_hidden_and_shown_by_click_and_by_keyboard(show):
    page = show(interactive.completion())
    seen = result(page)["seen"]
    said = page.locator("[aria-live=polite]")
    ring = page.get_by_role("slider", name="Entry")
    ring.press("ArrowRight")
    ring.press("Shift+ArrowDown")  # ten rows on: the last
    state = ("hidden", "seen")[seen[57]]
    assert ring.get_attribute("aria-valuetext").startswith("row 8, column 2: ")
    assert ring.get_attribute("aria-valuetext").endswith(state)
    button = page.get_by_role("button", name="Hide or show the entry")
    button.click()
    number = sum(seen) - 1 if seen[57] else sum(seen) + 1
    expect(said).to_contain_text(f"{number} of 64 entries")
    seen[57] = 1 - seen[57]
    assert result(page)["seen"] == seen
    button.click()
    expect(said).to_contain_text("40 of 64 entries")
    box = page.locator(".fig-stage svg rect").nth(20).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function(
        "before => document.querySelector('.d2lutils-figure').figureResult.seen[20]"
        " !== before",
        arg=seen[20],
    )
    assert ring.get_attribute("aria-valuetext").startswith("row 3, column 5: ")


@pytest.mark.browser
def test_play_shows_the_matrix_on_its_way(show):
    page = show(interactive.completion())
    page.get_by_role("button", name="Play").click()
    last = result(page)["steps"][-1]
    texts = "[...document.querySelectorAll('svg text')].map(e => e.textContent)"
    titles = texts + ".filter(t => /^step \\d/.test(t))"
    page.wait_for_function(f"{titles}.some(t => +t.slice(5) < {last})")
    page.wait_for_function(f"{titles}.includes('step {last}')")
