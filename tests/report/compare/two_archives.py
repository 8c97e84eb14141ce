"""Reports of two archives that tests make up: how many sessions of whom, with what."""

from report import documents

from desync.report.compare.comparison import compare_documents
from desync.report.compare.seen import Seen

SERVER = ("192.0.2.25", 25)
FINDING = {
    "SYNC101": {"reply_of": 0, "missing": 33},
    "SYNC102": documents.FRAGMENT,
    "SYNC103": documents.FRAGMENT,
    "SYNC201": {"cause": "multiline-reply"},
}
READER = {"model": "segment", "candidates": [], "support": 1.0, "exception": None}


def seen(sessions, split=0, misread=0, out=None, **changes):
    """What was seen of a client; out of step where it misread, if nothing else is said."""
    out = misread if out is None else out
    fields = {
        "names": (),
        "sessions": sessions,
        "encrypted": 0,
        "split": split,
        "misread": misread,
        "whole_misread": 0,
        "out_of_step": out,
        "proved": out,
        "model": None,
        "why": (),
        "servers": frozenset({SERVER} if out else ()),
    }
    return Seen(**fields | changes)


def finding(code, **details):
    return documents.finding(code, details=FINDING.get(code, {}) | details)


def connection(number, client, *findings, server=SERVER, model="segment", candidates=(), **changes):
    """A connection in which a client was out of step."""
    return documents.connection(
        f"0-{number}",
        *findings,
        client={"address": client, "port": 1042, "name": "gw"},
        server={"address": server[0], "port": server[1], "banner": "220 mx"},
        reader=READER | {"model": model, "candidates": list(candidates)},
        **changes,
    )


def client(address, sessions, split=0, misread=0, name="gw", **changes):
    row = {"address": address, "name": name, "sessions": sessions, "splits_seen": split, "misread": misread}
    return documents.client_entry(**row, proved=misread, **changes)


def server_row(
    banner="220 mx ESMTP 1.0", *, address=SERVER[0], port=SERVER[1], sessions=100, split=0, misread=0
):
    """A row of the timeline."""
    row = {"kind": "server", "address": address, "port": port, "banner": banner}
    return row | {"sessions": sessions, "split": split, "misread": misread, "periods": []}


def report(clients=(), connections=(), servers=None, day="1999-08-03", **options):
    """A report, as far as a comparison reads it."""
    times = {"first_time": f"{day}T08:00:00.000Z", "last_time": f"{day}T18:00:00.000000Z"}
    made = documents.document(
        connections=list(connections),
        clients=list(clients),
        timeline=[row | times for row in ([server_row()] if servers is None else servers)],
    )
    made["summary"]["mail"] = sum(row["sessions"] for row in made["summary"]["clients"])
    made["options"] |= options
    return made


def misreads(address, number, code="SYNC102", first=1, **changes):
    """Connections in each of which a client misread a reply."""
    return [connection(first + one * 20, address, finding(code), **changes) for one in range(number)]


def compared(a, b, *, everything=False):
    return compare_documents(("a.sqlite", "b.sqlite"), (a, b), everything=everything)


def patched():
    """A server that writes replies whole in B: somebody is spared, somebody never waits, somebody is new."""
    a = report(
        [client("192.0.2.1", 40, 38, 38), client("192.0.2.2", 9), client("192.0.2.3", 30, 29)],
        [
            *misreads("192.0.2.1", 38),
            *(connection(5000 + n, "192.0.2.2", finding("SYNC101"), model="blind") for n in range(9)),
        ],
        [server_row(sessions=79, split=67, misread=38)],
    )
    b = report(
        [
            client("192.0.2.1", 45),
            client("192.0.2.2", 12),
            client("192.0.2.3", 33, 1),
            client("192.0.2.4", 7, 7, 7, name="\x1b[31mnew"),
        ],
        [
            *(connection(5000 + n, "192.0.2.2", finding("SYNC101"), model="blind") for n in range(12)),
            *misreads("192.0.2.4", 7, first=9000),
        ],
        [server_row("220 mx ESMTP 1.1", sessions=97, split=8, misread=7)],
        day="1999-08-09",
    )
    return compared(a, b)
