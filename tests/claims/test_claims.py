"""Claims raise when the evidence does not carry them, and say exactly what was measured when it does."""

import math

import pytest

from d2lutils import claims

GOOD = {
    "source": "004",
    "verdict": "confirmed",
    "measured": 3.14,
    "expected": math.pi,
    "tolerance": 0.01,
}


def make(**changes):
    return claims.check("pi", "Pi is about 3.14.", **(GOOD | changes))


def test_a_claim_says_what_was_measured_and_what_it_had_to_meet():
    claim = make()
    assert claim.measured == "3.14"
    assert claim.condition == "3.1415927 ± 0.01"
    page = claim._repr_mimebundle_()["text/html"]
    assert 'id="claim-pi"' in page
    assert "Confirmed" in page
    assert claims.MIME in claim._repr_mimebundle_()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(3141.6, "3000"), (0.00031416, "0.0003"), (3.1416e9, "3e9"), (3.1e-7, "3e-7")],
)
def test_numbers_are_shown_as_people_write_them(value, shown):
    assert make(measured=value, expected=value, tolerance=1, digits=1).measured == shown


@pytest.mark.parametrize(
    "evidence",
    [
        {"measured": 3.2},
        {"measured": math.nan},
        {"measured": math.inf, "expected": None, "tolerance": None, "at_least": 3},
        {"measured": 2.9, "expected": None, "tolerance": None, "at_least": 3},
        {
            "measured": 3.5,
            "expected": None,
            "tolerance": None,
            "at_least": 3,
            "at_most": 3.3,
        },
        {"measured": False, "expected": None, "tolerance": None},
    ],
)
def test_evidence_that_does_not_carry_the_verdict_raises(evidence):
    with pytest.raises(claims.ClaimError, match="measured"):
        make(**evidence)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verdict": "true"}, "verdict must be one of"),
        ({"verdict": "refuted"}, "needs a finding"),
        ({"tolerance": None}, "both expected and tolerance"),
        ({"at_most": 4}, "not both"),
        (
            {"expected": None, "tolerance": None},
            "needs expected and tolerance, or bounds",
        ),
    ],
)
def test_an_incomplete_claim_is_an_error(changes, message):
    with pytest.raises(ValueError, match=message):
        make(**changes)


def test_html_in_a_statement_is_escaped_and_mathematics_is_marked():
    page = claims.check(
        "x",
        "a < b & $x^2$ is `f`",
        source="lee2016",
        verdict="confirmed",
        measured=True,
    )._html()
    assert "a &lt; b &amp;" in page
    assert r"\(x^2\)" in page
    assert "<code>f</code>" in page


def test_a_notebook_gives_back_its_claims():
    output = {"output_type": "execute_result", "data": make()._repr_mimebundle_()}
    notebook = {
        "cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": [output]}]
    }
    assert [claim["name"] for claim in claims.collect(notebook)] == ["pi"]
