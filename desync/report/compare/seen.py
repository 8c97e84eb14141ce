"""What was seen of each client in one archive: a report's document, client by client.

There may be as many clients as connections: they are read one after the other, and none is kept. May
know the report's document; must not know what it is compared with.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, TypeAlias

from desync.report.compare.chance import Share
from desync.report.compare.reasons import REASONS, reasons_of, told_findings
from desync.report.jsonl import Document
from desync.report.text_groups import Connection

Server: TypeAlias = tuple[str, int]
"""Address and port."""

MOST_NAMES: Final = 5
"""Names of one client that are told, those of most sessions."""


_COUNTS: Final = ("sessions", "encrypted", "splits_seen", "misread", "whole_misread", "proved")
"""Of the summary's rows what is added up."""


@dataclass(slots=True)
class Trouble:
    """The sessions in which one client was out of step.

    Attributes:
        sessions: How many; ``proved``: in how many a finding is proved.
        reasons: In how many of them for each reason.
        servers: With whom.
    """

    sessions: int = 0
    proved: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    servers: set[Server] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Seen:
    """A client in one archive: all sessions of one address.

    Attributes:
        names: What it called itself.
        sessions: Its mail connections; ``encrypted`` those that were so from their first octet.
        split: Sessions in which a reply left in more than one segment.
        misread: Sessions in which it took a part of a reply for a reply; ``whole_misread`` those where
            that reply had not been split.
        out_of_step: Sessions in which it spoke out of turn or lost step, those misread included;
            ``proved`` where that is proved.
        model: How it reads, where its sessions agree.
        why: Reasons, each with its sessions, the most frequent first.
        servers: With whom it was out of step.
    """

    names: tuple[str, ...]
    sessions: int
    encrypted: int
    split: int
    misread: int
    whole_misread: int
    out_of_step: int
    proved: int
    model: str | None
    why: tuple[tuple[str, int], ...]
    servers: frozenset[Server]

    @property
    def clear(self) -> int:
        """Sessions that could show anything."""
        return self.sessions - self.encrypted

    @property
    def of_sessions(self) -> Share:
        """Sessions out of step, of those that could show it."""
        return Share(min(self.out_of_step, self.clear), self.clear)

    @property
    def of_splits(self) -> Share:
        """Sessions out of step, of those that had a split reply."""
        return Share(min(self.out_of_step, self.split), self.split)

    @property
    def only_splits(self) -> bool:
        """Whether all that it did wrong was to misread replies that were split."""
        return self.out_of_step == self.misread - self.whole_misread

    def document(self) -> dict[str, Any]:
        """The numbers as they are printed."""
        return {
            "names": list(self.names),
            "sessions": self.sessions,
            "encrypted": self.encrypted,
            "split": self.split,
            "misread": self.misread,
            "whole_misread": self.whole_misread,
            "out_of_step": self.out_of_step,
            "proved": self.proved,
            "model": self.model,
            "why": [{"reason": reason, "sessions": sessions} for reason, sessions in self.why],
        }


_NONE: Final = Trouble()


def clients_of(document: Document, troubles: Mapping[str, Trouble]) -> Iterator[tuple[str, Seen]]:
    """Yield each client's address and what was seen of it, by address."""
    for address, rows in groupby(document["summary"]["clients"], key=lambda row: str(row["address"])):
        yield address, _seen(list(rows), troubles.get(address))


def troubles_of(document: Document) -> dict[str, Trouble]:
    """Gather by the client's address what was out of step; a connection captured twice counts once."""
    found: dict[str, Trouble] = {}
    for connection in document["connections"]:
        told = told_findings(connection)
        if not told or _is_repeat(connection):
            continue
        one = found.setdefault(connection["client"]["address"], Trouble())
        one.sessions += 1
        one.proved += any(finding["certainty"] == "proved" for finding in told)
        one.reasons.update(reasons_of(connection, told))
        one.servers.add((connection["server"]["address"], connection["server"]["port"]))
    return found


def _is_repeat(connection: Connection) -> bool:
    """Whether it is another copy that counts: the first one in the report's order does."""
    return any(_order(other) < _order(connection["id"]) for other in connection["same_as"])


def _order(name: str) -> tuple[int, ...]:
    """A connection's place in the report, as its id has it: capture and first frame."""
    return tuple(int(part) for part in name.split("-"))


def _seen(rows: list[Mapping[str, Any]], trouble: Trouble | None) -> Seen:
    """Add up the rows of one address, one for each name."""
    trouble = trouble or _NONE
    total = {name: sum(row[name] for row in rows) for name in _COUNTS} if len(rows) > 1 else rows[0]
    models = {row["model"] for row in rows if row["model"] is not None}
    names = sorted((-row["sessions"], row["name"]) for row in rows if row["name"] is not None)
    return Seen(
        names=tuple(name for _, name in names[:MOST_NAMES]),
        sessions=total["sessions"],
        encrypted=total["encrypted"],
        split=total["splits_seen"],
        misread=total["misread"],
        whole_misread=total["whole_misread"],
        # A report of chosen findings may not list what it counts.
        out_of_step=max(trouble.sessions, total["misread"]),
        proved=max(trouble.proved, total["proved"]),
        model=models.pop() if len(models) == 1 else None,
        why=tuple(sorted(trouble.reasons.items(), key=lambda one: (-one[1], REASONS.index(one[0])))),
        servers=frozenset(trouble.servers),
    )
