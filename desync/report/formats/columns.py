"""What a column is, and the columns of findings: a row for each, with its connection and capture.

CSV, Parquet and data frames have these columns, in this order. May know the document's members;
must not know any format.
"""

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from desync.report.formats.events import Event, Part
from desync.report.formats.visible import visible_json

Kind: TypeAlias = Literal["text", "texts", "integer", "integers", "time"]
"""Of a value; ``texts`` and ``integers`` are lists. Every value may be missing."""


class Column(NamedTuple):
    """A column.

    Attributes:
        name, kind: Its name, and what its values are.
        about: What it says.
        value: Finds it in a row, as the document has it; of findings a row is an ``Event``.
    """

    name: str
    kind: Kind
    about: str
    value: Callable[[Any], Any]


def _of_finding(name: str) -> Callable[[Event], Any]:
    return lambda event: event.finding[name]


def _of_detail(name: str) -> Callable[[Event], Any]:
    return lambda event: event.finding["details"].get(name)


def _of_capture(name: str) -> Callable[[Event], Any]:
    return lambda event: _member(event.capture, name)


def _of_connection(*path: str) -> Callable[[Event], Any]:
    return lambda event: _member(event.connection, *path)


def _member(part: Part | None, *path: str) -> Any:
    value: Any = part
    for name in path:
        value = None if value is None else value[name]
    return value


def _frames(event: Event) -> list[int]:
    own = event.finding["capture"]
    return [one["frame"] for one in event.finding["frames"] if one["capture"] == own]


def _exchange(which: int) -> Callable[[Event], Any]:
    return lambda event: event.finding["exchanges"] and event.finding["exchanges"][which]


FINDINGS: Final = (
    Column("finding", "text", "id of the finding in this report", _of_finding("id")),
    Column("code", "text", "SYNC102, ...; desync explain CODE says what it means", _of_finding("code")),
    Column("name", "text", "the same in words", _of_finding("name")),
    Column("severity", "text", "note, warning or error", _of_finding("severity")),
    Column("certainty", "text", "proved, consistent or inconclusive", _of_finding("certainty")),
    Column("blame", "text", "client, server, path, capture, configuration or nobody", _of_finding("blame")),
    Column(
        "evidence", "texts", "what it rests on: ack, same-segment, content, repeat", _of_finding("evidence")
    ),
    Column("time", "time", "time of the frame of the deed, UTC", _of_finding("time")),
    Column("capture", "text", "path of the capture", _of_capture("path")),
    Column("stream", "integer", "Wireshark's tcp.stream there", _of_finding("stream")),
    Column("frame", "integer", "Wireshark's frame.number of the deed", _of_finding("frame")),
    Column("frames", "integers", "the frames to look at in that capture", _frames),
    Column("connection", "text", "id of the connection in this report", _of_connection("id")),
    Column(
        "community_id", "text", "Community ID of the connection, version 1", _of_connection("community_id")
    ),
    Column("client", "text", "address of the client", _of_connection("client", "address")),
    Column("client_port", "integer", "its port", _of_connection("client", "port")),
    Column("client_name", "text", "what it calls itself", _of_connection("client", "name")),
    Column("server", "text", "address of the server", _of_connection("server", "address")),
    Column("server_port", "integer", "its port", _of_connection("server", "port")),
    Column("banner", "text", "first line of the server's greeting", _of_connection("server", "banner")),
    Column("reader", "text", "how the client reads replies", _of_connection("reader", "model")),
    Column("exchange_first", "integer", "first exchange that it holds for; 0 is the greeting", _exchange(0)),
    Column("exchange_last", "integer", "last exchange that it holds for", _exchange(1)),
    Column("message", "text", "what happened, in one sentence", _of_finding("message")),
    Column("because", "text", "code of the finding that it follows from", _of_detail("because")),
    Column("cure", "text", "whether one write per reply would have prevented it", _of_detail("cure")),
    Column("filter", "text", "a display filter for its frames", _of_finding("filter")),
    Column(
        "details",
        "text",
        "more, as JSON; the page of the code says what",
        lambda event: visible_json(event.finding["details"]),
    ),
)
"""The columns of a finding."""
