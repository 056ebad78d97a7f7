"""Break a small book in one place, and its build turns red."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from jupyter_book.sphinx import build_sphinx

pytestmark = pytest.mark.filterwarnings(
    "ignore::PendingDeprecationWarning"
)  # of docutils, in a dependency
ROOT = Path(__file__).parents[2]
EXTENSIONS = ("book", "math", "light", "preview")

TEXT = """\
# A small book

We see a line in {numref}`fig-line`, and read {cite:t}`lee2016gradient`.

```{bibliography}
```
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 8 L8 1" style="stroke: #000000"/></svg>'
INTERACTIVE = (
    "text/html",
    '<div class="d2lutils-figure" data-figure="risk" data-state="{}"></div>',
)
DESCRIPTION = {
    "image": {"alt": "A rising line."},
    "figure": {"caption": "A line.", "name": "fig-line"},
}


def without(key):
    return {part: value for part, value in DESCRIPTION.items() if part != key}


@pytest.fixture
def small_book(tmp_path, capsys):
    """small_book(text, description) builds a book of one page with one plot: the exit
    code, and what was said.
    """
    for name in (
        "_config.yml",
        "chapters/references.bib",
        *(f"tools/sphinx/{part}_extension.py" for part in EXTENSIONS),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    for name in ("_static", "_templates"):
        shutil.copytree(ROOT / "chapters" / name, tmp_path / "chapters" / name)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: chapters/small\n")

    def write_and_build(
        text=TEXT, description=DESCRIPTION, output=("image/svg+xml", SVG)
    ):
        v4 = nbformat.v4
        shown = v4.new_output("display_data", data=dict([output]))
        plot = v4.new_code_cell(
            "plot()", outputs=[shown], metadata={"mystnb": description}
        )
        language = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
        notebook = v4.new_notebook(
            cells=[v4.new_markdown_cell(text), plot], metadata=language
        )
        nbformat.write(notebook, tmp_path / "chapters" / "small.ipynb")
        # What `jupyter-book build` calls, without the two seconds that a new process
        # spends on imports.
        code = build_sphinx(
            tmp_path,
            tmp_path / "_build" / "html",
            noconfig=True,
            path_config=tmp_path / "_config.yml",
            confoverrides={
                "external_toc_path": str(tmp_path / "_toc.yml"),
                "latex_individualpages": False,
                "nitpicky": True,
            },
            warningiserror=True,
            keep_going=True,
        )
        return code, capsys.readouterr().err

    return write_and_build


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
