"""Claims raise when the evidence does not carry them, or say what was measured."""

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


def test_a_work_is_named_by_author_and_year():
    page = make(source="shalev-shwartz2017failures")._html()
    assert ">Shalev-Shwartz 2017</a>" in page
    assert "failures" not in page


def test_a_notebook_gives_back_its_claims():
    output = {"output_type": "execute_result", "data": make()._repr_mimebundle_()}
    notebook = {
        "cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": [output]}]
    }
    assert [claim["name"] for claim in claims.collect(notebook)] == ["pi"]


def test_a_rival_that_the_check_rejects_stands_in_the_box():
    claim = make(rival=22 / 7 + 0.1, rival_is="a careless fraction")
    assert claim.rival == "3.243"
    page = claim._repr_mimebundle_()["text/html"]
    assert "Would have failed:</strong> a careless fraction: 3.243." in page
    assert claims.Claim(**claim._repr_mimebundle_()[claims.MIME]) == claim


def test_a_check_that_accepts_its_rival_is_no_evidence():
    with pytest.raises(claims.ClaimError, match="cannot tell its evidence from"):
        make(rival=22 / 7, rival_is="the Egyptian fraction", tolerance=0.1)
    with pytest.raises(ValueError, match="rival and rival_is must be given together"):
        make(rival=4.0)


def test_all_of_the_interval_has_to_meet_the_condition():
    bounds = {"expected": None, "tolerance": None, "at_least": 3}
    assert make(interval=(3.1, 3.2), over="20 seeds", **bounds).interval == "3.1 to 3.2"
    with pytest.raises(claims.ClaimError, match="needed at least 3"):
        make(interval=(2.9, 3.2), **bounds)


def test_undecided_is_what_the_interval_leaves_open():
    bounds = {"expected": None, "tolerance": None, "at_least": 3}
    open_ = {"verdict": "undecided", "finding": "Seven seeds are too few.", **bounds}
    assert make(interval=(2.9, 3.2), **open_).verdict == "undecided"
    for decided in ((3.1, 3.2), (2.1, 2.9), None):
        with pytest.raises(claims.ClaimError, match="must reach to both sides"):
            make(interval=decided, **open_)


def test_only_what_is_said_is_stored():
    assert "rival" not in make().stored()
    assert make(kind="identity").stored()["kind"] == "identity"
    with pytest.raises(ValueError, match="kind must be one of 'evidence'"):
        make(kind="proof")
