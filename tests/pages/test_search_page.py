"""The search of the built book, in Chromium from file://: what readers ask for, and
what has to come first.
"""

from urllib.parse import quote

import axe_playwright_python
import pytest
from soup import parse

pytestmark = pytest.mark.browser

# Query, and the start of the address of the first hit, or of one among the first three.
FIRST = {
    "saddle points": "saddles.html",
    "batch normalization": "glossary.html#term-batch-normalisation",
    "batch norm": "glossary.html#term-batch-normalisation",
    "Adam": "glossary.html#term-Adam",
    "kernel": "glossary.html#term-kernel",
    "double descent": "glossary.html#term-double-descent",
    "learning rate": "local-minima.html#the-learning-rate-chooses-the-well",
    "momentum": "local-minima.html#momentum",
    "flat minima": "glossary.html#term-flat-minimum",
    "overparameterized": "glossary.html#term-overparametrised",
    "overparametrised": "glossary.html#term-overparametrised",
    "over-parametrized": "glossary.html#term-overparametrised",
    "early stoping": "glossary.html#term-early-stopping",
    "weight decay": "glossary.html#term-weight-decay",
    "nuclear norm": "glossary.html#term-nuclear-norm",
    "Hessian": "glossary.html#term-Hessian",
    "vanishing gradeints": "vanishing-gradients.html",
    "hessian_eigenvalues": "api.html#d2lutils.spectra.hessian_eigenvalues",
}
AMONG = {
    "saddles": "saddles.html",
    "double descent": "implicit-bias.html#the-second-descent",
    "Hyperband": "hyper",
    "NTK": "glossary.html#term-neural-tangent-kernel",
    "flat minima": "local-minima.html#",
    "dropout": "overfitting.html#",
    "Arora": "matrix-completion.html#",
    "Recht": "overfitting.html#",
    "transformer": "vanishing-gradients.html#further-reading",
    "SGD": "vanishing-gradients.html#",
    "ln(0.5/ε)": "saddles.html#a-saddle-between-two-valleys",
    "generalization": "glossary.html#term-generalise",
    "edge of chaos": "vanishing-gradients.html#order-chaos-and-the-edge-between-them",
}


@pytest.fixture(scope="module")
def find(book, chromium):
    """find(query) opens the search page; the page, and the addresses that it lists."""
    page, errors = chromium.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def ask(query):
        page.goto((book / "search.html").as_uri() + "?q=" + quote(query))
        hits = page.locator("#search-results li a").all()
        return page, [hit.get_attribute("href") for hit in hits]

    yield ask
    assert errors == []
    page.close()


@pytest.mark.parametrize(("query", "address"), FIRST.items(), ids=FIRST)
def test_what_is_asked_for_comes_first(find, query, address):
    assert find(query)[1][0].startswith("chapters/" + address)


@pytest.mark.parametrize(("query", "address"), AMONG.items(), ids=AMONG)
def test_what_is_asked_for_is_among_the_first(find, query, address):
    first = find(query)[1][:3]
    assert any(hit.startswith("chapters/" + address) for hit in first), first


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("generalisation", "generalization"),
        ("regularised", "regularized"),
        ("behaviour", "behavior"),
        ("overparametrised", "overparameterized"),
        ("minima", "minimum"),
        ("matrices", "matrix"),
    ],
)
def test_spelling_and_number_make_no_difference(find, one, other):
    assert find(one)[1] == find(other)[1] != []


def test_every_hit_leads_to_its_place(find, book, chromium):
    page, hits = find("gradient")
    page.get_by_role("button", name="Show all").click()
    links = page.locator("#search-results li a").all()
    hits = {link.get_attribute("href") for link in links}
    assert len(links) == len(hits) > 100
    kept = {name: book.joinpath(name).read_text() for name in set(map(file_of, hits))}
    lost = [hit for hit in hits if f'id="{anchor_of(hit)}"' not in kept[file_of(hit)]]
    assert [hit for hit in lost if anchor_of(hit)] == []


def file_of(address):
    return address.split("#")[0]


def anchor_of(address):
    return address.partition("#")[2]


def test_a_hit_shows_title_chapter_first_sentence_and_what_was_found(find, book):
    page, _ = find("saddle points")
    first = page.locator("#search-results li").first
    assert first.locator("a").inner_text().endswith(". Saddle points")
    chapter = parse(book / "chapters" / "saddles.html")
    lead = chapter.select_one(".bd-article section > p")
    shown = first.locator("p").first.inner_text()
    assert len(shown) > 20
    assert " ".join(lead.get_text().split()).startswith(shown)
    marked = first.locator("p mark").all_inner_texts()
    assert {"saddle", "points"} <= {word.lower() for word in marked}
    second = page.locator("#search-results li").nth(1)
    assert second.locator(".where").inner_text() == "Glossary · term"


def test_what_is_not_found_is_said_and_what_was_misspelt_too(find):
    page, hits = find("lottery ticket")
    assert hits == []
    assert page.get_by_role("status").inner_text().startswith("Nothing found.")
    page, _ = find("early stoping")
    said = page.get_by_role("status").inner_text()
    assert said.endswith("places found, with “stopping” for “stoping”.")


def test_the_list_follows_what_is_typed_and_the_magnifier_is_beside_it(find):
    page, before = find("momentum")
    field = page.locator(".bd-search-container input")
    edge = field.evaluate(
        "e => e.getBoundingClientRect().left + parseFloat(getComputedStyle(e).paddingLeft)"
    )
    lens = page.locator(".bd-search-container .fa-magnifying-glass").bounding_box()
    assert lens["x"] + lens["width"] < edge
    field.fill("weight decay")
    first = page.locator("#search-results li a").first
    assert first.get_attribute("href") != before[0]
    field.fill("")
    assert page.locator("#search-results li").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_results_are_accessible(find, scheme):
    find("momentum")[0].emulate_media(color_scheme=scheme)
    page, _ = find("saddle points")
    page.add_script_tag(path=f"{axe_playwright_python.__path__[0]}/axe.min.js")
    found = page.evaluate(
        """async () => (await axe.run('.bd-search-container', {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })).violations
        .flatMap(v => v.nodes.map(n => v.id + ': ' + n.failureSummary))"""
    )
    assert found == []


def test_other_pages_do_not_load_the_search(book):
    for page in book.glob("chapters/*.html"):
        assert "search/entries.js" not in page.read_text(encoding="utf8")
    assert "searchindex.js" not in (book / "search.html").read_text(encoding="utf8")
