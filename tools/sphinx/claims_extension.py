"""Sphinx extension of this book: claims on the pages, and the ledger of all of them.

A cell stores its claim as data (`d2lutils.claims.MIME`). Here the data become document
nodes, in which citations, references and formulas resolve by themselves, and these
directives become tables of the claims of all pages:

    claims-ledger, claims-counts, claims-verdicts, claims-kinds, claims-sources,
    claims-reasons, claims-coverage, claims-uncovered, claims-passages NUMBER

What the five sources state is in chapters/passages.json (passages.py). A doubled claim,
a claim on one of the five that no passage lists, and a faulty file are warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import claims_tables as tables
import passages
import sources
from docutils import nodes
from html_nodes import add_renderer
from myst_nb.core.render import MimeData, NbElementRenderer
from passages import Passage
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinxcontrib.bibtex.citation_target import CitationTarget
from sphinxcontrib.bibtex.roles import CitationRef

from d2lutils.claims import KINDS, MIME, SOURCES, VERDICTS

FILE = Path("chapters", passages.FILE)

logger = logging.getLogger(__name__)


class claims_table(nodes.General, nodes.Element):
    """The place of a table that is made when all pages have been read."""


class ClaimsDomain(Domain):
    """The claims of all pages, by name, and the pages that list the sources."""

    name, label = "claims", "Claims"
    initial_data: dict = {"claims": {}, "places": {}, "passages": ()}  # noqa: RUF012

    @property
    def claims(self) -> dict[str, dict]:
        """Name to the claim's fields and its `docname`, in no order of the book."""
        return self.data["claims"]

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.data["passages"]

    @property
    def places(self) -> dict[str, str]:
        """Each source that has a `claims-passages`, and the page that it is on."""
        return self.data["places"]

    def note(self, claim: dict, location) -> None:
        name, page = claim["name"], self.env.docname
        if name in self.claims:
            logger.warning(
                "the claim %s stands in %s too: give each claim its own name",
                name,
                self.claims[name]["docname"],
                location=location,
                type="book",
                subtype="claim",
            )
        self.claims[name] = claim | {"docname": page}

    def in_order(self) -> list[dict]:
        """All claims, in the order of the table of contents."""
        order = {page: number for number, page in enumerate(reading_order(self.env))}
        last = len(order)
        found = self.claims.values()
        return sorted(found, key=lambda claim: order.get(claim["docname"], last))

    def passage_of(self, name: str) -> Passage | None:
        """The first passage that a claim answers."""
        return next((p for p in self.passages if name in p.claims), None)

    def clear_doc(self, docname: str) -> None:
        gone = [n for n, claim in self.claims.items() if claim["docname"] == docname]
        for name in gone:
            del self.claims[name]
        gone = [s for s, place in self.places.items() if place == docname]
        for source in gone:
            del self.places[source]

    def merge_domaindata(self, docnames, otherdata) -> None:
        for name, claim in otherdata["claims"].items():
            if claim["docname"] in docnames:
                self.claims[name] = claim
        for source, place in otherdata["places"].items():
            if place in docnames:
                self.places[source] = place

    def resolve_xref(self, env, fromdocname, builder, typ, target, node, contnode):
        """From the box of a claim to the passage that it answers."""
        source = self.claims[target]["source"]
        place, passage = self.places.get(source), self.passage_of(target)
        if place and passage:
            text = nodes.Text(contnode.astext())
            link = reference(builder, fromdocname, place, passage.anchor, text)
            link["reftitle"] = SOURCES[source]
            return link
        if place:
            logger.warning(
                "the claim %s is about source %s: name its passage in %s",
                target,
                source,
                FILE,
                location=node,
                type="book",
                subtype="claim",
            )
        return contnode

    def resolve_any_xref(self, env, fromdocname, builder, target, node, contnode):
        return []


def domain_of(env: BuildEnvironment) -> ClaimsDomain:
    return env.get_domain("claims")  # type: ignore[return-value]


def reading_order(env: BuildEnvironment) -> Iterator[str]:
    relations, page = env.collect_relations(), env.config.root_doc
    while page:
        yield page
        page = relations[page][2]


def reference(builder, page, target, anchor, *children) -> nodes.reference:
    """A reference from one page to a place on another one, or to its beginning."""
    address = builder.get_relative_uri(page, target) if target != page else ""
    address += f"#{anchor}" if anchor else ""
    return nodes.reference("", "", *children, internal=True, refuri=address)


def cite(key: str, page: str) -> pending_xref:
    """A citation without brackets, which sphinxcontrib-bibtex resolves."""
    return pending_xref(
        "",
        nodes.inline("", key),
        refdomain="cite",
        reftype="alp",
        reftarget=key,
        refdoc=page,
        refwarn=True,
    )


