"""One direction of a connection: its octets, its holes, and when each octet was sent.

May know offsets; must not know sequence numbers, nor what the octets say.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from desync.tcp.sides import GapKind, Origin


@dataclass(frozen=True, slots=True)
class Gap:
    """Octets that were sent and that nobody can read: the capture does not hold them, or we dropped them.

    Attributes:
        offset: Stream offset of the first missing octet.
        length: Octets missing.
        kind: ``loss``, or ``snaplen`` where the capture cut the frames; ``dropped`` where it holds
            them, but they are too many to keep, and the dialogue would have needed them.
    """

    offset: int
    length: int
    kind: GapKind

    @property
    def end(self) -> int:
        """Offset behind the last missing octet."""
        return self.offset + self.length

    def __iter__(self) -> Iterator[int]:
        """A gap unpacks to its offset and its length."""
        return iter((self.offset, self.length))


class Sent(NamedTuple):
    """One segment's share in a stream.

    Attributes:
        start, end: Half-open range of stream offsets that it carried.
        acknowledged: Octets of the other side's stream that it acknowledged.
        capture, frame: Where it is.
        time: Nanoseconds since 1970 UTC, or ``UNKNOWN_TIME``.
        row: Its row among the connection's segments.
    """

    start: int
    end: int
    acknowledged: int
    capture: int
    frame: int
    time: int
    row: int


Settled: TypeAlias = Literal["acknowledged", "checksum", "flags"]
"""How it is known which of two differing copies was taken: the other side had acknowledged the octets
between the two, or one of them has a wrong checksum or no ACK."""


class Conflict(NamedTuple):
    """A later copy of octets that differs from the first.

    Attributes:
        start, end: Half-open range of stream offsets in which the copies differ.
        kept, dropped: The segments of the copy in the stream and of the other.
        settled: How it is known that the receiver took the copy in the stream; None where it is not.
    """

    start: int
    end: int
    kept: Sent
    dropped: Sent
    settled: Settled | None = None


class Stream(NamedTuple):
    """One direction of a connection.

    Attributes:
        runs: Captured octets as (offset, octets), in stream order, never adjacent.
        gaps: Octets known to have been sent and not captured, in stream order.
        length: Offset behind the last octet known to have been sent.
        origin: How offset 0 is known: from the SYN, or only as the first octet seen.
        captured: Whether any frame of this direction is in the capture.
        starts: First offset of each stretch of octets first sent by one segment.
        first: The segment that first sent each stretch.
        conflicts: Copies that differ.
        passed: Captured octets that are not kept, as half-open ranges: in the midst of what one side
            said without a pause, without any line that may end a message or be a command.

    Units:
        Offsets count octets from the first one after the SYN.
    """

    runs: tuple[tuple[int, bytes], ...]
    gaps: tuple[Gap, ...]
    length: int
    origin: Origin
    captured: bool
    starts: list[int]
    first: list[Sent]
    conflicts: tuple[Conflict, ...]
    passed: tuple[tuple[int, int], ...] = ()

    @property
    def octets(self) -> bytes:
        """The captured octets in stream order, gaps left out, first copy wins."""
        return self.runs[0][1] if len(self.runs) == 1 else b"".join(octets for _, octets in self.runs)

    @property
    def disputed(self) -> int | None:
        """Offset of the first octet of which it is not known which copy the receiver took, or None."""
        return min((one.start for one in self.conflicts if one.settled is None), default=None)

    @property
    def first_gap(self) -> int:
        """Offset of the first missing octet; the stream's length where none is missing."""
        return self.gaps[0].offset if self.gaps else self.length

    def runs_from(self, offset: int) -> tuple[tuple[int, bytes], ...]:
        """The runs from the one on that holds ``offset`` or is the first behind it."""
        runs = self.runs
        if len(runs) == 1:
            return runs if offset < runs[0][0] + len(runs[0][1]) else ()
        index = bisect_right(runs, offset, key=lambda run: run[0]) - 1
        if index < 0:
            return runs
        start, octets = runs[index]
        return runs[index:] if offset < start + len(octets) else runs[index + 1 :]

    def run_at(self, offset: int) -> tuple[int, bytes] | None:
        """The run that holds ``offset``, or None in a gap and behind the end."""
        runs = self.runs_from(offset)
        return runs[0] if runs and runs[0][0] <= offset else None

    def is_passed_before(self, offset: int) -> bool:
        """Whether the octets right before ``offset`` are captured and not kept."""
        index = bisect_left(self.passed, offset, key=lambda one: one[1]) if self.passed else 0
        return index < len(self.passed) and self.passed[index][1] == offset

    def dropping(self, ranges: Iterable[tuple[int, int]]) -> "Stream":
        """The stream with some of what was passed over counted as missing."""
        lost = set(ranges)
        gaps = (*self.gaps, *(Gap(start, end - start, "dropped") for start, end in lost))
        return self._replace(
            gaps=tuple(sorted(gaps, key=lambda gap: gap.offset)),
            passed=tuple(one for one in self.passed if one not in lost),
        )

    def slice(self, start: int, end: int) -> bytes:
        """The captured octets of ``[start, end)``, gaps left out."""
        return b"".join(octets[max(start - at, 0) : max(end - at, 0)] for at, octets in self.runs)

    def missing(self, start: int, end: int) -> int:
        """How many octets of ``[start, end)`` are in a gap."""
        return sum(max(0, min(end, gap.end) - max(start, gap.offset)) for gap in self.gaps)

    def sent(self, offset: int) -> Sent | None:
        """The first transmission of the octet at ``offset``, of its copies the least acknowledging."""
        index = bisect_right(self.starts, offset) - 1
        if index < 0 or not offset < self.first[index].end:
            return None
        return self.first[index]

    def _reaches(self, index: int, end: int) -> bool:
        """Whether no stretch behind the one of this index begins before ``end``."""
        return index + 1 == len(self.starts) or end <= self.starts[index + 1]

    def carriers(self, start: int, end: int) -> list[tuple[int, int, Sent]]:
        """The segments that first sent the octets of ``[start, end)``, with the part of each."""
        found: list[tuple[int, int, Sent]] = []
        index = bisect_right(self.starts, start) - 1
        if index >= 0 and start < end <= self.first[index].end and self._reaches(index, end):
            # Mostly one segment carried all of it.
            return [(start, end, self.first[index])]
        index = max(index, 0)
        while index < len(self.starts) and self.starts[index] < end:
            one = self.first[index]
            upper = self.starts[index + 1] if index + 1 < len(self.starts) else one.end
            low, high = max(start, self.starts[index]), min(end, one.end, upper)
            if low < high:
                found.append((low, high, one))
            index += 1
        return found


def first_transmissions(sent: list[Sent]) -> tuple[list[int], list[Sent]]:
    """Find for every octet the segment that first sent it.

    Of the captured copies of an octet that is the one with the lowest acknowledgment (then
    the first in the file): a side never takes an acknowledgment back, so the order of frames
    in the file, merged captures and clocks do not matter.

    Returns:
        The first offsets of the stretches and the segment of each, both in stream order.
    """
    if all(earlier.end <= later.start for earlier, later in pairwise(sent)):
        return [one.start for one in sent], sent
    order = sorted(range(len(sent)), key=lambda index: sent[index].start)
    points = sorted({one.start for one in sent} | {one.end for one in sent})
    starts: list[int] = []
    first: list[Sent] = []
    heap: list[tuple[int, int]] = []
    following = 0
    for point in points:
        while following < len(order) and sent[order[following]].start <= point:
            heappush(heap, (sent[order[following]].acknowledged, order[following]))
            following += 1
        while heap and sent[heap[0][1]].end <= point:
            heappop(heap)
        if heap and not (first and first[-1] is sent[heap[0][1]] and first[-1].end > point):
            starts.append(point)
            first.append(sent[heap[0][1]])
    return starts, first
