"""Which segments of one direction passed from one point to the other, and which did not.

    the same segment at both points      same place, flags, acknowledgment and identification
    cut anew                             other segments, the same octets as often
    lost                                 left the one point and never came to the other
    made up                              came to the other point and never left the one

May know segments and offsets; must not know what they say, nor clocks. A segment that was sent again
is two segments: which copy arrived is told by identification and timestamp, else taken to be the last.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from desync.archive.points.offsets import Offsets
from desync.capture.frames import Integers
from desync.packets.options import tcp_options
from desync.tcp.connection import Connection
from desync.tcp.rows import ACK, FIN, RST, SYN, Rows


class Segment(NamedTuple):
    """One segment as one point saw it.

    Attributes:
        row: Its row among the connection's segments.
        start, end: Half-open range of stream offsets, as they are where it was sent.
        acknowledged: What it acknowledges of the other stream, or None.
        flags: Its SYN, FIN and RST.
        identification: Of its packet; None in IPv6, or 0 where the sender numbers none.
        stamp: Its timestamp option's value, or None.
        hops: Time to live or hop limit.
        window: Window field, unscaled.
    """

    row: int
    start: int
    end: int
    acknowledged: int | None
    flags: int
    identification: int | None
    stamp: int | None
    hops: int
    window: int

    @property
    def carries(self) -> bool:
        """Whether it carries octets, or opens or ends a direction: it is missed where it is lost."""
        return self.end > self.start or bool(self.flags)


FARTHEST: Final = 1 << 24
"""Octets by which a segment may lie behind the end of a stream: no window is larger without holes."""

Pairs: TypeAlias = list[tuple[Segment, Segment]]


class Passage(NamedTuple):
    """What became of one direction's segments between two points.

    Attributes:
        sent, arrived: Its segments at either point, copies of the capture's own making left out.
        pairs: The same segment at both, in the order it was sent.
        changed: Of these, those whose acknowledgment is another.
        cut: The segments at either point that carry the same octets cut anew.
        lost: Segments with octets, SYN, FIN or RST that never arrived.
        made: Segments with octets, SYN, FIN or RST that were never sent.
        doubled: Segments that arrived once more often than they were sent, as they were.
        bare_lost: How many bare acknowledgments never arrived.
        bare_made: Bare acknowledgments that arrived and acknowledge what no segment acknowledged when sent.
    """

    sent: list[Segment]
    arrived: list[Segment]
    pairs: Pairs
    changed: Pairs
    cut: tuple[list[Segment], list[Segment]]
    lost: list[Segment]
    made: list[Segment]
    doubled: list[Segment]
    bare_lost: int
    bare_made: list[Segment]


def segments_of(
    connection: Connection,
    *,
    by_client: bool,
    own: Offsets | None = None,
    other: Offsets | None = None,
) -> list[Segment]:
    """The segments of one direction, in file order, each packet once.

    Args:
        connection: The connection.
        by_client: Whose.
        own: Turns offsets of the sender's stream into those where it was sent; None: they are those.
        other: The same for the other side's stream.
    """
    rows, assembly = connection.rows, connection.assembly
    side = connection.client_side if by_client else 1 - connection.client_side
    length = (connection.client_stream if by_client else connection.server_stream).length
    found = []
    for row in range(len(rows)):
        offset = assembly.offsets[row]
        if rows.side[row] != side or assembly.kinds[row] == "duplicate" or offset is None:
            continue
        if not 0 <= offset <= length + FARTHEST:
            # Not a number of this connection: its receiver ignores it.
            continue
        end = offset + (rows.length[row] if not rows.flags[row] & RST else 0)
        span = (
            (offset, end) if own is None else (own.there(offset, end=offset == end), own.there(end, end=True))
        )
        acknowledged = assembly.acknowledged[row]
        if other is not None and acknowledged is not None:
            acknowledged = other.there(acknowledged, end=True)
        found.append(_segment(rows, row, span, acknowledged))
    return found


def passage(sent: list[Segment], arrived: list[Segment]) -> Passage:
    """Lay the segments of one direction at both points over each other.

    Args:
        sent: Those at the point nearer the sender.
        arrived: Those at the other point.
    """
    pairs: Pairs = []
    left, right = sent, arrived
    for key in (_whole, _unnumbered):
        some, left, right = _paired(left, right, key)
        pairs += some
    changed, left, right = _paired([one for one in left if one.carries], right, _place)
    bare = Counter(one.carries for one in sent)[False] - sum(not one.carries for one, _ in pairs)
    cut, lost, made = _recut([one for one in left if one.carries], [one for one in right if one.carries])
    known = {_whole(one) for one, _ in pairs if one.identification or one.stamp is not None}
    doubled = [one for one in made if _whole(one) in known]
    said = {one.acknowledged for one in sent}
    return Passage(
        sent=sent,
        arrived=arrived,
        pairs=sorted([*pairs, *changed], key=lambda one: one[0].row),
        changed=changed,
        cut=cut,
        lost=lost,
        made=[one for one in made if _whole(one) not in known],
        doubled=doubled,
        bare_lost=bare,
        bare_made=[one for one in right if not one.carries and one.acknowledged not in said],
    )


def _segment(rows: Rows, row: int, span: tuple[int, int], acknowledged: int | None) -> Segment:
    network, octets = rows.network[row], rows.octets
    header = bytes(octets[network : network + 9]) if network >= 0 else b""
    is_4 = len(header) == 9 and header[0] >> 4 == 4
    stamps = tcp_options(octets, rows.transport[row]).timestamps
    return Segment(
        row=row,
        start=span[0],
        end=span[1],
        acknowledged=acknowledged if rows.flags[row] & ACK else None,
        flags=rows.flags[row] & (SYN | FIN | RST),
        identification=int.from_bytes(header[4:6], "big") if is_4 else None,
        stamp=stamps[0] if stamps is not None else None,
        hops=(header[8] if is_4 else header[7]) if len(header) == 9 else 0,
        window=rows.window[row],
    )


def _whole(one: Segment) -> Hashable:
    return one.start, one.end, one.flags, one.acknowledged, one.identification, one.stamp


def _unnumbered(one: Segment) -> Hashable:
    """A box may number packets anew, and write timestamps anew."""
    return one.start, one.end, one.flags, one.acknowledged


def _place(one: Segment) -> Hashable:
    """A box may acknowledge for itself."""
    return one.start, one.end, one.flags


def _paired(
    sent: Sequence[Segment], arrived: Sequence[Segment], key: Callable[[Segment], Hashable]
) -> tuple[Pairs, list[Segment], list[Segment]]:
    """Pair what has the same key, the last with the last; and what is left of both."""
    waiting: dict[Hashable, deque[Segment]] = defaultdict(deque)
    for one in arrived:
        waiting[key(one)].append(one)
    pairs: Pairs = []
    left: list[Segment] = []
    for one in reversed(sent):
        others = waiting.get(key(one))
        if others:
            pairs.append((one, others.pop()))
        else:
            left.append(one)
    rest = sorted((one for others in waiting.values() for one in others), key=lambda one: one.row)
    return pairs[::-1], left[::-1], rest


def _recut(
    sent: list[Segment], arrived: list[Segment]
) -> tuple[tuple[list[Segment], list[Segment]], list[Segment], list[Segment]]:
    """Part what has no twin: the same octets in other segments, and what is on one side only.

    Octets are counted: what was sent more often than it arrived is lost, and the reverse made up.
    """
    if not sent or not arrived:
        return ([], []), sent, arrived
    points = np.unique([at for one in (*sent, *arrived) for at in (one.start, one.end)])
    often = np.zeros(len(points), dtype=np.int64)
    marks: Counter[Hashable] = Counter()
    for some, step in ((sent, 1), (arrived, -1)):
        for one in some:
            often[_between(points, one)] += step
            marks[one.flags, one.end] += step
    lost, kept = _surplus(sent, _Count(points, often, marks, 1))
    made, kept_there = _surplus(arrived, _Count(points, often, marks, -1))
    return (kept, kept_there), lost, made


class _Count(NamedTuple):
    """How much more often octets, and SYN, FIN and RST, were sent than they arrived; ``sign`` -1: less."""

    points: Integers
    often: Integers
    marks: Counter[Hashable]
    sign: int


def _between(points: Integers, one: Segment) -> slice:
    return slice(int(np.searchsorted(points, one.start)), int(np.searchsorted(points, one.end)))


def _surplus(some: list[Segment], count: _Count) -> tuple[list[Segment], list[Segment]]:
    """The segments all of whose octets and flags are too many on this side, and the others."""
    surplus, rest = [], []
    for one in some:
        part, mark = _between(count.points, one), (one.flags, one.end)
        octets = (count.often[part] * count.sign > 0).all()
        if octets and (not one.flags or count.marks[mark] * count.sign > 0):
            count.often[part] -= count.sign
            count.marks[mark] -= count.sign
            surplus.append(one)
        else:
            rest.append(one)
    return surplus, rest
