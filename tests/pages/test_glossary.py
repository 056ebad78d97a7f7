"""The glossary: each chapter's first use of a term links to its entry, and nothing else
does.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
CHAPTERS = [
    path.stem for path in ROOT.glob("chapters/sources/*.md") if path.stem != "index"
]
BOXES = "figure, table, .cell, .solution, .admonition:not(.exercise, .proof)"
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf8"))["sphinx"][
    "config"
]

spec = importlib.util.spec_from_file_location(
    "glossary_extension", ROOT / "tools" / "sphinx" / "glossary_extension.py"
)
extension = importlib.util.module_from_spec(spec)
spec.loader.exec_module(extension)


@pytest.mark.parametrize(
    ("text", "used"),
    [
        (
            "Saddle points are common, strict saddles are not.",
            ["saddle point", "strict saddle"],
        ),  # plural, longest
        (
            "a saddle-point, a saddle\npoint, a saddle",
            ["saddle point", "saddle point", "saddle"],
        ),
        (
            "Heavy-ball steps in local minima of matrices",
            ["heavy ball", "local minimum", "matrix"],
        ),
        (
            "packsaddles, unsaddled, the hard-margin machine",
            [],
        ),  # parts of words, and of words with hyphens
        ("the margin’s width; parities; losses", ["margin", "parity", "loss"]),
        (
            "a gap before GAP, hessians before the Hessian's",
            ["GAP", "Hessian"],
        ),  # a capital is a capital
        ("Farkas' lemma and Farkas’ lemma", ["Farkas’ lemma", "Farkas’ lemma"]),
        ("The simplex method walks on the simplex.", ["simplex method", "simplex"]),
    ],
)
def test_uses_are_found_in_all_their_forms(text, used):
    terms = "saddle, saddle point, strict saddle, heavy ball, local minimum, matrix, margin, parity, loss, GAP, Hessian"
    find = extension.finder(
        [*terms.split(", "), "Farkas’ lemma", "simplex", "simplex method"]
    )
    assert [term for _, _, term in find(text)] == used


@pytest.mark.parametrize(
    "rest", [": see Risk.", ". See Risk.", ". It depends on the seed: see Risk.", "."]
)
def test_a_title_is_the_first_sentence(rest):
    assert (
        extension.first_sentence(f"The loss: a mean of 1.5 examples{rest}")
        == "The loss: a mean of 1.5 examples."
    )


SMALL = {
    "conf.py": "extensions = ['myst_parser', 'glossary_extension']\nhtml_theme = "
    "'basic'",
    "index.md": "# Book\n\nA saddle "
    "point.\n\n```{toctree}\n:numbered:\none\n```\n\n```{toctree}\nterms\n```",
    "one.md": "# A pass\n\n## Saddle point\n\n`saddle point`, [saddle point](index), "
    "*a saddle\npoint*, saddle points",
    "terms.md": "# Terms\n\n```{glossary}\nsaddle point\n  A pass: see "
    "{doc}`one`.\n```",
    **{
        f"{i}.md": f"---\norphan: true\n---\n# Page {i}" for i in range(6)
    },  # enough to be read in parallel
}


def test_a_changed_entry_reaches_the_pages_that_were_built_before(tmp_path):
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text)

    def links():
        command = [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-W",
            "-n",
            "-j",
            "2",
            str(tmp_path),
            str(tmp_path / "out"),
        ]
        environment = {"PYTHONPATH": str(ROOT / "tools" / "sphinx"), "PATH": ""}
        subprocess.run(command, check=True, env=environment)
        pages = [
            (tmp_path / "out" / f"{name}.html").read_text()
            for name in ("one", "index", "terms")
        ]
        return [
            re.findall('<a class="glossary-term[^>]*>[^<]*</a>', page) for page in pages
        ]

    address = "terms.html#term-saddle-point"
    link = f'<a class="glossary-term reference internal" href="{address}" title="A {{}}.">saddle\npoint</a>'
    assert links() == [[link.format("pass")], [], []]
    (tmp_path / "terms.md").write_text(SMALL["terms.md"].replace("pass", "seat"))
    assert links() == [[link.format("seat")], [], []]


@pytest.fixture(scope="module")
def entries(book):
    """Of each entry of the glossary, by the anchor of its first term: all its terms,
    and its definition.
    """
    soup = BeautifulSoup(
        (book / "chapters" / "glossary.html").read_text(encoding="utf8"), "html.parser"
    )
    found = {}
    for definition in soup.select("dl.glossary > dd"):
        terms = []
        while (
            before := (terms[0] if terms else definition).find_previous_sibling()
        ) and before.name == "dt":
            terms.insert(0, before)
        for link in soup.select(".headerlink"):
            link.extract()
        found[terms[0]["id"]] = (
            [term.text for term in terms],
            " ".join(definition.text.split()),
        )
    return found


@pytest.fixture(scope="module")
def chapters(book):
    pages = {
        name: (book / "chapters" / f"{name}.html").read_text(encoding="utf8")
        for name in CHAPTERS
    }
    return {name: BeautifulSoup(page, "html.parser") for name, page in pages.items()}


def anchor(link):
    page, _, name = link["href"].partition("#")
    assert page == "glossary.html"
    return name


def test_each_entry_is_used_and_each_link_arrives_and_says_what_the_entry_says(
    entries, chapters
):
    links = [
        link for soup in chapters.values() for link in soup.select("a.glossary-term")
    ]
    assert {anchor(link) for link in links} == set(entries)
    for link in links:
        assert entries[anchor(link)][1].startswith(link["title"].removesuffix("."))
        assert not re.search(r"[\\$_^]", link["title"]), (
            "the first sentence of an entry has to do without formulas"
        )


def test_only_the_prose_of_chapters_has_links_to_terms(book, chapters):
    for name, soup in chapters.items():
        assert (
            soup.select(
                f":is(h1, h2, h3, h4, a, code, pre, .math, .claim, {BOXES}) "
                "a.glossary-term"
            )
            == []
        ), name
    for page in book.rglob("*.html"):
        if page.stem not in CHAPTERS:
            assert "glossary-term" not in page.read_text(encoding="utf8"), page


def prose(soup):
    """The running prose of a page: words with single blanks, <anchor> for each link, |
    for all that is no prose.
    """
    for link in soup.select("a.glossary-term"):
        link.string = f" <{anchor(link)}> "
    for other in soup.select(
        "article code, article .math, article a:not(.glossary-term), .admonition-title"
    ):
        other.string = "|"
    paragraphs = soup.select(f"article p:not(:is({BOXES}) p)")
    text = " | ".join("|".join(p.strings) for p in paragraphs)
    return words(text.replace("| <", " <").replace("> |", "> "))


def words(text):
    return f" {re.sub(r'[^-–’|<>a-zA-Z0-9À-ž]+', ' ', text)} "


def test_each_term_of_a_chapter_is_linked_once_where_it_is_first_used(
    entries, chapters
):
    terms = {term: name for name, (forms, _) in entries.items() for term in forms}
    terms |= dict.fromkeys(CONFIG["glossary_other_senses"])
    for chapter, soup in chapters.items():
        linked = [anchor(link) for link in soup.select("a.glossary-term")]
        assert len(linked) == len(set(linked)), chapter
        text = prose(soup)
        for term in sorted(terms, key=len, reverse=True):
            first = text.find(f" <{terms[term]}> ")
            for form in {
                term,
                term + "s",
                term[0].upper() + term[1:],
                term[0].upper() + term[1:] + "s",
            }:
                while (place := text.find(words(form))) >= 0:
                    assert terms[term] is None or 0 <= first < place, (
                        chapter,
                        text[place - 60 : place + 60],
                    )
                    text = (
                        text[: place + 1]
                        + "|" * len(form)
                        + text[place + 1 + len(form) :]
                    )


@pytest.mark.browser
def test_by_keyboard_the_meaning_of_a_term_is_seen_within_the_page(book, chromium):
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    page.goto((book / "chapters" / "saddles.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => (d.open = true))")
    shown = """link => { link.focus({focusVisible: true}); const box = getComputedStyle(link, "::after");
      return [box.content, box.position, document.documentElement.scrollWidth]; }"""
    for link in page.locator("a.glossary-term").all():
        content, position, width = link.evaluate(shown)
        assert link.get_attribute("title") in content
        assert (position, width) == ("absolute", 320)
    page.close()
