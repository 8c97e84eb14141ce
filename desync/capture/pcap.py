"""Read the file header of a pcap capture: libpcap's own, and those of its relatives.

May know the variants of the file header and of the record header; must not know how records
are walked or judged.

Source:
    draft-ietf-opsawg-pcap; for the relatives, what libpcap and Wireshark accept.
"""

from struct import unpack_from
from typing import Final, NamedTuple

import numpy as np

from desync.capture import magic
from desync.capture.chain import look_ahead, sound
from desync.capture.frames import Interface
from desync.capture.headers import read_headers
from desync.capture.links import AIX_LINKS
from desync.capture.state import MOST_OCTETS, ByteOrder, Layout, RecordState
from desync.capture.window import Window

HEADER_OCTETS: Final = 24
IXIA_HEADER_OCTETS: Final = 28
"""IXIA's analysers write the octets of all records behind the common header."""

PLAIN_RECORD: Final = 16
NOKIA_RECORD: Final = 20
"""Nokia's IPSO: four octets more, under the common magic number."""
MODIFIED_RECORD: Final = 24
"""Kuznetzov's ss990417 and ss991029: interface index, protocol and packet type follow."""
SS990915_RECORD: Final = 28
"""The release between those two: eight octets more."""

RECORD_HEADERS: Final = {
    magic.PCAP_MICROSECONDS: (PLAIN_RECORD, MODIFIED_RECORD, NOKIA_RECORD),
    magic.PCAP_MODIFIED: (MODIFIED_RECORD, SS990915_RECORD),
}
"""Record header sizes that a magic number may stand for, the usual one first."""

LARGEST_SNAP: Final = 1 << 24
"""A snap length above it bounds nothing and is a careless writer's."""

FCS_PRESENT: Final = 1 << 26


class PcapHeader(NamedTuple):
    """The fields of the file header that matter here."""

    magic: int
    order: ByteOrder
    version: tuple[int, int]
    snap_length: int
    network: int
    octets: int


def read_header(head: bytes) -> PcapHeader | None:
    """Read the file header, or None where it is cut off."""
    order: ByteOrder = "<" if int.from_bytes(head[:4], "little") in magic.PCAP_MAGICS else ">"
    if len(head) < HEADER_OCTETS:
        return None
    number, major, minor, _, _, snap, network = unpack_from(f"{order}IHHiIII", head)
    ixia = number in {magic.PCAP_IXIA_MICROSECONDS, magic.PCAP_IXIA_NANOSECONDS}
    octets = IXIA_HEADER_OCTETS if ixia else HEADER_OCTETS
    if len(head) < octets:
        return None
    return PcapHeader(number, order, (major, minor), snap, network, octets)


def read_state(header: PcapHeader, window: Window, at: int) -> RecordState:
    """Find out how the records behind a file header are read, looking at the first few.

    Args:
        header: The file header.
        window: Octets of the capture.
        at: Offset of the first record.
    """
    layout = _layout(header, window, at)
    # Bits 26 to 31: a frame check sequence is there, and its length in units of 16 bits.
    fcs = (header.network >> 28) * 2 if header.network & FCS_PRESENT else 0
    link = header.network & 0xFFFF
    if header.version == (2, 2) and link in AIX_LINKS and _nanoseconds_seen(window, at, layout):
        layout, link = layout._replace(nanoseconds=1), AIX_LINKS[link]
    digits = 9 if layout.nanoseconds == 1 else 6
    return RecordState(layout, Interface(link, header.snap_length, digits, fcs))


def _layout(header: PcapHeader, window: Window, at: int) -> Layout:
    usual, *others = (
        _layout_of(header, octets) for octets in RECORD_HEADERS.get(header.magic, (PLAIN_RECORD,))
    )
    # A relative under another's magic number: believed only where the usual reading fails
    # within the first records and the other one is without fault.
    if others and not sound(window, at, usual, None, 0):
        for other in others:
            places, ending = look_ahead(window, at, other)
            enough = len(places) > 1 or ending == "on"
            if enough and ending != "cut" and sound(window, at, other, None, 0):
                return other
    return usual


def _layout_of(header: PcapHeader, record: int) -> Layout:
    fine = header.magic in {magic.PCAP_NANOSECONDS, magic.PCAP_IXIA_NANOSECONDS}
    snap = header.snap_length
    return Layout(
        format="pcap",
        order=header.order,
        header=record,
        seconds=0,
        fraction=4,
        captured=8,
        length=12,
        step=8,
        step_plus=record,
        nanoseconds=1 if fine else 1000,
        smaller=header.version < (2, 4) or header.version[0] > 2,
        limit=snap if MOST_OCTETS < snap <= LARGEST_SNAP else MOST_OCTETS,
        snap_length=snap,
    )


def _nanoseconds_seen(window: Window, at: int, layout: Layout) -> bool:
    places, _ = look_ahead(window, at, layout)
    rows = np.array(places, dtype=np.int64) - window.base
    headers = read_headers(window.array(), rows, layout)
    return bool((headers.fraction >= 1_000_000).any())
