"""Whether a copy of some octets is one that its receiver would have thrown away.

A bad checksum alone is never a reason to drop a segment (DESIGN.md, section 4): it matters only
where two copies of the same octets differ.
"""

from typing import Literal, TypeAlias

from desync.packets.checksum import Checksum, tcp_checksum
from desync.tcp.rows import ACK, SYN, Rows

Flaw: TypeAlias = Literal["checksum", "flags"]


def checksum_of(rows: Rows, row: int) -> Checksum:
    """What the checksum of a segment says."""
    if rows.captured[row] < rows.length[row]:
        return Checksum.UNKNOWN
    length = rows.payload[row] - rows.transport[row] + rows.length[row]
    return tcp_checksum(rows.octets, rows.network[row], rows.transport[row], length)


def flaw_of(rows: Rows, row: int) -> Flaw | None:
    """Why a receiver would throw a segment away: no ACK, or a wrong checksum.

    A checksum that was left to the network card is not wrong.

    Source:
        RFC 9293, section 3.10.7.4: "if the ACK bit is off, drop the segment and return".
    """
    if not rows.flags[row] & (ACK | SYN):
        return "flags"
    return "checksum" if checksum_of(rows, row) is Checksum.BAD else None
