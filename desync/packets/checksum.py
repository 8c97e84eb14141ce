"""TCP checksums: right, wrong, or left to the network card.

May know the pseudo-header of either IP version; must not decide what becomes of a segment:
a wrong checksum alone is no reason to drop one.
"""

from enum import Enum

import numpy as np

from desync.capture.frames import Integers
from desync.packets.segments import Segments

_FIELD = 16
"""Offset of the checksum in the TCP header (RFC 9293, section 3.1)."""

_SMALLEST = 20
"""Octets of a TCP header without options."""


class Checksum(Enum):
    """What a segment's checksum says."""

    GOOD = "good"
    BAD = "bad"
    OFFLOAD = "offload"
    """The field holds only the folded pseudo-header sum: the card was to do the rest."""
    UNKNOWN = "unknown"
    """The capture does not hold the whole segment."""


def tcp_checksum(octets: memoryview, network: int, transport: int, length: int) -> Checksum:
    """Say what the checksum of one segment says.

    Args:
        octets: The buffer that the offsets index.
        network: Offset of the IP header.
        transport: Offset of the TCP header.
        length: Octets of TCP header and payload, as they were on the wire.

    Returns:
        UNKNOWN where the buffer ends before the segment does; that a *frame* was cut inside the
        buffer is for the caller to know. A field of 0 is judged like any other: TCP has no "no checksum".

    Source:
        RFC 9293, section 3.1; RFC 8200, section 8.1; RFC 1071 (the sum; a card is handed the
        pseudo-header's sum, folded and not complemented).
    """
    if length < _SMALLEST or network < 0 or transport + length > len(octets):
        return Checksum.UNKNOWN
    if (octets[transport + 12] >> 4) * 4 > length:
        return Checksum.UNKNOWN  # the options were cut
    addresses = (
        octets[network + 8 : network + 40]
        if octets[network] >> 4 == 6
        else octets[network + 12 : network + 20]
    )
    pseudo = _folded(_sum(addresses) + 6 + (length & 0xFFFF) + (length >> 16))
    field = octets[transport + _FIELD] << 8 | octets[transport + _FIELD + 1]
    if _folded(pseudo + _sum(octets[transport : transport + length])) == 0xFFFF:
        return Checksum.GOOD
    # 0 and 0xffff are the same number in ones' complement.
    return Checksum.OFFLOAD if field % 0xFFFF == pseudo % 0xFFFF else Checksum.BAD


def tcp_checksum_state(segments: Segments, rows: Integers) -> list[Checksum]:
    """Return what the checksums of some segments say; UNKNOWN for cut ones."""
    octets = memoryview(segments.octets.data)
    states = []
    for row in rows.tolist():
        transport, length = int(segments.transport[row]), int(segments.length[row])
        whole = int(segments.captured[row]) == length
        header = int(segments.payload[row]) - transport
        state = tcp_checksum(octets, int(segments.network[row]), transport, header + length)
        states.append(state if whole else Checksum.UNKNOWN)
    return states


def _sum(octets: memoryview) -> int:
    """Return the sum of the big-endian 16-bit words, the last padded with a zero octet."""
    even = len(octets) & ~1
    words = np.frombuffer(octets[:even], dtype=">u2")
    return int(words.sum(dtype=np.int64)) + (octets[even] << 8 if len(octets) > even else 0)


def _folded(value: int) -> int:
    """Fold carries back into 16 bits (RFC 1071, section 4.1)."""
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return value
