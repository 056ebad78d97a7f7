"""The gate is honest: break a copy of a small book in one place, and the check that
guards the place turns red.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import gate
import nbformat
import notebooks
import pytest
from front_matter import HEAD

ROOT = pathlib.Path(__file__).parents[2]

SOURCE = (
    HEAD
    + """\
# A small chapter

```{code-cell} ipython3
import numpy

from d2lutils import claims, plotting

plotting.use_style()
area = numpy.pi * 0.5**2
print(f"{area:.3f}")
```

```{code-cell} ipython3
---
mystnb:
  image:
    alt: A line that rises from 1 to 3.
  figure:
    caption: A line.
    name: fig-small-line
---
fig, ax = plotting.figure(size=(2, 1))
ax.plot([1, 3])
plotting.show()
```

```{code-cell} ipython3
claims.check(
    "small-area", "The area is 0.785.", source="004", verdict="confirmed",
    measured=area, expected=0.785, tolerance=1e-3
)
```
"""
)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    root = tmp_path_factory.mktemp("book")
    (root / "chapters" / "sources").mkdir(parents=True)
    (root / "_toc.yml").write_text("root: chapters/small\n")
    (root / "chapters" / "sources" / "small.md").write_text(SOURCE)
    notebooks.sync(notebooks.Book(root))
    return root


@pytest.fixture
def book(pristine, tmp_path):
    shutil.copytree(pristine, tmp_path / "copy")
    return notebooks.Book(tmp_path / "copy")


def nbval(book, names):
    """{name: the numbers of its code cells that fail} in the notebooks of `book`, by
    nbval as the Makefile calls it, from another working directory.
    """
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "conftest"]
    command += ["-c", ROOT / "pyproject.toml", "-p", "no:cacheprovider", "-q"]
    command += ["--rootdir", book.chapters, *map(book.notebook, names)]
    environment = os.environ | notebooks.ENVIRONMENT | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, cwd="/", capture_output=True, text=True
    )
    cells = re.findall(r"^FAILED .*?(\w+)\.ipynb::Cell (\d)", done.stdout, re.M)
    failed = {name: [int(n) for key, n in cells if key == name] for name in names}
    assert f"{len(cells)} failed, {4 * len(names) - len(cells)} passed" in done.stdout
    assert done.returncode == 1
    return failed


@pytest.fixture
def not_executed(pristine, monkeypatch):
    """Execution gives the outputs of the pristine notebook, at once."""
    stored = notebooks.read(notebooks.Book(pristine).notebook("small"))

    def execute(notebook, folder):
        for new, old in zip(notebook.cells, stored.cells, strict=True):
            if "outputs" in old:
                assert new.source == old.source
                new.outputs = old.outputs
        return notebooks.clean(notebook)

    monkeypatch.setattr(notebooks, "execute", execute)


def edit(book, change, name="small"):
    """Apply `change` to the stored notebook."""
    path = book.notebook(name)
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    path.write_text(notebooks.dumps(notebook), encoding="utf8")


def edit_text(path, old, new):
    text = path.read_text(encoding="utf8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf8")


def test_an_untouched_notebook_passes_and_each_change_is_seen(book):
    """A changed number, a changed figure, a changed measurement in a stored claim."""
    assert notebooks.check(book) == []
    shutil.copy(book.notebook("small"), book.notebook("changed"))

    def change(notebook):
        notebook.cells[2].outputs[0].text = "0.786\n"
        data = notebook.cells[3].outputs[0].data
        assert "#0072b2" in data["image/svg+xml"]
        data["image/svg+xml"] = data["image/svg+xml"].replace("#0072b2", "#0072b3")

    edit(book, change, "changed")
    edit_text(book.notebook("changed"), '"measured": "0.7854"', '"measured": "0.7954"')
    assert nbval(book, ["small", "changed"]) == {"small": [], "changed": [1, 2, 3]}


@pytest.mark.parametrize(
    ("new", "old", "same"),
    [
        ("12.345678", "12.349678", True),
        ("12.345678", "12.365678", False),
        ("12.5", "12.500001", True),
        ("12.5", "12.501001", False),
        ("3e-05", "0", True),
        ("2e-3", "3e-3", False),
        ("0", "-0", True),
        ("1", "1.0", False),  # what a label says is seen
        ("0.125", "0.126", False),
        ("12.345678", "12.345678px", False),
    ],
)
def test_a_coordinate_may_differ_by_less_than_one_sees(new, old, same):
    told = gate.picture_difference(f'<path d="M {new} 7"/>', f'<path d="M {old} 7"/>')
    assert (told is None) == same


def test_two_executions_give_the_same_bytes(book):
    before = book.notebook("small").read_bytes()
    assert notebooks.sync(book, everything=True) == ["small.ipynb"]
    assert book.notebook("small").read_bytes() == before


def test_a_claim_that_its_evidence_does_not_carry_stops_the_execution(book):
    edit_text(book.sources / "small.md", "0.5**2", "0.6**2")
    before = book.notebook("small").read_bytes()
    with pytest.raises(Exception, match="cannot be confirmed"):
        notebooks.sync(book)
    assert book.notebook("small").read_bytes() == before


def test_a_stale_notebook_is_named_with_its_mend(book):
    edit_text(book.sources / "small.md", "# A small chapter", "# A changed chapter")
    (fault,) = notebooks.check(book)
    assert "small.ipynb is stale" in fault
    assert "make notebooks" in fault


def test_a_changed_caption_is_stale_too(book):
    edit_text(book.sources / "small.md", "caption: A line.", "caption: A curve.")
    assert any("stale" in fault for fault in notebooks.check(book))


def remove_outputs(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []


def add_timing(notebook):
    notebook.cells[2].metadata["execution"] = {
        "iopub.execute_input": "2026-01-01T00:00:00Z"
    }


def add_widget(notebook):
    notebook.metadata["widgets"] = {"state": {}}


def print_a_path(notebook):
    notebook.cells[2].outputs[0].text = "/home/reader/book\n"


def exempt_the_figure_without_a_claim_about_it(notebook):
    notebook.cells[2].metadata["tags"] = [gate.LIVE_TAG]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (remove_outputs, "has no outputs"),
        (add_timing, "volatile metadata"),
        (add_widget, "volatile metadata"),
        (print_a_path, "holds a path of this machine"),
        (exempt_the_figure_without_a_claim_about_it, "must check a claim about it"),
    ],
)
def test_a_faulty_notebook_is_named_with_its_fault(book, change, message):
    edit(book, change)
    assert any(
        message in fault and "small.ipynb" in fault for fault in notebooks.check(book)
    )


def skip_by_a_comment(notebook):
    notebook.cells[2].source = "# NBVAL_SKIP\n" + notebook.cells[2].source


def skip_by_a_string(notebook):
    notebook.cells[2].source += '\ntext = """\n# NBVAL_IGNORE_OUTPUT\n"""'


