"""Lay out a pcapng file: a section, an interface, and an Enhanced Packet Block for each frame.

May know records and the format; must not know what a frame holds.

Source: draft-ietf-opsawg-pcapng, sections 4.1 to 4.3.
"""

import struct

from desync.craft.record import Record
from desync.craft.script import Recording

_SECTION = 0x0A0D0D0A
_INTERFACE = 1
_PACKET = 6
_BYTE_ORDER_MAGIC = 0x1A2B3C4D
_UNKNOWN_LENGTH = -1
_IF_TSRESOL = 9


def pcapng_head(recording: Recording) -> bytes:
    """Lay out the section header and the one interface."""
    order = _order(recording)
    section = struct.pack(f"{order}IHHq", _BYTE_ORDER_MAGIC, 1, 0, _UNKNOWN_LENGTH)
    interface = struct.pack(f"{order}HHI", recording.link, 0, recording.snap_length)
    if recording.nanoseconds:
        resolution = struct.pack(f"{order}HHB3x", _IF_TSRESOL, 1, 9)
        interface += resolution + struct.pack(f"{order}HH", 0, 0)
    return _block(_SECTION, section, order) + _block(_INTERFACE, interface, order)


def pcapng_record(record: Record, recording: Recording) -> bytes:
    """Lay out one Enhanced Packet Block."""
    order = _order(recording)
    units = record.time if recording.nanoseconds else record.time // 1000
    units %= 1 << 64
    head = struct.pack(f"{order}IIIII", 0, units >> 32, units & 0xFFFFFFFF, len(record.octets), record.length)
    return _block(_PACKET, head + record.octets, order)


def _block(kind: int, body: bytes, order: str) -> bytes:
    """Frame a block's body, filled up to a multiple of four octets."""
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack(f"{order}II", kind, length) + body + struct.pack(f"{order}I", length)


def _order(recording: Recording) -> str:
    return ">" if recording.big_endian else "<"
