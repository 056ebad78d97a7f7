"""Check the spelling of the book's prose: `python tools/spelling.py [FILE ...]`.

Chapters with their captions and alternative texts, pages and the other Markdown files
are read without their code and formulas. A word is right if the dictionary or
tools/words.txt has it. The book is written in British English, with -ise, except in
titles, which stand in italics, and in quotations.
"""

import pathlib
import re
import sys

from spellchecker import SpellChecker

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORDS = ROOT / "tools" / "words.txt"
PAGES = ("*.md", ".github/*.md", "chapters/*.md", "chapters/sources/*.md")

# What is no prose, in the order in which it is taken out.
REMOVED = [
    re.compile(r"\A---\n.*?\n---\n", re.DOTALL),  # front matter
    # the marks around exercises and folds, but not what stands between them
    re.compile(r"^(`{3,})\{[\w-]+\}.*\n(?::.*\n)*\1$", re.MULTILINE),
    re.compile(
        r"^(`{3,})(?!`|\{(?!math|eval-rst)).*?^\1`*$", re.DOTALL | re.MULTILINE
    ),  # code
    re.compile(r"^(?:`{3,}|:::|:[\w-]+:|\([\w-]+\)=|\{[\w-]+\}).*$", re.MULTILINE),
    re.compile(
        r"(?:\{[\w:-]+\})?(`+)(?!`)(?:(?!\n\n).)*?\1(?!`)", re.DOTALL
    ),  # roles and code
    re.compile(
        r"\$\$.*?\$\$(?: *\([\w-]+\))?|\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL
    ),
    re.compile(r"(?<!\\)\$(?:(?!\n\n)[^$])*\$"),
    re.compile(r"<[^>]*>|&\w+;"),
    re.compile(r"\]\([^)]*\)|https?://\S+|(?:[\w.-]+/)+[\w.-]*|\b[\w-]+\.\w{2,5}\b"),
    re.compile(r"\b(?:CVE|GHSA)-[\w-]+"),
]
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
QUOTED = re.compile(r"\*[^*]+\*|\"[^\"]+\"")
AMERICAN = re.compile(
    r"(?!(?:re|over|down|cap|un|as)?(?:siz|priz|seiz)(?:e|es|ed|er|ers|ing|able)$)"
    r"\w{3,}[iy]z(?:e|es|ed|er|ers|ing|able|ation|ations|ational)"
    r"|(?:un|re)?(?:col|behavi|neighb|fav|hon|flav)or(?:s|ed|ing|ings|able|al|hoods?|ites?)?"
    r"|cent(?:er|ered|ers)|gray(?:ish)?|(?:mod|lab|trav|canc|lev|sign)el(?:ed|ing|ings|er|ers)"
)

# What the dictionary, an American one, needs to know of the other spelling.
BRITISH = [
    (re.compile(r"([iy])s(es?|ed|ers?|ing|able|ations?|ational)$"), r"\1z\2"),
    (re.compile(r"our(?=(?:s|ed|ings?|able|al|ites?|hoods?)?$)"), "or"),
]


def prose(path):
    """What a reader reads of a Markdown file: its text, and the captions and
    alternative texts of its figures.
    """
    text = path.read_text(encoding="utf8")
    if "{code-cell}" in text and path.parent.name == "sources":
        from sources import read

        cells = read(path)
        texts = [cell.text for cell in cells if cell.kind == "markdown"]
        for cell in cells:
            texts += [cell.figure.get("caption"), cell.alt]
        text = "\n\n".join(filter(None, texts))
    for pattern in REMOVED:
        text = pattern.sub(" ", text)
    return text


def misspelt(text, words, dictionary):
    """The words of a text that are wrong, in the order in which they come; each once.

    words: allowed besides the dictionary; one with a capital is allowed only as it
    stands.
    """
    wrong, ours = [], set(WORD.findall(QUOTED.sub(" ", text)))
    for word in dict.fromkeys(WORD.findall(text)):
        plain = re.sub(r"['’]s$", "", word)
        if len(plain) < 3 or plain.isupper() or {plain, plain.lower()} & words:
            continue
        american = word in ours and AMERICAN.fullmatch(plain.lower())
        forms = [plain.lower(), *(a.sub(b, plain.lower()) for a, b in BRITISH)]
        if american or not dictionary.known(forms):
            wrong.append(word)
    return wrong


def main():
    words = set(WORDS.read_text(encoding="utf8").split())
    dictionary = SpellChecker(language="en")
    paths = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
    paths = paths or sorted(path for pattern in PAGES for path in ROOT.glob(pattern))
    found = 0
    for path in paths:
        lines = path.read_text(encoding="utf8").splitlines()
        for word in misspelt(prose(path), words, dictionary):
            where = next(
                (
                    n
                    for n, line in enumerate(lines, 1)
                    if re.search(rf"\b{word}\b", line)
                ),
                1,
            )
            print(f"{path.relative_to(ROOT)}:{where}: {word}")
            found += 1
    if found:
        sys.exit(
            f"{found} words that neither the dictionary nor tools/words.txt has, or "
            "that are not British."
        )


if __name__ == "__main__":
    main()
