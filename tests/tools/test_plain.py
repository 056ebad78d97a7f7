"""Notebooks for readers: plain Markdown, solutions apart, twins in PyTorch."""

import notebooks
import plain
import pytest
import sources
from front_matter import HEAD
from nbformat.v4 import new_output

SOURCE = (
    HEAD
    + """(small)=
# A small chapter

```{admonition} What you will learn
:class: tip
- That {numref}`fig-line` rises {cite}`lee2016gradient,hastie2022surprises`.
```

```{code-cell} ipython3
import math
from mxnet import np
scale = 3
```

```{code-cell} ipython3
:tags: [pytorch]

import math
import torch
scale = 3
```

## Lines

$$
x = 1
$$ (eq-one)

By {eq}`eq-one` and {prf:ref}`thm-one`, as {cite:t}`lee2016gradient` say; see
{ref}`the exercise <ex-double>` and {doc}`notation`.

```{prf:theorem} Somebody
:label: thm-one
Let $x = 1$.
```

```{code-cell} ipython3
---
mystnb:
  image:
    alt: A line.
  figure:
    caption: A line, by {cite:t}`lee2016gradient`.
    name: fig-line
---
def double(x):
    return scale * x * 2 / 3

unused = [double(1)]
print(unused)
```

```{exercise-start} Doubling
:label: ex-double
```
What is twice {eq}`eq-one`?

```{code-cell} ipython3
print("your answer")
```

```{exercise-end}
```

```{solution-start} ex-double
:class: dropdown
```
Twice one is

```{code-cell} ipython3
answer = double(math.floor(1.5))
print(answer)
```

two.

```{solution-end}
```

## After

```{beside-start} Proof: $x = 1$
```

It does.

```{code-cell} ipython3
:tags: [key]

print("a claim")
```

```{beside-end}
```

{ref}`small` ends.

```{button-ref} other
:ref-type: ref

Go on
```
"""
)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    root = tmp_path_factory.mktemp("book")
    (root / "chapters" / "sources").mkdir(parents=True)
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: chapters/front\nparts:\n"
        "- numbered: true\n  chapters: [{file: chapters/other}, {file: chapters/small}]"
        "\n- numbered: false\n  chapters: [{file: chapters/notation}]\n"
    )
    (root / "chapters" / "notation.md").write_text("# Notation\n")
    (root / "chapters" / "references.bib").write_bytes(
        (notebooks.ROOT / "chapters" / "references.bib").read_bytes()
    )
    for name in ("front", "other"):
        text = f"{HEAD}({name})=\n# The {name}\n\n{{ref}}`small`\n"
        (root / "chapters" / "sources" / f"{name}.md").write_text(text)
    (root / "chapters" / "sources" / "small.md").write_text(SOURCE)
    return notebooks.Book(root)


@pytest.fixture(scope="module")
def made(book):
    return book.made()


def texts(notebook, kind="markdown"):
    cells = [cell for cell in notebook.cells if cell.cell_type == kind]
    return "\n\n".join(cell.source for cell in cells)


def test_references_and_directives_are_words(book, made):
    text = texts(made[book.notebook("small")])
    assert notebooks.MYST.search(text) is None
    assert "{" not in text.replace(r"\tag{2.1}", "")
    for piece in (
        "# 2. A small chapter",
        "> **What you will learn**",
        "[Figure 2.1](#2.1.-Lines) rises ([Lee et al., 2016](#References); "
        "[Hastie et al., 2022](#References)).",
        "## 2.1. Lines",
        "\\tag{2.1}\n$$",
        "By [(2.1)](#2.1.-Lines) and [Theorem 2.1](#2.1.-Lines), as "
        "[Lee et al. (2016)](#References) say",
        "[the exercise](#Exercise-2.1-(Doubling)) and Notation.",
        "> **Theorem 2.1 (Somebody)**\n>\n> Let $x = 1$.",
        "**Figure 2.1.** A line, by [Lee et al. (2016)](#References).",
        "### Exercise 2.1 (Doubling)\n\nWhat is twice [(2.1)](#2.1.-Lines)?",
        "***\n\n**Proof: $x = 1$** *(This can be skipped;",
        "***\n\nA small chapter ends.\n\n**[Go on](other.ipynb)**",
        "## References\n\n- `hastie2022surprises`: Trevor Hastie",
    ):
        assert piece in text
    assert "Twice one" not in text
    assert not any(cell.metadata for cell in made[book.notebook("small")].cells)
    assert "[A small chapter](small.ipynb)" in texts(made[book.notebook("other")])


def test_solutions_run_alone_with_what_they_need_of_the_chapter(book, made, capsys):
    chapter, solutions = made[book.notebook("small")], made[book.solutions("small")]
    assert "answer = " not in texts(chapter, "code")
    text, code = texts(solutions), texts(solutions, "code")
    assert "## Exercise 2.1 (Doubling)" in text
    assert "What is twice [(2.1)](../small.ipynb" in text
    assert text.index("Twice one is") < text.index("two.")
    assert "your answer" not in code
    assert "scale = 3" in code
    exec(code, {"__name__": "__main__"})  # our own text, from above
    assert capsys.readouterr().out.splitlines()[-1] == "2.0"


