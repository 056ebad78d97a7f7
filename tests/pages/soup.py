"""Pages as trees to look at: each is parsed once, as that takes longer than the tests."""

import functools

from bs4 import BeautifulSoup


def parse(path):
    """The tree of a page, which others look at, too: change nothing."""
    return _parsed(path.resolve(), path.stat().st_mtime_ns)


@functools.cache
def _parsed(path, _):
    return BeautifulSoup(path.read_text(encoding="utf8"), "html.parser")


def code_of(block):
    """The code in a block, without line numbers and the links back to the reference."""
    extras = block.find_all(class_=["viewcode-back", "linenos"])
    besides = {id(text) for extra in extras for text in extra.find_all(string=True)}
    return "".join(t for t in block.find_all(string=True) if id(t) not in besides)
