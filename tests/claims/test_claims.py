"""Claims raise when the evidence does not carry them, and say exactly what was measured when it does."""

import copy
import json
import math
import re

import pytest

from d2lutils import claims
from d2lutils.claims import _passages, _tables

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


def test_the_ledger_shows_every_stored_claim_of_a_chapter():
    chapters = [claim["chapter"] for claim in claims.stored()]
    table = claims.ledger(chapters[0])
    assert len(table.claims) == chapters.count(chapters[0])
    assert table._repr_html_().count("<tr>") == len(table.claims) + 1
    with pytest.raises(ValueError, match="No claims from a chapter"):
        claims.ledger("no-such-chapter")


SOURCES = {"000": "First text", "001": "Second text"}
KNOWN = [
    {"name": name, "chapter": "risk", "verdict": "confirmed"} for name in ("a", "b")
]
FILE = {
    "000": [
        {
            "where": "line 1",
            "statement": "A & b.",
            "claims": ["a", "b"],
            "note": "In part.",
        },
        {"where": "line 2", "statement": "Not b.", "reason": "opinion"},
        {"where": "line 3", "statement": "c.", "reason": "theorem", "chapter": "risk"},
    ],
    "001": [{"where": "line 1", "statement": "a.", "claims": ["a"]}],
}


def test_each_statement_of_a_source_has_its_place_and_its_answer():
    first, second, third, last = _passages.read(json.dumps(FILE), SOURCES, KNOWN)
    assert (first.anchor, first.where, first.claims) == (
        "source-000-1",
        "line 1",
        ("a", "b"),
    )
    assert (second.claims, second.reason, third.chapter) == ((), "opinion", "risk")
    assert last.anchor == "source-001-1"


def remove(key):
    return lambda file: file["000"][0].pop(key)


def put(key, value, index=0):
    return lambda file: file["000"][index].update({key: value})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.pop("001"), "the sources 000, 001 in this order, got 000"),
        (lambda file: file.update({"001": []}), "source 001: needs a list of passages"),
        (
            lambda file: file["000"].append("text"),
            "source 000, passage 4: needs an object",
        ),
        (remove("where"), "source 000, passage 1: needs a text as 'where'"),
        (put("statement", " "), "needs a text as 'statement'"),
        (remove("claims"), "either claims that cover it or the reason"),
        (put("reason", "opinion"), "either claims that cover it or the reason"),
        (put("claims", []), "a list of names"),
        (put("claims", "a"), "a list of names"),
        (put("claims", ["a", "c"]), "lists 'c', which is no claim of the book"),
        (put("claims", ["a", "a"]), "lists 'a', which is listed twice"),
        (
            put("reason", "laziness", 1),
            "has the reason 'laziness'; there are not yet done",
        ),
        (put("reason", 3, 1), "needs a text as 'reason'"),
        (put("chapter", "no-such", 1), "names the chapter 'no-such'"),
        (put("page", "3"), "has the unknown key 'page'"),
    ],
)
def test_a_faulty_file_of_passages_is_named_with_its_fault(change, message):
    file = copy.deepcopy(FILE)
    change(file)
    with pytest.raises(ValueError, match=re.escape(message)):
        _passages.read(json.dumps(file), SOURCES, KNOWN)


@pytest.mark.parametrize("text", ["", "[]", '{"000": '])
def test_what_is_no_file_of_passages_is_an_error(text):
    with pytest.raises(ValueError, match=r"sources\.json must"):
        _passages.read(text, SOURCES, KNOWN)


def test_the_tables_count_link_and_explain():
    passages = _passages.read(json.dumps(FILE), SOURCES, KNOWN)
    counts = _tables.Coverage(SOURCES, passages)._repr_html_()
    rows = re.findall(r'"row">(.*?)</th>(.*?)</tr>', counts)
    rows = {kind: re.findall(r"<td>(\d+)</td>", numbers) for kind, numbers in rows}
    assert rows["statements"] == ["3", "1", "4"]
    assert rows["covered by a claim"] == ["1", "1", "2"]
    assert rows["not covered: theorem"] == ["1", "0", "1"]

    table = _tables.Passages(
        "000", SOURCES["000"], passages[:3], tuple(KNOWN)
    )._repr_html_()
    assert "3 statements, 1 covered" in table
    assert 'id="source-000-1"' in table
    assert "A &amp; b." in table
    assert 'href="risk.html#claim-b"' in table
    assert "<em>In part.</em>" in table

    missing = _tables.Uncovered(SOURCES, passages[1:3])._repr_html_()
    assert (
        '<a href="#source-000-2">Not b.</a></th><td><strong>Opinion.</strong>'
        in missing
    )
    assert 'See the chapter <a href="risk.html">risk</a>' in missing
    assert "Second text" not in missing


def test_every_claim_on_a_source_leads_to_its_passage_and_every_statement_has_an_answer():
    stored = claims.stored()
    tables = "".join(claims.passages(source)._repr_html_() for source in claims.SOURCES)
    anchors = re.findall(r'id="(source-[^"]+)"', tables)
    assert (
        len(set(anchors))
        == len(anchors)
        == len(_passages.stored(claims.SOURCES, stored))
    )

    rows = dict(
        re.findall(
            r'#claim-([^"]+)">.*?<td class="ledger-source">(.*?)</td>',
            claims.ledger()._repr_html_(),
        )
    )
    for claim in stored:
        links = re.findall(r'href="#([^"]+)"', rows[claim["name"]])
        if claim["source"] in claims.SOURCES:
            assert links, (
                f"{claim['name']} answers source {claim['source']}: name its passage in sources.json"
            )
            assert set(links) <= set(anchors)
            assert all(link.startswith(f"source-{claim['source']}-") for link in links)
        else:
            assert rows[claim["name"]] == claim["source"]

    uncovered = re.findall(r'href="#(source-[^"]+)"', claims.uncovered()._repr_html_())
    answered = [
        row.split('"')[0] for row in tables.split('<tr id="')[1:] if "#claim-" in row
    ]
    assert sorted(uncovered + answered) == sorted(anchors)
