"""The figures of the chapter on hardness: their answers agree with d2lutils.hardness,
in Chromium.
"""

import numpy as np
import pytest
from figures import result, spoken

from d2lutils import hardness, interactive


@pytest.mark.parametrize(
    ("make", "bad"),
    [
        (interactive.separator, {"points": [[0, 101]], "labels": [1]}),
        (interactive.separator, {"points": [[0.5, 1]], "labels": [1]}),
        (interactive.separator, {"points": np.zeros((13, 2)), "labels": np.ones(13)}),
        (interactive.separator, {"labels": [0, 0, 1, 1]}),
        (interactive.clique, {"edges": [(1, 6)]}),
        (interactive.clique, {"num_vertices": 7}),
    ],
)
def test_what_a_figure_cannot_show_is_refused_by_name(make, bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        make(**bad)


def test_equal_parameters_store_equal_bytes():
    X, y = hardness.xor()
    assert (
        interactive.separator(20 + 60 * X, y).html()
        == interactive.separator((20 + 60 * X).tolist(), list(y)).html()
    )


def layouts():
    """Points of two classes: general, coinciding, collinear, one class alone, and the
    figure's own examples.
    """
    rng = np.random.default_rng(0)
    for k in range(14):
        n = int(rng.integers(2, 10))
        yield rng.integers(0, (101, 4)[k % 2], size=(n, 2)), rng.choice([-1, 1], size=n)
    line = np.column_stack([np.arange(6), 2 * np.arange(6)])
    yield line, [1, 1, 1, -1, -1, -1]
    yield line, [1, -1, 1, -1, 1, -1]
    yield [[5, 5], [5, 5]], [1, -1]
    yield [[3, 4], [10, 90]], [1, 1]
    yield [[7, 8]], [-1]


@pytest.mark.browser
def test_separator_agrees_with_the_library(show):
    verdicts = []
    for X, y in layouts():
        X, y = np.array(X, dtype=float), np.array(y)
        got, exact = result(show(interactive.separator(X, y))), hardness.separate(X, y)
        assert got["separable"] == exact.separable
        if exact.separable and len(set(y)) == 2:
            unit = got["unit"]
            distances = y * (X @ unit["w"] + unit["b"]) / np.linalg.norm(unit["w"])
            assert distances.min() == pytest.approx(unit["margin"], abs=1e-9)
            assert (
                unit["margin"] >= exact.margin - 1e-9
            )  # the library's is widest in another norm
        elif not exact.separable:
            c = np.array(got["certificate"])
            assert c.min() >= 0
            assert np.count_nonzero(c) <= 4
            assert abs(c.sum() - 1) < 1e-9
            assert np.abs((c * y) @ np.column_stack([X, np.ones(len(y))])).max() < 1e-9
            np.testing.assert_allclose(
                2 * c[y > 0] @ X[y > 0], got["common_point"], atol=1e-9
            )
        fits = hardness.exhaustive_search(X, y).consistent
        assert (got["network"] is not None) == fits
        if fits:
            sign, units = got["network"]["sign"], got["network"]["units"]
            inside = np.all([X @ u["w"] + u["b"] > 0 for u in units], axis=0)
            assert np.array_equal(np.where(inside, sign, -sign), y)
        verdicts.append((exact.separable, fits))
    assert {(True, True), (False, True), (False, False)} == set(verdicts)


@pytest.mark.browser
def test_points_are_added_moved_selected_and_removed(show):
    page = show(interactive.separator())
    assert len(result(page)["certificate"]) == 4
    assert "No unit separates" in spoken(page)
    handle = page.get_by_role("slider", name="Selected point")
    handle.press("Shift+ArrowRight")
    assert handle.get_attribute("aria-valuetext") == "cross 1 of 4 at 40, 20"
    page.get_by_role("button", name="Next point").click()
    page.get_by_role("button", name="Remove point").click()
    assert result(page)["separable"]
    assert "One unit separates" in spoken(page)
    page.get_by_role("combobox").select_option(label="crosses")
    box = page.locator(".fig-stage > svg").bounding_box()
    page.mouse.click(box["x"] + 120, box["y"] + 120)
    assert handle.get_attribute("aria-valuetext").startswith("cross 4 of 4")
    page.get_by_role("button", name="Add a point").click()
    assert handle.get_attribute("aria-valuetext") == "cross 5 of 5 at 50, 50"
    page.get_by_role("button", name="Try Chequers").click()
    assert result(page)["network"] is None
    assert "does not fit either" in spoken(page)


@pytest.mark.browser
def test_a_point_that_is_not_selected_is_dragged_all_the_same(show):
    page = show(interactive.separator())
    handle = page.get_by_role("slider", name="Selected point")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2  # of cross 1
    page.get_by_role("button", name="Next point").click()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y, steps=3)
    page.mouse.up()
    said = handle.get_attribute("aria-valuetext")
    assert said.startswith("cross 1 of 4 at ")
    assert int(said.split()[-2].rstrip(",")) > 20
    assert result(page)["separable"]


@pytest.mark.browser
def test_clique_agrees_with_the_library(show):
    rng = np.random.default_rng(1)
    answers = []
    for k in range(12):
        n, s = int(rng.integers(3, 7)), [0.0, 0.4, 0.5, 0.6, 0.7, 0.9][k % 6]
        A = np.triu(rng.random((n, n)) < rng.choice([0.3, 0.6, 0.9]), 1)
        A = (A | A.T).astype(int)
        edges = np.argwhere(np.triu(A)) + 1
        got = result(show(interactive.clique(map(tuple, edges.tolist()), n, s)))
        vertices = np.array(got["clique"]) - 1
        assert len(vertices) == hardness.clique_number(A)
        assert A[np.ix_(vertices, vertices)].sum() == len(vertices) * (
            len(vertices) - 1
        )
        exact = hardness.is_copositive(hardness.clique_form(A, s))
        assert got["value"] == pytest.approx(exact.value, abs=1e-9)
        assert got["slide_value"] == pytest.approx(
            hardness.is_copositive(hardness.slide_form(A, s)).value, abs=1e-9
        )
        assert (got["direction"] is None) == exact.copositive
        if got["direction"]:
            falls = hardness.quartic(hardness.clique_form(A, s), got["direction"])
            assert falls == pytest.approx(exact.value, abs=1e-9)
        answers.append(exact.copositive)
    assert len(set(answers)) == 2


@pytest.mark.browser
def test_edges_are_switched_by_box_and_by_click(show):
    page = show(interactive.clique())
    page.get_by_role("button", name="No edges").click()
    assert len(result(page)["clique"]) == 1
    page.get_by_role("checkbox", name="2–4").check()
    assert result(page)["clique"] == [2, 4]
    page.locator("line.fig-hit").first.click(force=True)  # between 1 and 2
    assert page.get_by_role("checkbox", name="1–2").is_checked()
    page.get_by_role("button", name="All edges").click()
    assert len(result(page)["clique"]) == 5
    assert "gives the wrong answer" in spoken(
        page
    )  # its least value is 0: it sees no clique in a complete graph
