"""The tables that hold a report: one column for each value of the document that is asked for.

Each row also has the part of the document that it stands for, as JSON, so that the report can be
printed from it again. May know the words of the report's document; must not know databases.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name, kind: As SQL knows it.
        path: The members of the document that lead to its value.
        about: What it says.
    """

    name: str
    kind: str
    path: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: Its name.
        about: What a row is.
        keys: Columns by which rows are known and refer to others, as SQL.
        columns: Columns with values of the document.
    """

    name: str
    about: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]


def _columns(*lines: str) -> tuple[Column, ...]:
    """Read lines of ``name KIND member.member: what it says``; without a member it is the name."""
    found = []
    for line in lines:
        head, _, about = line.partition(": ")
        name, kind, *path = head.split()
        found.append(Column(name, kind, tuple(path[0].split(".")) if path else (name,), about))
    return tuple(found)


_OF_CONNECTION: Final = "connection INTEGER NOT NULL REFERENCES connections -- its connection"

CAPTURES: Final = Table(
    "captures",
    "The captures of the last run that ended.",
    ("capture INTEGER PRIMARY KEY -- its number in the report",),
    _columns(
        "path TEXT: as it was named",
        "sha256 TEXT: of the file as stored, taken when it was read",
        "size INTEGER: octets of the file as stored",
        "format TEXT: pcap, pcapng or snoop",
        "compression TEXT: gzip, zstd, ...",
        "snap_length INTEGER: octets kept of each frame",
        "frames INTEGER: its frames",
        "tcp_frames INTEGER: those with TCP in them",
        "first_time TEXT: earliest time, RFC 3339, UTC",
        "last_time TEXT: latest time",
        "times_sound INTEGER: 0 where the clock stepped back or stood still",
    ),
)
CONNECTIONS: Final = Table(
    "connections",
    "The connections that the report lists: with --all all, else those with more than notes.",
    ("connection INTEGER PRIMARY KEY -- in the order of the report",),
    _columns(
        "id TEXT: its id in the report",
        "capture INTEGER: the capture that it begins in",
        "stream INTEGER: Wireshark's tcp.stream there",
        "protocol TEXT: smtp or lmtp",
        "client TEXT client.address: address of the client",
        "client_port INTEGER client.port: its port",
        "client_name TEXT client.name: what it calls itself",
        "server TEXT server.address: address of the server",
        "server_port INTEGER server.port: its port",
        "banner TEXT server.banner: first line of the greeting",
        "community_id TEXT: Community ID of the flow, version 1",
        "first_time TEXT: time of its first frame, RFC 3339, UTC",
        "last_time TEXT: time of its last frame",
        "first_frame INTEGER: its first frame there",
        "last_frame INTEGER: its last frame in the capture where it ends",
        "capture_point TEXT: where it was captured",
        "complete INTEGER: 1 where it was captured from its SYN, without holes",
        "closed_by TEXT tcp.closed_by: fin, rst, half-closed",
        "reader TEXT reader.model: how the client reads replies",
        "drift_onset INTEGER drift.onset: exchange from which on it took replies for other ones",
        "drift_recovered INTEGER drift.recovered: exchange from which on it was right again",
        "drift_cause TEXT drift.cause: what set it off",
    ),
)
EXCHANGES: Final = Table(
    "exchanges",
    "The exchanges of these connections: what was asked, and what answered it.",
    (_OF_CONNECTION, "position INTEGER NOT NULL -- in its order there"),
    _columns(
        "exchange INTEGER index: its number in the connection",
        "prompt TEXT: connection, command, auth, mail-data, bdat",
        "verb TEXT: the command",
        "text TEXT: its line, mail text and credentials left out",
        "frame INTEGER: frame of its first octet",
        "time TEXT: time of that frame",
        "acknowledged INTEGER: octets of the server that this frame acknowledges",
        "required_end INTEGER: octets that it should have waited for",
        "in_step INTEGER: 1 where it did wait, 0 where it did not",
        "code INTEGER reply.code: the true reply",
        "believed INTEGER believed.code: what the client took for the reply",
        "drift INTEGER: by how many replies the client was off",
    ),
)
TRANSACTIONS: Final = Table(
    "transactions",
    "The mail transactions of these connections.",
    (_OF_CONNECTION, "position INTEGER NOT NULL -- in its order there"),
    _columns(
        "sender TEXT: the reverse-path",
        "final_reply INTEGER: the true reply to its end of mail data",
        "queue_id TEXT: what the server called the message",
        "message_octets INTEGER: octets of mail data",
        "outcome TEXT: what became of it",
        "believed_outcome TEXT: what the client believed",
        "verdict TEXT: delivered, refused, lost, duplicate-risk, abandoned, unknown",
        "because TEXT: why",
    ),
)
FINDINGS: Final = Table(
    "findings",
    "The findings, in the order of the report.",
    (
        "finding INTEGER PRIMARY KEY -- in the order of the report",
        "capture INTEGER NOT NULL REFERENCES captures -- the capture that it was listed with",
        "connection INTEGER REFERENCES connections -- its connection; NULL: it is about the capture",
    ),
    _columns(
        "id TEXT: its id in the report",
        "code TEXT: SYNC102, ...; desync explain CODE says more",
        "name TEXT: the same in words",
        "severity TEXT: note, warning, error",
        "certainty TEXT: proved, consistent, inconclusive",
        "blame TEXT: client, server, path, capture, configuration, nobody",
        "client TEXT: address:port",
        "server TEXT: address:port",
        "stream INTEGER: Wireshark's tcp.stream",
        "frame INTEGER: the frame of the deed",
        "time TEXT: its time, RFC 3339, UTC",
        "message TEXT: one sentence",
        "filter TEXT: a display filter for its frames",
    ),
)
CLIENTS: Final = Table(
    "clients",
    "Every client of mail connections, by address and name.",
    ("position INTEGER PRIMARY KEY -- in the order of the report",),
    _columns(
        "address TEXT: its address",
        "name TEXT: what it calls itself",
        "sessions INTEGER: its mail connections",
        "splits_seen INTEGER: those with a reply in several segments",
        "misread INTEGER: those in which it took a part of a reply for a reply",
        "whole_misread INTEGER: those in which that reply had come whole",
        "proved INTEGER: those in which it is proved",
        "model TEXT: how it reads replies",
    ),
)
SERVERS: Final = Table(
    "servers",
    "Every server of mail connections, by address and banner.",
    ("position INTEGER PRIMARY KEY -- in the order of the report",),
    _columns(
        "address TEXT: its address",
        "banner TEXT: first line of the greeting",
        "sessions INTEGER: its mail connections",
        "split INTEGER: those with a reply in several segments",
        "misread INTEGER: those in which the client took a part of a reply for a reply",
        "cured INTEGER: those in which one write per reply would have prevented each misread",
    ),
)
TIMELINE: Final = Table(
    "timeline",
    "What changed when, and each server and client over time.",
    ("position INTEGER PRIMARY KEY -- in the order of the report",),
    _columns(
        "kind TEXT: change, server or client",
        "side TEXT: of a change: server or client",
        "address TEXT: whose it is",
        "port INTEGER: its port; NULL: any",
        "banner TEXT: of a server, without what changes by itself",
        "sessions INTEGER: its mail connections",
        "split INTEGER: those with a reply in several segments",
        "misread INTEGER: those in which the client took a part of a reply for a reply",
        "first_time TEXT: first seen, RFC 3339, UTC",
        "last_time TEXT: last seen",
        "time TEXT: of a change: its first session",
        "last_before TEXT: the last session before it",
        "banner_before TEXT before.banner: the banner until then",
        "banner_after TEXT after.banner: the banner from then on",
        "sessions_before INTEGER before.sessions: sessions until then",
        "split_before INTEGER before.split: those with a split reply",
        "misread_before INTEGER before.misread: those that were misread",
        "sessions_after INTEGER after.sessions: sessions from then on",
        "split_after INTEGER after.split: those with a split reply",
        "misread_after INTEGER after.misread: those that were misread",
    ),
)
NOT_ANALYSED: Final = Table(
    "not_analysed",
    "Files that are no captures, or could not be read.",
    (
        "position INTEGER PRIMARY KEY -- in the order of the report",
        "named INTEGER NOT NULL -- 1 where the caller named the file itself",
    ),
    _columns("path TEXT: as it was named or met", "reason TEXT: why"),
)

TABLES: Final = (
    CAPTURES,
    CONNECTIONS,
    EXCHANGES,
    TRANSACTIONS,
    FINDINGS,
    CLIENTS,
    SERVERS,
    TIMELINE,
    NOT_ANALYSED,
)
"""In the order in which rows may be added: those first that others refer to."""