def cells(*codes):
    return [sources.code_cell(f"c-{i}", code) for i, code in enumerate(codes)]


def test_solutions_that_need_no_framework_are_made_once(book, made):
    solutions = made[book.solutions("small")]
    assert "mxnet" not in texts(solutions, "code")
    assert book.solutions("small", sources.PYTORCH) not in made
    # Where PyTorch alone is installed, its notebook must not ask for MXNet.
    assert "mxnet" not in texts(made[book.notebook("front")], "code")
    assert "--mxnet" in texts(made[book.notebook("small")], "code")


def test_the_setup_imports_what_is_used():
    imports = (
        "import os.path, sys\n\nfrom b import (\n    one,\n    two as second,\n)\n"
        "from c import three\nfrom c import four, five\nfrom mxnet import np, npx\n"
        "\nnpx.set_np()\nsecond.style()\nfour.seed(0)"
    )
    for uses, kept in (
        (
            "three, second",
            "from b import two as second\nfrom c import three, four\n\n"
            "second.style()\nfour.seed(0)",
        ),
        (
            "sys.path, np.ones",
            "import sys\n\nfrom c import four\n"
            "from mxnet import np, npx\n\nnpx.set_np()\nfour.seed(0)",
        ),
    ):
        (setup,) = plain.setup(cells(imports), cells(uses))
        assert setup.source == kept


def test_the_editions_differ_in_the_twins_alone(book, made):
    pair = [made[book.notebook("small", e)].cells for e in sources.EDITIONS]
    assert [cell.id for cell in pair[0]] == [cell.id for cell in pair[1]]
    differing = [a.id for a, b in zip(*pair, strict=True) if a.source != b.source]
    assert differing == ["small-install", "small-001"]
    assert "import torch" in pair[1][2].source
    assert book.notebook("front", sources.PYTORCH) not in made  # it has no twins


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("```{code-cell}\n:tags: [pytorch]\n\n1\n```\n", "must follow the cell"),
        (
            "```{code-cell}\n1\n```\n\n```{code-cell}\n:tags: [pytorch]\n\n1\n```\n",
            "must have other code",
        ),
        (
            "```{code-cell}\n1\n```\n"
            + 2 * "\n```{code-cell}\n:tags: [pytorch]\n\n2\n```\n",
            "must follow the cell",
        ),
        (
            "```{code-cell}\n1\n```\n\n"
            "```{code-cell}\n:tags: [pytorch, remove-input]\n\n2\n```\n",
            "no metadata but its tag",
        ),
    ],
)
def test_a_twin_that_is_none_is_named(tmp_path, cells, message):
    path = tmp_path / "bad.md"
    path.write_text(f"{HEAD}# Bad\n\n{cells}")
    with pytest.raises(ValueError, match=message):
        sources.read(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ref}`nowhere`", "nothing has the label nowhere"),
        ("{cite}`nobody`", "must have what is cited, got 'nobody'"),
        ("{strange}`x`", "the role strange has no plain form"),
        ("```{strange} x\n```", "the directive strange has no plain form"),
    ],
)
def test_what_has_no_plain_form_is_named(book, text, message):
    cell = sources.Cell("front-000", "markdown", f"# Front\n\n{text}")
    read = {"front": (cell,)}
    shared = plain.Book(
        plain.scan(book.root, read),
        book.chapters / "references.bib",
        {},
        "",
        "",
        dict,
    )
    with pytest.raises(ValueError, match=message):
        plain.make("front", read["front"], sources.MXNET, shared)


def test_a_slice_is_of_the_last_bindings_and_of_changes(book):
    chapter = cells(
        "import numpy\nfrom pathlib import Path",
        "x = 1",  # bound anew below, but y takes this one
        "y = x + 1",
        "x = numpy.zeros(3)",
        "x[0] = 2",  # changes what x is
        "z = [x for x in range(3)]",  # the x of a comprehension is its own
        "def area(r):\n    w = pi * r\n    return w",
        "w = 5",  # not the w of the function
        "pi = 3.14",
        "numpy.seterr(all='ignore')",  # changes no name of ours
        "log = []",
        "_ = log.append(1)",  # for what it does
    )
    kept = plain.setup(chapter, cells("print(area(x), y, log)"))
    assert [cell.id for cell in kept] == [
        f"c-{i}" for i in (0, 1, 2, 3, 4, 6, 8, 10, 11)
    ]


def test_an_edition_that_prints_something_else_is_named(book, made):
    for edition, number in zip(sources.EDITIONS, ("0.5", "0.6"), strict=True):
        notebook = made[book.notebook("small", edition)]
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.id == "small-005":
                cell.outputs = [new_output("stream", text=number)]
        path = book.notebook("small", edition)
        path.parent.mkdir(exist_ok=True)
        path.write_text(notebooks.dumps(notebook))
    (fault,) = notebooks.edition_faults("small", book)
    assert "small-005" in fault
    assert "'0.5'" in fault
    assert "'0.6'" in fault
