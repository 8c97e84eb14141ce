"""The same packet captured twice, as against one that was sent twice.

A mirror port, ``-i any`` or two capture points record one packet more than once; a
retransmission is a packet of its own. May look at header octets; must not look at payload.
"""

from typing import Final

from desync.tcp.rows import PASSED, Rows
from desync.units import MILLISECOND, UNKNOWN_TIME

WINDOW: Final = 100 * MILLISECOND
"""Copies of one packet are recorded this near to each other; the shortest retransmission
timeout in use is 200 ms (RFC 6298 asks for a second)."""


def duplicated_rows(rows: Rows) -> list[int]:
    """Find the rows that are second copies of an earlier packet.

    A copy has the same IP identification and the same TCP header, octet for octet; link
    header, VLAN tag, hop limit and their checksums may differ (a copy taken behind a router).

    Source:
        tcptrace's test for hardware duplicates: same identification and same sequence number.
    """
    keys = list(zip(rows.side, rows.sequence, rows.acknowledgment, rows.flags, rows.length, strict=True))
    if len(set(keys)) == len(keys):
        return []
    seen: dict[tuple[int, ...], list[int]] = {}
    found = []
    for row, key in enumerate(keys):
        earlier = seen.setdefault(key, [])
        if any(_is_copy(rows, other, row) for other in earlier[-4:]):
            found.append(row)
        else:
            earlier.append(row)
    return found


def _is_copy(rows: Rows, first: int, second: int) -> bool:
    if PASSED in (rows.network[first], rows.network[second]):
        return False
    times = rows.time[first], rows.time[second]
    if UNKNOWN_TIME not in times and abs(times[1] - times[0]) > WINDOW:
        return False
    one, other = _identification(rows, first), _identification(rows, second)
    if one != other:
        return False
    if times[0] == times[1] and not one and rows.length[first]:
        # Nothing but the clock could tell a copy from a retransmission, and it stands still.
        return False
    return _header(rows, first) == _header(rows, second)


def _identification(rows: Rows, row: int) -> int:
    """The identification of an IPv4 header; 0 for IPv6, which has none."""
    network = rows.network[row]
    if rows.octets[network] >> 4 != 4:
        return 0
    return int.from_bytes(rows.octets[network + 4 : network + 6], "big")


def _header(rows: Rows, row: int) -> bytes:
    """The TCP header less its checksum, which a copy on the sending host does not have yet."""
    header = bytes(rows.octets[rows.transport[row] : rows.payload[row]])
    return header[:16] + header[18:]
