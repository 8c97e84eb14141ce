"""Segments of one connection become two streams.

Sequence numbers end here: behind this module there are only offsets. May know which copies
of an octet exist; must not know what the octets say.
"""

from dataclasses import dataclass, field
from typing import Final

from desync.tcp.assembler import Assembler
from desync.tcp.duplicates import duplicated_rows
from desync.tcp.origin import Start
from desync.tcp.rows import ACK, FIN, RST, SYN, Rows
from desync.tcp.sequence import distance
from desync.tcp.stream import Conflict, Gap, Sent, Stream, first_transmissions
from desync.tcp.trust import is_bad_copy

MOST_CONFLICTS: Final = 100
"""Copies that differ are kept up to this number for each direction: enough to show the case."""


@dataclass(frozen=True, slots=True)
class Assembly:
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
        cut: Rows of which the capture holds only a part.
        coalesced: Rows whose payload is above the MSS that the receiver announced is for
            others to say; here the largest payload of each side, in octets.
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
    cut: int
    largest: tuple[int, int]


@dataclass(slots=True)
class _Direction:
    """One side's stream while it is put together."""

    assembler: Assembler = field(default_factory=Assembler)
    sent: list[Sent] = field(default_factory=list)
    pieces: list[int] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    conflicts: list[tuple[int, int, int, int]] = field(default_factory=list)
    end: int = 0
    fin: int | None = None
    acknowledgments: list[int] = field(default_factory=list)
    captured: bool = False
    largest: int = 0


def assemble(rows: Rows, begun: tuple[Start, Start]) -> Assembly:
    """Put both streams of a connection together.

    Args:
        rows: Segments of one connection, in file order.
        begun: Where the streams of side 0 and side 1 begin.
    """
    offsets, acknowledged = _offsets(rows, begun)
    directions = (_Direction(), _Direction())
    kinds = [""] * len(rows)
    twice = duplicated_rows(rows)
    for row in twice:
        kinds[row] = "duplicate"
    for row, flags in enumerate(rows.flags):
        side = rows.side[row]
        directions[side].captured = True
        other = acknowledged[row]
        if other is not None and not flags & RST:
            directions[1 - side].acknowledgments.append(other)
    for side in (0, 1):
        _find_end(rows, offsets, side, directions[side])
    for row in range(len(rows)):
        _take(
            rows,
            row,
            offsets[row],
            acknowledged[row] or 0,
            directions[rows.side[row]],
            kinds,
            _syn_data_refused(rows, acknowledged, row),
        )
    streams = (
        _stream(rows, directions[0], begun[0], directions[1]),
        _stream(rows, directions[1], begun[1], directions[0]),
    )
    return Assembly(
        streams=streams,
        offsets=offsets,
        acknowledged=acknowledged,
        kinds=kinds,
        retransmitted=kinds.count("retransmission"),
        reordered=kinds.count("out of order"),
        duplicated=len(twice),
        finished=(directions[0].fin is not None, directions[1].fin is not None),
        reset=any(flags & RST for flags in rows.flags),
        cut=sum(1 for captured, length in zip(rows.captured, rows.length, strict=True) if captured < length),
        largest=(directions[0].largest, directions[1].largest),
    )


def _offsets(rows: Rows, begun: tuple[Start, Start]) -> tuple[list[int | None], list[int | None]]:
    """Turn sequence and acknowledgment numbers into offsets, counted on past 2**32."""
    offsets: list[int | None] = []
    acknowledged: list[int | None] = []
    reached = [0, 0]
    for row, flags in enumerate(rows.flags):
        side = rows.side[row]
        offsets.append(_unwrap(rows.sequence[row] + bool(flags & SYN), begun[side].sequence, reached[side]))
        mine = offsets[-1]
        if mine is not None and not flags & RST:
            reached[side] = max(reached[side], mine + rows.length[row])
        acknowledged.append(
            _unwrap(rows.acknowledgment[row], begun[1 - side].sequence, reached[1 - side])
            if flags & ACK
            else None
        )
    return offsets, acknowledged


def _unwrap(number: int, start: int | None, reached: int) -> int | None:
    """The stream offset nearest to what was reached that has this sequence number."""
    return None if start is None else reached + distance(number, start + reached)


def _find_end(rows: Rows, offsets: list[int | None], side: int, direction: _Direction) -> None:
    """Find the offset at which a side finished; what lies behind it is not delivered."""
    for row, flags in enumerate(rows.flags):
        offset = offsets[row]
        if rows.side[row] == side and flags & FIN and not flags & RST and offset is not None:
            end = offset + rows.length[row]
            # The other side acknowledges a FIN as one octet; more than that means a FIN it never took.
            if end >= 0 and all(other <= end + 1 for other in direction.acknowledgments):
                direction.fin = end
                return


def _syn_data_refused(rows: Rows, acknowledged: list[int | None], row: int) -> bool:
    """Whether data on a SYN was not acknowledged with it (RFC 7413): it is sent again."""
    if not rows.flags[row] & SYN or not rows.length[row]:
        return False
    for later in range(len(rows)):
        other = acknowledged[later]
        if rows.side[later] != rows.side[row] and other is not None and not rows.flags[later] & RST:
            return other <= 0
    return True


