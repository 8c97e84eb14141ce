"""A frame written anew: its payload overwritten, its addresses replaced, its checksums corrected.

May know where headers lie; must not know what a payload says.
"""

from typing import Final, NamedTuple
from zlib import crc32

import numpy as np

from desync.capture.frames import Frames, Interface
from desync.packets.layers import Layer
from desync.packets.trace import Trace, trace
from desync.report.evidence.addresses import Addresses
from desync.report.evidence.checksums import correct, packet_end
from desync.report.evidence.masks import OTHER, mask_text

ETHERNET: Final = 1
FCS_OCTETS: Final = 4
RAW: Final = Interface(link_type=101)
LEAST_HEADER: Final = 20


class Rules(NamedTuple):
    """How frames are rewritten.

    Attributes:
        redacted: Whether what is private is overwritten, and what trails packets with it.
        addresses: Replaces addresses, or None.
    """

    redacted: bool
    addresses: Addresses | None

    @property
    def nothing(self) -> bool:
        """Whether every frame stays as it was."""
        return not self.redacted and self.addresses is None


class Source(NamedTuple):
    """A frame as it was captured.

    Attributes:
        octets: What was captured of it.
        length: Octets that it had on the wire.
        interface: The interface that it was taken on.
        trace: Its headers.
    """

    octets: bytes
    length: int
    interface: Interface
    trace: Trace


def packet_source(packet: bytes, length: int) -> Source:
    """A whole IP packet as a frame of its own."""
    count = np.array([len(packet)], dtype=np.int64)
    frames = Frames(
        octets=np.frombuffer(packet, dtype=np.uint8),
        base=0,
        number=np.ones(1, np.int64),
        offset=np.zeros(1, np.int64),
        captured=count,
        length=np.array([length], dtype=np.int64),
        time=np.zeros(1, np.int64),
        interface=np.zeros(1, np.int32),
        interfaces=(RAW,),
    )
    return Source(packet, length, RAW, trace(frames)[0])


def payload_of(source: Source) -> tuple[int, int]:
    """Where the payload of a TCP segment lies in its frame; from behind what there is of a header on."""
    octets, at, end = source.octets, source.trace.at, source.trace.end
    size = (octets[at + 12] >> 4) * 4 if at + 12 < len(octets) else LEAST_HEADER
    if size < LEAST_HEADER or at + size > source.trace.wire:
        size = LEAST_HEADER
    return min(at + size, end), end


def rewritten(source: Source, payload: bytes | None, rules: Rules) -> bytes:
    """A frame with another payload.

    Args:
        source: The frame.
        payload: What is to stand in place of its innermost packet's payload, as long; None: nothing else.
        rules: What else changes.
    """
    start, end = payload_of(source)
    return _finished(source, [] if payload is None else [(start, payload[: end - start])], rules)


def quoted(source: Source, rules: Rules) -> bytes:
    """A frame whose segment cannot be read: an ICMP error that quotes it, or one with a bad header."""
    start, end = payload_of(source)
    changes = [(start, mask_text(source.octets[start:end]))] if rules.redacted else []
    field = source.trace.at + 16
    if rules.redacted and field + 2 <= start:
        # It is the whole segment's, which tells of octets that are not here.
        changes.append((field, b"\0\0"))
    return _finished(source, changes, rules)


def fragment_offset(source: Source) -> int | None:
    """Where a fragment lies in its datagram's payload; None where the frame is none."""
    if source.trace.last is not Layer.FRAGMENT:
        return None
    layer, at = source.trace.headers[-1]
    if layer is Layer.IPV6_FRAGMENT:
        return int.from_bytes(source.octets[at + 2 : at + 4], "big") & 0xFFF8
    return (int.from_bytes(source.octets[at + 6 : at + 8], "big") & 0x1FFF) * 8


def fragment(source: Source, before: bytes, after: bytes, rules: Rules) -> bytes:
    """A fragment of a datagram that was rewritten.

    Args:
        source: The fragment's frame.
        before: The datagram's payload from this fragment on, as far as it was captured.
        after: The same, rewritten.
        rules: What else changes.
    """
    start, end = source.trace.at, source.trace.end
    own = source.octets[start:end]
    whole = before[: len(own)]
    found = bytearray(mask_text(own) if rules.redacted else own)
    for place, (mine, theirs, stands) in enumerate(zip(own, whole, after, strict=False)):
        if mine == theirs:
            found[place] = stands
        elif rules.redacted:
            found[place] = OTHER[0]
    return _finished(source, [(start, bytes(found))], rules)


def unfinished(source: Source, rules: Rules) -> bytes:
    """A fragment of a datagram that is not whole: nobody knows what it says."""
    if not rules.redacted:
        return _finished(source, [], rules)
    start, end = source.trace.at, source.trace.end
    kept = 0
    if not fragment_offset(source) and end - start >= LEAST_HEADER:
        kept = max(LEAST_HEADER, (source.octets[start + 12] >> 4) * 4)
    stands = bytearray(source.octets[start : start + kept] + mask_text(source.octets[start + kept : end]))
    if kept:
        stands[16:18] = b"\0\0"
    return _finished(source, [(start, bytes(stands[: end - start]))], rules)


def _finished(source: Source, changes: list[tuple[int, bytes]], rules: Rules) -> bytes:
    """Carry changes out, and everything that follows from them."""
    octets = source.octets
    after = bytearray(octets)
    for start, stands in changes:
        after[start : start + len(stands)] = stands
    if rules.addresses is not None:
        rules.addresses.replace(after, source.trace)
    if after != octets:
        correct(octets, after, source.trace)
    body = len(octets)
    if source.interface.fcs_octets and len(octets) >= source.length:
        body -= source.interface.fcs_octets
    if rules.redacted:
        trail = _packet_end(source)
        after[trail:body] = bytes(max(body - trail, 0))
    if body < len(octets) and after != octets:
        after[body:] = _check_sequence(octets, after, body, source.interface)
    return bytes(after)


def _packet_end(source: Source) -> int:
    """Behind the last octet of the packet; what trails it was put there by nobody's intention."""
    if source.trace.quoted:
        networks = [at for layer, at in source.trace.headers if layer in (Layer.IPV4, Layer.IPV6)]
        return packet_end(source.octets, networks[0]) if networks else len(source.octets)
    return source.trace.end


def _check_sequence(before: bytes, after: bytearray, body: int, interface: Interface) -> bytes:
    """The frame check sequence: as right or as wrong as it was; zeros where it is not Ethernet's."""
    if interface.link_type != ETHERNET or len(before) - body != FCS_OCTETS:
        return bytes(len(before) - body)
    # A CRC is linear: equal changes of the octets change it equally (IEEE 802.3, 3.2.9).
    change = crc32(before[:body]) ^ crc32(after[:body])
    return (int.from_bytes(before[body:], "little") ^ change).to_bytes(FCS_OCTETS, "little")


def header_octets(packet: bytes) -> int:
    """Octets of the IP header of a datagram that was put together: it has no options."""
    return 40 if packet[:1] and packet[0] >> 4 == 6 else 20
