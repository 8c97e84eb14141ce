"""Connections without a picture, a row for each; and the section on those without a fault.

May know connections as the document holds them; must not know how one is drawn.
"""

from collections.abc import Iterable
from typing import Final

from desync.report.html.budget import LISTED
from desync.report.html.markup import Child, Html, element
from desync.report.html.parts import Section, more, section, table
from desync.report.jsonl import Document
from desync.report.text_connections import verdict_words
from desync.report.text_evidence import Index, index_of
from desync.report.text_groups import Connection
from desync.report.text_words import SEVERITY_RANK, clip, clock

TITLES: Final = ("Began", "Client", "Server", "File", "To see it in Wireshark", "Findings")
PATH_LIMIT: Final = 200


def listing(caption: str, several: Iterable[Connection], index: Index) -> Html:
    """List connections: when, who, where, and what was found."""
    return table(caption, TITLES, [_row(one, index) for one in several])


def clean(document: Document) -> Section | None:
    """List the connections without a fault, where the document was asked to hold them."""
    several = [one for one in document["connections"] if not _is_bad(one)]
    if not several:
        return None
    caption = "Connections with nothing above a note"
    rest = more(len(several) - LISTED, "more; --format json lists all.")
    inside = listing(caption, several[:LISTED], index_of(document))
    summary = element("summary", f"All {len(several):,}")
    return section("clean", "Connections without a fault", element("details", summary, inside, rest))


def _is_bad(one: Connection) -> bool:
    """Whether something is wrong with it that is not the capture's."""
    return any(
        SEVERITY_RANK.get(each["severity"], 0) > 0 and not each["code"].startswith("CAP")
        for each in one["findings"]
    )


def _row(one: Connection, index: Index) -> list[Child]:
    client, server = one["client"], one["server"]
    stream = f"tcp.stream eq {one['stream']}" if one["stream"] is not None else None
    return [
        clock(one["first_time"]),
        f"{client['address']} port {client['port']}",
        f"{server['address']} port {server['port']}",
        clip(index.paths.get(one["capture"], "unknown file"), PATH_LIMIT),
        stream and element("code", stream, class_="copy"),
        verdict_words(one),
    ]
