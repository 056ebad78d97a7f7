"""The figures' script and style sheet, for the book's pages and for a notebook."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path

from d2lutils.interactive._parameters import controls
from d2lutils.interactive._shorten import shared_names, shorten

_FOLDER = Path(__file__).parent

# The part of anywidget's model that the figures use: in the book there is no kernel.
_WAKE = """\
function createModel(state) {
  const listeners = {};
  return {
    get: (key) => state[key],
    set(key, value) {
      if (state[key] === value) return;
      state[key] = value;
      (listeners["change:" + key] || []).forEach((listener) => listener());
    },
    on: (event, listener) => (listeners[event] = listeners[event] || []).push(listener),
    off: (event) => delete listeners[event],
    save_changes() {},
  };
}
const asleep = ".d2lutils-figure[data-figure]:not(.fig-alive)";
document.querySelectorAll(asleep).forEach((el) => {
  const render = figures[el.dataset.figure];
  if (render) render({ model: createModel(JSON.parse(el.dataset.state)), el });
});
"""
_KEYS = re.compile(r'"(\w+)":')


def bundle(kinds: Iterable[str] | None = None) -> tuple[str, str]:
    """One classic script and one style sheet that bring figures to life.

    The script finds the elements that `Figure.html` writes, wherever they stand in the
    document. It is a classic script, because browsers refuse modules on ``file://``.

    Parameters
    ----------
    kinds : iterable of str, optional
        The figures that the script is for; all of them by default.

    Returns
    -------
    tuple of str
        Script and style.

    Raises
    ------
    ValueError
        For a kind that is none.
    """
    chosen = tuple(sorted(_scripts() if kinds is None else set(kinds)))
    for kind in chosen:
        if kind not in _scripts():
            names = ", ".join(sorted(_scripts()))
            raise ValueError(f"kinds must be among {names}, got {kind!r}")
    return _bundle(chosen)


@functools.cache
def _bundle(kinds):
    figures = [
        f'figures["{kind}"] = (function () {{\n{shorten(_table(kind))}{script}\n'
        "return render;\n})();"
        for kind, script in _scripts().items()
        if kind in kinds
    ]
    parts = [
        '(function () {\n"use strict";',
        shorten(common(), _shared()),
        "const figures = {};",
    ]
    parts += [*figures, shorten(_WAKE), "})();\n"]
    style = (_FOLDER / "figure.css").read_text(encoding="utf8")
    return "\n".join(parts), style


@functools.cache
def common() -> str:
    """What all figures share: the scripts whose names begin with an underscore."""
    paths = sorted(_FOLDER.glob("_*.js"))
    return "\n".join(path.read_text(encoding="utf8") for path in paths)


@functools.cache
def _shared():
    """What the names are called in a bundle that figures have from `common`."""
    return shared_names(common())


def _table(kind):
    table = json.dumps(controls(kind), ensure_ascii=False, separators=(",", ":"))
    return "const parameters=" + _KEYS.sub(r"\1:", table) + ";\n"


def own(kind: str) -> str:
    """A figure's table of parameters, its numbers, and its picture."""
    return _table(kind) + _read(kind)


def _read(kind):
    """``KIND.js``, and before it ``KIND.numbers.js`` and the like, where there are."""
    paths = [*sorted(_FOLDER.glob(f"{kind}.*.js")), _FOLDER / f"{kind}.js"]
    return "\n".join(path.read_text(encoding="utf8") for path in paths)


@functools.cache
def _scripts():
    """The script of each kind of figure."""
    stems = [p.stem for p in sorted(_FOLDER.glob("*.js"))]
    kinds = [stem for stem in stems if stem[0] != "_" and "." not in stem]
    known = _shared() | {"parameters": "parameters"}
    return {kind: shorten(_read(kind), known) for kind in kinds}
