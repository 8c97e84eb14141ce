"""Whether a receiver had octets, by what it acknowledged at one point.

May know one sighting; must not know the other point.
"""

from collections.abc import Iterable

from desync.archive.points.sighting import Sighting
from desync.tcp.sides import Side


def acknowledged_among(sighting: Sighting, sender: Side, end: int, rows: Iterable[int]) -> bool:
    """Whether the receiver acknowledged a sender's octets up to ``end`` in some rows.

    Args:
        sighting: The connection at one point.
        sender: Whose octets.
        end: Offset behind the last of them, at that point.
        rows: Where to look.
    """
    whole = sighting.whole
    receiver = 1 - whole.client_side if sender == "client" else whole.client_side
    acknowledged = whole.assembly.acknowledged
    return any(whole.rows.side[row] == receiver and (acknowledged[row] or 0) >= end for row in rows)


def sent_again(sighting: Sighting, sender: Side, end: int, after: int) -> int | None:
    """The next row behind ``after`` in which the octet before ``end`` is sent once more, or None."""
    whole = sighting.whole
    side = whole.client_side if sender == "client" else 1 - whole.client_side
    offsets, lengths = whole.assembly.offsets, whole.rows.length
    for row in range(after + 1, len(whole.rows)):
        offset = offsets[row]
        if whole.rows.side[row] == side and offset is not None and offset < end <= offset + lengths[row]:
            return row
    return None
