"""Which segment each octet of a stream is taken from.

Deals only with offsets and lengths, never with sequence numbers modulo 2**32, and never
invents an octet: what no segment holds stays a hole. The first copy of an octet wins.
"""

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Overlap:
    """Octets that a piece brings although another piece already holds them."""

    start: int
    end: int
    holder: int


@dataclass(slots=True)
class Assembler:
    """Ranges of stream offsets, each held by one piece, sorted, never overlapping.

    Attributes:
        starts: First offset of each held range.
        ends: Offset behind it.
        holders: The piece that holds it.
    """

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    holders: list[int] = field(default_factory=list)

    def insert(self, start: int, end: int, piece: int) -> list[Overlap]:
        """Give a piece what nobody holds of ``[start, end)``.

        Returns:
            The parts that another piece held already, in order; empty for a piece in order.
        """
        if start >= end:
            return []
        if not self.ends or start >= self.ends[-1]:
            self._append(start, end, piece)
            return []
        overlaps = self._overlaps(start, end)
        at = start
        for one in overlaps:
            if at < one.start:
                self._place(at, one.start, piece)
            at = one.end
        if at < end:
            self._place(at, end, piece)
        return overlaps

    def replace(self, start: int, end: int, piece: int) -> None:
        """Take ``[start, end)``, which others hold whole, from them."""
        for one in self._overlaps(start, end):
            index = bisect_right(self.starts, one.start) - 1
            left, right = self.starts[index], self.ends[index]
            del self.starts[index], self.ends[index], self.holders[index]
            for part_start, part_end, holder in (
                (left, one.start, one.holder),
                (one.start, one.end, piece),
                (one.end, right, one.holder),
            ):
                if part_start < part_end:
                    self._place(part_start, part_end, holder)

    def holds(self, offset: int) -> bool:
        """Whether any piece holds the octet at ``offset``."""
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and offset < self.ends[index]

    def holes(self, start: int, end: int) -> list[tuple[int, int]]:
        """The parts of ``[start, end)`` that nobody holds, as half-open ranges."""
        found = []
        at = start
        for one in self._overlaps(start, end):
            if at < one.start:
                found.append((at, one.start))
            at = one.end
        if at < end:
            found.append((at, end))
        return found

    def _overlaps(self, start: int, end: int) -> list[Overlap]:
        index = max(bisect_right(self.starts, start) - 1, 0)
        found = []
        while index < len(self.starts) and self.starts[index] < end:
            low, high = max(start, self.starts[index]), min(end, self.ends[index])
            if low < high:
                found.append(Overlap(low, high, self.holders[index]))
            index += 1
        return found

    def _append(self, start: int, end: int, piece: int) -> None:
        self.starts.append(start)
        self.ends.append(end)
        self.holders.append(piece)

    def _place(self, start: int, end: int, piece: int) -> None:
        index = bisect_right(self.starts, start)
        self.starts.insert(index, start)
        self.ends.insert(index, end)
        self.holders.insert(index, piece)
