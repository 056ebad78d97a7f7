"""The figures' script and style sheet, for the book's pages and for a notebook."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path

from d2lutils.interactive._parameters import controls

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
# A constant of one line and the one that follows.
_CONSTANTS = re.compile(r"^(( *)const [^\n]*);\n\2const ", re.MULTILINE)
_KEYS = re.compile(r'"(\w+)":')
_BLANKS = [
    (re.compile(r" (?=[=*/<>?:&|,;{}()\[\]])|(?<=[=*/<>?:&|,;{}()\[\]]) "), ""),
    (re.compile(r"\bconst\b"), "let"),  # oxlint has seen that none is changed
    # Of two signs + or - would become one.
    (re.compile(r"(^|[\w)\]]) ([+-]) (?=[\w(\[.]|$)"), r"\1\2"),
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
        f'figures["{kind}"] = (function () {{\n{_table(kind)}{script}\n'
        "return render;\n})();"
        for kind, script in _scripts().items()
        if kind in kinds
    )
    style = (_FOLDER / "figure.css").read_text(encoding="utf8")
    return shorten(_LOADER) % (shorten(common()), figures), style


@functools.cache
def common() -> str:
    """What all figures share: the scripts whose names begin with an underscore."""
    paths = sorted(_FOLDER.glob("_*.js"))
    return "\n".join(path.read_text(encoding="utf8") for path in paths)


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
    return {kind: shorten(_read(kind)) for kind in kinds}


def shorten(script: str) -> str:
    """A script as browsers get it: without what it has for people.

    For scripts in which no text has a line end or a ``'``, as oxfmt writes them.
    """
    while (joined := _CONSTANTS.sub(r"\1,", script)) != script:
        script = joined
    script = "\n".join(map(_tighten, script.split("\n")))
    for pattern, instead in _FOR_PEOPLE:
        script = pattern.sub(instead, script)
    return script


def _tighten(line):
    """A line without the blanks around signs, but for those within texts."""
    line = line.lstrip()
    if "'" in line or line.startswith("//"):
        return line
    parts, start, place = [], 0, 0
    try:
        while place < len(line):
            end = _end_of_text(line, place)
            if end > place:
                parts += [_without_blanks(line[start:place]), line[place:end]]
                start = end
            place = max(end, place + 1)
    except (IndexError, ValueError):  # the text goes on in the next line
        return line
    return "".join([*parts, _without_blanks(line[start:])])


def _end_of_text(line, place):
    """Where the text ends that begins there; the place itself if none does."""
    if line[place] == '"':
        return line.index('"', place + 1) + 1
    if line[place] != "`":
        return place
    depth, place = 0, place + 1  # within how many braces of code
    while depth or line[place] != "`":
        if depth and line[place] in '"`':
            place = _end_of_text(line, place)
            continue
        if line.startswith("${", place):
            depth, place = depth + 1, place + 1
        elif depth:
            depth += (line[place] == "{") - (line[place] == "}")
        place += 1
    return place + 1


def _without_blanks(code):
    for pattern, instead in _BLANKS:
        code = pattern.sub(instead, code)
    return code
