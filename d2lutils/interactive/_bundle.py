"""The figures' script and style sheet, for the book's pages and for a notebook."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from pathlib import Path

_FOLDER = Path(__file__).parent

_LOADER = """\
(function () {
"use strict";
%s
const figures = {};
%s
// The part of anywidget's model that the figures use: in the book there is no kernel.
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
})();
"""

# What a script has for people: comments and indentation, and line ends where the
# formatter needed them. Those within a text would be lost, too: no text in these files
# has one.
_FOR_PEOPLE = [
    (re.compile(r"^[ \t]*//.*\n|^[ \t]+|\n(?=\n)", re.MULTILINE), ""),
    (re.compile(r"` \+\n`"), ""),  # a sentence in pieces
    (re.compile(r",?\n(?=[)\]}])|(?<=[(\[{,;=>&|])\n|\n(?=[?:.])"), ""),
]


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
    figures = "\n".join(
        f'figures["{kind}"] = (function () {{\n{script}\nreturn render;\n}})();'
        for kind, script in _scripts().items()
        if kind in kinds
    )
    style = (_FOLDER / "figure.css").read_text(encoding="utf8")
    return _LOADER % (_shorten(common()), figures), style


@functools.cache
def common() -> str:
    """What all figures share: the scripts whose names begin with an underscore."""
    paths = sorted(_FOLDER.glob("_*.js"))
    return "\n".join(path.read_text(encoding="utf8") for path in paths)


@functools.cache
def _scripts():
    """The script of each kind of figure."""
    paths = [p for p in _FOLDER.glob("*.js") if not p.stem.startswith("_")]
    return {path.stem: _shorten(path.read_text(encoding="utf8")) for path in paths}


def _shorten(script):
    """A script of the interactive figures as browsers get it."""
    for pattern, instead in _FOR_PEOPLE:
        script = pattern.sub(instead, script)
    return script