def source_of(claim: dict, env: BuildEnvironment, line: int) -> nodes.Node:
    """What the box of a claim says that it is about, still to be resolved."""
    number, page = claim["source"], env.docname
    if number in SOURCES:
        return pending_xref(
            "",
            nodes.inline("", tables.named(number)),
            refdomain="claims",
            reftype="passage",
            reftarget=claim["name"],
            refdoc=page,
        )
    cited = cite(number, page)
    cited["ids"].append(f"cited-by-{claim['name']}")
    targets = [CitationTarget(number, "", "")]
    found = CitationRef(cited["ids"][0], page, line, targets)
    env.get_domain("cite").citation_refs.append(found)  # type: ignore[attr-defined]
    return cited


class ClaimRenderer:
    """A plug-in of MyST-NB: the data of a claim become its box."""

    mime_priority_overrides: ClassVar[list] = [
        (builder, MIME, -1) for builder in ("html", "singlehtml", "dirhtml")
    ]

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        env = renderer.renderer.sphinx_env
        if data.mime_type != MIME or env is None:
            return None
        claim, line = dict(data.content), data.line or 0
        domain_of(env).note(claim, location=(env.docname, line))
        key = sources.KEY in data.cell_metadata.get("tags", ())
        return [tables.box(claim, source_of(claim, env, line), key)]


class ClaimsTable(SphinxDirective):
    """A table of claims or of what the sources state; its name says which."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        kind = self.name.removeprefix("claims-")
        argument = "".join(self.arguments)
        if kind == "passages":
            if argument not in SOURCES:
                raise self.error(
                    f"`claims-passages` must be given one of {', '.join(SOURCES)}, "
                    f"got {argument!r}"
                )
            domain_of(self.env).places[argument] = self.env.docname
        return [claims_table("", kind=kind, argument=argument)]


class MakeTables(SphinxPostTransform):
    default_priority = 5  # before references are resolved

    def run(self, **kwargs) -> None:
        for node in list(self.document.findall(claims_table)):
            node.replace_self(self.make(node["kind"], node["argument"]))

    def make(self, kind: str, argument: str) -> nodes.Node:
        domain, page = domain_of(self.env), self.env.docname
        claims, stated = domain.in_order(), domain.passages
        pages = {Path(claim["docname"]).name: claim["docname"] for claim in claims}
        place = next(iter(domain.places.values()), page)

        def link(target, anchor, *children):
            target = pages.get(target, target or place)
            return reference(self.app.builder, page, target, anchor, *children)

        makers = {
            "ledger": lambda: tables.ledger(
                claims, stated, link, lambda key: cite(key, page)
            ),
            "counts": lambda: tables.counts(claims),
            "verdicts": lambda: tables.listed(VERDICTS),
            "kinds": lambda: tables.listed(KINDS),
            "sources": lambda: tables.listed(SOURCES),
            "reasons": lambda: tables.listed(passages.REASONS),
            "coverage": lambda: tables.coverage(stated, link),
            "uncovered": lambda: tables.uncovered(stated, link),
            "passages": lambda: tables.of_source(argument, stated, claims, link),
        }
        return makers[kind]()


TABLES = (
    "ledger",
    "counts",
    "verdicts",
    "kinds",
    "sources",
    "reasons",
    "coverage",
    "uncovered",
    "passages",
)


def read_passages(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Read what the sources state; if that or a claim has changed, write all pages."""
    domain = domain_of(env)
    before = domain.data.get("seen")
    chapters = {n: Path(c["docname"]).name for n, c in domain.claims.items()}
    domain.data["passages"] = ()
    if domain.places:
        try:
            text = Path(app.srcdir, FILE).read_text(encoding="utf8")
            domain.data["passages"] = passages.read(text, SOURCES, chapters)
        except (OSError, ValueError) as error:
            logger.warning("%s", error, type="book", subtype="claim")
    domain.data["seen"] = (dict(domain.claims), domain.passages)
    return [] if before in (None, domain.data["seen"]) else list(env.found_docs)


ASK = (
    '<label class="ask-first"><input type="checkbox"/> Ask me what I believe before a '
    "verdict is shown</label>"
)


def offer_questions(app: Sphinx, page: str, template, context: dict, doctree) -> None:
    """Before the first box of a page, the choice to be asked first (book.js)."""
    body = context.get("body", "")
    if found := re.search(r'<div [^>]*class="claim claim-', body):
        start = found.start()
        context["body"] = f"{body[:start]}{ASK}{body[start:]}"


def setup(app: Sphinx) -> dict[str, bool]:
    add_renderer(app, ClaimRenderer)
    app.add_node(claims_table)
    app.add_domain(ClaimsDomain)
    for kind in TABLES:
        app.add_directive(f"claims-{kind}", ClaimsTable)
    app.add_post_transform(MakeTables)
    app.connect("env-updated", read_passages)
    app.connect("html-page-context", offer_questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
