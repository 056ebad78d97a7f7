"""A script as browsers get it: without what it has for people.

For scripts as oxfmt writes them, every statement with its semicolon. Comments, blanks
and line ends go, texts in pieces become one, and what a function calls its own gets a
short name.
"""

import itertools
import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping

_TOKEN = re.compile(
    r"(?P<blank>\s+|//[^\n]*)|(?P<word>[A-Za-z_$][\w$]*)"
    r"""|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"|(?P<number>(?:0x[\da-f]+|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?))"
    r"|(?P<sign>\.\.\.|=>|\*\*=?|[=!]==?|[<>]=|>>>|>>|<<|&&|\|\||\?\?=?|\?\.|\+\+|--"
    r"|[-+*/|^&%]=|.)",
    re.DOTALL,
)
_TEMPLATE = re.compile(r"[`}](?:\\.|(?!\$\{)[^`\\])*(?:`|\$\{)", re.DOTALL)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\n])+/[a-z]*")
_VALUE_ENDS = re.compile(r"""[\w$)\]}"`']$""")
_RESERVED = set(
    re.findall(
        r"\w+",
        """async await break catch const continue delete do else false finally for
        function if in instanceof let new null of return this throw true try typeof
        undefined var void while""",
    )
)
_SHORTER = {"true": ["!", "0"], "false": ["!", "1"], "undefined": ["void", "0"]}
_BEFORE_BLOCK = {")", "=>", ";", "{", "}", "", "else", "try", "finally", "do"}


def shorten(script: str, known: Mapping[str, str] | None = None) -> str:
    """A script as browsers get it.

    `known` are names that it shares with other scripts, and what they become in all of
    them.
    """
    parts, shared = _parts(_tokens(script)), known or {}
    kept = set(shared).union(*map(_outer, parts))
    return "\n".join(_joined(_bare(_renamed(part, kept, shared))) for part in parts)


def outer(script: str) -> set[str]:
    """The names that a script has for others."""
    return set().union(*map(_outer, _parts(_tokens(script))))


def shared_names(script: str) -> dict[str, str]:
    """Short forms of `outer` names, none of which `shorten` gives to anything else."""
    short = ("$" + name for name in _short_names())
    return dict(zip(sorted(outer(script)), short, strict=False))


def _tokens(script: str) -> list[str]:
    """Words, signs, numbers and texts; of a template its texts and its code."""
    found: list[str] = []
    braces: list[int] = []  # for each template that is open, braces within its code
    place = 0
    while place < len(script):
        sign, before = script[place], found[-1] if found else ""
        of_template = sign == "`" or (sign == "}" and bool(braces) and not braces[-1])
        if of_template:
            pattern = _TEMPLATE
        elif sign == "/" and script[place + 1] != "/" and _is_regex(before):
            pattern = _REGEX
        else:
            pattern = _TOKEN
        match = pattern.match(script, place)
        if match is None:
            raise ValueError(f"script must be JavaScript, got {script[place:][:40]!r}")
        place, token = match.end(), match[0]
        if match.lastgroup != "blank":
            found.append(token)
        if of_template:
            if sign == "}":
                braces.pop()
            if token.endswith("${"):
                braces.append(0)
        elif braces:
            braces[-1] += (token == "{") - (token == "}")
    return found


def _is_regex(before):
    return not _VALUE_ENDS.search(before) or before == "return"


def _parts(tokens: list[str]) -> list[list[str]]:
    """The statements of a script; those that are no function stand together."""
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        starts = token in ("function", "async") and parts[-1] not in ([], ["async"])
        if not depth and starts:
            parts.append([])
        parts[-1].append(token)
        depth += _opens(token) - _closes(token)
        if not depth and token == "}" and parts[-1][0] in ("function", "async"):
            parts.append([])
    return [part for part in parts if part]


def _opens(token):
    return token in ("(", "[", "{") or token.endswith("${")


def _closes(token):
    return token in (")", "]", "}") or (token[0] == "}" and token[-1] in "`{")


def _outer(part):
    """The names that a statement declares, but not those within it."""
    depth, names = 0, set()
    for before, token in itertools.pairwise(["", *part]):
        if not depth and before in ("function", "let", "const", ","):
            names.add(token)
        depth += _opens(token) - _closes(token)
    return names


def _kinds(tokens: list[str]) -> Iterator[str]:
    """Of each token: "name", "key", "both" for `a` in `{ a }`, or "" for all others."""
    around = ["block"]
    for before, token, after in zip(
        ["", *tokens], tokens, [*tokens[1:], ""], strict=False
    ):
        kind = ""
        if re.match(r"[A-Za-z_$]", token) and token not in _RESERVED - _SHORTER.keys():
            first = around[-1] == "object" and before in ("{", ",")
            if before in (".", "?.") or (first and after in (":", "(")):
                kind = "key"
            else:
                kind = "both" if first and after in (",", "}", "=") else "name"
        yield kind
        if _closes(token):
            around.pop()
        if token == "{":
            block = before in _BEFORE_BLOCK and not (
                before in ("{", "}", "") and around[-1] == "object"
            )
            around.append("block" if block else "object")
        elif _opens(token):
            around.append(token)