def _take(
    rows: Rows,
    row: int,
    offset: int | None,
    acknowledged: int,
    direction: _Direction,
    kinds: list[str],
    refused: bool,
) -> None:
    """Give one segment's octets to its stream."""
    length = rows.length[row]
    # What a RST carries is the sender's remark, not stream data (RFC 9293, section 3.5.3).
    if offset is None or not length or rows.flags[row] & RST or refused:
        return
    start, end = offset, offset + length
    if length == 1 and start == direction.end - 1 and direction.assembler.holds(start):
        kinds[row] = kinds[row] or "keep-alive"
        return
    if direction.fin is not None and end > direction.fin:
        kinds[row] = kinds[row] or "behind the FIN"
        end = direction.fin
    start = max(start, 0)
    if start >= end:
        return
    direction.largest = max(direction.largest, length)
    piece = len(direction.sent)
    direction.sent.append(
        Sent(start, end, max(acknowledged, 0), rows.capture[row], rows.frame[row], rows.time[row], row)
    )
    direction.pieces.append(offset)
    held = min(end, offset + rows.captured[row])
    if held < end:
        direction.cuts.append((max(start, held), end))
    overlaps = direction.assembler.insert(start, held, piece)
    for one in overlaps:
        _compare(rows, direction, one.start, one.end, one.holder, piece)
    if not kinds[row]:
        if sum(one.end - one.start for one in overlaps) == held - start and start < direction.end:
            kinds[row] = "retransmission"
        elif start < direction.end:
            kinds[row] = "retransmission" if overlaps else "out of order"
    direction.end = max(direction.end, end)


def _compare(rows: Rows, direction: _Direction, start: int, end: int, holder: int, piece: int) -> None:
    """Compare two copies of the same octets; the first stays unless it alone is damaged."""
    mine, theirs = _octets(rows, direction, piece, start, end), _octets(rows, direction, holder, start, end)
    if mine == theirs:
        return
    rows_of = direction.sent[piece].row, direction.sent[holder].row
    if is_bad_copy(rows, rows_of[1]) and not is_bad_copy(rows, rows_of[0]):
        direction.assembler.replace(start, end, piece)
        holder, piece = piece, holder
    if len(direction.conflicts) < MOST_CONFLICTS:
        differing = [
            index for index, (one, other) in enumerate(zip(mine, theirs, strict=True)) if one != other
        ]
        direction.conflicts.append((start + differing[0], start + differing[-1] + 1, holder, piece))


def _octets(rows: Rows, direction: _Direction, piece: int, start: int, end: int) -> memoryview:
    """The octets that one piece brought for a range of the stream."""
    at = direction.pieces[piece]
    return rows.octets_of(direction.sent[piece].row)[start - at : end - at]


def _stream(rows: Rows, direction: _Direction, begun: Start, other: _Direction) -> Stream:
    assembler = direction.assembler
    runs: list[tuple[int, bytes]] = []
    parts: list[memoryview] = []
    at = upto = 0
    for start, end, holder in zip(assembler.starts, assembler.ends, assembler.holders, strict=True):
        if start != upto and parts:
            runs.append((at, b"".join(parts)))
            parts = []
        if not parts:
            at = start
        parts.append(_octets(rows, direction, holder, start, end))
        upto = end
    if parts:
        runs.append((at, b"".join(parts)))
    length = _length(direction, other)
    starts, first = first_transmissions(direction.sent)
    return Stream(
        runs=tuple(runs),
        gaps=tuple(_gaps(direction, length)),
        length=length,
        origin=begun.origin,
        captured=direction.captured,
        starts=starts,
        first=first,
        conflicts=tuple(
            Conflict(start, end, direction.sent[kept], direction.sent[dropped])
            for start, end, kept, dropped in direction.conflicts
        ),
    )


def _length(direction: _Direction, other: _Direction) -> int:
    """How many octets a side sent, as far as the capture can tell."""
    if direction.fin is not None:
        return direction.fin
    acknowledged = max(direction.acknowledgments, default=0)
    if acknowledged <= direction.end:
        return direction.end
    before = max((one for one in direction.acknowledgments if one < acknowledged), default=0)
    if acknowledged - max(before, direction.end) == 1:
        # An acknowledgment that grows by exactly one at the end is that of the FIN, which was not captured.
        return max(before, direction.end)
    return acknowledged


def _gaps(direction: _Direction, length: int) -> list[Gap]:
    found: list[Gap] = []
    for start, end in direction.assembler.holes(0, length):
        at = start
        for cut_start, cut_end in sorted(direction.cuts):
            low, high = max(at, cut_start), min(end, cut_end)
            if low >= high:
                continue
            if at < low:
                found.append(Gap(at, low - at, "loss"))
            found.append(Gap(low, high - low, "snaplen"))
            at = high
        if at < end:
            found.append(Gap(at, end - at, "loss"))
    return found
