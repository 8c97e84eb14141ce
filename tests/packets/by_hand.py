"""Headers and frames packed by hand, for tests that want to know every octet."""

import struct

import numpy as np

from desync.capture.frames import Frames, Interface

CLIENT, SERVER = bytes([192, 0, 2, 1]), bytes([198, 51, 100, 25])
CLIENT6 = bytes.fromhex("20010db8000000000000000000000001")
SERVER6 = bytes.fromhex("20010db8000000000000000000000025")
SYN, SYN_ACK, ACK, FIN, RST, PUSH = 2, 18, 16, 17, 4, 24


def tcp(ports=(1025, 25), sequence=1, acknowledgment=0, flags=ACK, payload=b"", *, offset=5, options=b""):
    words = offset if not options else 5 + len(options) // 4
    head = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledgment, words << 4, flags, 8192, 0, 0)
    return head + options + payload


def ipv4(
    inside, protocol=6, addresses=(CLIENT, SERVER), *, fragment=0, identification=7, total=None, options=b""
):
    size = 20 + len(options)
    total = size + len(inside) if total is None else total
    head = struct.pack("!BBHHHBBH", 0x40 | size // 4, 0, total, identification, fragment, 64, protocol, 0)
    return head + addresses[0] + addresses[1] + options + inside


def ipv6(inside, following=6, addresses=(CLIENT6, SERVER6), length=None):
    length = len(inside) if length is None else length
    return struct.pack("!IHBB", 6 << 28, length, following, 64) + addresses[0] + addresses[1] + inside


def ethernet(inside, ethertype=0x0800, tags=b""):
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02" + tags + struct.pack("!H", ethertype) + inside


def frames_of(packets, link_type=101, fcs=0, first=1, base=0):
    """Frames of packets; one given as (octets, length) was cut."""
    whole = [each if isinstance(each, tuple) else (each, len(each)) for each in packets]
    captured = np.array([len(octets) for octets, _ in whole], dtype=np.int64)
    return Frames(
        octets=np.frombuffer(b"".join(octets for octets, _ in whole), dtype=np.uint8),
        base=base,
        number=np.arange(first, first + len(whole), dtype=np.int64),
        offset=np.cumsum(captured) - captured,
        captured=captured,
        length=np.array([length for _, length in whole], dtype=np.int64),
        time=np.arange(len(whole), dtype=np.int64) * 1000,
        interface=np.zeros(len(whole), dtype=np.int32),
        interfaces=(Interface(link_type, fcs_octets=fcs),),
    )


def payloads(segments):
    """The payload octets that the capture holds of each segment."""
    return [
        segments.octets[start : start + count].tobytes()
        for start, count in zip(segments.payload.tolist(), segments.captured.tolist(), strict=True)
    ]
