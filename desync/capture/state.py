"""What must be known to read a record or block apart from all others.

May know byte orders, field offsets, clocks and interfaces; must not know files.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

from desync.capture.clocks import Clock
from desync.capture.frames import Interface

ByteOrder: TypeAlias = Literal["<", ">"]

MOST_OCTETS: Final = 1 << 18
"""Most octets of a frame, unless the capture sets a higher limit itself: libpcap's bound."""


class Layout(NamedTuple):
    """Where the fields of a record header lie, in pcap, its variants, and snoop.

    Attributes:
        format: What the records belong to.
        order: Byte order of all fields, as NumPy and struct write it.
        header: Octets of the record header.
        seconds, fraction, captured, length: Offsets of these 32-bit fields in the header.
        step: Offset of the field that leads to the next record.
        step_plus: Octets to add to that field for the distance between two records.
        nanoseconds: Nanoseconds in a unit of ``fraction``.
        smaller: The smaller of the two length fields is the captured one (pcap before 2.4).
        limit: Most octets that a record may hold.
        snap_length: Snap length of the file header, 0 for none.
    """

    format: Literal["pcap", "snoop"]
    order: ByteOrder
    header: int
    seconds: int
    fraction: int
    captured: int
    length: int
    step: int
    step_plus: int
    nanoseconds: int
    smaller: bool = False
    limit: int = MOST_OCTETS
    snap_length: int = 0


class RecordState(NamedTuple):
    """Reading state of pcap and snoop."""

    layout: Layout
    interface: Interface


class BlockState(NamedTuple):
    """Reading state of a pcapng section at some block: ``clocks`` are those of ``interfaces``."""

    order: ByteOrder
    interfaces: tuple[Interface, ...]
    clocks: tuple[Clock, ...]


State: TypeAlias = RecordState | BlockState
