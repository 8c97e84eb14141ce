"""Whether a copy of some octets is one that its receiver would have thrown away.

Asked only where two copies of the same octets differ: a bad checksum alone is never a reason
to drop a segment (DESIGN.md, section 4).
"""

from desync.packets.checksum import Checksum, tcp_checksum
from desync.tcp.rows import Rows


def is_bad_copy(rows: Rows, row: int) -> bool:
    """Whether a segment's checksum is wrong, and not merely left to the network card."""
    state = tcp_checksum(
        rows.octets,
        rows.network[row],
        rows.transport[row],
        rows.payload[row] - rows.transport[row] + rows.length[row],
    )
    return state is Checksum.BAD
