"""The times that chapters say are counted, at the rates that tools/times.py names."""

import pytest
import sources
import times


def cell(text, kind="markdown", **metadata):
    return sources.Cell("c-0", kind, text, metadata)


def code(text, **metadata):
    return cell(text, "code", **metadata)


FIGURE = {"mystnb": {"figure": {"caption": "c", "name": "fig-a"}}}
EXERCISE = "```{exercise-start} One\n:label: ex-one\n```\n\nMany words of it.\n"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([cell("word " * 360)], (2, 0, 0, 0)),
        ([cell("$x$ " * 24)], (1, 0, 0, 0)),
        ([cell("$$\nx\n$$ (eq-a)\n\n$$\ny\n$$\n\n$$\nz\n$$")], (1, 0, 0, 0)),
        ([code("x = 1\n\n" * 24)], (0, 2, 0, 0)),
        ([code("interactive.risk()", **FIGURE)], (0, 0, 3, 0)),
        ([code("plotting.show()", **FIGURE)] * 3, (1, 0, 0, 0)),
        ([code("claims.check(\n1,\n2)", tags=["key"])] * 5, (1, 0, 0, 0)),
        ([code("claims.check(\n1,\n2)")] * 10, (1, 0, 0, 0)),
        (
            [
                cell(EXERCISE),
                code("x = 1\n" * 99),
                cell("```{exercise-end}\n```\n\nA {ref}`word` and two more."),
            ],
            (4 / 180, 0, 0, 1),
        ),
    ],
)
def test_counts(cells, expected):
    found = times.estimate(tuple(cells))
    shown = (found.text, found.code, found.play, found.exercises)
    assert shown == pytest.approx(expected)


def test_what_is_folded_counts_apart():
    start = "```{beside-start} Proof: one\n```\n\n"
    end = "\n```{beside-end}\n```\n\n"
    cells = cell(start + "word " * 90), code("x = 1\n" * 12), cell(end + "word " * 180)
    found = times.estimate(cells)
    assert (found.whole, found.folded) == pytest.approx((1, 1.5))
    reading = times.Reading(text=30, code=10, play=0, exercises=4, folded=11)
    assert "40 with its code and figures, 10 more for what is folded, 1 hour " in (
        times.told(reading, "30 seconds to run")
    )


def test_what_is_told():
    reading = times.Reading(text=33, code=20, play=6, exercises=7)
    assert times.told(reading, "30 seconds to run") == (
        "*Time*: about 35 minutes for the text, 60 with its code and figures, "
        "2 hours more for the exercises; about 30 seconds to run."
    )


def test_each_chapter_says_what_is_counted():
    assert times.main(["check"]) == 0
