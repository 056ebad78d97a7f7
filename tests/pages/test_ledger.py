"""The ledger: made from what the chapters store, with a place for every claim."""

import copy
import hashlib
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import claims_tables
import nbformat
import notebooks
import passages
import pytest
import small_book as small
from docutils import nodes
from nbformat import v4
from soup import parse

from d2lutils import claims

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
ROOT = Path(__file__).parents[2]
KNOWN = {"a": "risk", "b": "risk"}
FILE = {
    "000": [
        {
            "where": "line 1",
            "statement": "A & $b$.",
            "claims": ["a", "b"],
            "note": "In part.",
        },
        {"where": "line 2", "statement": "Not b.", "reason": "opinion"},
        {"where": "line 3", "statement": "c.", "reason": "theorem", "chapter": "risk"},
    ],
    "001": [{"where": "line 1", "statement": "a.", "claims": ["a"]}],
}


def read(file=FILE):
    return passages.read(json.dumps(file), ("000", "001"), KNOWN)


def test_each_statement_of_a_source_has_its_place_and_its_answer():
    first, second, third, last = read()
    assert (first.anchor, first.where) == ("source-000-1", "line 1")
    assert first.claims == ("a", "b")
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
        (put("chapter", "risk"), "may stand only beside a reason"),
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
        read(file)


@pytest.mark.parametrize("text", ["", "[]", '{"000": '])
def test_what_is_no_file_of_passages_is_an_error(text):
    with pytest.raises(ValueError, match=r"passages\.json must"):
        passages.read(text, ("000", "001"), KNOWN)


def link(page, anchor, *children):
    return nodes.reference("", "", *children, refuri=f"{page or ''}#{anchor}")


def rows(table):
    """The texts of a table's cells, row by row, and the addresses of its links."""
    found = table.findall(claims_tables.element)
    lines = [node for node in found if node["tag"] == "tr"]
    texts = [[cell.astext() for cell in line.children] for line in lines]
    return texts, [node["refuri"] for node in table.findall(nodes.reference)]


def test_the_tables_count_link_and_explain(monkeypatch):
    monkeypatch.setattr(claims_tables, "SOURCES", {"000": "First", "001": "Second"})
    stated, verdict = read(), {"verdict": "confirmed", "docname": "risk"}
    known = [{"name": name, **verdict} for name in KNOWN]
    counts, _ = rows(claims_tables.coverage(stated, link))
    counts = {kind: numbers for kind, *numbers in counts}
    assert counts["statements"] == ["3", "1", "4"]
    assert counts["covered by a claim"] == ["1", "1", "2"]
    assert counts["not covered: theorem"] == ["1", "0", "1"]

    table = claims_tables.of_source("000", stated, known, link)
    assert "3 statements, 1 covered" in table.astext()
    assert [n["ids"] for n in table.findall(claims_tables.element) if n["ids"]] == [
        ["source-000-1"],
        ["source-000-2"],
        ["source-000-3"],
    ]
    texts, links = rows(table)
    assert texts[1] == ["line 1 A & b.", "a, ✓ confirmedb, ✓ confirmedIn part."]
    assert links == ["risk#claim-a", "risk#claim-b", "risk#"]
    assert [formula.astext() for formula in table.findall(nodes.math)] == ["b"]

    texts, links = rows(claims_tables.uncovered(stated, link))
    assert ["Not b.", "Opinion."] in texts
    assert ["c.", "Theorem. See the chapter risk."] in texts
    assert links == ["#source-000-2", "#source-000-3", "risk#"]
    assert not any("Second" in text for line in texts for text in line)


@pytest.fixture(scope="module")
def stored():
    """The claims of the chapters and of their solutions, as the notebooks have them."""
    found = {}
    for path in sorted(ROOT.glob("chapters/*.ipynb")):
        for claim in claims.collect(nbformat.read(path, as_version=4)):
            assert claim["name"] not in found
            found[claim["name"]] = claim | {"chapter": path.stem}
    for path in sorted(ROOT.glob("chapters/solutions/*.ipynb")):  # some repeat a claim
        for claim in claims.collect(nbformat.read(path, as_version=4)):
            found.setdefault(claim["name"], claim | {"chapter": path.stem})
    return found


