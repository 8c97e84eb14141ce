"""One side's stream while it is put together, segment by segment, in file order.

    first copy of an octet wins; a later one that differs is kept beside it
    a keep-alive, a RST's remark, what lies behind the FIN are no stream data
    what the capture cut or lost stays a hole                (DESIGN.md, section 4)

May know offsets and octets; must not know sequence numbers, nor what the octets say.
"""

from dataclasses import dataclass, field
from typing import Final

from desync.tcp.assembler import Assembler, Overlap
from desync.tcp.differing import differing
from desync.tcp.gaps import gaps
from desync.tcp.policies import Policy, Span, favours_later
from desync.tcp.rows import PASSED, RST, Rows
from desync.tcp.sides import GapKind, Origin
from desync.tcp.stream import Conflict, Sent, Settled, Stream, first_transmissions
from desync.tcp.trust import Flaw, flaw_of

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
        policy: Whose copy of octets stays where two differ and nothing else decides.
        ordered: Whether what stands later in the file was captured later.
        heard: How much the other side has acknowledged in the rows before the one that is taken.
        end: Offset behind the last octet taken so far.
        largest: Octets of its largest segment.
    """

    rows: Rows
    fin: int | None = None
    acknowledgments: list[int] = field(default_factory=list)
    captured: bool = False
    policy: Policy = "first"
    ordered: bool = False
    heard: int = 0
    end: int = 0
    largest: int = 0
    _assembler: Assembler = field(default_factory=Assembler)
    _sent: list[Sent] = field(default_factory=list)
    _begins: list[int] = field(default_factory=list)
    _heard: list[int] = field(default_factory=list)
    _cuts: list[tuple[int, int, GapKind]] = field(default_factory=list)
    _conflicts: list[Conflict] = field(default_factory=list)
    _discarded: set[int] = field(default_factory=set)
    _lost: set[int] = field(default_factory=set)

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
        starts, first = first_transmissions(self._taken())
        runs, passed = self._runs()
        return Stream(
            runs=tuple(runs),
            gaps=tuple(gaps(self._assembler.holes(0, length), sorted(self._cuts))),
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
        self._heard.append(self.heard)
        return len(self._sent) - 1

    def _taken(self) -> list[Sent]:
        """The segments as far as they carried the stream: not with octets of which another copy stayed."""
        if not self._lost:
            return [one for piece, one in enumerate(self._sent) if piece not in self._discarded]
        held: dict[int, list[tuple[int, int]]] = {piece: [] for piece in self._lost}
        assembler = self._assembler
        for start, end, piece in zip(assembler.starts, assembler.ends, assembler.holders, strict=True):
            if piece in held:
                held[piece].append((start, end))
        return [
            one._replace(start=start, end=end)
            for piece, one in enumerate(self._sent)
            if piece not in self._discarded
            for start, end in held.get(piece, [(one.start, one.end)])
        ]

    def _compare(self, overlap: Overlap, piece: int) -> None:
        """Compare two copies of the same octets, and let one of them stay."""
        start, end, holder = overlap.start, overlap.end, overlap.holder
        if self._is_passed(holder) or self._is_passed(piece):
            return
        mine, theirs = self._octets(piece, start, end), self._octets(holder, start, end)
        if mine == theirs:
            return
        first, last = (start + at for at in differing(mine, theirs))
        flaws = [flaw_of(self.rows, self._sent[one].row) for one in (holder, piece)]
        settled = self._settled(last, holder, flaws)
        damaged = flaws[0] is not None and flaws[1] is None
        if damaged or (settled is None and self._later_stays(start, holder, piece)):
            self._assembler.replace(start, end, piece)
            holder, piece = piece, holder
            if damaged:
                # Its receiver threw it away: it carried nothing, and its acknowledgment proves nothing.
                self._discarded.add(piece)
        self._lost.add(piece)
        self._note(Conflict(first, last, self._sent[holder], self._sent[piece], settled))

    def _settled(self, end: int, holder: int, flaws: list[Flaw | None]) -> Settled | None:
        """How it is known which of two copies, differing up to ``end``, the receiver took."""
        if (flaws[0] is None) != (flaws[1] is None):
            return flaws[0] or flaws[1]
        # What is acknowledged has been handed on: no later copy changes it (RFC 9293, section 3.10.7.4).
        return "acknowledged" if self.ordered and self._heard[holder] < end <= self.heard else None

    def _later_stays(self, start: int, holder: int, piece: int) -> bool:
        """Whether of two copies from ``start`` on, of which nothing else tells, the later one stays."""
        if self.policy != "last" and not self._assembler.holes(0, start):
            # It waited behind no hole: if it came, it was handed on at once.
            return False
        earlier, later = (Span(self._sent[one].start, self._sent[one].end) for one in (holder, piece))
        return favours_later(self.policy, earlier, later)

    def _note(self, conflict: Conflict) -> None:
        if len(self._conflicts) < MOST_CONFLICTS:
            self._conflicts.append(conflict)
        elif conflict.settled is None:
            # What is in doubt must not go unseen for the number of what is not.
            self._conflicts[-1] = conflict

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
