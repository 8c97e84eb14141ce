"""A record header that is due somewhere and does not look like one.

May know header fields; must not know what is done about it.
"""

from typing import NamedTuple

from desync.capture.headers import Headers
from desync.capture.plausible import MOST_PADDING
from desync.capture.run import Run
from desync.capture.state import Layout
from desync.capture.window import Window


class Doubt(NamedTuple):
    """An odd header, and the record before it, whose length led there.

    Attributes:
        offset: Where the header is due.
        headers: Columns in which it is ``row``.
        row: Its row.
        before: The record before it, not yet accepted; None where there is none.
    """

    offset: int
    headers: Headers
    row: int
    before: Run | None

    @property
    def captured(self) -> int:
        """Octets that the record says it holds."""
        return int(self.headers.captured[self.row])

    @property
    def step(self) -> int:
        """Octets to the next record, as the record says."""
        return int(self.headers.step[self.row])

    def is_possible(self, layout: Layout) -> bool:
        """Tell whether a frame of that length could be a frame."""
        room = self.step - self.captured - layout.header
        return 0 < self.captured <= layout.limit and 0 <= room <= MOST_PADDING


def describe(doubt: Doubt, window: Window, layout: Layout) -> str:
    """Say what was found where a header was due."""
    where = f"at offset {doubt.offset} a record header is due"
    if not any(window.piece(doubt.offset, doubt.offset + layout.header)):
        return f"{where} and all octets are zero"
    length, second = int(doubt.headers.length[doubt.row]), int(doubt.headers.seconds[doubt.row])
    return f"{where}, not {doubt.captured} octets captured of {length} in second {second}"
