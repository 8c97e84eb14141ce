"""Sequence and acknowledgment numbers become stream offsets. Behind this there are only offsets.

May know where streams begin; must not know what segments carry.
"""

from typing import NamedTuple

from desync.tcp.origin import Start
from desync.tcp.rows import ACK, RST, SYN, Rows
from desync.tcp.sequence import distance


class Offsets(NamedTuple):
    """For each segment of a connection, where it lies.

    Attributes:
        offset: Stream offset of its first octet; None where the stream's start is not known.
        acknowledged: How much of the other stream it acknowledges; None without ACK.
    """

    offset: list[int | None]
    acknowledged: list[int | None]


def offsets_of(rows: Rows, begun: tuple[Start, Start]) -> Offsets:
    """Place the segments of a connection, counting on past 2**32.

    Args:
        rows: Segments of one connection, in file order.
        begun: Where the streams of side 0 and side 1 begin.
    """
    offset: list[int | None] = []
    acknowledged: list[int | None] = []
    reached = [0, 0]
    begins = (begun[0].sequence, begun[1].sequence)
    for flags, side, sequence, acknowledgment, length in zip(
        rows.flags, rows.side, rows.sequence, rows.acknowledgment, rows.length, strict=True
    ):
        mine = _nearest(sequence + bool(flags & SYN), begins[side], reached[side])
        offset.append(mine)
        if mine is not None and not flags & RST and mine + length > reached[side]:
            reached[side] = mine + length
        theirs = begins[1 - side] if flags & ACK else None
        acknowledged.append(_nearest(acknowledgment, theirs, reached[1 - side]))
    return Offsets(offset, acknowledged)


def _nearest(number: int, start: int | None, reached: int) -> int | None:
    """The stream offset nearest to what was reached that has this sequence number."""
    return None if start is None else reached + distance(number, start + reached)
