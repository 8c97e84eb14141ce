"""One side's stream with its private octets overwritten, and what becomes of each copy of an octet.

May know streams and offsets; must not know what is private.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

from desync.exchanges.privacy import MASK
from desync.report.evidence.masks import OTHER, mask_text
from desync.tcp.stream import Stream

_KEPT: Final = b"\r\n\0"

_MOST_RECORD: Final = (1 << 14) + 2048
"""Octets of the longest TLS record, its header apart (RFC 5246, section 6.2.3)."""

_RECORD_HEADER: Final = 5


@dataclass(slots=True)
class Veil:
    """A stream before and after; mutable while it is made.

    Attributes:
        stream: The stream.
        masked: For each of its runs what stands in its place, as long.
        encrypted: Offset from which on the stream is encrypted; None where it is not.
        others: The stream with other copies of octets that differ, as other receivers would have it.
    """

    stream: Stream
    masked: list[bytearray] = field(default_factory=list)
    encrypted: int | None = None
    others: "list[Veil]" = field(default_factory=list)

    def put(self, start: int, octets: bytes) -> None:
        """Let octets stand at an offset; what lies in holes is left out."""
        end = start + len(octets)
        for index, at, low, high in self.overlaps(start, end):
            self.masked[index][low - at : high - at] = octets[low - start : high - start]

    def show(self, start: int, end: int) -> None:
        """Let what was sent stand."""
        for low, octets in self.pieces(start, end):
            self.put(low, octets)

    def pieces(self, start: int, end: int) -> list[tuple[int, bytes]]:
        """What was sent in a range, hole by hole, each piece with its offset."""
        runs = self.stream.runs
        return [
            (low, runs[index][1][low - at : high - at]) for index, at, low, high in self.overlaps(start, end)
        ]

    def show_encrypted(self, start: int, keep: int | None = None) -> None:
        """Let TLS records stand, as far as they are some.

        Args:
            start: Where the first begins.
            keep: Octets of the beginning that stand, the rest overwritten; None: all.
        """
        self.encrypted = start
        for low, octets in self.pieces(start, self.stream.length):
            # Behind a hole nobody knows where a record begins: what is encrypted stays so.
            end = _records(octets) if low == start else len(octets)
            self.put(low, octets[:end] if keep is None else octets[: min(keep, end)] + MASK * (end - keep))

    def copy(self, offset: int | None, octets: bytes) -> bytes:
        """What stands in a copy of some octets in place of what it brought.

        Where it differs from the copy in the stream, it differs afterwards; what is in no run (behind the
        FIN, in a RST, of unknown place) is overwritten whole.
        """
        if offset is None:
            return mask_text(octets)
        end = offset + len(octets)
        overlaps = self.overlaps(offset, end)
        if len(overlaps) == 1 and overlaps[0][2:] == (offset, end):
            index, at, _, _ = overlaps[0]
            if self.stream.runs[index][1][offset - at : end - at] == octets:
                return bytes(self.masked[index][offset - at : end - at])
        found = bytearray(mask_text(octets))
        for index, at, low, high in overlaps:
            sent, stands = self.stream.runs[index][1], self.masked[index]
            for place in range(low, high):
                own, first, shown = octets[place - offset], sent[place - at], stands[place - at]
                found[place - offset] = shown if own == first else self._other(place, own, shown)
        return bytes(found)

    def _other(self, place: int, own: int, shown: int) -> int:
        """An octet of a copy that differs: as it stands where that copy is taken, if it still differs."""
        stands = {
            other.masked[index][place - at]
            for other in self.others
            for index, at, _, _ in other.overlaps(place, place + 1)
            if other.stream.runs[index][1][place - at] == own
        }
        # What one of them may not show is not shown.
        stands -= {own} if len(stands) > 1 else set()
        return min(stands) if stands and shown not in stands else _other(own, shown)

    def overlaps(self, start: int, end: int) -> list[tuple[int, int, int, int]]:
        """The runs that hold octets of a range: index, offset of the run, and the part of the range."""
        runs = self.stream.runs
        index = max(bisect_right(runs, start, key=lambda run: run[0]) - 1, 0)
        found = []
        while index < len(runs) and runs[index][0] < end:
            at, octets = runs[index]
            low, high = max(start, at), min(end, at + len(octets))
            if low < high:
                found.append((index, at, low, high))
            index += 1
        return found


def _other(own: int, shown: int) -> int:
    """An octet of a copy that differs, overwritten so that it still does."""
    if own in _KEPT and own != shown:
        return own
    return OTHER[0] if shown != OTHER[0] else MASK[0]


def _records(octets: bytes) -> int:
    """How many octets are TLS records, the last of them perhaps cut (RFC 8446, section 5.1)."""
    if octets[:1] and octets[0] & 0x80:
        # An SSL 2 message (RFC 5246, appendix E.2); what follows it is not looked at.
        return len(octets)
    at = 0
    while at < len(octets):
        head = octets[at : at + _RECORD_HEADER]
        length = int.from_bytes(head[3:5], "big")
        if not 0x14 <= head[0] <= 0x18 or head[1:2] not in (b"\x03", b"") or length > _MOST_RECORD:
            return at
        at += _RECORD_HEADER + length
    return len(octets)
