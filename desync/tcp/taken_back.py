"""Segments that take an acknowledgment back, which no TCP does: somebody else put them in.

May know rows and offsets; must not know what segments carry.
"""

from bisect import bisect_right
from itertools import pairwise

from desync.tcp.rows import RST, Rows


def is_ordered(rows: Rows) -> bool:
    """Whether what stands later in the file was captured later: one capture, whose clock never steps back."""
    return (
        rows.capture.count(rows.capture[0]) == len(rows)
        and rows.time[0] > 0
        and all(later >= earlier for earlier, later in pairwise(rows.time))
    )


class _Heard:
    """How much a side had acknowledged when it first sent the octets up to some offset."""

    def __init__(self) -> None:
        self._offsets: list[int] = []
        self._most: list[int] = []

    def before(self, offset: int) -> int:
        """The most that was acknowledged by a segment that begins no later than ``offset``."""
        index = bisect_right(self._offsets, offset) - 1
        return self._most[index] if index >= 0 else 0

    def add(self, offset: int, acknowledged: int) -> None:
        """Note a segment: both lists rise."""
        if acknowledged <= self.before(offset):
            return
        at = bisect_right(self._offsets, offset)
        end = at
        while end < len(self._most) and self._most[end] <= acknowledged:
            end += 1
        self._offsets[at:end], self._most[at:end] = [offset], [acknowledged]


def rows_taken_back(
    rows: Rows, offsets: list[int | None], acknowledgments: list[int | None]
) -> frozenset[int]:
    """Find the rows with octets that acknowledge less than an earlier row of their side.

    Only a row that begins no later counts as earlier: segments that overtake one another are no reason.

    Args:
        rows: The segments of a connection.
        offsets: Where each begins in its side's stream.
        acknowledgments: How much of the other stream each acknowledges.
    """
    if not is_ordered(rows):
        return frozenset()
    heard = (_Heard(), _Heard())
    found = set()
    for row, (offset, acknowledged) in enumerate(zip(offsets, acknowledgments, strict=True)):
        if offset is None or acknowledged is None or rows.flags[row] & RST:
            continue
        side = heard[rows.side[row]]
        if rows.length[row] and acknowledged < side.before(offset):
            found.add(row)
        side.add(offset, acknowledged)
    return frozenset(found)
