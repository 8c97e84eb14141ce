"""Whether a copy of some octets is one that its receiver would have thrown away.

A bad checksum alone is never a reason to drop a segment (DESIGN.md, section 4): it matters only
where two copies of the same octets differ.
"""

from desync.packets.checksum import Checksum, tcp_checksum
from desync.tcp.rows import Rows


def checksum_of(rows: Rows, row: int) -> Checksum:
    """What the checksum of a segment says."""
    if rows.captured[row] < rows.length[row]:
        return Checksum.UNKNOWN
    length = rows.payload[row] - rows.transport[row] + rows.length[row]
    return tcp_checksum(rows.octets, rows.network[row], rows.transport[row], length)


def is_bad_copy(rows: Rows, row: int) -> bool:
    """Whether a segment's checksum is wrong, and not merely left to the network card."""
    return checksum_of(rows, row) is Checksum.BAD
