"""The text sources of the chapters: cells of text and code, and their PyTorch twins.

In `chapters/sources/NAME.md` a code cell that takes MXNet may be followed by its twin,
a cell tagged `pytorch` that does and prints the same. A twin is no cell of its own: it
has the place, the caption and the id of the cell before it.
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nbformat

KERNEL = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
TWIN = "pytorch"
KEY = "key"  # the tag of a claim that carries its page's argument


@dataclass(frozen=True)
class Edition:
    """The book in one framework.

    Attributes
    ----------
    name : str
        The framework's name, for people.
    folder : str
        Where its notebooks lie in `chapters`.
    """

    name: str
    folder: str


MXNET, PYTORCH = EDITIONS = (Edition("MXNet", ""), Edition("PyTorch", "pytorch"))


@dataclass(frozen=True)
class Cell:
    """A cell of a source.

    Attributes
    ----------
    id : str
        The source's name and a number.
    kind : {"code", "markdown"}
    text : str
        Of a code cell, that with MXNet.
    metadata : mapping
        Tags, caption and alternative text.
    twin : str
        The code with PyTorch, if that is another.
    """

    id: str
    kind: str
    text: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    twin: str = ""

    def code(self, edition: Edition) -> str:
        return self.twin if edition is PYTORCH and self.twin else self.text

    @property
    def figure(self) -> Mapping[str, str]:
        """Caption and name of the figure that the cell draws; empty without one."""
        return self.metadata.get("mystnb", {}).get("figure", {})

    @property
    def alt(self) -> str:
        """The alternative text of the figure."""
        return self.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


def read(path: pathlib.Path) -> tuple[Cell, ...]:
    """The cells of a source. ValueError names a twin that is none."""
    import jupytext  # here, so that a test of the notebooks alone does without it

    cells: list[Cell] = []
    for cell in jupytext.read(path).cells:
        identity = f"{path.stem}-{len(cells):03d}"
        metadata = {k: v for k, v in cell.metadata.items() if k in ("tags", "mystnb")}
        if TWIN not in metadata.get("tags", ()):
            cells.append(Cell(identity, cell.cell_type, cell.source, metadata))
            continue
        before = cells[-1] if cells else Cell("", "markdown", "")
        if before.kind != "code" or before.twin:
            raise ValueError(
                f"{path.name}: a {TWIN} cell must follow the cell that it replaces, "
                f"got it after {before.id or 'nothing'}"
            )
        if cell.source == before.text or metadata != {"tags": [TWIN]}:
            raise ValueError(
                f"{path.name}: the {TWIN} cell after {before.id} must have other code "
                "than that cell, and no metadata but its tag"
            )
        fields = vars(before) | {"twin": cell.source}
        cells[-1] = Cell(**fields)
    return tuple(cells)


def has_edition(cells: Sequence[Cell], edition: Edition) -> bool:
    """Whether cells of a chapter make notebooks of an edition of their own."""
    return edition is MXNET or any(cell.twin for cell in cells)


def notebook(cells: list[Any]) -> Any:
    """A notebook of cells of nbformat, with the metadata that ours have."""
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    made.nbformat, made.nbformat_minor = 4, 5
    return made


def code_cell(identity: str, text: str, tags: tuple[str, ...] = ()) -> Any:
    metadata = {"tags": list(tags)} if tags else {}
    cell = nbformat.v4.new_code_cell(text, id=identity)
    cell.metadata = nbformat.from_dict(metadata)
    return cell


def text_cell(identity: str, text: str) -> Any:
    return nbformat.v4.new_markdown_cell(text, id=identity)
