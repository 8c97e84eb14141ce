"""When the server's octets reached the client's program, as seen from the capture point.

    arrival = time in the capture + round trip from there to the client

With the round trip in it a time may be held against that of what the client sends: both are
seen at the same point. May know segments and acknowledgments; must not know replies.
"""

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import Final, NamedTuple

from desync.tcp.connection import Connection
from desync.tcp.stream import Sent, Stream
from desync.units import MILLISECOND, UNKNOWN_TIME

JITTER: Final = MILLISECOND // 2
"""Times closer than this are one: several segments that a program finds in one read."""


class Arrivals(NamedTuple):
    """What of the server's stream had arrived when.

    Attributes:
        ends: Offsets behind each segment's octets, in stream order.
        times: When all octets up to there had arrived; never falling. All 0 where times are unsound.
        opened: When the client could first speak.
        tolerance: Spans up to this say nothing: the clocks, the path and the program vary so much.
        sound: Whether times may be used.

    Units:
        Nanoseconds since 1970 UTC, at the capture point; octets.
    """

    ends: list[int]
    times: list[int]
    opened: int
    tolerance: int
    sound: bool

    def at(self, end: int) -> int:
        """When the octets before ``end`` had arrived."""
        index = bisect_left(self.ends, end)
        return self.times[index] if index < len(self.times) else self.opened

    def by(self, time: int) -> int:
        """How many octets had arrived by a time."""
        index = bisect_right(self.times, time)
        return self.ends[index - 1] if index else 0

    def between(self, start: int, end: int) -> list[int]:
        """The ends of segments in ``(start, end]``."""
        return self.ends[bisect_right(self.ends, start) : bisect_right(self.ends, end)]


def arrivals(connection: Connection) -> Arrivals:
    """Find out when the server's octets reached the client.

    Source:
        DESIGN.md, section 3.3. Where a segment was sent again and the client acknowledges it only
        behind the later copy, the earlier one was lost on its way.
    """
    stream, point = connection.server_stream, connection.point
    covering = _covering(connection)
    there = point.to_client if point.to_client is not None else _quickest(stream, covering)
    tolerance = max(5 * MILLISECOND, ((there or 0) + (point.to_server or 0)) // 3)
    ends = [min(one.end, after) for one, after in _stretches(stream.starts, stream.first)]
    known = connection.times_sound and there is not None
    sound = known and all(one.time != UNKNOWN_TIME for one in stream.first)
    if not sound or there is None:
        parted = sorted({*ends, *(amount for amount in covering.amounts if 0 < amount < stream.length)})
        return Arrivals(parted, [0] * len(parted), 0, tolerance, sound=False)
    times = [one.time for one in stream.first]
    if connection.assembly.retransmitted and point.point != "client":
        times = _delivered(connection, ends, there, covering)
    arrived = list(accumulate((time + there for time in times), max))
    parted, times = _part(ends, arrived, covering.amounts)
    return Arrivals(parted, times, _opened(connection), tolerance, sound=True)


def _part(ends: list[int], times: list[int], amounts: list[int]) -> tuple[list[int], list[int]]:
    """Part segments where the client's acknowledgments show that they reached it in pieces."""
    inner = {amount for amount in amounts if amount > 0 and ends and amount < ends[-1]} - set(ends)
    if not inner:
        return ends, times
    parted = sorted([*ends, *inner])
    return parted, [times[bisect_left(ends, end)] for end in parted]


def _quickest(stream: Stream, covering: "_Covering") -> int | None:
    """The round trip to the client where the handshake does not tell: its quickest acknowledgment."""
    spans = [covering.time_of(one.end) - one.time for one in stream.first if one.end <= stream.length]
    return min((span for span in spans if span >= 0), default=None)


def _stretches(starts: list[int], first: list[Sent]) -> list[tuple[Sent, int]]:
    """Each segment with the offset at which the next one's stretch begins."""
    return list(zip(first, [*starts[1:], 1 << 62], strict=False))


def _opened(connection: Connection) -> int:
    """When the handshake had reached the client, so that it could speak."""
    rows, shaken = connection.rows, connection.handshake
    first = rows.time[0]
    return first + (shaken.to_server or 0) + (shaken.to_client or 0)


def _delivered(connection: Connection, ends: list[int], there: int, covering: "_Covering") -> list[int]:
    """For each stretch the time of the copy that the client got."""
    stream, rows = connection.server_stream, connection.rows
    again = [
        (offset, offset + rows.length[row], rows.time[row])
        for row, kind in enumerate(connection.assembly.kinds)
        if kind == "retransmission"
        and rows.side[row] != connection.client_side
        and (offset := connection.assembly.offsets[row]) is not None
    ]
    again.sort()
    found = []
    for one, end in zip(stream.first, ends, strict=True):
        covered = covering.time_of(end)
        later = [
            time
            for start, stop, time in again[: bisect_right(again, (end, 0, 0))][-64:]
            if start < end <= stop and one.time < time <= covered - there + JITTER
        ]
        found.append(max([one.time, *later]))
    return found


class _Covering(NamedTuple):
    """When the client had acknowledged how much: the first time for each amount, both rising."""

    amounts: list[int]
    times: list[int]

    def time_of(self, end: int) -> int:
        index = bisect_left(self.amounts, end)
        return self.times[index] if index < len(self.times) else -1


def _covering(connection: Connection) -> _Covering:
    rows = connection.rows
    known = sorted(
        (time, acknowledged)
        for side, time, acknowledged in zip(
            rows.side, rows.time, connection.assembly.acknowledged, strict=True
        )
        if side == connection.client_side and acknowledged is not None
    )
    amounts: list[int] = []
    times: list[int] = []
    for time, acknowledged in known:
        if not amounts or acknowledged > amounts[-1]:
            amounts.append(acknowledged)
            times.append(time)
    return _Covering(amounts, times)
