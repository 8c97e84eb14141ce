"""Lay out a pcap file.

May know records and the format; must not know what a frame holds.

Source: draft-ietf-opsawg-pcap, sections 4 and 5.
"""

import struct

from desync.craft.record import Record
from desync.craft.script import Recording
from desync.units import SECOND

SNAP_LENGTH = 262_144
"""What tcpdump writes where no limit was asked for."""

_MICROSECONDS = 0xA1B2C3D4
_NANOSECONDS = 0xA1B23C4D


def pcap_head(recording: Recording) -> bytes:
    """Lay out the file header."""
    magic = _NANOSECONDS if recording.nanoseconds else _MICROSECONDS
    snap_length = recording.snap_length or SNAP_LENGTH
    return struct.pack(f"{_order(recording)}IHHiIII", magic, 2, 4, 0, 0, snap_length, recording.link)


def pcap_record(record: Record, recording: Recording) -> bytes:
    """Lay out one frame behind its record header."""
    seconds, rest = divmod(record.time, SECOND)
    fraction = rest if recording.nanoseconds else rest // 1000
    head = struct.pack(
        f"{_order(recording)}IIII", seconds % (1 << 32), fraction, len(record.octets), record.length
    )
    return head + record.octets


def _order(recording: Recording) -> str:
    return ">" if recording.big_endian else "<"
