"""Documents of the report, written by hand: what the renderers are tested with."""

from copy import deepcopy

CLIENT = "192.0.2.17"
SERVER = "198.51.100.25"
GREETING = b"220 smtp.tele.fi "
REST = b"rest of the greeting\r\n"


def capture(index=0, path="captures/ccnotes-1999.snoop", **changes):
    return {
        "index": index,
        "path": path,
        "sha256": None,
        "size": 1630,
        "format": "snoop",
        "compression": None,
        "link_types": [1],
        "snap_length": None,
        "interfaces": [{"name": None, "link_type": 1, "snap_length": 0, "comments": []}],
        "frames": 17,
        "tcp_frames": 17,
        "first_time": "1999-11-16T11:05:11.000000Z",
        "last_time": "1999-11-16T11:05:12.421000Z",
        "times_sound": True,
        "damage": [],
        "problems": [],
    } | changes


def reply(code, *lines, start=0, frame=4, terminated=True):
    ranges, at = [], start
    for line in lines:
        end = at + len(line) + 2 * terminated
        ranges.append({"octets": [at, end], "terminated": terminated})
        at = end
    time = "1999-11-16T11:05:11.100000Z"
    return {
        "code": code,
        "text": list(lines),
        "octets": [start, at],
        "lines": ranges,
        "segments": [{"capture": 0, "frame": frame, "time": time, "octets": [start, at]}],
        "first_time": time,
        "last_time": time,
    }


def exchange(index, verb=None, **changes):
    return {
        "index": index,
        "prompt": "command" if verb else "connection",
        "verb": verb,
        "text": verb and f"{verb} gw.example.net",
        "frame": 6 if verb else None,
        "frames": [{"capture": 0, "frame": 6}] if verb else [],
        "time": "1999-11-16T11:05:11.150000Z" if verb else None,
        "octets": [0, 21] if verb else None,
        "acknowledged": 17 if verb else None,
        "required_end": 39 if verb else None,
        "lead": 1 if verb else 0,
        "in_step": not verb,
        "pairing": "forced",
        "drift": None,
        "reply": None,
        "believed": None,
    } | changes


def finding(code="SYNC102", name="command-on-reply-fragment", **changes):
    return {
        "id": f"c0-{code}-1",
        "code": code,
        "name": name,
        "severity": "error",
        "certainty": "proved",
        "blame": "client",
        "evidence": ["ack"],
        "capture": 0,
        "connection": "c0",
        "stream": 0,
        "client": f"{CLIENT}:1042",
        "server": f"{SERVER}:25",
        "frame": 6,
        "frames": [{"capture": 0, "frame": frame} for frame in (4, 6, 8)],
        "time": "1999-11-16T11:05:11.150000Z",
        "exchanges": [1, 1],
        "message": "HELO was sent when 17 of the 39 octets of the greeting had been received",
        "filter": "frame.number in {4,6,8}",
        "details": {},
    } | changes


FRAGMENT = {
    "reply_of": 0,
    "held": 17,
    "held_hex": GREETING.hex(),
    "missing": 22,
    "split": "writes",
    "gap_ns": 250_000_000,
    "cure": "yes",
    "why": "the whole greeting (39 octets) fits one segment",
}


def connection(identifier="c0", *findings, **changes):
    return {
        "id": identifier,
        "capture": 0,
        "stream": 0,
        "parts": [{"capture": 0, "stream": 0, "first_frame": 1, "last_frame": 17}],
        "same_as": [],
        "community_id": "1:wCb3OG7yAFWelaUydu0D+125CLM=",
        "protocol": "smtp",
        "client": {"address": CLIENT, "port": 1042, "name": "gw.example.net"},
        "server": {"address": SERVER, "port": 25, "banner": "smtp.tele.fi rest of the greeting"},
        "origin": {"client": "syn", "server": "syn"},
        "first_time": "1999-11-16T11:05:11.000000Z",
        "last_time": "1999-11-16T11:05:12.421000Z",
        "first_frame": 1,
        "last_frame": 17,
        "capture_point": "client",
        "complete": True,
        "tcp": {
            "mss": {"client": 1460, "server": 1460},
            "rtt_ns": {"client": 0, "server": 40_000_000},
            "retransmitted": 0,
            "reordered": 0,
            "duplicated": 0,
            "checksum": 0,
            "closed_by": "client",
            "gaps": [],
        },
        "tls": None,
        "prefix": None,
        "extensions": [],
        "reader": None,
        "drift": None,
        "exchanges": [
            exchange(0, reply=reply(220, "220 smtp.tele.fi rest of the greeting")),
            exchange(1, "HELO", reply=reply(250, "250 smtp.tele.fi Hello", start=39, frame=9)),
        ],
        "unpaired_replies": [],
        "transactions": [],
        "left_out": {"exchanges": 0, "unpaired_replies": 0, "transactions": 0},
        "findings": list(findings),
    } | changes