def soup_of(folder, name):
    return parse(folder / "chapters" / f"{name}.html")


@pytest.fixture(scope="module")
def ledger(book):
    return soup_of(book, "claims")


def test_the_ledger_has_a_row_for_every_claim_of_the_chapters(ledger, stored):
    lines = ledger.select(".claims-ledger tbody tr")
    found = {line.th.a["href"].partition("#claim-")[2]: line for line in lines}
    assert len(lines) == len(found)
    assert set(found) == set(stored)
    for name, claim in stored.items():
        assert found[name].th.a["href"] == f"{claim['chapter']}.html#claim-{name}"
        cells = [cell.text.split() for cell in found[name]("td")]
        assert cells[1] == claim["measured"].split()
        condition = next(found[name]("td")[2].stripped_strings)
        assert condition.split() == claim["condition"].split()
        assert cells[3][1:] == [claim["verdict"]]


@pytest.mark.parametrize("name", ["index", "claims"])
def test_the_verdicts_are_counted(book, stored, name):
    verdicts = [claim["verdict"] for claim in stored.values()]
    lines = soup_of(book, name).select(".claims-counts tbody tr")
    shown = {}
    for line in lines:
        *numbers, _ = line("td")  # one for each kind of claims, and what it means
        shown[line.th.text.split()[-1]] = sum(int(number.text) for number in numbers)
    assert shown == Counter(verdicts)


def test_every_claim_on_a_source_leads_to_its_passage_and_every_statement_has_an_answer(
    ledger, stored
):
    file = json.loads((ROOT / "chapters" / "passages.json").read_text(encoding="utf8"))
    lines = ledger.select(".passages tbody tr[id]")
    anchors = [line["id"] for line in lines]
    assert len(set(anchors)) == len(anchors) == sum(map(len, file.values()))
    for line in ledger.select(".claims-ledger tbody tr"):
        claim = stored[line.th.a["href"].partition("#claim-")[2]]
        links = [link["href"] for link in line.select(".ledger-source a")]
        if claim["source"] in claims.SOURCES:
            assert links
            assert {address.removeprefix("#") for address in links} <= set(anchors)
            start = f"#source-{claim['source']}-"
            assert all(address.startswith(start) for address in links)
        else:
            (address,) = links
            assert address.startswith("bibliography.html#")
    answered = [line["id"] for line in lines if "#claim-" in str(line)]
    missing = ledger.select(".passages th > a[href^='#source-']")
    uncovered = [link["href"].removeprefix("#") for link in missing]
    assert sorted(uncovered + answered) == sorted(anchors)


CLAIM = {
    "name": "small-claim",
    "statement": "It rises, with $x^2$, by `f`.",
    "source": "004",
    "verdict": "confirmed",
    "finding": "",
    "measured": "1",
    "condition": "1 ± 0",
}
LISTED = "# A small book\n\n" + "".join(
    f"```{{claims-passages}} {number}\n```\n" for number in claims.SOURCES
)


def cell_of(claim):
    data = {claims.MIME: claim, "text/html": "<p>for notebooks</p>"}
    shown = v4.new_output("display_data", data=data)
    return v4.new_code_cell("c", outputs=[shown], metadata={"tags": ["key"]})


@pytest.fixture
def ledger_of(tmp_path, capsys):
    """ledger_of(*claims) builds a book with them and their passages; what was said."""
    small.prepare(tmp_path)

    def build(*cells, listed=("small-claim",)):
        entry = {"where": "here", "statement": "It rises."}
        file = {n: [entry | {"reason": "opinion"}] for n in claims.SOURCES}
        file["004"] = [entry | {"claims": [name]} for name in listed] or file["000"]
        path = tmp_path / "chapters" / "passages.json"
        path.write_text(json.dumps(file), encoding="utf8")
        small.write(tmp_path, LISTED + "\n```{bibliography}\n```\n", *cells)
        return small.build(tmp_path), capsys.readouterr().err

    return build


