"""Check our scripts and style sheets for what oxfmt and oxlint leave open: `python
tools/styles.py [FILE ...]`.

A line has at most 88 characters. A comment in a script stands on a line of its own,
where the build can take it out. A style sheet has no syntax error, says nothing twice
in one block (but for a fallback, right before what is better), and uses only variables
that it or the theme defines.
"""

import pathlib
import re
import sys

import tinycss2

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = (
    "d2lutils/interactive/*.js",
    "d2lutils/interactive/*.css",
    "chapters/_static/*.js",
)
OURS += ("chapters/_static/*.css", "tools/*.css", "tools/sphinx/*.js")
COLUMNS = 88
THEMES = ("--pst-", "--sd-", "--sbt-", "--jp-")


def too_long(lines):
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            yield number, f"{len(line)} characters, at most {COLUMNS}"


def comments_beside_code(lines):
    for number, line in enumerate(lines, 1):
        if re.search(r"\S.*\s// ", line) and not line.lstrip().startswith("//"):
            yield number, "a comment beside code: give it a line of its own"


def blocks(rules):
    """The declarations of each block of a parsed style sheet, errors among them."""
    for rule in rules:
        if rule.type == "error":
            yield [rule]
        elif (
            rule.type == "at-rule"
            and rule.content is not None
            and rule.at_keyword == "media"
        ):
            yield from blocks(tinycss2.parse_rule_list(rule.content, True, True))
        elif getattr(rule, "content", None) is not None:
            yield tinycss2.parse_blocks_contents(rule.content, True, True)


def style_faults(text):
    found = list(blocks(tinycss2.parse_stylesheet(text, True, True)))
    known = {d.name for block in found for d in block if d.type == "declaration"}
    for block in found:
        seen, last = set(), None
        for declaration in block:
            line = declaration.source_line
            if declaration.type == "error":
                yield line, declaration.message
                continue
            if declaration.type != "declaration":
                continue
            if declaration.name in seen and declaration.name != last:
                yield line, f"{declaration.name} stands twice in one block"
            seen.add(last := declaration.name)
            for name in re.findall(
                r"var\((--[\w-]+)", tinycss2.serialize(declaration.value)
            ):
                if name not in known and not name.startswith(THEMES):
                    yield line, f"{name} is defined nowhere"


def faults(path):
    """(line, what is wrong) of a script or a style sheet, in the order of its lines."""
    text = path.read_text(encoding="utf8")
    lines = text.splitlines()
    other = comments_beside_code(lines) if path.suffix == ".js" else style_faults(text)
    return sorted([*too_long(lines), *other])


def main():
    paths = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
    paths = paths or sorted(path for pattern in OURS for path in ROOT.glob(pattern))
    found = [(path, *fault) for path in paths for fault in faults(path)]
    for path, line, what in found:
        print(f"{path.relative_to(ROOT)}:{line}: {what}")
    if found:
        sys.exit(f"{len(found)} faults in scripts and style sheets.")


if __name__ == "__main__":
    main()
