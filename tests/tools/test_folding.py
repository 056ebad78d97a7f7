"""What is folded on a page: the code that says nothing that the page does not show."""

import folding
import notebooks
import pytest


@pytest.mark.parametrize(
    ("code", "figure", "part"),
    [
        ('claims.check("a", "b",\n    source="004")', False, "claim"),
        ('x = 1\nclaims.check("a", "b",\n    source="004")', False, "claim"),
        ('x = 1\ny = 2\nz = 3\nclaims.check("a", x, y, z)', False, ""),
        ("import numpy\nfrom mxnet import npx\nnpx.set_np()", False, "setup"),
        ("import numpy\nx = numpy.ones(3)", False, ""),
        ("npx.set_np()", False, ""),
        ("fig, ax = plotting.figure()\nfor y in ys:\n    ax.plot(y)", True, "figure"),
        ("for t in range(9):\n    x -= lr * grad(x)\nax.plot(x)", True, ""),
        ("def f(x):\n    return x\nd2l.plot(x, f(x))", True, ""),
        ("x = 1\nprint(x)", False, ""),
    ],
)
def test_each_kind_of_cell(code, figure, part):
    assert folding.part(code, figure) == part


def test_a_folded_cell_stays_whole_in_the_notebook_and_keeps_its_tags():
    book = notebooks.Book()
    made = book.made()
    for name in ("risk", "local-minima"):
        page = notebooks.page(name, book)
        folded = [c for c in page.cells if "hide-input" in c.metadata.get("tags", [])]
        kinds = {tag for cell in folded for tag in cell.metadata["tags"]}
        assert {"claim", "figure", "setup"} <= kinds
        stored = {c.id: c for c in made[book.notebook(name)].cells}
        for cell in folded:
            assert stored.get(cell.id, cell).source == cell.source
            assert "hide-input" not in stored.get(cell.id, {}).get("metadata", {}).get(
                "tags", []
            )
