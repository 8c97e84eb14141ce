"""Captures made octet by octet, independent of the code that reads them."""

import struct
from dataclasses import dataclass

SECOND = 1_449_610_262
LINK_HEADER = bytes.fromhex("f202fc5ee9eaf2ec00583c34 0800")


@dataclass(frozen=True)
class Frame:
    time: int  # nanoseconds
    octets: bytes
    length: int


def frames(count=8, *, start=SECOND, octets=60):
    """Frames of different lengths, 10 ms and 1 us apart, with a line feed here and there."""
    made = []
    for number in range(count):
        body = LINK_HEADER + bytes((number * 37 + k * 11) % 251 for k in range(octets + number % 7))
        made.append(Frame(start * 10**9 + number * 10_001_000, body, len(body)))
    return made


def pcap_header(order="<", magic=0xA1B2C3D4, version=(2, 4), snap=262144, link=1):
    return struct.pack(f"{order}IHHiIII", magic, *version, 0, 0, snap, link)


def pcap_record(frame, order="<", unit=1000, extra=b""):
    seconds, rest = divmod(frame.time, 10**9)
    head = struct.pack(f"{order}IIII", seconds, rest // unit, len(frame.octets), frame.length)
    return head + extra + frame.octets


def pcap(some, order="<", *, extra=b"", unit=1000, **header):
    return pcap_header(order, **header) + b"".join(pcap_record(f, order, unit, extra) for f in some)


def snoop(some, *, link=4, version=2, drops=(), pad=None, trailer=b""):
    octets = b"snoop\0\0\0" + struct.pack(">II", version, link)
    for number, frame in enumerate(some):
        padding = trailer + bytes(-(len(frame.octets) + len(trailer)) % 4 if pad is None else pad)
        seconds, rest = divmod(frame.time, 10**9)
        octets += struct.pack(
            ">IIIIII",
            frame.length,
            len(frame.octets),
            24 + len(frame.octets) + len(padding),
            drops[number] if drops else 0,
            seconds,
            rest // 1000,
        )
        octets += frame.octets + padding
    return octets


def block(kind, body, order="<", total=None, trailer=None):
    body += bytes(-len(body) % 4)
    size = len(body) + 12 if total is None else total
    tail = struct.pack(f"{order}I", size if trailer is None else trailer)
    return struct.pack(f"{order}II", kind, size) + body + tail


def option(code, value, order="<"):
    return struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order="<", options=b"", version=(1, 0), length=-1):
    body = struct.pack(f"{order}IHHq", 0x1A2B3C4D, *version, length)
    return block(0x0A0D0D0A, body + options, order)


def interface(order="<", link=1, snap=0, options=b""):
    return block(1, struct.pack(f"{order}HHI", link, 0, snap) + options, order)


def enhanced(frame, order="<", number=0, ticks=None, options=b""):
    ticks = frame.time // 1000 if ticks is None else ticks
    head = struct.pack(
        f"{order}IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(frame.octets), frame.length
    )
    return block(6, head + frame.octets + bytes(-len(frame.octets) % 4) + options, order)


def pcapng(some, order="<"):
    return section(order) + interface(order) + b"".join(enhanced(f, order) for f in some)
