"""List all connections, clean ones too, a line for each.

May know the document's connections; must not know what their exchanges say.
"""

from typing import Final

from desync.report.jsonl import Document
from desync.report.text_groups import Connection
from desync.report.text_sheet import Sheet
from desync.report.text_words import SEVERITY_RANK, plural

_COMPLETE: Final = {True: "", False: ", not whole in the capture"}


def write_connections(sheet: Sheet, document: Document) -> None:
    """Write a line for each connection: where it stands, its ends, what was found."""
    connections = document["connections"]
    if not connections:
        return
    sheet.heading("Connections")
    paths = {one["index"]: one["path"] for one in document["captures"]}
    several = len(paths) > 1
    for connection in connections:
        client, server = connection["client"], connection["server"]
        place = f"{paths.get(connection['capture'], 'unknown file')} " if several else ""
        sheet.row(
            f"  {place}tcp.stream {'?' if connection['stream'] is None else connection['stream']}: ",
            f"{client['address']} port {client['port']} to {server['address']} port {server['port']}, ",
            f"{plural(_exchanges(connection), 'exchange')}{_COMPLETE[connection['complete']]}; ",
            verdict_words(connection),
            hang=4,
        )


def _exchanges(connection: Connection) -> int:
    """Count all its exchanges, those that are not listed too."""
    return len(connection["exchanges"]) + int(connection["left_out"]["exchanges"])


def verdict_words(connection: Connection) -> str:
    """Name the codes of what was found in a connection, or say that it is clean."""
    codes = sorted({finding["code"] for finding in connection["findings"]})
    if not codes:
        return "clean"
    grave = any(SEVERITY_RANK.get(finding["severity"], 0) for finding in connection["findings"])
    return ", ".join(codes) if grave else f"clean ({', '.join(codes)})"
