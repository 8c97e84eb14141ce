"""One side's stream while it is put together, segment by segment, in file order.

    first copy of an octet wins; a later one that differs is kept beside it
    a keep-alive, a RST's remark, what lies behind the FIN are no stream data
    what the capture cut or lost stays a hole                (DESIGN.md, section 4)

May know offsets and octets; must not know sequence numbers, nor what the octets say.
"""

from dataclasses import dataclass, field
from typing import Final

from desync.tcp.assembler import Assembler, Overlap
from desync.tcp.rows import PASSED, RST, Rows
from desync.tcp.sides import GapKind, Origin
from desync.tcp.stream import Conflict, Gap, Sent, Stream, first_transmissions
from desync.tcp.trust import is_bad_copy

MOST_CONFLICTS: Final = 100
"""Copies that differ are kept up to this number for each direction: enough to show the case."""


@dataclass(slots=True)
class Direction:
    """One side's stream in the making.

    Attributes:
        rows: The connection's segments.
        fin: Offset at which the side finished, or None; set before segments are taken.
        acknowledgments: What the other side acknowledged, in file order; likewise.
        captured: Whether any frame of the side is in the capture.
        end: Offset behind the last octet taken so far.
        largest: Octets of its largest segment.
    """

    rows: Rows
    fin: int | None = None
    acknowledgments: list[int] = field(default_factory=list)
    captured: bool = False
    end: int = 0
    largest: int = 0
    _assembler: Assembler = field(default_factory=Assembler)
    _sent: list[Sent] = field(default_factory=list)
    _begins: list[int] = field(default_factory=list)
    _cuts: list[tuple[int, int, GapKind]] = field(default_factory=list)
    _conflicts: list[Conflict] = field(default_factory=list)
    _discarded: set[int] = field(default_factory=set)

    def take(self, row: int, offset: int, acknowledged: int) -> str:
        """Take a segment's octets.

        Returns:
            What it is besides data in order: "keep-alive", "behind the FIN", "retransmission",
            "out of order", or "".
        """
        rows = self.rows
        length = rows.length[row]
        # What a RST carries is the sender's remark, not stream data (RFC 9293, section 3.5.3).
        if not length or rows.flags[row] & RST:
            return ""
        if length == 1 and offset == self.end - 1 and self._assembler.holds(offset):
            # No data, but evidence all the same: in a swapped capture it may be the first copy.
            self._add(row, offset, offset, offset + 1, acknowledged)
            return "keep-alive"
        start, end = max(offset, 0), offset + length
        beyond = self.fin is not None and end > self.fin
        if self.fin is not None:
            end = min(end, self.fin)
        if start >= end:
            return "behind the FIN" if beyond else "retransmission"
        piece = self._add(row, offset, start, end, acknowledged)
        held = min(end, offset + rows.captured[row])
        if held < end:
            kind: GapKind = "dropped" if rows.payload[row] == PASSED else "snaplen"
            self._cuts.append((max(start, held), end, kind))
        overlaps = self._assembler.insert(start, held, piece)
        for one in overlaps:
            self._compare(one, piece)
        late = start < self.end
        self.end = max(self.end, end)
        if beyond:
            return "behind the FIN"
        return ("retransmission" if overlaps else "out of order") if late else ""

    def stream(self, origin: Origin) -> Stream:
        """The stream, once all segments have been taken."""
        length = self._length()
        taken = [one for piece, one in enumerate(self._sent) if piece not in self._discarded]
        starts, first = first_transmissions(taken)
        runs, passed = self._runs()
        return Stream(
            runs=tuple(runs),
            gaps=tuple(self._gaps(length)),
            length=length,
            origin=origin,
            captured=self.captured,
            starts=starts,
            first=first,
            conflicts=tuple(self._conflicts),
            passed=tuple(passed),
        )

    def _add(self, row: int, offset: int, start: int, end: int, acknowledged: int) -> int:
        rows = self.rows
        if rows.payload[row] != PASSED:
            self.largest = max(self.largest, rows.length[row])
        self._sent.append(
            Sent(start, end, max(acknowledged, 0), rows.capture[row], rows.frame[row], rows.time[row], row)
        )
        self._begins.append(offset)
        return len(self._sent) - 1

    def _compare(self, overlap: Overlap, piece: int) -> None:
        """Compare two copies of the same octets; the first stays unless it alone is damaged."""
        start, end, holder = overlap.start, overlap.end, overlap.holder
        if self._is_passed(holder) or self._is_passed(piece):
            return
        mine, theirs = self._octets(piece, start, end), self._octets(holder, start, end)
        if mine == theirs:
            return
        if is_bad_copy(self.rows, self._sent[holder].row) and not is_bad_copy(
            self.rows, self._sent[piece].row
        ):
            self._assembler.replace(start, end, piece)
            # Its receiver threw it away: it carried nothing, and its acknowledgment proves nothing.
            self._discarded.add(holder)
            holder, piece = piece, holder
        if len(self._conflicts) < MOST_CONFLICTS:
            copies = enumerate(zip(mine, theirs, strict=True), start)
            differing = [at for at, (one, other) in copies if one != other]
            kept, dropped = self._sent[holder], self._sent[piece]
            self._conflicts.append(Conflict(differing[0], differing[-1] + 1, kept, dropped))

    def _octets(self, piece: int, start: int, end: int) -> memoryview:
        """The octets that one piece brought for a range of the stream."""
        at = self._begins[piece]
        return self.rows.octets_of(self._sent[piece].row)[start - at : end - at]

    def _is_passed(self, piece: int) -> bool:
        """Whether the octets that a piece brought were not kept."""
        return self.rows.payload[self._sent[piece].row] == PASSED

    def _runs(self) -> tuple[list[tuple[int, bytes]], list[tuple[int, int]]]:
        """The octets that are kept, and the ranges of those that were passed over."""
        assembler = self._assembler
        runs: list[tuple[int, list[memoryview]]] = []
        passed: list[tuple[int, int]] = []
        upto = -1
        for start, end, holder in zip(assembler.starts, assembler.ends, assembler.holders, strict=True):
            if self._is_passed(holder):
                passed.append((start, end))
                upto = -1
                continue
            if start != upto:
                runs.append((start, []))
            runs[-1][1].append(self._octets(holder, start, end))
            upto = end
        return [(start, b"".join(parts)) for start, parts in runs], passed

    def _length(self) -> int:
        """How many octets the side sent, as far as the capture can tell."""
        if self.fin is not None:
            return self.fin
        acknowledged = max(self.acknowledgments, default=0)
        if acknowledged <= self.end:
            return self.end
        before = max((one for one in self.acknowledgments if one < acknowledged), default=0)
        if acknowledged - max(before, self.end) == 1:
            # An acknowledgment that grows by exactly one at the end is that of a FIN that was not captured.
            return max(before, self.end)
        return acknowledged

    def _gaps(self, length: int) -> list[Gap]:
        """The holes, each parted into what was cut or dropped and what was lost."""
        found: list[Gap] = []
        cuts = sorted(self._cuts)
        following = 0
        for start, end in self._assembler.holes(0, length):
            at = start
            while following < len(cuts) and cuts[following][1] <= start:
                following += 1
            index = following
            while index < len(cuts) and cuts[index][0] < end:
                low, high = max(at, cuts[index][0]), min(end, cuts[index][1])
                if low < high:
                    if at < low:
                        found.append(Gap(at, low - at, "loss"))
                    _append(found, Gap(low, high - low, cuts[index][2]))
                    at = high
                index += 1
            if at < end:
                found.append(Gap(at, end - at, "loss"))
        return found


def _append(gaps: list[Gap], gap: Gap) -> None:
    """Add a gap; what was dropped may be very many segments, and is one."""
    before = gaps[-1] if gaps else None
    if before is not None and before.kind == gap.kind == "dropped" and before.end == gap.offset:
        gaps[-1] = Gap(before.offset, before.length + gap.length, "dropped")
    else:
        gaps.append(gap)
