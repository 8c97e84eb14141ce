"""The column decoder, dpkt and scapy on the same frames, damaged ones among them; how they differ has names.

Where all find a segment they agree on every field. Neither dpkt nor scapy refuses a header that cannot
be, and each has a case of its own.
"""

import random

import dpkt
import pytest
from packets.by_hand import ethernet, frames_of, ipv4, ipv6, tcp
from scapy.all import Ether, Padding
from scapy.layers.inet import TCP

from desync.packets.decode import decode

HOP_BY_HOP = bytes.fromhex("0600010400000000")
MORE_FRAGMENTS = 0x2000


def frames(seed, count):
    """Whole frames, and frames in which one or two octets behind the addresses are others."""
    dice = random.Random(seed)  # noqa: S311 - the same on every run
    made = []
    for _ in range(count):
        octets = bytearray(dice.choice(WHOLE))
        for _ in range(dice.choice((0, 1, 1, 2))):
            place = dice.randrange(12, min(len(octets), 80))
            octets[place] = dice.choice((0, 1, 6, 0x45, 0x50, 255, dice.randrange(256)))
        made.append(bytes(octets))
    return made


def _whole():
    for body in (b"", b"QUIT\r\n", b"x" * 30):
        for options in (b"", b"\2\4\5\xb4", b"\1\1\x08\x0a" + bytes(8)):
            segment = tcp(payload=body, options=options, sequence=77, acknowledgment=99)
            yield ethernet(ipv4(segment))
            yield ethernet(ipv4(segment)) + bytes(6)
            yield ethernet(ipv4(segment, options=bytes([1, 1, 1, 1])))
            yield ethernet(ipv4(segment), tags=bytes.fromhex("81000064"))
            yield ethernet(ipv4(segment, fragment=MORE_FRAGMENTS))
            yield ethernet(ipv6(segment), 0x86DD)
            yield ethernet(ipv6(HOP_BY_HOP + segment, following=0), 0x86DD)


WHOLE = list(_whole())


def ours(some):
    """What the column decoder says, by the number of the frame."""
    segments = decode(frames_of(some, 1)).segments
    names = ("frame", "source_port", "target_port", "sequence", "acknowledgment", "flags", "window")
    columns = [getattr(segments, name).tolist() for name in names]
    places = zip(segments.payload.tolist(), segments.captured.tolist(), strict=True)
    said = [segments.octets[start : start + size].tobytes() for start, size in places]
    return {
        frame - 1: (*ports, flags & 0xFF, window, text)
        for frame, *ports, flags, window, text in zip(*columns, said, strict=True)
    }


def by_dpkt(frame):
    try:
        packet = dpkt.ethernet.Ethernet(frame).data
        while isinstance(packet, dpkt.ip.IP | dpkt.ip6.IP6):
            packet = packet.data
    except Exception:  # noqa: BLE001 - whatever it raises, it found none
        return None
    if not isinstance(packet, dpkt.tcp.TCP):
        return None
    flags = packet.flags & 0xFF
    return packet.sport, packet.dport, packet.seq, packet.ack, flags, packet.win, bytes(packet.data)


def by_scapy(frame):
    packet = Ether(frame)
    if TCP not in packet:
        return None
    segment = packet[TCP]
    said = b"" if isinstance(segment.payload, Padding) else bytes(segment.payload)
    padding = segment.payload.getlayer(Padding)
    if said and padding is not None:
        said = said[: len(said) - len(padding.load)]
    flags = int(segment.flags) & 0xFF
    return segment.sport, segment.dport, segment.seq, segment.ack, flags, segment.window, said


def cannot_be(frame):
    """Whether a header contradicts itself: another version, too short, longer than what it is in."""
    at = 18 if frame[12:14] == b"\x81\0" else 14
    packet = frame[at:]
    version, six = packet[0] >> 4, frame[at - 2 : at] == b"\x86\xdd"
    if version != (6 if six else 4):
        return True
    size = (packet[0] & 15) * 4 if not six else 40
    end = 40 + int.from_bytes(packet[4:6], "big") if six else int.from_bytes(packet[2:4], "big")
    if size < 20 or (end and end < size):
        return True
    segment = packet[size : end or None]
    segment = segment[8 * (segment[1] + 1) :] if six and packet[6] == 0 else segment
    header = (segment[12] >> 4) * 4 if len(segment) > 12 else 0
    return header < 20 or header > len(segment)


def is_first_fragment(frame):
    """A part of a datagram: its segment is not known before the others have come."""
    at = 18 if frame[12:14] == b"\x81\0" else 14
    return frame[at - 2 : at] == b"\x08\0" and frame[at + 6] & 0x20 > 0


def has_no_length(frame):
    """IPv6 with a payload length of 0, as offload leaves it: "to the end of the frame"."""
    return frame[12:14] == b"\x86\xdd" and frame[18:20] == b"\0\0"


def has_no_total(frame):
    """IPv4 with a total length of 0, likewise."""
    at = 18 if frame[12:14] == b"\x81\0" else 14
    return frame[at - 2 : at] == b"\x08\0" and frame[at + 2 : at + 4] == b"\0\0"


OTHERS = {
    "dpkt": (by_dpkt, (cannot_be, is_first_fragment), ()),
    "scapy": (by_scapy, (cannot_be, is_first_fragment), (has_no_length, has_no_total)),
}
"""Each with the reasons why it alone finds a segment, and why it alone finds none."""


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_frame_by_frame(other, seed):
    read, it_alone, not_it = OTHERS[other]
    some = frames(seed, 1500)
    mine, found = ours(some), 0
    for number, frame in enumerate(some):
        own, theirs = mine.get(number), read(frame)
        found += own is not None
        if own == theirs:
            continue
        reasons = it_alone if own is None else not_it
        assert any(reason(frame) for reason in reasons), (frame[12:].hex(), own, theirs)
        assert own is None or theirs is None or has_no_total(frame), (frame[12:].hex(), own, theirs)
    assert found > 1000
