"""Segments of one connection become two streams.

May know which segments there are and where they lie; must not know what the octets say.
"""

from typing import Final, NamedTuple

from desync.tcp.direction import Direction
from desync.tcp.duplicates import duplicated_rows
from desync.tcp.offsets import Offsets, offsets_of
from desync.tcp.origin import Start
from desync.tcp.policies import Policy
from desync.tcp.rows import FIN, RST, SYN, Rows
from desync.tcp.stream import Stream
from desync.tcp.taken_back import is_ordered

TAKEN_BACK: Final = 2
"""Segments of a side that must all acknowledge less before an acknowledgment of that side is not believed:
in a capture in the order of time one may have overtaken another."""


class Assembly(NamedTuple):
    """What became of a connection's segments.

    Attributes:
        streams: The streams of side 0 and side 1.
        offsets: For each row the stream offset of its first octet, None where unknown.
        acknowledged: For each row how much of the other stream it acknowledges, or None.
        kinds: For each row what it is besides data: "keep-alive", "retransmission", "duplicate",
            "out of order", "behind the FIN", or "".
        retransmitted, reordered, duplicated: How many rows are so.
        finished: Whether a FIN of each side was seen.
        reset: Whether a RST was seen.
        largest: Octets of the largest segment of each side.
    """

    streams: tuple[Stream, Stream]
    offsets: list[int | None]
    acknowledged: list[int | None]
    kinds: list[str]
    retransmitted: int
    reordered: int
    duplicated: int
    finished: tuple[bool, bool]
    reset: bool
    largest: tuple[int, int]


def assemble(rows: Rows, begun: tuple[Start, Start], policy: Policy = "first") -> Assembly:
    """Put both streams of a connection together.

    Args:
        rows: Segments of one connection, in file order.
        begun: Where the streams of side 0 and side 1 begin.
        policy: Whose copy of octets stays where two differ and nothing else decides.
    """
    placed = offsets_of(rows, begun)
    ordered = is_ordered(rows)
    directions = (
        Direction(rows, policy=policy, ordered=ordered),
        Direction(rows, policy=policy, ordered=ordered),
    )
    believed = _believed(rows, placed) if ordered else placed.acknowledged
    _survey(rows, placed, believed, directions)
    twice = set(duplicated_rows(rows))
    kinds = []
    for row, (side, offset) in enumerate(zip(rows.side, placed.offset, strict=True)):
        kind = ""
        refused = rows.flags[row] & SYN and _is_refused_syn_data(rows, placed, row)
        if offset is not None and not refused:
            kind = directions[side].take(row, offset, placed.acknowledged[row] or 0)
        if not rows.flags[row] & RST:
            other = directions[1 - side]
            other.heard = max(other.heard, believed[row] or 0)
        kinds.append("duplicate" if row in twice else kind)
    return Assembly(
        streams=(directions[0].stream(begun[0].origin), directions[1].stream(begun[1].origin)),
        offsets=placed.offset,
        acknowledged=placed.acknowledged,
        kinds=kinds,
        retransmitted=kinds.count("retransmission"),
        reordered=kinds.count("out of order"),
        duplicated=len(twice),
        finished=(directions[0].fin is not None, directions[1].fin is not None),
        reset=any(flags & RST for flags in rows.flags),
        largest=(directions[0].largest, directions[1].largest),
    )


def _believed(rows: Rows, placed: Offsets) -> list[int | None]:
    """What each row acknowledges, but None where its side takes it back in all that it sends afterwards.

    No TCP does that: somebody else sent the row, and acknowledged what was never sent.
    """
    found = list(placed.acknowledged)
    later, most = [0, 0], [0, 0]
    for row in range(len(rows) - 1, -1, -1):
        side, other = rows.side[row], found[row]
        if other is None or rows.flags[row] & RST:
            continue
        if later[side] >= TAKEN_BACK and other > most[side]:
            found[row] = None
            continue
        later[side] += 1
        most[side] = max(most[side], other)
    return found


def _survey(
    rows: Rows, placed: Offsets, believed: list[int | None], directions: tuple[Direction, Direction]
) -> None:
    """Find out what is needed of each direction before its octets are taken."""
    for side, flags, other in zip(rows.side, rows.flags, believed, strict=True):
        directions[side].captured = True
        if other is not None and not flags & RST:
            directions[1 - side].acknowledgments.append(other)
    most = [max(one.acknowledgments, default=0) for one in directions]
    for row, (side, flags, offset) in enumerate(zip(rows.side, rows.flags, placed.offset, strict=True)):
        if not flags & FIN or flags & RST or offset is None:
            continue
        one, heard, end = directions[side], most[side], offset + rows.length[row]
        # The other side acknowledges a FIN as one octet; more than that means a FIN it never took. Of
        # several the one that it did take counts, else the first.
        if end >= 0 and (heard == end + 1 or (one.fin is None and heard <= end + 1)):
            one.fin = end


def _is_refused_syn_data(rows: Rows, placed: Offsets, row: int) -> bool:
    """Whether a SYN brings data that was not acknowledged with it: it is sent again.

    Source:
        RFC 9293, section 3.4 (data may come with a SYN); RFC 7413, section 4.2.2.
    """
    if not rows.length[row]:
        return False
    for side, flags, other in zip(rows.side, rows.flags, placed.acknowledged, strict=True):
        if side != rows.side[row] and other is not None and not flags & RST:
            return other <= 0
    return True
