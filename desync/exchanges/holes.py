"""Whether a range of a stream touches a hole.

May know gaps; must not know what the octets around them say.
"""

from bisect import bisect_left
from collections.abc import Sequence

from desync.tcp.stream import Gap


def is_holed(gaps: Sequence[Gap], start: int, end: int) -> bool:
    """Whether any octet of ``[start, end)`` is missing.

    Args:
        gaps: The gaps of the stream, in its order.
        start: First offset of the range.
        end: Offset behind it.
    """
    if not gaps:
        return False
    # Gaps do not overlap: of those that begin before the end the last one reaches furthest.
    index = bisect_left(gaps, end, key=lambda gap: gap.offset) - 1
    return index >= 0 and gaps[index].end > start
