"""What stood in the book's nine pages of the first edition is still found there, or the
page knows where it is now.

first_edition.json has the names of their sections, figures, equations, exercises and
claims, but for three claims that others replaced.
"""

import json
from pathlib import Path

import pytest
from soup import parse

FIRST = json.loads(Path(__file__).with_name("first_edition.json").read_text())


def ids(page):
    return {element["id"] for element in page.find_all(id=True)}


def test_old_names_lead_to_their_place(book):
    wrong = []
    for name, wanted in FIRST.items():
        page = parse(book / "chapters" / f"{name}.html")
        data = page.select_one("#moved")
        here, moved = ids(page), json.loads(data.text) if data else {}
        there = {other: ids(parse(book / "chapters" / other)) for other in moved}
        for place in wanted.split():
            names = {place, f"equation-{place}"}  # as Sphinx calls that of a formula
            found = any(names & set(moved[o]) & there[o] for o in moved)
            if not (names & here or found):
                wrong.append(f"{name}.html#{place}")
    assert wrong == []


@pytest.mark.browser
def test_an_old_address_arrives(book, chromium):
    page = chromium.new_page()
    old = (book / "chapters" / "saddles.html").as_uri()
    page.goto(f"{old}#claim-saddles-goe-exponent")
    page.wait_for_url("**/random-landscapes.html#claim-saddles-goe-exponent")
    claim = page.locator("#claim-saddles-goe-exponent")
    claim.wait_for()
    assert claim.evaluate("e => e.tagName !== 'DETAILS' || e.open")
    page.close()
