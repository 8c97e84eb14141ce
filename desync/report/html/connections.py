"""The section on bad connections: by what went wrong and whose doing it was, the first of each open.

May know groups of findings; must not know how a connection is written. A thousand bad connections must
stay usable and the file small: of each group some are drawn, more are listed, and the rest is counted.
"""

from collections.abc import Iterator
from typing import Final

from desync.report.html.budget import GROUPS, Budget
from desync.report.html.connection import connection_part, title_of
from desync.report.html.listing import listing
from desync.report.html.markup import Child, Html, element, joined, opening
from desync.report.html.parts import Section, code_link, more, table
from desync.report.jsonl import Document
from desync.report.text_connections import verdict_words
from desync.report.text_evidence import Index, index_of, summary_of
from desync.report.text_groups import Connection, Group
from desync.report.text_words import CERTAINTY, SEVERITY_RANK, plural

_SIDE: Final = {"client": "client", "server": "server"}


def connections(document: Document, groups: list[Group]) -> Section | None:
    """Write the section, a connection at a time; nothing where no connection is bad."""
    gathered = list(_gathered(document, groups))
    if not gathered:
        return None
    return Section("connections", "Connections in which something went wrong", _inside(document, gathered))


def _inside(document: Document, gathered: list[tuple[Group, list[Connection]]]) -> Iterator[Html]:
    index, budget = index_of(document), Budget(len(gathered))
    if len(gathered) > 1:
        yield _contents(gathered[:GROUPS])
    for number, (group, several) in enumerate(gathered[:GROUPS], 1):
        yield from _group(group, several, index, budget, f"group-{number}")
    yield more(len(gathered) - GROUPS, "more kinds by other parties; --format json lists all.") or Html("")


def _gathered(document: Document, groups: list[Group]) -> Iterator[tuple[Group, list[Connection]]]:
    """Put each connection under the gravest of its findings; copies of one connection once."""
    known = {one["id"]: one for one in document["connections"]}
    placed: set[str] = set()
    for group in groups:
        if SEVERITY_RANK.get(group.severity, 0) == 0 or group.code.startswith("CAP"):
            continue
        several = []
        for finding in group.findings:
            one = known.get(finding["connection"])
            if one is not None and one["id"] not in placed:
                placed.update([one["id"], *one["same_as"]])
                several.append(one)
        if several:
            yield group, several


def _contents(gathered: list[tuple[Group, list[Connection]]]) -> Html:
    rows: list[list[Child]] = [
        [
            element("a", f"{group.code} {group.name}", href=f"#group-{number}"),
            f"{_whose(group)}",
            CERTAINTY.get(group.certainty, group.certainty),
            f"{len(several):,}",
        ]
        for number, (group, several) in enumerate(gathered, 1)
    ]
    return table("Kinds, the gravest first", ("Finding", "Whose", "How sure", "Connections"), rows, numbers=3)


def _whose(group: Group) -> str:
    return f"{_SIDE[group.side]} {group.address}" if group.side in _SIDE else "nobody's"


def _group(
    group: Group, several: list[Connection], index: Index, budget: Budget, name: str
) -> Iterator[Html]:
    yield opening("section", id=name, aria_labelledby=f"{name}-title")
    title = (code_link(group.code), f" {group.name}: {_whose(group)}")
    yield element("h3", *title, id=f"{name}-title")
    count = f"{plural(len(several), 'connection')}, {group.severity}, {CERTAINTY.get(group.certainty, '')}."
    yield element("p", element("strong", count), " ", " ".join(summary_of(group.code).split()))
    share = budget.take(len(several))
    drawn = 0
    for one in several[: share.drawn]:
        is_open = share.open and not drawn
        drawn += 1
        part = connection_part(one, index, f"{name}-{drawn}", first=is_open)
        yield _open(one, part) if is_open else _closed(one, part)
        if not budget.spend(len(part)):
            break
    end = drawn + share.listed
    yield _list(several[drawn:end], index, drawn)
    yield more(len(several) - end, "more like these; --format json lists all.") or Html("")
    yield Html("</section>")


def _open(one: Connection, part: Html) -> Html:
    return element("article", element("h4", title_of(one)), part, class_="connection")


def _closed(one: Connection, part: Html) -> Html:
    codes = verdict_words(one)
    summary = element("summary", element("h4", title_of(one)), " ", element("span", codes, class_="dim"))
    return element("details", summary, part, class_="connection")


def _list(listed: list[Connection], index: Index, drawn: int) -> Html:
    """List connections without a picture."""
    if not listed:
        return Html("")
    inside = listing("Connections without a picture", listed, index)
    draws = element("p", "desync show FILE --stream N draws each of them.")
    words = "more connection" if drawn else "connection"
    summary = element("summary", f"{plural(len(listed), words)}, without a picture")
    return element("details", summary, joined([inside, draws]))
