"""Print the findings as JSON Lines like those of Suricata's EVE log.

May know EVE's members; must not know what a finding means.

A warning or error about a connection is an ``alert``; a note, and what is wrong with a capture, an
``anomaly``. The ends are the flow's, ``src`` the client, whoever sent the frame. All that EVE has no
member for stands under ``desync``.

Source:
    Suricata's user guide, "Eve JSON Format".
"""

from collections.abc import Iterator
from typing import Any, Final

from desync.report.formats.events import Event, Part, events
from desync.report.formats.moments import EPOCH_TEXT, with_microseconds
from desync.report.formats.visible import visible_json
from desync.report.jsonl import Document

GENERATOR: Final = 5321
"""Stands in ``gid``, so that no signature of another program has the same numbers; RFC 5321 is SMTP."""

_SEVERITY: Final = {"error": 1, "warning": 2, "note": 3}
"""As Suricata counts: 1 is the gravest."""

_CATEGORY: Final = {
    "SYNC": "SMTP dialogue out of step",
    "REPLY": "SMTP reply",
    "DATA": "SMTP mail data",
    "TLS": "SMTP STARTTLS",
    "PATH": "Network path",
    "MAIL": "Mail relaying",
    "CAP": "Capture",
}
_ON_TCP: Final = ("PATH", "CAP")


def eve_lines(document: Document) -> Iterator[str]:
    """Yield a line for each finding, in the order of the document."""
    for event in events(document):
        yield visible_json(_event(event)) + "\n"


def _event(event: Event) -> dict[str, Any]:
    one = event.finding
    family = one["code"].rstrip("0123456789")
    is_alert = event.connection is not None and one["severity"] != "note" and family != "CAP"
    return {
        # Always there, and first: it is what readers of EVE sort by.
        "timestamp": with_microseconds(event.time or EPOCH_TEXT, "+0000"),
        **_flow(event.connection),
        **_place(event),
        "event_type": "alert" if is_alert else "anomaly",
        **_ends(event.connection),
        **({"alert": _alert(one, family)} if is_alert else {"anomaly": _anomaly(event, family)}),
        "desync": _rest(one),
    }


def _flow(connection: Part | None) -> Part:
    """A number that all events of a connection have, and no other connection of the report."""
    if connection is None:
        return {}
    return {"flow_id": connection["capture"] << 32 | (connection["first_frame"] or 0)}


def _place(event: Event) -> dict[str, Any]:
    """Where it is in the capture; a member that is not known is left out, as Suricata does."""
    place: dict[str, Any] = {}
    if event.finding["frame"] is not None:
        place["pcap_cnt"] = event.finding["frame"]
    if event.capture is not None:
        place["pcap_filename"] = event.capture["path"]
    return place


def _ends(connection: Part | None) -> dict[str, Any]:
    if connection is None:
        return {}
    found = {
        "src_ip": connection["client"]["address"],
        "src_port": connection["client"]["port"],
        "dest_ip": connection["server"]["address"],
        "dest_port": connection["server"]["port"],
        "proto": "TCP",
        "app_proto": connection["protocol"],
    }
    if connection["community_id"] is not None:
        found["community_id"] = connection["community_id"]
    return found


def _alert(one: Part, family: str) -> dict[str, Any]:
    return {
        "action": "allowed",
        "gid": GENERATOR,
        "signature_id": int(one["code"][len(family) :]),
        "rev": 1,
        "signature": f"desync {one['code']} {one['name']}",
        "category": _CATEGORY.get(family, "SMTP"),
        "severity": _SEVERITY.get(one["severity"], 3),
    }


def _anomaly(event: Event, family: str) -> dict[str, Any]:
    name = f"{event.finding['code']} {event.finding['name']}"
    if event.connection is None:
        return {"type": "decode", "event": name}
    if family in _ON_TCP:
        return {"type": "stream", "event": name}
    return {
        "app_proto": event.connection["protocol"],
        "type": "applayer",
        "event": name,
        "layer": "proto_parser",
    }


def _rest(one: Part) -> dict[str, Any]:
    names = ("id", "code", "name", "severity", "certainty", "blame", "evidence", "connection", "stream")
    more = ("time", "exchanges", "message", "filter", "frames", "details")
    return {name: one[name] for name in (*names, *more)}
