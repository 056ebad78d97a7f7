"""The notebooks, which number the book's parts themselves, say what the pages say."""

import notebooks
import plain
import pytest
from soup import parse

BOOK = notebooks.Book()
READ = {name: BOOK.cells(name) for name in BOOK.names()}
LABELS = plain.scan(BOOK.root, READ).found


def number_on(page, name, label):
    """The number that the page has at a label."""
    if label.kind == "Equation":
        words = page.find(id=f"equation-{name}").find(class_="eqno").text
        return words[words.index("(") + 1 : words.index(")")]
    place = page.find(id=name)
    if label.kind == "Figure":
        words = place.find(class_="caption-number").text
    elif label.kind in ("Chapter", "Section"):
        heading = place if place.name == "section" else place.find_parent("section")
        number = heading.find(["h1", "h2", "h3"]).find(class_="section-number")
        return number.text.strip().rstrip(".") if number else ""
    else:
        words = place.find(class_="admonition-title").text
    return words.replace(label.kind, "").split()[0]


@pytest.mark.parametrize("name", sorted(READ))
def test_numbers_are_those_of_the_page(book, name):
    page = parse(book / "chapters" / f"{name}.html")
    labels = {key: label for key, label in LABELS.items() if label.page == name}
    shown = {key: number_on(page, key, label) for key, label in labels.items()}
    assert shown == {key: label.number for key, label in labels.items()}
    assert labels or name == "index"
