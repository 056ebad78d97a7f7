"""What a page folds: proofs, asides, and claims that are not key to it."""

import pytest
import small_book as small
from bs4 import BeautifulSoup
from nbformat import v4

from d2lutils import claims

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
START = "\n```{beside-start} Proof: $x = 1$\n```\n\nBy definition.\n\n$$\nx = 1\n$$\n\n"
END = "\n```{beside-end}\n```\n\nAfter.\n"


def claim(name, *tags):
    made = claims.check(
        name, "It is.", source="004", verdict="confirmed", measured=True
    )
    output = v4.new_output("display_data", data=made._repr_mimebundle_())
    return v4.new_code_cell("x", outputs=[output], metadata={"tags": list(tags)})


def test_a_fold_takes_text_and_cells_and_only_key_claims_are_boxes(tmp_path):
    small.prepare(tmp_path)
    inside = claim("within"), v4.new_markdown_cell(END), claim("after", "key")
    small.write(tmp_path, small.TEXT + START, small.PLOT, *inside)
    assert small.build(tmp_path) == 0
    page = tmp_path / "_build" / "html" / "chapters" / "small.html"
    page = BeautifulSoup(page.read_text(encoding="utf8"), "html.parser")
    (fold,) = page.select("details.beside")
    assert fold.find("summary").find("math")
    assert "By definition." in fold.text
    assert "After." not in fold.text
    assert fold.select_one("figure")
    assert fold.select_one("div.math")
    assert fold.select_one("details#claim-within > summary").text.endswith("It is.")
    assert page.select_one("div#claim-after") not in fold.find_all()


@pytest.mark.parametrize("text", [START, START + "## A heading\n" + END])
def test_a_fold_must_be_closed_before_the_next_heading(tmp_path, capsys, text):
    small.prepare(tmp_path)
    small.write(tmp_path, small.TEXT + text, small.PLOT)
    assert small.build(tmp_path) != 0
    assert "a fold that is not closed" in capsys.readouterr().err