def document(captures=None, connections=(), problems=(), streams=None, **summary):
    captures = [capture()] if captures is None else captures
    everything = [*problems, *(one for each in connections for one in each["findings"])]
    by_code = {}
    for one in everything:
        by_code[one["code"]] = by_code.get(one["code"], 0) + 1
    return deepcopy(
        {
            "schema": "desync-report/1",
            "tool": {"name": "desync", "version": "0.1.0"},
            "options": {
                "ports": [24, 25, 587, 1025, 2525, 10024, 10025, 10026],
                "hosts": [],
                "since": None,
                "until": None,
                "select": [],
                "ignore": [],
                "redact": False,
                "hash": False,
                "merge": False,
                "all": False,
            },
            "captures": captures,
            "connections": list(connections),
            "findings": everything,
            "summary": {
                "connections": len(connections) if streams is None else streams,
                "mail": len(connections),
                "encrypted": 0,
                "by_code": by_code,
                "clients": [],
                "servers": [],
                "timeline": [],
                "not_analysed": [],
            }
            | summary,
        }
    )


def client_entry(address=CLIENT, **changes):
    return {
        "address": address,
        "name": "gw.example.net",
        "sessions": 1,
        "encrypted": 0,
        "splits_seen": 1,
        "misread": 1,
        "whole_misread": 0,
        "model": None,
        "proved": 1,
    } | changes


def server_entry(address=SERVER, **changes):
    return {
        "address": address,
        "banner": "smtp.tele.fi rest of the greeting",
        "sessions": 1,
        "split": 1,
        "misread": 1,
        "cured": 1,
    } | changes


def incident_1999():
    note = finding("REPLY301", "reply-line-split", severity="note", blame="nobody", exchanges=[0, 0])
    note |= {"frame": 4, "message": "the greeting's only line left in 2 segments", "details": FRAGMENT}
    one = connection("c0", finding(details=FRAGMENT), note)
    return document(connections=[one], clients=[client_entry()], servers=[server_entry()])


def drifted():
    """The 1999 case to its end: the message was refused, and the client took DATA's reply for its own."""
    turns = (
        (None, "220 smtp.tele.fi rest of the greeting", (0, 39), 220, ["220 smtp.tele.fi "], (0, 17)),
        ("HELO", "250 smtp.tele.fi Hello", (39, 63), None, ["rest of the greeting"], (17, 39)),
        ("MAIL", "250 sender ok", (63, 78), 250, ["250 smtp.tele.fi Hello"], (39, 63)),
        ("RCPT", "550 no such user", (78, 96), 250, ["250 sender ok"], (63, 78)),
        ("DATA", "503 no recipients", (96, 115), 550, ["550 no such user"], (78, 96)),
        ("QUIT", "221 bye", (115, 124), 503, ["503 no recipients"], (96, 115)),
    )
    exchanges = [
        exchange(
            index,
            verb,
            reply=reply(int(line[:3]), line, start=octets[0], frame=4 + index),
            believed={"code": code, "text": text, "octets": list(taken)},
            drift=int(index > 0),
        )
        for index, (verb, line, octets, code, text, taken) in enumerate(turns)
    ]
    own = finding(details=FRAGMENT)
    drift = finding(
        "SYNC201",
        "reply-drift",
        id="c0-SYNC201-1",
        certainty="consistent",
        evidence=["content"],
        exchanges=[1, 5],
    )
    one = connection(
        "c0",
        own,
        drift,
        exchanges=exchanges,
        reader={"model": "segment", "candidates": [], "support": 1.0, "exception": None},
        drift={"onset": 1, "recovered": None, "cause": "split-reply"},
        transactions=[transaction()],
    )
    return document(connections=[one], clients=[client_entry(model="segment")], servers=[server_entry()])


