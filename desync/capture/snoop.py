"""Read the file header of a snoop capture.

May know RFC 1761 and what Shomiti's analysers made of it; must not know how records are walked
or judged.

Source:
    RFC 1761. Record header: original length, included length, record length, cumulative drops,
    seconds, microseconds; all big-endian. Records are padded, usually to four octets.
"""

from struct import unpack_from
from typing import Final

import numpy as np

from desync.capture.frames import Integers, Interface, Octets
from desync.capture.headers import gather
from desync.capture.links import snoop_link
from desync.capture.state import Layout, RecordState
from desync.capture.window import Window

HEADER_OCTETS: Final = 16
VERSIONS: Final = range(2, 6)
"""2 is RFC 1761's; 3 to 5 are Shomiti's, with the same records."""

DROPS: Final = 12
"""Offset of the cumulative drops in the record header."""

SHOMITI_TRAILER: Final = 16
"""Padding of at least so many octets in the first record is a Shomiti analyser's trailer; its
frames end with their frame check sequence."""

FCS_OCTETS: Final = 4

LAYOUT: Final = Layout(
    format="snoop",
    order=">",
    header=24,
    seconds=16,
    fraction=20,
    captured=4,
    length=0,
    step=8,
    step_plus=0,
    nanoseconds=1000,
)


def read_version(head: bytes) -> int:
    """Read the version from the file header."""
    return int.from_bytes(head[8:12], "big")


def read_state(head: bytes, window: Window, at: int) -> RecordState:
    """Find out how the records behind a file header are read, looking at the first one.

    Args:
        head: The file header.
        window: Octets of the capture.
        at: Offset of the first record.
    """
    link = snoop_link(int.from_bytes(head[12:16], "big"))
    fcs = FCS_OCTETS if _is_shomiti(head, window, at) else 0
    return RecordState(LAYOUT, Interface(link, 0, 6, fcs))


def _is_shomiti(head: bytes, window: Window, at: int) -> bool:
    if read_version(head) != VERSIONS.start:
        return True
    window.fill(at + LAYOUT.header)
    first = window.piece(at, at + LAYOUT.header)
    if len(first) < LAYOUT.header:
        return False
    included, record = unpack_from(">II", first, LAYOUT.captured)
    return SHOMITI_TRAILER <= int(record) - int(included) - LAYOUT.header <= 4 * SHOMITI_TRAILER


def cumulative_drops(octets: Octets, places: Integers) -> Integers:
    """Give how many frames had been dropped when each of the records at ``places`` was written."""
    fields = np.dtype({"names": ["drops"], "formats": [">u4"], "offsets": [DROPS], "itemsize": 24})
    return gather(octets, places, fields)["drops"].astype(np.int64)
