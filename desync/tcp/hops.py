"""The hop limits of a connection's segments: who puts segments into it sits elsewhere on the path.

May know IP headers; must not know what segments carry.
"""

from collections import Counter
from typing import Final

from desync.tcp.rows import PASSED, Rows

FEWEST: Final = 4
"""Segments of a side from which on it has a usual hop limit."""

SHARE: Final = 4
"""A hop limit is usual if all others together have less than this share of the side's segments, ..."""

_OFFSET: Final = {4: 8, 6: 7}
"""... Time to Live of RFC 791, Hop Limit of RFC 8200: where they are in the header."""


def hop_limit(rows: Rows, row: int) -> int | None:
    """The hop limit that a segment was captured with; None where its header was not kept."""
    network = rows.network[row]
    if network == PASSED:
        return None
    at = _OFFSET.get(rows.octets[network] >> 4)
    return None if at is None else rows.octets[network + at]


def usual_hop_limit(rows: Rows, side: int) -> int | None:
    """The hop limit that nearly all segments of a side have; None where there is none."""
    limits = Counter(hop_limit(rows, row) for row in range(len(rows)) if rows.side[row] == side)
    del limits[None]
    if limits.total() < FEWEST:
        return None
    limit, count = limits.most_common(1)[0]
    return limit if (limits.total() - count) * SHARE < limits.total() else None


def strange_hop_limits(rows: Rows) -> dict[int, tuple[int, int]]:
    """Find the rows whose hop limit is not that of their side's other segments: their own, and the usual one.

    Paths change, and a change lasts: a segment is strange only if it is one of few.
    """
    usual = (usual_hop_limit(rows, 0), usual_hop_limit(rows, 1))
    found = {}
    for row, side in enumerate(rows.side):
        own, wanted = hop_limit(rows, row), usual[side]
        if own is not None and wanted is not None and own != wanted:
            found[row] = (own, wanted)
    return found
