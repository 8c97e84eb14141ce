"""Correct the checksums that cover changed octets of a frame.

What was right stays right; what was wrong stays wrong by as much; what was left to the network card
stays left to it; a field of 0 stays 0 where that means that there is none. May know where the headers
of a frame begin; must not know why octets were changed.

Source:
    RFC 1624, equation 3 (a sum is corrected, not taken anew); RFC 9293, section 3.1; RFC 768; RFC 792;
    RFC 4443, section 2.3; RFC 2784, section 2.3; RFC 791, section 3.1.
"""

from collections.abc import Sequence
from typing import Final

from desync.packets.checksum import Checksum, ones_sum, pseudo_sum, tcp_checksum
from desync.packets.layers import Layer
from desync.packets.trace import Trace

FIELD: Final = {Layer.TCP: 16, Layer.UDP: 6, Layer.ICMP: 2, Layer.ICMPV6: 2, Layer.GRE: 4, Layer.IPV4: 10}
"""Where a header has its checksum; GRE only where its first bit says so."""

_ADDRESSED: Final = frozenset({Layer.TCP, Layer.UDP, Layer.ICMPV6})
"""Checksums that cover the addresses of the IP header before them."""

_ONES: Final = 0xFFFF
_GRE_HAS_CHECKSUM: Final = 0x80


def correct(before: bytes, after: bytearray, trace: Trace) -> None:
    """Correct every checksum of a frame, the innermost first: an outer one covers it.

    Args:
        before: The frame as it was.
        after: The frame with octets changed, as long; its checksums are corrected in place.
        trace: Its headers, of which a quoted packet's own TCP header is none.
    """
    headers: Sequence[tuple[Layer, int]] = trace.headers
    if trace.last is Layer.TCP and not trace.quoted:
        headers = (*headers, (Layer.TCP, trace.at))
    for index in range(len(headers) - 1, -1, -1):
        if headers[index][0] in FIELD:
            _correct_one(before, after, headers[: index + 1], trace)


def _correct_one(before: bytes, after: bytearray, headers: Sequence[tuple[Layer, int]], trace: Trace) -> None:
    """Correct the checksum of the last of some headers, which enclose each other."""
    layer, at = headers[-1]
    place = at + FIELD[layer]
    network = next((begin for each, begin in headers[-2::-1] if each in (Layer.IPV4, Layer.IPV6)), None)
    if place + 2 > len(before) or not _has_checksum(before, layer, at):
        return
    if layer is Layer.TCP and network is not None and _is_left_to_card(before, network, trace):
        length = trace.wire - at
        sum_of_addresses = pseudo_sum(memoryview(after), network, length)
        if any(before[place : place + 2]) and sum_of_addresses != pseudo_sum(
            memoryview(before), network, length
        ):
            after[place : place + 2] = sum_of_addresses.to_bytes(2, "big")
        return
    end = _end(before, layer, at, network, trace)
    old, new = _covered(before, at, end, place), _covered(after, at, end, place)
    if network is not None and layer in _ADDRESSED:
        old, new = old + _addresses(before, network), new + _addresses(after, network)
    if old % _ONES != new % _ONES:
        field = updated(int.from_bytes(before[place : place + 2], "big"), old, new)
        if layer is Layer.UDP and not field:
            field = _ONES
        after[place : place + 2] = field.to_bytes(2, "big")


def updated(field: int, old: int, new: int) -> int:
    """A checksum field after what it covers has changed its sum from ``old`` to ``new``."""
    total = (~field & _ONES) + (_ONES - old % _ONES) + new % _ONES
    while total > _ONES:
        total = (total & _ONES) + (total >> 16)
    return ~total & _ONES


def _has_checksum(octets: bytes, layer: Layer, at: int) -> bool:
    if layer is Layer.GRE:
        return bool(octets[at] & _GRE_HAS_CHECKSUM)
    if layer in (Layer.UDP, Layer.IPV4):
        # The card does it, or UDP does without.
        return octets[at + FIELD[layer] : at + FIELD[layer] + 2] != b"\0\0"
    return True


def _end(octets: bytes, layer: Layer, at: int, network: int | None, trace: Trace) -> int:
    """Behind the last octet that a checksum covers; what trails a packet is not covered."""
    if layer is Layer.IPV4:
        return at + (octets[at] & 15) * 4
    if layer is Layer.TCP:
        return trace.end
    return len(octets) if network is None else packet_end(octets, network)


def packet_end(octets: bytes, network: int) -> int:
    """Behind the last octet of an IP packet, by its header; behind the frame where that does not say."""
    six = octets[network] >> 4 == 6
    field = int.from_bytes(
        octets[network + 4 : network + 6] if six else octets[network + 2 : network + 4], "big"
    )
    return min(network + field + 40 * six, len(octets)) if field else len(octets)


def _is_left_to_card(octets: bytes, network: int, trace: Trace) -> bool:
    """Whether a TCP checksum is not there yet: the folded sum of the pseudo-header, or nothing at all."""
    at, length = trace.at, trace.wire - trace.at
    field = int.from_bytes(octets[at + 16 : at + 18], "big")
    view = memoryview(octets)
    if trace.end == trace.wire:
        state = tcp_checksum(view, network, at, length)
        return state is Checksum.OFFLOAD or (state is Checksum.BAD and not field)
    # Of a cut segment nobody knows whether it is right; it may still be the pseudo-header's.
    return not field or field % _ONES == pseudo_sum(view, network, length)


def _covered(octets: bytes | bytearray, start: int, end: int, field: int) -> int:
    """The sum of what a checksum covers, its own field left out (it counts for 0)."""
    view = memoryview(octets)
    # The field begins at an even octet of the header: both parts keep their halves of words.
    return ones_sum(view[start:field]) + ones_sum(view[field + 2 : end])


def _addresses(octets: bytes | bytearray, network: int) -> int:
    view = memoryview(octets)
    if view[network] >> 4 == 6:
        return ones_sum(view[network + 8 : network + 40])
    return ones_sum(view[network + 12 : network + 20])
