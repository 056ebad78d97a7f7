"""A page in two frameworks: two tabs above one output, and both notebooks to take."""

import json

import notebooks
import pytest
import small_book as small
import sources
from bs4 import BeautifulSoup
from front_matter import HEAD
from nbformat.v4 import new_output

SOURCE = (
    HEAD
    + """\
(small)=
# A small book

```{code-cell} ipython3
from mxnet import np
print(1)
```

```{code-cell} ipython3
:tags: [pytorch]

import torch
print(1)
```

```{code-cell} ipython3
print("both")
```

```{code-cell} ipython3
print(np.ones(1).sum())
```

```{code-cell} ipython3
:tags: [pytorch]

print(torch.ones(1).sum())
```
"""
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The folder of the built pages of a book of one page in two editions."""
    root = tmp_path_factory.mktemp("book")
    small.prepare(root)
    (root / "chapters" / "sources").mkdir()
    (root / "chapters" / "sources" / "small.md").write_text(SOURCE)
    for path, notebook in notebooks.Book(root).made().items():
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = [new_output("stream", text=f"{cell.id}\n")]
        path.parent.mkdir(exist_ok=True)
        path.write_text(notebooks.dumps(notebooks.clean(notebook)))
    assert small.build(root) == 0
    return root / "_build" / "html"


def test_a_cell_with_a_twin_has_two_tabs_and_one_output(pages):
    text = (pages / "chapters" / "small.html").read_text(encoding="utf8")
    page = BeautifulSoup(text, "html.parser")
    codes = [
        [tab.text.strip() for tab in tabs.select(".sd-tab-content")]
        for tabs in page.select(".editions")
    ]
    assert codes == [
        ["from mxnet import np\nprint(1)", "import torch\nprint(1)"],
        ["print(np.ones(1).sum())", "print(torch.ones(1).sum())"],
    ]
    outputs = [out.text.strip() for out in page.select(".cell_output")]
    assert outputs == ["small-001", "small-002", "small-003"]


def test_a_page_offers_what_there_is_in_one_edition_or_two(book):
    for name, offered in (
        (
            "ntk",
            [
                "MXNet notebook",
                "PyTorch notebook",
                "MXNet solutions",
                "PyTorch solutions",
            ],
        ),
        ("risk", ["MXNet notebook", "PyTorch notebook", "Solutions"]),
        ("hyperband", ["Notebook", "Solutions"]),
    ):
        text = (book / "chapters" / f"{name}.html").read_text(encoding="utf8")
        page = BeautifulSoup(text, "html.parser")
        links = page.select(".dropdown-download-buttons a[href$='.ipynb']")
        assert [link.text.strip() for link in links] == offered
        assert all((book / "chapters" / link["href"]).exists() for link in links)


def test_both_notebooks_can_be_taken(pages):
    text = (pages / "chapters" / "small.html").read_text(encoding="utf8")
    page = BeautifulSoup(text, "html.parser")
    links = [
        a["href"] for a in page.select(".dropdown-download-buttons a, a[download]")
    ]
    links += [a["href"] for a in page.select("a[href$='.ipynb']")]
    found = {}
    for link in links:
        notebook = json.loads((pages / "chapters" / link).read_text(encoding="utf8"))
        codes = [c for c in notebook["cells"] if c["id"] == "small-001"]
        found[link] = "".join(codes[0]["source"]).split("\n")[0]
    assert found == {
        "../_sources/chapters/small.ipynb": "from mxnet import np",
        "../_sources/chapters/pytorch/small.ipynb": "import torch",
    }


@pytest.mark.browser
def test_tabs_switch_together_by_keys_and_without_scripts(pages, chromium):
    address = (pages / "chapters" / "small.html").as_uri()

    def shown(page):
        tabs = page.locator(".editions .sd-tab-content")
        visible = [tab for tab in tabs.all() if tab.is_visible()]
        return [tab.inner_text().strip().split("\n")[0] for tab in visible]

    mxnet = ["from mxnet import np", "print(np.ones(1).sum())"]
    pytorch = ["import torch", "print(torch.ones(1).sum())"]
    page = chromium.new_page()
    page.goto(address)
    assert shown(page) == mxnet
    page.locator(".editions label", has_text="PyTorch").first.click()
    assert shown(page) == pytorch
    page.reload()
    assert shown(page) == pytorch  # it is remembered
    page.locator(".editions input").first.focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) != []
    page.emulate_media(media="print")
    assert len(shown(page)) == 2
    assert page.locator(".editions .sd-tab-label").first.is_hidden()
    page.close()
    bare = chromium.new_context(java_script_enabled=False)
    page = bare.new_page()
    page.goto(address)
    page.locator(".editions label").nth(1).click()
    assert shown(page) == ["import torch", "print(np.ones(1).sum())"]
    bare.close()


def test_the_editions_are_named_as_on_the_tabs():
    assert [edition.name for edition in sources.EDITIONS] == ["MXNet", "PyTorch"]
