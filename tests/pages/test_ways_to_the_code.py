"""From a page to the code behind it: no name, entry, figure or mark without its link."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest
import small_book as small
from library_names import Reader
from nbformat import v4
from notebooks import Book
from notebooks import page as page_of
from pybtex.database import parse_file
from soup import code_of, parse

from d2lutils import claims, interactive

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("chapters/*.ipynb"))
FIGURES = ROOT / "d2lutils" / "interactive"


@pytest.fixture(scope="module")
def pages(book):
    return {path.stem: parse(path) for path in sorted(book.glob("chapters/*.html"))}


@pytest.fixture(scope="module")
def sources(book):
    """The pages with the library's code: name to parsed page, and to the code itself."""
    paths = sorted(book.glob("_modules/d2lutils/**/*.html"))
    found = {path.resolve(): parse(path) for path in paths}
    assert len(found) > 20
    return found


def bound(code):
    """What an import in a cell calls the modules and names of the library."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("d2lutils"):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            names = (alias.asname or alias.name for alias in node.names)
            yield from (n for n in names if n.split(".")[0] == "d2lutils")


def uses(code, names):
    """(line, column) of each place in a cell at which one of the names stands alone."""
    before = None
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.NAME and token.string in names and before != ".":
            yield token.start
        if token.string.strip():
            before = token.string


def linked(block):
    """(line, column) of each sign of a cell's code that is within a link."""
    line = column = 0
    for text in block.find_all(string=True):
        inside = text.find_parent("a") is not None
        for sign in text:
            if inside:
                yield line, column
            line, column = (line + 1, 0) if sign == "\n" else (line, column + 1)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from d2lutils import claims as c\nc.check(1)", ["c.check"]),
        ("import d2lutils.runs\nd2lutils.runs.load('x')", ["d2lutils.runs.load"]),
        ("from d2lutils import spectra\nspectra = 1\nspectra.x", []),
        (
            "from d2lutils import spectra\nf = lambda spectra: spectra.x\nspectra",
            ["spectra"],
        ),
        ("from d2lutils import spectra\n[spectra.x for spectra in y]", []),
        (
            "from d2lutils import spectra\nprint(f'{1:.2f} {spectra.goe}')",
            ["spectra.goe"],
        ),
        (
            "from d2lutils.descent import descend\nrun = descend(f, x)\nrun.points",
            ["descend", "run.points"],
        ),
    ],
)
def test_a_reader_of_cells_knows_what_a_name_stands_for(code, found):
    lines = code.split("\n")
    uses = [use for use in Reader().read(code) if use.line > 0]
    assert [lines[use.line][use.start : use.end] for use in uses] == found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_code_cell_uses_a_name_of_the_library_without_a_link(pages, path):
    notebook, names, missing = page_of(path.stem, Book()), set(), []
    shown = {}
    for block in pages[path.stem].select(".cell_input pre"):
        shown.setdefault(block.text.strip("\n"), block)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        names |= set(bound(cell.source))
        places = list(uses(cell.source, names))
        block = shown.get(cell.source.strip("\n"))
        if block is None:
            assert "remove-input" in cell.metadata.get("tags", []), cell.source
            continue
        links = set(linked(block))
        # A keyword argument or a parameter may be called like a module.
        missing += [
            (cell.id, cell.source.splitlines()[line - 1][column:])
            for line, column in places
            if (line - 1, column) not in links
            and not re.match(
                r"\w+\s*=[^=]", cell.source.splitlines()[line - 1][column:]
            )
        ]
    assert missing == []


def test_a_link_in_code_leads_to_the_entry_of_its_name(pages):
    entries = {name["id"] for name in pages["api"].select("[id^='d2lutils.']")}
    modules = {name["id"] for name in pages["api"].select("[id^='module-d2lutils']")}
    checked = 0
    for page in pages.values():
        # A link that is never closed would have swallowed what follows.
        assert page.select("a .cell, a .cell_input, a pre, a a") == []
        for link in page.select(".cell_input pre a"):
            assert link.find(["a", "div", "p", "pre"]) is None
            anchor = link["href"].partition("api.html#")[2]
            assert anchor in entries | modules, link
            last = anchor.removeprefix("module-").split(".")[-1]
            # `run.losses`, a result's field, leads to the class of the result.
            checked += last == link.text.split(".")[-1]
    assert checked > 900


def test_every_source_link_opens_the_line_of_its_definition(book, pages, sources):
    wrong, entries = [], pages["api"].select("dt.sig[id^='d2lutils.']")
    assert len(entries) > 250
    for entry in entries:
        link = entry.select_one("a:has(.viewcode-link)")
        if link is None:
            wrong.append(f"{entry['id']}: no link")
            continue
        address, _, anchor = link["href"].partition("#")
        page = sources[(book / "chapters" / address).resolve()]
        first = next(
            line
            for line in code_of(page.find(id=anchor)).splitlines()
            if line.strip() and not line.strip().startswith("@")
        )
        name = entry["id"].split(".")[-1]
        if not re.match(rf"\s*((async )?def|class) {name}\b|\s*{name}( =|:)", first):
            wrong.append(f"{entry['id']}: {first}")
    assert wrong == []


