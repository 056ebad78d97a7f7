"""Code that stands open on a page uses no name that only folded code defines.

Who skips what is folded (asides and proofs, the code of claims and of figures) must be
able to follow the code that is left. So the last definition of each name that open code
uses stands in open code before it, or among the imports. The same holds for exercises
and solutions, which may use what they define themselves. To mend a page: take the
definition out of the fold, put its user into the fold, or repeat a short line.
"""

import folding
import notebooks
import pytest
import sources
from front_matter import HEAD
from plain import _slices, blocks

BOOK = notebooks.Book()
APART = ("exercise", "solution")


def places(cells):
    """(cell, folded, apart) of each cell of code; apart : the exercise or solution that
    it stands in, None outside of them.
    """
    beside, apart = False, None
    for cell in cells:
        if cell.kind == "code":
            part = folding.part(cell.text, bool(cell.figure))
            yield cell, beside or part in ("claim", "figure"), apart
            continue
        for block in blocks(cell.text):
            what, _, end = block.kind.rpartition("-")
            if what in APART:
                apart = (cell.id, block.kind) if end == "start" else None
            elif what == "beside":
                beside = end == "start"


def hidden_names(cells, edition):
    """{name: ids of the open cells} of names whose last definition is folded."""
    folded_at, found = {}, {}
    for cell, folded, apart in places(cells):
        names = _slices._names(cell.code(edition))
        if not folded:
            for name in names.free:
                inner = folded_at.get((apart, name))
                if folded_at.get((None, name), False) if inner is None else inner:
                    found.setdefault(name, []).append(cell.id)
        folded_at |= dict.fromkeys(
            ((apart, name) for name in names.binds), folded and apart is None
        )
    return found


@pytest.mark.parametrize("page", BOOK.names())
def test_open_code_stands_without_the_folds(page):
    cells = tuple(BOOK.cells(page))
    found = hidden_names(cells, sources.MXNET) | hidden_names(cells, sources.PYTORCH)
    assert not found, f"{page}: defined in folded code only, used in: {found}"


TEXT = """
```{code-cell} ipython3
a = b = 1
```
```{beside-start} Beside: more
```
```{code-cell} ipython3
c = a
b = 2
```
```{code-cell} ipython3
print(c)
```
```{beside-end}
```
"""


@pytest.mark.parametrize(
    ("code", "hidden"),
    [
        ("print(a)", []),
        ("print(c)", ["c"]),
        ("print(b)", ["b"]),  # a reader who skips the fold sees another value
        ("b = 3\nprint(b)", []),
        ("def f(c):\n    return c + a", []),
        ("def f(x):\n    return c + x", ["c"]),
    ],
)
def test_what_is_found(tmp_path, code, hidden):
    path = tmp_path / "page.md"
    cell = f"```{{code-cell}} ipython3\n{code}\n```\n"
    exercise = "```{exercise-start} One\n:label: ex-one\n```\n"
    for text in (cell, exercise + cell + "```{exercise-end}\n```\n"):
        path.write_text(HEAD + TEXT + text, encoding="utf8")
        assert list(hidden_names(sources.read(path), sources.MXNET)) == hidden