def transaction(index=0, **changes):
    return {
        "index": index,
        "sender": "notes@gw.example.net",
        "recipients": [{"address": f"user{number}@example.org", "code": 550} for number in range(5)],
        "final_reply": 554,
        "queue_id": None,
        "message_octets": 131,
        "outcome": "refused",
        "believed_outcome": "accepted",
        "verdict": "lost",
        "because": "the client took another reply for the one that refuses",
        "exchanges": [2, 4],
    } | changes


def clean():
    return document([capture(path="mail.pcap", format="pcap")], streams=12, mail=12)


def no_mail():
    return document([capture(path="web.pcapng", format="pcapng")], streams=3, mail=0)


def damaged():
    cut = finding("CAP901", "truncated-capture", severity="warning", blame="capture", certainty="proved")
    cut |= {"connection": None, "stream": None, "client": None, "server": None, "frame": 20, "frames": []}
    cut |= {"exchanges": None, "time": None, "filter": None, "evidence": []}
    cut["message"] = "record of frame 21 at offset 1048552 needs 1514 octets, the file has 24 left"
    hole = finding("CAP903", "missing-segments", severity="warning", blame="capture", exchanges=None)
    hole |= {"message": "40 octets of the server's stream, 39 to 79, are not in the capture", "evidence": []}
    captures = [
        capture(problems=[cut]),
        capture(1, "spool/second.pcap.gz", format="pcap", compression="gzip"),
    ]
    refused = [{"path": "spool/notes.txt", "reason": "is no capture: its first octets are 54686973"}]
    holed = connection("c0", hole, complete=False)
    holed["tcp"]["gaps"] = [{"side": "server", "octets": [39, 79], "kind": "loss"}]
    return document(captures, [holed], [cut], not_analysed=refused)


def many(clients=3, each=8):
    connections, entries = [], []
    for number in range(clients):
        address = f"192.0.2.{number + 1}"
        for session in range(each):
            name = f"c{number}-{session}"
            own = finding(connection=name, client=f"{address}:{2000 + session}", stream=session)
            own |= {"id": f"{name}-1", "details": FRAGMENT}
            early = finding("SYNC104", "pipelining-not-offered", connection=name, details={"reply_of": 0})
            early |= {"id": f"{name}-2", "client": f"{address}:{2000 + session}"}
            one = connection(name, own, *([early] if session % 4 == 0 else []), stream=session)
            one["client"] = {"address": address, "port": 2000 + session, "name": f"host{number}.example.net"}
            connections.append(one)
        entries.append(client_entry(address, sessions=each, name=f"host{number}.example.net"))
        entries.append(client_entry(address, sessions=10, name=None))
    return document(connections=connections, clients=entries, servers=[server_entry(sessions=120)])


def inconclusive():
    details = FRAGMENT | {"reasons": ["the first copy of HELO is not in the capture"]}
    one = finding(certainty="inconclusive", evidence=[], details=details)
    return document(connections=[connection("c0", one)], clients=[client_entry(proved=0)])


def encrypted():
    note = finding("CAP912", "encrypted", severity="note", blame="nobody", exchanges=None, evidence=[])
    tls = {"prompt": 2, "from_octet": {"client": 40, "server": 120}, "version": "1.3", "server_name": None}
    return document(connections=[connection("c0", note, tls=tls)], encrypted=1)


ALL = {
    "1999": incident_1999,
    "clean": clean,
    "no mail": no_mail,
    "damaged": damaged,
    "many": many,
    "inconclusive": inconclusive,
    "encrypted": encrypted,
    "drifted": drifted,
}