def test_a_claim_becomes_nodes_that_resolve(ledger_of, tmp_path):
    other = CLAIM | {"name": "other", "source": "lee2016gradient", "verdict": "refuted"}
    assert ledger_of(cell_of(CLAIM), cell_of(other | {"finding": "No."})) == (0, "")
    soup = soup_of(tmp_path / "_build" / "html", "small")
    first, second = soup.select(".claim")
    assert first["id"] == "claim-small-claim"
    assert first.select_one(".claim-source a")["href"] == "#source-004-1"
    assert first.select_one(".claim-statement math msup")
    assert first.select_one(".claim-statement code").text == "f"
    cited = second.select_one(".claim-source a")
    assert cited.text == "Lee et al., 2016"
    entry = soup.find(id=cited["href"].removeprefix("#"))
    assert "Gradient descent only converges to minimizers" in entry.text
    assert "for notebooks" not in soup.text


@pytest.mark.parametrize(
    ("cells", "listed", "warning"),
    [
        ([CLAIM, CLAIM], ["small-claim"], "give each claim its own name"),
        ([CLAIM], [], "small-claim is about source 004: name its passage"),
        ([CLAIM], ["small-claim", "x"], "'x', which is no claim of the book"),
        ([CLAIM | {"source": "x1"}], ["small-claim"], 'not find bibtex key "x1"'),
    ],
)
def test_a_claim_without_its_place_turns_the_build_red(
    ledger_of, cells, listed, warning
):
    code, said = ledger_of(*map(cell_of, cells), listed=listed)
    assert code != 0
    assert warning in said


def test_a_new_claim_changes_its_source_and_its_notebook(tmp_path):
    """And the table of passages, where it is about one of the five texts.

    The page that is quickest to execute stands for all of them.
    """
    small.prepare(tmp_path)
    shutil.rmtree(tmp_path / "chapters")
    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    files = [f"- file: chapters/{name}\n" for name in ("claims", "bibliography")]
    toc = "format: jb-book\nroot: chapters/index\nchapters:\n" + "".join(files)
    shutil.copyfile(ROOT / "_toc.yml", tmp_path / "_toc.yml")  # it has the numbers
    path = tmp_path / "chapters" / "sources" / "index.md"
    text = path.read_text(encoding="utf8")

    def hashes():
        return {
            file.relative_to(tmp_path).as_posix(): hashlib.sha256(file.read_bytes())
            for file in sorted(tmp_path.rglob("*.*"))
            if file.is_file() and "_build" not in file.parts
        }

    before = {name: found.hexdigest() for name, found in hashes().items()}
    new = (
        "```{code-cell} ipython3\nfrom d2lutils import claims\n\n"
        'claims.check("new", "It is new.", source="lee2016gradient", '
        'verdict="confirmed", measured=True)\n```\n'
    )
    path.write_text(f"{text}\n{new}", encoding="utf8")
    assert notebooks.sync(notebooks.Book(tmp_path)) == ["index.ipynb"]
    changed = [name for name, h in hashes().items() if h.hexdigest() != before[name]]
    assert changed == ["chapters/index.ipynb", "chapters/sources/index.md"]

    (tmp_path / "_toc.yml").write_text(toc)
    small.build(tmp_path, strict=False)  # the other chapters are not there
    page = soup_of(tmp_path / "_build" / "html", "claims")
    lines = page.select(".claims-ledger tbody tr")
    assert lines[0].th.a["href"] == "index.html#claim-new"
    total = sum(int(line.td.text) for line in page.select(".claims-counts tbody tr"))
    assert total == len(lines) == 1
