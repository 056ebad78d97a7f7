"""The blocks of a text in MyST Markdown, as its parser sees them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

EXTENSIONS = {"amsmath", "colon_fence", "deflist", "dollarmath"}
DIRECTIVE = re.compile(r"\{([a-z:-]+)\}\s*(.*)")


@dataclass(frozen=True)
class Block:
    """A block at the top level of a text.

    Attributes
    ----------
    kind : str
        Name of a directive, or "label", "heading", "equation", "text".
    text : str
        The body of a directive, the name of a label, else the block as it is written.
    argument : str
        What follows the directive's name, or the level of a heading, or the label of
        an equation.
    options : mapping
        Those of a directive.
    """

    kind: str
    text: str
    argument: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@functools.cache
def _parser():
    from markdown_it.renderer import RendererHTML
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    return create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a text, in order."""
    lines = text.split("\n")
    for token in _parser().parse(text):
        if token.level or token.nesting < 0 or token.map is None:
            continue
        written = "\n".join(lines[token.map[0] : token.map[1]]).strip("\n")
        directive = DIRECTIVE.match(token.info)
        if token.type in ("fence", "colon_fence") and directive:
            name, argument = directive.groups()
            yield _directive(name, argument, token.content)
        elif token.type == "myst_target":
            yield Block("label", token.content)
        elif token.type == "heading_open":
            yield Block("heading", written.lstrip("# "), token.tag[1:])
        elif token.type == "math_block_label":
            yield Block("equation", token.content.strip("\n"), token.info)
        else:
            yield Block("text", written)


def _directive(name, argument, content):
    options, lines = {}, content.strip("\n").split("\n")
    while lines and (option := re.fullmatch(r":([a-z_-]+):\s*(.*)", lines[0])):
        options[option[1]] = option[2]
        lines.pop(0)
    return Block(name, "\n".join(lines).strip("\n"), argument.strip(), options)
