"""Where a line ends. Nobody else decides that.

May know octets and holes; must not know what a line says.
"""

from typing import Literal, NamedTuple, TypeAlias

from desync.tcp.stream import Stream

Ending: TypeAlias = Literal["crlf", "lf", "none"]


class Line(NamedTuple):
    """One line of a stream.

    Attributes:
        start, end: Half-open range of stream offsets, the line ending included.
        text: The octets before the line ending.
        ending: How it ended; ``none`` where the stream or a hole ended it.
        whole: False where a hole in the capture took its beginning or its end.
    """

    start: int
    end: int
    text: bytes
    ending: Ending
    whole: bool

    @property
    def terminated(self) -> bool:
        """Whether the line has ended."""
        return self.ending != "none"


def line_at(stream: Stream, offset: int) -> Line | None:
    """Read the line that begins at ``offset``, or at the end of the hole there.

    A line ends with LF: a bare LF ends it too, since the peers that we watch take it for one
    (which ending it was is kept), and CR LF split over two segments is one ending. A bare CR
    ends nothing (RFC 5321, section 2.3.8).

    Returns:
        The line; None where no octet is captured at ``offset`` or behind it.
    """
    for start, octets in stream.runs_from(offset):
        at = max(offset - start, 0)
        # The first line of a run may have lost its beginning in the hole before the run.
        after_hole = start > 0 and at == 0
        found = octets.find(b"\n", at)
        if found >= 0:
            crlf = found > at and octets[found - 1] == 0x0D
            text = octets[at : found - 1] if crlf else octets[at:found]
            return Line(start + at, start + found + 1, text, "crlf" if crlf else "lf", not after_hole)
        end = start + len(octets)
        cut = end < stream.length
        return Line(start + at, end, octets[at:], "none", not (after_hole or cut))
    return None


def lines_between(stream: Stream, start: int, end: int | None = None) -> list[Line]:
    """All lines that begin in ``[start, end)``, in stream order."""
    found = []
    at = start
    while (line := line_at(stream, at)) is not None and (end is None or line.start < end):
        found.append(line)
        at = line.end
    return found
