"""Read the pcapng blocks that hold frames, many at once: EPB, SPB and the obsolete PB.

May know the three blocks and their options; must not know how blocks are found.

Source:
    draft-ietf-opsawg-pcapng, sections 4.3 and 4.4, and appendix A for the Packet Block.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desync.capture.frames import Integers, Octets
from desync.capture.headers import gather
from desync.capture.state import BlockState, ByteOrder

PACKET: Final = 2
SIMPLE_PACKET: Final = 3
ENHANCED_PACKET: Final = 6

DATA: Final = 28
"""Offset of the frame in an Enhanced Packet Block and in a Packet Block."""
SIMPLE_DATA: Final = 12
TRAILER: Final = 4

FIELDS: Final = {
    "type": ("u4", 0),
    "total": ("u4", 4),
    "interface": ("u4", 8),
    "old_interface": ("u2", 8),
    "old_drops": ("u2", 10),
    "high": ("u4", 12),
    "low": ("u4", 16),
    "captured": ("u4", 20),
    "length": ("u4", 24),
}


class PacketBlocks(NamedTuple):
    """Fields of ``n`` packet blocks as columns.

    Attributes:
        simple: The block is an SPB: no time, interface 0.
        total: Octets of the block.
        interface: Number of its interface in the section.
        ticks: Time in the units of the interface, uint64; 0 for an SPB.
        captured: Octets of the frame in the block, as the block says.
        length: Octets of the frame on the wire.
        drops: Frames lost before this one; 0 where the block does not say (PB only).
        data: Offset of the frame in the block.
    """

    simple: NDArray[np.bool_]
    total: Integers
    interface: Integers
    ticks: NDArray[np.uint64]
    captured: Integers
    length: Integers
    drops: Integers
    data: Integers


def read_packet_blocks(octets: Octets, places: Integers, state: BlockState) -> PacketBlocks:
    """Read the packet blocks at ``places``, which are rows of ``octets``; none is judged.

    A block near the end of ``octets`` may be shorter than the fields: what lies behind the end
    is read as zero.
    """
    padded = np.append(octets, np.zeros(DATA, np.uint8)) if _crosses_end(octets, places) else octets
    rows = gather(padded, places, _fields(state.order))
    kind = rows["type"]
    simple, old = kind == SIMPLE_PACKET, kind == PACKET
    total = rows["total"].astype(np.int64)
    interface = np.where(old, rows["old_interface"], rows["interface"]).astype(np.int64)
    interface[simple] = 0
    ticks = rows["high"].astype(np.uint64) << np.uint64(32) | rows["low"].astype(np.uint64)
    ticks[simple] = 0
    captured, length = rows["captured"].astype(np.int64), rows["length"].astype(np.int64)
    # An SPB holds the frame's length alone; how much is kept follows from the snap length.
    length[simple] = rows["interface"][simple]
    kept = np.minimum(length, total - SIMPLE_DATA - TRAILER)
    snap = state.interfaces[0].snap_length if state.interfaces else 0
    captured[simple] = (np.minimum(kept, snap) if snap else kept)[simple]
    drops = np.where(old & (rows["old_drops"] != 0xFFFF), rows["old_drops"], 0).astype(np.int64)
    data = np.where(simple, SIMPLE_DATA, DATA)
    return PacketBlocks(simple, total, interface, ticks, captured, length, drops, data)


def _crosses_end(octets: Octets, places: Integers) -> bool:
    return bool(places.size) and int(places[-1]) + DATA > octets.size


@cache
def _fields(order: ByteOrder) -> np.dtype[np.void]:
    return np.dtype(
        {
            "names": list(FIELDS),
            "formats": [f"{order}{kind}" for kind, _ in FIELDS.values()],
            "offsets": [offset for _, offset in FIELDS.values()],
            "itemsize": DATA,
        }
    )
