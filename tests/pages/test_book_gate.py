"""Break a small book in one place, and its build turns red."""

import re

import pytest
import small_book as small
from nbformat import v4
from small_book import DESCRIPTION, SVG, TEXT

pytestmark = pytest.mark.filterwarnings(
    "ignore::PendingDeprecationWarning"
)  # of docutils, in a dependency

INTERACTIVE = (
    "text/html",
    '<div class="d2lutils-figure" data-figure="risk" data-state="{}"></div>',
)


@pytest.fixture
def small_book(tmp_path, capsys):
    """small_book(text, description, output) builds: the exit code, and what was said."""
    small.prepare(tmp_path)

    def write_and_build(
        text=TEXT, description=DESCRIPTION, output=("image/svg+xml", SVG)
    ):
        shown = v4.new_output("display_data", data=dict([output]))
        cell = v4.new_code_cell(
            "plot()", outputs=[shown], metadata={"mystnb": description}
        )
        small.write(tmp_path, text, cell)
        return small.build(tmp_path), capsys.readouterr().err

    return write_and_build


def without(key):
    return {part: value for part, value in DESCRIPTION.items() if part != key}


def test_a_whole_book_builds(small_book):
    code, said = small_book()
    assert (code, said) == (0, "")


def test_a_short_formula_keeps_its_brackets_and_punctuation(small_book, tmp_path):
    sum_of_many = " + ".join(f"x_{{{i}}}" for i in range(30))
    assert small_book(TEXT + f"\nA number ($x$), and ${sum_of_many}$.\n") == (0, "")
    page = (tmp_path / "_build" / "html" / "chapters" / "small.html").read_text(
        encoding="utf8"
    )
    together = re.findall('<span class="together">(.*?</span>.*?)</span>', page)
    assert [re.sub("<[^>]*>", "", text) for text in together] == ["(x),"]


def test_with_an_address_previews_name_whole_addresses(small_book, tmp_path):
    config = tmp_path / "_config.yml"
    config.write_text(
        re.sub(
            "# (baseurl: ).*",
            r"\1https://book.example/",
            config.read_text(encoding="utf8"),
        )
    )
    assert small_book() == (0, "")
    page = (tmp_path / "_build" / "html" / "chapters" / "small.html").read_text(
        encoding="utf8"
    )
    assert '"og:url" content="https://book.example/chapters/small.html"' in page
    assert '"og:image" content="https://book.example/_static/preview.png"' in page
    assert (
        '<link rel="canonical" href="https://book.example/chapters/small.html"' in page
    )


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"text": TEXT.replace("fig-line", "fig-lime")}, "undefined label: 'fig-lime'"),
        (
            {"text": TEXT.replace("lee2016gradient", "lee2061gradient")},
            'could not find bibtex key "lee2061gradient"',
        ),
        ({"text": TEXT + "\n[A link](elsewhere.md)\n"}, "elsewhere.md"),
        ({"text": TEXT + "\n$\\sqroot{2}$\n"}, "formula not understood"),
        ({"description": without("image")}, "image without alt text"),
        (
            {"description": without("figure"), "text": "# No reference"},
            "computed figure without caption",
        ),
        (
            {"description": {}, "text": "# No reference", "output": INTERACTIVE},
            "interactive figure without caption",
        ),
    ],
    ids=[
        "cross-reference",
        "citation",
        "link",
        "formula",
        "alt",
        "caption",
        "interactive-caption",
    ],
)
def test_a_broken_book_does_not(small_book, change, warning):
    code, said = small_book(**change)
    assert code != 0
    assert warning in said
