"""Lay out a snoop file, version 2.

May know records and the format; must not know what a frame holds.

Source: RFC 1761. All fields are big-endian, times are microseconds.
"""

import struct

from desync.craft.record import Record
from desync.craft.script import Recording
from desync.units import SECOND

_MAGIC = b"snoop\0\0\0"
_ETHERNET = 4


def snoop_head(_recording: Recording) -> bytes:
    """Lay out the file header; the link is always Ethernet."""
    return _MAGIC + struct.pack(">II", 2, _ETHERNET)


def snoop_record(record: Record, _recording: Recording) -> bytes:
    """Lay out one packet record, filled up to a multiple of four octets; no drops are counted."""
    seconds, rest = divmod(record.time, SECOND)
    padding = bytes(-len(record.octets) % 4)
    length = 24 + len(record.octets) + len(padding)
    head = struct.pack(
        ">IIIIII", record.length, len(record.octets), length, 0, seconds % (1 << 32), rest // 1000
    )
    return head + record.octets + padding
