"""Claims and what the book says about them, as docutils nodes: boxes and tables.

A claim is a dictionary with the fields of `d2lutils.claims.Claim` and, in the tables,
`docname`: the page it stands on. `link(page, anchor, children)` makes a reference, and
`cite(key)` one to the bibliography; both are the extension's (claims_extension.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from docutils import nodes
from html_nodes import element, html, mark, rich
from passages import REASONS, Passage

from d2lutils.claims import KINDS, SOURCES, SYMBOLS, VERDICTS, Claim

Link = Callable[..., nodes.Node]


def named(source: str) -> str:
    """What a box calls one of the five sources: "Recht (slides)"."""
    found = re.fullmatch(r"([^,]+).*( \([^)]*\))", SOURCES[source])
    return "".join(found.groups()) if found else SOURCES[source]


def symbol(verdict: str) -> element:
    """The sign of a verdict; who listens hears the word that follows it."""
    return html("span", SYMBOLS[verdict], **{"aria-hidden": "true"})


def box(claim: Mapping[str, str], source: nodes.Node, key: bool = True) -> element:
    """The box of a claim, as `d2lutils.claims.Claim` draws it in JupyterLab; of one
    that is not key to its page, a line that unfolds.

    source: the node that names and links what the claim is about.
    """
    stored, verdict = Claim(**claim), claim["verdict"]
    kind = "" if stored.kind == "evidence" else f" ({stored.kind})"
    name = f"claim-{claim['name']}"
    shown = f" {verdict.capitalize()}{kind}"
    said = [symbol(verdict), shown, mark(name, "claim"), " "]
    where = nodes.inline("", "", source, classes=["claim-source"])
    parts = []
    for Class, before, text in stored.told():
        line = [nodes.strong("", f"{before}:"), " ", *rich(text)]
        parts.append(html("p", *line, Class=Class))
    value, condition = stored.result()
    measured, checked = nodes.strong("", value), f", checked: {condition}."
    parts.append(html("p", "Measured: ", measured, checked, Class="claim-measured"))
    classes = ["claim", f"claim-{verdict}"]
    classes += [f"claim-{stored.kind}"] if kind else []
    statement = rich(claim["statement"])
    if key:
        parts.insert(0, html("p", *said, where, Class="claim-verdict"))
        parts.insert(1, html("p", *statement, Class="claim-statement"))
        return html("div", *parts, ids=[name], Class=" ".join(classes))
    sign, word, link, gap = said  # a summary must not hold a link
    line = [html("span", sign, word, Class="claim-sign"), gap, *statement]
    about = html("p", "About: ", where, " ", link, Class="claim-about")
    whole = [html("summary", *line), about, *parts]
    classes.append("claim-line")
    return html("details", *whole, ids=[name], Class=" ".join(classes))


def table(
    kind: str, caption: str, columns: Iterable[nodes.Node | str], *bodies: element
) -> element:
    """A table in a box of its own, which scrolls where the screen is too narrow."""
    heads = [html("th", c, scope="col") if c else html("td") for c in columns]
    head = html("thead", html("tr", *heads))
    whole = html("table", html("caption", caption), head, *bodies, Class=kind)
    return html("div", whole, Class="pst-scrollable-table-container")


def row(head: Iterable[nodes.Node | str], *cells: Iterable, ids=()) -> element:
    header = html("th", *head, scope="row")
    return html("tr", header, *(html("td", *cell) for cell in cells), ids=ids)


def joined(separator: Callable[[], nodes.Node], parts: Iterable) -> list[nodes.Node]:
    """The parts, with a new separator between each two."""
    spread = [node for part in parts for node in (separator(), part)]
    return spread[1:]


def to_claim(claim: Mapping[str, str], link: Link, *children: nodes.Node) -> nodes.Node:
    return link(claim["docname"], f"claim-{claim['name']}", *children)


def verdict_of(claim: Mapping[str, str]) -> list[nodes.Node]:
    return [symbol(claim["verdict"]), nodes.Text(f" {claim['verdict']}")]


def ledger(claims: Sequence[Mapping], passages, link: Link, cite: Link) -> element:
    """All claims, each with its evidence and with what its source says."""

    def source(claim):
        """The passages that a claim answers, or the work that it is about."""
        number = claim["source"]
        if number not in SOURCES:
            return [cite(number)]
        places = [
            link(None, p.anchor, nodes.Text(p.where))
            for p in passages
            if p.source == number and claim["name"] in p.claims
        ]
        return [
            html("span", f"{named(number)}: "),
            *joined(lambda: nodes.Text("; "), places),
        ]

    def cells(claim):
        head = [to_claim(claim, link, *rich(claim["statement"]))]
        if claim["finding"]:
            head += [html("br"), nodes.emphasis("", "", *rich(claim["finding"]))]
        checked = [claim["condition"]]
        if claim.get("rival_is"):
            told = f"{claim['rival_is']}, {claim['rival']}"
            checked += [html("br"), nodes.emphasis("", f"rejects: {told}")]
        made = row(head, source(claim), [claim["measured"]], checked)
        made[1]["attributes"] = {"class": "ledger-source"}
        made += html("td", *verdict_of(claim))
        return made

    return table(
        "claims-ledger",
        f"{len(claims)} claims, each linked to its evidence and to the passage it "
        "comes from",
        ("Claim", "Source", "Measured", "Checked", "Verdict"),
        html("tbody", *map(cells, claims)),
    )


def counts(claims: Sequence[Mapping]) -> element:
    """How many claims there are of each verdict and kind, and what verdicts mean."""
    kinds = [claim.get("kind", "evidence") for claim in claims]
    shown = [kind for kind in KINDS if kind in kinds]
    pairs = [(c["verdict"], kind) for c, kind in zip(claims, kinds, strict=True)]
    rows = [
        row(
            [symbol(verdict), f" {verdict}"],
            *([str(pairs.count((verdict, kind)))] for kind in shown),
            [meaning],
        )
        for verdict, meaning in VERDICTS.items()
        if verdict in {v for v, _ in pairs}
    ]
    caption = f"{len(claims)} claims and their verdicts"
    heads = ["Claims"] if len(shown) < 2 else [kind.capitalize() for kind in shown]
    columns = ("Verdict", *heads, "It means")
    return table("claims-counts", caption, columns, html("tbody", *rows))


def of_source(number: str, passages, claims: Sequence[Mapping], link: Link) -> element:
    """What one source states, with the claims that answer or why none does."""
    by_name = {claim["name"]: claim for claim in claims}

    def answer(passage):
        if not passage.claims:
            return why(passage, link)
        told = []
        for name in passage.claims:
            claim = by_name[name]
            shown = to_claim(claim, link, nodes.Text(name))
            told.append(
                nodes.inline("", "", shown, nodes.Text(", "), *verdict_of(claim))
            )
        if passage.note:
            told.append(nodes.emphasis("", "", *rich(passage.note)))
        return joined(lambda: html("br"), told)

    found = [passage for passage in passages if passage.source == number]
    rows = [
        row(
            [
                html("span", p.where, Class="passage-where"),
                " ",
                *rich(p.statement),
            ],
            answer(p),
            ids=[p.anchor],
        )
        for p in found
    ]
    covered = sum(bool(passage.claims) for passage in found)
    caption = f"{SOURCES[number]}. {len(found)} statements, {covered} covered"
    columns = ("What the source says", "What the book checks")
    return table("passages", caption, columns, html("tbody", *rows))


def coverage(passages: Sequence[Passage], link: Link) -> element:
    """How many statements of each source the claims cover, and why not the others."""
    kinds = {
        "statements": passages,
        "covered by a claim": [p for p in passages if p.claims],
    }
    for reason in REASONS:
        kinds[f"not covered: {reason}"] = [p for p in passages if p.reason == reason]
    rows = [
        row(
            [kind],
            *([str(sum(p.source == source for p in those))] for source in SOURCES),
            [str(len(those))],
        )
        for kind, those in kinds.items()
    ]
    first = {p.source: p.anchor for p in reversed(passages)}
    heads = [link(None, first.get(s), nodes.Text(named(s))) for s in SOURCES]
    caption = "Statements of the five sources"
    return table("coverage", caption, ["", *heads, "all"], html("tbody", *rows))


def uncovered(passages: Sequence[Passage], link: Link) -> element:
    """The statements that no claim covers, source by source, with the reasons."""
    missing = [passage for passage in passages if not passage.claims]
    bodies = []
    for source, title in SOURCES.items():
        rows = [
            row([link(None, p.anchor, *rich(p.statement))], why(p, link))
            for p in missing
            if p.source == source
        ]
        head = html("tr", html("th", title, scope="rowgroup", colspan="2"))
        bodies += [html("tbody", head, *rows)] if rows else []
    return table(
        "passages",
        f"{len(missing)} statements that no claim covers",
        ("What the source says", "Why no claim covers it"),
        *bodies,
    )


def why(passage: Passage, link: Link) -> list[nodes.Node]:
    """Why no claim covers a passage, and where the book treats it all the same."""
    told: list[nodes.Node] = [nodes.strong("", f"{passage.reason.capitalize()}.")]
    if passage.note:
        told += [nodes.Text(" "), *rich(passage.note)]
    if passage.chapter:
        chapter = link(passage.chapter, "", nodes.Text(passage.chapter))
        told += [nodes.Text(" See the chapter "), chapter, nodes.Text(".")]
    return told


def listed(meanings: Mapping[str, str]) -> nodes.bullet_list:
    """Words, or numbers, with what each of them means."""
    items = []
    for word, meaning in meanings.items():
        text = nodes.paragraph(
            "", "", nodes.strong("", word), nodes.Text(f": {meaning}")
        )
        items.append(nodes.list_item("", text))
    return nodes.bullet_list("", *items)
