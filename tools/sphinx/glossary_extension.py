"""Sphinx extension of this book: the first use of a glossary term links to its entry.

That is in each chapter. A term is found in the singular and the plural, with blanks or
hyphens, and at the start of a sentence; a capital in the glossary is a capital in the
text. Where two terms begin, the longer one counts. Other forms of a term are further
terms of its entry (the `glossary` directive takes several), and phrases in which a term
means something else stand in `glossary_other_senses` of _config.yml.
"""

import re
from itertools import groupby

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import solution_node

# Running prose is the plain and the emphasised text of paragraphs that are in none of
# these.
BOXES = (
    nodes.admonition,
    nodes.container,
    nodes.figure,
    nodes.table,
    nodes.title,
    nodes.reference,
    solution_node,
)
PROSE = (nodes.paragraph, nodes.emphasis, nodes.strong)

PLURALS = {"um": "(?:um|a)", "ix": "(?:ix|ices)", "y": "(?:y|ies)", "": "(?:e?s)?"}
DASHES = "‐‑–-"


def pattern(term):
    """A regular expression for the uses of a term."""
    words = []
    for word in re.split(rf"[\s{DASHES}]+", term):
        ending = next(filter(word.endswith, PLURALS))
        first, rest = word[0], word[1:].removesuffix(ending)
        first = f"[{first}{first.upper()}]" if first.islower() else re.escape(first)
        words.append(first + re.sub("['’]", "['’]", re.escape(rest)) + PLURALS[ending])
    return rf"[\s{DASHES}]+".join(words)


def finder(terms):
    """A function that yields (start, end, term) for each use of a term in a text."""
    terms = sorted(terms, key=len, reverse=True)
    alternatives = "|".join(f"({pattern(term)})" for term in terms)
    uses = re.compile(rf"(?<![\w{DASHES}])(?:{alternatives})(?![\w{DASHES}])").finditer
    return lambda text: (
        (use.start(), use.end(), terms[use.lastindex - 1]) for use in uses(text)
    )


def first_sentence(definition):
    """The first sentence of a definition, without the "see ..." at its end."""
    return re.match(r".+?(?=: see |\.\s|\.?$)", definition)[0] + "."


def read_glossary(app, env):
    """Keep page, anchor and first sentence of each term's entry.

    If they have changed, all pages are written.
    """
    glossary = {}
    for page in sorted(
        {
            page
            for _, _, kind, page, *_ in env.get_domain("std").get_objects()
            if kind == "term"
        }
    ):
        for listed in env.get_doctree(page).findall(addnodes.glossary):
            for item in listed.findall(nodes.definition_list_item):
                *terms, definition = item.children
                entry = (
                    page,
                    terms[0]["ids"][0],
                    first_sentence(definition[0].astext().replace("\n", " ")),
                )
                glossary |= {term.astext(): entry for term in terms}
    changed = glossary != getattr(env, "glossary_entries", {})
    env.glossary_entries = glossary
    return env.all_docs if changed else []


class LinkFirstUses(SphinxPostTransform):
    default_priority = 900  # after all other links, which are left alone

    def run(self, **kwargs):
        page, glossary = self.env.docname, self.env.glossary_entries
        if not glossary or not self.env.toc_secnumbers.get(
            page
        ):  # chapters are the pages with a number
            return
        find, linked = finder([*glossary, *self.config.glossary_other_senses]), set()
        for text in prose(self.document):
            pieces, done = [], 0
            for start, end, term in find(text):
                if term in glossary and glossary[term] not in linked:
                    linked.add(glossary[term])
                    pieces += [
                        nodes.Text(text[done:start]),
                        self.link(page, text[start:end], *glossary[term]),
                    ]
                    done = end
            if pieces:
                text.parent.replace(text, [*pieces, nodes.Text(text[done:])])

    def link(self, page, text, glossary, anchor, definition):
        address = f"{self.app.builder.get_relative_uri(page, glossary)}#{anchor}"
        return nodes.reference(
            "",
            text,
            internal=True,
            refuri=address,
            reftitle=definition,
            classes=["glossary-term"],
        )


def prose(document):
    """The texts of a page that are running prose.

    They are not in headings, captions, code, formulas, links and boxes.
    """
    for node in list(document.findall(lambda node: isinstance(node, PROSE))):
        # MyST makes one text of each line.
        runs = groupby(node.children, lambda child: isinstance(child, nodes.Text))
        node[:] = [
            child
            for text, run in runs
            for child in ([nodes.Text("".join(run))] if text else run)
        ]
    return [
        text
        for text in document.findall(nodes.Text)
        if isinstance(text.parent, PROSE) and not in_box(text)
    ]


def in_box(node):
    while node and not isinstance(node, BOXES):
        node = node.parent
    return node is not None


def setup(app):
    app.add_config_value("glossary_other_senses", [], "html", [list])
    app.connect("env-updated", read_glossary)
    app.add_post_transform(LinkFirstUses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