def _own(tokens: list[str], kinds: list[str]) -> set[str]:
    """The names that are declared somewhere within: variables and parameters."""
    names: set[str] = set()

    def pattern(start, stop):
        """Enter what a pattern or a list of parameters declares, without defaults."""
        depth, default = 0, None
        for i in range(start, stop):
            depth -= _closes(tokens[i])
            if default is not None and (
                depth < default or (depth == default and tokens[i] == ",")
            ):
                default = None
            if default is None and kinds[i] in ("name", "both"):
                names.add(tokens[i])
            if default is None and tokens[i] == "=":
                default = depth
            depth += _opens(tokens[i])

    def end(start):
        """The place after the bracket that closes the one at `start`."""
        depth = 0
        for i in range(start, len(tokens)):
            depth += _opens(tokens[i]) - _closes(tokens[i])
            if not depth:
                return i + 1
        return len(tokens)

    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else ""
        if after == "=>" and kinds[i] == "name":
            names.add(token)
        elif token == "(":
            stop = end(i)
            before = tokens[max(0, i - 2) : i]
            method = kinds[i - 1] == "key" and tokens[stop : stop + 1] == ["{"]
            if tokens[stop : stop + 1] == ["=>"] or "function" in before or method:
                pattern(i + 1, stop - 1)
        elif token in ("const", "let"):
            j = i + 1
            while True:
                stop = end(j) if _opens(tokens[j]) else j + 1
                pattern(j, stop)
                while stop < len(tokens) and tokens[stop] not in (",", ";", ")", "of"):
                    stop = end(stop) if _opens(tokens[stop]) else stop + 1
                if tokens[stop : stop + 1] != [","]:
                    break
                j = stop + 1
        elif token in ("function", "catch") and kinds[i + 1] == "name":
            names.add(after)
    return names


def _short_names():
    for length in (1, 2):
        for letters in itertools.product(string.ascii_letters, repeat=length):
            yield "".join(letters)


def _renamed(tokens: list[str], kept: set[str], shared: Mapping[str, str]) -> list[str]:
    """The same tokens with short names, the most frequent ones with the shortest."""
    kinds = list(_kinds(tokens))
    own = _own(tokens, kinds) - kept
    known = zip(tokens, kinds, strict=True)
    counts = Counter(token for token, kind in known if kind in ("name", "both"))
    taken = (counts.keys() - own) | kept | _RESERVED
    free = (name for name in _short_names() if name not in taken)
    names = dict(shared)
    for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if name in own:
            names[name] = next(free)
    renamed = []
    for token, kind in zip(tokens, kinds, strict=True):
        short = names.get(token, token)
        if token in _SHORTER and kind == "name":
            renamed += _SHORTER[token]
        elif kind == "name":
            renamed.append(short)
        elif kind == "both" and short != token:
            renamed += [token, ":", short]
        else:
            renamed.append(token)
    return renamed


def _bare(tokens: list[str]) -> list[str]:
    """Without the brackets around all that an arrow or a `return` gives."""
    dropped = set()
    for i, pair in enumerate(itertools.pairwise(tokens), start=1):
        if pair not in (("=>", "("), ("return", "(")) or tokens[i + 1] == "{":
            continue
        depth, j, listed = 1, i, False
        while depth:
            j += 1
            depth += _opens(tokens[j]) - _closes(tokens[j])
            listed = listed or (depth == 1 and tokens[j] == ",")
        after = tokens[j + 1] if j + 1 < len(tokens) else ";"
        if not listed and (after in (",", ";") or _closes(after)):
            dropped |= {i, j}
    return [token for k, token in enumerate(tokens) if k not in dropped]


def _joined(tokens: list[str]) -> str:
    """The tokens with as few blanks and signs between them as possible."""
    script: list[str] = []
    declares = [False]  # for each bracket that is open, whether a list of names is
    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else ""
        last = script[-1] if script else ""
        if _closes(token):
            declares.pop()
        if token in ("const", "let"):
            if declares[-1]:
                script[-1] = ","  # one list of names in place of two
                continue
            token, declares[-1] = "let", True  # oxlint has seen that none is changed
        elif declares[-1] and token == ";":
            declares[-1] = after in ("const", "let")
        if _opens(token):
            declares.append(False)
        if (token, after) == (";", "}") or (token == "," and after in (")", "]", "}")):
            continue
        if re.match(r"\d+\.\d", token):
            token = token.removesuffix(".0").lstrip("0") or "0"
        if last == "+" and len(script) > 1 and script[-2][-1] == token[0] in '"`':
            script[-2:] = [script[-2][:-1] + token[1:]]  # a text in pieces
            continue
        words = re.search(r"[\w$]$", last) and re.match(r"[\w$]|\.\d", token)
        if words or (last in ("+", "-", "++", "--") and token[0] == last[-1]):
            script.append(" ")
        script.append(token)
    return "".join(script)
