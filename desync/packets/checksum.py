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

_PROTOCOL = 6
"""TCP, in the pseudo-header."""

_ONES = 0xFFFF
"""Ones' complement sums of 16-bit words are sums modulo this."""

_FEW = 600
"""Octets up to which one long number is summed up sooner than a column is made."""


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
    pseudo = pseudo_sum(octets, network, length)
    # A folded sum is 0 only where every word is, and the protocol is none: 0 here stands for 0xffff.
    if (pseudo + ones_sum(octets[transport : transport + length])) % _ONES == 0:
        return Checksum.GOOD
    field = octets[transport + _FIELD] << 8 | octets[transport + _FIELD + 1]
    # 0 and 0xffff are the same number in ones' complement.
    return Checksum.OFFLOAD if field % _ONES == pseudo else Checksum.BAD


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


def pseudo_sum(octets: memoryview, network: int, length: int) -> int:
    """Return the sum of TCP's pseudo-header, modulo 0xffff.

    Args:
        octets: The buffer; holds the IP header whole.
        network: Offset of the IP header.
        length: Octets of TCP header and payload.
    """
    addresses = (
        octets[network + 8 : network + 40]
        if octets[network] >> 4 == 6
        else octets[network + 12 : network + 20]
    )
    return (ones_sum(addresses) + _PROTOCOL + length) % _ONES


def ones_sum(octets: memoryview) -> int:
    """Return the sum of the big-endian 16-bit words, the last padded with a zero octet, modulo 0xffff.

    A word further to the left weighs 2**16 times as much, and 2**16 is 1 modulo 0xffff: the octets taken
    as one number leave the remainder of the words' sum, and carries fold themselves (RFC 1071, section 2).
    """
    odd = len(octets) & 1
    if len(octets) <= _FEW:
        return (int.from_bytes(octets, "big") << 8 * odd) % _ONES
    words = np.frombuffer(octets[: len(octets) - odd], dtype=">u2")
    return (int(words.sum(dtype=np.int64)) + odd * (octets[-1] << 8)) % _ONES
