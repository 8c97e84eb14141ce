"""Segments of full size that never arrive, where smaller ones do.

    small segments pass                                 the path works
    a full-size one is sent again and again             and no acknowledgment of it comes
    the other side is alive: it goes on acknowledging   what lies before it
    the same octets in smaller segments, if ever        pass

May know segments and acknowledgments; must not know what they carry, nor which rule asks.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from desync.tcp.connection import Connection
from desync.tcp.rows import RST
from desync.units import SECOND, UNKNOWN_TIME

UNANSWERED: Final = 4
"""Transmissions of one segment; chance loses that many in a row where half of all is lost."""

SHORTEST: Final = SECOND
"""A sender whose timer ran that often has waited longer (RFC 6298, section 2: it doubles)."""

OPTION_OCTETS: Final = 40
"""Most octets that TCP options take from a segment (RFC 9293, section 3.1)."""

LARGE: Final = 1200
"""Octets from which on a segment counts as full where no SYN tells the segment size."""


class BlackHole(NamedTuple):
    """Octets that did not get through in a segment of full size.

    Attributes:
        side: Which side of ``rows`` sent them.
        offset: The first of them, in that side's stream.
        copies: The rows of the full-size segments that carried it, in file order.
        size: Octets of the smallest of these.
        passed: Octets of the largest segment that got through before.
        through: The row of the first smaller segment that got it through, or None.
        span: Nanoseconds from the first to the last of these rows; None where the clock is unsound.
        alive: Whether the other side spoke on when that many copies had been lost.
    """

    side: int
    offset: int
    copies: list[int]
    size: int
    passed: int
    through: int | None
    span: int | None
    alive: bool


class _Side(NamedTuple):
    """One side's data, and what the other side acknowledged of it."""

    connection: Connection
    side: int
    data: list[int]
    acks: list[tuple[int, int]]

    def ends(self, row: int) -> tuple[int, int]:
        """Where a row's octets lie."""
        start = self.connection.assembly.offsets[row] or 0
        return start, start + self.connection.rows.length[row]


def black_holes(connection: Connection) -> Iterator[BlackHole]:
    """Find, for each side, the first octet that got stuck in segments of full size."""
    if connection.assembly.retransmitted < UNANSWERED - 1:
        return
    for side in (0, 1):
        one = _Side(connection, side, _data(connection, side), _acks(connection, 1 - side))
        for offset in _repeated(one):
            found = _at(one, offset)
            if found is not None:
                yield found
                break


def _data(connection: Connection, side: int) -> list[int]:
    """The rows of a side that carry octets, second copies of a packet and keep-alives left out."""
    rows, assembly = connection.rows, connection.assembly
    return [
        row
        for row, length in enumerate(rows.length)
        if length
        and rows.side[row] == side
        and not rows.flags[row] & RST
        and assembly.offsets[row] is not None
        and assembly.kinds[row] not in ("duplicate", "keep-alive")
    ]


def _acks(connection: Connection, side: int) -> list[tuple[int, int]]:
    """The rows of a side that acknowledge, a RST left out, and what each acknowledges."""
    rows, assembly = connection.rows, connection.assembly
    return [
        (row, acknowledged)
        for row, acknowledged in enumerate(assembly.acknowledged)
        if acknowledged is not None
        and rows.side[row] == side
        and not rows.flags[row] & RST
        and assembly.kinds[row] != "duplicate"
    ]


def _repeated(one: _Side) -> list[int]:
    """Offsets at which segments were sent again often enough, ascending."""
    kinds = one.connection.assembly.kinds
    again = sorted(one.ends(row)[0] for row in one.data if kinds[row] == "retransmission")
    return [offset for offset, group in groupby(again) if len(list(group)) >= UNANSWERED - 1]


def _at(one: _Side, offset: int) -> BlackHole | None:
    """The black hole that an octet fell into, or None."""
    answered = next(
        (row for row, acknowledged in one.acks if acknowledged > offset), len(one.connection.rows)
    )
    sent = [row for row in one.data if row < answered and _covers(one, row, offset)]
    size = _full_size(one.connection)
    copies = [row for row in sent if one.connection.rows.length[row] >= size]
    smaller = [row for row in sent if one.connection.rows.length[row] < size]
    if len(copies) < UNANSWERED or (smaller and smaller[0] < copies[-1]):
        return None
    never = answered == len(one.connection.rows)
    if never == bool(smaller):
        # The last full-size copy got through, or the smaller ones did not either.
        return None
    span = _span(one.connection, [*copies, *smaller[:1]])
    if span is not None and span < SHORTEST:
        return None
    smallest = min(one.connection.rows.length[row] for row in copies)
    passed = _passed(one, offset, smallest, copies[0])
    if passed is None or not (
        _stay_small(one, smaller[0], smallest) if smaller else _was_alive(one, offset, copies)
    ):
        return None
    through = smaller[0] if smaller else None
    alive = bool(smaller) or any(row > copies[UNANSWERED - 1] for row, _ in one.acks)
    return BlackHole(one.side, offset, copies, smallest, passed, through, span, alive)


def _covers(one: _Side, row: int, offset: int) -> bool:
    start, end = one.ends(row)
    return start <= offset < end


def _full_size(connection: Connection) -> int:
    """From how many octets on a segment is full."""
    sizes = [size for size in (connection.handshake.client_mss, connection.handshake.server_mss) if size]
    return min(sizes) - OPTION_OCTETS if sizes else LARGE


def _span(connection: Connection, chosen: list[int]) -> int | None:
    times = connection.rows.time[chosen[0]], connection.rows.time[chosen[-1]]
    return times[1] - times[0] if connection.times_sound and UNKNOWN_TIME not in times else None


def _passed(one: _Side, offset: int, size: int, first: int) -> int | None:
    """The largest segment that had got through before; None where none had, or one as large had.

    None, too, where smaller ones were lost before: then the path loses segments of any size.
    """
    connection = one.connection
    largest = 0
    for row in one.data:
        length = connection.rows.length[row]
        start, end = one.ends(row)
        if end <= offset:
            if length >= size:
                return None
            largest = max(largest, length)
        if row < first and start < offset and connection.assembly.kinds[row] == "retransmission":
            return None
    return largest or None


def _stay_small(one: _Side, through: int, size: int) -> bool:
    """Whether nothing as large got through behind the first smaller segment."""
    reached = max((acknowledged for _, acknowledged in one.acks), default=0)
    rows = one.connection.rows
    return not any(
        row > through and rows.length[row] >= size and one.ends(row)[1] <= reached for row in one.data
    )


def _was_alive(one: _Side, offset: int, copies: list[int]) -> bool:
    """Whether the other side went on to speak while it was waiting for the octet.

    Either behind the second copy, or by an acknowledgment that repeats the one before: it had
    received something behind the octet.
    """
    later = [(row, acknowledged) for row, acknowledged in one.acks if row > copies[0]]
    if any(row > copies[1] for row, _ in later):
        return True
    before = any(row < copies[0] and acknowledged == offset for row, acknowledged in one.acks)
    behind = any(one.ends(row)[0] > offset for row in one.data)
    return before and behind and any(acknowledged == offset for _, acknowledged in later)