def skip_by_a_tag(notebook):
    notebook.cells[2].metadata["tags"] = ["raises-exception"]


def run_a_script(notebook):
    notebook.cells[0].source += "\n\n<p onclick='count()'>text</p>"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (skip_by_a_comment, "the comment NBVAL_SKIP keeps nbval from comparing"),
        (skip_by_a_string, "the comment NBVAL_IGNORE_OUTPUT keeps nbval"),
        (skip_by_a_tag, "the tag raises-exception keeps nbval"),
        (run_a_script, "holds HTML that runs code"),
    ],
)
def test_what_would_switch_the_gate_off_is_refused(book, change, message):
    edit(book, change)
    assert any(message in fault for fault in notebooks.check(book))


def test_a_notebook_cut_off_is_named_and_made_again(book, not_executed):
    path = book.notebook("small")
    whole = path.read_text()
    path.write_text(whole[: len(whole) // 2])
    assert any("small.ipynb is no notebook" in f for f in notebooks.check(book))
    notebooks.sync(book)
    assert path.read_text() == whole


def test_an_exempted_cell_with_a_claim_behind_it_is_listed(book, capsys, not_executed):
    edit_text(
        book.sources / "small.md",
        "---\nmystnb:",
        f"---\ntags: [{gate.LIVE_TAG}]\nmystnb:",
    )
    notebooks.sync(book)
    capsys.readouterr()
    assert notebooks.check(book) == []
    assert "exempt from comparison" in capsys.readouterr().out


def test_a_notebook_without_a_source_is_named(book):
    shutil.copy(book.notebook("small"), book.chapters / "stray.ipynb")
    assert any("stray.ipynb has no source" in fault for fault in notebooks.check(book))


def test_a_doubled_claim_is_named(book, not_executed):
    text = (book.sources / "small.md").read_text()
    (book.sources / "twin.md").write_text(text)
    notebooks.sync(book)
    assert any(
        "small-area is used more than once" in fault for fault in notebooks.check(book)
    )