def test_the_pages_of_the_code_hold_the_code(book):
    for path in sorted(book.glob("_modules/d2lutils/**/*.html")):
        name = path.relative_to(book / "_modules").with_suffix("")
        file = ROOT / name if name.suffix == ".js" else ROOT / f"{name}.py"
        file = file if file.exists() else ROOT / name / "__init__.py"
        text = code_of(parse(path).find("article").find("pre"))
        shown = [line.rstrip() for line in text.splitlines() if line.strip()]
        code = file.read_text(encoding="utf8").splitlines()
        assert shown == [line.rstrip() for line in code if line.strip()], name


def test_every_interactive_figure_leads_to_its_python_and_its_javascript(pages):
    kinds = set()
    for page in pages.values():
        for shown in page.select(".d2lutils-figure"):
            kind = shown["data-figure"]
            kinds.add(kind)
            links = shown.find_parent("figure").select("figcaption .figure-code a")
            assert [link["href"] for link in links] == [
                f"../_modules/d2lutils/interactive/_{kind}.html#{kind}",
                f"../_modules/d2lutils/interactive/{kind}.js.html",
            ]
    assert kinds <= {path.stem for path in FIGURES.glob("*.js")}
    assert kinds <= set(interactive.__all__)
    assert len(kinds) > 10


def test_every_work_with_a_doi_or_an_arxiv_number_links_to_it(pages):
    works = parse_file(ROOT / "chapters" / "references.bib", encoding="utf8").entries
    listed = pages["bibliography"].select(".citation")
    links = [{a["href"] for a in work.select("a[href^=http]")} for work in listed]
    assert sum(map(bool, links)) > 140
    for work in listed:
        bare = re.sub(r"<a .*?</a>", "", str(work), flags=re.DOTALL)
        assert not re.search(r"arXiv:|\bdoi\b|10\.\d{4}|\$", bare), work.text
    everything = set().union(*links)
    for key, work in works.items():
        assert "arXiv" not in work.fields.get("note", ""), key
        assert "arXiv" not in work.fields.get("journal", ""), key
        if "eprint" in work.fields:
            assert f"https://arxiv.org/abs/{work.fields['eprint']}" in everything, key
        if "doi" in work.fields:
            assert f"https://doi.org/{work.fields['doi']}" in everything, key


MARKED = {
    "section > :is(h1, h2, h3)": "Link to this heading",
    "figure figcaption": "Link to this image",
    ".eqno": "Link to this equation",
    ".claim > :is(.claim-verdict, .claim-about)": "Link to this claim",
    ".exercise > .admonition-title": "Link to this exercise",
}


@pytest.mark.parametrize("kind", MARKED)
def test_everything_that_one_may_point_at_has_its_link_mark(pages, kind):
    found = 0
    for name in (path.stem for path in NOTEBOOKS):
        for thing in pages[name].select(kind):
            found += 1
            (mark,) = thing.select("a.headerlink")
            assert mark["aria-label"] == mark["title"] == MARKED[kind]
            target = thing.find_parent(id=mark["href"].removeprefix("#"))
            assert target is not None, thing
    assert found > 40 or kind == ".eqno"
    assert found > 10


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_link_marks_are_seen_and_reached_by_keyboard(book, chromium, scheme):
    page = chromium.new_page(color_scheme=scheme)
    page.goto((book / "chapters" / "saddles.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => (d.open = true))")
    for kind in MARKED:
        mark = page.locator(f":is({kind}) a.headerlink").first
        assert mark.is_visible()
        mark.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{mark.get_attribute('href')}")
    page.close()


REPOSITORY = "https://github.com/OWNER/REPOSITORY"
CLAIM = {
    "name": "small-claim",
    "statement": "It rises.",
    "source": "lee2016gradient",
    "verdict": "confirmed",
    "finding": "",
    "measured": "1",
    "condition": "1 ± 0",
}


@pytest.mark.parametrize("url", ["", REPOSITORY])
def test_links_to_the_repository_are_there_if_and_only_if_it_is(tmp_path, capsys, url):
    small.prepare(tmp_path)
    config = tmp_path / "_config.yml"
    text = config.read_text(encoding="utf8")
    assert text.count('  url: ""\n') == 1
    config.write_text(text.replace('  url: ""\n', f'  url: "{url}"\n'))
    claim = v4.new_output("display_data", data={claims.MIME: CLAIM})
    small.write(
        tmp_path, small.TEXT, small.PLOT, v4.new_code_cell("c", outputs=[claim])
    )
    assert (small.build(tmp_path), capsys.readouterr().err) == (0, "")
    page = parse(tmp_path / "_build" / "html" / "chapters" / "small.html")
    elsewhere = [
        link["href"]
        for link in page.select("a[href^=http]")
        if "arxiv.org" not in link["href"]
    ]
    if not url:
        assert elsewhere == []
        return
    path = "OWNER/REPOSITORY/blob/main/chapters/small.ipynb"
    assert f"https://colab.research.google.com/github/{path}" in elsewhere
    assert any(a.startswith("https://mybinder.org/v2/gh/OWNER/") for a in elsewhere)
    assert f"{url}/edit/main/chapters/sources/small.md" in elsewhere
    reports = [a for a in elsewhere if a.startswith(f"{url}/issues/new?")]
    assert len(reports) == 2
    assert any("title=A%20small%20book" in address for address in reports)
    (form,) = [address for address in reports if "template=claim.yml" in address]
    assert "where=small-claim" in form
    assert "A%20small%20book" in form
    fields = (ROOT / ".github/ISSUE_TEMPLATE/claim.yml").read_text(encoding="utf8")
    assert "id: where" in fields
    assert all(
        a.startswith((url, "https://mybinder", "https://colab")) for a in elsewhere
    )
