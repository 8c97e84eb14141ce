"""Print the findings, and what changed when, as JSON Lines for Timesketch.

May know Timesketch's fields; must not know what a finding means.

Timesketch asks for ``message``, ``datetime`` (ISO 8601 with a zone) and ``timestamp_desc``; other
members become columns. ``timestamp``, microseconds since 1970, is what it sorts by; where it is
missing it is computed. The file's name has to end in ``.jsonl``. ``data_type`` is Plaso's word for
the kind of a row.

Source:
    Timesketch's user guide, "Import from JSON or CSV".
"""

from collections.abc import Iterator
from typing import Any, Final

from desync.report.formats.events import Event, events
from desync.report.formats.moments import EPOCH_TEXT, with_microseconds
from desync.report.formats.visible import visible_json
from desync.report.jsonl import Document
from desync.report.text_changes import change_sentence, changes_of
from desync.report.times import nanoseconds_of

FINDING: Final = "desync:finding"
CHANGE: Final = "desync:change"
"""The values of ``data_type``."""

_UNKNOWN: Final = "Time not known"


def timesketch_lines(document: Document) -> Iterator[str]:
    """Yield a line for each change point of the timeline, then one for each finding."""
    for change in changes_of(document):
        yield visible_json(_change(change)) + "\n"
    for event in events(document):
        yield visible_json(_finding(event)) + "\n"


def _finding(event: Event) -> dict[str, Any]:
    one, connection = event.finding, event.connection
    client, server = (connection["client"], connection["server"]) if connection else ({}, {})
    weight = f"{one['severity']}, {one['certainty']}"
    ends = f"{one['client']} to {one['server']}: " if one["client"] and one["server"] else ""
    return {
        "message": f"{one['code']} {one['name']} ({weight}): {ends}{one['message']}",
        **_when(event.time, "Frame captured" if one["time"] else "Capture or connection began"),
        "data_type": FINDING,
        "code": one["code"],
        "name": one["name"],
        "severity": one["severity"],
        "certainty": one["certainty"],
        "blame": one["blame"],
        "evidence": " ".join(one["evidence"]),
        "src_ip": client.get("address"),
        "src_port": client.get("port"),
        "client_name": client.get("name"),
        "dst_ip": server.get("address"),
        "dst_port": server.get("port"),
        "banner": server.get("banner"),
        "community_id": connection["community_id"] if connection else None,
        "connection": one["connection"],
        "pcap": event.capture["path"] if event.capture else None,
        "tcp_stream": one["stream"],
        "frame_number": one["frame"],
        "display_filter": one["filter"],
    }


def _change(change: Any) -> dict[str, Any]:
    return {
        "message": "".join(change_sentence(change)),
        **_when(change["time"], "First session after a change"),
        "data_type": CHANGE,
        "side": change["side"],
        "address": change["address"],
        "port": change["port"],
        "banner_before": change["before"]["banner"],
        "banner": change["after"]["banner"],
    }


def _when(time: str | None, about: str) -> dict[str, Any]:
    known = EPOCH_TEXT if time is None else time
    return {
        "datetime": with_microseconds(known, "+00:00"),
        "timestamp": (nanoseconds_of(known) or 0) // 1000,
        "timestamp_desc": _UNKNOWN if time is None else about,
    }
