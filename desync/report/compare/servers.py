"""What was seen of each server in two archives: its banners, its split replies, who misread them.

May know the timeline's rows; must not know clients.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeAlias

from desync.report.compare.chance import LEVEL, Share, chance_between, is_less, is_step, rounded
from desync.report.compare.seen import Server
from desync.report.jsonl import Document
from desync.tcp.addresses import address_number

VERDICTS: Final = ("more-splits", "fewer-splits", "same", "only-a", "only-b")
"""Whether a larger or smaller share of its sessions had a split reply; ``same``: chance may explain it."""

_SECOND: Final = len("2026-11-22T14:05:00")
"""Characters of a time that all precisions share."""

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeenServer:
    """A server in one archive: one address and port.

    Attributes:
        banners: First lines of its greetings, without what changes by itself; the most frequent first.
        sessions: Its mail connections.
        split: Those in which a reply left in more than one segment.
        misread: Those in which the client took a part of a reply for a reply.
        first_time, last_time: When it was first and last seen, RFC 3339, or None.
    """

    banners: tuple[str | None, ...]
    sessions: int
    split: int
    misread: int
    first_time: str | None
    last_time: str | None

    def document(self) -> dict[str, Any]:
        """The numbers as they are printed."""
        return {
            "banners": list(self.banners),
            "sessions": self.sessions,
            "split": self.split,
            "misread": self.misread,
            "first_time": self.first_time,
            "last_time": self.last_time,
        }


def servers_of(document: Document) -> dict[Server, SeenServer]:
    """Gather what a report's timeline says of each server, by address, then by port."""
    rows = (row for row in document["summary"]["timeline"] if row["kind"] == "server")
    return {
        server: _seen(list(several))
        for server, several in groupby(rows, lambda row: (row["address"], row["port"]))
    }


def server_rows(a: Mapping[Server, SeenServer], b: Mapping[Server, SeenServer]) -> Iterator[dict[str, Any]]:
    """Yield each server of either archive as it is printed, by address, then by port."""
    for server in sorted({*a, *b}, key=lambda one: (address_number(one[0]), one[1])):
        yield _row(server, a.get(server), b.get(server))


def span(times: Iterable[str | None]) -> tuple[str | None, str | None]:
    """The earliest and the latest of some times, whatever their precision; None where none is known."""
    known = sorted((time for time in times if time is not None), key=lambda time: (time[:_SECOND], time))
    return (known[0], known[-1]) if known else (None, None)


def is_telling(row: Row) -> bool:
    """Whether a server says something: its replies split, were misread, or its banner is another."""
    sides = [side for side in (row["a"], row["b"]) if side is not None]
    other = len(sides) > 1 and set(row["a"]["banners"]) != set(row["b"]["banners"])
    return other or any(side["split"] or side["misread"] for side in sides)


def _seen(rows: list[Row]) -> SeenServer:
    sessions, split, misread = (sum(row[name] for row in rows) for name in ("sessions", "split", "misread"))
    # Sorting is stable: of equally many sessions the earlier banner comes first.
    banners = [row["banner"] for row in sorted(rows, key=lambda row: -row["sessions"])]
    first, last = span(time for row in rows for time in (row["first_time"], row["last_time"]))
    return SeenServer(tuple(banners), sessions, split, misread, first, last)


def _row(server: Server, a: SeenServer | None, b: SeenServer | None) -> dict[str, Any]:
    verdict, chance = _judged(a, b)
    return {
        "address": server[0],
        "port": server[1],
        "verdict": verdict,
        "chance": rounded(chance),
        "a": a.document() if a else None,
        "b": b.document() if b else None,
    }


def _judged(a: SeenServer | None, b: SeenServer | None) -> tuple[str, float | None]:
    if a is None or b is None:
        return ("only-b" if a is None else "only-a"), None
    first, second = Share(a.split, a.sessions), Share(b.split, b.sessions)
    chance = chance_between(first, second)
    if chance is None or chance > LEVEL or not is_step(first, second):
        return "same", chance
    return ("fewer-splits" if is_less(first, second) else "more-splits"), chance
