"""The tables on the page of the ledger: all claims, what the sources state, what is not covered."""

import dataclasses
import html

from d2lutils._html import rich
from d2lutils.claims._passages import REASONS

SYMBOLS = {"confirmed": "✓", "corrected": "✎", "refuted": "✗", "outdated": "↺"}


def _table(kind, caption, columns, body):
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return f'<table class="{kind}"><caption>{caption}</caption><thead><tr>{heads}</tr></thead>{body}</table>'


def _verdict(claim):
    return f'<span aria-hidden="true">{SYMBOLS[claim["verdict"]]}</span> {claim["verdict"]}'


@dataclasses.dataclass(frozen=True)
class Ledger:
    """A table of claims that links each to its place in the book, and to what its source says.

    claims: dictionaries as `d2lutils.claims.stored` returns them. passages: those of the sources.
    """

    claims: tuple
    passages: tuple = ()

    def _source(self, claim):
        links = [
            f'<a href="#{passage.anchor}">{html.escape(passage.where)}</a>'
            for passage in self.passages
            if passage.source == claim["source"] and claim["name"] in passage.claims
        ]
        # A key of the bibliography stays bare: the book's Sphinx extension links it.
        return (
            f"<span>{claim['source']}: </span>{'; '.join(links)}"
            if links
            else html.escape(claim["source"])
        )

    def _repr_html_(self):
        rows = "".join(
            f'<tr><th scope="row"><a href="{c["chapter"]}.html#claim-{c["name"]}">{rich(c["statement"])}</a>'
            + (f"<br><em>{rich(c['finding'])}</em>" if c["finding"] else "")
            + f'</th><td class="ledger-source">{self._source(c)}</td><td>{html.escape(c["measured"])}</td>'
            f"<td>{html.escape(c['condition'])}</td><td>{_verdict(c)}</td></tr>"
            for c in self.claims
        )
        columns = ("Claim", "Source", "Measured", "Checked", "Verdict")
        caption = f"{len(self.claims)} claims, each linked to its evidence and to the passage it comes from"
        return _table("claims-ledger", caption, columns, f"<tbody>{rows}</tbody>")

    def __repr__(self):
        return f"Ledger of {len(self.claims)} claims"


@dataclasses.dataclass(frozen=True)
class Passages:
    """A table of the statements of one source, each with the claims that cover it or the reason why none does.

    source, title: its number and name. passages: its statements. claims: those of the book, as dictionaries.
    """

    source: str
    title: str
    passages: tuple
    claims: tuple

    def _repr_html_(self):
        claims = {claim["name"]: claim for claim in self.claims}

        def answer(passage):
            found = (claims[name] for name in passage.claims)
            links = [
                f'<a href="{c["chapter"]}.html#claim-{c["name"]}">{c["name"]}</a>, {_verdict(c)}'
                for c in found
            ]
            note = f"<em>{rich(passage.note)}</em>" if passage.note else ""
            return (
                "<br>".join([*links, *filter(None, [note])]) if links else _why(passage)
            )

        rows = "".join(
            f'<tr id="{p.anchor}"><th scope="row">{_where(p)}{rich(p.statement)}</th><td>{answer(p)}</td></tr>'
            for p in self.passages
        )
        covered = sum(bool(passage.claims) for passage in self.passages)
        caption = f"{self.source}: {html.escape(self.title)}. {len(self.passages)} statements, {covered} covered"
        return _table(
            "passages",
            caption,
            ("What the source says", "What the book checks"),
            f"<tbody>{rows}</tbody>",
        )

    def __repr__(self):
        return f"{len(self.passages)} statements of source {self.source}"


@dataclasses.dataclass(frozen=True)
class Coverage:
    """How many statements of each source the claims cover, and a list of those that they do not."""

    titles: dict
    passages: tuple

    def _repr_html_(self):
        kinds = {
            "statements": self.passages,
            "covered by a claim": [p for p in self.passages if p.claims],
        }
        for reason in REASONS:
            kinds[f"not covered: {reason}"] = [
                p for p in self.passages if p.reason == reason
            ]
        counts = "".join(
            f'<tr><th scope="row">{kind}</th>'
            + "".join(
                f"<td>{sum(source in (p.source, 'all') for p in passages)}</td>"
                for source in (*self.titles, "all")
            )
            + "</tr>"
            for kind, passages in kinds.items()
        )
        columns = (
            "",
            *(
                f'<a href="#{self._first(source)}">{source}</a>'
                for source in self.titles
            ),
            "all",
        )
        table = _table(
            "coverage",
            "Statements of the five sources",
            columns,
            f"<tbody>{counts}</tbody>",
        )
        return table.replace('<th scope="col"></th>', "<td></td>")

    def _first(self, source):
        return next(
            passage.anchor for passage in self.passages if passage.source == source
        )

    def __repr__(self):
        return f"{sum(bool(p.claims) for p in self.passages)} of {len(self.passages)} statements are covered"


@dataclasses.dataclass(frozen=True)
class Uncovered:
    """A table of the statements that no claim covers, source by source, with the reasons."""

    titles: dict
    passages: tuple

    def _repr_html_(self):
        body = ""
        for source, title in self.titles.items():
            rows = "".join(
                f'<tr><th scope="row"><a href="#{p.anchor}">{rich(p.statement)}</a></th><td>{_why(p)}</td></tr>'
                for p in self.passages
                if p.source == source
            )
            head = f'<tr><th scope="rowgroup" colspan="2">{source}: {html.escape(title)}</th></tr>'
            body += f"<tbody>{head}{rows}</tbody>" if rows else ""
        caption = f"{len(self.passages)} statements that no claim covers"
        return _table(
            "passages",
            caption,
            ("What the source says", "Why no claim covers it"),
            body,
        )

    def __repr__(self):
        return f"{len(self.passages)} statements that no claim covers"


def _where(passage):
    return f'<span class="passage-where">{html.escape(passage.where)}</span> '


def _why(passage):
    """Why no claim covers a passage, and where the book treats it all the same."""
    told = (
        f'See the chapter <a href="{passage.chapter}.html">{passage.chapter}</a>.'
        if passage.chapter
        else ""
    )
    return " ".join(
        filter(
            None,
            [
                f"<strong>{passage.reason.capitalize()}.</strong>",
                rich(passage.note),
                told,
            ],
        )
    )
