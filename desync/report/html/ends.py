"""The sections on clients, on servers, and on mail that was lost or is at risk.

May know the summary's rows and the text report's words; must not know single exchanges.
"""

from collections.abc import Callable, Iterable, Mapping
from heapq import nsmallest
from typing import Any, Final

from desync.report.html.markup import Child, Html, element, joined
from desync.report.html.parts import Section, more, section, table
from desync.report.html.sheet import PageSheet
from desync.report.jsonl import Document
from desync.report.text_groups import Group, Party
from desync.report.text_mail import at_risk, write_message
from desync.report.text_verdict import Known, sections_of, write_party
from desync.report.text_words import MODEL, clip

MOST_ROWS: Final = 100
"""Clients or servers in a table."""

MOST_PARTIES: Final = 25
"""Clients or servers that are described, under each heading."""

MOST_MESSAGES: Final = 100
NAME_LIMIT: Final = 120

Row = Mapping[str, Any]

_ALL: Final = "--format json lists all"


def mail(document: Document) -> Section | None:
    """Write which messages were lost or may come twice."""
    messages = at_risk(document)
    if not messages:
        return None
    sheet = PageSheet()
    paths = {one["index"]: one["path"] for one in document["captures"]}
    for connection, one in messages[:MOST_MESSAGES]:
        write_message(sheet, connection, one, paths)
    return section(
        "mail",
        "Mail lost or at risk",
        sheet.markup(),
        more(len(messages) - MOST_MESSAGES, f"more messages; {_ALL}."),
    )


def parties(groups: list[Group], known: Known) -> tuple[Html, Html]:
    """Write who is concerned, clients and servers apart: a description of each.

    Returns:
        The clients' and the servers'; either may be empty.
    """
    written: dict[str, list[Html]] = {"client": [], "server": []}
    for heading, members in sections_of(groups):
        for side, pieces in written.items():
            several = [party for party in members if party.side == side]
            if not several:
                continue
            sheet = PageSheet()
            pieces.append(element("h3", heading))
            for party in several[:MOST_PARTIES]:
                write_party(sheet, known, party)
                pieces.append(element("div", sheet.markup(), class_="card"))
            pieces += [one for one in (_more_of(several),) if one is not None]
    return joined(written["client"]), joined(written["server"])


def _more_of(several: list[Party]) -> Html | None:
    return more(len(several) - MOST_PARTIES, "more; the table below and --format json list them.")


def clients(document: Document, described: Html) -> Section | None:
    """Write the clients: a description of those with findings, and a table."""
    rows, count = _first(document["summary"]["clients"], lambda row: -int(row["misread"]))
    titles = ("Client", "Says it is", "How it reads", "Sessions", "Saw a split reply", "Misread", "Proved")
    cells = [_client(row) for row in rows]
    return _section("clients", "Clients", described, table("Clients", titles, cells, numbers=3), count)


def _client(row: Row) -> list[Child]:
    model = MODEL.get(row["model"], "its sessions do not tell")
    numbers = (row["sessions"], row["splits_seen"], row["misread"], row["proved"])
    return [
        row["address"],
        clip(row["name"] or "", NAME_LIMIT),
        model,
        *(f"{number:,}" for number in numbers),
    ]


def servers(document: Document, described: Html) -> Section | None:
    """Write the servers: a description of those with findings, and a table."""
    rows, count = _first(document["summary"]["servers"], lambda row: -int(row["misread"]))
    titles = ("Server", "Banner", "Sessions", "Replies split", "Misread", "One write would have prevented")
    cells = [_server(row) for row in rows]
    return _section("servers", "Servers", described, table("Servers", titles, cells, numbers=2), count)


def _server(row: Row) -> list[Child]:
    numbers = (row["sessions"], row["split"], row["misread"], row["cured"])
    return [row["address"], clip(row["banner"] or "", NAME_LIMIT), *(f"{number:,}" for number in numbers)]


def _first(rows: Iterable[Row], key: Callable[[Row], int]) -> tuple[list[Row], int]:
    """The rows that tell most, and how many there are; there may be as many as connections."""
    count = 0

    def counted() -> Iterable[tuple[int, int, Row]]:
        nonlocal count
        for row in rows:
            count += 1
            yield key(row), count, row

    return [row for _, _, row in nsmallest(MOST_ROWS, counted(), key=lambda one: one[:2])], count


def _section(name: str, title: str, described: Html, rows: Html, count: int) -> Section | None:
    if not count:
        return section(name, title, described) if described else None
    words = f"more {title.lower()} that misread no more than these; {_ALL}."
    return section(name, title, described, rows, more(count - MOST_ROWS, words))
