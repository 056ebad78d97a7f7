"""Predict first: a figure asks, hides what would tell, and agrees with the library."""

import math

import numpy as np
import pytest
from figures import foretold, samples_of_risk, spoken

from d2lutils import hardness, interactive, spectra

XOR = [[30, 30], [70, 70], [30, 70], [70, 30]]


def risk(n, sigma):
    excess = np.mean([sample[-1] for sample in samples_of_risk(n, sigma, 528)])
    size = math.floor(math.log10(excess)) + 4
    answers = ["less than 0.001", "0.001 to 0.01", "0.01 to 0.1", "more than 0.1"]
    figure = interactive.risk(num_samples=n, sigma=sigma, seed=528)
    return figure, answers, np.clip(size, 0, 3), "rect.fig-b"


def separator(points, labels):
    X, y = np.array(points, dtype=float), np.array(labels)
    answers = ["one does", "three do, one does not", "neither"]
    one = hardness.separate(X, y).separable
    return interactive.separator(X, y), answers, 0 if one else 1, ".fig-c, .fig-d"


def clique(edges, size):
    answers = ["1", "2", "3", "4", "5"]
    return (
        interactive.clique(edges=edges),
        answers,
        size - 1,
        "circle.fig-c, line.fig-b",
    )


def random_hessian(n, level):
    shift = level * math.sqrt(2 * n)
    log10 = spectra.log_positive_probability(n, shift) / math.log(10)
    answers = [
        "more than 1 in 2",
        "1 in 2 to 1 in 1000",
        "1 in 1000 to 1 in a million",
        "less than that",
    ]
    right = sum(log10 < math.log10(bound) for bound in (0.5, 1e-3, 1e-6))
    return interactive.random_hessian(n=n, level=level), answers, right, None


FIGURES = {
    "risk, many examples": lambda: risk(400, 0.5),
    "risk, few examples": lambda: risk(5, 2.0),
    "XOR": lambda: separator(XOR, [1, 1, -1, -1]),
    "a line": lambda: separator(XOR, [1, 1, 1, -1]),
    "a triangle": lambda: clique([(1, 2), (2, 3), (1, 3), (3, 4)], 3),
    "a cycle": lambda: clique([(1, 2), (2, 3), (3, 4), (4, 5), (1, 5)], 2),
    "two eigenvalues": lambda: random_hessian(2, 0.75),
    "twelve eigenvalues": lambda: random_hessian(12, 0.5),
    "fifty eigenvalues": lambda: random_hessian(50, 0.0),
}


@pytest.mark.browser
@pytest.mark.parametrize("name", FIGURES)
def test_the_figure_asks_and_knows_the_answer(show, name):
    figure, answers, right, hidden = FIGURES[name]()
    page = show(figure)
    shown = page.locator(".fig-stage").locator(hidden or "none")
    before, told = shown.count(), spoken(page)
    assert (before > 0) == (hidden is not None)
    for said in (right, (right + 1) % len(answers)):
        page.get_by_role("button", name="Predict").click()
        assert spoken(page).endswith("?")
        assert shown.count() == 0
        assert page.locator(".fig-ask button").all_inner_texts() == answers
        page.get_by_role("button", name=answers[said], exact=True).click()
        start = f"As you said: {answers[right]}. "
        if said != right:
            start = f"You said: {answers[said]}. It is: {answers[right]}. "
        assert spoken(page) == start + told
        assert shown.count() == before


@pytest.mark.browser
@pytest.mark.parametrize("n", [1, 10, 200])
def test_learning_curves_ask_how_many_modes(show, n):
    figure = interactive.learning_curves(n=n)
    page = show(figure)
    curve = foretold(figure.state, [n])[0]
    half = (curve.learnt[0] > 0.5).sum()
    page.get_by_role("button", name="Predict").click()
    assert f"n = {n}?" in spoken(page)
    assert page.locator(".fig-stage polyline.fig-c").count() == 0
    names = page.locator(".fig-ask button").all_inner_texts()
    right = names[0 if half == 0 else 1 if half < n / 2 else 2 if half <= n else 3]
    page.get_by_role("button", name=right, exact=True).click()
    assert spoken(page).startswith(f"As you said: {right}. From {n} example")
