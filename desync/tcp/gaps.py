"""The holes of a stream, each parted into what was cut or dropped and what was lost.

May know offsets; must not know segments.
"""

from desync.tcp.sides import GapKind
from desync.tcp.stream import Gap


def gaps(holes: list[tuple[int, int]], cuts: list[tuple[int, int, GapKind]]) -> list[Gap]:
    """Say of each hole why it is one.

    Args:
        holes: Half-open ranges that nothing holds, in order.
        cuts: What was seen and is not there, and why, sorted.
    """
    found: list[Gap] = []
    following = 0
    for start, end in holes:
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
